"""The Mist source as the collector sees it: settings handed down, failures turned into the runtime's words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from noctui.clock import Clock
from noctui.model.batch import Sweep
from noctui.model.cloud import MistAlarm
from noctui.model.detail import Answer, Question
from noctui.model.health import PlanLine, TokenHealth
from noctui.runtime.folders import org_folder
from noctui.runtime.source import Budget, Helping, Org, Progress, SourceError
from noctui.settings import Settings
from noctui.site_rules import SiteRules, value_of
from noctui.sources.mist.enrich_kept import Kept
from noctui.sources.mist.errors import AllTokensRefused, AllTokensRest, MistError, Passing, SettingsError
from noctui.sources.mist.settings import Classify, MistSettings, SiteFacts, classify
from noctui.sources.mist.shares import Share, Tokens
from noctui.sources.mist.source import MistSource


def mist_source(settings: Settings, clock: Clock) -> Mist:
    """A source for the settings' host, tokens and org. Raises SourceError for a host that is no Mist cloud."""
    told = mist_settings(settings)

    def kept(org_id: str) -> Kept:
        from noctui.stores.kept import KeptFile  # sqlite-utils need not be there before the first paint

        return KeptFile(org_folder(settings.data, org_id))

    try:
        return Mist(MistSource(told, clock, kept))
    except MistError as error:
        raise _translated(error) from error


def mist_settings(settings: Settings) -> MistSettings:
    """What the Mist source is told of them."""
    return MistSettings(
        tokens=settings.tokens,
        host=settings.host,
        org_id=settings.org_id,
        insecure_host=settings.insecure_host,
        proxy=settings.proxy,
        timeout=settings.timeout,
        concurrency=settings.concurrency,
        page_limit=settings.page_limit,
        poll_seconds=settings.poll_seconds,
        enrich=settings.enrich,
        stream=settings.stream,
        classify=by_rules(settings.site_rules),
    )


def by_rules(rules: SiteRules) -> Classify:
    """Region and store type by the operator's rules, and by the default where none of them fits."""

    def ruled(site: SiteFacts) -> tuple[str, str]:
        region, store_type = classify(site)
        return value_of(rules.region, site) or region, value_of(rules.store_type, site) or store_type

    return ruled


class Mist:
    """`runtime.source.Source` over `sources.mist`."""

    def __init__(self, source: MistSource) -> None:
        self._source = source
        self._helping: Helping | None = None

    async def open(self) -> Org:
        try:
            info = await self._source.open()
        except MistError as error:
            raise _translated(error) from error
        return Org(info.org_id, info.name)

    async def sweep(self, progress: Progress | None = None) -> Sweep:
        try:
            return await self._source.sweep(progress)
        except MistError as error:
            raise _translated(error) from error

    def recall(self, alarms: Iterable[MistAlarm]) -> None:
        self._source.recall(alarms)

    def budget(self) -> Budget:
        status = self._source.status
        tokens = tuple(
            TokenHealth(
                number=t.number,
                ending=t.ending,
                used=t.used,
                limit=t.limit,
                state=t.state,
                rests_until=t.rests_until,
                resets_at=t.resets_at,
                role=t.role,
                text=t.text,
            )
            for t in status.tokens
        )
        enriched, shared = status.enriched, status.shared_pages
        plan = [PlanLine(*line) for line in status.plan]
        plan.append(PlanLine("enrichment", enriched.calls_an_hour, enriched.formula))
        return Budget(
            status.calls_used,
            status.calls_limit,
            status.resting_until,
            status.notes,
            tokens,
            tuple(plan),
            enriched.known,
            enriched.total,
            enriched.text,
            self._helping.accounts(status.sweep_pages, shared) if self._helping is not None and shared else (),
            status.shared_calls,
        )

    def share_with(self, helpers: Helping | None) -> None:
        self._helping = helpers
        self._source.share_with(helpers)

    def tokens(self) -> Tokens:
        return self._source.tokens()

    async def share(self, macs: Sequence[str], seconds: float) -> Share:
        return await self._source.share(macs, seconds)

    async def detail(self, question: Question) -> Answer:
        return await self._source.detail(question)

    async def acknowledge(self, alarm_ids: Sequence[str], note: str, taken: bool) -> str:
        return await self._source.acknowledge(alarm_ids, note, taken)

    async def close(self) -> None:
        await self._source.close()


def _translated(error: MistError) -> SourceError:
    if isinstance(error, AllTokensRest):
        return SourceError(str(error), retry_at=error.until, resting=True, kind="resting")
    kinds = {SettingsError: "settings", AllTokensRefused: "refused", Passing: "unreachable"}
    kind = next((kind for of, kind in kinds.items() if isinstance(error, of)), "")
    return SourceError(str(error), final=kind in ("settings", "refused"), kind=kind)
