"""The outbox of planned work: every version of it, by circuit and window."""

from __future__ import annotations

from collections.abc import Iterator

from noctui.model.works import Matched, Work
from noctui.stores.history.reader import HistoryReader
from noctui.stores.history.work_rows import works_of
from noctui.stores.warehouse.outbox import ALL, END, Span, Waiting
from noctui.stores.warehouse.outbox_dims import batch_of
from noctui.stores.warehouse.sender import Batch
from noctui.stores.warehouse.state import Mark
from noctui.stores.warehouse.tables_works import WORKS
from noctui.stores.warehouse.texts import Cell, stamp

MOST = 500
"""Versions a batch."""
NONE = "-"
"""In a key: there is none. A key is never empty."""


class WorksOutbox:
    """A mark is (id,) of the newest version that was sent. Circuits are matched by the inventory of now."""

    feed = WORKS

    def __init__(self, reader: HistoryReader) -> None:
        self._reader = reader

    def next(self, mark: Mark, span: Span = ALL) -> Batch | None:
        after, inventory = mark[0] if mark else 0.0, self._reader.inventory(END)
        with self._reader.snapshot() as db:
            if db is None:
                return None
            found = db.execute(
                f"SELECT id, known_at, crc, data FROM works WHERE id > ? ORDER BY id LIMIT {MOST}", (after,)
            ).fetchall()
        if not found:
            return None
        rows: dict[tuple[Cell, ...], tuple[Cell, ...]] = {}
        for id_, known_at, crc, data in found:
            for work in self._reader.standing.asked(works_of([(id_, known_at, crc, data)], set()), inventory):
                rows |= {row[:6]: row for row in _rows(work, int(id_))}
        return batch_of(WORKS, list(rows.values()), (float(found[-1][0]),))

    def waiting(self, mark: Mark) -> Waiting:
        with self._reader.snapshot() as db:
            if db is None:
                return Waiting()
            (count,) = db.execute("SELECT count(*) FROM works WHERE id > ?", (mark[0] if mark else 0,)).fetchone()
        return Waiting(int(count))


def _rows(work: Work, id_: int) -> Iterator[tuple[Cell, ...]]:
    """What stands before the sixth comma is the key."""
    m = work.maintenance
    for matched in work.matched or (Matched(said=NONE),):
        for window in m.windows if not work.matched else m.windows_of(matched.said):
            for circuit_id in matched.circuit_ids or (NONE,):
                yield (
                    m.provider or NONE, "".join(m.maintenance_id.split()).casefold() or NONE, work.version,
                    matched.said or NONE, circuit_id, stamp(window.start), stamp(window.end), window.backup,
                    m.status.value, matched.impact.value, matched.seconds, work.emergency, work.late, m.summary,
                    m.location, work.notice, stamp(work.announced_at), stamp(work.known_at), id_,
                )  # fmt: skip
