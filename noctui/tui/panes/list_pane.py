"""A short table of its own: it makes its rows from the Moment, asks for what the View does not have, and knows where
each row leads. Several of them make a board."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from noctui.model.view import View
from noctui.tui.export import Exported
from noctui.tui.moment import Moment, Size
from noctui.tui.panes.offender_rows import Nobody
from noctui.tui.panes.table_pane import TablePane
from noctui.tui.place import Place
from noctui.tui.widgets.columns import Column, Rows

Mask = NDArray[np.bool_]
Sorts = Mapping[str, tuple[str, bool]]


@dataclass(frozen=True)
class Listed:
    """The rows of a list, which of them it shows (None: all), and the note beside its title."""

    rows: Rows
    mask: Mask | None = None
    note: str = ""


class ListPane(TablePane):
    """Base of the lists. At S the first wide column's title is the list's."""

    HEADING: ClassVar[str] = ""
    SORT: ClassVar[tuple[str, bool]] = ("", True)
    TITLED: ClassVar[str] = ""
    """The column whose title is the list's at S, where a list has no title line."""
    NOTED: ClassVar[bool] = False
    """Whether the note stands in that title too."""
    EMPTY: ClassVar[tuple[str, ...]] = ("Nothing to list.",)
    _kept: tuple[Hashable, Listed | None] | None = None

    def __init__(self, clock: Callable[[], float], sorts: Sorts, *, id: str) -> None:
        """`sorts` are the remembered orders by table; one by a column that is no more counts for nothing."""
        columns = self.columns(Size.M)
        sort = sorts.get(f"{id}-table", self.SORT)
        known = sort[0] in {c.key for c in columns}
        super().__init__(columns, sort if known else self.SORT, clock, id=id, name=self.HEADING)
        self._moment: Moment | None = None
        self._size_now: Size | None = None

    def columns(self, size: Size) -> tuple[Column, ...]:
        """The columns at this size."""
        raise NotImplementedError

    def inquire(self, moment: Moment) -> None:
        """Ask for what this moment needs."""

    def known(self, moment: Moment) -> Hashable:
        """What the rows are made of beside the View: other rows are made only when it is another."""
        return None

    def listed(self, moment: Moment) -> Listed | None:
        """The rows; None while they are not known."""
        raise NotImplementedError

    def waiting(self) -> str:
        """Why there are no rows yet: that they are asked for, or that they cannot be read."""
        return "Asking …"

    def opens(self, key: str) -> tuple[Place, str] | None:
        """Where Enter on this row leads, and the filter there; None for nowhere."""
        raise NotImplementedError

    def exported(self, order: Sequence[int]) -> Exported | None:
        """The rows of this list, in this order."""
        return None

    def export(self) -> Exported | None:
        """The list as it is shown."""
        return self.exported(self.table.shown_rows.tolist()) if self.listing is not None else None

    @property
    def view(self) -> View | None:
        """What is shown now."""
        return self._moment.view if self._moment is not None else None

    @property
    def listing(self) -> Listed | None:
        """What is listed now."""
        return self._kept[1] if self._kept is not None else None

    def show(self, moment: Moment) -> None:
        """Paint this moment; what is not known yet is asked for."""
        self._moment = moment
        if moment.size is not self._size_now:
            self._size_now = moment.size
            self.recolumn(self.columns(moment.size))
        self.inquire(moment)
        self.draw()

    def recolumn(self, columns: tuple[Column, ...]) -> None:
        """Show these columns, if they are others."""
        if self._size_now is not None and (titled := self._titled(columns, self._size_now)) != self.table.columns:
            self.table.set_columns(titled)

    def _titled(self, columns: tuple[Column, ...], size: Size) -> tuple[Column, ...]:
        if size not in (Size.S, Size.TINY) or not self.TITLED:
            return columns
        noted = self.NOTED and self.listing is not None and self.listing.note
        words = f"{self.HEADING}: {self.listing.note}" if noted and self.listing else self.HEADING
        return tuple(
            Column(c.key, words, c.width, c.align, c.flex, c.drop, c.gap) if c.key == self.TITLED else c
            for c in columns
        )

    def draw(self) -> None:
        """Paint what is known now."""
        moment = self._moment
        if moment is None:
            return
        key = (moment.view.seq, moment.at, moment.look_key, self.known(moment))
        if self._kept is None or self._kept[0] != key:
            self._kept = key, self.listed(moment)
        listed = self._kept[1]
        if listed is None:
            self.table.say_when_empty((self.waiting(),))
            rows = self.table.rows if self.table.rows is not None else Nobody()
            self.table.show(rows, np.zeros(len(rows), np.bool_))
            self.entitle((self.HEADING, ""))
            return
        self.table.say_when_empty(self.EMPTY)
        if self.NOTED:
            self.recolumn(self.columns(moment.size))
        self.show_rows(listed.rows, listed.mask, (self.HEADING, listed.note))
