"""What the reference gives for one poll, in plain values by id."""

from __future__ import annotations

from dataclasses import dataclass

from noctui.model.edges import Edge, Failover
from noctui.model.words import QualitySource, Severity, State


@dataclass(frozen=True, kw_only=True)
class RefCircuit:
    """One circuit at one poll. Names and units as in `CircuitTable`; the values that are float32 there are rounded so.

    `base` is the severity before a hold. `raw_levels` and `valid` are as in `PollRecord`.
    """

    severity: Severity
    base: Severity
    state: State
    since: float
    stale: bool
    active: bool
    active_since: float
    suspect: bool
    no_path: bool
    age: float
    rx_bps: float
    tx_bps: float
    rx_pct: float
    tx_pct: float
    loss: float
    jitter: float
    latency: float
    mos: float
    quality: QualitySource
    levels: int
    raw_levels: int
    valid: int
    flaps_24h: int
    avail_24h: float
    coverage_24h: float
    trend: list[int]
    bad_quarters: int


@dataclass(frozen=True, kw_only=True)
class RefSite:
    """One site at one poll; `carrying` is a circuit id, None when no circuit is active. `counts` by `Severity`."""

    severity: Severity
    dark: bool
    failed_over: bool
    home: bool  # a primary is active
    carrying: str | None
    since: float
    counts: list[int]


@dataclass(frozen=True, kw_only=True)
class RefPoll:
    """One poll. `edges` holds each circuit's edges in the order they were written, circuits one after the other."""

    circuits: dict[str, RefCircuit]
    sites: dict[str, RefSite]
    edges: list[Edge]
    failovers: list[Failover]
    rejected: int
    silent: bool
