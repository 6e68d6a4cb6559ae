"""Lines taken apart into cells and put together again: what is coloured by column, and tinted."""

from __future__ import annotations

from collections.abc import Sequence

from noctui.charts.figure import Line, Run

Cell = Run
"""One sign and its role."""


def apart(line: Line) -> list[Cell]:
    return [(sign, role) for text, role in line for sign in text]


def joined(runs: Sequence[Run]) -> Line:
    """Neighbours of one role are one run."""
    found: list[Run] = []
    for text, role in runs:
        if found and found[-1][1] == role:
            found[-1] = found[-1][0] + text, role
        else:
            found.append((text, role))
    return tuple(found)


def written(line: Line) -> str:
    """The text alone."""
    return "".join(text for text, _ in line)
