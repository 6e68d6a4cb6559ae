"""The line of time: bars where windows are, conflicts over them, now, labels where there is room."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from noctui.model.notices import Window
from noctui.tui.look.signs import Signs
from noctui.tui.look.text import width
from noctui.tui.panes.work_timeline import DAY, HOUR, ZOOMS, Axis, bar, begin_of, title, words
from tests import night
from tests.night_works import at

WORKS = {w.maintenance.maintenance_id: w for w in night.view().works.works}
AXIS = Axis(at(0), at(0) + 36 * HOUR, 72, night.POLL)


def drawn(number: str, label: str = "", axis: Axis = AXIS, ascii_: bool = False) -> str:
    return "".join(text for text, _ in bar(WORKS[number], axis, label, Signs(ascii_)))


def test_half_an_hour_a_cell_as_in_the_sample() -> None:
    assert title(AXIS) == "00    now   06    09    12    15    18    21    Nov 24      06    09"
    assert words(AXIS) == "Nov 23 00:00 to Nov 24 12:00 UTC"
    assert drawn("CHG-20881", "splice, Topeka").rstrip() == "      ≡≡≡≡▲▲ splice, Topeka"
    assert drawn("29840117").rstrip() == "      │     ≡≡≡≡≡≡≡≡"
    assert drawn("FR-4471", "took 1h02m").rstrip() == "───── took 1h02m"


def test_several_windows_are_several_bars_and_what_is_called_off_has_none() -> None:
    assert drawn("MNT-55120").split() == ["│", "╌╌", "╌╌"]
    assert drawn("VZ-90233", "card swap").split() == ["│"]


def test_a_label_stands_before_the_bar_where_there_is_no_room_after_it() -> None:
    assert drawn("CM-7744", "node split").rstrip().endswith("node split ≡≡≡≡≡≡≡≡")


def test_every_sign_has_its_twin() -> None:
    assert all(drawn(number, "label", ascii_=True).isascii() for number in WORKS)
    assert drawn("CHG-20881", ascii_=True).rstrip() == "      ====!!"


def test_a_window_shorter_than_a_cell_still_has_one_and_one_outside_has_none() -> None:
    work = WORKS["CM-7744"]
    short = msgspec.structs.replace(
        work, maintenance=msgspec.structs.replace(work.maintenance, windows=(Window(start=at(9), end=at(9, 1)),))
    )
    assert "".join(t for t, _ in bar(short, AXIS, "", Signs())).count("≡") == 1
    assert "≡" not in drawn("CM-7744", axis=Axis(at(0), at(3), 40, night.POLL))


@given(
    st.integers(12, 200), st.floats(0, 40 * DAY), st.sampled_from(ZOOMS), st.text(max_size=40),
    st.sampled_from(sorted(WORKS)),
)  # fmt: skip
def test_a_line_is_as_wide_as_its_axis_whatever_it_holds(
    cells: int, moved: float, zoom: float, label: str, number: str
) -> None:
    start = at(0) - 20 * DAY + moved
    axis = Axis(start, start + zoom, cells, night.POLL)
    line = bar(WORKS[number], axis, label, Signs())
    assert sum(width(text) for text, _ in line) == cells
    assert width(title(axis)) <= cells


def test_an_axis_begins_so_that_now_is_on_it() -> None:
    for zoom in ZOOMS:
        begin = begin_of(night.POLL, zoom)
        assert begin <= night.POLL < begin + zoom
