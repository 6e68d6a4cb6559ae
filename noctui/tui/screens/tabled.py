"""A board around one table of circuits, sites or regions: filter, cursor, sorting and export are the same for all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from textual.message import Message
from textual.widget import Widget

from noctui.model.view import View
from noctui.tui.filter import Filter, FilterError, Mask, Subject
from noctui.tui.frame.sentence import nothing_matches
from noctui.tui.moment import Moment
from noctui.tui.panes.table_pane import TablePane
from noctui.tui.place import Place
from noctui.tui.screens.board import Board
from noctui.tui.widgets.columns import Rows
from noctui.tui.widgets.live_table import LiveTable

R = TypeVar("R")
NOT_COPIED = frozenset({"trend"})
"""Columns that are pictures."""


@dataclass(frozen=True)
class Filtered:
    """What the filter leaves: [rows] or None for all; and how many rows text and severities would each leave alone."""

    mask: Mask | None
    left: int
    of: int
    alone: tuple[int, int] | None
    problem: str = ""
    subject: Callable[[], Subject] | None = None


def filtered(chosen: Filter, severities: frozenset[int], base: Mask | None, size: int,
             subject: Callable[[], Subject], by_severity: Callable[[frozenset[int]], Mask]) -> Filtered:  # fmt: skip
    """Text and severities together, inside `base` (the rows that this place is about; None: all)."""
    ground = base if base is not None else np.ones(size, np.bool_)
    total = int(ground.sum())
    text: Mask | None = None
    problem = ""
    if chosen:
        try:
            text = chosen.mask(subject()) & ground
        except FilterError as error:
            problem = str(error)
    kinds = by_severity(severities) & ground if severities else None
    if text is None and kinds is None:
        return Filtered(base, total, total, None, problem, subject)
    mask = text if kinds is None else kinds if text is None else text & kinds
    assert mask is not None
    alone = (int(text.sum()), int(kinds.sum())) if text is not None and kinds is not None else None
    return Filtered(mask, int(mask.sum()), total, alone, problem, subject)


class TabledBoard(Board):
    """Base of the boards whose main thing is one table."""

    FILTERS = True

    class Resorted(Message):
        """A person sorted the table otherwise."""

        def __init__(self, table: str, sort: tuple[str, bool]) -> None:
            super().__init__()
            self.table = table
            self.sort = sort

    def __init__(self, clock: Callable[[], float], sorts: dict[str, tuple[str, bool]], *, id: str) -> None:
        super().__init__(id=id)
        self._clock = clock
        self._sorts = sorts
        self._result: Filtered | None = None
        self._cursors: dict[Place, str] = {}
        self._at: Place | None = None
        self._kept: tuple[View, object, Any] | None = None
        self._unfolded: frozenset[str] = frozenset()
        self._shown: Moment | None = None  # where rows fold: what is shown

    def action_fold(self) -> None:
        """The incident under the cursor as one row, or its members; bound where rows fold."""
        key = self.main.table.cursor_key
        incident = self.incident_at(key) if key is not None else ""
        if not incident:
            self.post_message(self.Say("g folds the circuits of one incident; this row is of none."))
            return
        before = self.main.table.shown
        self._unfolded = self._unfolded ^ {incident}
        self._kept = None
        if self._shown is not None:
            self.show(self._shown)
        if self.main.table.shown == before:  # one row alone, those that are dark, or what a filter found
            self.post_message(self.Say("All rows of this incident are shown here already."))

    def incident_at(self, key: str) -> str:
        """The alarm_id of the incident that this row stands for or belongs to; empty for none."""
        return ""

    def kept(self, moment: Moment, make: Callable[[], R]) -> R:
        """The rows of this moment: the same object while the data is the same, so that a table knows a filter that a
        person changed from a poll that landed."""
        if self._kept is None or self._kept[0] is not moment.view or self._kept[1] != moment.look_key:
            self._kept = moment.view, moment.look_key, make()
        return self._kept[2]

    @property
    def main(self) -> TablePane:
        """The pane of the main table."""
        raise NotImplementedError

    def sort_of(self, table: str, default: tuple[str, bool], columns: set[str]) -> tuple[str, bool]:
        """The remembered order of a table, when its column still exists."""
        sort = self._sorts.get(table, default)
        return sort if sort[0] in columns else default

    def fill(self, moment: Moment, rows: Rows, result: Filtered, words: tuple[str, str]) -> None:
        """Show the rows in the main table, and find this place's cursor again."""
        self._result = result
        table = self.main.table
        table.say_when_empty(nothing_matches(moment.filter.text, moment.severities, result.alone))
        self.main.show_rows(rows, result.mask, words)
        if moment.place != self._at:
            self._at = moment.place
            known = self._cursors.get(moment.place)
            if not (known and table.go_to(known)) and table.position > 1:
                table.action_first()
        self.retitle(words)

    def tick(self, moment: Moment) -> None:
        self.main.entitle()

    def retitle(self, words: tuple[str, str]) -> None:
        self.main.entitle(words)

    def matches(self) -> tuple[int, int] | None:
        return (self._result.left, self._result.of) if self._result else None

    def subject(self) -> Callable[[], Subject] | None:
        return self._result.subject if self._result else None

    def problem(self) -> str:
        return self._result.problem if self._result else ""

    def copied(self) -> str:
        return self.main.table.row_text(NOT_COPIED)

    def first_focus(self) -> Widget | None:
        return self.main.table

    def on_live_table_moved(self, message: LiveTable.Moved) -> None:
        if message.table is self.main.table and self._at is not None and message.key:
            self._cursors[self._at] = message.key

    def on_live_table_sorted(self, message: LiveTable.Sorted) -> None:
        self.post_message(self.Resorted(message.table.id or "", (message.column, message.descending)))
