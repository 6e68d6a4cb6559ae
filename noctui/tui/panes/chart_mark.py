"""A stretch of time that a person marks on the axis of a chart: where it begins and ends, its samples, its words."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from typing import Any

import numpy as np

from noctui.model.scene import Range, Series
from noctui.tui.keys import ACTIONS
from noctui.tui.look import numbers
from noctui.tui.moment import Moment
from noctui.tui.panes.asking import Question
from noctui.tui.panes.series_rows import METRICS
from noctui.tui.widgets.lanes import Band

Span = tuple[float, float]
HAIR = 1e-3
"""Seconds by which its band is narrower than it, so that rounding lets it touch no column beside its own."""
SHORT = 600.0
"""Seconds below which its words have seconds."""


class Mark:
    """Begun, drawn along with the cursor, ended, cleared. UTC epoch seconds, whole columns of the axis.

    `series` are its samples once it is ended and they came; `changed` is called when they did.
    """

    def __init__(self, owner: Any, changed: Callable[[], None]) -> None:
        self.open = False
        self.series: Series | None = None
        self.failed = ""
        self._first: Span | None = None
        self._last: Span = (0.0, 0.0)
        self._changed = changed
        self._question = Question(owner, self._fail)

    def step(self, here: Span) -> None:
        """The key: begins at the cursor's column, ends there, clears."""
        if self._first is None:
            self._first, self._last, self.open = here, here, True
        elif self.open:
            self._last, self.open = here, False
        else:
            self.clear()

    def follow(self, here: Span | None) -> None:
        """The cursor moved: what is not ended goes along."""
        if self.open and here is not None:
            self._last = here

    def draw(self, start: float, end: float, done: bool) -> None:
        """Drawn with the mouse."""
        self.clear()
        self._first, self._last, self.open = (start, start), (end, end), not done

    def clear(self) -> bool:
        """False: nothing was marked."""
        was = self._first is not None
        self._first, self.open, self.series, self.failed = None, False, None, ""
        self._question.forget()
        return was

    def span(self, at: float) -> Span | None:
        """What of it has been at the instant `at`; None where nothing is marked."""
        if self._first is None:
            return None
        start = min(self._first[0], self._last[0])
        end = min(max(self._first[1], self._last[1]), at)
        return (start, end) if end > start else None

    def range(self, at: float, zone: tzinfo = UTC) -> Range | None:
        """What figures are of: only when it is ended."""
        found = None if self.open else self.span(at)
        return Range(*found, span_words(*found, at, zone)) if found is not None else None

    def bands(self, at: float) -> list[Band]:
        found = self.span(at)
        if found is None:
            return []
        start, end = found
        return [Band(start + HAIR, max(end - HAIR, start + HAIR), "marked", numbers.duration(end - start))]

    def said(self, at: float, zone: tzinfo = UTC) -> str:
        """`marked 02:51–03:14, 23m, b clears`."""
        found = self.span(at)
        if found is None:
            return ""
        words = f"{span_words(*found, at, zone)}, {numbers.duration(found[1] - found[0])}"
        if self.failed:
            return f"marked {words}: {self.failed}"
        key = ACTIONS["mark"].shown
        return f"marking {words}, {key} ends" if self.open else f"marked {words}, {key} clears"

    def ask(self, moment: Moment, circuit_id: str) -> None:
        """Its samples, once it is ended: at the best that is kept of them, however far the chart looks."""
        range_, read = self.range(moment.at), moment.scene.read
        if range_ is None:
            self.series = None
            self._question.forget()
            return
        if self.series is not None and (self.series.circuit_id, *_ends(self.series)) != (circuit_id, *_ends(range_)):
            self.series = None
        key = (circuit_id, range_.start, range_.end, moment.at)
        self._question.ask(key, lambda: read.series(circuit_id, METRICS, range_), self._take)

    def _take(self, series: Series) -> None:
        self.series, self.failed = series, ""
        self._changed()

    def _fail(self, said: str) -> None:
        self.series, self.failed = None, said
        self._changed()


def _ends(of: Series | Range) -> Span:
    range_ = of.range if isinstance(of, Series) else of
    return range_.start, range_.end


def span_words(start: float, end: float, now: float, zone: tzinfo = UTC) -> str:
    """`02:51–03:14` of today, `Nov 22 21:54–22:14`, `Nov 22 21:54–Nov 23 03:14`; seconds where it is short."""
    seconds = end - start < SHORT
    a, b, today = (datetime.fromtimestamp(t, zone).date() for t in (start, end, now))
    first, last = numbers.clock(start, zone, seconds), numbers.clock(end, zone, seconds)
    if a == b == today:
        return f"{first}–{last}"
    return f"{numbers.day(start, zone)} {first}–{last if a == b else f'{numbers.day(end, zone)} {last}'}"


def lowest(series: Series | None, name: str) -> float:
    """The lowest sample; NaN where none is known, and where only hours are kept: they have no lowest."""
    if series is None or series.source != "polls":
        return math.nan
    if name == "util":
        both = np.fmax(_values(series, "rx_pct"), _values(series, "tx_pct"))
        return _least(both)
    return _least(_values(series, name))


def _values(series: Series, name: str) -> np.ndarray:
    found = series.values.get(name)
    return found if found is not None else np.full(len(series.times), np.nan, np.float32)


def _least(values: np.ndarray) -> float:
    known = values[np.isfinite(values)]
    return float(known.min()) if len(known) else math.nan
