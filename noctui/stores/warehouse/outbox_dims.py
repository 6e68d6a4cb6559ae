"""The outboxes of sites, circuits, which of them carry traffic, and hours of the clock."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from math import floor
from zlib import crc32
from zoneinfo import ZoneInfo

from noctui.model.inventory import Circuit, Inventory
from noctui.model.view import View
from noctui.stores.history.catalog import unpack_inventory
from noctui.stores.history.faults import DamagedBlock
from noctui.stores.history.reader import HistoryReader
from noctui.stores.history.rollups import month_of
from noctui.stores.history.settings import HOUR
from noctui.stores.warehouse import texts
from noctui.stores.warehouse.outbox import ALL, END, Span, Waiting
from noctui.stores.warehouse.sender import Batch
from noctui.stores.warehouse.state import Mark
from noctui.stores.warehouse.tables import Feed
from noctui.stores.warehouse.tables_dims import ACTIVE, CIRCUITS, SITES, TIMES
from noctui.stores.warehouse.texts import Cell, stamp

VERSIONS = 20
"""Inventory versions a batch."""
NONE = -1
"""A version before all others: that of a past which was made later is 0."""


def batch_of(feed: Feed, rows: Sequence[Sequence[Cell]], mark: Mark, damaged: tuple[str, ...] = ()) -> Batch:
    """Of rows in the order of the feed's stage."""
    files = (texts.packed(texts.table(rows)),) if rows else ()
    return Batch(feed, files, len(rows), mark, damaged=damaged)


class SitesOutbox:
    """A mark is (rev,). All sites go when anything about the network has changed: they are few."""

    feed = SITES

    def __init__(self, reader: HistoryReader) -> None:
        self._reader = reader

    def next(self, mark: Mark, span: Span = ALL) -> Batch | None:
        newest = self._newest(mark)
        if newest is None:
            return None
        at = stamp(newest.known_at)
        rows = [
            (s.site_id, s.name, s.number, s.region, s.store_type, s.timezone, s.country, s.latitude, s.longitude, at,
             newest.rev)
            for s in newest.sites
        ]  # fmt: skip
        return batch_of(SITES, rows, (newest.rev,))

    def waiting(self, mark: Mark) -> Waiting:
        newest = self._newest(mark)
        return Waiting() if newest is None else Waiting(len(newest.sites))

    def _newest(self, mark: Mark) -> Inventory | None:
        newest = self._reader.inventory(END)
        return None if newest is None or newest.rev <= (mark[0] if mark else NONE) else newest


class CircuitsOutbox:
    """A mark is (rev,): each version after it is laid beside the one before."""

    feed = CIRCUITS

    def __init__(self, reader: HistoryReader) -> None:
        self._reader = reader

    def next(self, mark: Mark, span: Span = ALL) -> Batch | None:
        with self._reader.snapshot() as db:
            revs = _revs(db, mark)
            if db is None or not revs:
                return None
            revs = revs[:VERSIONS]
            before, damaged = _rows_of(db, mark), list[str]()
            found: dict[tuple[str, float], tuple[Cell, ...]] = {}
            for rev in revs:
                try:
                    version = _version(db, rev)
                except DamagedBlock as error:
                    damaged.append(error.name)
                    continue
                now = {c.circuit_id: _cells(version, c) for c in version.circuits}
                at, known = version.event_time, stamp(version.known_at)
                for circuit_id, cells in now.items():
                    if before.get(circuit_id) != cells:
                        found[circuit_id, at] = _row(circuit_id, at, cells, True, known, rev)
                for circuit_id in before.keys() - now.keys():
                    found[circuit_id, at] = _row(circuit_id, at, before[circuit_id], False, known, rev)
                before = now
        return batch_of(CIRCUITS, list(found.values()), (revs[-1],), tuple(damaged))

    def waiting(self, mark: Mark) -> Waiting:
        with self._reader.snapshot() as db:
            return Waiting(len(_revs(db, mark)))


def _revs(db: sqlite3.Connection | None, mark: Mark) -> list[int]:
    query = "SELECT rev FROM inventories WHERE rev > ? ORDER BY rev"
    return [] if db is None else [row[0] for row in db.execute(query, (mark[0] if mark else NONE,))]


def _version(db: sqlite3.Connection, rev: int) -> Inventory:
    data, crc = db.execute("SELECT data, crc FROM inventories WHERE rev = ?", (rev,)).fetchone()
    return unpack_inventory(data, crc, rev)


def version_of(db: sqlite3.Connection, rev: int) -> Inventory | None:
    """An inventory by its number; None: there is none. Raises DamagedBlock."""
    there = db.execute("SELECT 1 FROM inventories WHERE rev = ?", (rev,)).fetchone()
    return None if there is None else _version(db, rev)


def _rows_of(db: sqlite3.Connection, mark: Mark) -> dict[str, tuple[Cell, ...]]:
    """What was told of circuits up to the mark."""
    row = db.execute("SELECT max(rev) FROM inventories WHERE rev <= ?", (mark[0] if mark else NONE,)).fetchone()
    if row[0] is None:
        return {}
    try:
        version = _version(db, row[0])
    except DamagedBlock:
        return {}
    return {c.circuit_id: _cells(version, c) for c in version.circuits}


def _cells(inventory: Inventory, c: Circuit) -> tuple[Cell, ...]:
    """What is held true of a circuit, in the order of the stage: site first, then from DEVICE_ID on."""
    attached = c.attachment
    return (
        c.site_id, attached.gateway_id if attached else None, c.port_id, c.down_bps / 1e6 or None,
        c.up_bps / 1e6 or None, c.bandwidth_source.name.lower(), c.role.word, c.role_source.name.lower(), c.carrier,
        "" if not c.carrier else "file" if c.carrier_from_file else "mist", c.carrier_circuit_id, c.wan_type,
        c.wan_name, c.description, c.sla, c.protection_group, c.monthly_cost, c.currency, c.turn_up,
    )  # fmt: skip


def _row(circuit_id: str, at: float, cells: tuple[Cell, ...], there: bool, known: Cell, rev: int) -> tuple[Cell, ...]:
    return (cells[0], circuit_id, stamp(at), *cells[1:], there, known, rev)


class ActiveOutbox:
    """A mark is (rev, id of the newest failover, full hour, checksum of what was sent). What carries traffic is looked
    at anew with each version and each failover, and once an hour: a site that goes dark fails over to nothing."""

    feed = ACTIVE

    def __init__(self, reader: HistoryReader) -> None:
        self._reader = reader

    def next(self, mark: Mark, span: Span = ALL) -> Batch | None:
        found = self._due(mark)
        if found is None:
            return None
        view, ends = found
        if mark[:1] == ends[:1] and mark[3:] == ends[3:]:
            return batch_of(ACTIVE, [], ends)
        active = view.circuits.active.tolist()
        rows = [(c.circuit_id, bool(carries)) for c, carries in zip(view.inventory.circuits, active, strict=True)]
        return batch_of(ACTIVE, rows, ends)

    def waiting(self, mark: Mark) -> Waiting:
        found = self._due(mark)
        if found is None or (mark[:1] == found[1][:1] and mark[3:] == found[1][3:]):
            return Waiting()
        return Waiting(len(found[0].inventory.circuits))

    def _due(self, mark: Mark) -> tuple[View, Mark] | None:
        """What is to be looked at, and the mark that stands for it."""
        with self._reader.snapshot() as db:
            if db is None:
                return None
            # The View must not be of a version that circuits were not sent of.
            polled = db.execute("SELECT rev, at FROM polls ORDER BY at DESC LIMIT 1").fetchone()
            if polled is None:
                return None
            (newest,) = db.execute("SELECT coalesce(max(id), 0) FROM failovers").fetchone()
        now: Mark = (float(polled[0]), float(newest), polled[1] // HOUR)
        if len(mark) == 4 and all(had >= is_ for had, is_ in zip(mark, now, strict=False)):
            return None
        view = self._reader.view(END)
        return None if view is None else (view, (*now, float(crc32(view.circuits.active.tobytes()))))


class TimesOutbox:
    """A mark is (first month's begin, last month's end, the zone's checksum): whole months of hours, from the first
    that history knows to the one that runs."""

    feed = TIMES

    def __init__(self, reader: HistoryReader) -> None:
        self._reader = reader

    def next(self, mark: Mark, span: Span = ALL) -> Batch | None:
        wanted = self._wanted()
        if wanted is None:
            return None
        if _covers(mark, wanted):
            return None
        first, end, zone = wanted
        had = mark if len(mark) == 3 and mark[2] == zone else (end, end, zone)
        latest, name = self._reader.latest() or 0.0, self._reader.retention.zone
        rows = [_time(at, name, latest) for at in _hours(first, end) if not had[0] <= at < had[1]]
        return batch_of(TIMES, rows, (min(first, had[0]), max(end, had[1]), zone))

    def waiting(self, mark: Mark) -> Waiting:
        wanted = self._wanted()
        if wanted is None or (
            len(mark) == 3 and mark[0] <= wanted[0] and mark[1] >= wanted[1] and mark[2] == wanted[2]
        ):
            return Waiting()
        return Waiting(round((wanted[1] - wanted[0]) / HOUR))

    def _wanted(self) -> tuple[float, float, float] | None:
        begins, latest = self._reader.begins(), self._reader.latest()
        if begins is None or latest is None:
            return None
        zone = float(crc32(self._reader.retention.zone.encode()))
        return month_of(begins - HOUR)[0], month_of(latest)[1], zone


def _hours(first: float, end: float) -> Iterator[float]:
    for number in range(floor(first / HOUR), floor(end / HOUR)):
        yield number * HOUR


def _covers(mark: Mark, wanted: Mark) -> bool:
    return len(mark) == 3 and mark[0] <= wanted[0] and mark[1] >= wanted[1] and mark[2] == wanted[2]


def _time(at: float, zone: str, known_at: float) -> tuple[Cell, ...]:
    here = datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(zone))
    return (
        texts.hour_key(at), f"{here:%Y%m%d}", here.year, here.month, here.day, here.hour, here.weekday(),
        here.isocalendar().week, here.weekday() >= 5, 8 <= here.hour < 18, (here.month - 1) // 3 + 1, stamp(at), zone,
        stamp(known_at), int(known_at),
    )  # fmt: skip
