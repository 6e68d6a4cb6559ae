"""Mist's own series of one port: traffic by the gateway's UUID, latency, jitter and loss by its MAC."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from noctui.model.detail import INSIGHT_WINDOWS, AskInsights, Insights
from noctui.sources.mist import facade_site
from noctui.sources.mist.detail_ask import Asker, Call, reason
from noctui.sources.mist.detail_values import MOST, at_least_0, members, number, numbers, under
from noctui.sources.mist.endpoints import Session
from noctui.sources.mist.errors import AllTokensRefused, AllTokensRest, MistError
from noctui.sources.mist.planner import ShareUsed
from noctui.sources.mist.retry import Deadline
from noctui.sources.mist.session import Answer
from noctui.sources.mist.skew import Skew

TRAFFIC = ("rx_bps", "tx_bps", "max_rx_bps", "max_tx_bps")
QUALITY = ("avg_latency", "avg_jitter", "avg_loss")
NO_CALLS = (ShareUsed, AllTokensRest, AllTokensRefused)
Series = dict[str, tuple[float, ...]]


def device_id(mac: str) -> str:
    """A gateway's UUID, which Mist makes of its MAC."""
    return f"00000000-0000-0000-1000-{mac}"


@dataclass(frozen=True, slots=True)
class Half:
    """One of the two answers. `start` is epoch seconds by our clock, `interval` seconds a bucket."""

    start: float = 0.0
    interval: float = 0.0
    values: Series = field(default_factory=dict)
    error: str = ""
    budget: bool = False  # the error is no matter of this half: nothing may be asked now


class InsightsWork:
    """Answers one AskInsights; what came so far is in `answer()` at any time."""

    def __init__(self, question: AskInsights, site_id: str, mac: str, port_id: str, now: float, skew: Skew) -> None:
        """`now` is ours. The question's window must be one of INSIGHT_WINDOWS."""
        self._question = question
        self._site_id, self._mac, self._port_id = site_id, mac, port_id
        self._now = now
        self._skew = skew.seconds
        back, self._interval = INSIGHT_WINDOWS[question.window]
        self._end = int(skew.mists(now))
        self._start = self._end // self._interval * self._interval - back
        self._limit = back // self._interval + 2  # the bucket that still runs, and one for a start between two
        self._traffic, self._quality = Half(), Half()

    async def run(self, asker: Asker) -> None:
        """Both calls side by side; one that fails leaves the other."""
        deadline = asker.deadline()
        minutes = self._interval // 60
        at = (self._start, self._end, f"{minutes}m" if minutes % 60 else f"{minutes // 60}h", self._limit)

        async def traffic(session: Session) -> Answer:
            return await facade_site.gateway_insights(
                session, self._site_id, device_id(self._mac), self._port_id, ",".join(TRAFFIC), *at
            )

        async def quality(session: Session) -> Answer:
            return await facade_site.link_health(session, self._site_id, self._mac, self._port_id, *at)

        async def ask_traffic() -> None:
            self._traffic = await self._half(asker, traffic, TRAFFIC, deadline)

        async def ask_quality() -> None:
            self._quality = await self._half(asker, quality, QUALITY, deadline)

        await asyncio.gather(ask_traffic(), ask_quality())

    def answer(self, error: str = "") -> Insights:
        return Insights(
            circuit_id=self._question.circuit_id,
            window=self._question.window,
            start=self._traffic.start,
            interval=self._traffic.interval,
            values={**self._traffic.values, **self._quality.values},
            quality_start=self._quality.start,
            quality_interval=self._quality.interval,
            asked_at=self._now,
            error=error or "; ".join(self.errors),
        )

    @property
    def errors(self) -> list[str]:
        """What failed, said once when it is the same for both."""
        traffic, quality = self._traffic, self._quality
        if traffic.error == quality.error:
            return [traffic.error] if traffic.error else []
        named = ((traffic, "traffic"), (quality, "latency, jitter and loss"))
        return [half.error if half.budget else f"{what}: {half.error}" for half, what in named if half.error]

    @property
    def seconds(self) -> float:
        """How long the answer may be kept: until there can be a new bucket."""
        return float(self._interval)

    async def _half(self, asker: Asker, call: Call, names: tuple[str, ...], deadline: Deadline) -> Half:
        try:
            return self._placed(await asker.object(call, deadline), names)
        except MistError as error:
            return Half(error=reason(error), budget=isinstance(error, NO_CALLS))

    def _placed(self, found: dict[str, Any], names: tuple[str, ...]) -> Half:
        """The series at Mist's own times, where it gives sensible ones; said when it cut them short all the same."""
        holder, series = series_of(found, names)
        if not series:
            return Half()
        interval = number(holder.get("interval", found.get("interval")))
        start = number(holder.get("start", found.get("start")))
        if not 1 <= interval <= 86_400:
            interval = float(self._interval)
        if not abs(start - self._start) <= 40 * 86_400:  # NaN too
            start = float(self._start)
        buckets = max(map(len, series.values()))
        cut = number(found.get("limit")) == buckets and start + (buckets + 1) * interval < self._end
        error = f"Mist told the first {buckets} buckets only" if cut else ""
        return Half(start + self._skew, interval, series, error)


def series_of(found: dict[str, Any], names: tuple[str, ...]) -> tuple[dict[str, Any], Series]:
    """(the object that holds them, series by name). Clouds differ: one array per metric at the top, or under `results`,
    `wan_link_health` or `data`; or under `results` one object a bucket."""
    places = [found, *(under(found, key) for key in ("results", "wan_link_health", "data"))]
    places += [under(place, "wan_link_health") for place in places[1:2]]
    places += members(found.get("results"), 8)
    for place in places:
        series = {name: values for name in names if (values := numbers(place.get(name)))}
        if series:
            return place, series
    rows = members(found.get("results"), MOST)
    told = [name for name in names if any(name in row for row in rows)]
    return found, {name: tuple(at_least_0(row.get(name)) for row in rows) for name in told}
