"""Carriers: how many circuits each sells here, how many of them are down or critical, and how well they did in 24 h."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from noctui.model.inventory import Inventory
from noctui.model.view import View
from noctui.model.words import Severity
from noctui.tui.look.numbers import availability, count, tone
from noctui.tui.look.text import fit
from noctui.tui.moment import Moment
from noctui.tui.panes.sheet import Sheet
from noctui.tui.runs import Line, title

_RIGHT = 36
_ROOM = 16


def carrier_lines(view: View, wide: int, room: int) -> list[Line]:
    """A line per carrier, most circuits down first, then most critical, then most circuits."""
    known, of = _carriers(view.inventory)
    if not len(known):
        return []
    severity = view.circuits.severity
    size = np.bincount(of, minlength=len(known))
    down = np.bincount(of[severity <= Severity.AWAY], minlength=len(known))
    critical = np.bincount(of[severity == Severity.CRITICAL], minlength=len(known))
    up = view.circuits.avail_24h.astype(np.float64)
    well = np.isfinite(up)
    rows = np.bincount(of[well], minlength=len(known))
    mean = np.divide(np.bincount(of[well], weights=up[well], minlength=len(known)), rows,
                     out=np.full(len(known), np.nan), where=rows > 0)  # fmt: skip
    order = np.lexsort((known, -size, -critical, -down))
    left = max(wide - _RIGHT, 8)
    lines: list[Line] = [
        ((fit("carrier", left), "dim"), (f"{'circuits':>8}  {'down':>5}  {'crit':>5}  {'up 24h %':>9}", "dim"))
    ]
    for i in order[:room]:
        n, d, c = count(int(size[i])), count(int(down[i])), count(int(critical[i]))
        lines.append(
            (
                (fit(str(known[i]), left), "hi"), (f"{n:>8}  ", "dim"), (f"{d:>5}  ", tone(d, "crit bold")),
                (f"{c:>5}  ", tone(c, "crit")), (f"{availability(float(mean[i])):>9}", "text"),
            )
        )  # fmt: skip
    return lines


def _carriers(inventory: Inventory) -> tuple[NDArray[np.str_], NDArray[np.intp]]:
    """(names in order, [circuits] place in them), kept with this version of the inventory."""
    found: tuple[NDArray[np.str_], NDArray[np.intp]] | None = inventory.__dict__.get("_tui_carriers")
    if found is None:
        names = np.array([c.carrier or "unknown" for c in inventory.circuits], np.str_)
        found = np.unique(names, return_inverse=True)
        inventory.__dict__["_tui_carriers"] = found
    return found


class Carriers(Sheet):
    """The lines under their title."""

    DEFAULT_CSS = """
    Carriers { height: auto; max-height: 65%; padding: 0 1; }
    """
    _moment: Moment | None = None

    def show(self, moment: Moment) -> None:
        self._moment = moment
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        if self._moment is not None and self.size.width:
            lines = carrier_lines(self._moment.view, self.size.width, _ROOM)
            self.paint([title("carriers", "now", self.size.width), *lines])
