"""A chart with its words: title, figures, plot, legend; the same on the screen and on a plain terminal. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from noctui.charts.draw import draw, is_empty
from noctui.charts.kinds import DIST
from noctui.charts.paper import Paper
from noctui.charts.wish import Found, Wish
from noctui.model.view import View
from noctui.tui.look.numbers import event_time
from noctui.tui.look.text import clip
from noctui.tui.panes import chart_words
from noctui.tui.panes.chart_zones import Zone
from noctui.tui.runs import Line, apart, crop
from noctui.tui.widgets.lane_math import ticks

HEAD = 2
"""Lines over the plot."""


@dataclass(frozen=True, slots=True)
class Page:
    """Room and clock. `window` is the range in words, `at` the instant that the data is of; `keys`: there are keys to
    look at something else."""

    wide: int
    high: int
    zone: Zone
    window: str
    at: float
    ascii: bool = False
    focused: bool = False
    keys: bool = False


def head(wish: Wish, found: Found | None, view: View, page: Page) -> list[Line]:
    """Title and window, and below them the figures."""
    until = wish.range.end if wish.range is not None else page.at
    when = f"{event_time(until, page.at, page.zone.clock)} {page.zone.word(until)}"
    right = f"now, {when}" if wish.range is None else f"{page.window} to {when}"
    left = clip(chart_words.heading(wish, view), max(page.wide - len(right) - 4, 8))
    said = chart_words.note(found, wish, view) if found is not None and not is_empty(found) else ""
    title = apart(((left, "hi bold" if page.focused else "hi"),), ((right, "dim"),), page.wide, ("─", "faint"))
    return [crop(title, page.wide), ((clip(said, page.wide), "text"),)]


def lines(wish: Wish, found: Found, view: View, page: Page) -> list[Line]:
    """All of it, in at most `page.high` lines of at most `page.wide` cells. Blocks for some milliseconds."""
    top = head(wish, found, view, page)
    if is_empty(found):
        return [*top, *words(chart_words.nothing(wish, page.window), *([chart_words.KEYS] if page.keys else []))]
    below = chart_words.legend(found, wish, view, page.wide)
    room = page.high - len(top) - len(below)
    if room < 8 and below:  # a plot without its names says more than names without a plot
        below, room = [], page.high - len(top)
    word = "" if wish.kind == DIST else page.zone.word(page.at)
    paper = Paper(page.wide, room, page.ascii, page.zone.clock, word, ticks)
    plot = draw(found, wish.measure, paper)
    if not plot:
        return [*top, *words(chart_words.TOO_SMALL)][: page.high]
    plot = plot[: max(room, 0)]  # hours of the week take ten rows at least
    return [crop(line, page.wide) for line in (*top, *plot, *below)]


def words(*said: str) -> list[Line]:
    """In place of a plot."""
    return [((text, "dim"),) for text in said]
