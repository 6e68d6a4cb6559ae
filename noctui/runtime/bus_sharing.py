"""The leader's side of shared sweeps: it divides each among those who offer help, and sees that nothing is missed.

It is the sweep that is divided, never the judging: calls an hour and serial cursors are what one process cannot have
more of, while one engine judges 100,000 circuits in milliseconds. So states, alarms, failover and history stay one, and
whoever looks sees one View, as before.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from noctui.model.health import NAN, MemberHealth
from noctui.runtime.shards import Means, accounts, assigned, divided, lightened, weights
from noctui.sources.mist.errors import Garbled
from noctui.sources.mist.shares import Share, ShareLost, Tokens, schema, unpacked
from noctui.stores.bus.redis_address import Client
from noctui.stores.bus.redis_errors import BusError
from noctui.stores.bus.redis_lease import Lease
from noctui.stores.bus.redis_members import Offer, Offers, offers
from noctui.stores.bus.redis_sweeps import Announcer, Collecting

log = logging.getLogger("noctui.bus")

LEASES, USUALLY = 2.0, 2.0
"""A share is waited for so many leases, or so many times as long as a sweep usually takes; but never more than half of
what is left, so that there is time to fetch it oneself."""
LOOKS = 3.0
"""In the time of a lease, whether those that are waited for are still there."""
MOST_OUT = 300.0
"""Seconds: whoever did not bring its share is left out for a lease or two, each time twice as long, never longer."""
WRONG_CLOCK = 5.0
"""Seconds that a member's clock may differ. It is told: its rows hold Mist's times alone, but it may count its token's
hour wrongly."""
OTHER = "it runs another noctui than the leader: update"


@dataclass(slots=True)
class Member:
    """What is remembered of one. `out_until` is monotonic."""

    name: str
    offer: Offer
    state: str = "joins"
    text: str = ""
    missed: int = 0
    out_until: float = 0.0
    gateways: int = 0
    calls: int = 0
    rows: int = 0
    took: float = NAN
    lag: float = NAN


class Sharing:
    """For one term as leader. `divide` never raises: without help the leader fetches all."""

    def __init__(self, client: Client, lease: Lease) -> None:
        self._client, self._lease = client, lease
        self._announcer = Announcer(lease)
        self._members: dict[str, Member] = {}
        self._unread: tuple[str, ...] = ()
        self._own = Means()
        self._own_gateways = 0
        self._assigned: tuple[dict[str, float], tuple[str, ...]] = ({}, ())
        self._divided: tuple[Mapping[str, str], dict[str, list[str]]] = ({}, {})
        self._fault = ""

    async def divide(
        self, sites: Mapping[str, str], tokens: Tokens, seconds: float, usual: float, besides: float
    ) -> Division | None:
        """The next sweep, over the gateways of `sites` (mac → site id); None: it is the leader's alone."""
        self._own_gateways = 0
        for one in self._members.values():
            one.gateways = 0
        if not self._lease.held:  # the bus is lost: that is said elsewhere
            self._members, self._unread = {}, ()
            return None
        try:
            async with asyncio.timeout(self._lease.seconds):
                made = await self._divide(sites, tokens, seconds, usual, besides)
            self._fault = ""
            return made
        except (BusError, TimeoutError) as error:
            fault = str(error) or f"{self._lease.where} does not answer"
        except Exception as error:  # the boundary: whatever broke, the sweep goes on
            log.exception("share.broke")
            fault = f"{type(error).__name__}; the log has the details"
        if fault != self._fault:
            log.warning("share.alone", extra={"text": fault})
        self._fault = fault
        return None

    def accounts(self, own: int, shared: Mapping[str, int]) -> tuple[tuple[int, int], ...]:
        """(calls of a sweep, calls an hour) of each account, when the leader spent `own` and members `shared`."""
        spent = [(self._own, own)]
        spent += [(_means(one.offer), shared[ident]) for ident, one in self._members.items() if ident in shared]
        return accounts(spent)

    @property
    def lease_seconds(self) -> float:
        return self._lease.seconds

    @property
    def own_gateways(self) -> int:
        """Of a shared sweep, those that the leader fetches itself."""
        return self._own_gateways

    @property
    def members(self) -> tuple[MemberHealth, ...]:
        told = [
            MemberHealth(
                name=one.name, state=one.state, text=one.text or one.offer.text, heard_at=one.offer.at,
                gateways=one.gateways, calls=one.calls, rows=one.rows, took=one.took, lag=one.lag,
                used=one.offer.used, limit=one.offer.limit, ahead=one.offer.ahead,
            )
            for one in self._members.values()
        ]  # fmt: skip
        told += [MemberHealth(name=_name(one), state="other version", text=OTHER) for one in self._unread]
        return tuple(sorted(told, key=lambda one: one.name))

    @property
    def notes(self) -> tuple[str, ...]:
        """A line each for what should be mended, while somebody offers help."""
        if not self._members and not self._unread:
            return ()
        lines = [f"Sweeps are not shared: {self._fault}"] if self._fault else []
        for one in self.members:
            if one.state == "other version":
                lines.append(f"{one.name} shares no sweeps: {one.text}")
            elif one.state == "left out":
                lines.append(f"{one.name} did not bring its share, which was fetched here: {one.text}")
            elif one.state == "rests":
                lines.append(f"{one.name} shares no sweeps for now: {one.text}")
            if abs(one.ahead) > WRONG_CLOCK:
                word = "ahead of" if one.ahead > 0 else "behind"
                lines.append(f"{one.name}: its clock is {abs(one.ahead):.0f} s {word} the bus's: set it right")
        return tuple(lines)

    async def _divide(
        self, sites: Mapping[str, str], tokens: Tokens, seconds: float, usual: float, besides: float
    ) -> Division | None:
        await self._look()
        me = self._lease.holder
        self._own = Means(tokens)
        able = {ident: _means(one.offer) for ident, one in self._members.items() if one.state in ("joins", "shares")}
        weight = weights({**able, me: self._own})
        if not any(weight.get(ident) for ident in able):
            return None
        weight = lightened(weight, me, besides)
        if weight != self._assigned[0]:
            self._assigned, self._divided = (weight, assigned(weight)), ({}, {})
            log.info("share.assigned", extra={"members": len(weight)})
        if sites != self._divided[0]:  # of 50,000 gateways it takes 40 ms
            self._divided = sites, await asyncio.to_thread(divided, self._assigned[1], sites)
        macs = self._divided[1]
        own = macs.get(me, [])
        others = {ident: those for ident, those in macs.items() if those and ident != me}
        if not others:
            return None
        for ident, those in others.items():
            one = self._members[ident]
            one.state, one.gateways = "shares", len(those)
        patience = min(seconds / 2, max(LEASES * self._lease.seconds, USUALLY * usual))
        sweep = await self._announcer.announce(others, patience)
        self._own_gateways = len(own)
        collecting = Collecting(self._client, self._lease.keys.org_id, self._lease.where, sweep)
        return Division(self, collecting, own, others, patience)

    async def _look(self) -> None:
        """Who offers help by now."""
        found = await self.offers()
        now = time.monotonic()
        self._unread = found.unread
        for ident in self._members.keys() - found.by.keys():
            if self._members[ident].out_until < now:  # else its name comes back, and is remembered
                del self._members[ident]
            else:
                self._members[ident].gateways = 0
        for ident, made in found.by.items():
            if ident == self._lease.holder:
                continue
            one = self._members.setdefault(ident, Member(_name(ident), made))
            one.offer = made
            if made.schema != schema():
                one.state, one.text = "other version", OTHER
            elif not made.able or not made.tokens:
                one.state, one.text = "rests", made.text
            elif one.out_until > now:
                one.state = "left out"
            elif one.state != "shares":
                one.state, one.text = "joins", ""
            if one.state != "shares":
                one.gateways = 0

    async def offers(self) -> Offers:
        """Raises BusError."""
        return await offers(self._client, self._lease.keys.org_id, self._lease.where, self._lease.seconds)

    def came(self, ident: str, share: Share, lag: float) -> None:
        one = self._members.get(ident)
        if one is not None:
            feeds = [feed.took for feed in (share.port_feed, share.peer_feed) if feed is not None]
            one.missed, one.text, one.lag = 0, "", lag
            one.calls, one.rows = share.calls, len(share.ports) + len(share.peers)
            one.took = max(feeds, default=NAN)

    def missed(self, ident: str, why: str) -> None:
        one = self._members.get(ident)
        if one is not None:
            one.missed += 1
            one.out_until = time.monotonic() + min(MOST_OUT, self._lease.seconds * 2.0 ** min(one.missed - 1, 10))
            one.state, one.text, one.gateways = "left out", why, 0


class Division:
    """One sweep, divided: `own` is the leader's, `others` whose macs are whose."""

    def __init__(
        self, sharing: Sharing, collecting: Collecting, own: Sequence[str], others: Mapping[str, Sequence[str]],
        patience: float,
    ) -> None:  # fmt: skip
        self.own, self.others = own, others
        self._sharing, self._collecting, self._patience = sharing, collecting, patience
        self._began = time.monotonic()
        loop = asyncio.get_running_loop()
        self._waiting: dict[str, asyncio.Future[Share | ShareLost]] = {name: loop.create_future() for name in others}
        self._task = asyncio.create_task(self._read(), name="shares")

    async def share(self, name: str) -> Share:
        """Raises ShareLost."""
        came = await self._waiting[name]
        if isinstance(came, ShareLost):
            raise came
        return came

    def close(self) -> None:
        self._task.cancel()

    async def _read(self) -> None:
        why = "it was not waited for"
        try:
            await self._collect()
            await self._collecting.done()
        except BusError as error:
            why = str(error)
        except Exception as error:  # the boundary: what did not come is fetched by whoever leads
            log.exception("share.broke")
            why = f"{type(error).__name__} at the leader"
        finally:
            for name in self._open:
                self._lose(name, why)

    @property
    def _open(self) -> list[str]:
        return [name for name, one in self._waiting.items() if not one.done()]

    async def _collect(self) -> None:
        every = self._sharing.lease_seconds / LOOKS
        end, look = self._began + self._patience, self._began + every
        while self._open:
            now = time.monotonic()
            if now >= end:
                for name in self._open:
                    self._lose(name, f"nothing came within {self._patience:.3g} s")
                return
            for name, blob in await self._collecting.more(min(end, look) - now):
                if name in self._waiting and not self._waiting[name].done():
                    await self._take(name, blob)
            if time.monotonic() >= look:
                look = time.monotonic() + every
                here = (await self._sharing.offers()).by
                for name in self._open:
                    if name not in here:
                        self._lose(name, "it is gone")

    async def _take(self, name: str, blob: bytes) -> None:
        try:
            share = await asyncio.to_thread(self._opened, name, blob)
        except (BusError, Garbled, ShareLost) as error:
            self._lose(name, str(error))
            return
        self._sharing.came(name, share, time.monotonic() - self._began)
        self._waiting[name].set_result(share)

    def _opened(self, name: str, blob: bytes) -> Share:
        """Raises BusError, Garbled, ShareLost."""
        part = self._collecting.opened(name, blob)
        if part.schema != schema() or part.error:
            raise ShareLost(_line(part.error) or OTHER)
        share = unpacked(part.rows)
        if share.error:
            raise ShareLost(_line(share.error))
        return share

    def _lose(self, name: str, why: str) -> None:
        if not self._waiting[name].done():
            self._sharing.missed(name, why)
            self._waiting[name].set_result(ShareLost(f"{_name(name)}: {why}"))


def _means(offer: Offer) -> Means:
    return Means(offer.tokens, offer.able)


def _line(text: str) -> str:
    """What another process said, fit for a line."""
    return "".join(c if c.isprintable() else "·" for c in text)[:200]


def _name(ident: str) -> str:
    """`host:pid`."""
    return ident.rpartition("/")[0] or ident
