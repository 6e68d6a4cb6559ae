"""What changes seldom, fetched once an hour: sites, groups, templates, profiles, inventory."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from noctui.model.batch import FeedReport
from noctui.sources.mist.feeds import Feeds, Fetched
from noctui.sources.mist.settings import MistSettings
from noctui.sources.mist.statics import Statics, statics
from noctui.sources.mist.structs import InventoryRow, Row, SiteGroupRow, SiteRow, TemplateRow

EARLIEST = 300.0
"""Seconds between two fetches because of a site that is not known yet."""
R = TypeVar("R", bound=Row)


class _Part(Generic[R]):
    """One of the lists: its last good rows, or what little came when it never came in full."""

    def __init__(self) -> None:
        self.rows: list[R] = []
        self.whole = False  # came in full at least once
        self.failed = True  # the last fetch did not bring all, or there was none

    async def fetch(self, call: Callable[[], Awaitable[Fetched[R]]], anyhow: bool) -> FeedReport | None:
        """Fetch it `anyhow`, or because the last fetch failed; None when there was no need."""
        if not anyhow and not self.failed:
            return None
        found = await call()
        self.failed = not found.whole
        if found.whole or (not self.whole and found.rows):
            self.rows = found.rows
        self.whole = self.whole or found.whole
        return found.report


class Refresher:
    """Fetches every part when it is time; a part that failed stays as it was, and is fetched with the next sweep."""

    def __init__(self, settings: MistSettings) -> None:
        self.statics = Statics()
        self.wanted = False  # somebody met a site that is not known
        self._settings = settings
        self._began: float | None = None
        self._sites: _Part[SiteRow] = _Part()
        self._groups: _Part[SiteGroupRow] = _Part()
        self._templates: _Part[TemplateRow] = _Part()
        self._profiles: _Part[TemplateRow] = _Part()
        self._inventory: _Part[InventoryRow] = _Part()

    @property
    def whole(self) -> bool:
        """Every part came in full at least once."""
        parts = (self._sites, self._groups, self._templates, self._profiles, self._inventory)
        return all(part.whole for part in parts)

    def due(self, now: float) -> bool:
        """Is it time to fetch all, at `now` (UTC epoch seconds)?"""
        if self._began is None:
            return True
        age = now - self._began
        return age >= self._settings.refresh_seconds or age < 0 or (self.wanted and age >= EARLIEST)

    async def refresh(self, feeds: Feeds, now: float) -> list[FeedReport]:
        """Fetch what it is time for; the reports of that."""
        every = self.due(now)
        if every:
            self._began = now
        fetches = (
            self._sites.fetch(feeds.sites, every),
            self._groups.fetch(feeds.sitegroups, every),
            self._templates.fetch(feeds.templates, every),
            self._profiles.fetch(feeds.profiles, every),
            self._inventory.fetch(feeds.inventory, every),
        )
        reports = [r for r in await asyncio.gather(*fetches) if r is not None]
        if reports:
            self.statics = statics(
                self._sites.rows,
                self._groups.rows,
                self._templates.rows,
                self._profiles.rows,
                self._inventory.rows,
                self._settings.classify,
            )
        return reports
