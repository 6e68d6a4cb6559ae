"""The Mist source: `open` finds the org, `sweep` asks Mist once for all of it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from noctui.clock import Clock
from noctui.model.batch import Batch, FeedReport, Sweep
from noctui.model.cloud import MistAlarm
from noctui.model.detail import Answer, Question
from noctui.sources.mist.acking import acknowledge
from noctui.sources.mist.budget import TokenBook, TokenState
from noctui.sources.mist.cadence import HOURLY, PERIODS, Cadence
from noctui.sources.mist.columns import Judge, circuit_batch, gateway_batch, path_batch, peers_active, stable_ids
from noctui.sources.mist.detail import Details
from noctui.sources.mist.discovery import Discoverer
from noctui.sources.mist.divided import Divided
from noctui.sources.mist.enrich import Enricher
from noctui.sources.mist.enrich import Progress as Enriched
from noctui.sources.mist.enrich_kept import Kept
from noctui.sources.mist.errors import AllTokensRefused, AllTokensRest, MistError
from noctui.sources.mist.feeds import Feeds, Fetched, Progress
from noctui.sources.mist.join import Joiner
from noctui.sources.mist.listed import Lists
from noctui.sources.mist.odd import settle_times
from noctui.sources.mist.opening import count_usage, find_org
from noctui.sources.mist.ports import as_mac
from noctui.sources.mist.refresh import Refresher
from noctui.sources.mist.retry import Deadline
from noctui.sources.mist.session import MistSession
from noctui.sources.mist.settings import MistSettings, OrgInfo
from noctui.sources.mist.shares import Division, Helpers, Share, Tokens, fingerprint, of
from noctui.sources.mist.structs import DeviceRow, PeerRow, PortRow
from noctui.sources.mist.told import Heard, Teller

log = logging.getLogger("noctui.mist")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class MistStatus:
    """The source as the header and the collector screen show it. Times are UTC epoch seconds."""

    calls_used: int = 0  # this hour, all accepted tokens
    calls_limit: int = 0
    resting_until: float = 0.0  # when the first token is free again, if none is now
    tokens: tuple[TokenState, ...] = ()
    notes: tuple[str, ...] = ()  # a line when the clocks differ, one per refused token
    pages_expected: int = 0  # of the next sweep
    sweep_calls: int = 0  # of the last one
    clock_skew: float = 0.0  # seconds our clock is ahead of Mist's
    unmatched_paths: int = 0  # peer rows whose port is no circuit
    plan: tuple[tuple[str, float, str], ...] = ()  # work beside sweeps: (name, calls an hour, formula)
    enriched: Enriched = field(default_factory=Enriched)
    sweep_pages: int = 0  # of the last sweep that were ours: a call each when nothing has to be asked twice
    shared_pages: Mapping[str, int] = field(default_factory=dict)  # of others who fetched a share of it
    shared_calls: int = 0  # theirs


@dataclass(slots=True)
class _Live:
    """The feeds of every sweep."""

    gateways: Fetched[DeviceRow]
    ports: Fetched[PortRow]
    peers: Fetched[PeerRow]
    heard: Heard

    def settle(self, now: float) -> None:
        """Times that cannot be become unknown, and are counted; columns do so for those of ports and paths."""
        settle_times(self.gateways.rows, ("last_seen",), now, self.gateways.odd)
        self.heard.settle(now)

    def counted(self, name_of: Callable[[str], str]) -> None:
        """Put what cannot be true into the reports."""
        for found in (self.ports, self.gateways, self.peers):
            found.counted(name_of)
        self.heard.counted(name_of)

    @property
    def reports(self) -> list[FeedReport]:
        return [self.ports.report, self.gateways.report, self.peers.report, *self.heard.live]


class MistSource:
    """One org of one Mist cloud. Use it on one event loop; call nothing after `close`."""

    def __init__(self, settings: MistSettings, clock: Clock, open_kept: Callable[[str], Kept] | None = None) -> None:
        """Raises SettingsError for a host that is no Mist cloud or a missing token. Does no I/O. `open_kept` makes the
        place where an org's costly answers are kept, once that org is swept."""
        self._settings = settings
        self._clock = clock
        self._book = TokenBook(settings.tokens, clock)
        self._session = MistSession(settings, self._book, clock)
        self._org: OrgInfo | None = None
        self._joiner = Joiner()
        self._cadence = Cadence(settings.poll_seconds, {**PERIODS, HOURLY: settings.refresh_seconds})
        self._refresher = Refresher(settings, self._cadence)
        self._discoverer = Discoverer()
        self._enricher = Enricher(settings, self._book, clock, self._joiner, open_kept)
        self._details = Details(self._session, self._joiner, settings, clock, self._enricher.ports)
        self._teller = Teller(settings, self._cadence, self._session.skew)
        self._lists = Lists(settings.page_limit)
        self._divided = Divided(self._lists, clock)
        self._pages = 0  # of the last sweep, ours
        self._ids: dict[str, tuple[str, ...]] = {}
        self._expected: dict[str, int] = {}
        self._calls = 0
        self._counted_at = 0.0
        self._one_at_a_time = asyncio.Lock()

    async def open(self) -> OrgInfo:
        """Check every token, find the org, learn what Mist counted. Two calls per token.

        Raises SettingsError (the org must be named, or is not seen), AllTokensRefused, AllTokensRest, or what kept Mist
        from answering.
        """
        deadline = Deadline(self._clock, self._settings.sweep_deadline)
        self._org = await find_org(self._session, self._book, self._settings.org_id, deadline)
        self._counted_at = self._clock.now()
        self._settle_clocks()
        return self._org

    async def sweep(self, progress: Callable[[int, int], None] | None = None) -> Sweep:
        """Ask for everything once; `progress` is told (pages had, pages expected).

        A feed that lost pages is marked so, one that failed is None. Raises a MistError when no feed answered at all:
        AllTokensRest when that is why.
        """
        async with self._one_at_a_time, self._enricher.hushed():
            org = self._org or await self.open()
            token = self._book.pick()  # raises before anything begins when every token rests
            if token.refused:  # time to ask who it is once more, before many calls fail with it
                org = await self.open()
            started = self._clock.now()
            deadline = Deadline(self._clock, self._settings.sweep_deadline)
            division = await self._divided.division(self._joiner, self.tokens(), deadline)
            told = Progress(progress, dict(self._expected) if division is None else {})
            feeds = Feeds(self._session, org.org_id, self._settings.page_limit, deadline, told)
            live, reports = await self._fetch(feeds, started, deadline, division)
            self._expected = {r.feed: max(1, r.pages + r.pages_lost) for r in live.reports}
            self._calls = sum(r.calls for r in (*live.reports, *reports, *live.heard.seldom))
            self._raise_if_silent(live)
            self._settle_clocks()
            heard = live.heard
            self._session.skew.correct(
                live.gateways.rows, live.ports.rows, live.peers.rows, heard.events.rows, heard.alarm_rows
            )
            live.settle(self._clock.now())
            pages = sum(r.pages + r.pages_lost for r in live.reports)
            self._divided.learn(live.ports, live.peers, self._joiner, pages)
            self._pages = pages - self._divided.spent.total
            self._cadence.settle(self._pages, self._book.limit)
            sweep = await self._joined(org, live, reports, started)
            self._details.swept(sweep.told.sle)
            for report in sweep.reports:
                if report.error:
                    log.warning(
                        "mist.feed", extra={"feed": report.feed, "lost": report.pages_lost, "why": report.error}
                    )
            return sweep

    @property
    def status(self) -> MistStatus:
        return MistStatus(
            calls_used=self._book.used,
            calls_limit=self._book.limit,
            resting_until=self._book.resting_until,
            tokens=self._book.states(),
            notes=tuple(
                filter(None, (self._session.skew.text, self._divided.note, *(t.refused for t in self._book.tokens)))
            ),
            pages_expected=sum(self._expected.values()),
            sweep_calls=self._calls,
            clock_skew=self._session.skew.seconds,
            unmatched_paths=self._joiner.joined.unmatched_paths,
            plan=(*self._cadence.plan, self._details.share.plan),
            enriched=self._enricher.progress,
            sweep_pages=self._pages,
            shared_pages=self._divided.spent.pages,
            shared_calls=self._divided.spent.calls,
        )

    def share_with(self, helpers: Helpers | None) -> None:
        """From the next sweep on these fetch parts of it; None: nobody."""
        self._divided.helpers = helpers

    def tokens(self) -> Tokens:
        """What there is to pay with, once it is known which org this is; of each token a fingerprint alone."""
        if self._org is None:
            return ()
        org_id = self._org.org_id
        return tuple((fingerprint(t.secret, org_id), t.limit) for t in self._book.tokens if not t.refused)

    async def share(self, macs: Sequence[str], seconds: float) -> Share:
        """Ports and peers of these gateways, for whoever leads. What kept it from coming is in its `error`."""
        async with self._one_at_a_time:
            deadline = Deadline(self._clock, min(seconds, self._settings.sweep_deadline))
            try:
                org = self._org or await self.open()
                if self._book.pick().refused:
                    org = await self.open()
            except MistError as error:
                return Share(error=str(error))
            feeds = Feeds(self._session, org.org_id, self._settings.page_limit, deadline, Progress(None))
            ports, peers, _ = await asyncio.gather(
                self._lists.ports(feeds, macs), self._lists.peers(feeds, macs), self._count_usage(deadline)
            )
            self._settle_clocks()
            return of(ports, peers)

    def recall(self, alarms: Iterable[MistAlarm]) -> None:
        """`alarms` are what is kept of Mist's alarms; everything else that was told is told again with the next sweep.
        To be called before the first sweep, and whenever what was told may be lost."""
        self._teller.recall(alarms)

    async def detail(self, question: Question) -> Answer:
        """An answer on drill-down; what Mist refuses is in its `error`."""
        return await self._details.answer(question)

    async def acknowledge(self, alarm_ids: Sequence[str], note: str, taken: bool) -> str:
        """Take alarms in Mist by their Mist ids, or give them back; "" or, in one line, why that failed."""
        if self._org is None:
            return "Mist has not said yet which org this is"
        deadline = Deadline(self._clock, self._settings.timeout)
        return await acknowledge(self._session, self._org.org_id, alarm_ids, note, taken, deadline)

    async def close(self) -> None:
        await self._details.close()
        await self._enricher.close()
        await self._session.close()

    async def _fetch(
        self, feeds: Feeds, now: float, deadline: Deadline, division: Division | None
    ) -> tuple[_Live, list[FeedReport]]:
        """All feeds side by side; with them, when it is time, what changes seldom, of which these are the reports."""
        async with asyncio.TaskGroup() as group:
            if division is None:  # serial by nature: they go first
                lines = group.create_task(_both(group.create_task(feeds.ports()), group.create_task(feeds.peers())))
            else:
                lines = group.create_task(self._divided.fetch(feeds, division, deadline))
            gateways = group.create_task(feeds.gateways())
            heard = group.create_task(self._teller.fetch(feeds, now))
            seldom = group.create_task(self._refresher.refresh(feeds, now, self._session.skew.mists(now)))
            group.create_task(self._count_usage(deadline))
        ports, peers = lines.result()
        if division is not None:
            ports, peers = await self._divided.left_over(feeds, division, (ports, peers), gateways.result().rows)
        live = _Live(gateways.result(), ports, peers, heard.result())
        return live, seldom.result()

    async def _count_usage(self, deadline: Deadline) -> None:
        """What Mist counted, when it is time."""
        now = self._clock.now()
        if now - self._counted_at >= self._settings.usage_seconds:
            self._counted_at = now
            await count_usage(self._session, self._book, deadline)

    def _settle_clocks(self) -> None:
        skew = self._session.skew
        if skew.settle():
            log.warning("mist.clock_skew", extra={"seconds": round(skew.seconds, 1), "text": skew.text})

    def _raise_if_silent(self, live: _Live) -> None:
        if not (live.ports.silent and live.gateways.silent and live.peers.silent):
            return
        causes = [f.pages.cause for f in (live.ports, live.gateways, live.peers) if f.pages.cause is not None]
        causes.sort(key=lambda e: not isinstance(e, AllTokensRest | AllTokensRefused))
        raise causes[0] if causes else MistError("Mist gave no feed.")

    async def _joined(self, org: OrgInfo, live: _Live, seldom: list[FeedReport], started: float) -> Sweep:
        joiner = self._joiner
        if self._refresher.statics is not joiner.statics:
            joiner.learn(self._refresher.statics)
        joiner.forget_rows()  # a sweep that broke off may have left some
        await self._enricher.prepare(org.org_id)
        heard = {mac: gate.last_seen for mac, gate in joiner.gates.items()}
        if not live.gateways.silent:
            await _driven(joiner.gateways(live.gateways.rows, live.gateways.sure, live.gateways.odd))
        if not live.ports.silent:
            await _driven(joiner.ports(live.ports.rows, live.ports.sure, live.ports.odd))
        if not live.peers.silent:
            await _driven(joiner.peers(live.peers.rows, live.peers.sure, live.peers.odd))
        whole = live.gateways.sure and live.ports.sure and live.peers.sure and self._refresher.whole
        discovery = self._discoverer.discovery(org, joiner.statics, joiner.joined, whole)
        self._refresher.wanted = self._discoverer.strangers
        circuits = None if live.ports.silent else await self._circuit_batch(live.ports)
        gateways = None if live.gateways.silent else self._gateway_batch(live.gateways)
        paths = None if live.peers.silent else await self._path_batch(live.peers)
        ended, placed = self._clock.now(), live.ports.sure
        told = self._teller.take(live.heard, ended, joiner.circuit_of, placed)
        events = self._teller.port_events(live.heard, joiner.circuit_of, placed)
        self._look_back(heard, started)
        await self._enricher.settle()
        joiner.forget_rows()
        live.counted(self._name)
        reports = (*live.reports, *seldom, *live.heard.seldom)
        return Sweep(started, ended, discovery, circuits, gateways, paths, events, reports, told)

    def _name(self, mac: str) -> str:
        """What a gateway is called; what is none is called as it is."""
        gate = self._joiner.gates.get(as_mac(mac))
        return (gate.gateway.name if gate else "") or mac

    def _look_back(self, heard: dict[str, float | None], now: float) -> None:
        """`heard`: when each gateway was last heard before this sweep. One that is back after longer than events
        overlap has yet to file what happened meanwhile."""
        asked = self._teller.events.start(now)
        back = [
            at for mac, at in heard.items()
            if at is not None and at < asked and (self._joiner.last_seen(mac) or 0.0) > at
        ]  # fmt: skip
        if back:
            self._teller.events.back(min(back), now)

    async def _circuit_batch(self, found: Fetched[PortRow]) -> Batch:
        joined, judge = self._joiner.joined, Judge(found.odd, self._clock.now())

        def active() -> dict[str, float]:
            return peers_active({p.path_id: p.circuit_id for p in joined.paths}, joined.path_rows)

        ids = self._stable("circuits", joined.port_rows)
        return await _driven(circuit_batch(ids, joined.port_rows, active, self._joiner.last_seen, found.sure, judge))

    async def _path_batch(self, found: Fetched[PeerRow]) -> Batch:
        rows, judge = self._joiner.joined.path_rows, Judge(found.odd, self._clock.now())
        ids = self._stable("paths", rows)
        return await _driven(path_batch(ids, rows, self._joiner.last_seen, found.sure, judge))

    def _gateway_batch(self, found: Fetched[DeviceRow]) -> Batch:
        joiner, whole = self._joiner, found.sure
        placed = [g.gateway_id for g in joiner.joined.gateways]
        stock = {i: joiner.statics.inventory[i].connected for i in placed if i in joiner.statics.inventory}
        ids = [i for i in placed if i in joiner.stats or (whole and i in stock)]
        judge = Judge(found.odd, self._clock.now())
        return gateway_batch(self._stable("gateways", ids), joiner.stats, stock, whole, judge)

    def _stable(self, feed: str, found: Iterable[str]) -> tuple[str, ...]:
        ids = self._ids[feed] = stable_ids(found, self._ids.get(feed, ()))
        return ids


async def _both(
    ports: asyncio.Task[Fetched[PortRow]], peers: asyncio.Task[Fetched[PeerRow]]
) -> tuple[Fetched[PortRow], Fetched[PeerRow]]:
    return await ports, await peers


async def _driven(steps: Generator[None, None, T]) -> T:
    """What the steps give in the end; others may run between two of them."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: T = end.value
            return result
        await asyncio.sleep(0)
