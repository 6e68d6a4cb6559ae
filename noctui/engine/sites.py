"""Sites folded from their circuits (docs/values.md 9)."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noctui.engine.layout import Few, layout_of
from noctui.model.inventory import Inventory
from noctui.model.view import B1, F8, U1, CircuitTable, SiteTable
from noctui.model.words import Severity, State

SEVERITIES = len(Severity)
_EACH = np.arange(SEVERITIES, dtype=np.uint8)[:, None]
_DISABLED = np.uint8(Severity.DISABLED)


def fold_sites(inventory: Inventory, circuits: CircuitTable, unheld: U1 | None = None) -> SiteTable:
    """One row per site of `inventory`, from one row per circuit.

    `unheld` are the severities before maintenance was laid over them; without it a circuit in maintenance counts by
    its state. `counts` stands in memory severity by severity.
    """
    severity = circuits.severity
    off = severity == _DISABLED
    if unheld is None:
        lost = (circuits.state == State.DOWN) | (circuits.state == State.AWAY)
        here = ~(off | (severity <= Severity.AWAY) | ((severity == Severity.MAINTENANCE) & lost))
    else:
        here = ~(off | (unheld <= Severity.AWAY))
    columns = (
        _padded(severity, _DISABLED),  # disabled has the highest number: it loses against everything
        _padded(off, np.True_),
        _padded(here, np.False_),
        _padded(circuits.since, np.inf),
        _padded(circuits.active, np.False_),
    )
    parts = [(few, _fold(few, *columns)) for few in layout_of(inventory).sites]
    if len(parts) == 1:
        return parts[0][1]
    whole = _none(len(inventory.sites))
    for few, part in parts:
        for field in fields(SiteTable):
            getattr(whole, field.name)[few.sites] = getattr(part, field.name)
    return whole


def _padded(column: NDArray[Any], last: object) -> NDArray[Any]:
    """With one more row, for circuits that a site does not have."""
    found = np.empty(len(column) + 1, column.dtype)
    found[:-1] = column
    found[-1] = last
    return found


def _fold(few: Few, severity: U1, off: B1, here: B1, since: F8, active: B1) -> SiteTable:
    """The sites of `few`, in its order. `here`: up or unknown, before a hold."""
    rows, count, width = few.rows, len(few.sites), len(few.rows)
    small = np.min_scalar_type(width)  # a byte, but for a site of very many circuits
    each = severity.take(rows, mode="clip")
    worst = np.minimum.reduce(each, axis=0)
    counts = np.add.reduce((each[:, None] == _EACH).view(np.uint8), axis=0, dtype=small).astype(np.int32)
    counts[Severity.DISABLED] -= few.blanks
    dark = (worst != _DISABLED) & ~np.logical_or.reduce(here.take(rows, mode="clip"), axis=0)

    # A site that is not dark is since its oldest circuit of its severity in what it is, a dark one since its newest.
    began = since.take(rows, mode="clip")
    began.reshape(-1)[np.flatnonzero(each != worst)] = np.inf
    oldest = np.minimum.reduce(began, axis=0)
    gone = np.flatnonzero(dark)
    if len(gone):
        mine = rows[:, gone]
        oldest[gone] = np.maximum.reduce(np.where(off.take(mine), -np.inf, since.take(mine)), axis=0)
    oldest[np.flatnonzero(few.blanks == width)] = np.nan

    # Inside a site rows stand by role, then row: the first active one carries.
    idle = ~active.take(rows, mode="clip") * small.type(width)
    first = np.minimum.reduce(np.maximum(idle, np.arange(width, dtype=small)[:, None]), axis=0)
    place = first.astype(np.intp) * count + np.arange(count)
    carries = first < width
    carrying = few.carriers.take(place)
    moved = few.has_primary & carries & ~few.primary.take(place)
    return SiteTable(worst, dark, moved, carrying, oldest, counts.T)


def _none(count: int) -> SiteTable:
    return SiteTable(
        np.full(count, _DISABLED, np.uint8),
        np.zeros(count, np.bool_),
        np.zeros(count, np.bool_),
        np.full(count, -1, np.int32),
        np.full(count, np.nan),
        np.zeros((count, SEVERITIES), np.int32),
    )
