"""The same rows in textual's own DataTable, told of changes cell by cell, as its documentation says."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from rich.text import Text
from textual.app import App, ComposeResult
from textual.widgets import DataTable

from bench.table_app import PERIOD, Feed, Obey
from noctui.model.view import View
from noctui.tui.look import Run, default_look
from noctui.tui.panes.circuit_rows import CircuitRows, columns
from noctui.tui.widgets.columns import Cell

CHANGING = ("state", "rx", "tx", "loss", "jit", "lat", "for")


def run_datatable(feed: Feed) -> None:
    """All circuits, sorted by rx, fixed column widths."""
    look = default_look()
    shown = columns(False)
    keys = tuple(c.key for c in shown)
    styles = {role: look.palette.style(role) for role in ("crit", "high", "warn", "down")}

    def text(cell: Cell) -> str | Text:
        """A plain text where one colour does."""
        runs: Sequence[Run] = (cell,) if isinstance(cell[0], str) else cell
        if all(role not in styles for _, role in runs):
            return "".join(part for part, _ in runs)
        return Text.assemble(*((part, styles.get(role, "")) for part, role in runs))

    class Peer(App[None]):
        CSS = "Screen { overflow: hidden; } DataTable { height: 1fr; width: 1fr; }"
        ENABLE_COMMAND_PALETTE = False

        def compose(self) -> ComposeResult:
            yield DataTable(cursor_type="row")

        def on_mount(self) -> None:
            self._table = self.query_one(DataTable)
            for column in shown:
                self._table.add_column(column.title, width=column.width, key=column.key)
            rows = CircuitRows(feed.view, look.signs)
            for row in range(len(rows)):
                self._table.add_row(*map(text, rows.cells(row, keys)), key=str(row))
            self.sort("rx")
            self._table.focus()
            obey = Obey(feed, self, self.call_later)
            asyncio.get_running_loop().add_reader(obey.socket, obey.read)
            self.set_interval(PERIOD, obey.tick)

        def show(self, view: View, rows: Any) -> None:
            self.apply(view, rows)

        def apply(self, view: View, rows: Any) -> None:
            made, update = CircuitRows(view, look.signs), self._table.update_cell
            for row in rows.tolist():
                for column, cell in zip(CHANGING, made.cells(row, CHANGING), strict=True):
                    update(str(row), column, text(cell))
            self.sort(self._sorted)

        def sort(self, column: str) -> None:
            self._sorted = column
            if column == "rx":
                self._table.sort("rx", key=_number, reverse=True)
            else:
                self._table.sort(column)

    Peer().run()


def _number(cell: str | Text) -> float:
    plain = cell.plain if isinstance(cell, Text) else cell
    try:
        return float(plain.rstrip("~t "))
    except ValueError:
        return -1.0
