"""The sites of a region, or all of them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from textual.app import ComposeResult

from noctui.model.view import View
from noctui.tui.export import Exported
from noctui.tui.filter import Mask
from noctui.tui.moment import Moment, Size
from noctui.tui.panes import site_rows, subjects
from noctui.tui.panes.alarm_places import standing_of_site
from noctui.tui.panes.table_pane import TablePane
from noctui.tui.place import of_site, region_name
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

    OFFERS = (
        "open", "acts", "filter", "severity", "sorts", "choose_columns", "columns", "time", "export", "copy", "command",
        "out", "quit",
    )  # fmt: skip

    def __init__(self, clock: Callable[[], float], sorts: dict[str, tuple[str, bool]]) -> None:
        super().__init__(clock, sorts, id="sites")
        sort = self.sort_of("sites-pane-table", site_rows.SORT, {c.key for c in site_rows.COLUMNS})
        self._pane = TablePane(site_rows.columns(True), sort, clock, id="sites-pane")
        self._moment: Moment | None = None
        self._rows: site_rows.SiteRows | None = None
        self._columns: tuple[bool, bool] | None = None

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
        rows = self._rows = self.kept(moment, lambda: site_rows.SiteRows(view, moment.signs, moment.grey, wide))
        base = in_region(view, region)
        result = filtered(
            moment.filter, moment.severities, base, len(rows), lambda: subjects.sites(view, rows),
            lambda chosen: subjects.with_severity(view.sites.counts, chosen),
        )  # fmt: skip
        where = "All" if region is None else region_name(region)
        by = "by state, then site" if self._pane.table.sort == site_rows.SORT else ""
        self.fill(moment, rows, result, (f"{where}, {result.of:,} sites", by))

    def on_live_table_opened(self, message: LiveTable.Opened) -> None:
        self.post_message(self.Goto(of_site(message.key)))

    def standing(self) -> Standing | None:
        key = self._pane.table.cursor_key
        return standing_of_site(key, self._moment.view) if key is not None and self._moment is not None else None

    def export(self) -> Exported | None:
        if self._moment is None or self._rows is None:
            return None
        return site_rows.exported(self._rows, self._moment.view, self._pane.table.shown_rows.tolist())
