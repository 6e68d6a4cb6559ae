"""Most loaded now: circuits by utilisation, the fullest first."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from noctui.tui.export import Exported
from noctui.tui.moment import Moment, Size
from noctui.tui.panes import circuit_rows, now_rows
from noctui.tui.panes.list_pane import Listed, ListPane
from noctui.tui.place import Place, of_circuit
from noctui.tui.widgets.columns import Column


class MostLoaded(ListPane):
    """Every circuit whose utilisation is known."""

    HEADING = "most loaded now"
    SORT = ("util", True)
    TITLED = "who"
    EMPTY = ("No utilisation is known.",)

    def columns(self, size: Size) -> tuple[Column, ...]:
        return (
            now_rows.SIGN, now_rows.WHO, now_rows.CARRIER, now_rows.ROLE,
            Column("util", "util %", 6, "right"), Column("rx", "rx %", 5, "right", drop=5),
            Column("tx", "tx %", 5, "right", drop=5), Column("bw", "bw", 5, "right", drop=6),
            Column("trend", "rx 3 h", 12, drop=1),
        )  # fmt: skip

    def listed(self, moment: Moment) -> Listed:
        rows = now_rows.NowRows(moment.view, moment.signs, moment.grey)
        known = np.isfinite(rows.utilisation)
        levels = moment.view.circuits.levels & 3
        return Listed(rows, known, now_rows.level_words(levels, known & ~moment.view.circuits.stale))

    def opens(self, key: str) -> tuple[Place, str]:
        return of_circuit(key), ""

    def exported(self, order: Sequence[int]) -> Exported | None:
        return circuit_rows.exported(self._moment.view, order) if self._moment is not None else None
