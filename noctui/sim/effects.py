"""Incidents as intervals: which port is down, which gateway unheard, which line worse, from when to when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from noctui.sim.incidents import Incident, Kind
from noctui.sim.network import Network
from noctui.sim.noise import number
from noctui.sim.spans import Spans, common, merged

REJOIN = 15.0
"""Seconds a gateway needs to reach the cloud again once a line of its site is back."""


@dataclass(frozen=True, slots=True)
class Effects:
    """All that incidents do. Values: `busy` share of the bandwidth, `loss` percent, `jitter` and `latency` ms."""

    down: Spans  # circuits
    lost: Spans  # gateways: no session with the cloud
    busy: Spans  # circuits
    loss: Spans
    jitter: Spans
    latency: Spans
    boots: Spans  # gateways: [boot, the end of time)
    resets: Spans  # circuits: [counters fell, the end of time)


def _targets(network: Network, incident: Incident) -> list[int]:
    if incident.circuits:
        return list(incident.circuits)
    if incident.sites:
        first = network.site_first
        return [c for s in incident.sites for c in range(int(first[s]), int(first[s + 1]))]
    return network.rows(region=incident.region, carrier=incident.carrier, rank=incident.rank)


def _spread(network: Network, incident: Incident, row: int) -> tuple[float, float]:
    """The interval of one circuit of a cut; the ends are spread more than the starts, as repairs are."""
    if not incident.stagger:
        return incident.start, incident.end
    late, longer = (number(network.seed, int(incident.start), row, end) for end in (0, 1))
    return (
        round(incident.start + incident.stagger * late, 1),
        round(incident.end + 5.0 * incident.stagger * longer, 1),
    )


def _flaps(incident: Incident) -> Iterable[tuple[float, float]]:
    each = (incident.end - incident.start) / max(incident.flaps, 1)
    for n in range(incident.flaps):
        start = round(incident.start + n * each, 1)
        yield start, round(start + each * 0.25, 1)


def _gone(network: Network, downs: dict[int, list[tuple[float, float]]]) -> Iterable[tuple[int, float, float]]:
    """(site, start, end) where no circuit of a site is up, with the time its gateway needs to return."""
    first = network.site_first
    for site in {int(network.circuit_site[c]) for c in downs}:
        mine = range(int(first[site]), int(first[site + 1]))
        if all(c in downs for c in mine):
            for start, end in common([downs[c] for c in mine]):
                yield site, start, end + REJOIN


def compile_effects(network: Network, incidents: Iterable[Incident]) -> Effects:
    """What the incidents do; intervals that touch become one."""
    forever = float("inf")
    downs: dict[int, list[tuple[float, float]]] = defaultdict(list)
    lost: dict[int, list[tuple[float, float]]] = defaultdict(list)
    busy: list[tuple[int, float, float, float]] = []
    loss: list[tuple[int, float, float, float]] = []
    jitter: list[tuple[int, float, float, float]] = []
    latency: list[tuple[int, float, float, float]] = []
    boots: list[tuple[int, float, float, float]] = []
    resets: list[tuple[int, float, float, float]] = []
    for incident in incidents:
        start, end, level = incident.start, incident.end, incident.level
        match incident.kind:
            case Kind.CUT:
                for row in _targets(network, incident):
                    downs[row].append(_spread(network, incident, row))
            case Kind.FLAP:
                for row in _targets(network, incident):
                    downs[row].extend(_flaps(incident))
            case Kind.CONGESTION:
                busy += [(row, start, end, level) for row in _targets(network, incident)]
            case Kind.LOSSY:
                loss += [(row, start, end, level) for row in _targets(network, incident)]
                jitter += [(row, start, end, 4.0 * level) for row in _targets(network, incident)]
            case Kind.SLOW:
                latency += [(row, start, end, level) for row in _targets(network, incident)]
            case Kind.SILENT:
                for site in incident.sites:
                    lost[site].append((start, end))
            case Kind.REBOOT:
                booted = round(start + (end - start) / 3.0, 1)
                for site in incident.sites:
                    lost[site].append((start, end))
                    boots.append((site, booted, forever, 0.0))
                resets += [(row, booted, forever, 0.0) for row in _targets(network, incident)]
            case Kind.RESET:
                resets += [(row, start, forever, 0.0) for row in _targets(network, incident)]
    whole = {row: merged(spans) for row, spans in downs.items()}
    for site, start, end in _gone(network, whole):
        lost[site].append((start, end))
    return Effects(
        down=Spans.of((row, a, b, 0.0) for row, spans in whole.items() for a, b in spans),
        lost=Spans.of((site, a, b, 0.0) for site, spans in lost.items() for a, b in merged(spans)),
        busy=Spans.of(busy),
        loss=Spans.of(loss),
        jitter=Spans.of(jitter),
        latency=Spans.of(latency),
        boots=Spans.of(boots),
        resets=Spans.of(resets),
    )
