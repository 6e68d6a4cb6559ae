"""What gateways tell besides ports and sessions: VPN paths, peers, tunnels, ARP, DHCP, configuration."""

from __future__ import annotations

from collections.abc import Iterator

from noctui.sim.effects import Effects
from noctui.sim.happenings import DeviceEvent, Gaps, WorldAlarm, events
from noctui.sim.network import Network
from noctui.sim.noise import draw, number
from noctui.sim.places import HUBS
from noctui.sim.world import World

DAY = 86_400.0
LONG = 900.0
"""A gateway that is away for longer is told of once more."""
_FLAPS, _CALM = 4, 1800.0  # so many downs, each so soon after the one before, are a flapping port
_PUSHED, _FAILED = 0.008, 0.06  # of gateways a day; of pushes


def all_events(world: World, start: float, end: float) -> list[DeviceEvent]:
    """Everything that happened in [start, end), asides too, in order of time."""
    found = [*events(world, start, end), *(e for e in _asides(world, start, end) if start <= e.timestamp < end)]
    return sorted(found, key=lambda e: (e.timestamp, e.circuit, e.type, e.text))


def _asides(world: World, start: float, end: float) -> Iterator[DeviceEvent]:
    effects = world.effects(start, end)
    gaps = Gaps(world, effects)
    yield from _paths(world.network, effects, gaps)
    yield from _addresses(world.network, effects, gaps)
    for site, began, ended in _rows(effects, "lost"):
        if ended - began > LONG:
            yield DeviceEvent(
                "GW_DISCONNECTED_LONG", began + LONG, began + LONG, site, text="Gateway still disconnected"
            )
    for site, booted, _ in _rows(effects, "boots"):
        at = booted + 60.0
        yield DeviceEvent("GW_CONFIGURED", at, gaps.told(site, at), site, text="Configured after a restart")
    if world.ordinary:
        yield from _pushes(world, gaps, start, end)


def _rows(effects: Effects, name: str) -> Iterator[tuple[int, float, float]]:
    spans = getattr(effects, name)
    return zip(spans.row.tolist(), spans.start.tolist(), spans.end.tolist(), strict=True)


def _paths(network: Network, effects: Effects, gaps: Gaps) -> Iterator[DeviceEvent]:
    """A line that goes down takes its paths with it; longer, its peer, tunnel and routes."""
    site_of = network.circuit_site.tolist()
    for row, began, ended in _rows(effects, "down"):
        site, line = site_of[row], network.line[row]
        hubs = [HUBS[int(network.path_hub[p])] for p in (2 * row, 2 * row + 1)]
        told: list[tuple[str, float, float, str]] = [("VPN_PATH", 1.0, 8.0, hub) for hub in hubs]
        if ended - began > 120.0:
            told.append(("VPN_PEER", 30.0, 12.0, hubs[0]))
            if not line.wan.startswith(("ISP", "Lte")):
                told += [("TUNNEL", 20.0, 10.0, hubs[0]), ("BGP_NEIGHBOR", 90.0, 25.0, hubs[0])]
        for what, late, later, hub in told:
            words = f"{what.replace('_', ' ').lower()} to {hub} over {line.port}"
            for word, at in (("DOWN", began + late), ("UP", ended + later)):
                text = f"{words} is {word.lower()}"
                yield DeviceEvent(f"GW_{what}_{word}", at, gaps.told(site, at), site, row, text)


def _addresses(network: Network, effects: Effects, gaps: Gaps) -> Iterator[DeviceEvent]:
    """DHCP after some repairs, ARP on some slow lines, services on lossy ones."""
    site_of, seed = network.circuit_site.tolist(), network.seed
    pairs: list[tuple[str, int, float, float]] = [
        ("DHCP", row, ended + 1.0, ended + 6.0)
        for row, _, ended in _rows(effects, "down") if number(seed, row, int(ended), 97) < 0.3
    ]  # fmt: skip
    pairs += [
        ("ARP", row, began + 5.0, ended)
        for row, began, ended in _rows(effects, "latency") if number(seed, row, int(began), 98) < 0.5
    ]  # fmt: skip
    for what, row, began, ended in pairs:
        site, port = site_of[row], network.line[row].port
        for word, at in (("UNRESOLVED", began), ("RESOLVED", ended)):
            text = f"{what} of {port} {word.lower()}"
            yield DeviceEvent(f"GW_{what}_{word}", at, gaps.told(site, at), site, row, text)
    for row, began, ended in _rows(effects, "loss"):
        if ended - began > 60.0:
            at, site = began + 60.0, site_of[row]
            text = f"service path over {network.line[row].port} is down"
            yield DeviceEvent("GW_SERVICE_PATH_DOWN", at, gaps.told(site, at), site, row, text)


def _pushes(world: World, gaps: Gaps, start: float, end: float) -> Iterator[DeviceEvent]:
    """A few gateways are configured every day, and now and then one fails."""
    n = world.network
    for day in range(int(start // DAY), int(end // DAY) + 1):
        drawn = draw(n.seed, 100_000 + day, n.sites)
        for site in (drawn < _PUSHED).nonzero()[0].tolist():
            at = round(day * DAY + DAY * number(n.seed, day, site, 99), 1)
            failed = float(drawn[site]) < _PUSHED * _FAILED
            kind, text = ("CONFIG_FAILED", "Configuration failed to commit") if failed else ("CONFIGURED", "Configured")
            yield DeviceEvent(f"GW_{kind}", at, gaps.told(site, at), site, text=text)


def flapping(world: World, start: float, end: float) -> Iterator[WorldAlarm]:
    """The alarms about ports that go down again and again, as of the fourth time."""
    site_of = world.network.circuit_site.tolist()
    row_before, ended_before, count, told = -1, 0.0, 0, 0.0
    found: list[tuple[int, float, float]] = []
    for row, began, ended in _rows(world.effects(start, end), "down"):
        together = row == row_before and began - ended_before < _CALM
        count = count + 1 if together else 1
        if count == _FLAPS:
            told = began + 60.0
            found.append((row, told, ended + _CALM))
        elif count > _FLAPS:
            found[-1] = (row, told, ended + _CALM)
        row_before, ended_before = row, ended
    for row, at, over in found:
        reason = f"{world.network.line[row].port} went down again and again"
        yield WorldAlarm("port_flap", "marvis", "warn", at, at, over, site_of[row], row, reason)
