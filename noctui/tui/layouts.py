"""What screen 1 shows first depends on who looks: the layouts, the order that `v` steps through, and who chose."""

from __future__ import annotations

LAYOUTS = ("noc", "engineering", "executive")
"""What `screen.layout` may be, and `v` steps through."""
BOARDS = {"noc": "overview", "engineering": "engineering", "executive": "executive"}
"""Layout → the kind of its board."""


def board_of(kind: str, layout: str) -> str:
    """The kind of board for a place of this kind: screen 1 has one for each layout."""
    return BOARDS[layout] if kind == "overview" else kind


def after(layout: str) -> str:
    """The next layout of the round."""
    return LAYOUTS[(LAYOUTS.index(layout) + 1) % len(LAYOUTS)]


def begin_with(setting: str, chosen: str, over: str) -> str:
    """The layout to begin with: what a person chose with `v` while `setting` was `over`, else the setting. So a changed
    setting holds, and a choice is remembered until then."""
    if chosen in LAYOUTS and over == setting:
        return chosen
    return setting if setting in LAYOUTS else LAYOUTS[0]
