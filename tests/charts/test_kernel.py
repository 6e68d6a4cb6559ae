"""plotext draws into cells of roles: their places are exact, and none of its own escape codes is left."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noctui.charts.cells import apart, joined, written
from noctui.charts.figure import Bar, Curve, Figure, Rule, Stroke, Text
from noctui.charts.kernel import draw
from tests.examples import some


def figure(columns: int = 40, rows: int = 8) -> Figure:
    x = (np.arange(2 * columns) + 0.5) / 2
    return Figure(
        columns, rows, 100.0, (Rule(90.0, "crit"), Curve(x, 50 + 40 * np.sin(x), "graph"), Text(0.5, 10, "1", "hi")),
        ((0, "0"), (50, "50"), (100, "100")), ((90, "90", "crit"),), ((0, "03:00"), (20, "Nov 23")), 4, 3,
    )  # fmt: skip


@settings(max_examples=some(25), deadline=None)
@given(st.integers(4, 120), st.integers(3, 30), st.booleans())
def test_every_line_has_all_its_cells_and_nothing_but_signs(columns: int, rows: int, ascii: bool) -> None:
    drawn = draw(figure(columns, rows), ascii)
    assert len(drawn) == rows + 2
    for line in drawn:
        text = written(line)
        assert len(text) == columns + 8
        assert "\x1b" not in text
        assert not ascii or text.isascii()


def test_a_dot_stands_in_its_column_and_row_and_has_its_role() -> None:
    """x counts cells from the left; y = 0 is the floor's lower edge, the top the upper edge of the first row."""
    for column, row in ((0, 0), (7, 3), (19, 9)):
        y = (9 - row + 0.5) * 10
        drawn = draw(Figure(20, 10, 100.0, (Curve(np.array([column + 0.25]), np.array([y]), "accent"),)))
        inked = [
            (x - 5, at)
            for at, line in enumerate(drawn[:10])
            for x, (_, role) in enumerate(apart(line))
            if role == "accent"
        ]
        assert inked[0] == (column, row)


def test_a_figure_is_drawn_alike_whatever_was_drawn_before() -> None:
    first = draw(figure())
    draw(Figure(90, 30, 5.0, (Bar(1, 8, 0, 3, "high"), Stroke(0, 0, 90, 5, "dim"))), ascii=True)
    assert draw(figure()) == first


def test_threads_do_not_draw_into_each_other() -> None:
    wanted = [figure(20 + n, 5 + n % 7) for n in range(12)]
    alone = [draw(f) for f in wanted]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(draw, wanted)) == alone


def test_nothing_is_written_to_the_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    draw(figure())
    draw(Figure(4, 3, 1.0, ()))
    assert capfd.readouterr() == ("", "")


@given(st.lists(st.tuples(st.text(max_size=5), st.sampled_from(["text", "crit", "dim@gap"])), max_size=8))
def test_cells_put_together_again_are_the_line(line: list[tuple[str, str]]) -> None:
    again = joined(apart(tuple(line)))
    assert apart(again) == apart(tuple(line))
    assert all(a[1] != b[1] for a, b in itertools.pairwise(again))
