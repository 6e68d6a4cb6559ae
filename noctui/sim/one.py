"""One site of a world on its own, so that days of it can be evaluated without the rest."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from noctui.sim.effects import Effects
from noctui.sim.spans import Spans
from noctui.sim.world import World

T = TypeVar("T")


class OneSite(World):
    """Site 0 of this world is site `site` of `world`: the same values at every instant, at a fraction of the cost."""

    def __init__(self, world: World, site: int) -> None:
        self.__dict__.update(world.__dict__)
        self._whole, self._site = world, site
        n = world.network
        first, last = int(n.site_first[site]), int(n.site_first[site + 1])
        self._lines, self._row0 = (first, last), first
        one, lines, paths = slice(site, site + 1), slice(first, last), slice(2 * first, 2 * last)
        count = np.int32(last - first)
        self.network = replace(
            n, site_id=n.site_id[one], site_name=n.site_name[one], site_city=n.site_city[one],
            site_region=n.site_region[one], site_zone=n.site_zone[one], site_store=n.site_store[one],
            site_design=n.site_design[one], site_first=np.array([0, count], np.int32), mac=n.mac[one],
            gateway_name=n.gateway_name[one], phase=n.phase[one], line=n.line[lines],
            circuit_site=np.zeros(count, np.int32), circuit_rank=n.circuit_rank[lines],
            circuit_carrier=n.circuit_carrier[lines], down_bps=n.down_bps[lines], up_bps=n.up_bps[lines],
            plain=n.plain[lines], share=n.share[lines], port_quality=n.port_quality[lines], no_rate=n.no_rate[lines],
            ranks=tuple((np.zeros(1, np.int32), np.full(1, k, np.int32)) for k in range(int(count))),
            path_circuit=np.repeat(np.arange(count, dtype=np.int32), 2), path_hub=n.path_hub[paths],
            path_offset=n.path_offset[paths], path_quality=n.path_quality[paths],
        )  # fmt: skip
        widths = {n.sites: one, n.circuits: lines, n.paths: paths}
        self._demand = _cut(world._demand, widths, {"_curve", "_hour"})
        self._quality = _cut(world._quality, widths, set())
        self._quality._circuit = self.network.path_circuit
        for name in ("_down_demand", "_up_demand", "_memory", "_boot"):
            setattr(self, name, getattr(world, name)[one])
        for name in ("_down_ceiling", "_up_ceiling", "_down_idle", "_up_idle"):
            setattr(self, name, getattr(world, name)[lines])
        self._first = np.zeros(1, np.int64)

    def effects(self, start: float, end: float) -> Effects:
        whole = self._whole.effects(start, end)
        lines, site = self._lines, (self._site, self._site + 1)
        return Effects(
            down=_rows(whole.down, *lines), lost=_rows(whole.lost, *site), busy=_rows(whole.busy, *lines),
            loss=_rows(whole.loss, *lines), jitter=_rows(whole.jitter, *lines), latency=_rows(whole.latency, *lines),
            boots=_rows(whole.boots, *site), resets=_rows(whole.resets, *lines),
        )  # fmt: skip


def _cut(part: T, widths: dict[int, slice], kept: set[str]) -> T:
    """A copy of a part of the world whose arrays hold one site's columns."""
    found = copy.copy(part)
    for name, value in vars(part).items():
        if isinstance(value, np.ndarray) and name not in kept and value.ndim == 1 and len(value) in widths:
            setattr(found, name, value[widths[len(value)]])
    return found


def _rows(spans: Spans, first: int, last: int) -> Spans:
    kept: NDArray[np.bool_] = (spans.row >= first) & (spans.row < last)
    return Spans(spans.row[kept] - first, spans.start[kept], spans.end[kept], spans.value[kept])
