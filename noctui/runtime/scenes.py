"""The Scenes themselves: one small class; live, follower and past differ only in what they are made of."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from noctui.engine.headline import headline
from noctui.model.detail import Answer, Question
from noctui.model.headline import Headline
from noctui.model.scene import Above, Can, Reader, Status
from noctui.model.view import View


@dataclass(frozen=True, slots=True)
class SceneAt:
    """A Scene made of parts. `tell_status` is asked anew each time, since faults change between polls."""

    view: View
    read: Reader
    can: Can
    tell_status: Callable[[], Status]
    live: bool

    @property
    def at(self) -> float:
        return self.view.at

    @property
    def status(self) -> Status:
        return self.tell_status()

    def headline(self, region: str = "", site_id: str = "", circuit_id: str = "", now: float | None = None) -> Headline:
        if not self.live:
            return headline(self.view, region=region, site_id=site_id, circuit_id=circuit_id)
        told = self.status
        return headline(self.view, region=region, site_id=site_id, circuit_id=circuit_id, now=now, status=told)


def past_status(view: View) -> Status:
    """How the data of that poll came in, as far as history knows; nothing of today."""
    return Status(
        mode="past",
        fault="" if view.whole else "partial",
        sweep_took=max((r.took for r in view.reports), default=0.0),
        sweep_calls=sum(r.calls for r in view.reports),
        poll_seconds=view.interval,
    )


class LeaderReader:
    """History's reader, but windows come from the engine that this process runs, which has them at hand while no newer
    poll has landed (`above` gives None then), and `ask` puts questions to the cloud."""

    def __init__(
        self,
        history: Reader,
        above: Callable[[int], Awaitable[Above | None]],
        ask: Callable[[Question], Awaitable[Answer]],
    ) -> None:
        self._history = history
        self._above = above
        self._ask = ask
        self.series = history.series
        self.timeline = history.timeline
        self.edges = history.edges
        self.failovers = history.failovers
        self.notes = history.notes
        self.network = history.network
        self.figures = history.figures
        self.baseline = history.baseline
        self.episodes = history.episodes
        self.billing = history.billing
        self.groups = history.groups
        self.daily = history.daily
        self.trend = history.trend
        self.mist_alarms = history.mist_alarms
        self.alarms = history.alarms
        self.alarm_versions = history.alarm_versions
        self.audit = history.audit
        self.messages = history.messages
        self.device_events = history.device_events
        self.sle = history.sle
        self.works = history.works
        self.work_versions = history.work_versions
        self.mails = history.mails
        self.mail = history.mail
        self.outages = history.outages
        self.scores = history.scores

    async def above(self, hours: int) -> Above:
        return await self._above(hours) or await self._history.above(hours)

    async def detail(self, question: Question) -> Answer:
        return await self._ask(question)
