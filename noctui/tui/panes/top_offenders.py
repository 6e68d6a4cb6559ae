"""Top offenders of 24 h: who was longest above the high threshold of utilisation."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

from noctui.model.figures import Daily
from noctui.tui.export import Exported
from noctui.tui.moment import Moment, Size
from noctui.tui.panes import now_rows, offender_table
from noctui.tui.panes.keeping import Keeping
from noctui.tui.panes.kept import Kept
from noctui.tui.panes.list_pane import Listed, ListPane, Sorts
from noctui.tui.panes.offender_above import AboveRows
from noctui.tui.panes.offender_answers import Answer, Asked, Ranked, answer, ranked
from noctui.tui.panes.offender_kinds import UTILISATION
from noctui.tui.panes.offender_rows import ALARM
from noctui.tui.place import Place, of_circuit
from noctui.tui.widgets.columns import Column


class TopRows(AboveRows):
    """The ranking of the offenders screen, with number and town of the site in one column."""

    def columns(self, size: Size) -> tuple[Column, ...]:
        return (
            ALARM, now_rows.WHO, now_rows.CARRIER, Column("now", "now %", 5, "right", drop=3),
            Column("p95", "p95 %", 5, "right", drop=4), Column("total", "above", 5, "right"),
            Column("days", "7 days", 7, drop=1),
        )  # fmt: skip


class TopOffenders(ListPane):
    """Ranked as on the offenders screen."""

    HEADING = "top offenders"
    SORT = (UTILISATION.column, UTILISATION.biggest)
    TITLED = "who"
    EMPTY = ("Nobody was above a threshold in 24 h.",)

    def __init__(self, clock: Callable[[], float], sorts: Sorts, *, id: str) -> None:
        super().__init__(clock, sorts, id=id)
        self._figures: Keeping[Answer] = Keeping(self, clock, self.draw)
        self._daily: Keeping[Daily] = Keeping(self, clock, self.draw)
        self._ranked: Kept[Ranked] = Kept()

    def columns(self, size: Size) -> tuple[Column, ...]:
        rows = self.listing.rows if self.listing is not None else None
        if isinstance(rows, TopRows):
            return rows.columns(size)
        return (ALARM, now_rows.WHO, now_rows.CARRIER, Column("total", "above", 5, "right"))

    def inquire(self, moment: Moment) -> None:
        read, live, at = moment.scene.read, moment.scene.live, moment.at
        asked = Asked("circuits", UTILISATION, "24h", at)
        self._figures.want("figures", at, live, lambda: answer(read, asked))
        self._daily.want("days", at, live, lambda: read.daily(UTILISATION.gauge, 7))

    def known(self, moment: Moment) -> Hashable:
        return id(self._figures.known(moment.at)), id(self._daily.known(moment.at))

    def listed(self, moment: Moment) -> Listed | None:
        found = self._figures.known(moment.at)
        if found is None:
            return None
        daily = self._daily.known(moment.at)
        view = moment.view
        standing = self._ranked.get((found, daily, view.inventory), lambda: ranked(found, view, daily, None))
        rows = TopRows(standing, view, moment.signs, moment.grey)
        self.recolumn(rows.columns(moment.size))
        return Listed(rows, offender_table.ranking_mask(rows), f"time above {rows.limit_words} 24 h")

    def waiting(self) -> str:
        return f"The figures {self._figures.failed}." if self._figures.failed else "Asking …"

    def opens(self, key: str) -> tuple[Place, str]:
        return of_circuit(key), ""

    def exported(self, order: Sequence[int]) -> Exported | None:
        rows = self.listing.rows if self.listing is not None else None
        return offender_table.exported(rows, order) if isinstance(rows, TopRows) else None
