"""Lanes → lines of Segments: filled braille, dotted thresholds, tinted bands, marks above, a time axis below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.segment import Segment

from noctui.charts.decimate import Bounds, bounds, highest
from noctui.model.words import Level
from noctui.tui.look import Look
from noctui.tui.look.numbers import clock
from noctui.tui.look.palette import Palette
from noctui.tui.look.signs import level_role
from noctui.tui.look.text import clip, width
from noctui.tui.widgets.lane_marks import events, marks
from noctui.tui.widgets.lane_math import F4, ticks, top_of, touched
from noctui.tui.widgets.lane_model import Band, Chart, Lane
from noctui.tui.widgets.line import Line

RIGHT = 5
"""Cells right of the plot: a blank and a threshold's value."""
TALL = 5
"""From this many rows on a lane colours cell by cell."""
WIDE = 100
"""From this width on labels have room for units."""

_GROUNDS = ("bg", "bar", "band_gap", "band_mnt", "band_out", "sel")
_TINT = {"marked": 1, "gap": 2, "window": 3, "outage": 4}
_AT_CURSOR = _GROUNDS.index("sel")
_LEFT = np.array([0, 0x40, 0x44, 0x46, 0x47], np.uint32)
_RIGHT = np.array([0, 0x80, 0xA0, 0xB0, 0xB8], np.uint32)
_FAINT, _CURSOR = 4, 5
_INKS = 6
"""Inks of a lane: its own, those of three levels, and these two."""
_LEVELS = (level_role(Level.WARN), level_role(Level.HIGH), level_role(Level.CRITICAL))

Cells = NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A lane's numbers for one plot: dot column maxima, the scale's top, and its label's value."""

    lane: Lane
    dots: F4  # [2 × columns]
    top: float
    value: float | None  # at the cursor, else the newest


def label_cells(wide: int) -> int:
    """Cells left of the plot."""
    return 7 if wide >= WIDE else 6


def plot_columns(wide: int) -> int:
    """Columns of the plot in a chart `wide` cells wide."""
    return max(wide - label_cells(wide) - RIGHT, 1)


def draw(chart: Chart, lane: Lane, columns: int) -> Drawn:
    """Decimate a lane to the plot's dot columns."""
    return _drawn(chart, lane, bounds(lane.times, lane.spans, chart.start, chart.end, 2 * columns))


def _draw_all(chart: Chart, columns: int) -> list[Drawn]:
    """All lanes; those of one circuit share their times, so that which samples a column has is looked up once."""
    looked_up: dict[tuple[int, int], Bounds] = {}
    drawn: list[Drawn] = []
    for lane in chart.lanes:
        key = id(lane.times), id(lane.spans)
        if key not in looked_up:
            looked_up[key] = bounds(lane.times, lane.spans, chart.start, chart.end, 2 * columns)
        drawn.append(_drawn(chart, lane, looked_up[key]))
    return drawn


def _drawn(chart: Chart, lane: Lane, of: Bounds) -> Drawn:
    dots = highest(lane.values, of)
    critical = lane.thresholds[-1] if lane.thresholds else None
    return Drawn(lane, dots, top_of(lane.scale, dots, critical), _value(chart, lane, dots))


def build(chart: Chart, wide: int, look: Look) -> list[list[Segment]]:
    """All lines of the chart: marks, events, the lanes from above, the axis. Each is exactly `wide` cells."""
    columns = plot_columns(wide)
    mine = _tints(chart, chart.bands, columns)
    name, others = chart.other or ("", ())
    lines = [marks(chart, chart.bands, "marks", label_cells(wide), columns, wide, look)]
    if chart.other is not None:
        lines.append(marks(chart, others, name, label_cells(wide), columns, wide, look))
    its = _tints(chart, (*others, *(b for b in chart.bands if b.kind == "marked")), columns)
    if chart.events is not None:
        lines.append(events(chart, chart.events, label_cells(wide), columns, wide, look))
    lines += _plots(chart, mine, its, wide, columns, look)
    lines.append(_axis(chart, wide, columns, look))
    return lines


def _plots(
    chart: Chart, mine: NDArray[np.uint8], its: NDArray[np.uint8], wide: int, columns: int, look: Look
) -> list[list[Segment]]:
    """The rows of all lanes. Their runs are found together: an array's fixed cost is more than that of its cells."""
    if not chart.lanes:
        return []
    drawn = _draw_all(chart, columns)
    painted = [_lane(one, chart, its if one.lane.other else mine, columns, look) for one in drawn]
    cells, ink, ground = (np.concatenate(parts) for parts in zip(*painted, strict=True))
    rows = [one.lane.rows for one in drawn]
    ink += np.repeat(_INKS * np.arange(len(rows)), rows).reshape(-1, 1)
    roles = [role for one in drawn for role in (one.lane.role, *_LEVELS, "faint", "accent")]
    merged = iter(_merge(cells, ink, ground, roles, look.palette))
    none = [Segment(" " * label_cells(wide), look.palette.style("text"))]
    no_threshold = [Segment(" " * RIGHT, look.palette.style("text"))]
    lines: list[list[Segment]] = []
    for one in drawn:
        levels = _threshold_rows(one)
        for row, plot in zip(range(one.lane.rows), merged, strict=False):
            label = _label(one, row, wide, look) if row < 2 or row == one.lane.rows - 1 else none
            right = _threshold_label(levels[row], one, look) if row in levels else no_threshold
            lines.append([*label, *plot, *right])
    return lines


def _value(chart: Chart, lane: Lane, dots: F4) -> float | None:
    if chart.cursor is not None:
        pair = dots[2 * chart.cursor : 2 * chart.cursor + 2]
        known = pair[np.isfinite(pair)]
        return float(known.max()) if len(known) else None
    if not len(lane.times) or lane.times[-1] < chart.newest - 3 * float(lane.spans[-1]):
        return None
    return float(lane.values[-1])


def _tints(chart: Chart, bands: Sequence[Band], columns: int) -> NDArray[np.uint8]:
    """[columns] index into the grounds: outage over window over gap over marked."""
    tint = np.zeros(columns, np.uint8)
    for band in bands:
        if band.kind in _TINT:
            first, last = touched(chart.start, chart.end, band.start, band.end, columns)
            np.maximum(tint[first:last], _TINT[band.kind], out=tint[first:last])
    return tint


def _lane(
    drawn: Drawn, chart: Chart, tint: NDArray[np.uint8], columns: int, look: Look
) -> tuple[Cells, NDArray[np.intp], NDArray[np.uint8]]:
    """[rows, columns] code points, inks of the lane and grounds."""
    rows = drawn.lane.rows
    known = np.isfinite(drawn.dots)
    ratio = np.where(known, drawn.dots, 0) / drawn.top * (4 * rows)
    heights = np.where(known, _between(np.ceil(ratio - 1e-4), 1, 4 * rows), 0).astype(np.int32)
    below = 4 * np.arange(rows - 1, -1, -1).reshape(-1, 1)
    left, right = _between(heights[0::2] - below, 0, 4), _between(heights[1::2] - below, 0, 4)
    cells = _cells(left, right, look.signs.ascii)
    empty = cells == 32
    for row in _threshold_rows(drawn):
        if row < rows - 1:
            dotted = empty[row] if look.palette.tints else empty[row] & (tint == 0)
            cells[row, dotted] = ord(look.signs.threshold)
    ink = np.where(empty, _FAINT, _ink(drawn, (below + 4) / (4 * rows) * drawn.top))
    ground = np.repeat(tint.reshape(1, -1), rows, axis=0)
    if chart.cursor is not None and chart.cursor < columns:
        ground[:, chart.cursor] = _AT_CURSOR
        free = empty[:, chart.cursor]
        cells[free, chart.cursor], ink[free, chart.cursor] = ord(look.signs.line), _CURSOR
    return cells, ink, ground


def _between(values: NDArray[Any], low: int, high: int) -> NDArray[Any]:
    """np.clip has a price of its own, several times that of a row of cells."""
    held: NDArray[Any] = np.minimum(np.maximum(values, low), high)
    return held


def _cells(left: NDArray[np.int32], right: NDArray[np.int32], ascii: bool) -> Cells:
    """[rows, columns] code points for how many of the 4 dots of each half are filled; a blank for none."""
    if ascii:
        filled = np.maximum(left, right)
        return np.where(filled == 0, 32, np.where(filled > 2, ord("#"), ord(":"))).astype(np.uint32)
    bits = _LEFT[left] | _RIGHT[right]
    return np.where(bits == 0, 32, bits + 0x2800).astype(np.uint32)


def _ink(drawn: Drawn, upper: NDArray[np.float64]) -> NDArray[np.intp]:
    """[rows, columns] how many thresholds a cell lies above, of a row that ends below `upper` [rows, 1]."""
    highest = np.fmax(drawn.dots[0::2], drawn.dots[1::2])
    reached = np.where(np.isfinite(highest), highest, np.float32(-1))
    if drawn.lane.rows < TALL:
        return np.repeat(_level(drawn.lane, reached).reshape(1, -1), drawn.lane.rows, axis=0)
    return _level(drawn.lane, np.minimum(reached, np.nextafter(upper.astype(np.float32), np.float32(0))))


def _level(lane: Lane, values: F4) -> NDArray[np.intp]:
    """How many thresholds each reaches; three comparisons are quicker than a search for every cell."""
    found = np.zeros(values.shape, np.intp)
    for threshold in lane.thresholds:
        found += values >= np.float32(threshold)
    return found


def _threshold_rows(drawn: Drawn) -> dict[int, int]:
    """Row → which threshold stands there; of two in one row the higher. On the floor only critical is named."""
    rows = drawn.lane.rows
    found: dict[int, int] = {}
    for level, value in enumerate(drawn.lane.thresholds):
        row = rows - 1 - int((value / drawn.top * 4 * rows - 1e-6) // 4)
        if 0 <= row < rows - 1 or (row == rows - 1 and level == len(drawn.lane.thresholds) - 1):
            found[row] = level
    return found


def _merge(
    cells: Cells, ink: NDArray[np.intp], ground: NDArray[np.uint8], inks: Sequence[str], palette: Palette
) -> list[list[Segment]]:
    """Per row its runs of one style. Blanks join what stands before them on the same ground."""
    rows, columns = cells.shape
    shown = np.where(cells == 32, -1, ink)
    style = shown * 8 + ground
    carried = np.maximum.accumulate(np.where(shown >= 0, np.arange(columns), -1), axis=1)
    before = np.maximum(carried, 0) + columns * np.arange(rows).reshape(-1, 1)
    joins = (shown < 0) & (carried >= 0) & (ground.ravel()[before] == ground)
    style = np.where(joins, style.ravel()[before], style)
    begins = np.ones(cells.shape, np.bool_)
    begins[:, 1:] = style[:, 1:] != style[:, :-1]
    starts = np.flatnonzero(begins)
    text = cells.astype("<u4").tobytes().decode("utf-32-le")
    looks = style.ravel()[starts]
    styles = {
        look: palette.style(inks[look >> 3] if look >= 0 else "faint", _GROUNDS[look & 7])
        for look in np.unique(looks).tolist()
    }
    first = starts.tolist()
    runs = [
        Segment(text[a:b], styles[look])
        for a, b, look in zip(first, [*first[1:], len(text)], looks.tolist(), strict=True)
    ]
    cuts = np.searchsorted(starts, columns * np.arange(rows + 1)).tolist()
    return [runs[a:b] for a, b in pairwise(cuts)]


def _label(drawn: Drawn, row: int, wide: int, look: Look) -> list[Segment]:
    cells, lane = label_cells(wide), drawn.lane
    line = Line(look.palette)
    if row == 0:
        title = clip(lane.title, cells - 1, look.signs.cut)
        line.text(title, width(title), "hi bold")
        if lane.unit and width(title) + 1 + width(lane.unit) < cells:
            line.blanks(1)
            line.text(lane.unit, width(lane.unit), "dim")
    elif row == 1:
        text = clip(look.signs.prose(lane.text(drawn.value)), cells - 1, look.signs.cut)
        value = -1.0 if drawn.value is None or drawn.value != drawn.value else drawn.value
        level = int(np.searchsorted(np.asarray(lane.thresholds), value, "right"))
        line.text(text, width(text), "faint" if value < 0 else f"{level_role(level)} bold")
    elif row == lane.rows - 1 and lane.rows >= 4:
        line.blanks(cells - 2)
        line.text("0", 1, "faint")
    return line.end(cells)


def _threshold_label(level: int | None, drawn: Drawn, look: Look) -> list[Segment]:
    line = Line(look.palette)
    if level is not None:
        text = clip(f"{drawn.lane.thresholds[level]:g}", RIGHT - 1, look.signs.cut)
        line.blanks(1)
        line.text(text, width(text), level_role(level + 1))
    return line.end(RIGHT)


def _axis(chart: Chart, wide: int, columns: int, look: Look) -> list[Segment]:
    """Ticks, the newest instant bold at the end, the cursor's time where it stands; ticks where room is left."""
    seconds = (chart.end - chart.start) / columns < 60
    newest = clock(chart.newest, chart.zone, seconds)
    wanted = [(columns - len(newest), newest, "hi bold")]
    if chart.cursor is not None:
        at = clock(cursor_time(chart, columns), chart.zone, seconds)
        wanted.insert(0, (min(max(chart.cursor - len(at) // 2, 0), columns - len(at)), at, "accent bold"))
    wanted += [(column, label, "dim") for column, label in ticks(chart.start, chart.end, columns, chart.zone)]
    labels: list[tuple[int, str, str]] = []
    for at_column, label, role in wanted:
        end = at_column + len(label)
        if at_column >= 0 and end <= columns and all(end < a or at_column > a + len(t) for a, t, _ in labels):
            labels.append((at_column, label, role))
    line = Line(look.palette)
    word = _zone_word(chart)
    line.text(word, len(word), "accent")
    line.blanks(label_cells(wide) - len(word))
    for at_column, label, role in sorted(labels):
        line.blanks(label_cells(wide) + at_column - line.cells)
        line.text(label, len(label), role)
    return line.end(wide)


def _zone_word(chart: Chart) -> str:
    """`MST`, where the axis goes by another clock than UTC, the program's own."""
    if chart.zone is UTC:
        return ""
    word = datetime.fromtimestamp(chart.newest, chart.zone).strftime("%Z")
    return word[:5] if word.isascii() and word.isprintable() else "local"


def cursor_time(chart: Chart, columns: int) -> float:
    """The instant at which all that the cursor's column shows was known: its right edge, at most now."""
    at = chart.start + (chart.end - chart.start) / columns * ((chart.cursor or 0) + 1)
    return min(at, chart.newest)
