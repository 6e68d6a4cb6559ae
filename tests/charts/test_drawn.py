"""What stands in the cells of each kind of chart, over the sample night."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noctui.charts.cells import apart
from noctui.charts.dist import binned
from noctui.charts.draw import draw, is_empty
from noctui.charts.heat import shade
from noctui.charts.kinds import BOX, DIST, HEAT, KINDS, LINE, MANY, MEASURES
from noctui.charts.many import draw_many
from noctui.charts.paper import Paper
from noctui.charts.wish import Boxes, Distribution, Heat, Many, One, Samples
from noctui.model.scene import Range
from noctui.model.words import State
from tests.charts.pages import EIGHT, found, page, texts, wish

IDS = {LINE: EIGHT[:1], HEAT: EIGHT[:1], BOX: EIGHT[:1], MANY: EIGHT, DIST: ()}
SIZES = [(24, 10), (40, 12), (80, 24), (120, 40), (200, 60)]


@pytest.mark.parametrize("ascii", [False, True])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("measure", ["util", "loss", "mos", "rx_bps"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_chart_fits_into_its_room(kind: str, measure: str, size: tuple[int, int], ascii: bool) -> None:
    lines = texts(page(wish(kind, measure, ids=IDS[kind]), *size, ascii))
    assert 0 < len(lines) <= size[1]
    assert max(map(len, lines)) <= size[0]


def test_the_line_takes_the_colour_of_the_threshold_it_lies_above() -> None:
    """The night: HOT stands at 93.4 % since 02:55, and was below 60 before."""
    roles = {role for line in page(wish(), 120, 40)[3:-2] for sign, role in apart(line) if "⠀" <= sign <= "⣿"}
    assert {"graph", "warn", "high", "crit"} <= roles
    calm = {
        role for line in page(wish(ids=EIGHT[1:2]), 120, 40)[3:-2] for sign, role in apart(line) if "⠀" <= sign <= "⣿"
    }
    assert calm <= {"graph", "graph@gap", "graph@outage"}


def test_an_outage_has_no_line_but_a_mark_and_a_ground_through_all_rows() -> None:
    """SCREENS 5: outage over gap; a band covers every column that it touches."""
    one = found(wish())
    assert isinstance(one, One)
    assert {State.DOWN, State.UNKNOWN} <= {s.state for s in one.timeline}
    lines = draw(one, MEASURES["util"], Paper(100, 20))
    marks = apart(lines[0])
    down = [i for i, (sign, _) in enumerate(marks) if sign == "▼"]
    assert down
    for line in lines[1:-2]:
        cells = apart(line)
        assert all(cells[i][1].endswith("@outage") for i in down)
    middle = [i for i in down if i - 1 in down and i + 1 in down]
    assert middle
    assert all(not "⠀" <= apart(line)[i][0] <= "⣿" for line in lines[1:-2] for i in middle)
    unknown = [i for i, (sign, _) in enumerate(marks) if sign == "?"]
    assert unknown
    assert all(apart(lines[3])[i][1].endswith("@gap") for i in unknown)


def test_numbers_at_the_end_of_lines_stand_in_rows_of_their_own() -> None:
    """Eight lines that end at the same value are still told apart."""
    times = np.arange(60.0, 3660.0, 60.0)
    same = tuple(
        Samples(str(i), Range(0, 3600), times, np.full(60, 60, np.float32), np.full(60, 50, np.float32))
        for i in range(8)
    )
    lines = draw_many(Many(same, (), Range(0, 3600)), MEASURES["util"], Paper(60, 14))
    ends = [line[-4:].strip() for line in texts(lines)[1:-2]]
    assert sorted(e for e in ends if e) == [str(i + 1) for i in range(8)]


@given(st.lists(st.floats(0, 5e10) | st.just(float("nan")), max_size=200), st.sampled_from(sorted(MEASURES)),
       st.integers(24, 200))  # fmt: skip
def test_every_known_circuit_stands_in_exactly_one_bar(values: list[float], name: str, columns: int) -> None:
    measure = MEASURES[name]
    spread = Distribution(np.array(values, np.float64), (), None)
    bins = binned(spread, measure, columns)
    assert int(bins.counts.sum()) == len(spread.known)
    for i, count in enumerate(bins.counts.tolist()):
        inside = (spread.known >= bins.edges[i]) & (spread.known < bins.edges[i + 1])
        assert count == int(inside.sum())


def test_bars_take_the_colour_of_the_threshold_that_all_of_them_reaches() -> None:
    roles = {role for line in page(wish(DIST, ids=()), 120, 40)[3:-2] for sign, role in apart(line) if sign == "⣿"}
    assert {"graph", "crit"} <= roles


def test_one_circuit_among_thousands_is_still_to_be_seen() -> None:
    values = np.concatenate([np.full(9_999, 3.0), [97.0]])
    lines = draw(Distribution(values, (70, 80, 90), None), MEASURES["util"], Paper(80, 20))
    assert any(role == "crit" and sign != "1" for line in lines for sign, role in apart(line))


@given(st.floats(0, 1e6), st.floats(1e-3, 1e6))
def test_a_shade_is_never_paler_than_that_of_a_lower_value(value: float, top: float) -> None:
    order = "·░▒▓█"
    assert order.index(shade(value, top, False)) >= order.index(shade(value / 2, top, False))


def test_a_quiet_line_stays_pale() -> None:
    """2 % is not drawn as if it were full: the darkest shade is at least a fifth of the scale."""
    values = np.full((7, 24), 2.0)
    heat = Heat(_none(), values, np.ones((7, 24), np.int64), (70, 80, 90))
    assert all("█" not in line and "▓" not in line for line in texts(draw(heat, MEASURES["util"], Paper(80, 20)))[:-1])


def test_hours_that_are_not_known_are_blank() -> None:
    values = np.full((7, 24), np.nan)
    values[0, 0] = 42
    lines = texts(draw(Heat(_none(), values, np.zeros((7, 24), np.int64), ()), MEASURES["util"], Paper(80, 20)))
    assert lines[1].startswith(" Mon┤42 ")
    assert all(line[5:].isspace() for line in lines[2:14])


def _none() -> Samples:
    nothing = np.empty(0, np.float32)
    return Samples("c", Range(0, 1), np.empty(0), nothing, nothing)


@pytest.mark.parametrize("empty", [
    One(_none(), (), ()), Heat(_none(), np.full((7, 24), np.nan), np.zeros((7, 24), np.int64), ()),
    Boxes(_none(), ("a",), np.full((1, 5), np.nan), "day", ()), Many((_none(),), (), Range(0, 1)),
    Distribution(np.full(3, np.nan), (), None),
], ids=lambda f: type(f).__name__)  # fmt: skip
def test_nothing_known_is_no_picture(empty: One | Heat | Boxes | Many | Distribution) -> None:
    """Unknown is never drawn as 0."""
    assert is_empty(empty)
    assert draw(empty, MEASURES["util"], Paper(80, 20)) == []
