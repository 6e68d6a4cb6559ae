"""Networks of an exact size, their polls, and Views in which some rows have changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import floor

import msgspec
import numpy as np
from numpy.typing import NDArray

from noctui.engine.engine import Engine
from noctui.model.batch import Poll
from noctui.model.inventory import Inventory
from noctui.model.view import View
from noctui.model.work import PollRecord
from noctui.sim.discovery import inventory as told
from noctui.sim.polls import past_polls
from noctui.sim.world import World

SEED = 1
PER_SITE = 2.14
"""Circuits of a simulated store, on average."""
CHANGING = ("severity", "rx_bps", "tx_bps", "rx_pct", "tx_pct", "loss", "jitter", "latency", "mos", "levels")


def sites_for(circuits: float) -> int:
    """How many simulated stores have about so many circuits."""
    return max(1, round(circuits / PER_SITE))


def network(circuits: int, at: float) -> tuple[World, Inventory]:
    """A world around `at` (epoch seconds), and an inventory of exactly so many of its circuits."""
    world = World(SEED, sites_for(circuits * 1.03) + 2, anchor=at)
    return world, first_circuits(told(world.network, at - 40 * 86_400), circuits)


def first_circuits(whole: Inventory, circuits: int) -> Inventory:
    """The same version with its first circuits alone, and what belongs to them."""
    kept = whole.circuits[:circuits]
    ids = {c.circuit_id for c in kept}
    gateways = {a.gateway_id for c in kept for a in c.attachments}
    sites = {c.site_id for c in kept}
    return msgspec.structs.replace(
        whole,
        circuits=kept,
        sites=tuple(s for s in whole.sites if s.site_id in sites),
        gateways=tuple(g for g in whole.gateways if g.gateway_id in gateways),
        paths=tuple(p for p in whole.paths if p.circuit_id in ids),
    )


def polls(world: World, inventory: Inventory, start: float, count: int, interval: float = 60.0) -> Iterator[Poll]:
    """So many polls from `start` on."""
    return past_polls(world, inventory, start, start + count * interval, interval, 1)


def records(world: World, inventory: Inventory, start: float, count: int) -> Iterator[PollRecord]:
    """The same polls, judged by one engine."""
    engine = Engine()
    for poll in polls(world, inventory, start, count):
        yield engine.apply(poll, inventory)


def lived_in(view: View, rng: np.random.Generator) -> View:
    """The View with states that began at all kinds of times: right after a start they all began at once."""
    spread = np.floor(view.at - rng.exponential(40_000.0, len(view.circuits)))
    return replace(view, circuits=replace(view.circuits, since=spread))


def changed(view: View, rng: np.random.Generator, share: float, at: float) -> tuple[View, NDArray[np.intp]]:
    """The View of the next poll, and the rows of it (a `share` of all) that took on the values of other rows."""
    circuits, count = view.circuits, len(view.circuits)
    size = round(count * share)
    rows = np.arange(count) if size >= count else np.sort(rng.choice(count, size, replace=False))
    source = rng.integers(0, count, len(rows))
    columns = {name: np.array(getattr(circuits, name)) for name in CHANGING}
    for name, column in columns.items():
        column[rows] = getattr(circuits, name)[source]
    turned = columns["severity"] != circuits.severity
    since = np.where(turned, floor(at), circuits.since)
    return replace(view, at=at, seq=view.seq + 1, circuits=replace(circuits, since=since, **columns)), rows
