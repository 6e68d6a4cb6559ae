"""When a site ran without its primary: since when, on what, how long, why, how fast, and how it was meanwhile."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence

import numpy as np

from noctui.model.figures import GAUGE, Episode
from noctui.model.scene import Range
from noctui.model.view import View
from noctui.model.words import Metric
from noctui.tui.look.numbers import NONE, count, duration_prose, event_time, loss, milliseconds, utilisation
from noctui.tui.look.signs import Signs, level_role
from noctui.tui.look.text import fit
from noctui.tui.moment import Moment
from noctui.tui.panes import cells
from noctui.tui.panes.keeping import Keeping
from noctui.tui.panes.pane import Content, Pane
from noctui.tui.runs import Line, width_of

WEEK = 7 * 86_400.0
NARROW = 60
"""Cells below which the carrier's name is shorter."""
_DURING = (
    ("util", "highest", "util max ", Metric.UTILISATION, utilisation), ("loss", "p95", "loss p95 ", Metric.LOSS, loss),
    ("latency", "average", "lat ", Metric.LATENCY, milliseconds), ("jitter", "average", "jit ", Metric.JITTER,
                                                                  milliseconds),
)  # fmt: skip
"""Gauge, figure, its words, whose thresholds colour it, how it is written."""


def episode_lines(episodes: Sequence[Episode], view: View, at: float, signs: Signs, wide: int) -> list[Line]:
    """A line per failover, the newest first: `02:51:44 → Comcast  now 22m, down, switch 24s, util max 94.0`.

    What does not fit is left out whole, from the right."""
    lines: list[Line] = []
    for episode in sorted(episodes, key=lambda e: -e.began):
        row = view.inventory.circuit_row.get(episode.active_id)
        name = cells.carrier(view.inventory.circuits[row]) if row is not None else episode.active_id or NONE
        running = episode.ended is None
        lasted = (at if episode.ended is None else episode.ended) - episode.began
        length = duration_prose(lasted // 60 * 60 if lasted >= 60 else lasted)
        parts: list[Line] = [((f", {episode.cause}", "text"),)]
        if episode.took >= 0:
            parts.append(((f", switch {duration_prose(episode.took)}", "text"),))
        line: Line = (
            (f"{event_time(episode.began, at):<12} ", "dim"), (f"{signs.arrow} ", "accent"),
            (f"{fit(name, 9 if wide < NARROW else 11)} ", "text"),
            (f"now {length}" if running else length, "hi" if running else "text"),
        )  # fmt: skip
        for part in (*parts, *during(episode, view)):
            if width_of((*line, *part)) > wide:
                break
            line = (*line, *part)
        lines.append(line)
    return lines


def during(episode: Episode, view: View) -> list[Line]:
    """How the circuit that carried the site was meanwhile, in the colours of the thresholds that it reached."""
    figures, row = episode.active, view.inventory.circuit_row.get(episode.active_id)
    if figures is None or not len(figures):
        return []
    parts: list[Line] = []
    for gauge, what, words, metric, text in _DURING:
        value = float(getattr(figures, what)[0, GAUGE[gauge]])
        if what == "p95" and math.isnan(value):
            value, words = float(figures.highest[0, GAUGE[gauge]]), words.replace("p95", "max")
        if math.isnan(value):
            continue
        level = cells.raw_level(view.limits_of(row, metric), value) if row is not None else 0
        parts.append(((f", {words}", "dim"), (text(value), level_role(level))))
    return parts


def switching(episodes: Sequence[Episode]) -> str:
    """`median 42s to switch`: of those of which it is known."""
    took = [e.took for e in episodes if math.isfinite(e.took)]
    return f"median {duration_prose(float(np.median(took)))} to switch" if len(took) > 1 else ""


class Failovers(Pane):
    """Failovers of the last seven days under their title."""

    DEFAULT_CSS = """
    Failovers { height: 4; padding: 0 1; }
    """
    HEADING = "failovers"

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._found: Keeping[tuple[Episode, ...]] = Keeping(self, time.monotonic, self.draw)

    def inquire(self, moment: Moment) -> None:
        site, read = moment.place.site_id, moment.scene.read
        range_ = Range(moment.at - WEEK, moment.at, "7 d")
        self._found.want(site, moment.at, moment.scene.live, lambda: read.episodes(range_, site))

    def content(self, moment: Moment, wide: int, room: int) -> Content:
        if self._found.failed:
            return Content([((self._found.failed, "warn"),)])
        found = self._found.known(moment.at)
        if found is None:
            return Content([(("Reading …", "dim"),)])
        lines = episode_lines(found, moment.view, moment.at, moment.signs, wide)
        note = ", ".join(part for part in (switching(found), f"{count(len(lines))} in 7 d") if part)
        return Content(lines or [(("None in 7 d.", "dim"),)], note)
