"""A Reader that is somewhere else: each question goes over the bus to whoever leads, for one Scene."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from noctui.model.alarms import Alarm, AuditEntry, Message
from noctui.model.cloud import DeviceEvent, MistAlarm, SleTable
from noctui.model.detail import NOT_NOW, Answer, Question, refused
from noctui.model.edges import Edge, Failover, Note
from noctui.model.faults import HistoryError
from noctui.model.scene import Above, Range, Reader, Series, Stretch
from noctui.model.works import Mail, MailRead, Outage, Work
from noctui.stores.bus.redis_errors import BusError
from noctui.stores.bus.redis_requests import Asker, Bound

if TYPE_CHECKING:
    from noctui.model.figures import Baseline, Billing, Daily, Episode, Figures, NetworkSeries, Trend
    from noctui.model.scores import ScoreBoard

log = logging.getLogger("noctui.bus")


class RemoteReader:
    """Implements `model.scene.Reader`. What cannot be answered is a HistoryError with one line, as a history's own."""

    def __init__(self, asker: Asker, scene: Bound, else_: Callable[[], Reader | None] = lambda: None) -> None:
        """`else_` gives who is asked when the leader does not answer, if there is anybody."""
        self._asker, self._scene, self._else = asker, scene, else_

    async def _ask(self, method: str, *args: Any, **kwargs: Any) -> Any:
        try:
            return await self._asker.ask(method, self._scene, *args, **kwargs)
        except BusError as error:
            log.info("bus.unanswered", extra={"method": method, "text": str(error)})
            other = self._else() if method != "detail" else None
            if other is None:
                raise HistoryError(str(error)) from error
        return await getattr(other, method)(*args, **kwargs)

    async def series(self, circuit_id: str, metrics: tuple[str, ...], range_: Range) -> Series:
        answer: Series = await self._ask("series", circuit_id, metrics, range_)
        return answer

    async def timeline(self, circuit_id: str, range_: Range) -> tuple[Stretch, ...]:
        answer: tuple[Stretch, ...] = await self._ask("timeline", circuit_id, range_)
        return answer

    async def edges(self, range_: Range, circuit_ids: tuple[str, ...] = ()) -> tuple[Edge, ...]:
        answer: tuple[Edge, ...] = await self._ask("edges", range_, circuit_ids)
        return answer

    async def failovers(self, range_: Range, site_id: str = "") -> tuple[Failover, ...]:
        answer: tuple[Failover, ...] = await self._ask("failovers", range_, site_id)
        return answer

    async def notes(self, range_: Range, limit: int = 100, circuit_ids: tuple[str, ...] = ()) -> tuple[Note, ...]:
        answer: tuple[Note, ...] = await self._ask("notes", range_, limit, circuit_ids)
        return answer

    async def above(self, hours: int) -> Above:
        answer: Above = await self._ask("above", hours)
        return answer

    async def figures(
        self, range_: Range, circuit_ids: tuple[str, ...] = (), percentiles: tuple[str, ...] = ()
    ) -> Figures:
        answer: Figures = await self._ask("figures", range_, circuit_ids, percentiles)
        return answer

    async def groups(self, by: str, range_: Range, percentiles: tuple[str, ...] = ()) -> Figures:
        answer: Figures = await self._ask("groups", by, range_, percentiles)
        return answer

    async def network(self, range_: Range) -> NetworkSeries:
        answer: NetworkSeries = await self._ask("network", range_)
        return answer

    async def daily(self, gauge: str, days: int) -> Daily:
        answer: Daily = await self._ask("daily", gauge, days)
        return answer

    async def trend(self, gauge: str) -> Trend:
        answer: Trend = await self._ask("trend", gauge)
        return answer

    async def baseline(self, circuit_id: str, gauge: str) -> Baseline:
        answer: Baseline = await self._ask("baseline", circuit_id, gauge)
        return answer

    async def episodes(self, range_: Range, site_id: str = "") -> tuple[Episode, ...]:
        answer: tuple[Episode, ...] = await self._ask("episodes", range_, site_id)
        return answer

    async def billing(self, month: str) -> Billing:
        answer: Billing = await self._ask("billing", month)
        return answer

    async def mist_alarms(self, range_: Range, limit: int = 1000, site_id: str = "") -> tuple[MistAlarm, ...]:
        answer: tuple[MistAlarm, ...] = await self._ask("mist_alarms", range_, limit, site_id)
        return answer

    async def alarms(
        self, range_: Range, limit: int = 1000, *, site_id: str = "", circuit_id: str = "", parent: str = ""
    ) -> tuple[Alarm, ...]:
        answer: tuple[Alarm, ...] = await self._ask(
            "alarms", range_, limit, site_id=site_id, circuit_id=circuit_id, parent=parent
        )
        return answer

    async def alarm_versions(self, alarm_id: str) -> tuple[Alarm, ...]:
        answer: tuple[Alarm, ...] = await self._ask("alarm_versions", alarm_id)
        return answer

    async def audit(
        self, range_: Range, limit: int = 1000, subject: str = "", act_id: str = ""
    ) -> tuple[AuditEntry, ...]:
        answer: tuple[AuditEntry, ...] = await self._ask("audit", range_, limit, subject, act_id)
        return answer

    async def messages(self, range_: Range, limit: int = 1000, alarm_id: str = "") -> tuple[Message, ...]:
        answer: tuple[Message, ...] = await self._ask("messages", range_, limit, alarm_id)
        return answer

    async def device_events(
        self, range_: Range, limit: int = 200, site_id: str = "", circuit_id: str = ""
    ) -> tuple[DeviceEvent, ...]:
        answer: tuple[DeviceEvent, ...] = await self._ask("device_events", range_, limit, site_id, circuit_id)
        return answer

    async def sle(self) -> SleTable | None:
        answer: SleTable | None = await self._ask("sle")
        return answer

    async def detail(self, question: Question) -> Answer:
        if not self._scene.live:
            return refused(question, NOT_NOW)
        try:
            answer: Answer = await self._ask("detail", question)
        except HistoryError as error:
            return refused(question, str(error))
        return answer

    async def works(
        self, range_: Range, *, site_id: str = "", circuit_id: str = "", provider: str = ""
    ) -> tuple[Work, ...]:
        answer: tuple[Work, ...] = await self._ask(
            "works", range_, site_id=site_id, circuit_id=circuit_id, provider=provider
        )
        return answer

    async def work_versions(self, provider: str, maintenance_id: str) -> tuple[Work, ...]:
        answer: tuple[Work, ...] = await self._ask("work_versions", provider, maintenance_id)
        return answer

    async def mails(self, range_: Range, limit: int = 1000, waiting: bool = False) -> tuple[Mail, ...]:
        answer: tuple[Mail, ...] = await self._ask("mails", range_, limit, waiting)
        return answer

    async def mail(self, key: str) -> MailRead | None:
        answer: MailRead | None = await self._ask("mail", key)
        return answer

    async def outages(
        self, range_: Range, limit: int = 1000, *, site_id: str = "", circuit_id: str = ""
    ) -> tuple[Outage, ...]:
        answer: tuple[Outage, ...] = await self._ask("outages", range_, limit, site_id=site_id, circuit_id=circuit_id)
        return answer

    async def scores(self, period: str = "running", *, site_id: str = "", circuit_id: str = "") -> ScoreBoard | None:
        answer: ScoreBoard | None = await self._ask("scores", period, site_id=site_id, circuit_id=circuit_id)
        return answer
