"""Mist's own series of one port: traffic by the gateway's UUID, latency, jitter and loss by its MAC."""

from __future__ import annotations

import asyncio
from typing import Any

from noctui.model.detail import INSIGHT_WINDOWS, AskInsights, Insights
from noctui.sources.mist import facade_site
from noctui.sources.mist.detail_ask import Asker, Call
from noctui.sources.mist.detail_values import MOST, at_least_0, members, number, numbers, under
from noctui.sources.mist.errors import MistError
from noctui.sources.mist.skew import Skew

TRAFFIC = ("rx_bps", "tx_bps", "max_rx_bps", "max_tx_bps")
QUALITY = ("avg_latency", "avg_jitter", "avg_loss")
Series = dict[str, tuple[float, ...]]


def device_id(mac: str) -> str:
    """A gateway's UUID, which Mist makes of its MAC."""
    return f"00000000-0000-0000-1000-{mac}"


class InsightsWork:
    """Answers one AskInsights; what came so far is in `answer()` at any time."""

    def __init__(self, question: AskInsights, site_id: str, mac: str, port_id: str, now: float, skew: Skew) -> None:
        """`now` is ours. The question's window must be one of INSIGHT_WINDOWS."""
        self._question = question
        self._site_id, self._mac, self._port_id = site_id, mac, port_id
        self._now = now
        self._skew = skew.seconds
        back, self._interval = INSIGHT_WINDOWS[question.window]
        mists = int(skew.mists(now))
        self._end = mists
        self._start = mists // self._interval * self._interval - back
        self._limit = back // self._interval + 2  # the bucket that still runs, and one for a start between two
        self._traffic: tuple[float, float, Series] = (0.0, 0.0, {})
        self._quality: tuple[float, float, Series] = (0.0, 0.0, {})
        self.errors: list[str] = []

    async def run(self, asker: Asker) -> None:
        """Both calls side by side; one that fails leaves the other."""
        minutes = self._interval // 60
        word = f"{minutes}m" if minutes % 60 else f"{minutes // 60}h"
        at = (self._start, self._end, word, self._limit)
        traffic: Call = lambda s: facade_site.gateway_insights(  # noqa: E731
            s, self._site_id, device_id(self._mac), self._port_id, ",".join(TRAFFIC), *at
        )
        quality: Call = lambda s: facade_site.link_health(s, self._site_id, self._mac, self._port_id, *at)  # noqa: E731
        deadline = asker.deadline()

        async def ask(call: Call, names: tuple[str, ...]) -> tuple[float, float, Series]:
            try:
                return self._placed(await asker.object(call, deadline), names)
            except MistError as error:
                if str(error) not in self.errors:
                    self.errors.append(str(error))
                return 0.0, 0.0, {}

        async def ask_traffic() -> None:
            self._traffic = await ask(traffic, TRAFFIC)

        async def ask_quality() -> None:
            self._quality = await ask(quality, QUALITY)

        await asyncio.gather(ask_traffic(), ask_quality())

    def answer(self, error: str = "") -> Insights:
        start, interval, values = self._traffic
        quality_start, quality_interval, quality = self._quality
        return Insights(
            circuit_id=self._question.circuit_id,
            window=self._question.window,
            start=start,
            interval=interval,
            values={**values, **quality},
            quality_start=quality_start,
            quality_interval=quality_interval,
            asked_at=self._now,
            error=error or "; ".join(self.errors),
        )

    @property
    def seconds(self) -> float:
        """How long the answer may be kept: until there can be a new bucket."""
        return float(self._interval)

    def _placed(self, found: dict[str, Any], names: tuple[str, ...]) -> tuple[float, float, Series]:
        """(start by our clock, seconds a bucket, series). Mist's own times, where it gives sensible ones."""
        holder, series = series_of(found, names)
        if not series:
            return 0.0, 0.0, {}
        interval = number(holder.get("interval", found.get("interval")))
        start = number(holder.get("start", found.get("start")))
        if not 1 <= interval <= 86_400:
            interval = float(self._interval)
        if not abs(start - self._start) <= 40 * 86_400:  # NaN too
            start = float(self._start)
        return start + self._skew, interval, series


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
