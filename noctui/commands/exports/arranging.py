"""Rows filtered and sorted: as a screen's table does it, or by what stands in the cells."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noctui.commands.exports.asked import Asked, Made, Refused, nearest
from noctui.tui.export import Cell, Row
from noctui.tui.filter import Filter, FilterError, Lines, Mask, Subject
from noctui.tui.widgets.columns import Column, Rows
from noctui.tui.widgets.order import order_of, ranks

_TEXT_OF = {
    "site": ("site",), "name": ("site_name",), "region": ("region",), "carrier": ("carrier", "carrier_circuit_id"),
    "role": ("role",), "port": ("port",), "type": ("store_type",), "state": ("state", "severity", "cause", "status"),
}  # fmt: skip
"""The filter's text columns → headers."""
_NUMBER_OF = {
    "util": ("utilisation_pct", "utilisation_avg_pct"), "rx": ("rx_pct", "rx_avg_pct"), "tx": ("tx_pct", "tx_avg_pct"),
    "loss": ("loss_pct", "loss_avg_pct"), "jit": ("jitter_ms", "jitter_avg_ms"),
    "lat": ("latency_ms", "latency_avg_ms"), "flap": ("flaps",), "avail": ("available_pct",),
    "coverage": ("coverage_pct",),
}  # fmt: skip
"""The filter's number columns → headers; every header of numbers is one, too, by its own name."""


def as_screen(
    asked: Asked, rows: Rows, columns: Sequence[Column], default: tuple[str, bool], subject: Callable[[], Subject]
) -> tuple[list[int], bool]:
    """(row numbers as the screen shows them for this filter, whether `asked.sort` was one of its columns).

    Raises Refused.
    """
    by_screen = asked.sort in {c.key for c in columns}
    key, descending = (asked.sort, asked.descending) if by_screen else default
    order = by_column(rows, key, descending)
    if asked.filter:
        mask = mask_of(asked.filter, subject())
        order = order[mask[order]]
    return order.tolist(), by_screen


def arranged(made: Made, asked: Asked, top: int | None) -> Made:
    """The rows that match, in order, at most `top`. What has no order to be waited for goes on part by part."""
    parts = made.parts if made.filtered or not asked.filter else _matching(made, asked.filter)
    if asked.sort and not made.sorted:
        parts = _sorted(parts, _column(asked.sort, made), asked.descending)
    if top is not None:
        parts = _first(parts, top)
    return Made(made.headers, parts, made.told, True, True)


def _column(name: str, made: Made) -> int:
    found = [h.lower() for h in made.headers]
    if name.lower() not in found:
        raise Refused(f"--sort {name}: no such column{nearest(name, dict.fromkeys([*made.columns, *found]))}")
    return found.index(name.lower())


async def _matching(made: Made, chosen: Filter) -> AsyncIterator[Sequence[Row]]:
    async for rows in made.parts:
        mask = mask_of(chosen, subject_of(made.headers, rows))
        yield [row for row, hit in zip(rows, mask.tolist(), strict=True) if hit]


async def _sorted(parts: AsyncIterator[Sequence[Row]], column: int, descending: bool) -> AsyncIterator[Sequence[Row]]:
    rows = [row async for part in parts for row in part]
    known = [row for row in rows if _known(row[column])]
    known.sort(key=lambda row: _comparable(row[column]), reverse=descending)
    yield known + [row for row in rows if not _known(row[column])]


async def _first(parts: AsyncIterator[Sequence[Row]], top: int) -> AsyncIterator[Sequence[Row]]:
    left = top
    async for rows in parts:
        yield rows[:left]
        left -= len(rows)
        if left <= 0:
            return


def _known(cell: Cell) -> bool:
    """Unknown is last, whichever way it goes."""
    return cell is not None and not (isinstance(cell, float) and math.isnan(cell))


def _comparable(cell: Cell) -> tuple[str, Any]:
    """Cells of one column by their kind, then by value."""
    if isinstance(cell, str):
        return "text", cell.lower()
    return ("time", cell) if isinstance(cell, dt.datetime) else ("number", cell)


def by_column(rows: Rows, column: str, descending: bool) -> NDArray[np.intp]:
    """Row numbers in the order that a screen's table has by this column."""
    return order_of(ranks(rows.sort_values(column), descending))


def mask_of(chosen: Filter, subject: Subject) -> Mask:
    """[rows] what the filter leaves. Raises Refused."""
    try:
        return chosen.mask(subject)
    except FilterError as error:
        raise Refused(f"--filter: {error}") from error


def subject_of(headers: Sequence[str], rows: Sequence[Row]) -> Subject:
    """What rows can be filtered by where no screen says: all their texts, and every number by its header."""
    place = {header.lower(): i for i, header in enumerate(headers)}
    texts = [["" if not isinstance(cell, str) else cell for cell in row] for row in rows]
    columns = {
        key: Lines([" ".join(row[place[h]] for h in names if h in place) for row in texts])
        for key, names in _TEXT_OF.items()
        if any(h in place for h in names)
    }
    numbers: dict[str, NDArray[np.float64]] = {}
    for header, i in place.items():
        if rows and any(isinstance(row[i], int | float) for row in rows):
            numbers[header] = _numbers(rows, i)
        elif header.rsplit("_", 1)[-1] in ("pct", "s", "min", "ms", "bps"):  # none is known in this part
            numbers[header] = np.full(len(rows), np.nan)
    for key, names in _NUMBER_OF.items():
        found = next((h for h in names if h in numbers), None)
        if found is not None:
            numbers[key] = numbers[found]
    return Subject(
        text=Lines(["\t".join(cell for cell in row if cell) for row in texts]), columns=columns, numbers=numbers,
        words=("",), code=np.zeros(len(rows), np.intp),
    )  # fmt: skip


def _numbers(rows: Sequence[Row], column: int) -> NDArray[np.float64]:
    values = [row[column] for row in rows]
    return np.array([float(v) if isinstance(v, int | float) else math.nan for v in values], np.float64)
