"""A screen with its styles as text, kept beside the tests: small, readable in a diff, cheap to compare.

First the rows as they read, then which letter stands for which style, then each row's styles as `letter × cells`.
`pytest … --snapshot-update` writes the files anew.
"""

from __future__ import annotations

import difflib
from pathlib import Path

import pytest
from rich.style import Style

from noctui.tui.app import NoctuiApp

FOLDER = Path(__file__).parent.parent / "kept"


def dump(app: NoctuiApp) -> str:
    """All of it: equal texts are equal screens."""
    letters: dict[str, str] = {}
    rows: list[str] = []
    styles: list[str] = []
    for strip in app.screen._compositor.render_strips()[: app.size.height]:
        rows.append(strip.text.rstrip())
        runs: list[tuple[str, int]] = []
        for segment in strip:
            letter = letters.setdefault(_words(segment.style), _letter(len(letters)))
            cells = segment.cell_length
            if runs and runs[-1][0] == letter:
                runs[-1] = (letter, runs[-1][1] + cells)
            elif cells:
                runs.append((letter, cells))
        styles.append(" ".join(f"{letter}{cells}" for letter, cells in runs))
    legend = [f"{letter} = {words}" for words, letter in letters.items()]
    return "\n".join([*rows, "----", *legend, "----", *styles, ""])


def _letter(number: int) -> str:
    return chr(ord("a") + number) if number < 26 else chr(ord("A") + number - 26)


def _words(style: Style | None) -> str:
    """Colours and attributes alone: what Textual keeps in a style's meta is none of the terminal's."""
    return str(style.without_color + Style(color=style.color, bgcolor=style.bgcolor)) if style is not None else "none"


def same(request: pytest.FixtureRequest, name: str, app: NoctuiApp) -> None:
    """The screen is as it was kept under `name`."""
    file = FOLDER / f"{name}.txt"
    shown = dump(app)
    if request.config.getoption("update_snapshots"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(shown, encoding="utf-8")
    assert file.exists(), f"{file} is not kept yet: run with --snapshot-update and look at it"
    kept = file.read_text(encoding="utf-8")
    if shown != kept:
        changes = difflib.unified_diff(kept.splitlines(), shown.splitlines(), "kept", "shown", n=0, lineterm="")
        raise AssertionError("\n".join([f"{file} is another:", *changes]))
