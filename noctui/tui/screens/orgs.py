"""All orgs that can be looked at from here, and how each of them is: Enter shows one."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from textual.app import ComposeResult
from textual.message import Message

from noctui.model.headline import Clause, Headline
from noctui.model.orgs import OrgLine
from noctui.model.words import Severity
from noctui.tui.export import Exported
from noctui.tui.frame.sentence import nothing_matches
from noctui.tui.moment import Moment
from noctui.tui.panes import org_rows
from noctui.tui.panes.table_pane import TablePane
from noctui.tui.panes.thing_rows import ThingRows
from noctui.tui.screens.tabled import Filtered, TabledBoard, filtered
from noctui.tui.widgets.live_table import LiveTable

EVERY = 5.0
"""Seconds between looks at the others while they are shown."""


class Orgs(TabledBoard):
    """`:org`"""

    SCOPED_CSS = False
    DEFAULT_CSS = """
    Orgs > TablePane { height: 1fr; }
    """
    OFFERS = (
        "open", "filter", "sorts", "choose_columns", "columns", "export", "copy", "command", "screens", "out", "quit",
    )  # fmt: skip

    class Asked(Message):
        """How all of them are is wanted."""

    class Chosen(Message):
        """This one is to be shown."""

        def __init__(self, org_id: str) -> None:
            super().__init__()
            self.org_id = org_id

    def __init__(self, clock: Callable[[], float], sorts: dict[str, tuple[str, bool]]) -> None:
        super().__init__(clock, sorts, id="orgs")
        keys = {c.key for c in (*org_rows.COLUMNS, *org_rows.SPARE)}
        sort = self.sort_of("orgs-pane-table", org_rows.SORT, keys)
        self._pane = TablePane(org_rows.COLUMNS, sort, clock, id="orgs-pane")
        self._pane.table.set_columns(org_rows.COLUMNS, org_rows.SPARE)
        self._asked_at = float("-inf")
        self._moment: Moment | None = None
        self._lines: tuple[OrgLine, ...] | None = None
        self._rows: tuple[object, ThingRows[OrgLine]] | None = None

    def compose(self) -> ComposeResult:
        yield self._pane

    @property
    def main(self) -> TablePane:
        return self._pane

    def leave(self) -> None:
        super().leave()
        self._asked_at = float("-inf")

    def show(self, moment: Moment) -> None:
        self._moment = moment
        self._ask()
        self._draw()

    def tick(self, moment: Moment) -> None:
        self.show(moment)

    def take(self, lines: tuple[OrgLine, ...]) -> None:
        """How they are."""
        self._lines = lines
        self._draw()
        self.post_message(self.Told())

    def _ask(self) -> None:
        if self._clock() - self._asked_at >= EVERY:
            self._asked_at = self._clock()
            self.post_message(self.Asked())

    def _draw(self) -> None:
        moment = self._moment
        if moment is None:
            return
        lines = self._lines or ()
        key = (lines, moment.look_key, moment.now)
        if self._rows is None or self._rows[0] != key:
            self._rows = key, org_rows.rows_of(lines, moment.now, moment.signs, False)
        rows = self._rows[1]
        result = filtered(
            moment.filter, frozenset(), None, len(rows), lambda: org_rows.subject(rows),
            lambda _chosen: np.ones(len(rows), np.bool_),
        )  # fmt: skip
        self.fill(moment, rows, result, self._words())
        self._pane.table.say_when_empty(self._empty(moment, rows, result))

    def _empty(self, moment: Moment, rows: ThingRows[OrgLine], result: Filtered) -> tuple[str, ...]:
        if self._lines is None:
            return ("Looking for orgs.",)
        if len(rows):
            return nothing_matches(moment.filter.text, frozenset(), result.alone)
        return ("No org has a history below this data folder, or is on the bus.",)

    def headline(self) -> Headline | None:
        if self._lines is None:
            return None
        dark = [line for line in self._lines if line.dark]
        if dark:
            sites = sum(line.dark for line in dark)
            worst = max(dark, key=lambda line: line.dark)
            said = f"{sites:,} dark {'site' if sites == 1 else 'sites'} in {len(dark)} of {len(self._lines)} orgs"
            rest = f", most of them at {worst.shown}" if len(dark) > 1 else f": {worst.shown}"
            return Headline(severity=Severity.DOWN, clauses=(Clause(f"{said}{rest}.", strong=True),))
        many = f"{len(self._lines)} {'org' if len(self._lines) == 1 else 'orgs'}, no site is dark."
        return Headline(severity=Severity.OK, clauses=(Clause(many, strong=True),))

    def _words(self) -> tuple[str, str]:
        table = self._pane.table
        return "orgs", f"row {table.position:,} of {table.shown:,}"

    def retitle(self, words: tuple[str, str]) -> None:
        self._pane.entitle(self._words())

    def on_live_table_moved(self, message: LiveTable.Moved) -> None:
        super().on_live_table_moved(message)
        self._pane.entitle(self._words())

    def on_live_table_opened(self, message: LiveTable.Opened) -> None:
        self.post_message(self.Chosen(message.key))

    def export(self) -> Exported | None:
        rows = self._pane.table.rows
        if not isinstance(rows, ThingRows):
            return None
        return org_rows.exported(rows, self._pane.table.shown_rows.tolist())
