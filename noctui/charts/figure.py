"""What is to be drawn, in coordinates of one plot: x in cells from its left edge, y in the axis' own unit.

Lines of cells are tuples of runs: a text and the role it is drawn in, as everywhere on the screen.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

F8 = NDArray[np.float64]

Run = tuple[str, str]
"""A text and its role: `graph`, `crit`, with a ground of its own `graph@band_out`."""
Line = tuple[Run, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """Dots joined in their order. `sign` is what each cell holds where there is no braille."""

    x: F8
    y: F8
    role: str
    sign: str = "*"


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle: filled, or its outline."""

    x0: float
    x1: float
    y0: float
    y1: float
    role: str
    filled: bool = True
    sign: str = "#"


@dataclass(frozen=True, slots=True)
class Stroke:
    """A straight line between two points."""

    x0: float
    y0: float
    x1: float
    y1: float
    role: str
    sign: str = "|"


@dataclass(frozen=True, slots=True)
class Text:
    """Plain signs from (x, y) to the right. Never a text from outside."""

    x: float
    y: float
    text: str
    role: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A dotted line across the whole plot: a threshold."""

    y: float
    role: str


Shape = Curve | Bar | Stroke | Text | Rule


@dataclass(frozen=True, slots=True)
class Figure:
    """A plot of `columns` × `rows` cells over y from 0 to `top`, with its axes around: `left` of it values, `right` of
    it texts in roles, `below` it texts at columns. Shapes that come later lie over earlier ones."""

    columns: int
    rows: int
    top: float
    shapes: tuple[Shape, ...]
    left: tuple[tuple[float, str], ...] = ()
    right: tuple[tuple[float, str, str], ...] = ()
    below: tuple[tuple[float, str], ...] = ()
    left_cells: int = 4
    right_cells: int = 0

    @property
    def indent(self) -> int:
        """Cells before the plot's first column."""
        return self.left_cells + 1

    @property
    def wide(self) -> int:
        return self.indent + self.columns + self.right_cells
