"""The engineering layout of screen 1: what is congested, what is bad, what comes back, and where to look next."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import ComposeResult

from noctui.tui.moment import Moment, Size
from noctui.tui.panes.chronic import Chronic
from noctui.tui.panes.list_pane import ListPane
from noctui.tui.panes.loaded_gateways import LoadedGateways
from noctui.tui.panes.most_flaps import MostFlaps
from noctui.tui.panes.most_loaded import MostLoaded
from noctui.tui.panes.running_failovers import RunningFailovers
from noctui.tui.panes.utilisation import Utilisation
from noctui.tui.panes.worsening import Worsening
from noctui.tui.panes.worst_quality import WorstQuality
from noctui.tui.panes.worst_sites import WorstSites
from noctui.tui.screens.listing import ListingBoard


class Engineering(ListingBoard):
    """Key 1, for who mends it."""

    DEFAULT_CSS = """
    Engineering { layout: grid; grid-size: 2 4; grid-gutter: 1 1; }
    Engineering > TablePane { height: 1fr; width: 1fr; }
    Engineering > Utilisation { display: none; height: 1fr; }
    Engineering.-l { grid-size: 3 3; }
    Engineering.-l > Utilisation { display: block; }
    Engineering.-s, Engineering.-tiny { layout: vertical; overflow-y: auto; }
    Engineering.-s > TablePane { height: 5; }
    """
    OFFERS = (
        "open", "layout", "panes", "maximise", "sorts", "choose_columns", "columns", "time", "export", "copy",
        "command", "screens", "quit",
    )  # fmt: skip

    def __init__(self, clock: Callable[[], float], sorts: dict[str, tuple[str, bool]]) -> None:
        super().__init__(id="engineering")
        self._lists: tuple[ListPane, ...] = (
            MostLoaded(clock, sorts, id="most-loaded"),
            WorstQuality(clock, sorts, id="worst-quality"),
            Worsening(clock, sorts, id="worsening"),
            RunningFailovers(clock, sorts, id="running-failovers"),
            Chronic(clock, sorts, id="chronic"),
            MostFlaps(clock, sorts, id="most-flaps"),
            WorstSites(clock, sorts, id="worst-sites"),
            LoadedGateways(clock, sorts, id="loaded-gateways"),
        )
        self._utilisation = Utilisation(id="engineering-utilisation")

    def compose(self) -> ComposeResult:
        yield from self._lists
        yield self._utilisation

    def lists(self) -> tuple[ListPane, ...]:
        return self._lists

    def show(self, moment: Moment) -> None:
        for pane in self._lists:
            pane.show(moment)
        if moment.size is Size.L:
            self._utilisation.show(moment)
