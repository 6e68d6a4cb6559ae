"""What can happen to the simulated network, told as data.

An incident names its circuits (or sites) either by row or by what they are (region, carrier); `effects.compile_effects`
turns a list of them into intervals.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Kind(StrEnum):
    CUT = "cut"  # the ports are down
    FLAP = "flap"  # the ports go down and up again and again
    CONGESTION = "congestion"  # received traffic is at least `level` of the bandwidth
    LOSSY = "lossy"  # `level` percent are lost, with the jitter that goes with it
    SLOW = "slow"  # `level` milliseconds more
    SILENT = "silent"  # the gateway does not reach the cloud; its lines are fine
    REBOOT = "reboot"  # the gateway boots: silent, then its counters and uptime begin anew
    RESET = "reset"  # the counters begin anew, nothing else


class Incident(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happens in [start, end), epoch seconds. Without `circuits` and `sites` the selection by region,
    carrier and rank counts. `stagger` spreads the starts and ends of a cut over that many seconds."""

    kind: Kind
    start: float
    end: float
    circuits: tuple[int, ...] = ()
    sites: tuple[int, ...] = ()
    region: str | None = None
    carrier: str | None = None
    rank: int | None = None
    level: float = 0.0
    stagger: float = 0.0
    flaps: int = 0  # how often a FLAP goes down


def cut(start: float, end: float, *circuits: int, region: str | None = None, carrier: str | None = None,
        stagger: float = 0.0) -> Incident:  # fmt: skip
    """The circuits' ports are down."""
    return Incident(
        kind=Kind.CUT, start=start, end=end, circuits=circuits, region=region, carrier=carrier, stagger=stagger
    )


def flap(start: float, end: float, *circuits: int, flaps: int) -> Incident:
    """The circuits go down and up `flaps` times, spread over the interval, each time for a quarter of its share."""
    return Incident(kind=Kind.FLAP, start=start, end=end, circuits=circuits, flaps=flaps)


def congestion(start: float, end: float, *circuits: int, level: float = 0.94) -> Incident:
    """The circuits receive about `level` of their bandwidth."""
    return Incident(kind=Kind.CONGESTION, start=start, end=end, circuits=circuits, level=level)


def lossy(start: float, end: float, *circuits: int, percent: float = 2.0) -> Incident:
    """The circuits lose packets, and jitter."""
    return Incident(kind=Kind.LOSSY, start=start, end=end, circuits=circuits, level=percent)


def slow(start: float, end: float, *circuits: int, milliseconds: float = 90.0) -> Incident:
    """The circuits take a long way round."""
    return Incident(kind=Kind.SLOW, start=start, end=end, circuits=circuits, level=milliseconds)


def silent(start: float, end: float, *sites: int) -> Incident:
    """The sites' gateways lose their cloud session; their lines are fine."""
    return Incident(kind=Kind.SILENT, start=start, end=end, sites=sites)


def reboot(start: float, end: float, *sites: int) -> Incident:
    """The sites' gateways restart: gone at `start`, booted a third later, heard again at `end`."""
    return Incident(kind=Kind.REBOOT, start=start, end=end, sites=sites)


def reset(at: float, *circuits: int) -> Incident:
    """The circuits' byte counters fall to zero."""
    return Incident(kind=Kind.RESET, start=at, end=at, circuits=circuits)
