"""A sweep whose ports and peers several fetch: the leader's own share, those of others, and what is left over.

Whoever leads fetches what others did not bring in time, and gateways that nobody was given yet. The result is that of a
sweep of one: the same rows, or pages that are known to be lost.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from noctui.clock import Clock
from noctui.sources.mist.feeds import Feeds, Fetched
from noctui.sources.mist.join import Joiner
from noctui.sources.mist.listed import Lists, NoListsError, R
from noctui.sources.mist.ports import as_mac
from noctui.sources.mist.retry import Deadline
from noctui.sources.mist.shares import Division, Helpers, ShareLost, Tokens, joined, peers_of, ports_of
from noctui.sources.mist.structs import DeviceRow, PeerRow, PortRow

log = logging.getLogger("noctui.mist")

ALONE_SECONDS = 3600.0
"""After lists of macs brought nothing, sweeps are not divided for so long."""
BESIDES = 10
"""Steps of a whole in which calls that cannot be divided are counted."""
BELIEVED = 0.5
"""Of the rows of the sweep before: of fewer it is not believed that there are no more."""
Pair = tuple[Fetched[PortRow], Fetched[PeerRow]]


@dataclass(slots=True)
class Spent:
    """Pages of the last sweep that each member paid for, had and lost; the leader's are not among them."""

    pages: dict[str, int] = field(default_factory=dict)
    calls: int = 0  # what they took

    @property
    def total(self) -> int:
        return sum(self.pages.values())


class Divided:
    """Belongs to one source. `helpers` None: sweeps are its own."""

    def __init__(self, lists: Lists, clock: Clock) -> None:
        self.helpers: Helpers | None = None
        self.spent = Spent()
        self.note = ""
        """Why sweeps are not divided although others would help, in one line."""
        self._lists, self._clock = lists, clock
        self._alone_until = 0.0
        self._had: dict[str, int] = {}  # rows of the last whole sweep, by feed
        self._took = self._besides = 0.0

    async def division(self, joiner: Joiner, tokens: Tokens, deadline: Deadline) -> Division | None:
        """The next sweep's. None: it is the leader's alone, as is the first, which tells what gateways there are."""
        self.spent = Spent()
        sites = gateways(joiner)
        if self.helpers is None or not sites or not self._had or self._clock.now() < self._alone_until:
            return None
        self.note = ""
        return await self.helpers.divide(sites, tokens, deadline.left(), self._took, self._besides)

    async def fetch(self, feeds: Feeds, division: Division, deadline: Deadline) -> Pair:
        """All shares, wherever they come from."""
        try:
            own = self._fetch(feeds, division.own)
            others = (self._other(feeds, division, name, macs, deadline) for name, macs in division.others.items())
            return _joined(await asyncio.gather(own, *others))
        finally:
            division.close()

    async def left_over(self, feeds: Feeds, division: Division, found: Pair, devices: Iterable[DeviceRow]) -> Pair:
        """With those gateways that came since the division was made. When it cannot be all, the whole org is asked for,
        as ever, and no sweep is divided for a while."""
        known = {*division.own, *(mac for macs in division.others.values() for mac in macs)}
        new = {as_mac(row.mac) for row in devices if row.mac and row.site_id} - known
        if new:
            found = _joined([found, await self._fetch(feeds, sorted(new))])
        if self._doubted("circuits", found[0]) or self._doubted("paths", found[1]):
            ports, peers = await asyncio.gather(feeds.ports(), feeds.peers())
            return ports, peers
        return found

    def learn(self, ports: Fetched[PortRow], peers: Fetched[PeerRow], joiner: Joiner, pages: int) -> None:
        """What a sweep brought, divided or not, with `pages` in all of the feeds that every sweep asks for."""
        lines = sum(f.pages + f.pages_lost for f in (ports.report, peers.report))
        # in steps: what is given to whom is not to change with every page
        self._besides = round(BESIDES * (pages - lines) / lines) / BESIDES if lines else 0.0
        macs = len(joiner.gates)
        for feed, found in (("circuits", ports), ("paths", peers)):
            if found.whole:
                self._had[feed] = len(found.rows)
                self._lists.learn(feed, len(found.rows), macs)
        self._took = max(ports.report.took, peers.report.took)

    async def _fetch(self, feeds: Feeds, macs: Sequence[str]) -> Pair:
        ports, peers = await asyncio.gather(self._lists.ports(feeds, macs), self._lists.peers(feeds, macs))
        return ports, peers

    async def _other(
        self, feeds: Feeds, division: Division, name: str, macs: Sequence[str], deadline: Deadline
    ) -> Pair:
        """A share of somebody else's; where it does not come, or not whole, it is fetched here."""
        try:
            share = await division.share(name)
        except ShareLost as lost:
            log.warning("share.lost", extra={"member": name, "text": str(lost), "gateways": len(macs)})
        else:
            if share.whole or (not share.error and deadline.left() <= 0):
                self.spent.pages[name] = share.pages
                self.spent.calls += share.calls
                return ports_of(share), peers_of(share)
        return await self._fetch(feeds, macs)

    def _doubted(self, feed: str, found: Fetched[R]) -> bool:
        """Far fewer rows than before, or others: the cloud does not know lists of macs as it did, or as it should."""
        had, why = self._had.get(feed, 0), ""
        if isinstance(found.pages.cause, NoListsError):
            why = found.pages.error
        elif found.whole and len(found.rows) < BELIEVED * had:
            why = f"Mist gave {len(found.rows):,} of {had:,} rows for lists of macs"
        if why:
            self._alone_until = self._clock.now() + ALONE_SECONDS
            self.note = f"Sweeps are not shared for an hour: {why}."
            log.warning("share.alone", extra={"text": why})
        return bool(why)


def gateways(joiner: Joiner) -> Mapping[str, str]:
    """Mac → site id of all that may have ports: gateways, the halves of HA pairs, and whatever had a port so far."""
    sites = {mac: gate.site_id for mac, gate in joiner.gates.items() if gate.site_id}
    for half, pair in joiner.pairs.items():
        if pair in sites:
            sites.setdefault(half, sites[pair])
    for mac, site in joiner.placed():
        sites.setdefault(mac, site)
    return sites


def _joined(pairs: Iterable[Pair]) -> Pair:
    found = list(pairs)
    return joined("circuits", (ports for ports, _ in found)), joined("paths", (peers for _, peers in found))
