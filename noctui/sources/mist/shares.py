"""A share of a sweep: the ports and peers of some gateways, as another process fetched them for the one that leads.

Rows travel as Mist gave them, in Mist's own time: whoever joins them corrects clocks and judges values, so that a share
fetched elsewhere means exactly what one fetched here means.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Protocol, TypeVar

import msgspec

from noctui.model.batch import FeedReport
from noctui.sources.mist.errors import Garbled, MistError
from noctui.sources.mist.feeds import Fetched
from noctui.sources.mist.odd import Odd
from noctui.sources.mist.paging import Pages
from noctui.sources.mist.structs import PeerRow, PortRow, Row
from noctui.sources.mist.text import one_line

R = TypeVar("R", bound=Row)
Tokens = tuple[tuple[str, int], ...]
"""(fingerprint, calls an hour) of each accepted token."""


class FeedShare(msgspec.Struct, frozen=True, array_like=True):
    """How one feed of a share went."""

    calls: int
    pages: int
    pages_lost: int
    took: float  # seconds
    error: str
    dropped: int
    odd: tuple[int, str, tuple[str, str], int]  # count, what, whose, nameless


class Share(msgspec.Struct, frozen=True, array_like=True):
    """What one member fetched. `error` says why there is nothing at all."""

    ports: list[PortRow] = []
    port_feed: FeedShare | None = None
    peers: list[PeerRow] = []
    peer_feed: FeedShare | None = None
    error: str = ""

    @property
    def calls(self) -> int:
        return sum(feed.calls for feed in (self.port_feed, self.peer_feed) if feed is not None)

    @property
    def pages(self) -> int:
        """Had and lost: calls of a sweep in which nothing has to be asked twice."""
        return sum(f.pages + f.pages_lost for f in (self.port_feed, self.peer_feed) if f is not None)

    @property
    def whole(self) -> bool:
        """Every page came."""
        feeds = (self.port_feed, self.peer_feed)
        return not self.error and all(f is not None and not f.error and not f.pages_lost for f in feeds)


class ShareLost(Exception):  # noqa: N818 - named after the condition
    """A share did not come; the text says why, in one line."""


class Division(Protocol):
    """One sweep, divided. `own` are the macs that are left to the leader, `others` those of each member."""

    @property
    def own(self) -> Sequence[str]: ...

    @property
    def others(self) -> Mapping[str, Sequence[str]]: ...

    async def share(self, name: str) -> Share:
        """What that member fetched. Raises ShareLost, in time to fetch it oneself."""
        ...

    def close(self) -> None:
        """Whatever has not come is waited for no more."""
        ...


class Helpers(Protocol):
    """Others who fetch parts of a sweep. Nothing of it ever raises: without help one fetches all."""

    async def divide(
        self, sites: Mapping[str, str], tokens: Tokens, seconds: float, usual: float, besides: float
    ) -> Division | None:
        """Divide a sweep over the gateways of `sites` (mac → site id) that may take `seconds`; `usual` is how long one
        takes, and `besides` how many calls it has that cannot be divided, for each that can. None: nobody helps."""
        ...


def of(ports: Fetched[PortRow], peers: Fetched[PeerRow]) -> Share:
    return Share(ports.rows, _told(ports), peers.rows, _told(peers))


def packed(share: Share) -> bytes:
    return msgspec.msgpack.encode(share)


def unpacked(data: bytes) -> Share:
    """Raises Garbled."""
    try:
        return msgspec.msgpack.decode(data, type=Share)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise Garbled(f"a share cannot be read: {one_line(str(error), 100)}") from None


@cache
def schema() -> int:
    """A digest of what a share holds: two programs that know other fields never take one for the other."""
    kinds: tuple[type[msgspec.Struct], ...] = (PortRow, PeerRow, FeedShare, Share)
    text = ";".join(
        f"{k.__name__}:{','.join(f'{f.encode_name} {f.type}' for f in msgspec.structs.fields(k))}" for k in kinds
    )
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=4).digest(), "big")


def fingerprint(secret: str, org_id: str) -> str:
    """By which two processes know that they hold the same token, and nobody what it is: a token is too long to be
    guessed, and in another org the same one is another."""
    return hashlib.blake2b(secret.encode(), key=org_id.encode()[:64], digest_size=8, person=b"noctui-token").hexdigest()


def joined(feed: str, parts: Iterable[Fetched[R]]) -> Fetched[R]:
    """One feed, of several askings of it."""
    pages: Pages[R] = Pages()
    calls, took = 0, 0.0
    for part in parts:
        got = part.pages
        pages.unfit |= {len(pages.rows) + at: names for at, names in got.unfit.items()}
        pages.rows += got.rows
        pages.pages += got.pages
        pages.dropped += got.dropped
        pages.odd.take(got.odd)
        pages.pages_lost += got.pages_lost
        if pages.cause is None:
            pages.cause = got.cause
        pages.error = pages.error or got.error
        calls, took = calls + part.report.calls, max(took, part.report.took)
    report = FeedReport(feed, calls, len(pages.rows), pages.pages, pages.pages_lost, took, pages.error)
    return Fetched(pages, report)


def ports_of(share: Share) -> Fetched[PortRow]:
    """As if they had been fetched here."""
    return _fetched("circuits", share.ports, share.port_feed)


def peers_of(share: Share) -> Fetched[PeerRow]:
    return _fetched("paths", share.peers, share.peer_feed)


def _told(found: Fetched[R]) -> FeedShare:
    pages, report = found.pages, found.report
    odd = (pages.odd.count, pages.odd.what, pages.odd.whose, pages.odd.nameless)
    return FeedShare(report.calls, pages.pages, pages.pages_lost, report.took, pages.error, pages.dropped, odd)


def _fetched(feed: str, rows: list[R], told: FeedShare | None) -> Fetched[R]:
    if told is None:
        told = FeedShare(0, 0, 1, 0.0, "nothing of it came", 0, (0, "", ("", ""), 0))
    count, what, whose, nameless = told.odd
    error = one_line(told.error, 200)
    pages = Pages(rows, told.pages, told.pages_lost, told.dropped, Odd(count, what, whose, nameless), error=error)
    pages.cause = MistError(error) if error else None
    report = FeedReport(feed, told.calls, len(rows), told.pages, told.pages_lost, told.took, error)
    return Fetched(pages, report)
