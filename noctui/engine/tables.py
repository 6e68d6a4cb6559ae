"""The View's tables from what the engine knows."""

from __future__ import annotations

import numpy as np

from noctui.engine import trend
from noctui.engine.choose import choose
from noctui.engine.devices import Kept
from noctui.engine.ledger import Ledger
from noctui.engine.levels import packed
from noctui.engine.state import RX_PCT, TX_PCT, Circuits
from noctui.model.view import B1, F8, U1, CircuitTable, GatewayTable, PathTable
from noctui.model.words import QualitySource


def circuit_table(known: Circuits, ledger: Ledger, state: U1, stale: B1, age: F8, at: float) -> CircuitTable:
    """Shares the columns of `known`, which are replaced and not written to from poll to poll."""
    flaps, available, covered = ledger.figures(known, at)
    shown = known.shown
    nowhere = (shown[4] != shown[4]) & np.isnan(shown[6:]).all(axis=0)
    return CircuitTable(
        severity=known.severity,
        state=state,
        since=known.since,
        stale=stale,
        active=known.active,
        active_since=known.active_since,
        suspect=(known.over & (shown[RX_PCT : TX_PCT + 1] == shown[RX_PCT : TX_PCT + 1])).any(axis=0),
        no_path=known.no_path,
        age=age.astype(np.float32),
        rx_bps=shown[0],
        tx_bps=shown[1],
        rx_pct=shown[RX_PCT],
        tx_pct=shown[TX_PCT],
        loss=shown[6],
        jitter=shown[7],
        latency=shown[8],
        mos=shown[4],
        quality=choose(~nowhere, known.source, np.uint8(QualitySource.NONE)),
        levels=packed(known.levels),
        flaps_24h=flaps,
        avail_24h=available,
        coverage_24h=covered,
        trend=trend.shown(known.trend),
        bad_quarters=known.bad_quarters,
    )


def gateway_table(gateways: Kept, at: float) -> GatewayTable:
    """The newest row of each gateway, with its age."""
    connected, uptime, cpu, memory = gateways.values.astype(np.float32)
    return GatewayTable(connected=connected, age=gateways.age(at), uptime=uptime, cpu=cpu, memory=memory)


def path_table(paths: Kept, at: float) -> PathTable:
    """The newest row of each peer path, with its age."""
    up, active, latency, jitter, loss, mos, _ = paths.values.astype(np.float32, copy=False)
    return PathTable(up=up, active=active, age=paths.age(at), latency=latency, jitter=jitter, loss=loss, mos=mos)
