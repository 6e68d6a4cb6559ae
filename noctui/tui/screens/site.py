"""One site: its circuits side by side, peer paths, failovers, what happened here."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from noctui.tui.export import Exported
from noctui.tui.moment import Moment
from noctui.tui.panes import circuit_rows
from noctui.tui.panes.latest import Latest
from noctui.tui.panes.site_panes import Failovers, PeerPaths, SiteCircuits
from noctui.tui.place import of_circuit
from noctui.tui.screens.board import Board


class SiteBoard(Board):
    """What Enter on a site opens."""

    DEFAULT_CSS = """
    SiteBoard .columns { height: 1fr; margin: 1 0 0 0; }
    SiteBoard .left { width: 56%; padding: 0 1 0 0; }
    SiteBoard .right { width: 1fr; }
    SiteBoard #site-latest { height: 1fr; margin: 1 0 0 0; }
    SiteBoard.-s .columns { margin: 0; layout: vertical; }
    SiteBoard.-s .left { width: 1fr; height: 1fr; padding: 0; }
    SiteBoard.-s .right { width: 1fr; height: 4; }
    SiteBoard.-s #failovers { display: none; }
    SiteBoard.-s #site-latest { margin: 0; }
    """
    OFFERS = ("circuits_beside", "series", "time", "export", "copy", "screens", "out", "quit")

    def __init__(self) -> None:
        super().__init__(id="site")
        self._circuits = SiteCircuits(id="site-circuits")
        self._paths = PeerPaths(id="paths")
        self._failovers = Failovers(id="failovers")
        self._latest = Latest(id="site-latest")
        self._moment: Moment | None = None

    def compose(self) -> ComposeResult:
        yield self._circuits
        with Horizontal(classes="columns"):
            with Vertical(classes="left"):
                yield self._paths
            with Vertical(classes="right"):
                yield self._failovers
                yield self._latest

    def show(self, moment: Moment) -> None:
        self._moment = moment
        self._circuits.show(moment)
        self._paths.show(moment)
        self._failovers.show(moment)
        self._latest.show(moment, tuple(moment.view.inventory.circuits[r].circuit_id for r in self._rows()))

    def _rows(self) -> tuple[int, ...]:
        assert self._moment is not None
        inventory = self._moment.view.inventory
        row = inventory.site_row.get(self._moment.place.site_id)
        return inventory.site_circuits[row] if row is not None else ()

    def on_site_circuits_chosen(self, message: SiteCircuits.Chosen) -> None:
        self.post_message(self.Goto(of_circuit(message.circuit_id)))

    def export(self) -> Exported | None:
        return circuit_rows.exported(self._moment.view, self._rows()) if self._moment else None

    def copied(self) -> str:
        return self._circuits.circuit_id

    def first_focus(self) -> Widget | None:
        return self._circuits
