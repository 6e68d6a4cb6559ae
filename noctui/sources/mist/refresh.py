"""What changes seldom, fetched once an hour: sites, groups, templates, profiles, inventory."""

from __future__ import annotations

import asyncio
from typing import TypeVar

from noctui.model.batch import FeedReport
from noctui.sources.mist.feeds import Feeds, Fetched
from noctui.sources.mist.settings import MistSettings
from noctui.sources.mist.statics import Statics, statics
from noctui.sources.mist.structs import InventoryRow, Row, SiteGroupRow, SiteRow, TemplateRow

EARLIEST = 300.0
"""Seconds between two fetches because of a site or gateway that is not known yet."""
R = TypeVar("R", bound=Row)


class Refresher:
    """Keeps the last good rows of each part: a part that fails stays as it was and is fetched again next time."""

    def __init__(self, settings: MistSettings) -> None:
        self.statics = Statics()
        self.whole = False  # every part was fetched in full at least once
        self.wanted = False  # somebody met a site that is not known
        self._settings = settings
        self._tried_at: float | None = None
        self._failed = False
        self._good: set[str] = set()
        self._sites: list[SiteRow] = []
        self._groups: list[SiteGroupRow] = []
        self._templates: list[TemplateRow] = []
        self._profiles: list[TemplateRow] = []
        self._inventory: list[InventoryRow] = []

    def due(self, now: float) -> bool:
        """Is it time to fetch, at `now` (UTC epoch seconds)?"""
        if self._tried_at is None or self._failed:
            return True
        age = now - self._tried_at
        return age >= self._settings.refresh_seconds or (self.wanted and age >= EARLIEST)

    async def refresh(self, feeds: Feeds, now: float) -> list[FeedReport]:
        """Fetch all parts if it is time; their reports, else none."""
        if not self.due(now):
            return []
        sites, groups, templates, profiles, inventory = await asyncio.gather(
            feeds.sites(), feeds.sitegroups(), feeds.templates(), feeds.profiles(), feeds.inventory()
        )
        self._tried_at = now
        self._sites = self._better(sites, self._sites)
        self._groups = self._better(groups, self._groups)
        self._templates = self._better(templates, self._templates)
        self._profiles = self._better(profiles, self._profiles)
        self._inventory = self._better(inventory, self._inventory)
        reports = [f.report for f in (sites, groups, templates, profiles, inventory)]
        self._failed = any(r.error for r in reports)
        self.whole = len(self._good) == len(reports)
        self.statics = statics(
            self._sites, self._groups, self._templates, self._profiles, self._inventory, self._settings.classify
        )
        return reports

    def _better(self, found: Fetched[R], before: list[R]) -> list[R]:
        """The new rows; when some are missing, those of before, unless there were none in full."""
        feed = found.report.feed
        if found.whole:
            self._good.add(feed)
            return found.rows
        return before if feed in self._good else found.rows or before
