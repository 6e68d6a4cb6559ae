"""When it is news that a feed holds what cannot be true: as it begins, when it doubles, and when it is over."""

from __future__ import annotations

from collections.abc import Iterable

from noctui.model.batch import FeedReport

QUIET = 10
"""Runs of a feed without anything odd after which it is over: one value that comes and goes is no news each time."""


class OddNews:
    """Remembers what was said of each feed; one loop asks it once a sweep."""

    def __init__(self) -> None:
        self._said: dict[str, int] = {}
        self._quiet: dict[str, int] = {}

    def of(self, reports: Iterable[FeedReport]) -> list[tuple[FeedReport, str]]:
        """(report, its text) where that is news; "" when a feed is sound again."""
        news: list[tuple[FeedReport, str]] = []
        for report in reports:
            said = self._said.get(report.feed, 0)
            if report.odd:
                self._quiet.pop(report.feed, None)
                if not said or report.odd >= 2 * said:
                    self._said[report.feed] = report.odd
                    news.append((report, report.odd_text))
            elif said:
                quiet = self._quiet[report.feed] = self._quiet.get(report.feed, 0) + 1
                if quiet >= QUIET:
                    del self._said[report.feed], self._quiet[report.feed]
                    news.append((report, ""))
        return news
