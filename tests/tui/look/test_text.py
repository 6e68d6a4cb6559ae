"""Foreign text: cut by cells, and never a control code on its way to the terminal."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from noctui.tui.look.text import clean, clip, fit, width


def test_what_is_too_wide_is_cut_by_cells() -> None:
    assert clip("Grand Junction CO", 16) == "Grand Junction …"
    assert clip("Grand Junction CO", 17) == "Grand Junction CO"
    assert clip("東京東京", 6) == "東京…"  # the third would end in cell 6, where the cut is
    assert clip("abc", 2, ">") == "a>"
    assert clip("abc", 0) == ""


def test_escape_codes_bidi_and_tags_show_as_dots() -> None:
    assert clean("evil\x1b[31m\x07") == "evil·[31m·"
    assert clean("a\u202eb\u200bc\udc80d") == "a·b·c·d"
    assert clean("tab\there") == "tab·here"
    assert clean("no\u00a0break") == "no break"


def test_marks_stay_with_their_letter_but_do_not_pile_up() -> None:
    assert clean("n\u0303a") == "n\u0303a"
    assert clean("e" + "\u0301" * 500) == "e\u0301\u0301"
    assert clean("\u0301a") == "a"  # it would land on the neighbouring cell


@given(st.text(), st.integers(0, 30))
def test_nothing_breaks_out_of_its_cells(text: str, cells: int) -> None:
    fitted = fit(text, cells)
    assert width(fitted) == cells
    assert all(unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Zl", "Zp") for char in fitted)
    assert width(clip(text, cells)) <= cells
