"""Large digits and letters: what is drawn, and what stands as plain text instead."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from noctui.tui.look.signs import Signs
from noctui.tui.look.text import width
from noctui.tui.widgets import big

UNICODE, ASCII = Signs(), Signs(ascii=True)


def test_a_word_takes_three_rows_of_half_blocks() -> None:
    assert big.words("Dark", 40, UNICODE) == [
        "█▀▀▄ ▄▀▀▄ █▀▀▄ █ ▄▀",
        "█  █ █▀▀█ █▀█  █▀▄ ",
        "▀▀▀  ▀  ▀ ▀  ▀ ▀  ▀",
    ]


def test_a_figure_grows_by_whole_cells() -> None:
    assert big.figure("7", 1, 1) == ["████", "   █", "  █ ", " █  ", " █  "]
    assert big.figure("7", 2, 2)[:3] == ["████████", "████████", "      ██"]


def test_accents_go_and_letters_without_a_glyph_stand_as_they_are() -> None:
    assert big.words("Zürich", 60, UNICODE) == big.words("Zurich", 60, UNICODE)
    assert big.words("東京", 60, UNICODE) == ["    ", "東京", "    "]


def test_ascii_alone_spells_it_out() -> None:
    assert big.words("dark", 60, ASCII)[1] == "DARK"


def test_a_long_name_loses_its_end_and_a_hopeless_one_is_plain() -> None:
    assert big.words("South Central", 44, UNICODE) == big.words("South Cen", 44, UNICODE)
    assert big.words("South Central", 12, UNICODE)[1] == "SOUTH CENTR…"


def test_pixels_are_as_wide_as_the_widest_number_allows() -> None:
    assert big.widest(("3", "49", "37", "35"), 42, 4) == 4  # nine pixels of four cells
    assert big.widest(("3", "149", "37", "35"), 42, 4) == 3
    assert big.widest(("9,525",), 26, 4) == 1


@given(st.text(max_size=40), st.integers(0, 220), st.sampled_from([UNICODE, ASCII]))
def test_three_even_rows_that_fit_whatever_a_site_is_called(text: str, room: int, signs: Signs) -> None:
    rows = big.words(text, room, signs)
    assert len(rows) == big.ROWS
    assert len({width(row) for row in rows}) == 1
    assert width(rows[0]) <= room
    assert all(char.isprintable() for row in rows for char in row)


@given(st.integers(0, 99_999), st.integers(1, 4), st.integers(1, 2))
def test_every_number_can_be_drawn(number: int, across: int, down: int) -> None:
    rows = big.figure(f"{number:,}", across, down)
    assert len(rows) == big.HIGH * down
    assert {len(row) for row in rows} == {big.pixels_wide(f"{number:,}") * across}
