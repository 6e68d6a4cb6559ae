"""`noctui export` gives what `e` writes on the screen: the same rows, columns and bytes, now and in the past."""

from __future__ import annotations

import pytest

from noctui.commands import codes
from tests.commands.exported import PAST, WORDS, Half, iso, run


@pytest.mark.parametrize("screen", list(WORDS))
def test_beside_a_noctui_that_leads_it_is_what_e_writes(half: Half, screen: str) -> None:
    ran = half.beside[screen]
    if screen == "offenders":  # their 24 h begin before the history does
        assert (ran.code, ran.said) == (codes.PARTIAL, "noctui: Data begins 2025-11-23 12:00 UTC.\n")
    else:
        assert (ran.code, ran.said) == (codes.OK, "")
    assert ran.out == half.now[screen]
    assert len(ran.out.splitlines()) > 1


@pytest.mark.parametrize("screen", [s for s in WORDS if s != "feeds"])
def test_it_is_the_same_when_nobody_leads_any_more(half: Half, screen: str) -> None:
    assert run(half, *WORDS[screen]).out == half.now[screen]


def test_of_feeds_only_the_last_sweep_is_known_when_nobody_leads(half: Half) -> None:
    """What the leader told of the last day is its own; it is not there any more."""
    told = [line.split(",")[:6] for line in half.now["feeds"].decode().splitlines()]
    known = [line.split(",") for line in run(half, "feeds").out.decode().splitlines()]
    assert [row[:6] for row in known] == [row for row in told if row[1]]
    assert {tuple(row[6:10]) for row in known[1:]} == {("", "", "", "")}


@pytest.mark.parametrize("screen", list(WORDS))
def test_an_instant_of_the_past_is_what_e_writes_there(half: Half, screen: str) -> None:
    ran = run(half, *WORDS[screen], "--at", iso(PAST))
    assert ran.out == half.then[screen]
    assert ran.out != half.now[screen]


def test_nothing_is_made_and_nothing_is_held(half: Half) -> None:
    """The folder is as it was; what SQLite needs to read beside a writer is its own."""
    before = sorted(str(p) for p in half.data.rglob("*"))
    run(half, "circuits")
    after = sorted(str(p) for p in half.data.rglob("*"))
    assert [p for p in after if not p.endswith(("-shm", "-wal"))] == [
        p for p in before if not p.endswith(("-shm", "-wal"))
    ]
