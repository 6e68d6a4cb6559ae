"""Promises of all circuits scored from the history, for a month or for the periods that run, as known at an instant."""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Protocol

import msgspec

from noctui.model.edges import Edge
from noctui.model.inventory import Inventory
from noctui.model.sla import Planned, PromisePeriod, Ticket
from noctui.model.verdicts import Verdict
from noctui.model.view import View
from noctui.model.works import Work
from noctui.planned.excusing import planned_of
from noctui.planned.providers import DEFAULT, Provider
from noctui.planned.standing import Standing
from noctui.promise_settings import PromiseSettings
from noctui.runtime.services import Promised, promised, together
from noctui.sla.algorithms import Availability
from noctui.sla.evaluate import LOOK, evaluate
from noctui.sla.evidence import Evidence
from noctui.sla.periods import from_turn_up, midnight
from noctui.sla.registry import algorithms
from noctui.sla.versions import SETTLE, too_late, versions

if TYPE_CHECKING:
    from concurrent.futures import Executor

RUNNING = "running"
"""In place of a month: the period of each promise that the instant lies in."""
FRESH = 3.0
"""Poll intervals after which the newest poll no longer stands for now."""
MOST_PERIODS = 64
"""Periods of one promise that may begin in one month."""
EARLIEST = 14 * 3600
"""Seconds by which a month begins somewhere before it does in UTC."""
_MONTH = re.compile(r"(\d{4})-(\d\d)")


class Ledger(Protocol):
    """What is read of a history; `stores.history.HistoryReader` has it. Calls block."""

    @property
    def pool(self) -> Executor: ...
    def step(self, at: float, direction: int, corrected: bool = True) -> float | None: ...
    def view(self, at: float, corrected: bool = False) -> View | None: ...
    def inventory(self, at: float) -> Inventory | None: ...
    def edges_known(self, at: float, since: float, by: float | None = None) -> Sequence[Edge]: ...
    def works_known(self, since: float, at: float) -> Sequence[Work]: ...
    @property
    def providers(self) -> Sequence[Provider] | None: ...


@dataclass(frozen=True, slots=True)
class Score:
    """`too_late`: how often something was learned of the period that can no longer change it."""

    of: Promised
    verdict: Verdict
    too_late: int = 0


@dataclass(frozen=True, slots=True)
class Scores:
    """All that is promised, as known at `at`; `faults` are clear lines about what could not be scored. `told`: where
    verdicts are from that history does not hold, or why they are missing."""

    at: int
    period: str
    inventory: Inventory
    scores: tuple[Score, ...]
    faults: tuple[str, ...] = ()
    told: str = ""


async def score(
    history: Ledger,
    settings: PromiseSettings,
    at: float,
    period: str = RUNNING,
    planned: Sequence[Planned] = (),
    tickets: Sequence[Ticket] = (),
) -> Scores | None:
    """`period` is `running` or a month, `2026-10`: what begins in it. Of planned work all counts that history has of it
    by then, and `planned` beside it. None: nothing was known then. It runs on the history's threads. Raises ValueError
    (one line: no such month, or not yet), HistoryError."""
    month = None if period == RUNNING else month_of(period)
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(history.pool, _scored, history, settings, at, month, planned, tickets)


def month_of(text: str) -> date:
    """The first day of `2026-10`. Raises ValueError."""
    found = _MONTH.fullmatch(text)
    if not found or not 1 <= int(found[2]) <= 12 or not 1970 <= int(found[1]) <= 9000:
        raise ValueError(f"{text[:40]!r} is no month such as 2026-10")
    return date(int(found[1]), int(found[2]), 1)


def _scored(
    history: Ledger,
    settings: PromiseSettings,
    at: float,
    month: date | None,
    planned: Sequence[Planned],
    tickets: Sequence[Ticket],
) -> Scores | None:
    found = gather(history, settings, at, month)
    if found is None:
        return None
    scores = found.scored((*found.planned(), *planned), tickets)
    return Scores(found.now, found.period, found.inventory, tuple(scores), found.faults)


@dataclass(frozen=True, slots=True)
class Gathered:
    """What is to be scored as known at `now`: each promise with its periods. `watched_until`: the newest poll, when it
    no longer stands for now. `interval` is the seconds between polls."""

    now: int
    period: str
    inventory: Inventory
    todo: tuple[tuple[Promised, PromisePeriod], ...]
    by_name: Mapping[str, Availability]
    edges: EdgesKnown
    watched_until: int | None
    interval: float
    faults: tuple[str, ...]

    @property
    def since(self) -> int:
        """The earliest instant that is looked at."""
        return min((period.start for _, period in self.todo), default=self.now) - LOOK

    def planned(self, at: float | None = None) -> tuple[Planned, ...]:
        """The planned work that history knew of at an instant, None: at that of all this."""
        if not self.todo:
            return ()
        history = self.edges.history
        versions = history.works_known(self.since, self.now if at is None else at)
        return planned_of(versions, self.inventory, Standing(history.providers or DEFAULT)) if versions else ()

    def scored(self, planned: Sequence[Planned], tickets: Sequence[Ticket] = ()) -> Iterator[Score]:
        return _all(self.todo, self.by_name, self.edges, self.watched_until, self.interval, planned, tickets)


def gather(history: Ledger, settings: PromiseSettings, at: float, month: date | None) -> Gathered | None:
    """None: nothing was known then. Raises ValueError: the month has not begun."""
    view = history.view(at)
    newest = history.inventory(at)
    if view is None or newest is None:
        return None
    until = math.ceil(view.at)
    stale = at - view.at > FRESH * view.interval
    now = math.floor(at) if stale else until
    start, end = (now, now + 1) if month is None else _bounds(month)
    if month and start - EARLIEST > now:
        raise ValueError(f"{month:%Y-%m} has not begun")
    then = min(now, end - 1)
    inventory = together(newest, history.inventory(then))
    known = algorithms()
    edges = EdgesKnown(history, now)
    found = promised(inventory, settings, known.by_name, then, edges.gone(newest, inventory))
    faults = [*known.faults, *found.faults]
    todo: list[tuple[Promised, PromisePeriod]] = []
    alike: dict[tuple[object, ...], tuple[PromisePeriod, ...]] = {}
    for one in found.promised:
        try:
            how = known.named(one.promise.algorithm)
            usual = type(how).period is Availability.period  # somebody else's may look at more
            life = (one.service.turn_up, one.service.epoch, one.service.until)
            key = (one.promise.name, life, None if usual else one.service.service_id)
            if key not in alike:
                alike[key] = tuple(p for p in _periods(one, how, month, now) if p.start <= now)
            todo += ((one, period) for period in alike[key])
        except ValueError as fault:
            faults.append(str(fault))
    return Gathered(
        now, RUNNING if month is None else f"{month:%Y-%m}", inventory, tuple(todo), known.by_name, edges,
        until if stale else None, view.interval, tuple(faults),
    )  # fmt: skip


def _bounds(month: date) -> tuple[int, int]:
    return midnight(month, "UTC"), midnight(from_turn_up(month, 1), "UTC")


def _periods(one: Promised, how: Availability, month: date | None, now: int) -> Iterator[PromisePeriod]:
    """Those that begin in the month, whole ones by their whole begin; or the one that runs. None before turn-up."""
    zone, turn_up = one.promise.zone, one.service.turn_up
    began = midnight(turn_up, zone) if turn_up else 0
    until = one.service.until
    if month is None:
        if began <= now and (until is None or now < until):
            yield how.period(one.promise, one.service, now)
        return
    low, high = midnight(month, zone), midnight(from_turn_up(month, 1), zone)
    at = max(low, began)
    for _ in range(MOST_PERIODS):
        if at >= high or (until is not None and at >= until):
            return
        period = how.period(one.promise, one.service, at)
        if low <= period.whole_start < high:
            yield period
        at = max(period.end, at + 1)


class EdgesKnown:
    """The edges of all circuits, and when nobody looked."""

    def __init__(self, history: Ledger, now: int) -> None:
        self.history, self.now = history, now
        self._of: dict[str, list[Edge]] = {}
        self._silent: dict[int, tuple[tuple[int, int], ...]] = {}

    def reach(self, since: int, by: int) -> None:
        """Read what speaks of the time from `since` on, by what was known at any instant from `by` on."""
        self._of = {}
        self.add(self.history.edges_known(self.now, since, by))

    def add(self, edges: Iterable[Edge]) -> None:
        """What was learned since it was read."""
        for edge in edges:
            self._of.setdefault(edge.circuit_id, []).append(edge)

    def of(self, circuits: Iterable[str], before: int) -> tuple[Edge, ...]:
        """Those that speak of the time before an instant: by their own time, or, where a clock ran ahead, by ours."""
        return tuple(
            edge
            for circuit_id in circuits
            for edge in self._of.get(circuit_id, ())
            if edge.event_time < before or edge.known_at < before
        )

    def gone(self, newest: Inventory, inventory: Inventory) -> Mapping[str, int]:
        """Circuits that the newest version no longer has, and when they were last seen."""
        found: dict[str, int] = {}
        if len(inventory.circuits) == len(newest.circuits):
            return found
        self.reach(self.now, self.now)
        for circuit in inventory.circuits[len(newest.circuits) :]:
            last = next(reversed(self._of.get(circuit.circuit_id, ())), None)
            if last is not None and last.source == "gone":
                found[circuit.circuit_id] = math.ceil(last.event_time)
        return found

    def silent(self, at: int, interval: float) -> tuple[tuple[int, int], ...]:
        """The stretch around an instant in which nobody looked, when it is longer than lost polls are."""
        if at not in self._silent:
            before = self.history.step(math.nextafter(at, math.inf), -1, False)
            after = self.history.step(at, 1, False)
            low = 0 if before is None else math.ceil(before)
            high = self.now if after is None else math.ceil(after)
            self._silent[at] = ((low, high),) if high - low > FRESH * interval else ()
        return self._silent[at]


def _all(
    todo: Sequence[tuple[Promised, PromisePeriod]],
    by_name: Mapping[str, Availability],
    ledger: EdgesKnown,
    watched_until: int | None,
    interval: float,
    planned: Sequence[Planned],
    tickets: Sequence[Ticket],
) -> Iterator[Score]:
    if not todo:
        return
    ledger.reach(min(p.start for _, p in todo) - LOOK, min(ledger.now, *(p.end + SETTLE for _, p in todo)))
    works, opened = by_circuit(planned), {t.circuit_id for t in tickets}
    alike: dict[tuple[object, ...], Score] = {}
    for one, period in todo:
        service = one.service
        edges = ledger.of(service.circuits, period.end + LOOK)
        work = tuple({id(w): w for c in service.circuits for w in works.get(c, ())}.values())
        key = None
        if not work and len(service.circuits) == 1 and service.service_id not in opened and _quiet(edges, period):
            # Most circuits: nothing happened, so all that have the same promise and charge have the same verdict.
            state = edges[0].state if edges else None
            key = (one.promise.name, period, service.monthly, service.currency, state)
            had = alike.get(key)
            if had is not None:
                verdict = msgspec.structs.replace(had.verdict, service_id=service.service_id)
                yield Score(one, verdict, had.too_late)
                continue
        silences = ledger.silent(period.end + SETTLE, interval) if period.end + SETTLE <= ledger.now else ()
        mine = tuple(t for t in tickets if t.circuit_id in service.circuits) if opened else ()
        evidence = Evidence(edges, work, mine, watched_until, silences)
        made = _score(one, period, evidence, ledger.now, by_name[one.promise.algorithm])
        if key is not None:
            alike[key] = made
        yield made


def _score(one: Promised, period: PromisePeriod, evidence: Evidence, at: int, how: Availability) -> Score:
    closed = versions(one.promise, one.service, period, evidence, at, how)
    if closed:
        return Score(one, closed[-1], too_late(period, evidence, at))
    return Score(one, evaluate(one.promise, one.service, period, evidence, at, how))


def _quiet(edges: Sequence[Edge], period: PromisePeriod) -> bool:
    """One state since before anything that is looked at, and known since then."""
    return not edges or (
        len(edges) == 1
        and edges[0].until is None
        and max(edges[0].known_at, edges[0].event_time) <= period.start - LOOK
    )


def by_circuit(planned: Iterable[Planned]) -> Mapping[str, list[Planned]]:
    """All versions of the works that ever named a circuit: the one that took it out is among them."""
    lives: dict[tuple[str, str], list[Planned]] = {}
    for version in planned:
        lives.setdefault((version.carrier, version.maintenance_id), []).append(version)
    found: dict[str, list[Planned]] = {}
    for life in lives.values():
        for circuit_id in {c for version in life for c in version.circuits}:
            found.setdefault(circuit_id, []).extend(life)
    return found


__all__ = [
    "RUNNING", "EdgesKnown", "Gathered", "Ledger", "Score", "Scores", "by_circuit", "gather", "month_of", "score",
]  # fmt: skip
