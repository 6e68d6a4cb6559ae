"""Charts over the sample night: asked for and drawn as the screen and the command line do it."""

from __future__ import annotations

import asyncio

from noctui.charts.ask import ask
from noctui.charts.cells import written
from noctui.charts.figure import Line
from noctui.charts.kinds import FIRST_WINDOW, LINE, MEASURES, NOW
from noctui.charts.wish import Found, Wish
from noctui.model.scene import WINDOWS, Range
from noctui.tui.panes import chart_page
from noctui.tui.panes.chart_words import WINDOW_WORDS
from noctui.tui.panes.chart_zones import UTC_ZONE
from tests import night

EIGHT = tuple(c.circuit_id for c in night.inventory().circuits[:8])


def wish(kind: str = LINE, measure: str = "util", window: str = "", ids: tuple[str, ...] = (night.HOT,),
         statistic: str = "average", zone: str = "UTC") -> Wish:  # fmt: skip
    window = window or FIRST_WINDOW[kind]
    range_ = None if window == NOW else Range(night.POLL - WINDOWS[window], night.POLL, WINDOW_WORDS[window])
    return Wish(kind, MEASURES[measure], range_, ids, zone, statistic)


def found(wanted: Wish) -> Found:
    return asyncio.run(ask(night.FakeScene(night.view(night.POLL), night.STATUS), wanted))


def page(wanted: Wish, wide: int = 80, high: int = 24, ascii: bool = False) -> list[Line]:
    word = wanted.range.word if wanted.range is not None else "now"
    room = chart_page.Page(wide, high, UTC_ZONE, word, night.POLL, ascii)
    return chart_page.lines(wanted, found(wanted), night.view(night.POLL), room)


def texts(lines: list[Line]) -> list[str]:
    return [written(line) for line in lines]
