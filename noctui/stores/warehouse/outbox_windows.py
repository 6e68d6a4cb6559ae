"""The outbox of rolling windows: 3, 12 and 24 hours back from each full hour whose figures are made."""

from __future__ import annotations

import sqlite3
from math import floor
from typing import NamedTuple

import numpy as np

from noctui.model.figures import GAUGE, Figures
from noctui.model.inventory import Inventory
from noctui.model.scene import Range
from noctui.model.words import Metric
from noctui.stores.history.faults import DamagedBlock
from noctui.stores.history.figures_circuits import of_circuits
from noctui.stores.history.hourly import DAY_PACKS, MONTH_TILES, VECTORS
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
MOST_ROWS = 100_000
"""About so many a batch, and one end at least."""
PACKED = 48
"""Ends that go again when it is only known that some hour of a whole day or month has changed."""
_SLOTS = {DAY_PACKS: 24, MONTH_TILES: 31 * 24}
"""Hours of a block."""
_End = tuple[float, int]
"""A full hour, and how many hours a window that ends there must be long to be sent."""


class _Sent(NamedTuple):
    """A mark. Windows were sent that end at full hours in [`first`, `end`]; of hours that were made or corrected up to
    `version`, all that they lie in. While those of hours up to `until` go again, `at` is the newest of them."""

    end: float
    version: float
    first: float
    until: float = 0.0
    at: float = 0.0


class WindowsOutbox:
    """Each full hour's windows once, and once more when an hour that they cover came late or was corrected."""

    feed = WINDOWS

    def __init__(self, reader: HistoryReader) -> None:
        self._reader = reader

    def next(self, mark: Mark, span: Span = ALL) -> Batch | None:
        newest, begins = self._reader.inventory(END), self._reader.begins()
        with self._reader.snapshot() as db:
            if db is None or newest is None:
                return None
            version = int(meta(db, "version") or 0)
            sent = _of(mark, version)
            each = len(HOURS) * max(1, int(db.execute("SELECT count(*) FROM circuits").fetchone()[0]))
            most = max(1, MOST_ROWS // each)
            again = _again(db, sent, version, begins)
            if again and sent is not None:
                ends, until = again[:most], sent.until or float(version)
                done = len(again) <= most
                after = _Sent(sent.end, until, sent.first) if done else sent._replace(until=until, at=ends[-1][0])
            else:
                ends = _new(db, sent)[:most]
                if not ends:
                    return None
                after = _Sent(ends[-1][0], float(version), ends[0][0] if sent is None else sent.first)
            return self._batch(db, newest, ends, version, tuple(after))

    def _batch(self, db: sqlite3.Connection, newest: Inventory, ends: list[_End], rev: int, mark: Mark) -> Batch:
        latest = float(db.execute("SELECT max(at) FROM polls").fetchone()[0])
        prefixes = places(db, newest).prefixes
        slot = {id_: no for no, id_ in db.execute("SELECT no, id FROM circuits")}
        files, rows, damaged = list[bytes](), 0, list[str]()
        for end, least in ends:
            ask = asking(self._reader, db, max(latest, end))
            parts: list[bytes] = []
            for hours in HOURS:
                if hours < least:
                    continue
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
            if text := b"".join(parts):
                files.append(texts.packed(text))
        return Batch(WINDOWS, tuple(files), rows, mark, oldest=ends[0][0], damaged=tuple(damaged))

    def waiting(self, mark: Mark) -> Waiting:
        begins = self._reader.begins()
        with self._reader.snapshot() as db:
            if db is None:
                return Waiting()
            version = int(meta(db, "version") or 0)
            sent = _of(mark, version)
            ends = [*_again(db, sent, version, begins), *_new(db, sent)]
            each = int(db.execute("SELECT count(*) FROM circuits").fetchone()[0])
        many = sum(hours >= least for _, least in ends for hours in HOURS)
        return Waiting(many * each, min((end for end, _ in ends), default=None))


def _of(mark: Mark, version: int) -> _Sent | None:
    """None: nothing was sent. Marks of before knew of no version: what was corrected before now stays as it was."""
    if len(mark) == 1:
        return _Sent(mark[0], float(version), mark[0] - (BACK - 1) * HOUR)
    return _Sent(*mark) if mark else None


def _new(db: sqlite3.Connection, sent: _Sent | None) -> list[_End]:
    """Full hours whose windows wait, the earliest first."""
    newest = db.execute("SELECT max(start) FROM rollups WHERE kind = ?", (VECTORS,)).fetchone()[0]
    polled = db.execute("SELECT 1 FROM polls LIMIT 1").fetchone()
    if newest is None or polled is None:
        return []
    last = floor(newest / HOUR) + 1
    first = max(last - BACK + 1, floor(sent.end / HOUR) + 1) if sent is not None else last
    return [(number * HOUR, 1) for number in range(first, last + 1)]


def _again(db: sqlite3.Connection, sent: _Sent | None, version: int, begins: float | None) -> list[_End]:
    """Windows that were sent and cover an hour that has changed since, the earliest end first. Those whose polls are
    gone stay as they were told: what is left of these says less. History `begins` with its first poll, or before."""
    oldest = db.execute("SELECT min(at) FROM polls").fetchone()[0]
    if sent is None or oldest is None or begins is None:
        return []
    whole = oldest + max(HOURS) * HOUR if begins < oldest else 0.0
    least = max(sent.first, whole, sent.at + HOUR if sent.until else 0.0)
    changed = db.execute(
        "SELECT kind, start FROM rollups WHERE kind IN (?, ?, ?) AND version > ? AND version <= ?",
        (VECTORS, *_SLOTS, sent.version, sent.until or version),
    ).fetchall()
    own = {start for kind, start in changed if kind == VECTORS}
    packed = {start + n * HOUR for kind, start in changed if kind != VECTORS for n in range(_SLOTS[kind])}
    late = max(least, sent.end - (PACKED - 1) * HOUR)
    found = _covering(packed - own, late, sent.end)
    for end, nearest in _covering(own, least, sent.end).items():
        found[end] = min(nearest, found.get(end, nearest))
    return sorted(found.items())


def _covering(hours: set[float], least: float, most: float) -> dict[float, int]:
    """Ends in [least, most] of windows with such an hour in them → how many hours back the nearest one begins."""
    found: dict[float, int] = {}
    for start in hours:
        for back in range(1, max(HOURS) + 1):
            end = start + back * HOUR
            if least <= end <= most:
                found[end] = min(back, found.get(end, back))
    return found


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
