"""Service levels of one site: trend, classifiers, what was hit, thresholds; one metric's failure leaves the others."""

from __future__ import annotations

import asyncio
from typing import Any

from noctui.model.detail import AskSle, SiteSle, SleMetric
from noctui.sources.mist import facade_site
from noctui.sources.mist.detail_ask import Asker, reason
from noctui.sources.mist.detail_cache import Kept
from noctui.sources.mist.detail_sle_read import Trend, gateways, interfaces, listed, threshold, trend
from noctui.sources.mist.errors import MistError, Rejected
from noctui.sources.mist.retry import Deadline
from noctui.sources.mist.skew import Skew

METRICS = ("gateway-health", "wan-link-health", "application-health")
WITH_INTERFACES = ("wan-link-health",)
ANSWER_SECONDS = 600.0
SELDOM_SECONDS = 31 * 86_400.0
"""Thresholds and the list of metrics are a matter of configuration."""
REFUSED_SECONDS = 3600.0
"""A threshold that Mist refuses to tell is asked for again after this."""


class SleWork:
    """Answers one AskSle; what came so far is in `answer()` at any time."""

    seconds = ANSWER_SECONDS

    def __init__(self, question: AskSle, now: float, skew: Skew, seldom: Kept[Any]) -> None:
        self._question = question
        self._now = now
        self._skew = skew.seconds
        self._end = int(skew.mists(now))
        self._start = self._end - question.hours * 3600
        self._seldom = seldom
        self._found: dict[str, SleMetric] = {}
        self.errors: list[str] = []

    async def run(self, asker: Asker) -> None:
        deadline = asker.deadline()
        spelled = await self._spelled(asker, deadline)
        await asyncio.gather(*(self._metric(asker, deadline, metric, word) for metric, word in spelled.items()))

    def answer(self, error: str = "") -> SiteSle:
        return SiteSle(
            site_id=self._question.site_id,
            hours=self._question.hours,
            metrics=tuple(self._found[m] for m in METRICS if m in self._found),
            asked_at=self._now,
            error=error or "; ".join(self.errors),
        )

    async def _spelled(self, asker: Asker, deadline: Deadline) -> dict[str, str]:
        """Metric → as this site spells it (some say `application_health`). All three when the site does not say."""
        site = self._question.site_id
        known = self._seldom.get(("metrics", site))
        if known is None:
            try:
                known = listed(await asker.object(lambda s: facade_site.sle_metrics(s, site), deadline))
            except MistError:
                return {m: m for m in METRICS}
            self._seldom.put(("metrics", site), known, SELDOM_SECONDS)
        return {m: known[m] for m in METRICS if m in known} or {m: m for m in METRICS}

    async def _metric(self, asker: Asker, deadline: Deadline, metric: str, word: str) -> None:
        site, at = self._question.site_id, (self._start, self._end)
        try:
            found = trend(await asker.object(lambda s: facade_site.sle_trend(s, site, word, *at), deadline))
        except MistError as error:
            self._fail(metric, error)
            return
        self._found[metric] = self._told(metric, found)
        limit = await self._threshold(asker, deadline, word)
        self._found[metric] = self._told(metric, found, threshold=limit)
        if not found.degraded > 0:  # nothing was hit: no call needed to hear that
            return
        hit_interfaces: tuple[Any, ...] = ()
        hit_gateways: tuple[Any, ...] = ()
        try:
            if metric in WITH_INTERFACES:
                body = await asker.object(lambda s: facade_site.sle_interfaces(s, site, word, *at), deadline)
                hit_interfaces = interfaces(body)
            hit_gateways = gateways(
                await asker.object(lambda s: facade_site.sle_gateways(s, site, word, *at), deadline)
            )
        except MistError as error:
            self._fail(metric, error)
        self._found[metric] = self._told(
            metric, found, threshold=limit, interfaces=hit_interfaces, gateways=hit_gateways
        )

    async def _threshold(self, asker: Asker, deadline: Deadline, word: str) -> str:
        site = self._question.site_id
        key = ("threshold", site, word)
        known = self._seldom.get(key)
        if known is not None:
            return str(known)
        try:
            found = threshold(await asker.object(lambda s: facade_site.sle_threshold(s, site, word), deadline))
        except Rejected:  # not every metric has one
            self._seldom.put(key, "", REFUSED_SECONDS)
            return ""
        except MistError as error:
            self._fail(word, error)
            return ""
        self._seldom.put(key, found, SELDOM_SECONDS)
        return found

    def _told(self, metric: str, found: Trend, **more: Any) -> SleMetric:
        return SleMetric(
            metric=metric,
            percent=found.percent,
            start=found.start + self._skew if found.start else 0.0,
            interval=found.interval,
            trend=found.values,
            classifiers=found.classifiers,
            **more,
        )

    def _fail(self, metric: str, error: MistError) -> None:
        """A refusal of one metric names it; what holds for all of them is said once."""
        line = f"{metric}: {error.status}" if isinstance(error, Rejected) else reason(error)
        if line not in self.errors:
            self.errors.append(line)
