"""Congested and trending worse: one sorted list, who reaches the critical threshold first at the top."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

from noctui.model.figures import Trend
from noctui.tui.export import Exported
from noctui.tui.moment import Moment, Size
from noctui.tui.panes import now_rows, offender_table
from noctui.tui.panes.keeping import Keeping
from noctui.tui.panes.kept import Kept
from noctui.tui.panes.list_pane import Listed, ListPane, Sorts
from noctui.tui.panes.offender_answers import Answer, Asked, Ranked, answer, ranked
from noctui.tui.panes.offender_kinds import BY
from noctui.tui.panes.offender_trends import TrendRows
from noctui.tui.place import Place, of_circuit
from noctui.tui.widgets.columns import Column

_BY = BY["congested"]
_WINDOW = "24h"


class WorseningRows(TrendRows):
    """The ranking of the offenders screen, with number and town of the site in one column."""

    def columns(self, size: Size) -> tuple[Column, ...]:
        return (
            now_rows.WHO, now_rows.CARRIER, Column("now", "now %", 5, "right", drop=3),
            Column("p95", "p95 %", 5, "right"), Column("change", "change", 6, "right", drop=1),
            Column("slope", "a day", 6, "right", drop=5), Column("reach", f"{self.threshold_words} in", 7, "right"),
        )  # fmt: skip


class Worsening(ListPane):
    """Circuits that were above `high` in 24 h, or whose p95 is above `warn`, and that rise from week to week."""

    HEADING = "congested, getting worse"
    SORT = (_BY.column, _BY.biggest)
    TITLED = "who"
    EMPTY = ("No congested circuit is getting worse.",)

    def __init__(self, clock: Callable[[], float], sorts: Sorts, *, id: str) -> None:
        super().__init__(clock, sorts, id=id)
        self._figures: Keeping[Answer] = Keeping(self, clock, self.draw)
        self._trend: Keeping[Trend] = Keeping(self, clock, self.draw)
        self._ranked: Kept[Ranked] = Kept()

    def columns(self, size: Size) -> tuple[Column, ...]:
        rows = self.listing.rows if self.listing is not None else None
        if isinstance(rows, WorseningRows):
            return rows.columns(size)
        return (now_rows.WHO, now_rows.CARRIER, Column("reach", "90 % in", 7, "right"))

    def inquire(self, moment: Moment) -> None:
        read, live, at = moment.scene.read, moment.scene.live, moment.at
        asked = Asked("circuits", _BY, _WINDOW, at)
        self._figures.want("figures", at, live, lambda: answer(read, asked))
        self._trend.want("trend", at, live, lambda: read.trend(_BY.gauge))

    def known(self, moment: Moment) -> Hashable:
        return id(self._figures.known(moment.at)), id(self._trend.known(moment.at))

    def listed(self, moment: Moment) -> Listed | None:
        found, trend = self._figures.known(moment.at), self._trend.known(moment.at)
        if found is None or trend is None:
            return None
        view = moment.view
        of = (found, trend, view.inventory, view.limits)
        standing = self._ranked.get(of, lambda: ranked(found, view, None, trend))
        rows = WorseningRows(standing, view, moment.signs, moment.grey)
        self.recolumn(rows.columns(moment.size))
        count = len(rows.ranked.order)
        return Listed(rows, offender_table.ranking_mask(rows), f"{count:,} circuits" if count != 1 else "1 circuit")

    def waiting(self) -> str:
        failed = self._figures.failed or self._trend.failed
        return f"The figures {failed}." if failed else "Asking …"

    def opens(self, key: str) -> tuple[Place, str]:
        return of_circuit(key), ""

    def exported(self, order: Sequence[int]) -> Exported | None:
        rows = self.listing.rows if self.listing is not None else None
        return offender_table.exported(rows, order) if isinstance(rows, WorseningRows) else None
