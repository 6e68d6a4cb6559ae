"""A past View: the poll's columns, the utilisation of the bandwidth of that time, sites and regions folded anew."""

from __future__ import annotations

import sqlite3
from math import floor

import numpy as np

from noctui.engine.regions import fold_regions
from noctui.engine.sites import fold_sites
from noctui.model.view import (
    TREND_NONE,
    TREND_SLOTS,
    U1,
    U2,
    CircuitTable,
    GatewayTable,
    PathTable,
    View,
)
from noctui.stores.history.blocks import Go, instant, never
from noctui.stores.history.catalog import Catalog, Version
from noctui.stores.history.codec import Values
from noctui.stores.history.columns import (
    ACTIVE,
    BAD_QUARTER,
    CIRCUITS,
    COLUMNS,
    GATEWAYS,
    NO_PATH,
    PATHS,
    STALE,
    SUSPECT,
    Column,
    percent,
    times,
)
from noctui.stores.history.faults import HistoryFault
from noctui.stores.history.known import EVER, THEN
from noctui.stores.history.pack import Pack, of_bytes
from noctui.stores.history.quarters import QUARTER, QUARTER_BAD, QUARTER_MAX
from noctui.stores.history.rows import poll_at

_LATER = ("raw_levels", "valid")  # for windows, not for the View


def read_view(db: sqlite3.Connection, catalog: Catalog, at: float, go: Go = never, known: float = EVER) -> View | None:
    """The View of the newest poll at or before `at` that was known at `known`, as it was then; None when there is none.

    Raises HistoryFault when its columns are gone or damaged. Peer paths older than their retention are unknown.
    """
    poll = poll_at(db, at, known)
    if poll is None:
        return None
    version = catalog.version(db, poll.rev)
    if version is None:
        raise HistoryFault(f"inventory {poll.rev} is missing from the history")
    shown = [c for c in COLUMNS[CIRCUITS] if c.name not in _LATER]
    found = instant(db, catalog, poll.at, CIRCUITS, shown, version.slots[CIRCUITS], go)
    if found is None:
        raise HistoryFault("the samples of that time are older than what is kept")
    circuits = _circuits(db, version, poll.at, {c.name: found[c.number] for c in shown}, known)
    gateways = _plain(db, catalog, poll.at, GATEWAYS, version, go)
    paths = _plain(db, catalog, poll.at, PATHS, version, go)
    inventory = version.inventory
    sites = fold_sites(inventory, circuits)
    return View(
        seq=poll.seq,
        at=poll.at,
        interval=poll.interval,
        inventory=inventory,
        circuits=circuits,
        gateways=GatewayTable(**gateways),
        paths=PathTable(**paths),
        sites=sites,
        regions=fold_regions(inventory, circuits, sites),
        whole=poll.whole,
        silent=poll.silent,
        reports=poll.reports,
    )


def _plain(
    db: sqlite3.Connection, catalog: Catalog, at: float, table: int, version: Version, go: Go
) -> dict[str, Values]:
    columns: tuple[Column, ...] = COLUMNS[table]
    slots = version.slots[table]
    found = instant(db, catalog, at, table, columns, slots, go)
    if found is None:
        return {c.name: np.full(len(slots), c.fill, c.dtype) for c in columns}
    return {c.name: found[c.number] for c in columns}


def _circuits(
    db: sqlite3.Connection, version: Version, at: float, own: dict[str, Values], known: float
) -> CircuitTable:
    flags = own.pop("flags")
    highest = own.pop("quarter_max")
    trend, bad = _trend(db, version, at, known)
    trend[:, -1] = highest
    bad |= ((flags & BAD_QUARTER) > 0).astype(np.uint16) << np.uint16(TREND_SLOTS - 1)
    own["since"], own["active_since"] = times(own["since"]), times(own["active_since"])
    inventory = version.inventory
    return CircuitTable(
        stale=(flags & STALE) > 0,
        active=(flags & ACTIVE) > 0,
        suspect=(flags & SUSPECT) > 0,
        no_path=(flags & NO_PATH) > 0,
        rx_pct=percent(own["rx_bps"], inventory.down_bps),
        tx_pct=percent(own["tx_bps"], inventory.up_bps),
        trend=trend,
        bad_quarters=bad,
        **own,
    )


def _trend(db: sqlite3.Connection, version: Version, at: float, known: float) -> tuple[U1, U2]:
    """The closed quarters before the one of `at`; the last column is left for the running one."""
    slots = version.slots[CIRCUITS]
    trend = np.full((len(slots), TREND_SLOTS), TREND_NONE, np.uint8)
    bad = np.zeros(len(slots), np.uint16)
    if not len(slots):
        return trend, bad
    size = int(slots.max()) + 1
    now = floor(at / QUARTER)
    first = now - TREND_SLOTS + 1
    for quarter, data in db.execute(
        f"SELECT quarter, data FROM quarters WHERE quarter >= ? AND quarter < ? AND {THEN}", (first, now, known)
    ):
        pack = Pack(of_bytes(data), f"quarter {quarter}")
        column = np.full(size, TREND_NONE, np.uint8)
        column[: pack.n0] = pack.get(QUARTER_MAX)[:size, 0]
        trend[:, quarter - first] = column[slots]
        was = np.zeros(size, np.uint16)
        was[: pack.n0] = pack.get(QUARTER_BAD)[:size, 0]
        bad |= was[slots] << np.uint16(quarter - first)
    return trend, bad
