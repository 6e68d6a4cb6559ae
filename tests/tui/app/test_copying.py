"""Copying goes to the terminal's clipboard, else to a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from noctui.tui.app import NoctuiApp, Options
from noctui.tui.copying import LONGEST, refusal, takes, told, write
from noctui.tui.place import CIRCUITS, COLLECTOR
from tests.tui.app.seen import lines

SIZE = (120, 40)


def test_which_terminals_take_what() -> None:
    assert takes({"TERM": "xterm-256color"}, "x" * LONGEST)
    assert not takes({"TERM": "xterm-256color"}, "é" * LONGEST)
    assert not takes({"TERM": "linux"}, "x")
    assert not takes({}, "x")
    assert not takes({"TERM": "xterm-256color", "TERM_PROGRAM": "Apple_Terminal"}, "x")


def test_why_not_is_said_as_it_is() -> None:
    """A terminal that could, but not so much, is not called one that cannot."""
    assert refusal({"TERM": "linux"}, "x") == "This terminal takes no copy"
    long = refusal({"TERM": "xterm-256color"}, "é" * LONGEST)
    assert long == "149,988 bytes are more than terminals take (74,994)"


def test_of_many_lines_the_first_that_says_something_is_told() -> None:
    assert told("one") == "one"
    assert told("\n  \n one\ntwo") == "4 lines, one"


def test_the_file_holds_the_last_one(tmp_path: Path) -> None:
    write("one", tmp_path / "new")
    assert write("two", tmp_path / "new").read_text() == "two\n"


async def test_the_row_is_copied_as_it_stands_with_its_id(app: NoctuiApp) -> None:
    app._trail.jump(CIRCUITS)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("y")
        assert app.clipboard.startswith("▼ DOWN  ")
        assert app.clipboard.endswith(")")
        assert "×" not in app.clipboard
        assert lines(app)[-1].startswith(f" Copied: {app.clipboard}"[:80])


async def test_a_console_that_knows_no_clipboard_gets_a_file(
    app: NoctuiApp, options: Options, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "linux")
    app._trail.jump(CIRCUITS)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("y")
        assert app.clipboard == ""
        file = options.exports / "copied.txt"
        assert "DOWN" in file.read_text()
        assert "This terminal takes no copy: it is in" in lines(app)[-1]


async def test_what_is_too_long_for_terminals_is_in_a_file(app: NoctuiApp, options: Options) -> None:
    async with app.run_test(size=SIZE) as pilot:
        app.give("x" * (LONGEST + 1))
        await pilot.pause()
        assert "74,995 bytes are more than terminals take (74,994): it is in" in lines(app)[-1]
        assert (options.exports / "copied.txt").stat().st_size == LONGEST + 2


async def test_of_the_collector_the_pane_with_the_cursor_is_copied(app: NoctuiApp) -> None:
    app._trail.jump(COLLECTOR)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("y")
        assert app.clipboard.startswith("sources ")
        assert lines(app)[-1].lstrip().startswith(f"Copied: {len(app.clipboard.splitlines())} lines, sources ")
        await pilot.press("tab", "y")
        assert app.clipboard.startswith("who collects ")


async def test_what_is_copied_controls_no_terminal(app: NoctuiApp, monkeypatch: pytest.MonkeyPatch) -> None:
    app._trail.jump(CIRCUITS)
    async with app.run_test(size=SIZE) as pilot:
        assert app.board is not None
        monkeypatch.setattr(app.board, "copied", lambda: "a\x1b[2Jb\nc")
        await pilot.press("y")
        assert app.clipboard == "a·[2Jb\nc"
