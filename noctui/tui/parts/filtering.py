"""The filter, and the severities chosen on the counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType

from noctui.tui.keys import bindings
from noctui.tui.shell import Shell

if TYPE_CHECKING:
    from noctui.clock import Clock
    from noctui.model.scene import Scenes
    from noctui.tui.filter import Filter
    from noctui.tui.frame.counts import Counts
    from noctui.tui.frame.entry import Entry
    from noctui.tui.options import Options


class Filtering(Shell):
    """Which rows are shown."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("filter", "severity")

    def __init__(self, scenes: Scenes, clock: Clock, options: Options | None = None) -> None:
        super().__init__(scenes, clock, options)
        self._before_editing: tuple[Filter, frozenset[int]] | None = None

    def action_filter(self) -> None:
        if self.board is None or not self.board.FILTERS:
            self.say("Nothing to filter here.")
            return
        self._before_editing = self.chosen_here()
        self.frame.edit(self._before_editing[0].text)

    def on_entry_changed(self, message: Entry.Changed) -> None:
        from noctui.tui.filter import FilterError, parse

        _, severities = self.chosen_here()
        try:
            chosen = parse(message.text)
        except FilterError as error:
            self._problem = str(error)
            self.paint(board=False)
            return
        self.set_filter(chosen, severities)

    def action_end_filter(self, kept: bool) -> None:
        self.frame.edit(None)
        if not kept and self._before_editing is not None:
            self.set_filter(*self._before_editing)
        self.focus_board()
        self._problem = ""
        self.paint(board=False)

    def filter_by(self, text: str) -> None:
        from noctui.tui.filter import parse

        _, severities = self.chosen_here()
        self.set_filter(parse(text), severities)

    def save_filter(self, name: str) -> None:
        """Keep the filter that is on under a name, also for other runs."""
        from noctui.tui.state import Saved

        chosen, severities = self.chosen_here()
        if not chosen and not severities:
            self.say("No filter is on: / and f make one.")
            return
        saved = Saved(self.place.kind, chosen.text, tuple(sorted(severities)))
        self._memory.keep(filters={**self._memory.state.filters, name: saved})
        self.say(f"Kept as {name}: {saved.words}. :use {name} filters so.")

    async def use_filter(self, name: str) -> None:
        """Filter by what was kept, on the screen that it was made for."""
        from noctui.tui.filter import parse
        from noctui.tui.place import Place

        saved = self._memory.state.filters[name]
        if self.place.kind != saved.kind and saved.kind not in ("chart", "site", "circuit", "incident"):
            self._trail.jump(Place(kind=saved.kind))
            await self.arrive()
        self.set_filter(parse(saved.text), frozenset(saved.severities))

    def action_severity(self) -> None:
        if self.board is None or not self.board.FILTERS:
            self.say("Nothing to filter here.")
            return
        self.frame.counts.focus()

    def on_counts_toggled(self, message: Counts.Toggled) -> None:
        chosen, before = self.chosen_here()
        if self.board is None or not self.board.FILTERS:
            self.frame.counts.set_chosen(before)
            self.say("Nothing to filter here.")
            return
        self.set_filter(chosen, message.chosen)

    def on_counts_left(self) -> None:
        self.focus_board()
