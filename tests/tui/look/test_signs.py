from __future__ import annotations

import pytest
from rich.cells import cell_len

from noctui.model.words import Level, Role, Severity
from noctui.tui.look.palette import INKS
from noctui.tui.look.signs import TWINS, Signs, level_role, severity_role, wants_ascii, word

PROSE = {"arrow", "enter", "left_right", "at_least"}
"""Signs of prose alone, where a whole word may stand for one."""


def test_every_sign_of_a_cell_is_one_cell_in_both_sets() -> None:
    for name, (sign, twin) in TWINS.items():
        cells = 7 if name == "trend" else 1
        if name not in PROSE:
            assert (cell_len(sign), cell_len(twin)) == (cells, cells), name
        assert twin.isascii()


def test_names_are_typed_and_complete() -> None:
    assert set(TWINS) == set(Signs.__annotations__)
    assert Signs().down == "▼"
    assert Signs(ascii=True).down == "X"


def test_no_two_severities_look_or_read_alike() -> None:
    for signs in (Signs(), Signs(ascii=True)):
        assert len({signs.severity(s) for s in Severity}) == len(Severity)
    assert [word(s) for s in Severity] == ["DOWN", "AWAY", "crit", "high", "unkn", "warn", "mnt", "ok", "off"]


def test_every_severity_and_level_has_a_role_of_the_palette() -> None:
    for role in [*map(severity_role, Severity), *map(level_role, Level)]:
        assert role.split()[0] in INKS


def test_circuit_roles() -> None:
    assert [Signs().circuit_role(role) for role in Role] == ["pri", "sec", "bkp", "–"]


def test_our_sentences_become_ascii_as_a_whole() -> None:
    said = "▲ rx ≥ 90 %, ≥ 100 % in 40m → Nov 24 06:00–10:00; SLA −12m · ↵ opens ▁▇…"
    assert Signs().prose(said) is said
    assert (
        Signs(ascii=True).prose(said)
        == "! rx >= 90 %, >= 100 % in 40m -> Nov 24 06:00-10:00; SLA -12m . Enter opens .%>"
    )


@pytest.mark.parametrize(
    ("environ", "encoding", "forced", "ascii"),
    [
        ({"TERM": "xterm-256color"}, "utf-8", False, False),
        ({"TERM": "xterm-256color"}, "UTF-8", True, True),
        ({"TERM": "linux"}, "utf-8", False, True),
        ({}, "ANSI_X3.4-1968", False, True),
        ({}, None, False, True),
    ],
)
def test_ascii_is_chosen_by_terminal_stream_or_wish(
    environ: dict[str, str], encoding: str | None, forced: bool, ascii: bool
) -> None:
    assert wants_ascii(environ, encoding, forced) is ascii


@pytest.mark.parametrize(
    ("environ", "ascii"),
    [
        ({"LANG": "en_US.UTF-8"}, False),
        ({}, False),
        ({"LANG": "C"}, True),
        ({"LANG": "C", "LC_CTYPE": "C.UTF-8"}, True),  # as Python leaves it when it starts under LANG=C
        ({"LANG": "C", "LC_CTYPE": "de_DE.UTF-8"}, False),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "POSIX"}, True),
        ({"LANG": "C", "LC_ALL": "C.UTF-8"}, False),
        ({"TERM": "dumb"}, True),
    ],
)
def test_a_locale_without_utf8_gets_ascii_whatever_python_made_of_it(environ: dict[str, str], ascii: bool) -> None:
    assert wants_ascii(environ, "utf-8") is ascii


def test_in_ascii_mode_nothing_but_ascii_comes_out() -> None:
    assert Signs(ascii=True).prose("Québec ▼ – 北") == "Qu?bec X - ?"
    assert Signs().prose("Québec ▼ –") == "Québec ▼ –"
