"""All alarms in one list, and what is known of the one under the cursor."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from functools import partial
from operator import is_
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from noctui.model.alarms import INCIDENT, Alarm
from noctui.model.headline import Clause, Headline
from noctui.model.scene import WINDOWS, Range, Scene
from noctui.runtime.headlines import waiting_headline
from noctui.tui.alarm_seen import CAME, LATE, WENT, Seen, all_seen, looked_at, marks
from noctui.tui.export import Exported
from noctui.tui.frame.sentence import nothing_matches
from noctui.tui.keys import bindings
from noctui.tui.look.numbers import duration_prose
from noctui.tui.moment import Moment, Size
from noctui.tui.panes import alarm_rows, alarm_subject, mist_alarm_subject
from noctui.tui.panes.alarm_known import AlarmKnown
from noctui.tui.panes.alarm_places import opens
from noctui.tui.panes.asking import Question
from noctui.tui.panes.table_pane import TablePane
from noctui.tui.place import MIST_ALARMS
from noctui.tui.screens.tabled import Filtered, TabledBoard, filtered
from noctui.tui.standing import Standing
from noctui.tui.widgets.live_table import LiveTable

MANY = 1000
"""Alarms from which on their texts are made before they are asked for."""
MOST = 20_000
"""Alarms asked for; more than these are said to be there."""
_WINDOW_WORDS = {"1h": "1 h", "3h": "3 h", "12h": "12 h", "24h": "24 h", "7d": "7 d", "31d": "31 d", "13mo": "13 mo"}


async def _cleared(scene: Scene, range_: Range) -> tuple[tuple[Alarm, ...], bool]:
    """Those that cleared in the range; and whether there are more than could be asked for."""
    found = await scene.read.alarms(range_, MOST)
    return tuple(a for a in found if a.cleared is not None), len(found) >= MOST


def kept(before: tuple[Alarm, ...], found: tuple[Alarm, ...], at: float) -> tuple[Alarm, ...]:
    """What is told now, in objects that were told before where they say the same: what is worked out of them is kept.
    A version is named by when it was known; one of just now may have been written again."""
    known = {a.alarm_id: a for a in before}
    said = tuple(
        old
        if (old := known.get(a.alarm_id)) is not None
        and old.known_at == a.known_at
        and (a.known_at < at - LATE or old == a)
        else a
        for a in found
    )
    return before if len(before) == len(said) and all(map(is_, before, said)) else said


class Alarms(TabledBoard):
    """Key 5."""

    DEFAULT_CSS = """
    Alarms > TablePane { height: 1fr; }
    """
    SCOPED_CSS = False
    BINDINGS: ClassVar[list[BindingType]] = bindings("window", "fold", "things")
    OFFERS = (
        "open", "acts", "pick", "filter", "severity", "fold", "window", "sorts", "choose_columns", "columns", "things",
        "time", "export", "copy", "command", "screens", "quit",
    )  # fmt: skip

    def __init__(self, clock: Callable[[], float], sorts: dict[str, tuple[str, bool]]) -> None:
        super().__init__(clock, sorts, id="alarms")
        keys = {c.key for c in (*alarm_rows.COLUMNS, *alarm_rows.SPARE)}
        sort = self.sort_of("alarms-pane-table", alarm_rows.SORT, keys)
        self._pane = TablePane(alarm_rows.columns(False), sort, clock, id="alarms-pane")
        self._known = AlarmKnown(id="alarms-known")
        self._question = Question(self, self._fail)
        self._window = "24h"
        self._moment: Moment | None = None
        self._size_now: Size | None = None
        self._cleared: tuple[Alarm, ...] = ()
        self._cut = False
        self._of: tuple[float, str] | None = None  # (instant, window) that the answer is of
        self._failed = ""
        self._rows: tuple[object, alarm_rows.AlarmRows] | None = None
        self._texts = alarm_subject.Texts()
        self._unfolded: frozenset[str] = frozenset()
        self._told: tuple[object, Headline] | None = None
        self.seen = Seen()

    def compose(self) -> ComposeResult:
        yield self._pane
        yield self._known

    @property
    def main(self) -> TablePane:
        return self._pane

    def recall(self, seen: Seen, runbook: Mapping[str, str]) -> None:
        self.seen, self._known.runbook = seen, runbook

    def leave(self) -> None:
        super().leave()
        self._question.forget()
        self._known.forget()

    def show(self, moment: Moment) -> None:
        self._moment = moment
        if moment.size is not self._size_now:
            self._size_now = moment.size
            wide = moment.size is Size.L
            self._pane.table.set_columns(alarm_rows.columns(wide), alarm_rows.spare(wide))
        if moment.scene.live and not self.seen.until:
            self._look(all_seen(moment.view.alarms.alarms, moment.at))
        range_ = Range(moment.at - WINDOWS[self._window], moment.at, _WINDOW_WORDS[self._window])
        of = (moment.at, self._window)
        # what cleared is told when anything did, or the window or the instant is another
        key = (self._window, id(moment.view.alarms), moment.at if not moment.scene.live else None)
        self._question.ask(key, lambda: _cleared(moment.scene, range_), lambda found: self._take(of, found))
        self._draw()

    def windows(self) -> tuple[str, ...]:
        return tuple(WINDOWS)

    def action_window(self) -> None:
        words = self.windows()
        self.look_back(words[(words.index(self._window) + 1) % len(words)])

    def look_back(self, word: str) -> None:
        self._window = word
        if self._moment is not None:
            self.show(self._moment)

    def action_things(self) -> None:
        """Mist's own list."""
        self.post_message(self.Goto(MIST_ALARMS))

    def action_fold(self) -> None:
        """Members of the incident under the cursor below it, or told by it again."""
        alarm = self.current
        rows = self._pane.table.rows
        if alarm is None or not isinstance(rows, alarm_rows.AlarmRows):
            return
        row = rows.find(alarm.alarm_id)
        lead = int(rows.parent[row]) if row is not None else -1
        incident = alarm if alarm.type == INCIDENT else rows.alarms[lead] if lead >= 0 else None
        if incident is None:
            self.post_message(self.Say("g unfolds an incident; this alarm stands alone."))
            return
        if alarm is not incident:
            self._pane.table.go_to(incident.alarm_id)
        self._unfolded = self._unfolded ^ {incident.alarm_id}
        self._draw()

    @property
    def current(self) -> Alarm | None:
        """The alarm under the cursor."""
        row, rows = self._pane.table.cursor_row, self._pane.table.rows
        return rows.alarms[row] if isinstance(rows, alarm_rows.AlarmRows) and row is not None else None

    def _take(self, of: tuple[float, str], answer: tuple[tuple[Alarm, ...], bool]) -> None:
        found, cut = kept(self._cleared, answer[0], of[0]), answer[1]
        stood = self._of is not None and self._moment is not None and self._of[0] <= self._moment.at
        same = stood and found is self._cleared and cut == self._cut and not self._failed
        self._cleared, self._cut, self._of, self._failed = found, cut, of, ""
        if not same:
            self._draw()
        self.post_message(self.Told())

    def _fail(self, said: str) -> None:
        self._failed = said
        self._draw()
        self.post_message(self.Told())

    def _made(self, moment: Moment) -> alarm_rows.AlarmRows:
        """Rows of this moment: the same object while alarms, View and look are the same."""
        cleared = self._cleared if self._of is not None and self._of[0] <= moment.at else ()
        opened = moment.view.alarms
        key = (id(opened), id(cleared), moment.at, moment.look_key, self.seen)
        if self._rows is None or self._rows[0] != key:
            by_id = opened.by_id
            all_of = (*opened.alarms, *[a for a in cleared if a.alarm_id not in by_id])
            before = self._rows[1] if self._rows is not None else None
            made = alarm_rows.AlarmRows(all_of, moment.view, moment.at, moment.signs, moment.grey, before=before)
            if moment.scene.live and self.seen.until:
                made.new = marks(made.since(self.seen.until - LATE), self.seen)
            self._rows = key, made
            if len(made) >= MANY:
                work: Any = partial(self._prepare, made)  # a coroutine would never be awaited if cancelled before
                self.run_worker(work, group="texts", exclusive=True)
        return self._rows[1]

    async def _prepare(self, rows: alarm_rows.AlarmRows) -> None:
        """Make the texts that a filter looks through before one is typed, beside the screen."""
        await asyncio.to_thread(self._texts.subject, rows)

    def _draw(self) -> None:
        moment = self._moment
        if moment is None:
            return
        rows = self._made(moment)
        result = filtered(
            moment.filter, moment.severities, None, len(rows), lambda: self._texts.subject(rows),
            lambda chosen: alarm_subject.of_severity(rows, chosen),
        )  # fmt: skip
        shown = rows.unfolded(self._unfolded, result.mask)
        # one incident is one, whatever it holds
        left = int(shown.sum()) if shown is not None else len(rows)
        of = rows.unfolded(self._unfolded, None)
        result = Filtered(shown, left, int(of.sum()) if of is not None else len(rows), result.alone, result.problem,
                          result.subject)  # fmt: skip
        self.fill(moment, rows, result, self._words())
        self._pane.table.say_when_empty(self._empty(moment, rows, result))
        self._known.show(self.current, moment)

    def _empty(self, moment: Moment, rows: alarm_rows.AlarmRows, result: Filtered) -> tuple[str, ...]:
        """Why no row is shown."""
        if len(rows):
            return nothing_matches(moment.filter.text, moment.severities, result.alone)
        if self._failed:
            return (f"What cleared {self._failed}.",)
        cleared = moment.view.alarms.cleared_at
        ago = max(0.0, moment.at - cleared) // 60 * 60 if cleared == cleared else None
        last = f" The last one cleared {duration_prose(ago)} ago." if ago is not None else ""
        return (f"No alarms.{last}", "w looks further back, t shows Mist's own")

    def headline(self) -> Headline | None:
        moment = self._moment
        if moment is None:
            return None
        since, why = mist_alarm_subject.silence(moment)
        key = (id(moment.view.alarms), moment.at, since, why, self._failed)
        if self._told is None or self._told[0] != key:
            self._told = key, self._sentence(moment, since, why)
        return self._told[1]

    def _sentence(self, moment: Moment, since: float | None, why: str) -> Headline:
        said = waiting_headline(moment.view.alarms, moment.at)
        if since is None:
            return said
        silent = " Mist's own are not told" + (f": {why.rstrip('. ')}." if why else ".")
        return Headline(severity=said.severity, clauses=(*said.clauses, Clause(silent)))

    def _words(self) -> tuple[str, str]:
        table = self._pane.table
        parts = ["open first"] if table.sort == alarm_rows.SORT else []
        if marked := len(table.marked):
            parts.append(f"{marked:,} marked")
        rows = self._rows[1] if self._rows is not None else None
        new = list(rows.new.values()) if rows is not None else []
        parts += [f"{n:,} {word}" for n, word in ((new.count(CAME), "new"), (new.count(WENT), "went")) if n]
        if self._cut:
            parts.append(f"the newest {MOST:,}")
        if self._failed:
            parts.append(f"what cleared {self._failed}")
        parts.append(f"row {table.position:,} of {table.shown:,}")
        return f"alarms, {_WINDOW_WORDS[self._window]}", ", ".join(parts)

    def retitle(self, words: tuple[str, str]) -> None:
        self._pane.entitle(self._words())

    def on_live_table_moved(self, message: LiveTable.Moved) -> None:
        super().on_live_table_moved(message)
        alarm = self.current
        if self._moment is not None:
            self._known.show(alarm, self._moment)
        if alarm is not None and self._rows is not None and alarm.alarm_id in self._rows[1].new:
            self._look(looked_at(self.seen, alarm))
        self._pane.entitle(self._words())

    def on_live_table_marked(self, message: LiveTable.Marked) -> None:
        self._pane.entitle(self._words())

    def see_all(self) -> int:
        """Nothing is new any more; how many were."""
        moment, rows = self._moment, self._rows
        if moment is None or rows is None or not moment.scene.live:
            return 0
        many = len(rows[1].new)
        self._look(all_seen(rows[1].alarms, moment.at))
        self._draw()
        return many

    def _look(self, seen: Seen) -> None:
        self.seen = seen
        self.post_message(self.Looked(seen))

    def standing(self) -> Standing | None:
        """The marked alarms, else the one under the cursor."""
        table, rows = self._pane.table, self._pane.table.rows
        if not isinstance(rows, alarm_rows.AlarmRows):
            return None
        if table.marked:
            found = [rows.find(key) for key in sorted(table.marked)]
            return Standing(tuple(rows.alarms[r] for r in found if r is not None), "", exact=True)
        return Standing((self.current,), "", exact=True) if self.current is not None else None

    def filtered_alarms(self) -> tuple[Alarm, ...]:
        """All that the filter leaves, those that are over left out."""
        rows = self._pane.table.rows
        if not isinstance(rows, alarm_rows.AlarmRows):
            return ()
        return tuple(a for i in self._pane.table.shown_rows.tolist() if (a := rows.alarms[i]).cleared is None)

    def acted(self) -> None:
        self._pane.table.set_marked(frozenset())

    def on_live_table_opened(self, message: LiveTable.Opened) -> None:
        rows, moment = self._pane.table.rows, self._moment
        row = rows.find(message.key) if rows is not None else None
        if not isinstance(rows, alarm_rows.AlarmRows) or row is None or moment is None:
            return
        there = opens(rows.alarms[row], moment.view)
        self.post_message(self.Goto(there) if there is not None else self.Say("This alarm belongs to no place."))

    def export(self) -> Exported | None:
        rows = self._pane.table.rows
        if not isinstance(rows, alarm_rows.AlarmRows):
            return None
        return alarm_rows.exported(rows, self._pane.table.shown_rows.tolist())
