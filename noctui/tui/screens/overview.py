"""Overview: regions worst first, what just changed, who is worst, the network and how its data comes in."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical

from noctui.model.figures import Figures
from noctui.runtime.headlines import nobody_words
from noctui.tui.export import Exported
from noctui.tui.keys import bindings
from noctui.tui.moment import Moment, Size
from noctui.tui.panes import offenders, region_rows, subjects
from noctui.tui.panes.alarm_places import of_a_region, standing_of_circuit
from noctui.tui.panes.carriers import Carriers
from noctui.tui.panes.collection import Collection
from noctui.tui.panes.incidents import Incidents
from noctui.tui.panes.keeping import Keeping
from noctui.tui.panes.latest import Latest
from noctui.tui.panes.network import Network
from noctui.tui.panes.offender_answers import coverage_of
from noctui.tui.panes.offender_kinds import range_of
from noctui.tui.panes.table_pane import TablePane
from noctui.tui.panes.utilisation import Utilisation
from noctui.tui.place import of_circuit, of_incident, of_region, region_name
from noctui.tui.screens.tabled import NOT_COPIED, TabledBoard, filtered
from noctui.tui.standing import Standing
from noctui.tui.widgets.live_table import LiveTable

WINDOW = "24h"
OFFENDERS = ("top offenders", "24 h, time above threshold")


class Overview(TabledBoard):
    """Key 1."""

    DEFAULT_CSS = """
    Overview #regions { height: 10; max-height: 50%; }
    Overview .columns { height: 1fr; margin: 1 0 0 0; }
    Overview .left { width: 55%; padding: 0 1 0 0; }
    Overview .right { width: 1fr; }
    Overview .far { width: 1fr; display: none; }
    Overview Network { margin: 1 0 0 0; }
    Overview Collection { margin: 1 0 0 0; }
    Overview #utilisation { height: 8; margin: 1 0 0 0; }
    Overview.-s .columns { margin: 0; layout: vertical; }
    Overview.-s .left { width: 1fr; height: 6; padding: 0; }
    Overview.-s .right { width: 1fr; height: 1fr; }
    Overview.-s Network, Overview.-s Collection { display: none; }
    Overview.-l .left { width: 38%; }
    Overview.-l .far { display: block; width: 30%; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings("layout")
    OFFERS = (
        "open", "filter", "severity", "layout", "sorts", "choose_columns", "time", "export", "command",
        "screens", "acknowledge", "quit",
    )  # fmt: skip

    def __init__(self, clock: Callable[[], float], sorts: dict[str, tuple[str, bool]]) -> None:
        super().__init__(clock, sorts, id="overview")
        columns = region_rows.columns(False)
        keys = {c.key for c in region_rows.columns(True)}
        sort = self.sort_of("regions-table", region_rows.SORT, keys)
        self._regions = TablePane(columns, sort, clock, id="regions")
        self._offenders = TablePane(offenders.COLUMNS, offenders.SORT, clock, id="offenders")
        self._offenders.table.say_when_empty(("Asking …",))
        self._incidents = Incidents(clock, id="incidents-pane")
        self._latest = Latest(id="latest")
        self._network = Network(id="network")
        self._collection = Collection(id="collection")
        self._carriers = Carriers(id="carriers")
        self._utilisation = Utilisation(id="utilisation")
        self._figures: Keeping[Figures] = Keeping(self, clock, self._show_offenders)
        self._moment: Moment | None = None
        self._size_now: Size | None = None
        self._rows: region_rows.RegionRows | None = None

    def compose(self) -> ComposeResult:
        yield self._regions
        with Horizontal(classes="columns"):
            with Vertical(classes="left"):
                yield self._incidents
                yield self._offenders
                yield self._network
            with Vertical(classes="right"):
                yield self._latest
                yield self._collection
            with Vertical(classes="far"):
                yield self._carriers
                yield self._utilisation

    @property
    def main(self) -> TablePane:
        return self._regions

    def show(self, moment: Moment) -> None:
        self._moment = moment
        view = moment.view
        wide = moment.size is Size.L
        if moment.size is not self._size_now:
            self._size_now = moment.size
            self._regions.table.set_columns(region_rows.columns(wide), region_rows.spare(wide))
            self._offenders.table.set_columns(offenders.columns(moment.size is Size.L))
        rows = self._rows = self.kept(moment, lambda: region_rows.RegionRows(view, moment.signs, moment.grey, wide))
        result = filtered(
            moment.filter, moment.severities, None, len(rows), lambda: subjects.regions(view, rows),
            lambda chosen: subjects.with_severity(view.regions.counts, chosen),
        )  # fmt: skip
        if not self._regions.has_class("-alone"):
            self._regions.styles.height = len(rows) + (1 if moment.size is Size.S else 2)
        self.fill(moment, rows, result, ("regions", self._note(len(rows))))
        range_ = range_of(WINDOW, moment.at)
        self._figures.want(WINDOW, moment.at, moment.scene.live, lambda: moment.scene.read.figures(range_))
        self._show_offenders()
        if moment.size is Size.S:
            self._incidents.display = False  # the sentence speaks of the worst
        else:
            self._incidents.show(moment)
        self._latest.show(moment)
        for pane in (self._network, self._collection, self._carriers, self._utilisation):
            if pane.display:
                pane.show(moment)

    def tick(self, moment: Moment) -> None:
        super().tick(moment)
        self._offenders.entitle()
        self._collection.show(moment)

    def _note(self, count: int) -> str:
        column, descending = self._regions.table.sort
        return f"{count}, worst first" if (column, descending) == region_rows.SORT else f"{count}"

    def _show_offenders(self) -> None:
        moment, table = self._moment, self._offenders.table
        if moment is None:
            return
        figures = self._figures.known(moment.at)
        worst = offenders.worst_of(figures, moment.view) if figures is not None else []
        said = self._figures.failed or "Asking …"
        if figures is not None:
            said = nobody_words("utilisation", "circuits", figures.range.word, coverage_of(figures))
        table.say_when_empty((said,))
        rows = offenders.OffenderRows(moment.view, worst, moment.signs, moment.grey)
        self._offenders.show_rows(rows, None, OFFENDERS)

    def on_live_table_opened(self, message: LiveTable.Opened) -> None:
        if message.table is self._regions.table:
            self.post_message(self.Goto(of_region(message.key)))
        elif message.table is self._incidents.table:
            self.post_message(self.Goto(of_incident(message.key)))
        else:
            self.post_message(self.Goto(of_circuit(message.key)))

    def standing(self) -> Standing | None:
        """An incident; the circuit of an offender; all that is open in a region."""
        moment = self._moment
        if moment is None:
            return None
        alarms = moment.view.alarms
        if self._incidents.has_focus_within:
            current = self._incidents.current
            return Standing((current,), "", exact=True) if current is not None else None
        if self._offenders.has_focus_within:
            key = self._offenders.table.cursor_key
            return standing_of_circuit(key, moment.view) if key is not None else None
        region = self._regions.table.cursor_key
        return Standing(of_a_region(region, alarms), region_name(region)) if region is not None else None

    def export(self) -> Exported | None:
        if self._moment is None or self._rows is None:
            return None
        if self._incidents.has_focus_within:
            return self._incidents.exported()
        if self._offenders.has_focus_within and isinstance(self._offenders.table.rows, offenders.OffenderRows):
            order = self._offenders.table.shown_rows.tolist()
            return offenders.exported(self._offenders.table.rows, self._moment.view, order)
        order = self._regions.table.shown_rows.tolist()
        return region_rows.exported(self._rows, self._moment.view, order)

    def copied(self) -> str:
        pane = self._offenders if self._offenders.has_focus_within else self._regions
        return pane.table.row_text(NOT_COPIED)
