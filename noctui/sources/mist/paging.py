"""All pages of a list or a search. A page that cannot be had is reported; nothing is cut short silently."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from math import ceil, inf
from typing import Generic, TypeVar

from noctui.sources.mist.decode import Codec, Page
from noctui.sources.mist.errors import Garbled, MistError, Passing
from noctui.sources.mist.odd import Odd
from noctui.sources.mist.retry import Deadline, retried
from noctui.sources.mist.session import Answer
from noctui.sources.mist.structs import Row

R = TypeVar("R", bound=Row)
OnPage = Callable[[int, int], None]
"""Called with (pages had, pages expected)."""
MOST_PAGES = 2000


@dataclass(slots=True)
class Pages(Generic[R]):
    """What came of it. `pages_lost` counts those known to be missing; `error` is the first reason, as a line."""

    rows: list[R] = field(default_factory=list)
    pages: int = 0
    pages_lost: int = 0
    dropped: int = 0  # rows that were no objects
    odd: Odd = field(default_factory=Odd)
    unfit: dict[int, tuple[str, ...]] = field(default_factory=dict)  # place of a row → attributes that could not be
    error: str = ""
    cause: MistError | None = None

    @property
    def whole(self) -> bool:
        return not self.pages_lost and not self.error

    def add(self, page: Page[R]) -> None:
        self.unfit |= {len(self.rows) + at: names for at, names in page.unfit.items()}
        self.rows += page.rows
        self.pages += 1
        self.dropped += page.dropped
        self.odd.take(page.odd)

    def lose(self, pages: int, error: MistError) -> None:
        self.pages_lost += max(1, pages)
        if self.cause is None:
            self.cause, self.error = error, str(error)


def no_page(_had: int, _expected: int) -> None:
    """An `OnPage` for nobody."""


async def list_pages(
    fetch: Callable[[int], Awaitable[Answer]],
    codec: Codec[R],
    limit: int,
    deadline: Deadline,
    on_page: OnPage = no_page,
) -> Pages[R]:
    """List style: `fetch(n)` gives page n, from 1. When it says how many there are, the others go side by side."""
    found: Pages[R] = Pages()
    try:
        total, size, page = await _first(fetch, codec, limit, deadline)
    except MistError as error:
        found.lose(1, error)
        return found
    found.add(page)
    expected = ceil(total / size) if total is not None else 0
    if expected > MOST_PAGES:
        found.lose(1, Garbled(f"Mist speaks of {expected} pages"))
        return found
    on_page(1, max(expected, 1))
    if total is None:
        await _one_by_one(fetch, codec, limit, deadline, on_page, found, len(page.rows) + page.dropped)
        return found

    had = 1

    async def get(n: int) -> Page[R] | MistError:
        try:
            page = await _page(partial(fetch, n), codec, deadline)
            if not page.rows and not page.dropped and n < expected:
                return Garbled(f"page {n} of {expected} came empty")
        except MistError as error:
            return error
        nonlocal had
        had += 1
        on_page(had, expected)
        return page

    for got in await asyncio.gather(*(get(n) for n in range(2, expected + 1))):
        if isinstance(got, MistError):
            found.lose(1, got)
        else:
            found.add(got)
    return found


async def search_pages(
    first: Callable[[], Awaitable[Answer]],
    follow: Callable[[str], Awaitable[Answer]],
    codec: Codec[R],
    limit: int,
    deadline: Deadline,
    on_page: OnPage = no_page,
    go_on: Callable[[list[R]], bool] | None = None,
) -> Pages[R]:
    """Search style: page after page by `next`. When the cursor breaks, all begins anew once, if there is time: the
    cursor of a live search is stale by then, and its first pages are old. `go_on` may end it at rows that were not
    asked for."""
    found = await _search(first, follow, codec, limit, deadline, on_page, go_on)
    if found.whole or not found.pages or found.cause is None or deadline.left() <= 0:
        return found
    if not isinstance(found.cause, Passing) and not hasattr(found.cause, "status"):
        return found  # no token left, or a hostile address: the same would happen again
    again = await _search(first, follow, codec, limit, deadline, on_page, go_on)
    return again if again.whole or again.pages >= found.pages else found


async def _search(
    first: Callable[[], Awaitable[Answer]],
    follow: Callable[[str], Awaitable[Answer]],
    codec: Codec[R],
    limit: int,
    deadline: Deadline,
    on_page: OnPage,
    go_on: Callable[[list[R]], bool] | None,
) -> Pages[R]:
    found: Pages[R] = Pages()
    expected, after, seen = 1, "", set[str]()
    while True:
        try:
            had = len(found.rows) + found.dropped
            page = await _page(partial(follow, after) if after else first, codec, deadline, had)
        except MistError as error:
            found.lose(expected - found.pages, error)
            return found
        found.add(page)
        if go_on is not None and not go_on(page.rows):
            return found
        size = page.limit or limit
        if page.total is not None:
            expected = max(found.pages, ceil(page.total / size))
        on_page(found.pages, max(expected, found.pages + bool(page.next)))
        if not page.next:
            missing = expected - found.pages
            if missing > 0 and len(found.rows) + found.dropped < (page.total or 0):
                found.lose(missing, Garbled(f"Mist ended the search at page {found.pages} of {expected}"))
            return found
        if page.next in seen or found.pages >= MOST_PAGES:
            found.lose(expected - found.pages, Garbled("Mist's cursor runs in a circle"))
            return found
        seen.add(page.next)
        after = page.next


async def _first(
    fetch: Callable[[int], Awaitable[Answer]], codec: Codec[R], limit: int, deadline: Deadline
) -> tuple[int | None, int, Page[R]]:
    """(rows in all or None, rows a page, page 1) of a list."""

    async def call() -> tuple[int | None, int, Page[R]]:
        answer = await fetch(1)
        page = codec.decode(answer.body)
        total = _number(answer.headers.get("X-Page-Total", ""))
        if total is None:
            total = page.total  # service levels count in the body
        _not_empty(page, total, 0)
        return total, _number(answer.headers.get("X-Page-Limit", "")) or page.limit or limit, page

    return await retried(call, deadline)


async def _one_by_one(
    fetch: Callable[[int], Awaitable[Answer]],
    codec: Codec[R],
    limit: int,
    deadline: Deadline,
    on_page: OnPage,
    found: Pages[R],
    got: int,
) -> None:
    """Without the headers (a proxy may eat them): until a page is not full."""
    while got >= limit and found.pages < MOST_PAGES:
        n = found.pages + 1
        try:
            page = await _page(partial(fetch, n), codec, deadline)
        except MistError as error:
            found.lose(1, error)
            return
        found.add(page)
        on_page(found.pages, found.pages)
        got = len(page.rows) + page.dropped


async def _page(
    call: Callable[[], Awaitable[Answer]], codec: Codec[R], deadline: Deadline, had: float = inf
) -> Page[R]:
    """`had`: rows of the pages before; an empty one that claims more is no page."""

    async def once() -> Page[R]:
        page = codec.decode((await call()).body)
        _not_empty(page, page.total, had)
        return page

    if deadline.left() <= 0:
        raise Garbled("no time was left in this sweep")
    page = await retried(once, deadline)
    await asyncio.sleep(0)  # a page takes about 2 ms to decode: let others run between two
    return page


def _not_empty(page: Page[R], total: int | None, had: float) -> None:
    if not page.rows and not page.dropped and (total or 0) > had:
        raise Garbled(f"Mist speaks of {total:,} rows, and the page came empty")


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
