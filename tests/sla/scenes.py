"""A circuit, its promise and what happened to it, as tests of promises write it down. Times are UTC, in 2026."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from msgspec.structs import replace

from noctui.model.edges import Edge
from noctui.model.sla import Planned, PlannedWindow, Promise, PromisePeriod, Service
from noctui.model.verdicts import Verdict
from noctui.model.words import State
from noctui.sla.algorithms import Availability
from noctui.sla.evaluate import evaluate
from noctui.sla.evidence import Evidence
from noctui.sla.periods import period_at

CIRCUIT = "s1:ge-0/0/0"
SERVICE = Service(service_id=CIRCUIT, carrier="Lumen", turn_up=date(2025, 1, 1), monthly="3000", currency="USD")
PROMISE = Promise(name="gold", uptime="99.9")
MINUTE, HOUR, DAY = 60, 3600, 86_400
Times = Iterable[tuple[str, str | None]]


def at(text: str) -> int:
    """`04-10 06:05` or `04-10 06:05:30`; `2027-01-31` is a midnight."""
    form = "%Y-%m-%d" if len(text) == 10 else "%Y-%m-%d %H:%M:%S"
    full = text if len(text) == 10 else f"2026-{text}" + (":00" if len(text) == 11 else "")
    return int(datetime.strptime(full, form).replace(tzinfo=UTC).timestamp())


def edge(time: float, state: State, known_at: float | None = None, circuit_id: str = CIRCUIT) -> Edge:
    return Edge(
        circuit_id=circuit_id, event_time=time, state=state, known_at=time if known_at is None else known_at
    )  # fmt: skip


def stretches(
    parts: Iterable[tuple[int, int, State]], circuit_id: str = CIRCUIT, *, since: int = 0
) -> tuple[Edge, ...]:
    """Up from `since` on, but for these stretches."""
    found = [edge(since or at("2025-01-01"), State.UP, circuit_id=circuit_id)]
    for start, end, state in sorted(parts):
        found += [edge(start, state, circuit_id=circuit_id), edge(end, State.UP, circuit_id=circuit_id)]
    return tuple(found)


def line(down: Times = (), unknown: Times = (), circuit_id: str = CIRCUIT) -> tuple[Edge, ...]:
    """Up all the time, but for these; an end of None: still."""
    found = [edge(at("2025-01-01"), State.UP, circuit_id=circuit_id)]
    for times, state in ((down, State.DOWN), (unknown, State.UNKNOWN)):
        for start, end in times:
            found.append(edge(at(start), state, circuit_id=circuit_id))
            if end is not None:
                found.append(edge(at(end), State.UP, circuit_id=circuit_id))
    return tuple(found)


def down_for(seconds: int, since: str = "04-10 06:00") -> tuple[Edge, ...]:
    """One outage of so many seconds."""
    return stretches([(at(since), at(since) + seconds, State.DOWN)])


def work(
    *windows: tuple[str, str], status: str = "CONFIRMED", announced: str = "03-01 00:00", impact: int | None = None
) -> Planned:
    """A notice for the circuit; one that is announced later is a later version of the same work."""
    return Planned(
        carrier="Lumen",
        maintenance_id="29811002",
        status=status,
        circuits=(CIRCUIT,),
        windows=tuple(PlannedWindow(start=at(a), end=at(b), impact=impact) for a, b in windows),
        announced_at=at(announced),
        known_at=at(announced),
    )


def period(promise: Promise = PROMISE, when: str = "04-20 00:00", service: Service = SERVICE) -> PromisePeriod:
    return period_at(promise, service, at(when))


def score(
    edges: Iterable[Edge],
    *planned: Planned,
    promise: Promise = PROMISE,
    service: Service = SERVICE,
    when: str = "04-20 00:00",
    now: str | None = None,
    algorithm: Availability | None = None,
) -> Verdict:
    """The verdict of the period that `when` lies in, as known at `now` (None: two days after it)."""
    of = period(promise, when, service)
    known = of.end + 2 * DAY if now is None else at(now)
    return evaluate(promise, service, of, Evidence(tuple(edges), tuple(planned)), known, algorithm)


def promised(uptime: str, base: Promise = PROMISE) -> Promise:
    return replace(base, uptime=uptime)


def after(text: str, seconds: int) -> str:
    """So many seconds after such a time."""
    return f"{datetime.fromtimestamp(at(text), UTC) + timedelta(seconds=seconds):%m-%d %H:%M:%S}"
