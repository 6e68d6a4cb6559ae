"""A small network's Views, as a leader has them."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from noctui.engine.engine import Engine
from noctui.model.alarms import Alarm, Alarms
from noctui.model.inventory import Inventory
from noctui.model.view import View
from noctui.sim.discovery import inventory as told
from noctui.sim.polls import past_polls
from noctui.sim.world import DEFAULT_ANCHOR, World


@cache
def views(count: int = 6, sites: int = 12) -> tuple[View, ...]:
    """So many polls of one simulated network."""
    world = World(1, sites, anchor=DEFAULT_ANCHOR)
    inventory = told(world.network, DEFAULT_ANCHOR - 40 * 86_400)
    engine = Engine()
    polls = past_polls(world, inventory, DEFAULT_ANCHOR, DEFAULT_ANCHOR + 60.0 * count, 60.0)
    return tuple(engine.apply(poll, inventory).view for poll, _ in zip(polls, range(count), strict=False))


def inventory() -> Inventory:
    return views()[0].inventory


def alarm(number: int, at: float = DEFAULT_ANCHOR) -> Alarm:
    key = f"engine/down/{number}"
    return Alarm(
        alarm_id=f"{key}@{at:.0f}",
        key=key,
        source="engine",
        type="down",
        severity=2,
        opened=at,
        changed=at,
        known_at=at,
    )


def with_alarms(view: View, *numbers: int) -> View:
    return replace(view, alarms=Alarms(tuple(alarm(n) for n in numbers), {"confirm": 1}, 5.0))
