"""24 hours of the whole network: traffic in and out, utilisation, the share that was bad; an hour each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noctui.model.figures import NetworkSeries
from noctui.model.words import THRESHOLDS, Metric
from noctui.tui.look.numbers import clock, rate, tone, utilisation
from noctui.tui.look.signs import Signs
from noctui.tui.look.text import fit
from noctui.tui.moment import Moment
from noctui.tui.panes.keeping import Keeping
from noctui.tui.panes.offender_kinds import range_of
from noctui.tui.panes.pane import Content, Pane
from noctui.tui.runs import Line, Run
from noctui.tui.widgets.column_chart import column_chart
from noctui.tui.widgets.spark import BAD_SHARE_TOP

HOUR = 3600.0
HOURS = 24
AGAIN = 300.0
"""An hour is told some time after it is over: seconds after which it is looked for again."""
_SHORT = 20
"""Hours that one line has room for."""
_LABEL = 11
_FIGURES = 19
"""Cells for `212G  max 287G 16h`."""


@dataclass(frozen=True, slots=True)
class Lane:
    """One figure by the hour. `top` is the scale's end; 0: the highest hour is."""

    label: str
    values: NDArray[np.float64]
    words: Callable[[float], str]
    top: float = 0.0
    critical: float = float("inf")


def lanes_of(found: NetworkSeries, at: float) -> list[Lane]:
    """The lanes, an hour a value, the newest last; hours that are missing are NaN."""
    ends = at // HOUR * HOUR - HOUR * np.arange(HOURS - 1, -1, -1)
    slot = {float(t): i for i, t in enumerate(found.times.tolist())}
    rows = np.array([slot.get(float(t), -1) for t in ends], np.intp)

    def hourly(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.where(rows >= 0, values[rows], np.nan) if len(values) else np.full(HOURS, np.nan)

    return [
        Lane("in b/s", hourly(found.rx_bps), rate),
        Lane("out b/s", hourly(found.tx_bps), rate),
        Lane("util mean %", hourly(found.util_mean), utilisation, 100.0, THRESHOLDS[Metric.UTILISATION][2]),
        Lane("util p95 %", hourly(found.util_p95), utilisation, 100.0, THRESHOLDS[Metric.UTILISATION][2]),
        Lane("bad %", hourly(found.bad_share), utilisation, BAD_SHARE_TOP, BAD_SHARE_TOP),
    ]


def lane_lines(lane: Lane, ends: float, wide: int, rows: int, signs: Signs) -> list[Line]:
    """The label, the chart, the newest hour and the highest one with its time; `ends` is when the newest hour ended."""
    cells = max((wide - _LABEL - _FIGURES - 2) // HOURS, 1) * HOURS
    top = lane.top or float(np.nanmax(lane.values, initial=0.0))
    chart = column_chart(lane.values.tolist(), cells, rows, top, signs, critical=lane.critical)
    newest = lane.words(float(lane.values[-1]))
    figures: list[list[Run]] = [[(fit(newest, 5), tone(newest)), (" ", "text")]]
    if np.isfinite(lane.values).any():
        highest = int(np.nanargmax(lane.values))
        began = ends - HOUR * (HOURS - highest)
        figures.append([("max ", "dim"), (fit(lane.words(float(lane.values[highest])), 5), "text"),
                        (f" {clock(began, seconds=False)[:2]}h", "dim")])  # fmt: skip
    if rows == 1:
        figures = [[run for part in figures for run in part]]
    return [
        (
            (fit(lane.label if y == 0 else "", _LABEL), "dim"), (" ", "text"), *chart[y], ("  ", "text"),
            *(figures[y] if y < len(figures) else ()),
        )
        for y in range(rows)
    ]  # fmt: skip


def axis(ends: float, wide: int) -> Line:
    """The hours below the lanes: `04          10          16          22`, each where its hour begins."""
    cells = max((wide - _LABEL - _FIGURES - 2) // HOURS, 1)
    text = ""
    for i in range(0, HOURS, 6):
        text = text.ljust(i * cells) + clock(ends - HOUR * (HOURS - i), seconds=False)[:2]
    return ((" " * (_LABEL + 1), "dim"), (text, "dim"))


class NetworkTrends(Pane):
    """Lanes as high as there is room for, all alike."""

    SCOPED_CSS = False  # its look depends on the size, which is a class of the board around it
    DEFAULT_CSS = """
    NetworkTrends { height: 7; padding: 0 1; }
    .-l NetworkTrends { height: 17; }
    .-s NetworkTrends { height: 1; }
    """
    HEADING = "network, 24 h"

    def __init__(self, clock: Callable[[], float], *, id: str) -> None:
        super().__init__(id=id)
        self._found: Keeping[NetworkSeries] = Keeping(self, clock, self.draw)

    def inquire(self, moment: Moment) -> None:
        at = moment.at // AGAIN * AGAIN
        read, range_ = moment.scene.read, range_of("24h", moment.at // HOUR * HOUR)
        self._found.want("24h", at, moment.scene.live, lambda: read.network(range_))

    def _said(self) -> Line:
        if self._found.failed:
            return ((f"The hours {self._found.failed}.", "warn"),)
        return (("Asking …", "dim"),)

    def content(self, moment: Moment, wide: int, room: int) -> Content:
        found = self._found.known(moment.at)
        if found is None:
            return Content([self._said()])
        lanes, ends = lanes_of(found, moment.at), moment.at // HOUR * HOUR
        if not any(np.isfinite(lane.values).any() for lane in lanes):
            return Content([(("No hour is known yet: trends fill as polls arrive.", "dim"),)])
        rows = min(max((room - 1) // len(lanes), 1), 3)
        lines = [line for lane in lanes for line in lane_lines(lane, ends, wide, rows, moment.signs)]
        if room > rows * len(lanes):
            lines.append(axis(ends, wide))
        if moment.grey:
            lines = [tuple((t, r if r in ("faint", "dim") else "stale") for t, r in line) for line in lines]
        return Content(lines, f"an hour each, to {clock(ends, seconds=False)} UTC")

    def in_a_line(self, moment: Moment, wide: int) -> Line:
        """Traffic in and the mean utilisation."""
        label: Run = (fit(f"net {_SHORT} h", 10), "dim")
        found = self._found.known(moment.at)
        if found is None:
            return (label, *self._said())
        runs: list[Run] = [label]
        for lane in (lanes_of(found, moment.at)[i] for i in (0, 2)):
            top = lane.top or float(np.nanmax(lane.values, initial=0.0))
            text = lane.words(float(lane.values[-1]))
            runs += [(f"{lane.label.replace(' mean', '')} ", "dim"), (fit(text, 5), tone(text)), (" ", "text")]
            runs += column_chart(lane.values.tolist()[-_SHORT:], _SHORT, 1, top, moment.signs)[0]
            runs.append(("  ", "text"))
        return tuple(runs[:-1])
