"""Worst sites by Mist's service levels: the lowest of gateway, WAN link and application health first."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noctui.model.cloud import SleTable
from noctui.model.detail import Answer, AskSle, SiteSle
from noctui.model.view import View
from noctui.tui.export import Exported, instant, number
from noctui.tui.look.signs import Signs, severity_role
from noctui.tui.look.text import clip, width
from noctui.tui.moment import Moment, Size
from noctui.tui.panes import cells, now_rows
from noctui.tui.panes.asking import Question
from noctui.tui.panes.changed import Mask, differs, unlike
from noctui.tui.panes.keeping import Keeping
from noctui.tui.panes.list_pane import Listed, ListPane, Sorts
from noctui.tui.panes.site_sle import BAD, DEGRADED, percent_run, shares
from noctui.tui.panes.sle_figures import Levels, levels_of, offline_sites
from noctui.tui.place import Place, of_site
from noctui.tui.widgets.columns import Cell, Column
from noctui.tui.widgets.live_table import LiveTable

AGAIN = 60.0
"""Seconds after which the reasons may be asked for anew."""
_COLUMN = {"gateway": 0, "wan": 1, "app": 2}


class SleRows:
    """The sites of one View with their service levels."""

    def __init__(self, view: View, found: Levels, signs: Signs, grey: bool = False) -> None:
        self.view = view
        self.found = found
        self._signs = signs
        self._grey = grey
        self._worst = found.worst

    @property
    def ids(self) -> object:
        return self.view.inventory

    def __len__(self) -> int:
        return len(self.view.sites)

    def key(self, row: int) -> str:
        return self.view.inventory.sites[row].site_id

    def find(self, key: str) -> int | None:
        return self.view.inventory.site_row.get(key)

    def cells(self, row: int, columns: tuple[str, ...]) -> Sequence[Cell]:
        made = [self._cell(row, column) for column in columns]
        return cells.greyed(made) if self._grey else made

    def _cell(self, row: int, column: str) -> Cell:
        site = self.view.inventory.sites[row]
        match column:
            case "sign":
                severity = int(self.view.sites.severity[row])
                return (self._signs.severity(severity), severity_role(severity))
            case "who":
                return (f"{cells.site_number(site)} {cells.site_town(site)}".strip(), "hi")
            case "region":
                return (site.region, "dim")
        text, role = percent_run(float(self.found.values[row, _COLUMN[column]]), 0)
        return (text, role)

    def sort_values(self, column: str) -> NDArray[Any]:
        """Low is worst: figures sort by how far they are below 100."""
        inv = self.view.inventory
        match column:
            case "sign":
                return -self.view.sites.severity.astype(np.int16)
            case "who":
                return np.array([f"{cells.site_number(s)} {cells.site_town(s)}".lower() for s in inv.sites])
            case "region":
                return np.array([s.region.lower() for s in inv.sites])
            case "worst":
                return np.asarray(100.0 - self._worst)
        return np.asarray(100.0 - self.found.values[:, _COLUMN[column]])

    def changed(self, old: SleRows, rows: NDArray[np.intp]) -> Mask:
        if old._grey != self._grey or old.view.inventory is not self.view.inventory:
            return np.ones(len(rows), np.bool_)
        levels = unlike(self.found.values[rows], old.found.values[rows])
        return levels | differs(self.view.sites, old.view.sites, ("severity",), rows)


HEADERS = (
    "site", "site_name", "region", "site_id", "gateway_health_pct", "wan_link_health_pct", "application_health_pct",
    "gateway_offline", "at",
)  # fmt: skip


def exported(rows: SleRows, order: Sequence[int]) -> Exported:
    """These sites, in this order. Of one whose gateway is offline the figures are stale: they are left out."""
    sites, found, offline = rows.view.inventory.sites, rows.found, offline_sites(rows.view)
    made = [
        (cells.site_number(sites[i]), sites[i].name, sites[i].region, sites[i].site_id,
         *(number(v) for v in found.values[i]), bool(offline[i]), instant(found.at))
        for i in order
    ]  # fmt: skip
    return Exported("sle", HEADERS, made)


def reason_of(day: SiteSle) -> str:
    """`24 h: interface-port-down 31.0 %, network-loss 4.4 %`: what took most of the worst level in 24 h."""
    known = [m for m in day.metrics if math.isfinite(m.percent)]
    if not known:
        return day.error
    worst = min(known, key=lambda m: m.percent)
    said = shares(worst.classifiers, 2)
    return f"24 h: {said}" if said else ""


class WorstSites(ListPane):
    """All sites, the lowest of its three levels first. One whose gateway is offline is left out: its figure is stale.

    `_reason` is (site id, what took the rest of its worst level).
    """

    HEADING = "worst service levels"
    SORT = ("worst", True)
    TITLED = "who"
    EMPTY = ("No service level is known.",)
    _plain = ("", "")
    _reason = ("", "")

    def __init__(self, clock: Callable[[], float], sorts: Sorts, *, id: str) -> None:
        super().__init__(clock, sorts, id=id)
        self._table: Keeping[SleTable | None] = Keeping(self, clock, self.draw)
        self._why = Question(self, self._no_reason)

    def columns(self, size: Size) -> tuple[Column, ...]:
        return (
            now_rows.SIGN, now_rows.WHO, Column("region", "region", 13, drop=1),
            Column("gateway", "gateway", 7, "right"), Column("wan", "WAN %", 6, "right"),
            Column("app", "app %", 6, "right"),
        )  # fmt: skip

    def inquire(self, moment: Moment) -> None:
        self._table.want("sle", moment.at, moment.scene.live, moment.scene.read.sle)

    def known(self, moment: Moment) -> Hashable:
        return id(self._table.known(moment.at))

    def listed(self, moment: Moment) -> Listed | None:
        table = self._table.known(moment.at)
        if table is None:
            return None
        rows = SleRows(moment.view, levels_of(table, moment.view), moment.signs, moment.grey)
        worst = rows.found.worst
        with np.errstate(invalid="ignore"):
            degraded, bad = int((worst < DEGRADED).sum()), int((worst < BAD).sum())
        left = f", {rows.found.left_out:,} left out" if rows.found.left_out else ""
        return Listed(rows, np.isfinite(worst), f"{degraded:,} < {DEGRADED:g} %, {bad:,} < {BAD:g} %{left}")

    def entitle(self, words: tuple[str, str] | None = None) -> None:
        """While the list is walked through, its note says what degraded the site under the cursor."""
        self._plain = words or self._plain
        text, note = self._plain
        site, reason = self._reason
        if reason and self.has_focus_within and self.table.cursor_key == site:
            note = clip(reason, max(self.size.width - width(text) - 5, 1))
        super().entitle((text, note))

    def on_live_table_moved(self, message: LiveTable.Moved) -> None:
        self._ask_why()

    def on_descendant_focus(self) -> None:
        self._ask_why()

    def _ask_why(self) -> None:
        """Only of the site that a person stands on: each answer may cost calls."""
        moment, site = self._moment, self.table.cursor_key
        if moment is None or site is None or not self.has_focus_within:
            return
        read, key = moment.scene.read, (site, moment.scene.live, moment.at // AGAIN)
        self._why.ask(key, lambda: read.detail(AskSle(site)), self._take_reason)

    def _take_reason(self, found: Answer) -> None:
        if isinstance(found, SiteSle):
            self._reason = found.site_id, reason_of(found)
            self.entitle()

    def _no_reason(self, said: str) -> None:
        self._reason = ("", "")

    def waiting(self) -> str:
        if self._table.failed:
            return f"Service levels {self._table.failed}."
        return "Asking …" if math.isnan(self._table.of) else "Mist has told none yet."

    def opens(self, key: str) -> tuple[Place, str]:
        return of_site(key), ""

    def exported(self, order: Sequence[int]) -> Exported | None:
        rows = self.listing.rows if self.listing is not None else None
        return exported(rows, order) if isinstance(rows, SleRows) else None
