"""Collector: how the data comes in. The last sweep, the API budget, the feeds, who collects, what is known, stores,
the bus, errors, the inventory file."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widget import Widget

from noctui.model.headline import Headline
from noctui.runtime.headlines import collecting_headline, swept_headline
from noctui.tui.export import Exported
from noctui.tui.moment import Moment
from noctui.tui.panes import collector_feeds
from noctui.tui.panes.collector_bus import Bus
from noctui.tui.panes.collector_panes import Coverage, Errors, LastSweep, Mending, Sources, Stores, Tokens, Who
from noctui.tui.runs import text_of
from noctui.tui.screens.board import Board


class Collector(Board):
    """Key 0."""

    SCOPED_CSS = False
    DEFAULT_CSS = """
    Collector { layout: horizontal; }
    Collector Pane { width: 1fr; padding: 0 1; margin: 0 0 1 0; }
    Collector #sweep { height: 9; }
    Collector #tokens { height: 11; }
    Collector #sources, Collector #errors { height: 1fr; }
    Collector #who { height: 9; }
    Collector #coverage { height: 9; }
    Collector #stores { height: 7; }
    Collector #bus { height: 7; }
    Collector #mending { height: 3; margin: 0; }
    Collector #bus { display: none; }
    Collector.-bus #bus { display: block; }
    Collector.-bus.-m #mending { display: none; }
    Collector.-bus.-m .right Pane { margin: 0; }
    Collector.-bus.-m #who { height: 8; }
    Collector.-bus.-m #stores { height: 6; }
    Collector #sources { margin: 0; }
    Collector .left { width: 57%; }
    Collector .right { width: 1fr; }
    Collector .high, Collector .low { width: 1fr; }
    Collector .high { height: auto; }
    Collector .low { height: 1fr; }
    Collector.-l .left { width: 86; }
    Collector.-l .right { layout: horizontal; }
    Collector.-l .high { width: 54; height: 1fr; }
    Collector.-l #sweep { height: 16; }
    Collector.-l #tokens { height: 17; }
    Collector.-l #who { height: 13; }
    Collector.-l #coverage { height: 11; }
    Collector.-l #stores { height: 10; }
    Collector.-l #bus { height: 18; }
    Collector.-l #mending { height: 1fr; }
    Collector.-s { layout: vertical; }
    Collector.-s .left { width: 1fr; height: auto; }
    Collector.-s .right { height: 1fr; }
    Collector.-s Pane { margin: 0; }
    Collector.-s #sweep { display: none; }
    Collector.-s #tokens { height: 5; }
    Collector.-s #sources { height: 8; }
    Collector.-s #who, Collector.-s #coverage, Collector.-s #stores { height: 1; }
    Collector.-s #bus { height: 1; }
    Collector.-s #mending { height: 1; }
    """
    OFFERS = ("panes", "maximise", "time", "export", "copy", "command", "screens", "out", "quit")

    def __init__(self) -> None:
        super().__init__(id="collector")
        self._left = (LastSweep(id="sweep"), Tokens(id="tokens"), Sources(id="sources"))
        self._high = (Who(id="who"), Coverage(id="coverage"), Stores(id="stores"), Bus(id="bus"))
        self._low = (Errors(id="errors"), Mending(id="mending"))
        self._moment: Moment | None = None

    def compose(self) -> ComposeResult:
        with Vertical(classes="left"):
            yield from self._left
        with Vertical(classes="right"):
            with Vertical(classes="high"):
                yield from self._high
            with Vertical(classes="low"):
                yield from self._low

    def show(self, moment: Moment) -> None:
        self._moment = moment
        health = moment.scene.status.health if moment.scene.live else None
        self.set_class(health is not None and health.bus is not None, "-bus")
        for pane in (*self._left, *self._high, *self._low):
            pane.show(moment)

    def tick(self, moment: Moment) -> None:
        """Ages go on, and what the leader says of itself changes between polls."""
        self.show(moment)

    def first_focus(self) -> Widget | None:
        return self._left[2]

    def headline(self) -> Headline | None:
        moment = self._moment
        if moment is None:
            return None
        if not moment.scene.live:
            return swept_headline(moment.view)
        return collecting_headline(moment.scene.status, moment.view, moment.now)

    def copied(self) -> str:
        """The pane that has the cursor, as text."""
        return next((text_of(p.lines) for p in (*self._left, *self._high, *self._low) if p.has_focus), "")

    def lacking(self) -> str:
        return "No pane is chosen: tab goes to the next, y copies it."

    def export(self) -> Exported | None:
        """A row per feed: of the last sweep, and of the last 24 h where the leader told them."""
        return None if self._moment is None else collector_feeds.exported(self._moment.scene)
