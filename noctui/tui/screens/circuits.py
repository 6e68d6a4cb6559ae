"""All circuits in one table."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import ComposeResult

from noctui.tui.export import Exported
from noctui.tui.moment import Moment, Size
from noctui.tui.panes import circuit_rows, subjects
from noctui.tui.panes.alarm_places import standing_of_circuit
from noctui.tui.panes.table_pane import TablePane
from noctui.tui.place import Place, of_chart, of_circuit
from noctui.tui.screens.tabled import TabledBoard, filtered
from noctui.tui.standing import Standing
from noctui.tui.widgets.live_table import LiveTable


class Circuits(TabledBoard):
    """Key 3."""

    OFFERS = (
        "open", "acts", "filter", "severity", "sorts", "choose_columns", "columns", "chart", "time", "export", "copy",
        "command", "screens", "quit",
    )  # fmt: skip

    def __init__(self, clock: Callable[[], float], sorts: dict[str, tuple[str, bool]]) -> None:
        super().__init__(clock, sorts, id="circuits")
        sort = self.sort_of("circuits-pane-table", circuit_rows.SORT, {c.key for c in circuit_rows.COLUMNS})
        self._pane = TablePane(circuit_rows.columns(False), sort, clock, id="circuits-pane")
        self._moment: Moment | None = None
        self._size_now: Size | None = None

    def compose(self) -> ComposeResult:
        yield self._pane

    @property
    def main(self) -> TablePane:
        return self._pane

    def show(self, moment: Moment) -> None:
        self._moment = moment
        view = moment.view
        if moment.size is not self._size_now:
            self._size_now = moment.size
            wide = moment.size is Size.L
            self._pane.table.set_columns(circuit_rows.columns(wide), circuit_rows.spare(wide))
        rows = self.kept(moment, lambda: self._made(moment))
        result = filtered(
            moment.filter, moment.severities, None, len(rows), lambda: subjects.circuits(view),
            lambda chosen: subjects.of_severity(view.circuits.severity, chosen),
        )  # fmt: skip
        self.fill(moment, rows, result, self._words())

    @staticmethod
    def _made(moment: Moment) -> circuit_rows.CircuitRows:
        return circuit_rows.CircuitRows(moment.view, moment.signs, moment.grey, moment.size is Size.L)

    def _words(self) -> tuple[str, str]:
        table = self._pane.table
        return "circuits", f"row {table.position:,} of {table.shown:,}"

    def on_live_table_moved(self, message: LiveTable.Moved) -> None:
        self._pane.entitle(self._words())

    def retitle(self, words: tuple[str, str]) -> None:
        self._pane.entitle(self._words())

    def on_live_table_opened(self, message: LiveTable.Opened) -> None:
        self.post_message(self.Goto(of_circuit(message.key)))

    def standing(self) -> Standing | None:
        key = self._pane.table.cursor_key
        return standing_of_circuit(key, self._moment.view) if key is not None and self._moment is not None else None

    def charted(self) -> Place | None:
        return of_chart()

    def export(self) -> Exported | None:
        if self._moment is None:
            return None
        return circuit_rows.exported(self._moment.view, self._pane.table.shown_rows.tolist())
