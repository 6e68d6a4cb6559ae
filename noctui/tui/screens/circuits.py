"""All circuits in one table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from noctui.runtime.folds import fold_circuits
from noctui.tui.export import Exported
from noctui.tui.keys import bindings
from noctui.tui.moment import Moment, Size
from noctui.tui.panes import circuit_rows, subjects
from noctui.tui.panes.alarm_places import standing_at, standing_of_circuit
from noctui.tui.panes.folded import NO_FOLDS, Folds, fold, incident_words, unfold
from noctui.tui.panes.table_pane import TablePane
from noctui.tui.place import Place, of_chart, of_circuit, of_incident
from noctui.tui.screens.tabled import TabledBoard, filtered
from noctui.tui.standing import Standing
from noctui.tui.widgets.live_table import LiveTable


class Circuits(TabledBoard):
    """Key 3."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("fold")
    OFFERS = (
        "open", "filter", "severity", "sorts", "choose_columns", "columns", "chart", "time", "fold", "acknowledge",
        "export", "copy", "command", "screens", "quit",
    )  # fmt: skip

    def __init__(self, clock: Callable[[], float], sorts: dict[str, tuple[str, bool]]) -> None:
        super().__init__(clock, sorts, id="circuits")
        sort = self.sort_of("circuits-pane-table", circuit_rows.SORT, {c.key for c in circuit_rows.COLUMNS})
        self._pane = TablePane(circuit_rows.columns(False), sort, clock, id="circuits-pane")
        self._moment: Moment | None = None
        self._size_now: Size | None = None
        self._folded_by: object = None
        self._ids = object()  # of rows whose numbers mean the same, and that fold in the same way

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
        self._shown = moment
        mask, folds = None, NO_FOLDS
        plain = not moment.filter and not moment.severities
        if plain and view.alarms.incidents:  # who filters wants to see what matches
            mask, folds = fold(circuit_rows.usual_order(view), None, view, self._unfolded, fold_circuits)
        key = (len(folds), self._unfolded, plain, id(view.inventory))
        if self._folded_by != key:
            self._folded_by, self._kept, self._ids = key, None, object()
        rows = self.kept(moment, lambda: self._made(moment, folds))
        result = filtered(
            moment.filter, moment.severities, None, len(rows), lambda: subjects.circuits(view),
            lambda chosen: subjects.of_severity(view.circuits.severity, chosen),
        )  # fmt: skip
        if mask is not None:
            result = replace(result, mask=mask)
        self.fill(moment, rows, result, self._words())

    def _made(self, moment: Moment, folds: Folds) -> circuit_rows.CircuitRows:
        wide = moment.size is Size.L
        return circuit_rows.CircuitRows(moment.view, moment.signs, moment.grey, wide, folds, self._ids)

    def incident_at(self, key: str) -> str:
        found = self._moment.view.alarms.incident_of.get(key) if self._moment is not None else None
        return found.alarm_id if found is not None else ""

    def _fold_at(self, key: str) -> str:
        """The incident that the row of this circuit stands for as a whole; empty where it stands for itself."""
        rows = self._pane.table.rows
        row = rows.find(key) if rows is not None else None
        found = rows.folds.get(row) if isinstance(rows, circuit_rows.CircuitRows) and row is not None else None
        return found.incident.alarm_id if found is not None else ""

    def _words(self) -> tuple[str, str]:
        table = self._pane.table
        return "circuits", f"row {table.position:,} of {table.shown:,}"

    def on_live_table_moved(self, message: LiveTable.Moved) -> None:
        self._pane.entitle(self._words())

    def retitle(self, words: tuple[str, str]) -> None:
        self._pane.entitle(self._words())

    def on_live_table_opened(self, message: LiveTable.Opened) -> None:
        incident = self._fold_at(message.key)
        self.post_message(self.Goto(of_incident(incident) if incident else of_circuit(message.key)))

    def copied(self) -> str:
        """A row that stands for an incident says so, and names no single one of its members."""
        key = self._pane.table.cursor_key
        incident = self._fold_at(key) if key is not None else ""
        return incident_words(incident, self._moment.view) if incident and self._moment else super().copied()

    def standing(self) -> Standing | None:
        key = self._pane.table.cursor_key
        if key is not None and self._moment is not None and (incident := self._fold_at(key)):
            return standing_at(of_incident(incident), self._moment.view)
        return standing_of_circuit(key, self._moment.view) if key is not None and self._moment is not None else None

    def charted(self) -> Place | None:
        return of_chart()

    def export(self) -> Exported | None:
        if self._moment is None:
            return None
        rows = self._pane.table.rows
        folds = rows.folds if isinstance(rows, circuit_rows.CircuitRows) else NO_FOLDS
        return circuit_rows.exported(self._moment.view, unfold(self._pane.table.shown_rows.tolist(), folds))
