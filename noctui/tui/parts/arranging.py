"""Which columns a table shows, and in what order."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType

from noctui.tui.keys import bindings
from noctui.tui.shell import Shell

if TYPE_CHECKING:
    from noctui.clock import Clock
    from noctui.model.scene import Scenes
    from noctui.tui.columns import Chosen
    from noctui.tui.frame.columns import ColumnChooser
    from noctui.tui.options import Options
    from noctui.tui.screens.board import Board
    from noctui.tui.widgets.live_table import LiveTable


class Arranging(Shell):
    """Columns, chosen and kept."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("choose_columns")

    def __init__(self, scenes: Scenes, clock: Clock, options: Options | None = None) -> None:
        super().__init__(scenes, clock, options)
        self._arranging: LiveTable | None = None
        self._columns_before: Chosen | None = None

    def action_choose_columns(self) -> None:
        """Choose the columns of the table that the keys speak of."""
        table = self.board.table() if self.board is not None else None
        if table is None:
            self.say("No table here whose columns could be chosen.")
            return
        self._stood = self._arranging = table
        self._columns_before = table.chosen
        self.frame.choose(table)

    def on_column_chooser_changed(self, message: ColumnChooser.Changed) -> None:
        if self._arranging is not None:
            self._arranging.choose(message.chosen)
            self.frame.columns.fits(self._arranging.visible_columns)

    def action_end_columns(self, kept: bool) -> None:
        table = self._arranging
        if table is not None and not kept:
            table.choose(self._columns_before)
        elif table is not None:
            self._keep_columns(table)
        self.frame.choose(None)
        self._arranging = None
        self.stand_again()

    def choose_columns(self, keys: tuple[str, ...], usual: bool) -> None:
        """These columns of the table shown, in this order; none: let them be chosen."""
        table = self.board.table() if self.board is not None else None
        if table is None or not (keys or usual):
            self.action_choose_columns()
            return
        from noctui.tui.columns import exactly

        table.choose(None if usual else exactly(keys, table.offered))
        self._keep_columns(table)

    def _keep_columns(self, table: LiveTable) -> None:
        others = {name: chosen for name, chosen in self._memory.state.columns.items() if name != table.id}
        mine = {table.id or "": table.chosen} if table.chosen is not None else {}
        self._memory.keep(columns={**others, **mine})

    def furnish(self, board: Board) -> None:
        """What was chosen of a new board's tables."""
        from noctui.tui.widgets.live_table import LiveTable

        super().furnish(board)
        for table in board.query(LiveTable):
            chosen = self._memory.state.columns.get(table.id or "")
            if chosen is None:
                continue
            table.choose(chosen)
            if not chosen.names(table.offered):
                self.say(f"The columns kept for {table.id} name none of it: the usual ones are shown.")
