"""Worst quality now: circuits by the worst of loss, jitter and latency, each held to its critical threshold."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from noctui.model.words import Metric
from noctui.tui.export import Exported
from noctui.tui.moment import Moment, Size
from noctui.tui.panes import circuit_rows, now_rows
from noctui.tui.panes.list_pane import Listed, ListPane
from noctui.tui.place import Place, of_circuit
from noctui.tui.widgets.columns import Column


class WorstQuality(ListPane):
    """Every circuit of which loss, jitter or latency is known. `s` on one of their columns sorts by it alone."""

    HEADING = "worst quality now"
    SORT = ("quality", True)
    TITLED = "who"
    EMPTY = ("No loss, jitter or latency is known.",)

    def columns(self, size: Size) -> tuple[Column, ...]:
        return (
            now_rows.SIGN, now_rows.WHO, now_rows.CARRIER, now_rows.ROLE, Column("loss", "loss %", 6, "right"),
            Column("jit", "jit ms", 6, "right"), Column("lat", "lat ms", 6, "right"),
            Column("mos", "MOS", 4, "right", drop=3),
        )  # fmt: skip

    def listed(self, moment: Moment) -> Listed:
        rows = now_rows.NowRows(moment.view, moment.signs, moment.grey)
        worst = np.zeros(len(rows), np.int64)
        for metric in (Metric.LOSS, Metric.JITTER, Metric.LATENCY):
            worst = np.maximum(worst, (moment.view.circuits.levels >> (2 * metric)) & 3)
        known = np.isfinite(rows.quality)
        return Listed(rows, known, now_rows.level_words(worst, known & ~moment.view.circuits.stale))

    def opens(self, key: str) -> tuple[Place, str]:
        return of_circuit(key), ""

    def exported(self, order: Sequence[int]) -> Exported | None:
        return circuit_rows.exported(self._moment.view, order) if self._moment is not None else None
