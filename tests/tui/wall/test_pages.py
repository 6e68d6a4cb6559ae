"""Words of `wall.pages` → pages; what names none is one line, and the wall goes on without it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from noctui.tui.place import ALARMS, OVERVIEW, WALL, wall_of
from noctui.tui.wall.pages import read_pages
from tests import night

INVENTORY = night.view(night.POLL).inventory


def test_screens_and_regions_by_name() -> None:
    pages, said = read_pages(("overview", "Region  mountain", "alarms"), INVENTORY)
    assert [page.place for page in pages] == [WALL, wall_of("Mountain"), ALARMS]
    assert said == ""


def test_screen_1_in_each_of_its_layouts() -> None:
    pages, said = read_pages(("noc", "engineering", "executive"), INVENTORY)
    assert [(page.place, page.layout) for page in pages] == [
        (OVERVIEW, "noc"), (OVERVIEW, "engineering"), (OVERVIEW, "executive"),
    ]  # fmt: skip
    assert said == ""


def test_an_unknown_page_is_said_and_left_out() -> None:
    pages, said = read_pages(("overvew", "alarms"), INVENTORY)
    assert [page.place for page in pages] == [ALARMS]
    assert said == "no page overvew for the wall (wall.pages), left out; did you mean overview?"


def test_a_region_that_is_not_there_is_said_with_those_that_are() -> None:
    pages, said = read_pages(("overview", "region Atlantis"), INVENTORY)
    assert [page.place for page in pages] == [WALL]
    assert said.startswith("no region Atlantis for the wall (wall.pages), left out; there are: Mid-Atlantic, Midwest,")


def test_without_any_page_the_network_is_shown() -> None:
    assert [page.place for page in read_pages((), INVENTORY)[0]] == [WALL]
    assert [page.place for page in read_pages(("money",), INVENTORY)[0]] == [WALL]


def test_a_page_named_twice_is_one() -> None:
    assert len(read_pages(("alarms", "ALARMS"), INVENTORY)[0]) == 1


@given(st.lists(st.text(max_size=30), max_size=5))
def test_whatever_is_written_there_is_a_page_and_at_most_one_line(words: list[str]) -> None:
    pages, said = read_pages(tuple(words), INVENTORY)
    assert pages
    assert said.isprintable() or not said
