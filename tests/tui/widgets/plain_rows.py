"""Rows for tables in tests: a name, a state and a number each, and an app that shows them and counts what it paints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from textual.app import App, ComposeResult
from textual.strip import Strip

from noctui.clock import FixedClock
from noctui.tui.look import Look, default_look
from noctui.tui.look.palette import Palette
from noctui.tui.look.signs import Signs
from noctui.tui.look.themes import load
from noctui.tui.widgets.columns import Cell, Column
from noctui.tui.widgets.live_table import LiveTable

COLUMNS = (
    Column("name", "name", 8, flex=True),
    Column("carrier", "carrier", 7, drop=2),
    Column("rx", "rx %", 5, "right"),
    Column("lat", "lat", 4, "right", drop=1),
)


class PlainRows:
    """`values` by row; ids are `r0`, `r1` … or `keys`."""

    def __init__(
        self,
        values: Sequence[float],
        keys: Sequence[str] | None = None,
        carrier: str = "Lumen",
        flashing: frozenset[int] = frozenset(),
    ) -> None:
        self.values = np.array(values, np.float32)
        self.keys = list(keys) if keys is not None else [f"r{i}" for i in range(len(values))]
        self.carrier = carrier
        self.flashing = flashing
        self.asked = 0

    def __len__(self) -> int:
        return len(self.values)

    def key(self, row: int) -> str:
        return self.keys[row]

    def find(self, key: str) -> int | None:
        return self.keys.index(key) if key in self.keys else None

    def cells(self, row: int, columns: tuple[str, ...]) -> Sequence[Cell]:
        self.asked += 1
        value = self.values[row]
        all_cells: dict[str, Cell] = {
            "mark": ("", "text"),
            "name": (f"▼ {self.keys[row]}", "crit"),
            "carrier": (self.carrier, "text"),
            "rx": ("–", "faint") if np.isnan(value) else ((f"{value:.1f}", "text"), ("~", "unk")),
            "lat": ("1.0", "text"),
        }
        return [all_cells[column] for column in columns]

    def sort_values(self, column: str) -> NDArray[Any]:
        return self.values if column == "rx" else np.array(self.keys)

    def changed(self, old: PlainRows, rows: NDArray[np.intp]) -> NDArray[np.bool_]:
        a, b = self.values[rows], old.values[rows]
        return np.asarray((a != b) & ~(np.isnan(a) & np.isnan(b)))

    def flash(self, row: int) -> bool:
        return row in self.flashing


class CountedTable(LiveTable):
    """Counts the lines that it is asked to paint."""

    painted: list[int]

    def render_line(self, y: int) -> Strip:
        self.painted.append(y)
        return super().render_line(y)


def look(theme: str = "dark", *, ascii: bool = False, no_color: bool = False) -> Look:
    """A look by name."""
    palette: Palette = load().palette(theme, no_color=no_color)
    return Look(palette, Signs(ascii))


class TableApp(App[None]):
    """One table."""

    CSS = "Screen { overflow: hidden; }"
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, columns: Sequence[Column] = COLUMNS, sort: tuple[str, bool] = ("rx", True)) -> None:
        super().__init__()
        self.look = default_look()
        self.clock = FixedClock(1000.0)
        self.table = CountedTable(
            columns, sort=sort, empty=("Nothing matches.", "esc removes it"), clock=self.clock.monotonic
        )
        self.table.painted = []
        self.heard: list[object] = []

    def compose(self) -> ComposeResult:
        yield self.table

    def on_mount(self) -> None:
        self.table.focus()

    def on_live_table_opened(self, event: LiveTable.Opened) -> None:
        self.heard.append(("opened", event.key))

    def on_live_table_moved(self, event: LiveTable.Moved) -> None:
        self.heard.append(("moved", event.key))

    def on_live_table_sorted(self, event: LiveTable.Sorted) -> None:
        self.heard.append(("sorted", event.column, event.descending))

    def on_live_table_marked(self, event: LiveTable.Marked) -> None:
        self.heard.append(("marked", event.keys))

    def text(self) -> list[str]:
        """The table's lines as text, right blanks cut."""
        return [self.table.render_line(y).text.rstrip() for y in range(self.table.size.height)]

    def roles_at(self, y: int) -> list[tuple[str, str]]:
        """(text, style) of a line's segments."""
        return [(segment.text, str(segment.style)) for segment in self.table.render_line(y)]
