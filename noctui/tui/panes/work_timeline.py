"""The coming weeks as a line of cells: axis, now, and a bar for each window of a work. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from noctui.model.works import Work
from noctui.tui.look.numbers import clock, day
from noctui.tui.look.signs import Signs
from noctui.tui.look.text import clip, width
from noctui.tui.panes.work_words import state_of
from noctui.tui.runs import Run
from noctui.tui.widgets.lane_math import ticks, touched

HOUR = 3600.0
DAY = 86_400.0
ZOOMS = (12 * HOUR, 36 * HOUR, 3 * DAY, 7 * DAY, 14 * DAY, 28 * DAY, 91 * DAY)
"""Lengths that + and - step through."""
USUAL = 1
LEAST = 12
"""Cells of the shortest line that is drawn."""
_BARS = {
    "now": ("maintenance", "maint"), "confirmed": ("maintenance", "maint"), "moved": ("maintenance", "maint"),
    "tentative": ("tentative", "dim"), "unmatched": ("maintenance", "unk"), "no impact": ("ok", "dim"),
    "done": ("rule", "ok"),
}  # fmt: skip
"""State → sign and role; what is called off has no bar."""


@dataclass(frozen=True, slots=True)
class Axis:
    """[start, end] of UTC epoch seconds in `cells` cells; `now` may lie outside."""

    start: float
    end: float
    cells: int
    now: float

    @property
    def now_cell(self) -> int | None:
        if not self.start <= self.now < self.end or self.cells < 1:
            return None
        return min(int((self.now - self.start) / (self.end - self.start) * self.cells), self.cells - 1)


def begin_of(at: float, zoom: float) -> float:
    """Where an axis of this length begins when nobody moved it: at the day's midnight, longer ones a day before."""
    midnight = at // DAY * DAY
    return at - zoom / 4 if zoom < DAY else midnight if zoom <= 3 * DAY else midnight - DAY


def title(axis: Axis) -> str:
    """`00    now   06    09    12   …   Nov 24    06`."""
    line = [" "] * axis.cells
    told = ticks(axis.start, axis.end, axis.cells, room=6)
    here = axis.now_cell
    placed = [(here, "now")] if here is not None else []
    placed += [(cell, label[:2] if label[2:] == ":00" else label) for cell, label in told]
    for cell, label in placed:
        if cell + len(label) > axis.cells:
            cell = axis.cells - len(label)
        for short in (label, "00") if len(label) == 6 else (label,):
            near = line[max(cell - 1, 0) : cell + len(short) + 1]
            if cell >= 0 and all(c == " " for c in near):
                line[cell : cell + len(short)] = short
                break
    return "".join(line).rstrip()


def words(axis: Axis) -> str:
    """`Nov 23 00:00 to Nov 24 12:00 UTC`."""
    start, end = axis.start, axis.end
    return f"{day(start)} {clock(start, seconds=False)} to {day(end)} {clock(end, seconds=False)} UTC"


def bar(work: Work, axis: Axis, label: str, signs: Signs) -> tuple[Run, ...]:
    """Its windows on the axis, conflicts over them, the label beside them where there is room."""
    cells, state = axis.cells, state_of(work, axis.now)
    line: list[Run] = [(" ", "text")] * cells
    if (here := axis.now_cell) is not None:
        line[here] = (signs.line, "accent")
    marked: list[int] = []
    if state in _BARS:
        sign, role = _BARS[state]
        for window in work.maintenance.windows:
            shown = ("tentative", "dim") if window.backup else (sign, role)
            marked += _mark(line, axis, window.start, window.end, (getattr(signs, shown[0]), shown[1]))
        if state in ("now", "confirmed", "moved"):
            for conflict in work.conflicts:
                _mark(line, axis, conflict.start, conflict.end, (signs.critical, "crit"))
    text, at = _placed(label, marked, cells, signs)
    runs = _runs(line[:at]), ((text, "dim"),) if text else (), _runs(line[at + width(text) :])
    return tuple(run for part in runs for run in part)


def _mark(line: list[Run], axis: Axis, start: float, end: float, run: Run) -> list[int]:
    if end <= axis.start or start >= axis.end:
        return []
    a, b = touched(axis.start, axis.end, start, end, axis.cells)
    at = list(range(max(a, 0), min(max(b, a + 1), axis.cells)))
    for i in at:
        line[i] = run
    return at


def _placed(label: str, marked: list[int], cells: int, signs: Signs) -> tuple[str, int]:
    """The label, and the cell where it begins: after a bar or before the first one, where all of it has room, else
    where most of it has. It keeps a blank to every bar."""
    if not label or not marked:
        return "", cells
    taken = sorted(set(marked))
    ends = [-1, *[c for c in taken if c + 1 not in taken]]
    begins = [*[c for c in taken if c - 1 not in taken], cells]
    gaps = [(end + 2 if end >= 0 else 0, begin - 1 if begin < cells else cells)
            for end, begin in zip(ends, begins, strict=True)]  # fmt: skip
    gaps = [*gaps[1:], gaps[0]]
    fits = next((gap for gap in gaps if gap[1] - gap[0] >= width(label)), None)
    start, end = fits or max(gaps, key=lambda gap: gap[1] - gap[0])
    if end - start < 3:
        return "", cells
    text = clip(label, end - start, signs.cut)
    return text, end - width(text) if start == 0 and (start, end) == gaps[-1] else start


def _runs(line: list[Run]) -> tuple[Run, ...]:
    """Neighbours of one role as one run."""
    return tuple(
        ("".join(sign for sign, _ in run), role)
        for role, run in ((r, list(g)) for r, g in groupby(line, lambda x: x[1]))
    )
