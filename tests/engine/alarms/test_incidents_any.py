"""What holds for incidents of any alarms: no alarm in two, the same input the same result, no matter the order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from noctui.engine.alarms.incidents import Correlated
from noctui.model.alarms import Alarm
from tests.engine.alarms.cuts import CARRIERS, REGIONS, T0, Cut, chain, ids

WORLD = chain(8)


@dataclass(frozen=True)
class Step:
    """What happens in a minute: a part of a carrier's circuits in a region (or anywhere) is lost or back."""

    carrier: str
    region: str
    share: float
    back: bool
    type: str
    late: float  # the losses were so long ago


_step = st.builds(
    Step, st.sampled_from(["", *CARRIERS[:3]]), st.sampled_from(["", *REGIONS[:2]]), st.sampled_from([0.05, 0.5, 1.0]),
    st.booleans(), st.sampled_from(["down", "away", "no_path", "no_data"]), st.sampled_from([0.0, 40.0, 700.0, 5000.0]),
)  # fmt: skip
_story = st.lists(st.tuples(_step, st.sampled_from([60.0, 60.0, 400.0, 2000.0])), min_size=1, max_size=9)


def replay(story: list[tuple[Step, float]], seed: int) -> tuple[Cut, list[tuple[Correlated, dict[str, Alarm]]]]:
    """The story told to new incidents; the order of alarms in each poll is drawn by `seed`."""
    cut, found, t = Cut(WORLD), [], 0.0
    order = np.random.default_rng(seed)
    for step, wait in story:
        t += wait
        those = ids(WORLD, step.carrier, step.region)
        those = those[: max(1, int(step.share * len(those)))]
        if step.back:
            cut.back(those)
        else:
            lost = {c for a in cut.open.values() for c in a.circuit_ids}
            cut.lose([c for c in those if c not in lost], t - step.late, step.type, spread=50)
        alarms = list(cut.open.values())
        order.shuffle(alarms)
        cut.found = cut.incidents.correlate(alarms, cut.view, T0 + t)
        found.append((cut.found, dict(cut.open)))
    return cut, found


@settings(max_examples=40)
@given(_story, st.integers(0, 9))
def test_the_same_input_gives_the_same_incidents_whatever_the_order(story: list[tuple[Step, float]], seed: int) -> None:
    assert [f for f, _ in replay(story, 0)[1]] == [f for f, _ in replay(story, seed)[1]]


@settings(max_examples=40)
@given(_story)
def test_counts_numbers_and_members_agree(story: list[tuple[Step, float]]) -> None:
    ended: set[int] = set()
    for found, alarms in replay(story, 0)[1]:
        open_ones = {i.alarm_id: i for i in found.incidents if i.open}
        numbers = [i.number for i in found.incidents]
        assert len(set(numbers)) == len(numbers)
        assert not ended.intersection(i.number for i in found.incidents)
        ended.update(i.number for i in found.incidents if not i.open)
        assert set(found.parent) <= set(alarms)
        assert set(found.parent.values()) <= set(open_ones)
        for incident in open_ones.values():
            mine = [a for i, a in alarms.items() if found.parent.get(i) == incident.alarm_id]
            assert incident.open_members == len({c for a in mine for c in a.circuit_ids}) <= incident.members
            assert incident.severity == min((a.severity for a in mine), default=incident.severity)
            assert incident.opened <= min((a.opened for a in mine), default=incident.opened)
            assert incident.sites == len({a.site_id for a in mine})
            assert incident.members >= 5
            assert incident.text
            assert incident.evidence


@settings(max_examples=40)
@given(_story)
def test_when_all_is_back_each_incident_ends_once(story: list[tuple[Step, float]]) -> None:
    cut, _ = replay(story, 0)
    before = {i.number for i in cut.found.incidents if i.open}
    cut.open = {}
    t = 60.0 + sum(wait for _, wait in story)
    ends = [i.number for minute in range(8) for i in cut.poll(t + 60 * minute) if not i.open]
    assert sorted(ends) == sorted(before)
    assert cut.poll(t + 600) == []
