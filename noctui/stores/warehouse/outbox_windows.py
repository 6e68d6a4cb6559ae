"""The outbox of rolling windows: 3, 12 and 24 hours back from each full hour whose figures are made."""

from __future__ import annotations

import sqlite3
from math import floor

import numpy as np

from noctui.model.figures import GAUGE, Figures
from noctui.model.scene import Range
from noctui.model.words import Metric
from noctui.stores.history.faults import DamagedBlock
from noctui.stores.history.figures_circuits import of_circuits
from noctui.stores.history.hourly import VECTORS
from noctui.stores.history.reader import HistoryReader
from noctui.stores.history.schema import meta
from noctui.stores.history.settings import HOUR
from noctui.stores.warehouse import texts
from noctui.stores.warehouse.outbox import ALL, END, Span, Waiting
from noctui.stores.warehouse.outbox_events import asking
from noctui.stores.warehouse.rows_hours import places
from noctui.stores.warehouse.sender import Batch
from noctui.stores.warehouse.state import Mark
from noctui.stores.warehouse.tables_events import LEVELS, WINDOW_NUMBERS, WINDOWS
from noctui.stores.warehouse.texts import I8

HOURS = (3, 12, 24)
BACK = 24
"""Full hours that are caught up with at most: of what is older, days and hours tell."""


class WindowsOutbox:
    """A mark is (end,) of the newest full hour whose windows were sent."""

    feed = WINDOWS

    def __init__(self, reader: HistoryReader) -> None:
        self._reader = reader

    def next(self, mark: Mark, span: Span = ALL) -> Batch | None:
        newest = self._reader.inventory(END)
        with self._reader.snapshot() as db:
            ends = _ends(db, mark)
            if db is None or newest is None or not ends:
                return None
            end = ends[0]
            latest = float(db.execute("SELECT max(at) FROM polls").fetchone()[0])
            rev = int(meta(db, "version") or 0)
            prefixes = places(db, newest).prefixes
            slot = {id_: no for no, id_ in db.execute("SELECT no, id FROM circuits")}
            ask = asking(self._reader, db, max(latest, end))
            parts: list[bytes] = []
            rows, damaged = 0, list[str]()
            for hours in HOURS:
                try:
                    found = of_circuits(ask, Range(end - hours * HOUR, end), (), ("util",))
                except DamagedBlock as error:
                    damaged.append(error.name)
                    continue
                at = np.array([slot[id_] for id_ in found.ids], np.intp)
                heads = np.array([bytes(prefixes[no]) + _end(end) for no in at.tolist()] or [b""])
                told = numbers(found, hours, rev)
                parts.append(texts.lines(heads, np.arange(len(at)), [told[name] for name in WINDOW_NUMBERS]))
                rows += len(at)
        text = b"".join(parts)
        return Batch(WINDOWS, (texts.packed(text),) if rows else (), rows, (end,), oldest=end, damaged=tuple(damaged))

    def waiting(self, mark: Mark) -> Waiting:
        with self._reader.snapshot() as db:
            ends = _ends(db, mark)
            each = 0 if db is None else int(db.execute("SELECT count(*) FROM circuits").fetchone()[0])
        return Waiting(len(ends) * len(HOURS) * each, ends[0] if ends else None)


def _ends(db: sqlite3.Connection | None, mark: Mark) -> list[float]:
    """Ends of full hours that wait, the earliest first."""
    if db is None:
        return []
    newest = db.execute("SELECT max(start) FROM rollups WHERE kind = ?", (VECTORS,)).fetchone()[0]
    polled = db.execute("SELECT 1 FROM polls LIMIT 1").fetchone()
    if newest is None or polled is None:
        return []
    last = floor(newest / HOUR) + 1
    first = max(last - BACK + 1, floor(mark[0] / HOUR) + 1) if mark else last
    return [number * HOUR for number in range(first, last + 1)]


def _end(end: float) -> bytes:
    return f",{texts.quoted(texts.stamp(end) or '')}".encode()


def numbers(found: Figures, hours: int, rev: int) -> dict[str, I8]:
    """The staged numbers by name."""
    n = len(found)
    util = GAUGE["util"]
    told: dict[str, I8] = {"WINDOW_HOURS": np.full(n, hours, np.int64), "REV": np.full(n, rev, np.int64)}
    told |= {"UTIL_AVG": texts.whole(found.average[:, util], 1e4), "UTIL_MAX": texts.whole(found.highest[:, util], 1e4)}
    told["UTIL_P95"] = texts.whole(found.p95[:, util], 1e4)
    for gauge in ("loss", "jitter", "latency"):
        told[f"{gauge.upper()}_AVG"] = texts.whole(found.average[:, GAUGE[gauge]], 1e4)
    for state in ("up", "down", "unknown", "disabled"):
        told[f"{state.upper()}_MS"] = texts.whole(getattr(found, state), 1e3)
    told["FLAPS"] = found.flaps
    for level, word in enumerate(LEVELS):
        told[f"ABOVE_{word}_MS"] = texts.whole(found.above[:, Metric.UTILISATION, level], 1e3)
        told[f"LONGEST_{word}_MS"] = texts.whole(found.longest[:, Metric.UTILISATION, level], 1e3)
    return told
