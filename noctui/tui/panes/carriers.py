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
from noctui.tui.runs import Line, Run, title

_RIGHT = 36
_ROOM = 16
COVERED = 99.5
"""Percent of coverage below which it is said."""
LITTLE = 1.0
"""Percent of 24 h below which what is known of a carrier says nothing of it: a quarter of an hour."""


def carrier_lines(view: View, wide: int, room: int) -> list[Line]:
    """A line per carrier, most circuits down first, then most critical, then most circuits."""
    known, of = _carriers(view.inventory)
    if not len(known):
        return []
    severity = view.circuits.severity
    size = np.bincount(of, minlength=len(known))
    down = np.bincount(of[severity <= Severity.AWAY], minlength=len(known))
    critical = np.bincount(of[severity == Severity.CRITICAL], minlength=len(known))
    available = _available(view, of, len(known))
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
                (f"{c:>5}  ", tone(c, "crit")), _up(float(available[i])),
            )
        )  # fmt: skip
    return lines


def _up(available: float) -> Run:
    shown = availability(available)
    return (f"{shown:>9}", tone(shown))


def _available(view: View, of: NDArray[np.intp], carriers: int) -> NDArray[np.float64]:
    """[carriers] up / (up + down) of 24 h in percent, from the known time of all of its circuits; NaN where too little
    of it is known: a line that is down in the first minute of a history was not down for a day."""
    up, covered = (c.astype(np.float64) for c in (view.circuits.avail_24h, view.circuits.coverage_24h))
    time = np.where(np.isfinite(up) & np.isfinite(covered), covered, 0.0)
    known = np.bincount(of, weights=time, minlength=carriers)
    total = np.bincount(of, weights=np.where(time > 0, up, 0.0) * time, minlength=carriers)
    rows = np.bincount(of[np.isfinite(covered)], minlength=carriers)
    enough = (known > 0) & (known >= LITTLE * rows)
    return np.where(enough, total / np.where(enough, known, 1.0), np.nan)


def cover_note(view: View) -> str:
    """`now, 24 h: cover 12.3 %`: how much of the day is known of all circuits together, where that is not all."""
    covered = view.circuits.coverage_24h
    told = covered[np.isfinite(covered)]
    share = float(told.mean()) if len(told) else 0.0
    return f"now, 24 h: cover {availability(share, 1)} %" if len(covered) and share < COVERED else "now"


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
            self.paint([title("carriers", cover_note(self._moment.view), self.size.width), *lines])
