"""A closed month that changes: what was said is kept, what is learned too late changes nothing (facts 6, lateness)."""

from __future__ import annotations

from msgspec.structs import replace

from noctui.model.edges import Edge
from noctui.model.sla import Planned
from noctui.model.verdicts import Outcome
from noctui.model.words import State
from noctui.sla.evaluate import evaluate
from noctui.sla.evidence import Evidence
from noctui.sla.versions import too_late, versions
from tests.sla.scenes import DAY, HOUR, MINUTE, PROMISE, SERVICE, at, edge, line, period, work

APRIL = period()
NIGHT = ("04-10 06:00", "04-10 10:00")
CUT = line([("04-10 06:05", "04-10 07:05")])


def found(edges: tuple[Edge, ...], *works: Planned, now: str = "05-20 00:00") -> list[tuple[int, int, Outcome]]:
    """(version, counted, outcome) of all versions."""
    told = versions(PROMISE, SERVICE, APRIL, Evidence(edges, works), at(now))
    return [(v.version, v.counted, v.outcome) for v in told]


def late_down(learned: str) -> Edge:
    """That it was down from 12:00 to 13:00 on the 15th, learned later."""
    return replace(edge(at("04-15 12:00"), State.DOWN, at(learned)), until=at("04-15 13:00"))


def test_a_month_that_nothing_changes_has_one_version_after_a_day() -> None:
    assert found(CUT, work(NIGHT), now="05-01 23:59") == []
    assert found(CUT, work(NIGHT), now="05-02 00:00") == [(1, 0, Outcome.MET)]
    assert found(CUT, work(NIGHT)) == [(1, 0, Outcome.MET)]


def test_a_window_cancelled_after_the_month_scores_it_anew() -> None:
    cancelled = work(NIGHT, status="CANCELLED", announced="05-04 00:00")
    assert found(CUT, work(NIGHT), cancelled) == [(1, 0, Outcome.MET), (2, HOUR, Outcome.BROKEN)]
    assert found(CUT, work(NIGHT), cancelled, now="05-03 00:00") == [(1, 0, Outcome.MET)]


def test_what_is_learned_within_a_day_is_in_the_first_version() -> None:
    assert found((*line(), late_down("05-01 20:00"))) == [(1, HOUR, Outcome.BROKEN)]


def test_what_is_learned_within_a_week_makes_a_second_one() -> None:
    assert found((*line(), late_down("05-07 20:00"))) == [(1, 0, Outcome.MET), (2, HOUR, Outcome.BROKEN)]


def test_what_is_learned_later_changes_nothing_and_is_told() -> None:
    edges = (*line(), late_down("05-08 00:01"))
    assert found(edges) == [(1, 0, Outcome.MET)]
    assert too_late(APRIL, Evidence(edges), at("05-20 00:00")) == 1
    assert too_late(APRIL, Evidence(edges), at("05-08 00:00")) == 0


def test_what_happens_afterwards_is_no_news_of_the_month() -> None:
    assert found((*CUT, *line([("05-03 00:00", "05-03 12:00")])[1:]), work(NIGHT)) == [(1, 0, Outcome.MET)]


def test_an_outage_over_the_end_belongs_to_the_month_by_its_part() -> None:
    assert found(line([("04-30 23:50", "05-01 06:00")])) == [(1, 10 * MINUTE, Outcome.MET)]


def test_what_was_known_then_can_be_asked_again() -> None:
    """The same evidence, and more that was learned since: asked as of then, it is the same verdict."""
    then = at("04-20 00:00")
    before = Evidence(CUT, (work(NIGHT),))
    since = Evidence(
        (*CUT, late_down("05-03 00:00")), (work(NIGHT), work(NIGHT, status="CANCELLED", announced="05-04 00:00"))
    )
    assert evaluate(PROMISE, SERVICE, APRIL, before, then) == evaluate(PROMISE, SERVICE, APRIL, since, then)


def test_asked_from_within_a_silence_nobody_has_seen_what_came_after_its_begin() -> None:
    """The last poll as 29 April begins, the next on 5 May: when April is closed its last two days are unknown."""
    silent = Evidence(line(), silences=((at("04-29 00:00"), at("05-05 00:00")),))
    before, within, after = (silent.known(at(time)) for time in ("04-28 00:00", "05-02 00:00", "05-05 00:00"))
    assert before.watched_until == at("04-28 00:00")
    assert within.watched_until == at("04-29 00:00")
    assert after.watched_until == at("05-05 00:00")
    (first,) = versions(PROMISE, SERVICE, APRIL, silent, at("05-02 00:00"))
    assert (first.outcome, first.unknown) == (Outcome.UNSURE, 2 * DAY)
