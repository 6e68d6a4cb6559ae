"""How full circuits are: a bar per band of utilisation."""

from __future__ import annotations

import numpy as np

from noctui.model.view import View
from noctui.tui.look.numbers import count
from noctui.tui.look.signs import Signs
from noctui.tui.moment import Moment
from noctui.tui.panes.sheet import Sheet
from noctui.tui.runs import Line, title
from noctui.tui.widgets.bar import bar

_EDGES = (0.0, 30.0, 50.0, 70.0, 80.0, 90.0, np.inf)
_NAMES = ("0–30", "30–50", "50–70", "70–80", "80–90", "90+")
_ROLES = ("graph", "graph", "graph", "warn", "high", "crit")


def utilisation_lines(view: View, wide: int, signs: Signs) -> list[Line]:
    """A line per band; bars are in proportion to the fullest band. Unknown utilisation is in none."""
    util = np.fmax(view.circuits.rx_pct, view.circuits.tx_pct)
    sizes, _ = np.histogram(util[np.isfinite(util)], bins=np.array(_EDGES))
    most = max(int(sizes.max()), 1)
    cells = max(wide - 16, 4)
    lines: list[Line] = []
    for name, size, role in zip(_NAMES, sizes.tolist(), _ROLES, strict=True):
        filled = tuple(run for run in bar(size / most, cells, signs, role) if run[1] == role)
        used = sum(len(text) for text, _ in filled)
        blank = " " * (cells - used)
        lines.append(((f"{name:>6}  ", "dim"), *filled, (f"{blank}  {count(size):>6}", "text" if size else "faint")))
    return lines


class Utilisation(Sheet):
    """The lines under their title."""

    DEFAULT_CSS = """
    Utilisation { height: 8; padding: 0 1; }
    """
    _moment: Moment | None = None

    def show(self, moment: Moment) -> None:
        self._moment = moment
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        if self._moment is not None and self.size.width:
            lines = utilisation_lines(self._moment.view, self.size.width, self._moment.signs)
            self.paint([title("circuits by utilisation", "%", self.size.width), *lines])
