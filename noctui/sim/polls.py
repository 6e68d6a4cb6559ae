"""The past as polls: what a collector would have been told by the simulated cloud, made a chunk of instants at a time.

Every row holds what its gateway said in its latest report: values are those of `observed_at`, so a gateway that was not
heard repeats its last report, as Mist does. Rates stand in every row; counters are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray

from noctui.model.batch import Batch, Column, Poll, PortEvent
from noctui.model.inventory import Inventory
from noctui.sim.happenings import events_told
from noctui.sim.network import Network
from noctui.sim.noise import F8
from noctui.sim.reports import thought_connected
from noctui.sim.world import Samples, World

_CELLS = 160_000  # of the widest table of a chunk: large enough for vectors, small enough for memory
_PORT = ("up", "active", "rx_bps", "tx_bps", "loss", "jitter", "latency", "last_flapped")
_QUALITY = ("loss", "jitter", "latency")
_PATH = ("up", "active", "latency", "jitter", "loss", "mos")
_PORT_EVENTS = {"GW_PORT_UP": True, "GW_PORT_DOWN": False}


class _Rows:
    """Which of the inventory's rows the world knows, and where."""

    def __init__(self, ids: Sequence[str], known: dict[str, int]) -> None:
        found = [(i, known[i]) for i in ids if i in known]
        self.ids = tuple(i for i, _ in found)
        self.at = np.array([row for _, row in found], np.int64)
        self._straight = bool(np.array_equal(self.at, np.arange(len(known))))

    def take(self, table: F8) -> F8:
        """[T, ids] of a table [T, rows of the world]."""
        return table if self._straight else np.take(table, self.at, axis=1)


def past_polls(
    world: World, inventory: Inventory, start: float, end: float, interval: float = 300.0, seq0: int = 0
) -> Iterator[Poll]:
    """The polls at every whole `interval` in [start, end): `at` = tick × `interval`, `seq` rising from `seq0`.

    Batches speak of the inventory's circuits, gateways and paths that the world has.
    """
    network = world.network
    circuits = _Rows(
        [c.circuit_id for c in inventory.circuits], {network.circuit_id(c): c for c in range(network.circuits)}
    )
    gateways = _Rows([g.gateway_id for g in inventory.gateways], {mac: s for s, mac in enumerate(network.mac)})
    paths = _Rows([p.path_id for p in inventory.paths], {network.path_id(p): p for p in range(network.paths)})
    names = dict(zip(circuits.at.tolist(), circuits.ids, strict=True))
    first, last = int(np.ceil(start / interval)), int(np.ceil(end / interval))
    step = max(1, min(int(86_400 / interval), _CELLS // max(network.paths, 1)))
    for low in range(first, last, step):
        ticks = range(low, min(low + step, last))
        times = np.array(ticks, np.float64).reshape(-1, 1) * interval
        report = world.last_report(times)
        seen = world.evaluate(report, paths=bool(paths.ids))
        tables = _Tables(network, world.report_seconds, times, report, seen, circuits, gateways, paths)
        told = _told(world, times[:, 0] - interval, times[:, 0], names)
        for k, tick in enumerate(ticks):
            yield Poll(
                seq=seq0 + tick - first,
                at=tick * interval,
                tick=tick,
                interval=interval,
                circuits=tables.circuits(k),
                gateways=tables.gateways(k),
                paths=tables.paths(k),
                events=told[k],
            )


class _Tables:
    """The chunk's columns, ready to be cut into batches."""

    def __init__(
        self, network: Network, period: float, times: F8, report: F8, seen: Samples, circuits: _Rows, gateways: _Rows,
        paths: _Rows,
    ) -> None:  # fmt: skip
        get: Callable[[str], F8] = lambda name: attrgetter(name)(seen)  # noqa: E731
        tables = {name: get(name) for name in _PORT}
        for name in _QUALITY:
            tables[name][:, ~network.port_quality] = np.nan
        self._ids = circuits.ids, gateways.ids, paths.ids
        self._circuit_seen = circuits.take(report[:, network.circuit_site])
        self._circuit = {name: circuits.take(table) for name, table in tables.items()}
        self._gateway_seen = gateways.take(report)
        self._gateway = {
            "connected": gateways.take(thought_connected(times, report, period)),
            "uptime": gateways.take(seen.uptime),
            "cpu": gateways.take(seen.cpu),
            "memory": gateways.take(seen.memory),
        }
        self._path: dict[str, F8] = {}
        if paths.ids:
            self._path_seen = paths.take(np.repeat(report[:, network.circuit_site], 2, axis=1))
            for name in _PATH:
                table = get(f"path_{name}")
                if name not in ("up", "active"):
                    table[:, ~network.path_quality] = np.nan
                self._path[name] = paths.take(table)

    def circuits(self, k: int) -> Batch:
        return Batch("circuits", self._ids[0], self._circuit_seen[k], _cut(self._circuit, k))

    def gateways(self, k: int) -> Batch:
        return Batch("gateways", self._ids[1], self._gateway_seen[k], _cut(self._gateway, k))

    def paths(self, k: int) -> Batch | None:
        return Batch("paths", self._ids[2], self._path_seen[k], _cut(self._path, k)) if self._path else None


def _cut(tables: dict[str, F8], k: int) -> dict[str, Column]:
    return {name: table[k] for name, table in tables.items()}


def _told(
    world: World, after: NDArray[np.float64], until: NDArray[np.float64], names: dict[int, str]
) -> list[tuple[PortEvent, ...]]:
    """Per poll the port events that became known since the poll before."""
    told: list[list[PortEvent]] = [[] for _ in until]
    for event in events_told(world, float(after[0]), float(until[-1])):
        up = _PORT_EVENTS.get(event.type)
        if up is not None and event.circuit in names:
            told[int(np.searchsorted(until, event.known_at))].append(
                PortEvent(names[event.circuit], event.timestamp, up)
            )
    return [tuple(events) for events in told]
