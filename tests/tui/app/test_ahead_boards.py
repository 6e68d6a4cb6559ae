"""Boards are imported before they are opened, each that `make` can make, and not before there is data."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from noctui.tui.screens.ahead import OFTEN_FIRST

SCREENS = Path(__file__).parents[3] / "noctui" / "tui" / "screens"
NO_BOARDS_OF_THEIR_OWN = {
    "__init__", "ahead", "board", "tabled", "planned", "mail_keys", "listing",
    "overview", "engineering", "executive",  # one of these is shown first
    "wall", "orgs",  # seldom opened
}  # fmt: skip


def test_no_board_is_forgotten() -> None:
    there = {path.stem for path in SCREENS.glob("*.py")}
    assert there - NO_BOARDS_OF_THEIR_OWN == set(OFTEN_FIRST)


def test_loading_them_imports_them_all() -> None:
    code = (
        "import sys, noctui.tui.app\n"
        "from noctui.tui.screens import ahead\n"
        "names = [f'noctui.tui.screens.{name}' for name in ahead.OFTEN_FIRST]\n"
        "before = [name for name in names if name in sys.modules]\n"
        "ahead.PAUSE = 0\n"
        "ahead.load_boards()\n"
        "print(before, all(name in sys.modules for name in names))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[] True"
