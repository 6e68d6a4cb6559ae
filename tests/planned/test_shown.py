"""A message's lines beside what was read: counted as the readers count them, harmless to a terminal."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noctui.planned.reading import read
from noctui.planned.shown import MOST_LINES, parts

SAMPLES = sorted(Path("sample_data/notices").glob("*.eml"))


@pytest.mark.parametrize("file", SAMPLES, ids=lambda f: f.stem)
def test_each_field_stands_in_the_line_that_it_names(file: Path) -> None:
    data = file.read_bytes()
    shown = parts(data)
    for work in read(data).maintenances:
        for source in work.sources:
            line = shown[source.part][source.line - 1]
            words = [w for w in source.text.split() if w.isalnum()]
            assert all(word in " ".join(shown[source.part][source.line - 1 : source.line + 3]) for word in words), line


def test_no_line_is_obeyed_and_none_is_endless() -> None:
    data = (
        b"Subject: \x1b[2Jx\r\nContent-Type: text/plain; charset=unicode_escape\r\n\r\n\\x1b]0;\\ud800\r\n"
        + b"y\r\n" * 9999
    )
    shown = parts(data)
    assert shown["text"][0] == "·]0;·"
    assert len(shown["text"]) == MOST_LINES + 1
    assert "\x1b" not in shown["subject"][0]


@given(st.binary(max_size=2000))
def test_whatever_comes_has_lines_that_can_be_shown(data: bytes) -> None:
    for lines in parts(data).values():
        for line in lines:
            assert all(c.isprintable() or c == "\t" for c in line)
            line.encode()
