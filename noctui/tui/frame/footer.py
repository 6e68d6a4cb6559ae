"""The last row: keys that work here, from the action registry; `? help` is pinned right and never drops."""

from __future__ import annotations

from noctui.tui.keys import ACTIONS
from noctui.tui.look.signs import Signs
from noctui.tui.runs import Line, Run, crop, width_of


def footer_line(words: list[tuple[str, str]], width: int, note: str = "", signs: Signs | None = None,
                aside: str = "") -> Line:  # fmt: skip
    """The row: as many keys as fit, from the left. A `note` (an export's path, an error) takes their place;
    `aside` stands right of either, where there is room for both."""
    key, text = "accent bold", "dim"
    pinned: Line = ((ACTIONS["help"].shown, key), (f" {ACTIONS['help'].word} ", text))
    if aside and width >= 60:
        pinned = ((aside, text), ("   ", text), *pinned)
    room = width - width_of(pinned) - 3
    runs: list[Run] = [(" ", "text")]
    if note:
        runs.append((note, "hi"))
    else:
        for shown, word in words:
            if signs is not None and signs.ascii:
                shown = signs.prose(shown.replace("←→", signs.left_right))
            piece: list[Run] = [(shown, key), (f" {word}", text)]
            if len(runs) > 1:
                piece.insert(0, ("  ", "text"))
            if width_of(tuple(runs)) + width_of(tuple(piece)) > room:
                break
            runs += piece
    used = width_of(tuple(runs))
    if used > room:
        runs = list(crop(tuple(runs), room))
        used = width_of(tuple(runs))
    return (*runs, (" " * max(1, width - used - width_of(pinned)), "text"), *pinned)
