"""The executive layout of screen 1: how much serves, how well, where it is bad, and who is to blame."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from noctui.tui.moment import Moment, Size
from noctui.tui.panes.alarm_kinds import AlarmKinds
from noctui.tui.panes.carrier_summary import CarrierSummary
from noctui.tui.panes.list_pane import ListPane
from noctui.tui.panes.network_cards import NetworkCards
from noctui.tui.panes.network_trends import NetworkTrends
from noctui.tui.panes.region_summary import RegionSummary
from noctui.tui.panes.serving import Serving
from noctui.tui.panes.sle_cards import SleCards
from noctui.tui.panes.top_offenders import TopOffenders
from noctui.tui.panes.utilisation import Utilisation
from noctui.tui.screens.listing import ListingBoard


class Executive(ListingBoard):
    """Key 1, for who answers for it."""

    DEFAULT_CSS = """
    Executive > #executive-regions { height: 10; max-height: 50%; margin: 1 0 0 0; }
    Executive > .columns { height: 1fr; margin: 1 0 0 0; }
    Executive .left, Executive .middle, Executive .right { width: 1fr; }
    Executive .right { display: none; }
    Executive TopOffenders, Executive AlarmKinds { margin: 1 0 0 0; }
    Executive .right > CarrierSummary { height: 1fr; }
    Executive .right > Utilisation { height: 8; margin: 1 0 0 0; }
    Executive.-l .right { display: block; }
    Executive.-l > #executive-cards { display: block; }
    Executive.-s { overflow-y: auto; }
    Executive.-s > #executive-regions { margin: 0; }
    Executive.-s > .columns { margin: 0; layout: vertical; height: auto; }
    Executive.-s .left, Executive.-s .middle { height: auto; }
    Executive.-s TopOffenders { margin: 0; height: 4; }
    Executive.-s AlarmKinds { margin: 0; height: 6; }
    """
    OFFERS = (
        "open", "layout", "panes", "maximise", "sorts", "choose_columns", "columns", "time", "export", "copy",
        "command", "screens", "quit",
    )  # fmt: skip

    def __init__(self, clock: Callable[[], float], sorts: dict[str, tuple[str, bool]], zone: str) -> None:
        super().__init__(id="executive")
        self._serving = Serving(clock, zone, id="serving")
        self._cards = NetworkCards(id="executive-cards")
        self._regions = RegionSummary(clock, sorts, id="executive-regions")
        self._levels = SleCards(clock, id="sle-cards")
        self._offenders = TopOffenders(clock, sorts, id="top-offenders")
        self._trends = NetworkTrends(clock, id="network-trends")
        self._alarms = AlarmKinds(clock, sorts, id="alarm-kinds")
        self._carriers = CarrierSummary(clock, sorts, id="carrier-summary")
        self._utilisation = Utilisation(id="executive-utilisation")

    def compose(self) -> ComposeResult:
        yield self._serving
        yield self._cards
        yield self._regions
        with Horizontal(classes="columns"):
            with Vertical(classes="left"):
                yield self._levels
                yield self._offenders
            with Vertical(classes="middle"):
                yield self._trends
                yield self._alarms
            with Vertical(classes="right"):
                yield self._carriers
                yield self._utilisation

    def lists(self) -> tuple[ListPane, ...]:
        return (self._regions, self._offenders, self._alarms, self._carriers)

    def show(self, moment: Moment) -> None:
        if not self._regions.has_class("-alone"):
            title = 1 if moment.size is Size.S else 2
            self._regions.styles.height = len(moment.view.regions) + title
        for pane in (self._serving, self._cards, self._levels, self._trends):
            pane.show(moment)
        for listed in self.lists():
            if listed is not self._carriers or moment.size is Size.L:
                listed.show(moment)
        if moment.size is Size.L:
            self._utilisation.show(moment)
