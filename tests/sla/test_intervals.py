"""Sets of seconds, held to plain sets of integers."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noctui.sla.intervals import Spans, at_least, common, first, inside, passing, total, union, without

SPANS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=8).map(union)


def seconds(spans: Spans) -> set[int]:
    return {s for start, end in spans for s in range(start, end)}


def canonical(spans: Spans) -> bool:
    """Ordered, nothing empty, nothing touching."""
    return all(a < b for a, b in spans) and all(x[1] < y[0] for x, y in pairwise(spans))


@given(SPANS, SPANS)
def test_they_are_sets(one: Spans, other: Spans) -> None:
    a, b = seconds(one), seconds(other)
    for found, expected in ((union(one, other), a | b), (common(one, other), a & b), (without(one, other), a - b)):
        assert seconds(found) == expected
        assert canonical(found)
    assert total(one) == len(a)


@given(SPANS, st.integers(0, 70))
def test_the_first_so_many_seconds(spans: Spans, count: int) -> None:
    ordered = sorted(seconds(spans))
    assert seconds(first(spans, count)) == set(ordered[:count])
    at = passing(spans, count)
    assert at == (ordered[count] if count < len(ordered) else None)


@given(st.lists(SPANS, max_size=4), st.integers(1, 3))
def test_seconds_in_several_at_once(parts: list[Spans], count: int) -> None:
    found = at_least(parts, count)
    assert seconds(found) == {s for s in range(60) if sum(s in seconds(p) for p in parts) >= count}
    assert canonical(found)


def test_worked() -> None:
    assert union([(600, 1800), (1200, 3000), (3000, 3060), (5, 5)]) == ((600, 3060),)
    assert without(((0, 100),), ((20, 30), (90, 200))) == ((0, 20), (30, 90))
    assert first(((0, 60), (100, 200)), 90) == ((0, 60), (100, 130))
    assert inside(((0, 100),), 50, 50) == ()
    with pytest.raises(ValueError, match="at least 1"):
        at_least([], 0)
