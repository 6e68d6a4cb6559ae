"""A figure drawn by plotext, and its cells taken out as runs of roles: none of its escape codes goes any further."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Sequence
from typing import Any

from noctui.charts.figure import Bar, Curve, Figure, Line, Rule, Run, Shape, Stroke, Text

_ONE_AT_A_TIME = threading.Lock()
"""plotext has one figure in a process."""
_FIRST = 16
"""The first of the 256 colours that stand for roles on the way through plotext."""
_SGR = re.compile(r"\x1b\[([0-9;]*)m")
_ASCII = str.maketrans({
    "─": "-", "┈": "-", "┄": "-", "│": "|", "┤": "|", "├": "|", "┼": "+", "┬": "+", "┴": "+", "└": "+", "┘": "+",
    "┌": "+", "┐": "+",
})  # fmt: skip
_DOTTED = str.maketrans({"┈": "┄"})
AXIS, LABEL = "faint", "dim"


def draw(figure: Figure, ascii: bool = False) -> list[Line]:
    """All lines of the figure with its axes, each exactly `figure.wide` cells. Blocks for some milliseconds."""
    roles: list[str] = []

    def code(role: str) -> int:
        if role not in roles:
            roles.append(role)
        return _FIRST + roles.index(role)

    with _ONE_AT_A_TIME:
        import plotext

        plotext.terminal.limit(False, False)
        plot = plotext.figure.clear()
        _frame(plot, figure, code, ascii)
        for shape in figure.shapes:
            _add(plotext, plot, shape, code, ascii)
        text: str = plot.build().string()
    return _lines(text, roles, figure.wide, _ASCII if ascii else _DOTTED)


def _frame(plot: Any, figure: Figure, code: Callable[[str], int], ascii: bool) -> None:
    """Axes at the left and below; limits at the edges of cells, so that column i lies between i and i + 1."""
    plot.plot_size(figure.wide, figure.rows + 1 + bool(figure.below))
    plot.canvas("default")
    plot.axes(False, axis="x", side="upper")
    plot.axes(False, axis="y", side="right")
    for axis, side in (("x", "lower"), ("y", "left")):
        plot.axes(True, pixel=code(AXIS), axis=axis, side=side)
    below, left = plot.ruler("x", "lower"), plot.ruler("y", "left")
    below.lim(0, figure.columns).alignment(lim="edge").pixel(code(LABEL))
    below.ticks([x for x, _ in figure.below], [t for _, t in figure.below])
    left.lim(0, figure.top).alignment(lim="edge").pixel(code(LABEL))
    _side(left, [(y, f"{text:>{figure.left_cells}}", LABEL) for y, text in figure.left], figure.left_cells, code)
    if figure.right_cells:
        right = plot.ruler("y", "right")
        right.lim(0, figure.top).alignment(lim="edge").pixel(code(LABEL))
        _side(right, [(y, f" {t}".ljust(figure.right_cells), r) for y, t, r in figure.right], figure.right_cells, code)


def _side(ruler: Any, labels: Sequence[tuple[float, str, str]], cells: int, code: Callable[[str], int]) -> None:
    """Labels in their colours; one of blanks keeps the width where there is none."""
    import plotext

    texts = labels or [(0.0, " " * cells, LABEL)]
    ruler.ticks([y for y, _, _ in texts], [plotext.colorize(text[:cells], code(role)) for _, text, role in texts])


def _add(plotext: Any, plot: Any, shape: Shape, code: Callable[[str], int], ascii: bool) -> None:
    if isinstance(shape, Rule):
        plot.line(shape.y, "horizontal", True, code(shape.role), "dotted")
        return
    if isinstance(shape, Text):
        plot.draw(plot.text(shape.x, shape.y, plotext.colorize(shape.text, code(shape.role))))
        return
    marker = plotext.marker(shape.sign if ascii else "braille", code(shape.role))
    if isinstance(shape, Curve):
        made = plot.signal(shape.x.tolist(), shape.y.tolist(), marker=marker).lines()
    elif isinstance(shape, Bar):
        made = plot.rectangle((shape.x0, shape.x1), (shape.y0, shape.y1), marker=marker, fill=shape.filled)
    elif isinstance(shape, Stroke):
        made = plot.segment((shape.x0, shape.x1), (shape.y0, shape.y1), marker=marker)
    plot.draw(made)


def _lines(text: str, roles: Sequence[str], wide: int, twins: dict[int, Any]) -> list[Line]:
    """What plotext gives as text with colours → runs of roles. Anything it sends but colours is left out."""
    lines: list[Line] = []
    for row in text.rstrip("\n").split("\n"):
        runs: list[Run] = []
        role = "text"
        cells = 0
        for i, part in enumerate(_SGR.split(row)):
            if i % 2:
                role = _role(part, role, roles)
            elif part:
                part = part.translate(twins)[: wide - cells]
                cells += len(part)
                _append(runs, part, role)
        _append(runs, " " * (wide - cells), "text")
        lines.append(tuple(runs))
    return lines


def _role(codes: str, now: str, roles: Sequence[str]) -> str:
    parts = codes.split(";")
    if parts[:2] == ["38", "5"]:
        at = int(parts[2]) - _FIRST
        return roles[at] if 0 <= at < len(roles) else "text"
    return "text" if codes in ("", "0") else now


def _append(runs: list[Run], text: str, role: str) -> None:
    """Blanks join what stands before them: they show no role."""
    if not text:
        return
    if runs and (runs[-1][1] == role or text.isspace()):
        runs[-1] = runs[-1][0] + text, runs[-1][1]
    elif runs and runs[-1][0].isspace():
        runs[-1] = runs[-1][0] + text, role
    else:
        runs.append((text, role))
