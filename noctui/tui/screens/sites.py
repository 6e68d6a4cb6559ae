"""The sites of a region, or all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar

import numpy as np
from textual.app import ComposeResult
from textual.binding import BindingType

from noctui.model.view import View
from noctui.runtime.folds import fold_sites
from noctui.tui.export import Exported
from noctui.tui.filter import Mask
from noctui.tui.keys import bindings
from noctui.tui.moment import Moment, Size
from noctui.tui.panes import site_rows, subjects
from noctui.tui.panes.alarm_places import standing_at, standing_of_site
from noctui.tui.panes.folded import NO_FOLDS, fold, incident_words, unfold
from noctui.tui.panes.table_pane import TablePane
from noctui.tui.place import of_incident, of_site, region_name
from noctui.tui.screens.tabled import TabledBoard, filtered
from noctui.tui.standing import Standing
from noctui.tui.widgets.live_table import LiveTable


def in_region(view: View, region: str | None) -> Mask | None:
    """[sites] those of the region; None for all."""
    if region is None:
        return None
    regions = view.inventory.regions
    at = regions.index(region) if region in regions else -1
    return np.asarray(view.inventory.site_region == at)


class Sites(TabledBoard):
    """Key 2, and what Enter on a region opens."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("fold")
    OFFERS = (
        "open", "filter", "severity", "sorts", "choose_columns", "columns", "time", "fold", "acknowledge", "export",
        "copy", "command", "out", "quit",
    )  # fmt: skip

    def __init__(self, clock: Callable[[], float], sorts: dict[str, tuple[str, bool]]) -> None:
        super().__init__(clock, sorts, id="sites")
        sort = self.sort_of("sites-pane-table", site_rows.SORT, {c.key for c in site_rows.COLUMNS})
        self._pane = TablePane(site_rows.columns(True), sort, clock, id="sites-pane")
        self._moment: Moment | None = None
        self._rows: site_rows.SiteRows | None = None
        self._columns: tuple[bool, bool] | None = None
        self._folded_by: object = None
        self._ids = object()  # of rows whose numbers mean the same, and that fold in the same way

    def compose(self) -> ComposeResult:
        yield self._pane

    @property
    def main(self) -> TablePane:
        return self._pane

    def show(self, moment: Moment) -> None:
        self._moment = moment
        view, region = moment.view, moment.place.region
        everywhere, wide = region is None, moment.size is Size.L
        if self._columns != (everywhere, wide):
            self._columns = everywhere, wide
            self._pane.table.set_columns(site_rows.columns(everywhere, wide), site_rows.spare(everywhere))
        self._shown = moment
        mask, folds = None, NO_FOLDS
        plain = everywhere and not moment.filter and not moment.severities
        if plain and view.alarms.incidents:  # whoever opens a region wants its sites
            order = np.argsort(-site_rows.state_order(view), kind="stable")
            mask, folds = fold(order, None, view, self._unfolded, fold_sites, kept=view.sites.dark)
        key = (len(folds), self._unfolded, plain, id(view.inventory))
        if self._folded_by != key:
            self._folded_by, self._kept, self._ids = key, None, object()
        rows = self._rows = self.kept(
            moment, lambda: site_rows.SiteRows(view, moment.signs, moment.grey, wide, folds, self._ids)
        )
        base = in_region(view, region)
        result = filtered(
            moment.filter, moment.severities, base, len(rows), lambda: subjects.sites(view, rows),
            lambda chosen: subjects.with_severity(view.sites.counts, chosen),
        )  # fmt: skip
        if mask is not None:
            result = replace(result, mask=mask)
        where = "All" if region is None else region_name(region)
        by = "by state, then site" if self._pane.table.sort == site_rows.SORT else ""
        self.fill(moment, rows, result, (f"{where}, {result.of:,} sites", by))

    def on_live_table_opened(self, message: LiveTable.Opened) -> None:
        incident = self._fold_at(message.key)
        self.post_message(self.Goto(of_incident(incident) if incident else of_site(message.key)))

    def incident_at(self, key: str) -> str:
        """That of the most of its circuits."""
        if self._moment is None:
            return ""
        alarms, inventory = self._moment.view.alarms, self._moment.view.inventory
        rows = inventory.site_circuits[inventory.site_row[key]] if key in inventory.site_row else ()
        found = [alarms.incident_of.get(inventory.circuits[r].circuit_id) for r in rows]
        ids = [a.alarm_id for a in found if a is not None]
        return max(ids, key=ids.count) if ids else ""

    def _fold_at(self, key: str) -> str:
        """The incident that the row of this site stands for as a whole; empty where it stands for itself."""
        row = self._rows.find(key) if self._rows is not None else None
        found = self._rows.folds.get(row) if self._rows is not None and row is not None else None
        return found.incident.alarm_id if found is not None else ""

    def copied(self) -> str:
        """A row that stands for an incident says so, and names no single one of its members."""
        key = self._pane.table.cursor_key
        incident = self._fold_at(key) if key is not None else ""
        return incident_words(incident, self._moment.view) if incident and self._moment else super().copied()

    def standing(self) -> Standing | None:
        key = self._pane.table.cursor_key
        if key is not None and self._moment is not None and (incident := self._fold_at(key)):
            return standing_at(of_incident(incident), self._moment.view)
        return standing_of_site(key, self._moment.view) if key is not None and self._moment is not None else None

    def export(self) -> Exported | None:
        if self._moment is None or self._rows is None:
            return None
        order = unfold(self._pane.table.shown_rows.tolist(), self._rows.folds)
        return site_rows.exported(self._rows, self._moment.view, order)
