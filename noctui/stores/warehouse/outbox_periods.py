"""The outboxes of days, weeks and months, of circuits and of regions: each version that holds, once."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence

import numpy as np

from noctui.kpi.figures import averages
from noctui.kpi.percentile import percentile
from noctui.model.figures import GAUGE, SCALES, Grain
from noctui.model.inventory import Inventory
from noctui.model.view import F4
from noctui.model.words import Metric
from noctui.stores.history.accounts_pack import Stored
from noctui.stores.history.faults import DamagedBlock
from noctui.stores.history.kept_figures import Kept, read_groups, read_sketches, read_stored, select_newest
from noctui.stores.history.reader import HistoryReader
from noctui.stores.warehouse import texts
from noctui.stores.warehouse.outbox import ALL, END, Span, Waiting
from noctui.stores.warehouse.rows_hours import places
from noctui.stores.warehouse.sender import Batch
from noctui.stores.warehouse.state import Mark
from noctui.stores.warehouse.tables import Feed
from noctui.stores.warehouse.tables_periods import CIRCUITS, GAUGES, NUMBERS, REGIONS, THRESHOLDS
from noctui.stores.warehouse.texts import I8, NULL

MOST = 24
"""Periods a batch."""
REGION = "region"


class PeriodsOutbox:
    """See `outbox.Outbox`. A mark is (version,). Each period is a file."""

    def __init__(self, reader: HistoryReader, grain: Grain, regions: bool = False) -> None:
        self._reader, self._grain, self._regions = reader, grain, regions

    @property
    def feed(self) -> Feed:
        return (REGIONS if self._regions else CIRCUITS)[self._grain]

    def next(self, mark: Mark, span: Span = ALL) -> Batch | None:
        newest = None if self._regions else self._reader.inventory(END)
        with self._reader.snapshot() as db:
            kept = _of_own_key(self._after(db, mark, span))
            if db is None or not kept:
                return None
            files, rows, damaged = list[bytes](), 0, list[str]()
            for one in kept:
                try:
                    text, count = self._of_regions(db, one) if self._regions else self._of_circuits(db, one, newest)
                except DamagedBlock as error:
                    damaged.append(error.name)
                    continue
                if count:
                    files.append(texts.packed(text))
                    rows += count
        oldest = min(one.period.start for one in kept)
        return Batch(self.feed, tuple(files), rows, (kept[-1].version,), oldest=oldest, damaged=tuple(damaged))

    def waiting(self, mark: Mark) -> Waiting:
        with self._reader.snapshot() as db:
            kept = self._after(db, mark, ALL)
            if db is None or not kept:
                return Waiting()
            each = 8 if self._regions else int(db.execute("SELECT count(*) FROM circuits").fetchone()[0])
        return Waiting(each * len(kept), min(k.period.start for k in kept))

    def _after(self, db: sqlite3.Connection | None, mark: Mark, span: Span) -> list[Kept]:
        """By version: periods of a version may have been made in any order."""
        if db is None:
            return []
        values = self._grain, mark[0] if mark else 0, span.start, span.end
        found = select_newest(db, 'grain = ? AND version > ? AND "end" > ? AND start < ?', values)
        return sorted(found, key=lambda k: k.version)

    def _of_circuits(self, db: sqlite3.Connection, kept: Kept, there: Inventory | None) -> tuple[bytes, int]:
        stored = read_stored(db, kept)
        accounts = stored.accounts
        known = (accounts.up + accounts.down + accounts.disabled > 0) | (accounts.known.sum(axis=1) > 0)
        if there is not None and len(there.circuits):  # of those that are there it is said that nothing is known
            numbers_there = there.circuit_no[there.circuit_no < len(known)]
            known[numbers_there] = True
        rows = np.flatnonzero(known)
        prefixes = places(db, there).prefixes
        heads = np.array([bytes(p) + b"," + _period(kept) for p in prefixes[: len(known)]] or [b""])
        found = numbers(stored, stored.beside, kept.version)
        return texts.lines(heads, rows, [found[name][rows] for name in NUMBERS]), len(rows)

    def _of_regions(self, db: sqlite3.Connection, kept: Kept) -> tuple[bytes, int]:
        groups = read_groups(db, kept, REGION)
        if groups is None or not groups.names:
            return b"", 0
        beside: dict[str, F4] = dict(groups.stored.beside)
        for gauge in ("util", "loss", "jitter", "latency"):
            histograms = read_sketches(db, kept, REGION, gauge) if self._grain is Grain.DAY else None
            if histograms is not None:
                beside[f"{gauge}_p95"] = percentile(histograms, len(groups.names)).astype(np.float32)
        heads = [f"{texts.quoted(region(name))},".encode() + _period(kept) for name in groups.names]
        found = numbers(groups.stored, beside, kept.version)
        return texts.lines(np.array(heads), np.arange(len(heads)), [found[name] for name in NUMBERS]), len(heads)


def region(name: str) -> str:
    """As it stands in a key, which is never empty: `-` of sites that have none. One of that name is another one."""
    return name if name.strip("-") else f"{name}-"


def _of_own_key(kept: list[Kept]) -> list[Kept]:
    """The first ones, none of which has the key of another: two zones' days may."""
    found: list[Kept] = []
    for one in kept[:MOST]:
        if any(one.period.key == other.period.key for other in found):
            break
        found.append(one)
    return found


def _period(kept: Kept) -> bytes:
    """What a line says of its period."""
    p = kept.period
    cells = (p.key.replace("-W", "").replace("-", ""), texts.stamp(p.start), texts.stamp(p.end), p.zone)
    return ",".join(texts.quoted(cell or "") for cell in cells).encode()


def numbers(stored: Stored, beside: Mapping[str, F4], version: int) -> dict[str, I8]:
    """The staged numbers by name."""
    a = stored.accounts
    rows = len(a)
    nothing = np.full(rows, NULL, np.int64)
    mean = averages(a)
    found: dict[str, I8] = {"REV": np.full(rows, version, np.int64), "FLAPS": a.flaps}
    found |= {"UP_MS": a.up, "DOWN_MS": a.down, "UNKNOWN_MS": a.unknown, "DISABLED_MS": a.disabled}
    found["COVERED_MS"] = a.up + a.down + a.disabled
    for way in ("rx", "tx"):
        at = GAUGE[f"{way}_bps"]
        found[f"{way.upper()}_BYTES"] = _bytes(a.total[:, at], a.known[:, at], at)
        found[f"{way.upper()}_P95_BPS"] = texts.whole(beside[p], 1.0) if (p := f"{way}_bps_p95") in beside else nothing
    for name in GAUGES:
        at = GAUGE[name.lower()]
        found[f"{name}_AVG"] = texts.whole(mean[:, at], 1e4)
        found[f"{name}_MAX"] = texts.whole(a.highest[:, at], 1e4)
        p95 = beside.get(f"{name.lower()}_p95")
        found[f"{name}_P95"] = nothing if p95 is None else texts.whole(p95, 1e4)
    for level, word in enumerate(THRESHOLDS):
        found[f"ABOVE_{word}_MS"] = a.above[:, Metric.UTILISATION, level]
        found[f"LONGEST_{word}_MS"] = a.longest[:, Metric.UTILISATION, level]
    error = beside.get("p95_error")
    found["P95_ERROR"] = np.zeros(rows, np.int64) if error is None else texts.whole(error, 1e4)
    members = beside.get("circuits")
    found["CIRCUITS"] = nothing if members is None else texts.whole(members, 1.0)
    return found


def _bytes(total: I8, known: I8, at: int) -> I8:
    """Of a rate's sum (value in fixed point x seconds); NULL where it was never known."""
    out = np.rint(total / SCALES[at] / 8.0).astype(np.int64)
    out[known == 0] = NULL
    return out


def period_outboxes(reader: HistoryReader) -> Sequence[PeriodsOutbox]:
    return [PeriodsOutbox(reader, grain, regions) for regions in (False, True) for grain in CIRCUITS]
