"""The feeds of a sweep: which endpoint, which rows, which paging; and how each went."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Generic, TypeVar

from noctui.model.batch import FeedReport
from noctui.sources.mist import facade
from noctui.sources.mist.decode import Codec, ListCodec, SearchCodec
from noctui.sources.mist.endpoints import Session
from noctui.sources.mist.errors import Rejected
from noctui.sources.mist.odd import NameOf, Odd
from noctui.sources.mist.paging import OnPage, Pages, list_pages, search_pages
from noctui.sources.mist.retry import Deadline
from noctui.sources.mist.session import Answer, MistSession
from noctui.sources.mist.structs import (
    AlarmRow,
    DeviceRow,
    EventRow,
    InventoryRow,
    PeerRow,
    PortRow,
    Row,
    SiteGroupRow,
    SiteRow,
    SleRow,
    TemplateRow,
)

R = TypeVar("R", bound=Row)


@dataclass(slots=True)
class Fetched(Generic[R]):
    """The rows of one feed, and its report."""

    pages: Pages[R]
    report: FeedReport

    @property
    def rows(self) -> list[R]:
        return self.pages.rows

    @property
    def whole(self) -> bool:
        return self.pages.whole

    @property
    def sure(self) -> bool:
        """What is not among the rows is not there: all came, and every row says what it speaks of."""
        return self.pages.whole and not self.pages.dropped and not self.odd.nameless

    @property
    def odd(self) -> Odd:
        """What cannot be true in it, to be added to; `counted` puts it into the report."""
        return self.pages.odd

    def counted(self, name_of: NameOf = str) -> FeedReport:
        """The report with what cannot be true; `name_of` gives the name of a mac."""
        if self.odd.count:
            self.report = replace(self.report, odd=self.odd.count, odd_text=self.odd.text(name_of))
        return self.report

    @property
    def silent(self) -> bool:
        """Not one page came."""
        return self.pages.pages == 0


@dataclass(slots=True)
class Progress:
    """Pages of all feeds of a sweep, told as they come. `expected` begins with what the sweep before needed."""

    told: Callable[[int, int], None] | None
    expected: dict[str, int] = field(default_factory=dict)
    had: dict[str, int] = field(default_factory=dict)

    def of(self, feed: str) -> OnPage:
        self.expected.setdefault(feed, 1)
        return partial(self._page, feed)

    def _page(self, feed: str, had: int, expected: int) -> None:
        self.had[feed], self.expected[feed] = had, expected
        if self.told is not None:
            self.told(sum(self.had.values()), sum(self.expected.values()))


class Feeds:
    """Fetches one org's feeds, within one sweep's deadline."""

    def __init__(self, session: MistSession, org_id: str, limit: int, deadline: Deadline, progress: Progress) -> None:
        self._session = session
        self._org = org_id
        self._limit = limit
        self._deadline = deadline
        self._progress = progress

    async def sites(self) -> Fetched[SiteRow]:
        return await self._list("sites", facade.list_sites, SiteRow)

    async def sitegroups(self) -> Fetched[SiteGroupRow]:
        return await self._list("sitegroups", facade.list_sitegroups, SiteGroupRow)

    async def templates(self) -> Fetched[TemplateRow]:
        return await self._list("templates", facade.list_templates, TemplateRow)

    async def profiles(self) -> Fetched[TemplateRow]:
        """Device profiles; an org that has no such thing has none."""
        return _none_if_missing(await self._list("profiles", facade.list_profiles, TemplateRow))

    async def inventory(self) -> Fetched[InventoryRow]:
        return await self._list("inventory", facade.list_inventory, InventoryRow)

    async def gateways(self) -> Fetched[DeviceRow]:
        return await self._list("gateways", facade.list_gateway_stats, DeviceRow)

    async def ports(self) -> Fetched[PortRow]:
        return await self._search("circuits", facade.search_ports, PortRow)

    async def peers(self) -> Fetched[PeerRow]:
        return await self._search("paths", facade.search_peers, PeerRow)

    async def ports_of(self, macs: Sequence[str], label: str) -> Fetched[PortRow]:
        """Of these gateways alone. `label` is what its pages are counted under."""
        return await self._search(label, partial(facade.search_ports_of, macs=macs), PortRow)

    async def peers_of(self, macs: Sequence[str], label: str) -> Fetched[PeerRow]:
        return await self._search(label, partial(facade.search_peers_of, macs=macs), PeerRow)

    async def events(self, start: float, end: float) -> Fetched[EventRow]:
        asked = partial(facade.search_events, start=int(start), end=int(end) + 1)
        return await self._search("events", asked, EventRow)

    async def alarms(self, feed: str, start: float, end: float) -> Fetched[AlarmRow]:
        """`feed` is what its report is called: not every search for alarms is part of every sweep."""
        asked = partial(facade.search_alarms, start=int(start), end=int(end) + 1)
        return await self._search(feed, asked, AlarmRow)

    async def open_alarms(self, feed: str, start: float, end: float) -> Fetched[AlarmRow]:
        """Open ones only. A cloud that gives others with them does not know the question: then no page is followed."""
        asked = partial(facade.search_open_alarms, start=int(start), end=int(end) + 1)
        return await self._search(feed, asked, AlarmRow, lambda rows: all(r.status == "open" for r in rows))

    async def sle(self) -> Fetched[SleRow]:
        """Service levels; an org that has no such thing has none."""
        return _none_if_missing(await self._list("sle", facade.list_sites_sle, SleRow, SearchCodec(SleRow)))

    async def changed_inventory(self, after: float) -> Fetched[InventoryRow]:
        asked = partial(facade.list_changed_inventory, after=int(after))
        return await self._list("inventory changes", asked, InventoryRow)

    async def _list(
        self,
        feed: str,
        endpoint: Callable[[Session, str, int, int], Awaitable[Answer]],
        row: type[R],
        codec: Codec[R] | None = None,
    ) -> Fetched[R]:
        caller, began = self._session.caller(self._deadline), self._deadline.clock.monotonic()

        def fetch(page: int) -> Awaitable[Answer]:
            return endpoint(caller, self._org, self._limit, page)

        pages = await list_pages(fetch, codec or ListCodec(row), self._limit, self._deadline, self._progress.of(feed))
        return self._fetched(feed, pages, caller.calls, began)

    async def _search(
        self,
        feed: str,
        endpoint: Callable[[Session, str, int], Awaitable[Answer]],
        row: type[R],
        go_on: Callable[[list[R]], bool] | None = None,
    ) -> Fetched[R]:
        caller, began = self._session.caller(self._deadline), self._deadline.clock.monotonic()
        pages = await search_pages(
            lambda: endpoint(caller, self._org, self._limit),
            caller.mist_get,
            SearchCodec(row),
            self._limit,
            self._deadline,
            self._progress.of(feed),
            go_on,
        )
        return self._fetched(feed, pages, caller.calls, began)

    def _fetched(self, feed: str, pages: Pages[R], calls: int, began: float) -> Fetched[R]:
        took = self._deadline.clock.monotonic() - began
        report = FeedReport(feed, calls, len(pages.rows), pages.pages, pages.pages_lost, took, pages.error)
        return Fetched(pages, report)


def _none_if_missing(found: Fetched[R]) -> Fetched[R]:
    """404 for a thing that an org need not have: it has none, and nothing is wrong."""
    if isinstance(found.pages.cause, Rejected) and found.pages.cause.status == 404:
        return Fetched(Pages(pages=1), FeedReport(found.report.feed, found.report.calls, took=found.report.took))
    return found
