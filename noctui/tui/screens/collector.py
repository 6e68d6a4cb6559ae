"""Collector: how the data comes in. Feeds of the last sweep, who collects, the API budget, what is unknown."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical

from noctui.tui.export import Exported
from noctui.tui.moment import Moment
from noctui.tui.panes.collector_panes import Coverage, Feeds, Who
from noctui.tui.screens.board import Board


class Collector(Board):
    """Key 0."""

    DEFAULT_CSS = """
    Collector { layout: horizontal; }
    Collector .left { width: 56%; padding: 0 1 0 0; }
    Collector .right { width: 1fr; }
    Collector Coverage { margin: 1 0 0 0; }
    Collector.-s { layout: vertical; }
    Collector.-s .left { width: 1fr; height: auto; }
    Collector.-s .right { height: 1fr; }
    """
    OFFERS = ("time", "export", "screens", "out", "quit")

    def __init__(self) -> None:
        super().__init__(id="collector")
        self._feeds = Feeds(id="feeds")
        self._who = Who(id="who")
        self._coverage = Coverage(id="coverage")
        self._moment: Moment | None = None

    def compose(self) -> ComposeResult:
        with Vertical(classes="left"):
            yield self._feeds
        with Vertical(classes="right"):
            yield self._who
            yield self._coverage

    def show(self, moment: Moment) -> None:
        self._moment = moment
        for pane in (self._feeds, self._who, self._coverage):
            pane.show(moment)

    def tick(self, moment: Moment) -> None:
        self._who.show(moment)

    def export(self) -> Exported | None:
        if self._moment is None:
            return None
        rows = [(r.feed, r.calls, r.rows, r.pages, r.pages_lost, r.took, r.error) for r in self._moment.view.reports]
        return Exported("feeds", ("feed", "calls", "rows", "pages", "pages_lost", "took_s", "error"), rows)
