"""Peer paths of a site: what is old is not told as if it were so now."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from noctui.model.view import View
from noctui.tui.look.signs import Signs
from noctui.tui.panes.site_paths import path_lines
from noctui.tui.runs import Line
from tests import night

NIGHT = night.view()
SITE = "s0417"


def said(lines: list[Line]) -> list[str]:
    return ["".join(text for text, _ in line).rstrip() for line in lines]


def aged(seconds: float) -> View:
    age = np.full(len(NIGHT.paths), seconds, np.float32)
    return replace(NIGHT, paths=replace(NIGHT.paths, age=age))


def test_a_path_of_three_intervals_still_stands_and_an_older_one_is_unknown() -> None:
    fresh = said(path_lines(aged(3 * NIGHT.interval), SITE, Signs(), False))
    assert "· up" in fresh[1]
    assert "~" not in "".join(fresh)
    for old in (3 * NIGHT.interval + 1, np.nan):
        lines = path_lines(aged(old), SITE, Signs(), False)
        assert len(lines) == len(fresh)
        assert all("? unkn" in line for line in said(lines)[1:])
        for line in lines[1:]:
            values = [(text.strip(), role) for text, role in line[3:] if text.strip() not in ("–", "~")]
            assert all(role == "stale" for _, role in values)
            assert [t for t, _ in line].count("~") == len(values)


def test_the_mark_takes_no_cell_from_any_number() -> None:
    fresh, old = (said(path_lines(aged(age), SITE, Signs(), False)) for age in (0, 1e4))

    def ends(line: str) -> list[int]:
        """The columns in which the numbers end."""
        return [i for i in range(36, len(line)) if line[i].isdigit() and line[i + 1 : i + 2] in ("", " ", "~")]

    by_hub = {line[:28]: line for line in fresh[1:]}
    assert all(ends(line) == ends(by_hub[line[:28]]) for line in old[1:])


def test_while_the_whole_feed_is_old_states_stay_but_grey_and_marked() -> None:
    lines = path_lines(aged(0), SITE, Signs(), True)
    assert "· up" in said(lines)[1]
    assert "~" in said(lines)[1]
    assert {role for line in lines[1:] for text, role in line if text.strip()} <= {"stale", "faint", "unk"}
