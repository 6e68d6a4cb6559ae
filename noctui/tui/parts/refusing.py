"""Keys that mean nothing where one is: one line says so, instead of a screen that seems not to listen."""

from __future__ import annotations

from noctui.tui.keys import ACTIONS
from noctui.tui.shell import Shell

WHY_NOT = {
    "sort": "There is no table to sort here.", "invert": "There is no table to sort here.",
    "column_left": "There is no table to sort here.", "column_right": "There is no table to sort here.",
    "move": "All of it is shown.", "open": "There is nothing to open here.", "hold": "There is no row to mark here.",
    "pair": "A site's circuits are compared: open a site, then r.",
    "insights": "Mist's own series are drawn with a circuit: open one, then i.",
    "window": "There is no window to choose here.", "metric": "There is no metric to choose here.",
    "things": "There is nothing else to rank or draw here.", "by_back": "There is no metric to choose here.",
    "layout": "Screen 1 has several layouts: 1, then v.", "clock": "There is no time axis here.",
    "mark": "A stretch of time is marked on a circuit's lanes: open one, then b.",
    "zoom_in": "There is nothing to zoom here.", "zoom_out": "There is nothing to zoom here.",
    "pan_back": "There is nothing to pan here.", "pan_on": "There is nothing to pan here.",
}  # fmt: skip
"""By action; the first of them that has a key stands for the key."""
_OTHER = {
    "g": "Nothing is folded here.",
    "8": "There is no screen 8: 1 to 7 and 0.",
    "9": "There is no screen 9: 1 to 7 and 0.",
    "pagedown": "All of it is shown.",
    "pageup": "All of it is shown.",
    "home": "All of it is shown.",
    "end": "All of it is shown.",
    "left": "Nothing lies left or right here.",
    "right": "Nothing lies left or right here.",
    "h": "Nothing lies left or right here.",
    "l": "Nothing lies left or right here.",
}
"""Keys that other screens of this kind have, and those that only widgets take."""


def why_not(key: str) -> str:
    """What is said of a key, by Textual's name, that did nothing; empty for one that never does anything."""
    shown = _NAMES.get(key, key)
    for name, said in WHY_NOT.items():
        if shown in ACTIONS[name].keys:
            return said
    return _OTHER.get(shown, "")


_NAMES = {
    "less_than_sign": "<", "greater_than_sign": ">", "plus": "+", "equals_sign": "=", "minus": "-",
    "left_curly_bracket": "{", "right_curly_bracket": "}",
}  # fmt: skip


class Refusing(Shell):
    """The last that is asked for a key."""

    async def _check_bindings(self, key: str, priority: bool = False) -> bool:
        taken = await super()._check_bindings(key, priority)
        if not taken and not priority and len(self.screen_stack) == 1 and not self.frame.editing:
            said = why_not(key)
            if said and self.board is not None:
                self.say(said)
        return taken
