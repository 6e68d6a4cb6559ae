"""Which bus the settings name, and what a process may do on it."""

from __future__ import annotations

from dataclasses import dataclass

from noctui.settings import Settings
from noctui.stores.bus.redis_address import Address, parse_url

SCREEN, SERVER = 0, 1
"""Ranks: a collector on a server takes over from an interactive screen."""


@dataclass(frozen=True, slots=True)
class BusPlace:
    """Where it is, and how one contends there. `keep` seconds of polls stay on it; `alone`: collect although it cannot
    be reached; `brief`: it is the demo's own, and ends with it."""

    address: Address
    lease: float = 6.0
    keep: float = 7200.0
    rank: int = SCREEN
    alone: bool = False
    share: bool = False  # while it waits, it fetches shares of the leader's sweeps
    brief: bool = False


def bus_of(settings: Settings) -> Address | None:
    """None: no bus is asked for. What the settings hold was looked through when they were read."""
    if not settings.bus_enabled:
        return None
    if settings.bus:
        return parse_url(settings.bus, "REDIS_URL", settings.bus_password)
    if settings.bus_host:
        return Address("one", ((settings.bus_host, settings.bus_port),), password=settings.bus_password)
    return None


def place_of(settings: Settings, rank: int = SCREEN) -> BusPlace | None:
    """The same, with all that somebody who may lead has to know. A screen shares nothing."""
    address = bus_of(settings)
    if address is None:
        return None
    share = settings.bus_share and rank == SERVER  # a screen shares nothing
    return BusPlace(
        address, settings.lease_seconds, settings.bus_keep_seconds, rank, settings.lead_alone, share=share,
        brief=settings.bus_brief,
    )  # fmt: skip
