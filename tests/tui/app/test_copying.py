"""Copying goes to the terminal's clipboard, else to a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from noctui.tui.app import NoctuiApp, Options
from noctui.tui.copying import LONGEST, takes, write
from noctui.tui.place import CIRCUITS
from tests.tui.app.seen import lines

SIZE = (120, 40)


def test_which_terminals_take_what() -> None:
    assert takes({"TERM": "xterm-256color"}, "x" * LONGEST)
    assert not takes({"TERM": "xterm-256color"}, "é" * LONGEST)
    assert not takes({"TERM": "linux"}, "x")
    assert not takes({}, "x")
    assert not takes({"TERM": "xterm-256color", "TERM_PROGRAM": "Apple_Terminal"}, "x")


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
