"""Enrichment: what only a call per site can tell. Asked once, kept for a month, never in the way of a sweep."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import msgspec

from noctui.clock import Clock
from noctui.model.detail import Ports
from noctui.model.inventory import Gateway
from noctui.model.words import THRESHOLDS, Metric
from noctui.sources.mist.budget import TokenBook
from noctui.sources.mist.crawl import Allowance, Crawler, queue
from noctui.sources.mist.enrich_kept import Item, Kept, Unkept
from noctui.sources.mist.enrich_parts import DAY, HOLDS, Part, Told, ask, kept, parts_of, refusal, unkept
from noctui.sources.mist.errors import MistError, Rejected
from noctui.sources.mist.facts import Facts
from noctui.sources.mist.join import Joiner
from noctui.sources.mist.retry import Deadline, retried
from noctui.sources.mist.session import MistSession
from noctui.sources.mist.settings import MistSettings
from noctui.sources.mist.statics import Statics
from noctui.sources.mist.structs import TemplateRow

log = logging.getLogger("noctui.mist")
PATIENCE = 15.0
"""Seconds that one call of the slow round may take."""
LOOK = 300.0
"""Seconds between two looks at what is to be asked, in which order."""
MANY = 500
"""Gateways above which it is worth saying what this costs."""
_TEMPLATES, _PROFILES = "templates", "profiles"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it is: sites of which all is known, of how many; in words; calls an hour it needs, and their formula."""

    known: int = 0
    total: int = 0
    text: str = ""
    calls_an_hour: float = 0.0
    formula: str = ""


class Enricher:
    """Keeps a joiner's `owns` filled. Use it on the joiner's event loop; call nothing after `close`."""

    def __init__(
        self,
        settings: MistSettings,
        book: TokenBook,
        clock: Clock,
        joiner: Joiner,
        open_kept: Callable[[str], Kept] | None = None,
    ) -> None:
        """`open_kept` makes the cupboard of an org, by its id; it is called on a thread, when the first sweep is in."""
        self.facts = Facts(joiner)
        self._on = settings.enrich
        # a connection of its own: a sweep must not wait for a place among these calls
        self._session = MistSession(replace(settings, concurrency=2), book, clock)
        self._clock, self._joiner, self._open_kept = clock, joiner, open_kept
        self._kept: Kept = Unkept()
        self._allowance = Allowance(book, clock)
        self._crawler = Crawler(self._crawled, self._allowance, clock)
        self._task: asyncio.Task[None] | None = None
        self._asking: dict[Part, asyncio.Lock] = {}
        self._sites: dict[str, tuple[str, ...]] = {}
        self._gateways: tuple[Gateway, ...] | None = None
        self._looked_at = 0.0
        self._whole: set[str] = set()  # sites of which all was answered
        self._open = 0  # calls still to make
        self._templates = b""
        self._saved: Statics | None = None

    @asynccontextmanager
    async def hushed(self) -> AsyncIterator[None]:
        """While a sweep runs nothing is asked in the background; it goes on when the sweep is over, however it went."""
        self._crawler.hush()
        try:
            yield
        finally:
            self._crawler.go_on()

    async def settle(self) -> None:
        """Look at what a sweep brought, while its rows are at hand; with the first one, begin."""
        joiner, now = self._joiner, self._clock.now()
        await self._keep_templates(now)
        gateways = joiner.joined.gateways
        if gateways is not self._gateways or not 0.0 <= now - self._looked_at < LOOK:
            self._gateways, self._looked_at = gateways, now
            sites: dict[str, list[str]] = {}
            for gateway in gateways:
                sites.setdefault(gateway.site_id, []).append(gateway.gateway_id)
            self._sites = {site_id: tuple(sorted(macs)) for site_id, macs in sites.items()}
            # 70 ms for 3,208 sites: not on this loop
            told = dict(joiner.owns.told)
            todo, self._whole = await asyncio.to_thread(_looked, self._sites, told, self._degraded(), now)
            self._open = len(todo)
            self._crawler.plan(todo)
        if self._on and self._task is None:
            self._task = asyncio.create_task(self._crawler.run(), name="mist enrichment")

    async def prepare(self, org_id: str) -> None:
        """Before a sweep is joined; with the first one, take what an earlier run was told."""
        now = self._joiner.owns.now = self._clock.now()
        if self._open_kept is None:
            return
        opened = self._open_kept
        self._open_kept = None

        def load() -> tuple[Kept, list[Item]]:
            cupboard = opened(org_id)
            return cupboard, [Item(*row) for row in cupboard.load(now)]

        self._kept, items = await asyncio.to_thread(load)
        owns = self._joiner.owns
        for n, item in enumerate(items, 1):
            if item.key in (_TEMPLATES, _PROFILES):
                owns.recall(item.key, _template_rows(item.body))
            elif (found := unkept(item)) is not None and not found[1].due(now):
                owns.put(*found)
                self._allowance.spent(at=item.asked_at)
            if n % 200 == 0:
                await asyncio.sleep(0)
        log.info("mist.recalled", extra={"answers": len(items)})

    async def ports(self, site_id: str, deadline: Deadline) -> Ports:
        """What is known of a site's gateways and ports. The site is asked now when an answer is missing or older than
        a day; "" is all sites, and asks nothing. Never raises: `error` says what Mist refused."""
        error = ""
        if site_id in self._sites:  # nobody else's id becomes a path
            try:
                for part in parts_of(site_id, self._sites[site_id]):
                    error = await self._asked(part, deadline, DAY) or error
            except MistError as failed:
                error = str(failed)
        found = self.facts.ports(site_id)
        return msgspec.structs.replace(found, error=error) if error else found

    @property
    def progress(self) -> Progress:
        sites, gateways = len(self._sites), sum(len(macs) for macs in self._sites.values())
        known, share = len(self._whole), self._allowance.share
        calls = 2 * sites + gateways
        formula = f"S·2 + G = {calls:,} calls in {HOLDS / DAY:.0f} days, at most {share:,} an hour"
        if not self._on:
            return Progress(known, sites, "off by mist.enrich", 0.0, formula)
        if not self._open:
            text = "all is known" if known == sites else f"Mist refuses to tell of {sites - known} of {sites} sites"
            return Progress(known, sites, text, calls * 3600 / HOLDS, formula)
        hours = self._open / share if share else 0.0
        text = self._crawler.waits_for or f"{self._open:,} calls to go" + (f", {hours:.0f} h" if hours > 1 else "")
        if gateways > MANY:
            text += f"; {gateways:,} gateways: mist.enrich = false saves these calls"
        return Progress(known, sites, text, min(float(self._open), float(share)), formula)

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})
        await self._session.close()
        await asyncio.to_thread(self._kept.close)

    async def _crawled(self, part: Part) -> bool:
        refused = await self._asked(part, Deadline(self._clock, PATIENCE), HOLDS, once=True)
        return not refused

    async def _asked(self, part: Part, deadline: Deadline, after: float, once: bool = False) -> str:
        """Ask, unless somebody else just did. Gives what Mist refused, in words; raises for everything else."""
        lock = self._asking.setdefault(part, asyncio.Lock())
        try:
            async with lock:
                told = self._joiner.owns.told.get(part)
                if told is not None and not told.due(self._clock.now(), after):
                    return told.refused
                session, now = self._session.caller(deadline), self._clock.now()
                planned = told is None or told.due(now)
                try:
                    if once:
                        told = await ask(part, session, now)
                    else:
                        told = await retried(lambda: ask(part, session, now), deadline)
                except Rejected as error:
                    told = refusal(now, str(error))
                self._joiner.owns.put(part, told)
                self._open = max(0, self._open - planned)
                self._count_site(part.site_id)
                await asyncio.to_thread(self._kept.put, kept(part, told))
                return told.refused
        finally:
            if not lock.locked():
                self._asking.pop(part, None)

    def _count_site(self, site_id: str) -> None:
        if _is_whole(site_id, self._sites.get(site_id, ()), self._joiner.owns.told):
            self._whole.add(site_id)

    def _degraded(self) -> set[str]:
        """Sites with a circuit that is down, away or over its highest threshold: people look at them now."""
        joiner = self._joiner
        found = {
            gateway.site_id
            for gateway in joiner.joined.gateways
            if (row := joiner.stats.get(gateway.gateway_id)) is not None and row.status == "disconnected"
        }
        limits = {metric: three[2] for metric, three in THRESHOLDS.items()}
        for circuit in joiner.joined.circuits:
            port = joiner.joined.port_rows.get(circuit.circuit_id)
            if port is None or port.disabled:
                continue
            busy = max(
                (port.rx_bps or 0.0) / circuit.down_bps if circuit.down_bps else 0.0,
                (port.tx_bps or 0.0) / circuit.up_bps if circuit.up_bps else 0.0,
            )
            if (
                port.up is False
                or 100.0 * busy >= limits[Metric.UTILISATION]
                or (port.loss or 0.0) >= limits[Metric.LOSS]
                or (port.latency or 0.0) >= limits[Metric.LATENCY]
                or (port.jitter or 0.0) >= limits[Metric.JITTER]
            ):
                found.add(circuit.site_id)
        return found

    async def _keep_templates(self, now: float) -> None:
        statics = self._joiner.statics
        if statics is self._saved:
            return
        self._saved = statics
        rows = {
            _TEMPLATES: [c.row for c in statics.templates.values() if c.row],
            _PROFILES: [c.row for c in statics.profiles.values() if c.row],
        }
        body = msgspec.json.encode(rows)
        if body == self._templates or not any(rows.values()):
            return
        self._templates = body
        for key, some in rows.items():
            if some:
                await asyncio.to_thread(self._kept.put, Item(key, msgspec.json.encode(some), now, HOLDS))


def _looked(
    sites: Mapping[str, tuple[str, ...]], told: Mapping[Part, Told], degraded: set[str], now: float
) -> tuple[list[Part], set[str]]:
    """What is to be asked, and of which sites all was answered."""
    return queue(sites, told, degraded, now), {s for s, macs in sites.items() if _is_whole(s, macs, told)}


def _is_whole(site_id: str, macs: tuple[str, ...], told: Mapping[Part, Told]) -> bool:
    return all(p in told and not told[p].empty for p in parts_of(site_id, macs))


def _template_rows(body: bytes) -> list[TemplateRow]:
    try:
        return msgspec.json.decode(body, type=list[TemplateRow], strict=False)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return []
