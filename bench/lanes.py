"""Redrawing the lanes of one circuit in a headless app of 160×50, beside the same points in plotext."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from textual.app import App, ComposeResult

from bench.rows import ANY, How, Row, median, milliseconds
from bench.terminal import COLUMNS, ROWS
from noctui.model.scene import Range, Series
from noctui.sim.world import DEFAULT_ANCHOR
from noctui.tui.look import default_look
from noctui.tui.panes.chart_lanes import lanes
from noctui.tui.panes.series_rows import METRICS
from noctui.tui.widgets.lanes import Lanes, allot

INTERVAL = 60.0
NOTE = (
    "Lanes: five metrics at 60 s polls; plotext draws their points alone, decimated first, without thresholds, bands, "
    "labels and Strips."
)


def measure(sizes: Sequence[int], how: How) -> Iterator[Row]:
    for word, seconds in (("24 h", 86_400.0), ("31 d", 31 * 86_400.0)):
        series = _series(seconds)
        ours = asyncio.run(_redraw(series, how.times(31)))
        peer = median([milliseconds(lambda: _plotext(series)) for _ in range(how.times(9))])  # noqa: B023
        yield Row(f"lanes of one circuit, {word}, redraw", ANY, ours, "ms", 5, "plotext", peer, note=NOTE)


def _series(seconds: float) -> Series:
    """Noisy days with some gaps and peaks above every threshold."""
    rng = np.random.default_rng(3)
    times = np.arange(DEFAULT_ANCHOR - seconds + INTERVAL, DEFAULT_ANCHOR + 1, INTERVAL)
    day = 1 + np.sin(times / 86_400 * 2 * np.pi)
    values: dict[str, Any] = {}
    for name, scale in zip(METRICS, (45.0, 20.0, 0.4, 12.0, 60.0, 2.0), strict=True):
        values[name] = (scale * day * (0.5 + rng.random(len(times)))).astype(np.float32)
        values[name][rng.random(len(times)) < 0.01] = np.nan
    spans = np.full(len(times), INTERVAL, np.float32)
    return Series("one", Range(DEFAULT_ANCHOR - seconds, DEFAULT_ANCHOR), times, spans, values)


async def _redraw(series: Series, times: int) -> float:
    """Milliseconds to build and compose all lines anew."""

    class Program(App[None]):
        def __init__(self) -> None:
            super().__init__()
            self.look = default_look()

        def compose(self) -> ComposeResult:
            yield Lanes()

    app = Program()
    found: list[float] = []
    async with app.run_test(size=(COLUMNS, ROWS)) as pilot:
        widget = app.query_one(Lanes)
        made = lanes(series, allot(widget.size.height))

        def draw(shift: float) -> None:
            widget.show(made, series.range.start - shift, series.range.end - shift, now=series.range.end)
            for y in range(widget.size.height):
                widget.render_line(y)

        for number in range(times + 1):
            found.append(milliseconds(lambda: draw(1800.0 * number)))  # noqa: B023
            await pilot.pause()
    return median(found[1:])


def _plotext(series: Series) -> None:
    """The five metrics as plain points under each other, decimated to the highest of each dot column."""
    import plotext

    figure = plotext.figure
    for name in METRICS[:5]:
        values = np.nan_to_num(series.values[name])
        step = max(1, len(values) // (2 * COLUMNS))
        kept = values[: len(values) // step * step].reshape(-1, step).max(axis=1)
        figure.clear()
        figure.plot_size(COLUMNS, ROWS // 5)
        figure.signal(kept.tolist(), marker="braille")
        figure.build()
