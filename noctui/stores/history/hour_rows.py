"""Hours read back for many circuits at once: from vectors, day packs and month tiles, whichever has the newest."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import fields
from math import floor

import numpy as np
from numpy.typing import NDArray

from noctui.kpi.accounts import nothing, of_columns
from noctui.kpi.hourly import FIVE, FIVES, FIVES_AN_HOUR
from noctui.model.figures import Accounts
from noctui.model.view import F4
from noctui.stores.history.db import pack_of
from noctui.stores.history.hourly import (
    DAY_BLOCK,
    DAY_PACKS,
    FIVE_BLOCK,
    FIVE_DAYS,
    FIVE_HOURS,
    FIVE_NUMBER,
    KPI_NUMBER,
    MONTH_BLOCK,
    MONTH_TILES,
    VECTORS,
)
from noctui.stores.history.pack import Pack
from noctui.stores.history.settings import DAY, HOUR

MILLISECONDS = 3_600_000
_PLACES = ((VECTORS, 0, 0.0), (DAY_PACKS, DAY_BLOCK, DAY - HOUR), (MONTH_TILES, MONTH_BLOCK, 31 * DAY - HOUR))
"""Kind, slots a block (0: all), and how long before an hour a block that holds it may begin."""
_PRESENT = KPI_NUMBER["unknown_seconds"]
_BLOCKS = (
    "SELECT id, start, block FROM rollups WHERE kind = ? AND start >= ? AND start < ? AND block >= ? AND block <= ?"
)


def hour_accounts(db: sqlite3.Connection, first: int, stop: int, start: float, count: int) -> list[Accounts]:
    """Of the slots from `first` to `stop`: the accounts of `count` whole hours, the first of which begins at `start`.

    An hour that is not there, or knows nothing of a slot, is unknown. Raises DamagedBlock.
    """
    values, have = _columns(db, first, stop, start, count)
    return _accounts(values, have, stop - first, count)


def _columns(
    db: sqlite3.Connection, first: int, stop: int, start: float, count: int
) -> tuple[dict[int, F4], NDArray[np.bool_]]:
    """[rows, hours] of each column, and which of them are there."""
    rows = stop - first
    values = {number: np.full((rows, count), np.nan, np.float32) for number in KPI_NUMBER.values()}
    have = np.zeros((rows, count), np.bool_)
    for kind, size, before in _PLACES:
        if have.all():
            break
        blocks = (first // size, (stop - 1) // size) if size else (0, 0)
        window = (kind, start - before, start + count * HOUR, *blocks)
        for id_, began, block in db.execute(_BLOCKS, window).fetchall():
            with pack_of(db, "rollups", id_, f"hourly figures {began:.0f} {block}") as pack:
                _lay(pack, values, have, first - block * size, round((began - start) / HOUR))
    return values, have


def is_stored(db: sqlite3.Connection, start: float, figures: Mapping[str, F4], averages: Mapping[str, F4]) -> bool:
    """The hour is there with exactly these figures and five-minute averages, a row per slot. Of circuits that it does
    not have nothing must be known. Raises DamagedBlock."""
    rows = len(figures["unknown_seconds"])
    values, have = _columns(db, 0, rows, start, 1)
    there, new = have[:, 0], ~have[:, 0]
    if not there.any() or any((figures[f"{state}_seconds"][new] > 0).any() for state in ("up", "down", "disabled")):
        return False
    if not all(
        np.array_equal(values[n][there, 0], figures[name][there], equal_nan=True) for name, n in KPI_NUMBER.items()
    ):
        return False
    held = five_averages(db, 0, rows, start, start + HOUR)
    return all(np.array_equal(held[name], averages[name], equal_nan=True) for name in FIVES)


def has_hour(db: sqlite3.Connection, start: float) -> bool:
    """It was rolled. Raises DamagedBlock."""
    for kind, _, before in _PLACES:
        row = db.execute(
            "SELECT id, start FROM rollups WHERE kind = ? AND start >= ? AND start <= ?"
            " ORDER BY start DESC, block LIMIT 1",
            (kind, start - before, start),
        ).fetchone()
        if row is None:
            continue
        at = round((start - row[1]) / HOUR)
        with pack_of(db, "rollups", row[0], f"hourly figures {row[1]:.0f}") as pack:
            if at < pack.n1 and _any(pack.get(_PRESENT, cols=slice(at, at + 1))):
                return True
    return False


def _lay(pack: Pack, values: dict[int, F4], have: NDArray[np.bool_], slot: int, hour: int) -> None:
    """Where nothing is known yet: rows of a pack from `slot` on (negative: rows begin before it), hours from `hour`."""
    rows = slice(max(0, -slot), min(have.shape[0], pack.n0 - slot))
    hours = slice(max(0, hour), min(have.shape[1], hour + pack.n1))
    if rows.start >= rows.stop or hours.start >= hours.stop or have[rows, hours].all():
        return
    span = slot + rows.start, slot + rows.stop, slice(hours.start - hour, hours.stop - hour)
    new = ~have[rows, hours] & ~np.isnan(pack.get(_PRESENT, *span))
    if not new.any():
        return
    for number, into in values.items():
        if pack.has(number):
            np.copyto(into[rows, hours], pack.get(number, *span), where=new)
    have[rows, hours] |= new


def _accounts(values: dict[int, F4], have: NDArray[np.bool_], rows: int, count: int) -> list[Accounts]:
    """Hours that were made before some columns were have none of them: those are taken by themselves."""
    known = [values[n] for name, n in KPI_NUMBER.items() if name.endswith("_known")]
    there = have.any(axis=0)
    if not there.any():
        return [nothing(rows, MILLISECONDS)] * count
    old = there & np.array([np.isnan(column).all(axis=0) for column in known]).any(axis=0)
    if not old.any():
        return _cut(of_columns({name: values[n].T.ravel() for name, n in KPI_NUMBER.items()}, MILLISECONDS), rows)
    found = []
    for hour in range(count):
        columns = {name: values[number][:, hour] for name, number in KPI_NUMBER.items()}
        some = {name: column for name, column in columns.items() if not name.endswith("_known") or _any(column)}
        found.append(of_columns(some, MILLISECONDS))
    return found


def _cut(accounts: Accounts, rows: int) -> list[Accounts]:
    """Of `rows` rows each."""
    names = [f.name for f in fields(Accounts) if f.name != "length"]
    return [
        Accounts(accounts.length, **{name: getattr(accounts, name)[at : at + rows] for name in names})
        for at in range(0, len(accounts), rows)
    ]


def _any(column: F4) -> bool:
    return not bool(np.isnan(column).all())


def five_averages(
    db: sqlite3.Connection, first: int, stop: int, start: float, end: float, gauges: tuple[str, ...] = FIVES
) -> dict[str, F4]:
    """Of the slots from `first` to `stop`: [rows, slots of five minutes] of the clock's slots that lie in [start, end).

    NaN where nothing is known. Raises DamagedBlock.
    """
    zero, last = -floor(-start / FIVE), floor(end / FIVE)
    width = max(0, last - zero)
    found = {name: np.full((stop - first, width), np.nan, np.float32) for name in gauges}
    window = start - DAY, end
    blocks = first // FIVE_BLOCK, (stop - 1) // FIVE_BLOCK
    # Days first: an hour of its own is newer than its day.
    for kind, size, which in ((FIVE_DAYS, FIVE_BLOCK, blocks), (FIVE_HOURS, 0, (0, 0))):
        query = f"{_BLOCKS} AND NOT merged" if kind == FIVE_HOURS else _BLOCKS
        for id_, began, block in db.execute(query, (kind, *window, *which)).fetchall():
            at = round(began / FIVE) - zero
            slot = first - block * size
            with pack_of(db, "rollups", id_, f"five-minute averages {began:.0f} {block}") as pack:
                rows = slice(max(0, -slot), min(stop - first, pack.n0 - slot))
                fives = slice(max(0, at), min(width, at + pack.n1))
                if rows.start >= rows.stop or fives.start >= fives.stop:
                    continue
                for name, into in found.items():
                    cut = slice(fives.start - at, fives.stop - at)
                    into[rows, fives] = pack.get(FIVE_NUMBER[name], slot + rows.start, slot + rows.stop, cut)
    return found


def fives_of(start: float) -> slice:
    """Where an hour's five-minute averages lie in its UTC day."""
    hour = round((start % DAY) / HOUR)
    return slice(hour * FIVES_AN_HOUR, (hour + 1) * FIVES_AN_HOUR)
