"""How answers are made of rows, with room for a test to rewrite what any feed holds before it is paged."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from noctui.sim.mist.paging import Answer, Rows, list_page, search_page

Query = Mapping[str, str]
Endpoint = Callable[[str, Query], Answer]
"""(path, query) → answer."""
Row = dict[str, Any]
T = TypeVar("T")
Rewrite = Callable[[str, list[Row]], list[Row]]
"""(feed, all its rows) → the rows to serve instead. The feed is the path below `/orgs/{id}/` or `/sites/{id}/`, ids
within it as `*` (`stats/ports/search`, `devices/*`); a single object is a list of one."""


class NotFound(Exception):  # noqa: N818 - named after the status it becomes
    """There is no such thing."""


class Forbidden(Exception):  # noqa: N818
    """The token may not do that."""


_PAGING = ("page", "limit", "search_after", "start", "end", "duration")


class Recent:
    """Rows that were worked out for the first page of something, kept for the pages that follow it."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._kept: OrderedDict[Hashable, tuple[float, Any]] = OrderedDict()

    def rows(self, feed: str, query: Query, make: Callable[[], T], span: tuple[float, float] = (0.0, 0.0)) -> T:
        """What `make` gives; on a later page of the same question, not longer than a minute after, what it gave."""
        asked = tuple(sorted((k, v) for k, v in query.items() if k not in _PAGING))
        key = feed, asked, int(span[0]), f"{span[1]:.3f}" if span[1] else ""
        now = self._now()
        if query.get("search_after") or query.get("page", "1") not in ("", "1"):
            at, found = self._kept.get(key, (-1e18, None))
            if found is not None and 0 <= now - at < 60.0:
                kept: T = found
                return kept
        made = make()
        self._kept[key] = now, made
        while len(self._kept) > 4:
            self._kept.popitem(last=False)
        return made


class Answers:
    """Pages and objects. While `rewrite` holds hooks a feed is made as a whole and goes through all of them in turn."""

    def __init__(self) -> None:
        self.rewrite: list[Rewrite] = []

    def rewritten(self, feed: str, rows: Sequence[object]) -> list[Row]:
        """Rows as plain objects, after all hooks."""
        found: list[Row] = msgspec.json.decode(msgspec.json.encode(rows))
        for hook in self.rewrite:
            found = hook(feed, found)
        return found

    def _all(self, feed: str, total: int, rows: Rows) -> tuple[int, Rows]:
        if not self.rewrite:
            return total, rows
        found = self.rewritten(feed, rows(0, total))
        return len(found), lambda a, b: found[a:b]

    def list(self, feed: str, query: Query, total: int, rows: Rows) -> Answer:
        """A numbered page."""
        return list_page(query, *self._all(feed, total, rows))

    def search(self, feed: str, path: str, query: Query, span: tuple[float, float], total: int, rows: Rows) -> Answer:
        """A page of a search."""
        return search_page(path, query, span, *self._all(feed, total, rows))

    def object(self, feed: str, found: object) -> Answer:
        """One object. Raises NotFound when a hook takes it away."""
        if self.rewrite:
            rows = self.rewritten(feed, [found])
            if not rows:
                raise NotFound
            found = rows[0]
        return Answer(msgspec.json.encode(found), {})
