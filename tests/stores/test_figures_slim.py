"""Stretches joined slim have the digits of `kpi.accounts`, whatever they are cut into."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from noctui.kpi.accounts import all_joined, nothing, with_states
from noctui.kpi.hourly import FIVE
from noctui.model.figures import GAUGES, Accounts
from noctui.stores.history.figures_parts import CUT, pieces
from noctui.stores.history.figures_slim import full, slim, together, unknown

ROWS = 4


def stretch(rng: np.random.Generator) -> Accounts:
    """Some rows above a threshold all the time, some at its beginning or end, some never."""
    length = int(rng.integers(1, 4)) * 1000
    a = nothing(ROWS, length)
    above = np.zeros((ROWS, 4, 3), np.int64)
    head, tail, longest = np.zeros_like(above), np.zeros_like(above), np.zeros_like(above)
    for row in range(ROWS):
        kind = rng.integers(0, 4)
        if kind == 1:
            above[row], head[row], tail[row], longest[row] = length, length, length, length
        elif kind == 2:
            above[row], head[row], longest[row] = 400, 300, 300
        elif kind == 3:
            above[row], tail[row], longest[row] = 500, 200, 300
    highest = rng.random((ROWS, len(GAUGES))).astype(np.float32)
    highest[rng.random(highest.shape) < 0.3] = np.nan
    known = rng.integers(0, length, (ROWS, len(GAUGES)))
    return Accounts(
        length, a.up, a.down, a.unknown, a.disabled, a.flaps, known, known * 7, highest, above, longest, head, tail
    )


@settings(deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 6), st.integers(0, 5))
def test_joining_slim_is_joining(seed: int, count: int, split: int) -> None:
    rng = np.random.default_rng(seed)
    parts = [stretch(rng) for _ in range(count)]
    expected = all_joined(parts, ROWS)
    small = [slim(part) for part in parts]
    cut = min(split, count - 1)
    first = [together(small[:cut])] if cut else []
    for found in (together(small), together([*first, together(small[cut:])])):
        whole = with_states(full(found), expected.up, expected.down, expected.disabled, expected.flaps)
        for f in fields(Accounts):
            np.testing.assert_array_equal(getattr(whole, f.name), getattr(expected, f.name), err_msg=f.name)


def test_an_unknown_stretch_ends_every_run() -> None:
    a = stretch(np.random.default_rng(1))
    always = Accounts(**{f.name: getattr(a, f.name) for f in fields(Accounts)} | {
        name: np.full((ROWS, 4, 3), a.length) for name in ("above", "longest", "head", "tail")
    })  # fmt: skip
    found = full(together([slim(always), unknown(ROWS, 500), slim(always)]))
    assert (found.above == 2 * a.length).all()
    assert (found.longest == a.length).all()
    assert (found.head == a.length).all()
    assert found.length == 2 * a.length + 500


@given(st.integers(0, 3599), st.integers(1, 3600))
def test_a_part_of_an_hour_is_cut_by_the_clock_alone(start: int, length: int) -> None:
    """So that one circuit and all, now and at the next poll, are put together from the same pieces."""
    end = min(start + length, 3600)
    found = pieces(float(start), float(end))
    assert [a for a, _ in found][1:] == [b for _, b in found][:-1]
    assert (found[0][0], found[-1][1]) == (start, end)
    for a, b in found:
        assert a // CUT == (b - 0.001) // CUT
        if a % FIVE:
            assert a // FIVE == (b - 0.001) // FIVE, "what begins inside a slot ends with it"
