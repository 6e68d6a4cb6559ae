"""One site: its circuits side by side, and all that may explain them."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from noctui.model.detail import Answer, AskStream, Streamed
from noctui.tui.export import Exported
from noctui.tui.moment import Moment, Size
from noctui.tui.panes import circuit_rows
from noctui.tui.panes.alarm_places import standing_at, standing_of_circuit
from noctui.tui.panes.asking import Question
from noctui.tui.panes.events import Events
from noctui.tui.panes.pane import Pane
from noctui.tui.panes.site_alarms import PlaceAlarms
from noctui.tui.panes.site_beside import SiteCircuits
from noctui.tui.panes.site_failovers import Failovers
from noctui.tui.panes.site_gateways import Gateways
from noctui.tui.panes.site_paths import PeerPaths
from noctui.tui.panes.site_sle import ServiceLevels
from noctui.tui.place import Place, of_chart, of_circuit
from noctui.tui.screens.board import Board
from noctui.tui.standing import Standing

STREAM_EVERY = 2.0
"""Seconds between looks at what the live stream told."""


class SiteBoard(Board):
    """What Enter on a site opens."""

    DEFAULT_CSS = """
    SiteBoard .columns { height: 1fr; }
    SiteBoard .left { width: 56%; padding: 0 1 0 0; }
    SiteBoard .right { width: 1fr; }
    SiteBoard #failovers { margin: 1 0 0 0; height: 3; }
    SiteBoard.-l #failovers { height: 5; }
    SiteBoard.-s .columns { layout: vertical; }
    SiteBoard.-s .left { width: 1fr; height: 1fr; padding: 0; }
    SiteBoard.-s .right { dock: top; width: 1fr; height: 7; }
    SiteBoard.-s #failovers { display: none; }
    """
    OFFERS = (
        "circuits_beside", "series", "pair", "chart", "time", "acts", "panes", "maximise", "export", "copy", "command",
        "out", "quit",
    )  # fmt: skip

    def __init__(self) -> None:
        super().__init__(id="site")
        self._circuits = SiteCircuits(id="site-circuits")
        self._paths = PeerPaths(id="paths")
        self._gateways = Gateways(id="gateways")
        self._alarms = PlaceAlarms(id="site-alarms")
        self._levels = ServiceLevels(id="service-levels")
        self._failovers = Failovers(id="failovers")
        self._events = Events(id="site-events")
        self._stream = Question(self, lambda _said: self._circuits_stream(None))
        self._moment: Moment | None = None

    @property
    def _panes(self) -> tuple[Pane, ...]:
        return self._paths, self._gateways, self._alarms, self._levels, self._failovers, self._events

    def compose(self) -> ComposeResult:
        yield self._circuits
        with Horizontal(classes="columns"):
            with Vertical(classes="left"):
                yield self._paths
                yield self._gateways
            with Vertical(classes="right"):
                yield self._alarms
                yield self._levels
                yield self._failovers
                yield self._events

    def show(self, moment: Moment) -> None:
        self._moment = moment
        self._circuits.show(moment)
        for pane in self._panes:
            pane.show(moment)
        self._look(moment)

    def tick(self, moment: Moment) -> None:
        self._moment = moment
        self._look(moment)

    def _look(self, moment: Moment) -> None:
        """Ask the live stream, which costs no call; small screens have no line for it."""
        if moment.size not in (Size.M, Size.L) or self._stream.busy:
            return
        site = moment.place.site_id
        when = moment.now // STREAM_EVERY if moment.scene.live else moment.at
        self._stream.ask(
            (site, moment.scene.live, when), lambda: moment.scene.read.detail(AskStream(site)), self._take_stream
        )

    def _take_stream(self, answer: Answer) -> None:
        if isinstance(answer, Streamed):
            self._circuits_stream(answer)

    def _circuits_stream(self, answer: Streamed | None) -> None:
        moment = self._moment
        if moment is not None and (answer is None or answer.site_id == moment.place.site_id):
            self._circuits.streamed(answer, moment)

    def _rows(self) -> tuple[int, ...]:
        assert self._moment is not None
        inventory = self._moment.view.inventory
        row = inventory.site_row.get(self._moment.place.site_id)
        return inventory.site_circuits[row] if row is not None else ()

    def on_site_circuits_chosen(self, message: SiteCircuits.Chosen) -> None:
        self.post_message(self.Goto(of_circuit(message.circuit_id)))

    def on_gateways_answered(self, message: Gateways.Answered) -> None:
        self._circuits.tell(message.ports)

    def standing(self) -> Standing | None:
        """Of the circuit under the cursor; of the site while the cursor is elsewhere."""
        moment = self._moment
        if moment is None:
            return None
        if self._circuits.has_focus and self._circuits.circuit_id:
            return standing_of_circuit(self._circuits.circuit_id, moment.view)
        return standing_at(moment.place, moment.view)

    def charted(self) -> Place | None:
        return of_chart(site_id=self._moment.place.site_id) if self._moment is not None else None

    def export(self) -> Exported | None:
        """The port table while the cursor is in its pane, else the circuits."""
        if self._moment is None:
            return None
        if self._gateways.has_focus:
            return self._gateways.export()
        return circuit_rows.exported(self._moment.view, self._rows())

    def copied(self) -> str:
        return self._circuits.circuit_id

    def first_focus(self) -> Widget | None:
        return self._circuits
