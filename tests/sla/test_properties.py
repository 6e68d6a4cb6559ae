"""What must be so of any evidence, and a plain second-by-second reference that must give the same.

The reference is written from the definitions alone (facts 5.3 and 6; docs/values.md 4): one state per second, outages
with their gaps, windows, seconds counted one by one.
"""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from noctui.model.edges import Edge
from noctui.model.sla import Impact, Planned, PlannedWindow, Promise, PromisePeriod, Service
from noctui.model.verdicts import Outcome, Verdict
from noctui.model.words import State
from noctui.sla.evaluate import evaluate
from noctui.sla.evidence import Evidence
from tests.sla.scenes import CIRCUIT, at, edge, period, stretches

ZERO = at("04-01 00:00")
SHORT = PromisePeriod(start=ZERO + 200, end=ZERO + 800, whole_start=ZERO + 200, whole_end=ZERO + 800, key="x", days=1)
"""Ten minutes: short enough to count every second."""
SERVICE = Service(service_id=CIRCUIT)
SEEN = st.sampled_from([State.UP, State.DOWN, State.UNKNOWN, State.AWAY, State.DISABLED])
EDGES = st.lists(st.tuples(st.integers(0, 1000), SEEN), max_size=14).map(
    lambda rows: tuple(
        edge(ZERO - 200_000, State.UP) if n < 0 else edge(ZERO + t, state, ZERO + 1000 + n)
        for n, (t, state) in [(-1, (0, State.UP)), *enumerate(rows)]
    )
)
WINDOWS = st.lists(
    st.tuples(st.integers(0, 900), st.integers(1, 300), st.none() | st.integers(0, 200)), max_size=3
).map(
    lambda rows: tuple(
        Planned(
            carrier="Lumen", maintenance_id=f"m{n}", status="CONFIRMED", circuits=(CIRCUIT,),
            windows=(PlannedWindow(start=ZERO + start, end=ZERO + start + length, impact=impact),),
            announced_at=ZERO - 1000, known_at=ZERO - 1000,
        )
        for n, (start, length, impact) in enumerate(rows)
    )
)  # fmt: skip
PROMISES = st.builds(
    Promise,
    name=st.just("x"),
    uptime=st.sampled_from(["100", "99.9", "90", "66.7", "50"]),
    minimum_outage=st.integers(0, 90),
    merge_gap=st.integers(0, 90),
    impact=st.sampled_from(list(Impact)),
    excused_at_most=st.none() | st.integers(0, 200),
)
LATER = ZERO + 3000


def verdict_of(promise: Promise, edges: tuple[Edge, ...], planned: tuple[Planned, ...] = ()) -> Verdict:
    return evaluate(promise, SERVICE, SHORT, Evidence(edges, planned), LATER)


def states(edges: tuple[Edge, ...], low: int, high: int) -> list[State]:
    """Of each second: open edges over each other in the order they were learned."""
    found = [State.UNKNOWN] * (high - low)
    for e in sorted(edges, key=lambda e: e.known_at):
        begin = max(0, round(e.event_time) - low)
        found[begin:] = [e.state] * (len(found) - min(begin, len(found)))
    return found


def counted_by_hand(promise: Promise, down: list[bool], low: int, planned: tuple[Planned, ...]) -> int:
    """Seconds of the period that count, one by one."""
    groups: list[list[int]] = []
    for second, is_down in enumerate(down):
        if is_down:
            if groups and second - groups[-1][-1] - 1 <= promise.merge_gap:
                groups[-1].append(second)
            else:
                groups.append([second])
    eligible = {low + s for group in groups if len(group) >= promise.minimum_outage for s in group}
    forgiven: set[int] = set()
    for work in planned:
        for window in work.windows:
            inside = [low + s for s, is_down in enumerate(down) if is_down and window.start <= low + s < window.end]
            if promise.impact is Impact.COUNTS:
                inside = []
            if promise.impact is Impact.ANNOUNCED and window.impact is not None:
                inside = inside[: window.impact]
            forgiven.update(inside)
    own = range(SHORT.start, SHORT.end)
    if promise.excused_at_most is not None:
        forgiven = set(sorted(s for s in forgiven if s in own)[: promise.excused_at_most])
    return len([s for s in eligible - forgiven if s in own])


@given(PROMISES, EDGES, WINDOWS)
def test_it_counts_what_the_reference_counts(
    promise: Promise, edges: tuple[Edge, ...], planned: tuple[Planned, ...]
) -> None:
    low, high = ZERO - 1, LATER
    line = states(edges, low, high)
    verdict = verdict_of(promise, edges, planned)
    unseen = (State.DOWN, State.UNKNOWN, State.AWAY)
    assert verdict.counted == counted_by_hand(promise, [s is State.DOWN for s in line], low, planned)
    assert verdict.counted_at_most == counted_by_hand(promise, [s in unseen for s in line], low, planned)
    assert verdict.down == sum(s is State.DOWN for s in line[SHORT.start - low : SHORT.end - low])


@given(PROMISES, EDGES, WINDOWS)
def test_seconds_add_up(promise: Promise, edges: tuple[Edge, ...], planned: tuple[Planned, ...]) -> None:
    for now in (ZERO, ZERO + 500, LATER):
        v = evaluate(promise, SERVICE, SHORT, Evidence(edges, planned), now)
        assert v.up + v.down + v.unknown + v.disabled + v.to_come == SHORT.seconds
        assert min(v.up, v.down, v.unknown, v.disabled, v.to_come) >= 0
        assert sum(o.down for o in v.outages) == v.down
        assert sum(o.counted for o in v.outages) == v.counted <= v.counted_at_most <= v.down + v.unknown
        assert sum(o.excused for o in v.outages) == v.excused
        assert all(o.uncounted >= 0 for o in v.outages)


@given(PROMISES, EDGES, WINDOWS, st.integers(0, 2**32))
def test_the_order_of_evidence_does_not_matter(
    promise: Promise, edges: tuple[Edge, ...], planned: tuple[Planned, ...], seed: int
) -> None:
    shuffled, works = list(edges), list(planned)
    Random(seed).shuffle(shuffled)
    Random(seed).shuffle(works)
    assert verdict_of(promise, tuple(shuffled), tuple(works)) == verdict_of(promise, edges, planned)


@given(PROMISES, st.integers(0, 900), st.integers(2, 300), st.integers(1, 299), WINDOWS)
def test_an_outage_in_two_touching_parts_is_the_same(
    promise: Promise, start: int, length: int, cut: int, planned: tuple[Planned, ...]
) -> None:
    begin, end = ZERO + start, ZERO + start + length
    middle = begin + 1 + cut % (length - 1)
    whole = stretches([(begin, end, State.DOWN)])
    parts = stretches([(begin, middle, State.DOWN), (middle, end, State.DOWN)])
    assert verdict_of(promise, parts, planned) == verdict_of(promise, whole, planned)


UNSEEN_PARTS = st.lists(st.tuples(st.integers(0, 900), st.integers(1, 120), st.booleans()), max_size=4)


@given(PROMISES, EDGES, WINDOWS, UNSEEN_PARTS)
def test_whatever_unknown_time_really_was_lies_between_the_bounds(
    promise: Promise, edges: tuple[Edge, ...], planned: tuple[Planned, ...], parts: list[tuple[int, int, bool]]
) -> None:
    """Some time was not seen; later it is learned what it was, each part of it up or down."""

    def painted(state: State | None) -> tuple[Edge, ...]:
        return tuple(
            replace(
                edge(ZERO + start, state or (State.DOWN if was_down else State.UP), ZERO + 2000 + n),
                until=ZERO + start + length,
            )
            for n, (start, length, was_down) in enumerate(parts)
        )

    unseen = verdict_of(promise, edges + painted(State.UNKNOWN), planned)
    truth = verdict_of(promise, edges + painted(None), planned)
    assert unseen.counted <= truth.counted
    assert truth.counted_at_most <= unseen.counted_at_most
    if unseen.outcome in (Outcome.MET, Outcome.BROKEN):
        assert truth.outcome is unseen.outcome


@given(PROMISES, EDGES, WINDOWS, UNSEEN_PARTS)
def test_losing_sight_of_time_never_breaks_a_promise_nor_keeps_one(
    promise: Promise, edges: tuple[Edge, ...], planned: tuple[Planned, ...], parts: list[tuple[int, int, bool]]
) -> None:
    lost = tuple(
        replace(edge(ZERO + start, State.UNKNOWN, ZERO + 2000 + n), until=ZERO + start + length)
        for n, (start, length, _) in enumerate(parts)
    )
    before, after = verdict_of(promise, edges, planned), verdict_of(promise, edges + lost, planned)
    allowed = {
        Outcome.MET: (Outcome.MET, Outcome.UNSURE),
        Outcome.UNSURE: (Outcome.UNSURE,),
        Outcome.BROKEN: (Outcome.BROKEN, Outcome.UNSURE),
    }
    assert after.outcome in allowed[before.outcome]


@given(EDGES, WINDOWS, st.integers(0, 1100))
def test_what_was_known_at_an_instant_does_not_change_by_what_is_learned_later(
    edges: tuple[Edge, ...], planned: tuple[Planned, ...], now: int
) -> None:
    promise = Promise(name="x", uptime="90", minimum_outage=0)
    until = ZERO + now
    then = Evidence(tuple(e for e in edges if e.known_at <= until), planned)
    assert evaluate(promise, SERVICE, SHORT, then, until) == evaluate(
        promise, SERVICE, SHORT, Evidence(edges, planned), until
    )


@given(st.lists(st.tuples(st.integers(-5, 65), st.integers(1, 200_000)), max_size=5))
def test_months_share_an_outage_out_without_losing_a_second(parts: list[tuple[int, int]]) -> None:
    """March, April and May: what counts in each adds up to what counts in all of it."""
    promise = Promise(name="x", uptime="99.9", zone="Europe/Berlin", minimum_outage=0)
    start = at("03-05 00:00")
    cut = [(start + 86_400 * day, start + 86_400 * day + seconds, State.DOWN) for day, seconds in parts]
    whole = [(a, b, State.DOWN) for a, b in _union(cut)]
    months = [
        evaluate(promise, SERVICE, period(promise, when, SERVICE), Evidence(stretches(whole)), at("07-01 00:00"))
        for when in ("02-10 00:00", "03-10 00:00", "04-10 00:00", "05-10 00:00")
    ]
    assert sum(v.counted for v in months) == sum(b - a for a, b, _ in whole)
    assert [v.period.seconds % 86_400 for v in months] == [0, 86_400 - 3600, 0, 0]


def _union(parts: list[tuple[int, int, State]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for a, b, _ in sorted(parts):
        if found and a <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], b)
        else:
            found.append((a, b))
    return found
