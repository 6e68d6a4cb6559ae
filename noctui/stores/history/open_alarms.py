"""The open alarms: as a moment knew them, and as they are now, kept up with by those who follow."""

from __future__ import annotations

import sqlite3
import threading

from noctui.model.alarms import Alarm, Alarms, held_counts
from noctui.stores.history.alarm_rows import (
    alarms_of,
    by_opened,
    last_cleared,
    select_open,
    select_open_after_all,
)
from noctui.stores.history.versions import IN_FORCE, NOW


def alarms_at(db: sqlite3.Connection, at: float, corrected: bool, said: set[str]) -> Alarms:
    """Those open at `at` as known then, or by what is known now."""
    found = select_open_after_all(db, at, said) if corrected else select_open(db, at, said)
    return Alarms(tuple(found), held_counts(found), last_cleared(db, at, NOW if corrected else at))


class OpenAlarms:
    """Those open as known now; what was read once is not read again."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._seen: tuple[int, int] = (0, -1)  # the file, the highest number of a row
        self._open: dict[str, Alarm] = {}
        self._alarms = Alarms()

    def now(self, db: sqlite3.Connection | None, file: int, said: set[str]) -> Alarms:
        """The same object as before when nothing is new. `file` says which file `db` reads."""
        with self._guard:
            if db is None:
                self._seen, self._open, self._alarms = (file, -1), {}, Alarms()
                return self._alarms
            newest = db.execute("SELECT coalesce(max(id), 0) FROM alarms").fetchone()[0]
            if (file, newest) == self._seen:
                return self._alarms
            if file == self._seen[0] and 0 <= self._seen[1] < newest:
                changed = self._more(db, said)
            else:
                self._open = {a.alarm_id: a for a in select_open(db, NOW, said)}
                changed = True
            self._seen = file, newest
            cleared_at = last_cleared(db, NOW, NOW)
            if changed or cleared_at != self._alarms.cleared_at:
                alarms = tuple(sorted(self._open.values(), key=by_opened))
                self._alarms = Alarms(alarms, held_counts(alarms), cleared_at)
            return self._alarms

    def _more(self, db: sqlite3.Connection, said: set[str]) -> bool:
        rows = db.execute(
            "SELECT id, known_at, crc, data FROM alarms WHERE id > ? AND superseded = ? ORDER BY id",
            (self._seen[1], IN_FORCE),
        )
        changed = False
        for alarm in alarms_of(rows, said):
            if alarm.cleared is None:
                self._open[alarm.alarm_id] = alarm
                changed = True
            else:
                changed |= self._open.pop(alarm.alarm_id, None) is not None
        return changed
