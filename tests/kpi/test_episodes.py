"""Failover episodes: events paired, causes and times by the primary's timeline, and what nobody was there to write.

Times are seconds since T0; polls are a minute apart. `p` is the primary, `q` another one where there are two, `s` the
circuit that carries in the meantime.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noctui.kpi.episodes import LOOK_BACK, Evidence, episodes
from noctui.model.edges import Edge, Failover
from noctui.model.figures import Episode
from noctui.model.scene import Range, Stretch
from noctui.model.words import Role, State
from tests.reference.case import CIRCUIT, DOWN, T0, UP, Case

DAY = 86_400.0
UPS, DOWNS, AWAYS, UNKNOWN, DISABLED = State.UP, State.DOWN, State.AWAY, State.UNKNOWN, State.DISABLED
Change = tuple[float, State]


def went(at: float, by: str = "s", site: str = "site") -> Failover:
    return Failover(site_id=site, event_time=T0 + at, known_at=T0 + at, began=True, circuit_id=by)


def back(at: float, by: str = "p", site: str = "site") -> Failover:
    return Failover(site_id=site, event_time=T0 + at, known_at=T0 + at, began=False, circuit_id=by)


@dataclass
class Told:
    """What is known of a site: each circuit's state from some time on, and its primaries from some time on."""

    lines: Mapping[str, Sequence[Change]] = field(default_factory=dict)
    primaries: Sequence[tuple[float, Sequence[str]]] = ((-1e9, ("p",)),)
    edges: Sequence[Edge] = ()
    home: float | None = None
    watched_since: float = -10 * DAY
    now: float = 10 * DAY

    def stretches(self, circuit_id: str, start: float, end: float) -> list[Stretch]:
        changes = [(-math.inf, UNKNOWN), *((T0 + t, state) for t, state in self.lines.get(circuit_id, ()))]
        ends = [*(t for t, _ in changes[1:]), math.inf]
        cut = [Stretch(max(t, start), min(e, end), s) for (t, s), e in zip(changes, ends, strict=True)]
        return [s for s in cut if s.end > s.start]

    def episodes(self, *events: Failover, start: float = -10 * DAY, end: float | None = None) -> tuple[Episode, ...]:
        evidence = Evidence(
            at=T0 + self.now,
            lines=self.stretches,
            primaries=lambda site, at: next((ids for t, ids in reversed(self.primaries) if T0 + t <= at), ()),
            interval=lambda at: 60.0,
            watched_since=T0 + self.watched_since,
            edges=self.edges,
            home=lambda site: None if self.home is None else T0 + self.home,
        )
        return episodes(events, Range(T0 + start, T0 + (self.now if end is None else end)), evidence)


def spans(found: Sequence[Episode]) -> list[tuple[float, float | None]]:
    return [(e.began - T0, None if e.ended is None else e.ended - T0) for e in found]


def lost(states: Sequence[Change], **more: object) -> Episode:
    """The episode of a failover at 600 that ends at 1200, by the primary's states."""
    (found,) = Told({"p": states}, **more).episodes(went(600), back(1200))  # type: ignore[arg-type]
    return found


def test_begin_end_cause_and_time_to_fail_over() -> None:
    found = lost([(-5000, UPS), (570, DOWNS), (1190, UPS)])
    assert spans([found]) == [(600, 1200)]
    assert (found.site_id, found.primary_id, found.active_id, found.cause) == ("site", "p", "s", "down")
    assert (found.lost_at - T0, found.took, found.uncertainty) == (570, 30, 60)
    assert (found.active, found.primary) == (None, None)


@pytest.mark.parametrize(
    ("states", "cause", "lost_at"),
    [
        ([(0, UPS), (590, AWAYS)], "away", 590),
        ([(0, UPS), (540, UNKNOWN)], "unknown", 540),
        ([(0, UPS), (560, DISABLED)], "disabled", 560),
        ([(0, UPS)], "switched", math.nan),
        ([(0, UPS), (100, DOWNS), (200, UPS)], "switched", math.nan),
        ([(0, UPS), (540, UNKNOWN), (580, AWAYS)], "away", 540),  # it ceased to be up when it fell silent
        ([(0, UPS), (100, DOWNS), (200, UPS), (590, DOWNS)], "down", 590),  # the last time, not the first
        ([(0, UPS), (600, DOWNS)], "down", 600),  # the same poll saw both
        ([(0, DOWNS)], "down", math.nan),  # it never was up
        ([], "unknown", math.nan),
    ],
)
def test_the_cause_is_what_the_primary_was_and_when_it_was_lost_is_when_it_ceased_to_be_up(
    states: list[Change], cause: str, lost_at: float
) -> None:
    found = lost(states)
    assert found.cause == cause
    assert found.lost_at - T0 == pytest.approx(lost_at, nan_ok=True)
    assert found.took == pytest.approx(600 - lost_at, nan_ok=True)


def test_what_was_lost_more_than_a_day_ago_is_not_timed() -> None:
    assert lost([(-2 * DAY, UPS), (600 - LOOK_BACK + 60, DOWNS)]).took == LOOK_BACK - 60
    long_ago = lost([(-2 * DAY, UPS), (600 - LOOK_BACK - 60, DOWNS)])
    assert (long_ago.cause, math.isnan(long_ago.took)) == ("down", True)


def test_the_uncertainty_is_the_polls_or_the_edges_the_greater() -> None:
    """A failover is seen at the poll after it; an edge seen only by polls may have happened up to a poll before."""

    def edge(uncertainty: float) -> Edge:
        return Edge(circuit_id="p", event_time=T0 + 570, state=DOWNS, known_at=T0 + 600, uncertainty=uncertainty)

    states = [(0.0, UPS), (570.0, DOWNS)]
    assert lost(states, edges=[edge(0)]).uncertainty == 60
    assert lost(states, edges=[edge(300)]).uncertainty == 300


def test_late_evidence_tells_what_an_away_gateway_hid() -> None:
    """The timeline is asked as it is known now: the gap was folded anew, the line was down before the gateway."""
    found = lost([(0, UPS), (575, DOWNS), (900, UPS)])
    assert (found.cause, found.took) == ("down", 25)


def test_an_episode_that_is_still_open() -> None:
    found = Told({"p": [(0, UPS), (570, DOWNS)]}).episodes(went(600))
    assert spans(found) == [(600, None)]


def test_the_newest_comes_first_over_all_sites() -> None:
    events = [went(600), back(1200), went(1800), went(900, site="other"), back(960, site="other")]
    found = Told({"p": [(0, UPS)]}).episodes(*reversed(events))
    assert [(e.site_id, e.began - T0) for e in found] == [("site", 1800), ("other", 900), ("site", 600)]


@pytest.mark.parametrize(
    ("start", "end", "inside"),
    [(0, 2000, True), (700, 800, True), (600, 600, True), (1100, 2000, True), (1200, 2000, False), (0, 599, False)],
)
def test_a_range_has_what_began_in_it_or_ran_on_into_it_uncut(start: float, end: float, inside: bool) -> None:
    found = Told({"p": [(0, UPS), (570, DOWNS)]}).episodes(went(600), back(1200), start=start, end=end)
    assert spans(found) == ([(600, 1200)] if inside else [])


def test_an_episode_that_ran_on_past_the_range_keeps_its_end() -> None:
    told = Told({"p": [(0, UPS), (570, DOWNS)]})
    assert spans(told.episodes(went(600), back(5000), start=0, end=1000)) == [(600, 5000)]


# Several primaries, roles that change


TWO = ((-1e9, ("p", "q")),)


@pytest.mark.parametrize(
    ("p", "q", "primary", "cause"),
    [
        ([(0, UPS), (100, DOWNS)], [(0, UPS), (590, AWAYS)], "q", "away"),  # the last one lost
        ([(0, UPS)], [(0, UPS), (590, DOWNS)], "q", "down"),  # lost just now, while the other was up and not used
        ([(-DAY, UPS), (-7200, DOWNS)], [(0, UPS)], "q", "switched"),  # lost hours ago: the other one carried
        ([(-DAY, UPS), (-7200, DOWNS)], [(-DAY, DOWNS)], "p", "down"),
        ([], [(0, DOWNS)], "p", "unknown"),  # nothing to choose by: the first
    ],
)
def test_of_several_primaries_the_one_that_was_lost(p: list[Change], q: list[Change], primary: str, cause: str) -> None:
    (found,) = Told({"p": p, "q": q}, TWO).episodes(went(600), back(1200))
    assert (found.primary_id, found.cause) == (primary, cause)


def test_the_role_of_then_counts() -> None:
    """At 3000 `q` becomes primary instead of `p`: what was before stays `p`'s, what comes after is `q`'s."""
    told = Told(
        {"p": [(0, UPS), (580, DOWNS), (1200, UPS)], "q": [(0, UPS), (5930, DOWNS)]},
        [(-1e9, ("p",)), (3000, ("q",))],
    )
    later, earlier = told.episodes(went(600, "q"), back(1200), went(6000, "p"), back(7000, "q"))
    assert (earlier.primary_id, earlier.active_id, earlier.took) == ("p", "q", 20)
    assert (later.primary_id, later.active_id, later.took) == ("q", "p", 70)


def test_a_role_that_changes_is_a_switch_of_its_own() -> None:
    """The file makes an idle circuit primary: the site runs without it from that poll on, and nothing was lost."""
    told = Told({"p": [(0, UPS)], "q": [(0, UPS)]}, [(-1e9, ("p",)), (600, ("q",))])
    (found,) = told.episodes(went(600, "p"))
    assert (found.primary_id, found.active_id, found.cause) == ("q", "p", "switched")


def test_a_site_whose_roles_are_not_known() -> None:
    (found,) = Told({}, ()).episodes(went(600), back(1200))
    assert (found.primary_id, found.cause, math.isnan(found.took)) == ("", "unknown", True)


def test_a_loss_before_the_last_return_is_not_the_reason() -> None:
    """Back on `q` at 550; `p`, lost at 100, is not what failed then."""
    told = Told({"p": [(0, UPS), (100, DOWNS)], "q": [(0, DOWNS), (500, UPS), (590, DOWNS)]}, TWO)
    found = told.episodes(went(160), back(550, "q"), went(600))[0]
    assert (found.primary_id, found.took) == ("q", 10)
    told = Told({"p": [(0, UPS), (100, DOWNS)]})  # nor when the timeline does not know of the return
    found = told.episodes(went(160), back(550), went(600))[0]
    assert (found.cause, math.isnan(found.took)) == ("down", True)


# Events that nobody was there to write


def test_an_end_that_was_never_written_is_when_the_primary_was_up_again() -> None:
    told = Told({"p": [(0, UPS), (570, DOWNS), (900, UPS), (5970, DOWNS)]})
    found = told.episodes(went(600), went(6000))
    assert spans(found) == [(6000, None), (600, 900)]
    assert [e.took for e in found] == [30, 30]


def test_a_switch_whose_end_was_never_written_lasted_at_most_until_the_next() -> None:
    assert spans(Told({"p": [(0, UPS)]}).episodes(went(600), went(6000))) == [(6000, None), (600, 6000)]
    found = Told({"p": [(0, UPS), (5970, DOWNS)]}).episodes(went(600), went(6000))
    assert spans(found) == [(6000, None), (600, 5970)]
    assert found[0].took == 30


def test_a_primary_that_was_never_up_in_between_never_took_over_again() -> None:
    """Begun anew after a silence: one episode."""
    found = Told({"p": [(0, UPS), (570, DOWNS), (7000, UPS)]}).episodes(went(600), went(6000), back(7060))
    assert spans(found) == [(600, 7060)]


def test_a_begin_that_was_never_written_is_when_the_primary_was_lost() -> None:
    """Nobody polled at 5000; the first poll after that writes nothing, the end is seen."""
    told = Told({"p": [(0, UPS), (570, DOWNS), (1100, UPS), (5000, DOWNS), (8000, UPS)]})
    newest, oldest = told.episodes(went(600), back(1200), back(8040))
    assert spans([newest, oldest]) == [(5000, 8040), (600, 1200)]
    assert (newest.active_id, newest.cause, newest.lost_at - T0) == ("", "down", 5000)
    assert math.isnan(newest.took)


def test_a_failover_from_before_the_first_poll_is_known_since_then() -> None:
    (found,) = Told({"p": [(60, DOWNS), (900, UPS)]}, watched_since=60).episodes(back(960))
    assert (spans([found]), found.cause, math.isnan(found.lost_at)) == ([(60, 960)], "down", True)


def test_an_end_of_which_no_begin_can_be_told_says_nothing() -> None:
    told = Told({"p": [(0, UPS)]}, watched_since=0)
    assert told.episodes(back(960)) == ()
    assert spans(told.episodes(went(600), back(900), back(960))) == [(600, 900)]


def test_an_open_episode_of_a_site_whose_primary_is_active_is_over() -> None:
    """Killed before the end could be written, and begun anew without memory."""
    told = Told({"p": [(0, UPS), (570, DOWNS), (2000, UPS)]}, home=2040)
    assert spans(told.episodes(went(600))) == [(600, 2040)]
    told.home = 300  # it has been active since before: of another circuit, or an old word
    assert spans(told.episodes(went(600))) == [(600, None)]


def test_an_open_episode_of_a_site_that_is_gone_is_over() -> None:
    gone = Edge(circuit_id="p", event_time=T0 + 2900, state=UNKNOWN, known_at=T0 + 3000, source="gone")
    again = msgspec.structs.replace(gone, event_time=T0 + 4000, known_at=T0 + 4000, source="poll", state=UPS)
    told = Told({"p": [(0, UPS), (570, DOWNS)]}, [(-1e9, ("p",)), (3000, ())], [gone])
    assert spans(told.episodes(went(600))) == [(600, 3000)]
    told.primaries = [(-1e9, ("p",)), (3000, ("q",))]  # it has another primary now, which is not active yet
    assert spans(told.episodes(went(600))) == [(600, None)]
    told.primaries, told.edges = [(-1e9, ("p",)), (3000, ())], [gone, again]
    assert spans(told.episodes(went(600))) == [(600, None)]


# Polls, events and timelines as the rules have them (docs/values.md)


def test_an_outage_seen_by_polls_and_port_events() -> None:
    """The port went down 17 s before the poll that found the standby active, and the event says so."""
    case = Case(CIRCUIT, msgspec.structs.replace(CIRCUIT, circuit_id="d", circuit_no=1, port_id="q", role=Role.BACKUP))
    standby = UP | {"active": 0.0}
    polls = [
        case.poll(0, rows={"c": UP, "d": standby}),
        case.poll(60, rows={"c": DOWN, "d": UP}, events=[(43, False)]),
        case.poll(120, rows={"c": DOWN, "d": UP}),
        case.poll(180, rows={"c": standby, "d": UP}),
        case.poll(240, rows={"c": UP, "d": standby}),
        case.poll(300, rows={"c": standby, "d": UP}),
    ]

    def lines(circuit_id: str, start: float, end: float) -> list[Stretch]:
        return [Stretch(*s) for s in case.reference.timeline(circuit_id, start, end, 1e12)]

    evidence = Evidence(
        T0 + 300, lines, lambda site, at: [c.circuit_id for c in case.inventory.circuits if c.role == Role.PRIMARY],
        lambda at: 60.0, T0, case.edges,
    )  # fmt: skip
    found = episodes([f for p in polls for f in p.failovers], Range(T0, T0 + 300), evidence)
    assert [(e.began - T0, e.active_id, e.cause) for e in found] == [(300, "d", "switched"), (60, "d", "down")]
    assert (found[1].ended, found[1].took, found[1].uncertainty) == (T0 + 240, 17, 60)


EVENTS = st.lists(st.tuples(st.integers(0, 40), st.booleans()), max_size=12)
STATES = st.lists(st.tuples(st.integers(-20, 45), st.sampled_from([UPS, DOWNS, AWAYS, UNKNOWN, DISABLED])), max_size=10)


@given(EVENTS, STATES, st.booleans(), st.integers(0, 40), st.integers(0, 40))
def test_episodes_of_a_site_never_overlap_and_ranges_only_choose(
    events: list[tuple[int, bool]], states: list[tuple[int, State]], two: bool, start: int, more: int
) -> None:
    line = sorted({60.0 * t: state for t, state in states}.items())
    told = Told({"p": line, "q": [(0, UPS)]}, TWO if two else ((-1e9, ("p",)),), watched_since=0)
    written = [went(60.0 * t) if began else back(60.0 * t) for t, began in sorted(dict(events).items())]
    found = told.episodes(*written)
    assert repr(told.episodes(*reversed(written))) == repr(found)
    oldest_first = spans(found)[::-1]
    for (began, ended), (then, _) in pairwise(oldest_first):
        assert ended is not None
        assert began <= ended <= then
    for episode in found:
        assert math.isnan(episode.took) or (episode.took >= 0 and episode.took == episode.began - episode.lost_at)
        assert (episode.cause == "switched") <= math.isnan(episode.lost_at)
    begins = sum(began for _, began in dict(events).items())
    assert len([e for e in found if e.active_id]) <= begins
    part = told.episodes(*written, start=60.0 * start, end=60.0 * (start + more))
    assert spans(part) == [
        (began, ended)
        for began, ended in spans(found)
        if began <= 60.0 * (start + more) and (began >= 60.0 * start or ended is None or ended > 60.0 * start)
    ]
