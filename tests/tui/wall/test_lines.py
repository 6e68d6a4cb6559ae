"""The wall's page as lines: whatever its size and network, it fits; worked cases of what it says in large letters."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from noctui.model.view import View
from noctui.model.words import Severity
from noctui.tui.filter import Filter
from noctui.tui.look.signs import Signs
from noctui.tui.moment import Moment, Size, size_of
from noctui.tui.place import INCIDENTS, WALL, Place, wall_of
from noctui.tui.runs import width_of
from noctui.tui.screens.wall import page_lines
from noctui.tui.wall.boxes import Box, box_lines, boxes_of
from noctui.tui.wall.lists import regions_of, sites_of
from noctui.tui.wall.news import News, Watch
from noctui.tui.wall.told import told_of
from tests import night
from tests.tui.wall.landing import FINE, poll

VIEW = night.view(night.POLL)
UNICODE = Signs()


def moment(place: Place, wide: int, high: int, ascii_only: bool = False, grey: bool = False) -> Moment:
    scene = night.FakeScene(VIEW, night.STATUS)
    signs = Signs(ascii_only)
    return Moment(scene, night.NOW, size_of(wide, high + 2), place, Filter(), frozenset(), signs, grey)


@given(
    st.integers(40, 250), st.integers(8, 78), st.sampled_from([WALL, INCIDENTS, wall_of("Mountain"), wall_of("gone")]),
    st.booleans(), st.booleans(), st.booleans(),
)  # fmt: skip
@settings(deadline=None)
def test_a_page_fits_any_terminal(
    wide: int, high: int, place: Place, ascii_only: bool, grey: bool, fresh: bool
) -> None:
    news = News(Severity.DOWN, "Mid-Atlantic", FINE, 3) if fresh else None
    lines = page_lines(moment(place, wide, high, ascii_only, grey), wide, high, news)
    assert len(lines) <= high
    assert max(width_of(line) for line in lines) <= wide


@given(st.tuples(*[st.integers(0, 99_999)] * 4), st.integers(20, 250), st.sampled_from([5, 10]), st.booleans())
@settings(deadline=None)
def test_boxes_are_rows_of_one_width(numbers: tuple[int, ...], wide: int, rows: int, large: bool) -> None:
    boxes = tuple(Box(n, word, "crit") for n, word in zip(numbers, ("dark", "down", "critical", "away"), strict=True))
    lines = box_lines(boxes, wide, rows, large, UNICODE, False)
    assert len(lines) == 1 + rows + 1 + (3 if large else 1)
    assert {width_of(line) for line in lines} == {wide}


def test_the_nights_numbers_of_the_network_and_of_a_region() -> None:
    """3 circuits are away, so that stands where failovers would."""
    assert [(b.number, b.word) for b in boxes_of(VIEW, None)] == [
        (2, "dark"), (8, "down"), (3, "critical"), (3, "away"),
    ]  # fmt: skip
    assert [(b.number, b.word) for b in boxes_of(VIEW, "Mountain")] == [
        (1, "dark"), (7, "down"), (2, "critical"), (5, "failover"),
    ]  # fmt: skip
    assert [b.number for b in boxes_of(VIEW, "nowhere")] == [0, 0, 0, 0]


def test_one_cause_is_told_once_and_news_beside_it_comes_first() -> None:
    told = told_of(VIEW, None, None, VIEW.at)
    assert told is not None
    assert (told.names, told.facts) == (("Lumen", "Mountain"), ("6 sites", "22m"))
    view = poll(1, {FINE: Severity.DOWN})
    told = told_of(view, None, News(Severity.DOWN, "Mid-Atlantic", FINE, 3), view.at + 60)
    assert told is not None
    assert (told.names, told.facts) == (("1000 Comcast", "and 2 more"), ("DOWN", "1m"))


def test_without_a_cause_the_newest_of_the_worst_is_told() -> None:
    told = told_of(VIEW, "South Central", None, VIEW.at)
    assert told is not None
    assert told.names == ("3874 Starlink",)  # down; the three that are away there stand below
    assert told_of(VIEW, "Southwest", None, VIEW.at) is None


def test_lists_begin_with_the_worst_or_with_the_newest() -> None:
    assert [(e.name, e.figure) for e in regions_of(VIEW)][:2] == [("Mountain", "7"), ("South Central", "4")]
    assert sites_of(VIEW, "Mountain", VIEW.at, newest=False)[0].name == "2474 Casper WY"  # dark
    ages = [e.figure.split()[1] for e in sites_of(VIEW, None, VIEW.at, newest=True)]
    assert ages == sorted(ages, key=lambda age: int(age.rstrip("m")))


def test_a_new_circuit_that_is_down_is_news_and_a_silent_feed_tells_nothing() -> None:
    watch = Watch()
    assert watch.look(VIEW) is None
    down = poll(1, {FINE: Severity.DOWN})
    assert watch.look(replace(down, silent=True)) is None
    assert watch.look(down) == News(Severity.DOWN, "Mid-Atlantic", FINE, 1)
    assert watch.look(down) is None


def test_news_counts_the_worst_of_one_region() -> None:
    """Three circuits went down in two regions, and one became critical: the two that share a region are told."""
    watch = Watch()
    watch.look(VIEW)
    found = watch.look(poll(1, {
        "s1700:ge-0/0/0": Severity.DOWN, "s1737:ge-0/0/0": Severity.DOWN, FINE: Severity.DOWN,
        "s3100:ge-0/0/0": Severity.CRITICAL,
    }))  # fmt: skip
    assert found == News(Severity.DOWN, "Midwest", "s1700:ge-0/0/0", 2)


@given(st.lists(st.sampled_from(sorted(Severity)), min_size=len(VIEW.circuits), max_size=len(VIEW.circuits)))
def test_news_is_what_got_worse_and_is_bad(severities: list[Severity]) -> None:
    """Beside a plain reading of the rule."""
    after: View = replace(
        VIEW, at=VIEW.at + 60, seq=VIEW.seq + 1,
        circuits=replace(VIEW.circuits, severity=np.array(severities, np.uint8)),
    )  # fmt: skip
    then = VIEW.circuits.severity.tolist()
    worse = [i for i, (a, b) in enumerate(zip(then, severities, strict=True)) if b <= Severity.CRITICAL and b < a]
    watch = Watch()
    watch.look(VIEW)
    found = watch.look(after)
    assert (found is not None) == bool(worse)
    if found is not None:
        row = after.inventory.circuit_row[found.circuit_id]
        assert row in worse
        assert found.severity == min(severities[i] for i in worse)
        assert 1 <= found.circuits <= len(worse)


def test_sizes_of_pages_are_those_of_screens() -> None:
    assert [moment(WALL, w, h - 2).size for w, h in ((80, 24), (120, 40), (200, 60))] == [Size.S, Size.M, Size.L]
