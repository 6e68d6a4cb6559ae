"""Ports and peers of some gateways: asked for by lists of macs, side by side, each list as long as a page holds.

What came is looked at before it is believed. A cloud that does not know lists would give nothing, or everybody's rows:
both are a page lost, never a gateway without ports.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import TypeVar

from noctui.sources.mist.errors import Garbled
from noctui.sources.mist.feeds import Feeds, Fetched
from noctui.sources.mist.ports import as_mac
from noctui.sources.mist.shares import joined
from noctui.sources.mist.structs import PeerRow, PortRow

LONGEST = 200
"""Macs in one address: 3 kB of it, where servers take 8."""
FILLED = 0.9
"""Of a page, as far as it is known how many rows a gateway has: some have more."""
R = TypeVar("R", PortRow, PeerRow)


class NoListsError(Garbled):
    """The cloud does not take lists of macs as it should."""


class Lists:
    """Remembers how many rows a gateway has in each feed, so that a list fills a page and needs no second one."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._rows: dict[str, float] = {}  # a gateway's, by feed
        self._numbers = itertools.count()

    async def ports(self, feeds: Feeds, macs: Sequence[str]) -> Fetched[PortRow]:
        return await self._fetch("circuits", feeds.ports_of, macs)

    async def peers(self, feeds: Feeds, macs: Sequence[str]) -> Fetched[PeerRow]:
        return await self._fetch("paths", feeds.peers_of, macs)

    def learn(self, feed: str, rows: int, gateways: int) -> None:
        """So many rows came of so many gateways."""
        if gateways:
            self._rows[feed] = rows / gateways

    def longest(self, feed: str) -> int:
        """Macs of a list."""
        a_gateway = self._rows.get(feed, 0.0)
        fits = int(FILLED * self._limit / a_gateway) if a_gateway > 0 else LONGEST
        return min(LONGEST, max(1, fits))

    async def _fetch(
        self, feed: str, ask: Callable[[Sequence[str], str], Awaitable[Fetched[R]]], macs: Sequence[str]
    ) -> Fetched[R]:
        lists = evenly(macs, self.longest(feed))
        found = await asyncio.gather(*(ask(some, f"{feed} {next(self._numbers)}") for some in lists))
        for some, one in zip(lists, found, strict=True):
            _doubt(one, frozenset(some))
        whole = joined(feed, found)
        if whole.whole:
            self.learn(feed, len(whole.rows), len(macs))
        return whole


def evenly(macs: Sequence[str], most: int) -> list[Sequence[str]]:
    """As few lists as it takes, of nearly the same length."""
    if not macs:
        return []
    count = -(-len(macs) // most)
    return [macs[n * len(macs) // count : (n + 1) * len(macs) // count] for n in range(count)]


def _doubt(found: Fetched[R], asked: Collection[str]) -> None:
    """Mostly rows of others: the list was not looked at. A few may be halves of an HA pair that nobody knows."""
    foreign = sum(as_mac(row.mac) not in asked for row in found.rows if row.mac)
    if 2 * foreign > len(found.rows):
        found.pages.lose(1, NoListsError("Mist takes no lists of macs: it gave rows of others"))
