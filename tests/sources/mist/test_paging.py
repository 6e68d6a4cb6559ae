"""All pages or a loud word about the missing ones (mist facts 1.4: mistapi's own `get_all` hides them)."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from noctui.clock import FixedClock
from noctui.sources.mist.decode import ListCodec, SearchCodec
from noctui.sources.mist.errors import AllTokensRest, MistError, Rejected, Unavailable
from noctui.sources.mist.paging import Pages, list_pages, search_pages
from noctui.sources.mist.retry import Deadline
from noctui.sources.mist.session import Answer
from noctui.sources.mist.structs import SiteGroupRow
from tests.sources.mist.cloud import NOW

ROWS = [{"id": str(i)} for i in range(25)]
LISTED, SEARCHED = ListCodec(SiteGroupRow), SearchCodec(SiteGroupRow)


def deadline(seconds: float = 60) -> Deadline:
    return Deadline(FixedClock(NOW), seconds)


class Server:
    """Pages of ten rows by number; `faults[n]` are raised, one each time page n is asked for."""

    def __init__(self, headers: bool = True, **more: Any) -> None:
        self.faults: dict[int, list[MistError | bytes]] = {}
        self.asked: list[int] = []
        self.headers = {"X-Page-Total": "25", "X-Page-Limit": "10"} if headers else {}
        self.more = more

    def _fault(self, n: int) -> bytes | None:
        self.asked.append(n)
        if planned := self.faults.get(n):
            fault = planned.pop(0)
            if isinstance(fault, MistError):
                raise fault
            return fault
        return None

    async def listed(self, n: int) -> Answer:
        body = self._fault(n) or json.dumps(ROWS[n * 10 - 10 : n * 10]).encode()
        return Answer(200, self.headers, body)

    async def found(self, url: str = "/api/v1/x?page=1") -> Answer:
        n = int(url.rpartition("=")[2])
        told = {"results": ROWS[n * 10 - 10 : n * 10], "total": 25, "limit": 10, **self.more}
        if n < 3 and "next" not in told:
            told["next"] = f"/api/v1/x?page={n + 1}"
        return Answer(200, {}, self._fault(n) or json.dumps(told).encode())

    async def list(self, within: Deadline | None = None) -> Pages[SiteGroupRow]:
        return await list_pages(self.listed, LISTED, 10, within or deadline())

    async def search(self, within: Deadline | None = None) -> Pages[SiteGroupRow]:
        return await search_pages(self.found, self.found, SEARCHED, 10, within or deadline())


def ids(pages: Pages[SiteGroupRow]) -> list[str | None]:
    return [r.id for r in pages.rows]


ALL = [r["id"] for r in ROWS]
BOTH = pytest.mark.parametrize("style", [Server.list, Server.search])
Style = Callable[[Server], Awaitable[Pages[SiteGroupRow]]]


@BOTH
async def test_all_pages_come_in_order(style: Style) -> None:
    server = Server()

    pages = await style(server)

    assert ids(pages) == ALL
    assert (pages.pages, pages.pages_lost, pages.error, pages.whole) == (3, 0, "", True)
    assert server.asked == [1, 2, 3]


@BOTH
async def test_what_passes_is_tried_again(style: Style) -> None:
    server = Server()
    server.faults = {1: [Unavailable("503")], 2: [b'[{"id": "1', b"<html>"], 3: [Unavailable("502")]}

    pages = await style(server)

    assert ids(pages) == ALL
    assert pages.whole
    assert sorted(server.asked) == [1, 1, 2, 2, 2, 3, 3]


async def test_a_lost_page_of_a_list_is_counted_and_the_others_are_kept() -> None:
    server = Server()
    server.faults = {2: [Unavailable("GET /sites: 503 Service Unavailable")] * 9}

    pages = await server.list()

    assert ids(pages) == [*ALL[:10], *ALL[20:]]
    assert (pages.pages, pages.pages_lost) == (2, 1)
    assert pages.error == "GET /sites: 503 Service Unavailable, 4 tries"
    assert not pages.whole


async def test_a_broken_cursor_begins_anew_once() -> None:
    server = Server()
    server.faults = {3: [Rejected("400 cursor expired", 400)]}

    pages = await server.search()

    assert ids(pages) == ALL
    assert pages.whole
    assert server.asked == [1, 2, 3, 1, 2, 3]


async def test_a_search_that_breaks_twice_says_what_is_missing() -> None:
    server = Server()
    server.faults = {2: [Rejected("400", 400)] * 2}

    pages = await server.search()

    assert ids(pages) == ALL[:10]
    assert (pages.pages, pages.pages_lost, pages.error) == (1, 2, "400")


async def test_of_two_broken_attempts_the_longer_one_is_kept() -> None:
    server = Server()
    late, early = Rejected("late", 400), Rejected("early", 400)
    server.faults = {3: [late]}

    async def found(url: str = "/api/v1/x?page=1") -> Answer:
        if server.asked == [1, 2, 3, 1]:
            raise early
        return await server.found(url)

    pages = await search_pages(found, found, SEARCHED, 10, deadline())

    assert ids(pages) == ALL[:20]
    assert (pages.pages, pages.pages_lost, pages.error) == (2, 1, "late")


@BOTH
async def test_nothing_is_tried_again_when_all_tokens_rest(style: Style) -> None:
    server = Server()
    server.faults = {1: [AllTokensRest("All tokens rest.", NOW + 60)]}

    pages = await style(server)

    assert server.asked == [1]
    assert (pages.pages, pages.pages_lost, pages.error) == (0, 1, "All tokens rest.")
    assert isinstance(pages.cause, AllTokensRest)


@BOTH
async def test_after_the_deadline_no_page_is_begun(style: Callable[..., Awaitable[Pages[SiteGroupRow]]]) -> None:
    server = Server()
    server.faults = {2: [Unavailable("503")] * 99, 3: [Unavailable("503")] * 99}

    pages = await style(server, deadline(0.1))

    assert ids(pages) == ALL[:10]
    assert pages.pages_lost == 2
    assert len(server.asked) <= 5


async def test_a_search_that_ends_early_is_not_taken_for_whole() -> None:
    pages = await Server(next="").search()

    assert pages.pages_lost == 2
    assert pages.error == "Mist ended the search at page 1 of 3"


async def test_a_cursor_that_runs_in_a_circle_ends() -> None:
    pages = await Server(next="/api/v1/x?page=1", total=None).search()

    assert not pages.whole
    assert "circle" in pages.error


async def test_an_inner_page_that_comes_empty_is_lost() -> None:
    server = Server()
    server.faults = {2: [b"[]"]}

    pages = await server.list()

    assert (pages.pages_lost, pages.error) == (1, "page 2 of 3 came empty")


async def test_without_page_headers_a_list_goes_on_until_a_page_is_not_full() -> None:
    server = Server(headers=False)

    pages = await server.list()

    assert ids(pages) == ALL
    assert server.asked == [1, 2, 3]
    assert pages.whole


@BOTH
async def test_an_empty_answer_is_whole(style: Style) -> None:
    server = Server()
    server.headers = {"X-Page-Total": "0"}
    server.faults = {1: [b"[]"] if style is Server.list else [b'{"results": [], "total": 0}']}

    pages = await style(server)

    assert pages.whole
    assert pages.rows == []


@BOTH
async def test_a_wrong_shape_is_an_error_not_an_empty_page(style: Style) -> None:
    server = Server()
    server.faults = {1: [b'{"detail": "maintenance"}'] * 9}

    pages = await style(server)

    assert pages.pages_lost == 1
    assert "the answer" in pages.error


async def test_progress_tells_pages_had_and_expected() -> None:
    told: list[tuple[int, int]] = []

    await search_pages(Server().found, Server().found, SEARCHED, 10, deadline(), lambda *p: told.append(p))
    await list_pages(Server().listed, LISTED, 10, deadline(), lambda *p: told.append(p))

    assert told == [(1, 3), (2, 3), (3, 3)] * 2
