"""Most flaps: circuits that went up and down most often in 24 h."""

from __future__ import annotations

from collections.abc import Sequence

from noctui.tui.export import Exported
from noctui.tui.moment import Moment, Size
from noctui.tui.panes import circuit_rows, now_rows
from noctui.tui.panes.list_pane import Listed, ListPane
from noctui.tui.place import Place, of_circuit
from noctui.tui.widgets.columns import Column


class MostFlaps(ListPane):
    """Every circuit that changed between up and down in 24 h. A flap is one change, either way."""

    HEADING = "most flaps"
    SORT = ("flap", True)
    TITLED = "who"
    EMPTY = ("No circuit flapped in 24 h.",)

    def columns(self, size: Size) -> tuple[Column, ...]:
        return (
            Column("state", "state", 6), now_rows.WHO, now_rows.CARRIER, now_rows.ROLE,
            Column("for", "for", 5, "right", drop=1), Column("flap", "flaps 24 h", 10, "right"),
        )  # fmt: skip

    def listed(self, moment: Moment) -> Listed:
        flaps = moment.view.circuits.flaps_24h
        rows = now_rows.NowRows(moment.view, moment.signs, moment.grey)
        return Listed(rows, flaps > 0, f"{int((flaps > 0).sum()):,} circuits, {int(flaps.sum()):,} flaps in 24 h")

    def opens(self, key: str) -> tuple[Place, str]:
        return of_circuit(key), ""

    def exported(self, order: Sequence[int]) -> Exported | None:
        return circuit_rows.exported(self._moment.view, order) if self._moment is not None else None
