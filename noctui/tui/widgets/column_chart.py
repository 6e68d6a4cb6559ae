"""A small chart of columns: a few rows high, on a scale that is given, so that it says the same tomorrow."""

from __future__ import annotations

import math
from collections.abc import Sequence

from noctui.tui.look import Signs
from noctui.tui.runs import Line, Run


def column_chart(
    values: Sequence[float], cells: int, rows: int, top: float, signs: Signs, *, critical: float = math.inf
) -> list[Line]:
    """`rows` lines of `cells` cells. The newest value is last; each takes equally many cells, what is left over stands
    blank at the left. Unknown (NaN) is blank, zero the lowest sign; a column that reaches `critical` is red."""
    if not values or cells <= 0 or rows <= 0:
        return [((" " * max(cells, 0), "text"),)] * max(rows, 0)
    shown = list(values)[-cells:]
    each = cells // len(shown)
    left = cells - each * len(shown)
    return [_row(shown, y, rows, each, left, top, signs, critical) for y in range(rows)]


def _row(
    values: Sequence[float], y: int, rows: int, each: int, left: int, top: float, signs: Signs, critical: float
) -> Line:
    """Row `y` from above."""
    runs: list[Run] = [(" " * left, "text")] if left else []
    for value in values:
        role = "crit" if value >= critical else "graph"
        sign = _cell(value, rows - 1 - y, rows, top, signs) * each
        if runs and runs[-1][1] == role:
            runs[-1] = runs[-1][0] + sign, role
        else:
            runs.append((sign, role))
    return tuple(runs)


def _cell(value: float, floor: int, rows: int, top: float, signs: Signs) -> str:
    """What stands of this value in the row that is `floor` rows above the ground."""
    if not math.isfinite(value):
        return " "
    steps = len(signs.trend)
    share = min(max(value / top, 0.0), 1.0) if top > 0 else 0.0
    # the highest sign of the scale is one step below a full cell, so that columns in neighbouring rows stay whole
    filled = max(math.ceil(share * rows * (steps + 1) - 1e-9), 1) - floor * (steps + 1)
    if filled <= 0:
        return " "
    return signs.full_block if filled > steps else signs.trend[filled - 1]
