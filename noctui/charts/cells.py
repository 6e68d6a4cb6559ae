"""Lines taken apart into cells and put together again: what is coloured by column, and tinted."""

from __future__ import annotations

from collections.abc import Sequence

from noctui.charts.figure import Line, Run

Cell = Run
"""One sign and its role."""


def apart(line: Line) -> list[Cell]:
    return [(sign, role) for text, role in line for sign in text]


def together(cells: Sequence[Cell]) -> Line:
    """Neighbours of one role are one run."""
    runs: list[Run] = []
    for sign, role in cells:
        if runs and runs[-1][1] == role:
            runs[-1] = runs[-1][0] + sign, role
        else:
            runs.append((sign, role))
    return tuple(runs)


def written(line: Line) -> str:
    """The text alone."""
    return "".join(text for text, _ in line)
