"""What lies under the mouse in the frame's rows: a part of the breadcrumb, a count, a key of the footer. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from noctui.model.words import Severity
from noctui.tui.keys import ACTIONS, PAIRS, Action
from noctui.tui.look.signs import Signs
from noctui.tui.look.text import width
from noctui.tui.runs import Line

KEY = "accent bold"
"""The role of keys in the footer."""


def run_at(line: Line, x: int) -> tuple[int, int]:
    """(which run, which cell in it) at column `x`; (-1, 0) where there is none."""
    for i, (text, _) in enumerate(line):
        wide = width(text)
        if 0 <= x < wide:
            return i, x
        x -= wide
    return -1, 0


def crumb_at(line: Line, x: int, crumbs: int) -> int | None:
    """Which of so many parts of the breadcrumb lies there: early ones may have been dropped. The row begins with a
    blank, then parts and what parts them take turns; a gap comes after the last."""
    shown = 1
    while 2 * shown < len(line) and line[2 * shown][0] == " › ":
        shown += 1
    run, _ = run_at(line, x)
    return crumbs - shown + run // 2 if run % 2 == 1 and run < 2 * shown else None


def severity_at(line: Line, x: int, shown: Sequence[Severity]) -> Severity | None:
    """Which count lies there: each is a run with its sign, and a blank one."""
    run, _ = run_at(line, x)
    at = run // 2
    if run < 0 or run % 2 or at >= len(shown) or Signs().severity(shown[at]) not in line[run][0]:
        return None
    return shown[at]


def action_at(line: Line, x: int, offers: Sequence[str]) -> Action | None:
    """The action of the footer's key or word that lies there. Of keys that share a word, the one that is hit; of the
    word, the first."""
    run, cell = run_at(line, x)
    if run < 0:
        return None
    on_key = line[run][1] == KEY
    key = run if on_key else run - 1
    keys = [i for i, (_, role) in enumerate(line) if role == KEY]
    if key not in keys or not line[run][0].strip():
        return None
    if key == keys[-1]:
        return ACTIONS["help"]
    name = offers[keys.index(key)]
    if name not in PAIRS:
        return ACTIONS[name]
    names = PAIRS[name][2]
    return ACTIONS[names[_nth(line[key][0], cell, [ACTIONS[n].shown for n in names]) if on_key else 0]]


def _nth(shown: str, cell: int, each: Sequence[str]) -> int:
    """Which of several keys written together lies at this cell: `s S`, `←→`, `1-7 0`."""
    if shown.count(" ") == len(each) - 1:
        return shown[:cell].count(" ")
    if len(shown) == len(each):
        return cell
    return each.index(shown[cell]) if shown[cell] in each else 0
