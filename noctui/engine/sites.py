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
    layout = layout_of(inventory)
    groups = layout.sites
    order, sites, which = groups.order, groups.groups, groups.which
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
    worst = groups.least(each)  # disabled has the highest number: it loses against everything
    severity[sites] = worst
    counts[sites] = np.bincount(which * SEVERITIES + each, minlength=len(sites) * SEVERITIES).reshape(-1, SEVERITIES)

    if unheld is None:
        state = circuits.state[order]
        lost = (state == State.DOWN) | (state == State.AWAY)
        gone = (each <= Severity.AWAY) | ((each == Severity.MAINTENANCE) & lost)
    else:
        gone = unheld[order] <= Severity.AWAY
    off = each == Severity.DISABLED
    gone_all = worst != Severity.DISABLED
    gone_all[which[~(gone | off)]] = False
    dark[sites] = gone_all

    # A site that is not dark is since its oldest circuit of its severity in what it is, a dark one since its newest.
    oldest = groups.least(np.where(each == worst[which], began, np.inf))
    if gone_all.any():
        oldest = np.where(gone_all, -groups.least(np.where(off, np.inf, -began)), oldest)
    since[sites] = oldest

    active = np.flatnonzero(circuits.active[order])
    site = which[active]
    # Inside a site rows stand by role, then row: the first active one carries. Of several writes the last one stays.
    carrying[sites[site[::-1]]] = order[active[::-1]]
    moved = layout.has_primary & (carrying[sites] >= 0)
    moved[site[layout.primary[active]]] = False
    failed_over[sites] = moved
    return SiteTable(severity, dark, failed_over, carrying, since, counts)
