"""A board of lists: each knows where its rows lead and what it exports; the focused one is what the keys speak of."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType
from textual.events import DescendantFocus
from textual.widget import Widget

from noctui.tui.export import Exported
from noctui.tui.keys import bindings
from noctui.tui.moment import Moment
from noctui.tui.panes.alarm_places import standing_at
from noctui.tui.panes.list_pane import ListPane
from noctui.tui.screens.board import Board
from noctui.tui.screens.tabled import NOT_COPIED, TabledBoard
from noctui.tui.standing import Standing
from noctui.tui.widgets.live_table import LiveTable


class ListingBoard(Board):
    """Base of the boards that are made of lists."""

    SCOPED_CSS = False
    BINDINGS: ClassVar[list[BindingType]] = bindings("layout")

    def lists(self) -> tuple[ListPane, ...]:
        """The lists, in the order that they are looked at."""
        raise NotImplementedError

    @property
    def focused_list(self) -> ListPane:
        """The list that has the focus; else the first one."""
        lists = self.lists()
        return next((pane for pane in lists if pane.has_focus_within), lists[0])

    def tick(self, moment: Moment) -> None:
        for pane in self.lists():
            pane.entitle()

    def first_focus(self) -> Widget | None:
        return self.focused_list.table

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """At S the panes are more than there is room for: the chosen one comes into sight at once, whole."""
        self.scroll_to_widget(event.widget, animate=False, force=True)

    def on_live_table_opened(self, message: LiveTable.Opened) -> None:
        pane = next((p for p in self.lists() if p.table is message.table), None)
        there = pane.opens(message.key) if pane is not None else None
        if there is not None:
            self.post_message(self.Goto(*there))
        else:
            self.post_message(self.Say("There is nothing to open here."))

    def on_live_table_sorted(self, message: LiveTable.Sorted) -> None:
        self.post_message(TabledBoard.Resorted(message.table.id or "", (message.column, message.descending)))

    def standing(self) -> Standing | None:
        """Of the circuit, site or region that the row leads to."""
        pane = self.focused_list
        key = pane.table.cursor_key
        there = pane.opens(key) if key is not None else None
        return standing_at(there[0], pane.view) if there is not None and pane.view is not None else None

    def export(self) -> Exported | None:
        return self.focused_list.export()

    def copied(self) -> str:
        return self.focused_list.table.row_text(NOT_COPIED)
