"""What must hold in every story, and that stories hold what they are for."""

from __future__ import annotations

import math
from collections import Counter

from hypothesis import given, settings

from noctui.model.words import Metric, State
from tests.examples import some
from tests.reference.painting import paint
from tests.reference.reference import Reference
from tests.reference.strategies import Story, random_story, small_stories, stories


def test_a_seed_tells_one_story_and_a_shorter_one_begins_it() -> None:
    """So that a failing story can be told again and cut."""
    long, short = random_story(7, 4, 20), random_story(7, 4, 12)
    told = [(Reference(), story) for story in (long[:12], short)]
    first, second = ([ref.poll(*turn) for turn in story] for ref, story in told)
    assert repr(first) == repr(second)


def test_stories_hold_what_goes_wrong() -> None:
    """Each source of an edge, each state, gaps refolded, rejected rates, failovers, levels held, silence."""
    seen: Counter[str] = Counter()
    for seed in range(12):
        reference = Reference()
        for poll, inventory in random_story(seed, 8, 40):
            told = reference.poll(poll, inventory)
            seen.update(edge.source for edge in told.edges)
            seen.update(edge.state.name for edge in told.edges)
            seen["down through a gap"] += sum(edge.evidence != "" for edge in told.edges)
            firsts = (e for e in told.edges if reference.circuits[e.circuit_id].ledger.edges[0] is e)
            seen["before anybody looked"] += sum(edge.event_time < poll.at for edge in firsts)
            seen["failover over"] += sum(not failover.began for failover in told.failovers)
            seen["failover unseen"] += sum(reference.moved[i] > site.failed_over for i, site in told.sites.items())
            seen["rejected"] += told.rejected
            seen["failover"] += len(told.failovers)
            seen["silent"] += told.silent
            seen["dark"] += sum(site.dark for site in told.sites.values())
            for cid, circuit in told.circuits.items():
                life = reference.circuits[cid]
                seen["event over sample"] += life.by_word()
                seen["late repaint"] += bool(life.edges) and all(edge.until is not None for edge in life.edges)
                seen["since an earlier edge"] += bool(life.edges) and circuit.since < math.floor(life.ledger.began)
                seen["held level"] += circuit.valid > 128 and circuit.levels > circuit.raw_levels
                seen["no path"] += circuit.no_path
                seen[circuit.quality.name] += 1
    wanted = ("poll", "event", "port", "gateway", "stale", "refold", "gone", "rejected", "failover", "silent", "dark",
              "down through a gap", "before anybody looked", "failover over", "failover unseen", "event over sample",
              "late repaint", "since an earlier edge",
              "held level", "no path", "PORT", "PEERS", *(state.name for state in State))  # fmt: skip
    assert {name: seen[name] for name in wanted if seen[name] < 5} == {}


def holds(story: Story) -> None:
    """Invariants at every poll."""
    reference = Reference()
    for poll, inventory in story:
        told = reference.poll(poll, inventory)
        assert set(told.circuits) == set(inventory.circuit_row)
        assert all(edge.known_at == poll.at and edge.event_time <= poll.at for edge in told.edges)
        assert all(edge.uncertainty >= 0 for edge in told.edges)
        for cid, circuit in told.circuits.items():
            life = reference.circuits[cid]
            assert life.ledger.painted == paint(life.ledger.edges)
            assert reference.timeline(cid, poll.at, poll.at + 1) == [(poll.at, poll.at + 1, circuit.state)]
            assert circuit.since <= poll.at
            assert math.isnan(circuit.avail_24h) or 0 <= circuit.avail_24h <= 100
            if circuit.state in (State.DOWN, State.AWAY, State.DISABLED):
                assert math.isnan(circuit.rx_bps)
                assert circuit.levels == 0
    for by_metric in reference.above(3).values():
        for metric in Metric:
            above = by_metric[metric]
            totals = [above.known, *(above.levels[level][0] for level in (1, 2, 3))]
            assert totals == sorted(totals, reverse=True)
            assert all(longest <= total <= 10_800 for total, longest in above.levels.values())


@settings(max_examples=some(25), deadline=None, derandomize=True)
@given(stories(max_circuits=6, max_polls=20))
def test_every_story_holds(story: Story) -> None:
    holds(story)


@settings(max_examples=some(60), deadline=None, derandomize=True)
@given(small_stories())
def test_every_small_story_holds(story: Story) -> None:
    holds(story)


@settings(max_examples=some(25), deadline=None, derandomize=True)
@given(small_stories())
def test_what_was_known_then_stays_known(story: Story) -> None:
    """docs/values.md 4: later edges do not change the timeline as known at an earlier poll."""
    reference = Reference()
    then: list[tuple[float, str, list[tuple[float, float, State]]]] = []
    for poll, inventory in story:
        reference.poll(poll, inventory)
        start, end = story[0][0].at, poll.at + 60
        then += [(poll.at, c.circuit_id, reference.timeline(c.circuit_id, start, end)) for c in inventory.circuits]
    for known_at, cid, line in then:
        assert reference.timeline(cid, story[0][0].at, known_at + 60, known_at) == line
