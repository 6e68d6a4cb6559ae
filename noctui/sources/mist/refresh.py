"""What changes seldom: sites every few minutes; groups, templates, profiles and the whole inventory once an hour, and
between two of these the gateways that changed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from noctui.model.batch import FeedReport
from noctui.sources.mist.believed import believed
from noctui.sources.mist.cadence import CHANGES, HOURLY, SITES, Cadence
from noctui.sources.mist.feeds import Feeds, Fetched
from noctui.sources.mist.ports import as_mac
from noctui.sources.mist.settings import MistSettings
from noctui.sources.mist.statics import Statics, statics
from noctui.sources.mist.structs import InventoryRow, Row, SiteGroupRow, SiteRow, TemplateRow

EARLIEST = 300.0
"""Seconds between two fetches of everything because of a site that is not known yet."""
LATE = 120.0
"""Seconds by which the question for changes reaches back before the last one."""
R = TypeVar("R", bound=Row)


class _Part(Generic[R]):
    """One of the lists: its last good rows, or what little came when it never came in full."""

    def __init__(self) -> None:
        self.rows: list[R] = []
        self.whole = False  # came in full at least once
        self.failed = True  # the last fetch did not bring all, or there was none
        self.calls = 0  # of the last fetch
        self.news = False  # rows differ from what they were

    async def fetch(self, call: Callable[[], Awaitable[Fetched[R]]], anyhow: bool) -> FeedReport | None:
        """Fetch it `anyhow`, or because the last fetch failed; None when there was no need."""
        if not anyhow and not self.failed:
            return None
        found = await call()
        self.failed = not found.whole
        self.calls = found.report.calls
        rows = believed(found, self.rows)
        if found.whole or (not self.whole and rows):
            self.put(rows)
        self.whole = self.whole or found.whole
        return found.counted()

    def put(self, rows: list[R]) -> None:
        if rows != self.rows:
            self.rows, self.news = rows, True


class _Inventory(_Part[InventoryRow]):
    """Whether a gateway is connected is no news of the inventory: everything would be joined anew."""

    def put(self, rows: list[InventoryRow]) -> None:
        if len(rows) == len(self.rows) and all(map(_is_same, self.rows, rows)):
            for old, new in zip(self.rows, rows, strict=True):
                old.connected = new.connected
        else:
            self.rows, self.news = rows, True

    def change(self, rows: list[InventoryRow]) -> None:
        """Put these in the place of those that they were, by mac."""
        changed = {mac: row for row in rows if (mac := as_mac(row.mac))}
        kept = [changed.pop(as_mac(row.mac), row) for row in self.rows]
        self.put([*kept, *changed.values()])


def _is_same(old: InventoryRow, new: InventoryRow) -> bool:
    connected, new.connected = new.connected, old.connected
    same = old == new
    new.connected = connected
    return same


class Refresher:
    """Fetches every part when it is time; a part that failed stays as it was, and is fetched with the next sweep."""

    def __init__(self, settings: MistSettings, cadence: Cadence) -> None:
        self.statics = Statics()
        self.wanted = False  # somebody met a site that is not known
        self._settings = settings
        self._cadence = cadence
        self._began: float | None = None
        self._changed_to = 0.0
        self._sites: _Part[SiteRow] = _Part()
        self._groups: _Part[SiteGroupRow] = _Part()
        self._templates: _Part[TemplateRow] = _Part()
        self._profiles: _Part[TemplateRow] = _Part()
        self._inventory = _Inventory()

    @property
    def whole(self) -> bool:
        """Every part came in full at least once."""
        return all(part.whole for part in self._parts)

    @property
    def _parts(self) -> tuple[_Part[SiteRow] | _Part[SiteGroupRow] | _Part[TemplateRow] | _Inventory, ...]:
        return self._sites, self._groups, self._templates, self._profiles, self._inventory

    def due(self, now: float) -> bool:
        """Is it time to fetch all, at `now` (UTC epoch seconds)?"""
        if self._began is None or self._cadence.due(HOURLY, now):
            return True
        return self.wanted and now - self._began >= EARLIEST

    async def refresh(self, feeds: Feeds, now: float, mists_now: float) -> list[FeedReport]:
        """Fetch what it is time for; the reports of that. `mists_now` is `now` by Mist's clock."""
        every = self.due(now)
        sites = every or self._cadence.due(SITES, now)
        changes = not every and not self._inventory.failed and self._cadence.due(CHANGES, now)
        if every:
            self._began = now
        for work, due in ((HOURLY, every), (SITES, sites), (CHANGES, every or changes)):
            if due:
                self._cadence.began(work, now)
        fetches = (
            self._sites.fetch(feeds.sites, sites),
            self._groups.fetch(feeds.sitegroups, every),
            self._templates.fetch(feeds.templates, every),
            self._profiles.fetch(feeds.profiles, every),
            self._inventory.fetch(feeds.inventory, every),
        )
        found = await asyncio.gather(*fetches, self._changes(feeds, mists_now, changes))
        reports = [r for r in found if r is not None]
        if every:
            self._changed_to = mists_now
            parts = (self._groups, self._templates, self._profiles, self._inventory)
            self._cadence.cost(HOURLY, sum(part.calls for part in parts))
            self._cadence.cost(SITES, self._sites.calls)
        if any(part.news for part in self._parts):
            self._make()
        return reports

    async def _changes(self, feeds: Feeds, mists_now: float, due: bool) -> FeedReport | None:
        if not due:
            return None
        found = await feeds.changed_inventory(self._changed_to - LATE)
        self._cadence.cost(CHANGES, found.report.calls)
        rows = believed(found, self._inventory.rows)
        if rows:
            self._inventory.change(rows)
        if found.whole:
            self._changed_to = mists_now
        return found.counted()

    def _make(self) -> None:
        self.statics = statics(
            self._sites.rows,
            self._groups.rows,
            self._templates.rows,
            self._profiles.rows,
            self._inventory.rows,
            self._settings.classify,
        )
        for part in self._parts:
            part.news = False
