"""What stands around a plot: values at the left, thresholds at the right, the unit above, the clock's zone below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from noctui.charts.figure import Line, Rule
from noctui.charts.kinds import Measure
from noctui.charts.paper import Paper
from noctui.charts.scales import label, steps
from noctui.charts.wish import Limits

LEVEL_ROLES = ("warn", "high", "crit")
_LEAST_LEFT = 4


def level(limits: Limits, value: float) -> int:
    """How many of these thresholds the value reaches."""
    return sum(value >= limit for limit in limits)


def level_role(limits: Limits, value: float, below: str) -> str:
    """The colour of a value: that of the threshold it reaches, else `below`."""
    reached = level(limits, value)
    return LEVEL_ROLES[reached - 1] if reached else below


@dataclass(frozen=True, slots=True)
class Frame:
    """The room that is left for the plot."""

    left: tuple[tuple[float, str], ...]
    right: tuple[tuple[float, str, str], ...]
    rules: tuple[Rule, ...]
    left_cells: int
    right_cells: int
    columns: int
    rows: int
    below_word: str


def framed(paper: Paper, top: float, limits: Limits, *, above: int = 1, least_right: int = 0,
           below_word: str = "", values: Sequence[float] | None = None) -> Frame:  # fmt: skip
    """Axes for values 0 to `top`: `above` rows are left over the plot, two below it for its axis of x."""
    rows = max(paper.high - above - 2, 3)
    most = max(min(rows // 3 + 1, 8), 2)
    left = tuple((v, label(v)) for v in (values if values is not None else steps(top, most)))
    shown = [(v, LEVEL_ROLES[i]) for i, v in enumerate(limits) if 0 < v <= top]
    kept = _apart(shown, top, rows)
    right = tuple((v, label(v), role) for v, role in kept)
    left_cells = max(_LEAST_LEFT, len(below_word), *(len(text) for _, text in left))
    right_cells = max(least_right, *(len(text) + 1 for _, text, _ in right)) if right else least_right
    columns = max(paper.wide - left_cells - 1 - right_cells, 4)
    return Frame(left, right, tuple(Rule(v, role) for v, role in kept), left_cells, right_cells, columns, rows,
                 below_word)  # fmt: skip


def _apart(shown: list[tuple[float, str]], top: float, rows: int) -> list[tuple[float, str]]:
    """Of thresholds that fall into one row, the highest."""
    by_row = {min(int(value / top * rows), rows - 1): (value, role) for value, role in shown}
    return list(by_row.values())


def unit_line(measure: Measure, frame: Frame, rest: Line = ()) -> Line:
    """The row above the plot: the axis' unit, then `rest` over the plot's columns."""
    return ((f"{measure.unit:>{frame.left_cells}} ", "dim"), *rest)


def with_zone(lines: list[Line], frame: Frame) -> list[Line]:
    """The zone's word at the left of the axis of time."""
    if not lines or not frame.below_word:
        return lines
    text = "".join(t for t, _ in lines[-1])
    word = f"{frame.below_word:>{frame.left_cells}}"
    return [*lines[:-1], ((word, "dim"), (text[frame.left_cells :], "dim"))]
