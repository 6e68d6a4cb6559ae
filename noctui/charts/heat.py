"""Hours of the week: a cell for each, shaded by its average, coloured by the threshold that it reaches."""

from __future__ import annotations

import math

from noctui.charts.axes import level_role
from noctui.charts.cells import joined
from noctui.charts.figure import Figure, Line, Run, Text
from noctui.charts.kernel import draw
from noctui.charts.kinds import Measure
from noctui.charts.paper import Paper
from noctui.charts.scales import label, nice
from noctui.charts.wish import Heat, Limits

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
SHADES = "·░▒▓█"
ASCII_SHADES = ".:+*#"
_LEAST_SHARE = 0.2
"""The darkest shade is at least this share of the measure's own scale: a quiet line stays pale."""
_FULL = {"percent": 100.0, "mos": 5.0}
_DECIMALS = {"loss": 2, "mos": 2}
"""Of a number in a cell, where there is room for them; else 1."""


def shade_top(heat: Heat, measure: Measure) -> float:
    """The value of the darkest shade."""
    known = [v for v in heat.values.ravel().tolist() if math.isfinite(v)]
    full = _FULL.get(measure.scale) or (heat.limits[-1] if heat.limits else 0.0)
    return max(nice(max(known, default=0.0)), full * _LEAST_SHARE)


def draw_heat(heat: Heat, measure: Measure, paper: Paper) -> list[Line]:
    """Seven bands of rows from Monday on, the hours below, the scale last. At least 10 lines."""
    left = 4
    each = max(min((paper.wide - left - 1) // 24, 8), 2)
    tall = max(min((paper.high - 3) // 7, 4), 1)
    columns, rows = 24 * each, 7 * tall
    top = shade_top(heat, measure)
    digits = _decimals(heat, measure, each - 1)
    texts: list[Text] = []
    for row in range(rows):
        day, line = divmod(row, tall)
        numbers = digits if line == tall // 2 and (tall > 1 or each >= 3) else None
        hours = [_cell(float(v), each, top, heat.limits, numbers, paper.ascii) for v in heat.values[day]]
        column = 0.5
        for text, role in joined(hours):
            texts.append(Text(column, rows - row - 0.5, text, role))
            column += len(text)
    named = tuple((rows - (day * tall + tall // 2) - 0.5, name) for day, name in enumerate(DAYS))
    every = 3 if each < 3 else 2 if each < 5 else 1
    below = tuple((h * each + each / 2, f"{h:02d}") for h in range(0, 24, every))
    plot = draw(Figure(columns, rows, float(rows), tuple(texts), named, (), below, left), paper.ascii)
    return [*plot, _scale(top, measure, heat.limits, paper)]


def _cell(value: float, each: int, top: float, limits: Limits, digits: int | None, ascii: bool) -> Run:
    """One row of an hour's cell: its number, else its shade with a blank between neighbours where there is room."""
    if not math.isfinite(value):
        return " " * each, "faint"
    if digits is not None:
        return f"{value:.{digits}f}".rjust(each // 2 + 1).ljust(each)[:each], level_role(limits, value, "text")
    wide = each - 1 if each > 2 else each
    return (shade(value, top, ascii) * wide).ljust(each), level_role(limits, value, "graph")


def shade(value: float, top: float, ascii: bool) -> str:
    """The sign of a value on a scale that ends at `top`."""
    signs = ASCII_SHADES if ascii else SHADES
    return signs[min(int(max(value, 0.0) / top * len(signs)), len(signs) - 1)]


def _decimals(heat: Heat, measure: Measure, room: int) -> int | None:
    """With how many decimals all numbers fit into `room` cells; None: not at all, or only as zeros."""
    known = [v for v in heat.values.ravel().tolist() if math.isfinite(v)]
    if not known:
        return None
    digits = next(
        (d for d in range(_DECIMALS.get(measure.name, 1), -1, -1) if max(len(f"{v:.{d}f}") for v in known) <= room),
        None,
    )
    return digits if digits is not None and max(known) >= 0.5 * 10.0**-digits else None


def _scale(top: float, measure: Measure, limits: Limits, paper: Paper) -> Line:
    """`· 0  ░ 10  ▒ 20 …`: from which value on each shade is."""
    signs = ASCII_SHADES if paper.ascii else SHADES
    cells = [("     ", "dim")]
    for i, sign in enumerate(signs):
        from_value = float(f"{top * i / len(signs):.3g}")
        cells += [(sign, "graph"), (f" {label(from_value)}  ", "dim")]
    cells.append((f"{measure.unit}  " if measure.unit else " ", "dim"))
    for name, value, role in zip(("warn", "high", "crit"), limits, ("warn", "high", "crit"), strict=False):
        cells.append((f"{name} {label(value)}  ", role))
    return joined(cells)
