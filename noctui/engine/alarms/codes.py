"""One small number per row and kind of condition: 0 is well; when it changes, the condition is told anew.

The lower bits say what is so, the upper ones that it cannot be judged now and is what it was before.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from noctui.engine.alarms.belonging import Belonging
from noctui.engine.alarms.damping import REMEMBERED, Damper
from noctui.engine.alarms.rules import AlarmRules
from noctui.engine.levels import unpacked
from noctui.model.view import View
from noctui.model.words import Level, Metric, Severity, State

Codes = NDArray[np.int32]

CIRCUIT_TYPES = ("down", "away", "no_data", "no_path", "utilisation", "loss", "jitter", "latency", "flapping")
DOWN, AWAY, NO_DATA, NO_PATH, UTILISATION, LOSS, JITTER, LATENCY, FLAPPING = range(len(CIRCUIT_TYPES))
SITE_TYPES = ("dark", "failover")
METRIC_OF = {UTILISATION: Metric.UTILISATION, LOSS: Metric.LOSS, JITTER: Metric.JITTER, LATENCY: Metric.LATENCY}

SAID = 0x0FFF
"""The bits that say what is so."""
UNKNOWN_NOW, AWAY_NOW = 0x1000, 0x2000
"""It was so when it was last known; nothing is known now, or the gateway is unreachable."""
ANEW = 0x4000
"""Of before a restart or of another inventory: told anew whatever it says."""
ALL_AWAY = 0x100
"""A dark site none of whose circuits is known to be down."""
WHICH, WHICH_BITS = 15, 15
"""A dark site: from this bit on, which of its circuits are in use."""
LEVEL, TX, LOST = 0x3, 0x4, 3
"""Utilisation: the level; tx is the higher side; from bit 3 on, 1 + state of the primary that it stands in for."""

LEVEL_SEVERITY = {Level.WARN: Severity.WARN, Level.HIGH: Severity.HIGH, Level.CRITICAL: Severity.CRITICAL}
_JUDGED_WHILE_UP = (DOWN, NO_PATH, UTILISATION, LOSS, JITTER, LATENCY)


def least_level(least: int) -> int:
    """The lowest level whose severity opens an alarm; above all levels: none does."""
    return min((int(level) for level, severity in LEVEL_SEVERITY.items() if severity <= least), default=4)


def circuit_codes(view: View, rules: AlarmRules, before: Codes, belong: Belonging, damper: Damper) -> Codes:
    """[9, circuits]. A circuit that nothing is known of stays as it was: unknown is neither up nor down."""
    circuits = view.circuits
    state = circuits.state
    up, unknown, away = state == State.UP, state == State.UNKNOWN, state == State.AWAY
    codes = np.zeros(before.shape, np.int32)
    codes[DOWN] = state == State.DOWN
    if rules.least >= Severity.AWAY:
        codes[AWAY] = away
    if rules.least >= Severity.UNKNOWN:
        codes[NO_DATA] = unknown
    if rules.least >= Severity.CRITICAL:
        codes[NO_PATH] = circuits.no_path & up
    _levels(codes, view, rules, before, belong, up)
    if view.silent:
        codes[DOWN] = before[DOWN] & ~ANEW
        codes[NO_DATA:FLAPPING] = before[NO_DATA:FLAPPING] & ~ANEW
    else:
        for mask, mark in ((unknown, UNKNOWN_NOW), (away, AWAY_NOW)):
            if mask.any():
                for kind in _JUDGED_WHILE_UP:
                    kept = before[kind, mask] & SAID
                    codes[kind, mask] = np.where(kept, kept | mark, 0)
        codes[AWAY : NO_DATA + 1, codes[DOWN] > 0] = 0  # one alarm tells that it is lost
    _flapping(codes, view, rules, damper)
    return codes


def _levels(
    codes: Codes, view: View, rules: AlarmRules, before: Codes, belong: Belonging, up: NDArray[np.bool_]
) -> None:
    levels = unpacked(view.circuits.levels)
    told = levels.any(axis=0) & up
    if not told.any():
        return
    least, rows = least_level(rules.least), np.flatnonzero(told)
    some = levels[:, rows].astype(np.int32)
    some[some < least] = 0
    codes[LOSS, rows], codes[JITTER, rows], codes[LATENCY, rows] = some[1], some[2], some[3]
    full = some[0]
    with np.errstate(invalid="ignore"):
        rx, tx = view.circuits.rx_pct[rows], view.circuits.tx_pct[rows]
        side = np.where((tx > rx) | np.isnan(rx), TX, 0)
    was = before[UTILISATION, rows]
    side = np.where((was & LEVEL) == full, was & TX, side)  # the side stays while the level does
    site = belong.site_of[rows]
    moved = np.zeros(len(rows), np.bool_)
    placed = site >= 0
    moved[placed] = view.sites.failed_over[site[placed]] & (view.sites.carrying[site[placed]] == rows[placed])
    lost = np.zeros(len(rows), np.int32)
    if moved.any():
        primary = belong.primary[site[moved]]
        lost[moved] = np.where(primary >= 0, 1 + view.circuits.state[primary].astype(np.int32), 0)
    codes[UTILISATION, rows] = np.where(full > 0, full | side | (lost << LOST), 0)


def _flapping(codes: Codes, view: View, rules: AlarmRules, damper: Damper) -> None:
    """1 high, 2 critical: damped, or with many flaps in 24 h and one of them of late."""
    codes[FLAPPING] = 0
    if rules.least < Severity.CRITICAL:
        return
    flaps, row_of, state = view.circuits.flaps_24h, view.inventory.circuit_row, view.circuits.state
    high = rules.least >= Severity.HIGH
    found = [row for c in damper.damped if (row := row_of.get(c)) is not None]
    for row in np.flatnonzero(flaps >= rules.chronic_flaps).tolist():
        fell = damper.fell_at(view.inventory.circuits[row].circuit_id)
        if fell is not None and view.at - fell <= REMEMBERED:
            found.append(row)
    for row in found:
        critical = flaps[row] >= rules.flaps
        if state[row] != State.DISABLED and (critical or high):
            codes[FLAPPING, row] = 2 if critical else 1


def site_codes(view: View, rules: AlarmRules, before: Codes, belong: Belonging) -> Codes:
    """[2, sites]: dark: how many of its circuits are in use and which, and whether all are away; failed over: 1 + state
    of the primary.

    A site of which no circuit is known to be up, and one is unknown, stays as it was.
    """
    if view.silent:
        return before & ~ANEW
    codes = np.zeros(before.shape, np.int32)
    sites, state = view.sites, view.circuits.state
    if sites.dark.any():
        codes[0] = _dark(sites.dark, state, belong)
    moved = np.flatnonzero(sites.failed_over & (sites.carrying >= 0)) if rules.least >= Severity.HIGH else ()
    if len(moved):
        primary = belong.primary[moved]
        codes[1, moved] = np.where(primary >= 0, 1 + state[primary].astype(np.int32), 1)
    was = before.any(axis=0)
    if was.any():
        placed = belong.site_of >= 0
        some = len(belong.primary)
        lit = np.bincount(belong.site_of[placed & (state == State.UP)], minlength=some)
        dim = np.bincount(belong.site_of[placed & (state == State.UNKNOWN)], minlength=some)
        unsure = was & (lit == 0) & (dim > 0)
        codes[:, unsure] = np.where(codes[:, unsure], codes[:, unsure], before[:, unsure] & SAID)
    return codes


def _dark(dark: NDArray[np.bool_], state: NDArray[np.uint8], belong: Belonging) -> Codes:
    placed, many = belong.site_of >= 0, len(belong.primary)
    used = np.bincount(belong.site_of[placed & (state != State.DISABLED)], minlength=many)
    away = np.bincount(belong.site_of[placed & (state == State.AWAY)], minlength=many)
    mine = placed & (state != State.DISABLED)
    which = np.bincount(belong.site_of[mine], 1 << belong.place[mine] % WHICH_BITS, many).astype(np.int64)
    which = (which & (1 << WHICH_BITS) - 1) << WHICH
    return np.where(dark, np.clip(used, 1, 255) | np.where(away == used, ALL_AWAY, 0) | which, 0).astype(np.int32)


def gateway_codes(view: View, rules: AlarmRules, before: Codes, belong: Belonging) -> Codes:
    """[gateways]: 1 unreachable, 3 and its site is dark. Unknown: as before. One without circuits is no matter."""
    connected = view.gateways.connected
    gone = (connected == 0.0) & belong.gateway_used
    codes = np.where(connected != connected, before & SAID, gone).astype(np.int32)
    if rules.least < Severity.AWAY:
        return np.zeros_like(codes)
    rows = np.flatnonzero(gone)
    if len(rows) and len(view.sites):
        site = belong.gateway_site[rows]
        dark = (site >= 0) & view.sites.dark[site]
        codes[rows[dark]] = 3
    return codes


def hub_codes(view: View, rules: AlarmRules, before: Codes, belong: Belonging) -> Codes:
    """[hubs]: 1 when enough of the paths to it are down, of circuits that are up. Nothing known: as before."""
    many = len(belong.hubs)
    if not many or view.silent or rules.least < Severity.CRITICAL:
        return before & ~ANEW
    up, owner = view.paths.up, belong.path_circuit
    counts = (belong.hub_of >= 0) & (owner >= 0) & (up == up)
    counts[counts] = view.circuits.state[owner[counts]] == State.UP
    hub, down = belong.hub_of[counts], up[counts] == 0.0
    known = np.bincount(hub, minlength=many)
    lost = np.bincount(hub[down], minlength=many)
    share = lost / np.maximum(known, 1)
    opens = (share >= rules.hub_share) & (lost >= rules.hub_least)
    stays = ((before & SAID) > 0) & (share >= rules.hub_clear)
    return np.where(known == 0, before & SAID, opens | stays).astype(np.int32)
