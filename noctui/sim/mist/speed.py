"""Speed tests that SSR gateways run in the night: some days old by now, some that failed."""

from __future__ import annotations

from typing import Any

from noctui.sim.designs import DESIGNS
from noctui.sim.noise import number
from noctui.sim.world import World

DAY = 86_400.0
_EVERY = (1, 1, 2, 7, 30)
"""Days between two tests; which of these a line has is drawn."""


def speed_tests(world: World, site: int, start: float, end: float) -> list[dict[str, Any]]:
    """Those of a site in [start, end), newest first."""
    n = world.network
    if not DESIGNS[int(n.site_design[site])].model.startswith("SSR"):
        return []
    rows = []
    for c in range(int(n.site_first[site]), int(n.site_first[site + 1])):
        every = _EVERY[int(number(n.seed, c, 91) * len(_EVERY))]
        offset = int(number(n.seed, c, 92) * every)
        minute = 8 * 3600.0 + 3 * 3600.0 * number(n.seed, c, 93)
        for day in range(int(start // DAY) - 1, int(end // DAY) + 1):
            at = day * DAY + minute
            if day % every == offset and start <= at < end:
                rows.append(_row(world, site, c, day, at))
    return sorted(rows, key=lambda row: -row["timestamp"])


def _row(world: World, site: int, circuit: int, day: int, at: float) -> dict[str, Any]:
    n, line = world.network, world.network.line[circuit]
    down = any(a <= at < b for a, b in world.truth_intervals(circuit, at, at + 1.0))
    failed = down or number(n.seed, circuit, day, 94) < 0.08
    row: dict[str, Any] = {
        "mac": n.mac[site], "port_id": line.port, "type": "speedtest", "by": "marvis", "device_type": "gateway",
        "timestamp": round(at, 3), "start_time": int(at) - 30, "vlan_id": line.vlan, "failed": failed,
        "status": "failed" if failed else "success",
    }  # fmt: skip
    if failed:
        why = "interface not ready to perform test" if down else "no server could be reached"
        return row | {"reason": why, "rx_mbps": 0, "tx_mbps": 0, "latency": 0}
    share = 0.9 + 0.12 * number(n.seed, circuit, day, 95)
    return row | {
        "rx_mbps": round(line.down * share / 1e6), "tx_mbps": round(line.up * share / 1e6),
        "latency": 4 + int(30 * number(n.seed, circuit, day, 96)),
    }  # fmt: skip
