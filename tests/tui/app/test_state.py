"""What the screen remembers: saved on change, whole, and never a reason not to start."""

from __future__ import annotations

from pathlib import Path

import pytest

from noctui.tui.place import CIRCUITS, OVERVIEW, of_site
from noctui.tui.state import Memory, Remembered


def test_what_was_kept_is_there_again(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "screen.json"
    Memory(file).keep(trail=(OVERVIEW, of_site("s1")), sorts={"circuits": ("rx", True)}, window="7d")
    again = Memory(file).state
    assert again == Remembered(trail=(OVERVIEW, of_site("s1")), sorts={"circuits": ("rx", True)}, window="7d")
    assert [p.name for p in file.parent.iterdir()] == ["screen.json"]


def test_nothing_is_written_while_nothing_changes(tmp_path: Path) -> None:
    file = tmp_path / "screen.json"
    memory = Memory(file)
    memory.keep(trail=(OVERVIEW,))
    assert not file.exists()
    memory.keep(trail=(CIRCUITS,))
    before = file.stat().st_mtime_ns
    memory.keep(trail=(CIRCUITS,))
    assert file.stat().st_mtime_ns == before


@pytest.mark.parametrize("text", ["", "{", "[]", '{"trail": 5}', '{"trail": [{"kind": "moon"}]}', '{"trail": []}'])
def test_a_broken_file_costs_the_memory_and_not_the_screen(tmp_path: Path, text: str) -> None:
    file = tmp_path / "screen.json"
    file.write_text(text)
    assert Memory(file).state.trail == (OVERVIEW,)


def test_a_folder_that_cannot_be_written_costs_the_memory_too(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    memory = Memory(tmp_path / "file" / "screen.json")
    memory.keep(window="1h")
    assert memory.state.window == "1h"


def test_without_a_file_nothing_is_kept() -> None:
    memory = Memory(None)
    memory.keep(window="1h")
    assert memory.state.window == "1h"


def test_what_could_not_be_saved_is_saved_when_it_can_be(tmp_path: Path) -> None:
    """Without another change: the last choice before a full disk is the one to come back to."""
    (tmp_path / "deep").write_text("in the way")
    memory = Memory(tmp_path / "deep" / "screen.json")
    memory.keep(window="7d")
    memory.again()
    (tmp_path / "deep").unlink()
    memory.again()
    assert Memory(tmp_path / "deep" / "screen.json").state.window == "7d"
