"""Sites folded from their circuits (docs/values.md 9)."""

from __future__ import annotations

import numpy as np

from noctui.engine.layout import layout_of
from noctui.model.inventory import Inventory
from noctui.model.view import U1, CircuitTable, SiteTable
from noctui.model.words import Severity, State

SEVERITIES = len(Severity)


def fold_sites(inventory: Inventory, circuits: CircuitTable, unheld: U1 | None = None) -> SiteTable:
    """One row per site of `inventory`, from one row per circuit.

    `unheld` are the severities before maintenance was laid over them; without it a circuit in maintenance counts by
    its state.
    """
    count = len(inventory.sites)
    groups = layout_of(inventory).sites
    order, starts, sites, which = groups.order, groups.starts, groups.groups, groups.which
    severity = np.full(count, Severity.DISABLED, np.uint8)
    dark = np.zeros(count, np.bool_)
    failed_over = np.zeros(count, np.bool_)
    carrying = np.full(count, -1, np.int32)
    since = np.full(count, np.nan)
    counts = np.zeros((count, SEVERITIES), np.int32)
    if not len(order):
        return SiteTable(severity, dark, failed_over, carrying, since, counts)

    each = circuits.severity[order]
    began = circuits.since[order]
    worst = np.minimum.reduceat(each, starts)  # disabled has the highest number: it loses against everything
    severity[sites] = worst
    counts[sites] = np.bincount(which * SEVERITIES + each, minlength=len(sites) * SEVERITIES).reshape(-1, SEVERITIES)

    off = each == Severity.DISABLED
    if unheld is None:
        state = circuits.state[order]
        lost = (state == State.DOWN) | (state == State.AWAY)
        gone = (each <= Severity.AWAY) | ((each == Severity.MAINTENANCE) & lost)
    else:
        gone = unheld[order] <= Severity.AWAY
    gone_all = np.logical_and.reduceat(gone | off, starts) & (worst != Severity.DISABLED)
    dark[sites] = gone_all

    oldest = np.minimum.reduceat(np.where(each == worst[which], began, np.inf), starts)
    if gone_all.any():
        newest = np.maximum.reduceat(np.where(off, -np.inf, began), starts)
        oldest = np.where(gone_all, newest, oldest)
    since[sites] = oldest

    active = circuits.active[order]
    primary = layout_of(inventory).primary[order]
    # Inside a site rows stand by role, then row: the first active one carries.
    first = np.minimum.reduceat(np.where(active, np.arange(len(order)), len(order)), starts)
    some = first < len(order)
    carrying[sites[some]] = order[first[some]]
    has_primary = np.logical_or.reduceat(primary, starts)
    failed_over[sites] = has_primary & some & ~np.logical_or.reduceat(primary & active, starts)
    return SiteTable(severity, dark, failed_over, carrying, since, counts)
