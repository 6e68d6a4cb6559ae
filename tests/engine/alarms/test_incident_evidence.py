"""The arithmetic behind an incident, and which cause explains best."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noctui.engine.alarms.candidates import causes_of
from noctui.engine.alarms.evidence import CHANCE, outside, surprise, told_at_own_share, told_by_chance
from noctui.engine.alarms.identity import matched
from noctui.engine.alarms.places import places_of
from tests.engine.alarms.cuts import REGIONS, chain, ids

WORLD = chain(20)


@pytest.mark.parametrize(
    ("lost", "of", "expected"), [(36, 41, 291), (5, 41, 27), (5, 400, 16), (5, 2000, 8), (13, 2000, 33), (5, 187, 20)]
)
def test_the_worked_cases_of_the_evidence(lost: int, of: int, expected: int) -> None:
    assert round(float(surprise(lost, of, CHANCE))) == expected


@given(st.integers(1, 500), st.data())
def test_surprise_is_the_ratio_of_two_likelihoods(n: int, data: st.DataObject) -> None:
    k = data.draw(st.integers(0, n))
    q = data.draw(st.floats(1e-4, 0.9))
    ratio = float(told_at_own_share(k, n)) + float(surprise(k, n, q))
    by_q = -(k * math.log(q) + (n - k) * math.log1p(-q))
    assert ratio == pytest.approx(by_q if k / n > q else float(told_at_own_share(k, n)))
    assert float(surprise(k, n, q)) >= -1e-9


def test_a_group_that_is_empty_or_whole_costs_nothing_to_tell() -> None:
    assert told_at_own_share(np.array([0, 0, 41]), np.array([0, 7, 41])).tolist() == [0.0, 0.0, 0.0]
    assert float(told_by_chance(0, 0)) == 0.0


def test_the_others_are_never_less_than_chance_and_few_of_them_prove_little() -> None:
    assert float(outside(36, 41, 36, 10_000)) == CHANCE
    assert float(outside(36, 41, 37, 42)) == pytest.approx(0.75)
    assert float(outside(36, 41, 36, 41)) == pytest.approx(0.5)


@settings(max_examples=40)
@given(st.integers(0, 2**32), st.floats(0.0, 1.0), st.sampled_from(["Lumen", "AT&T"]), st.sampled_from(REGIONS))
def test_causes_never_share_a_circuit_and_tell_only_lost_ones(
    seed: int, noise: float, carrier: str, region: str
) -> None:
    count = len(WORLD.circuits)
    random = np.random.default_rng(seed)
    hit = random.random(count) < noise**4
    hit[[WORLD.circuit_row[c] for c in ids(WORLD, carrier, region)]] |= random.random(20) < 0.9
    nothing = np.zeros(count, np.bool_)
    found = causes_of(places_of(WORLD, 5), hit, ~nothing, nothing, 5)
    told = np.concatenate([g.hit for g in found]) if found else np.zeros(0, np.intp)
    assert len(set(told.tolist())) == len(told)
    assert hit[told].all()
    assert all(len(g.hit) >= 5 and set(g.hit.tolist()) <= set(g.population.tolist()) for g in found)


def test_chance_makes_no_incident() -> None:
    """Ten days of quarter hours; each of 10,008 circuits is lost with twice the chance that is reckoned with."""
    world = chain(417)
    places, random = places_of(world, 5), np.random.default_rng(7)
    nothing = np.zeros(len(world.circuits), np.bool_)
    many = random.binomial(len(nothing), 2 * CHANCE, 960)
    assert (many >= 5).sum() > 300
    for lost in many[many >= 5].tolist():
        hit = nothing.copy()
        hit[random.choice(len(nothing), lost, replace=False)] = True
        assert causes_of(places, hit, ~nothing, nothing, 5) == []


def test_the_largest_overlap_keeps_its_name() -> None:
    found = matched([set("abcd"), set("xyz")], {"one": set("ab"), "two": set("cxyz")}, 5)
    assert found.kept == ("one", "two")
    assert found.swallowed == {}


def test_of_two_that_are_one_now_the_larger_goes_on() -> None:
    found = matched([set("abcdef")], {"one": set("ab"), "two": set("cdef")}, 5)
    assert (found.kept, dict(found.swallowed)) == (("two",), {"one": 0})


def test_one_that_keeps_enough_of_its_own_is_not_swallowed() -> None:
    found = matched([set("abcdef")], {"one": set("abcdef"), "two": set("fuvwxyz")}, 5)
    assert (found.kept, dict(found.swallowed)) == (("one",), {})


def test_of_equals_the_older_goes_on() -> None:
    assert matched([set("abcd")], {"one": set("ab"), "two": set("cd")}, 5).kept == ("one",)
    assert matched([set("ab"), set("cdx")], {"one": set("abcd")}, 5).kept == ("", "one")
