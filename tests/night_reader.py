"""A Reader of the sample night: answers that end at its instant, made up by fixed rules."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from noctui.model.alarms import Alarm, AuditEntry, Message
from noctui.model.cloud import DeviceEvent, MistAlarm, SleTable
from noctui.model.detail import Answer, Question
from noctui.model.edges import Edge, Failover, Note
from noctui.model.figures import Baseline, Billing, Daily, Episode, Figures, NetworkSeries, Trend
from noctui.model.scene import Above, Range, Series, Stretch
from noctui.model.scores import ScoreBoard
from noctui.model.words import Severity, State
from noctui.model.works import Mail, MailRead, Outage, Work
from tests import night_scores, night_works
from tests.night_alarms import NightBook, messages_at
from tests.night_detail import detail_at
from tests.night_figures import (
    baseline_at,
    billing_at,
    daily_at,
    episodes_at,
    figures_at,
    groups_at,
    network_at,
    trend_at,
)
from tests.night_told import alarms_at, events_at, sle_at
from tests.night_world import HOT, INTERVAL, LOST, POLL, inventory, utc, view


@dataclass(frozen=True)
class FakeReader:
    """Answers that end at `at`, made up by fixed rules."""

    at: float
    live: bool = True  # the past asks the cloud nothing
    book: NightBook = field(default_factory=NightBook, compare=False)

    async def series(self, circuit_id: str, metrics: tuple[str, ...], range_: Range) -> Series:
        end = min(range_.end, self.at)
        step = INTERVAL if range_.seconds <= 32 * 86400 else 3600.0
        times = np.arange(end - (end - range_.start) // step * step, end + 1, step)
        row = inventory().circuit_row[circuit_id]
        hot = (circuit_id == HOT) & (times >= LOST + 22)
        day = 0.5 - 0.5 * np.cos((times % 86400 - 4 * 3600) / 86400 * 2 * np.pi)
        noise = np.abs(np.sin(times / 977.0 + row)) * 3
        shape = {
            "rx_pct": np.where(hot, 60 + 33.4 * np.minimum(1, (times - LOST) / 500), 4 + row % 9 + 40 * day**3 + noise),
            "loss": np.where(hot, 0.62, 0.02 * (noise > 2.9)),
            "jitter": np.where(hot, 11.8, 3.0 + noise / 2),
            "latency": np.where(hot, 47.2, 30.0 + noise),
            "mos": np.full(len(times), 4.38),
        }
        shape["tx_pct"] = shape["rx_pct"] * 0.45
        shape["rx_bps"], shape["tx_bps"] = shape["rx_pct"] * 3e6, shape["tx_pct"] * 3e6
        gap = np.zeros(len(times), np.bool_)
        for stretch in await self.timeline(circuit_id, range_):
            if stretch.state != State.UP:
                gap |= (times > stretch.start) & (times <= stretch.end)
        values = {m: np.where(gap, np.nan, shape[m]).astype(np.float32) for m in metrics}
        spans = np.full(len(times), step, np.float32)
        source = "polls" if step == INTERVAL else "hours"
        return Series(circuit_id, range_, times, spans, values, source, dict(values) if source == "hours" else {})

    async def timeline(self, circuit_id: str, range_: Range) -> tuple[Stretch, ...]:
        now = view(POLL)
        row = inventory().circuit_row[circuit_id]
        state, since = int(now.circuits.state[row]), float(now.circuits.since[row])
        cuts = [
            (utc(9, 6, day=22), utc(10, 24, day=22), State.DOWN),
            (utc(18, 30, day=22), utc(19, 40, day=22), State.UNKNOWN),
            (utc(21, 54, day=22), utc(22, 6, day=22), State.DOWN),
        ]
        if state != State.UP:
            cuts.append((since, self.at, State(state)))
        found: list[Stretch] = []
        last = range_.start
        for start, end, what in cuts:
            start, end = max(start, range_.start), min(end, range_.end, self.at)
            if end <= start:
                continue
            if start > last:
                found.append(Stretch(last, start, State.UP))
            found.append(Stretch(start, end, what))
            last = end
        if last < min(self.at, range_.end):
            found.append(Stretch(last, min(self.at, range_.end), State.UP))
        return tuple(found)

    async def edges(self, range_: Range, circuit_ids: tuple[str, ...] = ()) -> tuple[Edge, ...]:
        return ()

    async def failovers(self, range_: Range, site_id: str = "") -> tuple[Failover, ...]:
        known = (
            Failover(site_id="s0417", event_time=LOST + 22, known_at=LOST + 33, began=True, circuit_id=HOT),
            Failover(
                site_id="s0417",
                event_time=utc(22, 21, day=20),
                known_at=utc(22, 22, day=20),
                began=False,
                circuit_id="s0417:ge-0/0/0",
            ),
            Failover(
                site_id="s0417",
                event_time=utc(22, 10, day=20),
                known_at=utc(22, 11, day=20),
                began=True,
                circuit_id=HOT,
            ),
        )
        return tuple(
            f for f in known if site_id in ("", f.site_id) and range_.start <= f.event_time and f.known_at <= self.at
        )

    async def notes(self, range_: Range, limit: int = 100, circuit_ids: tuple[str, ...] = ()) -> tuple[Note, ...]:
        inv = inventory()
        town = {c.circuit_id: c for c in inv.circuits}
        lumen = [c for c in inv.circuits if c.site_id.startswith("s24") or c.site_id == "s0417"]
        told = [
            (utc(3, 13, 52), "level", Severity.CRITICAL, HOT, "rx 93.4 %, ≥ 90"),
            (utc(3, 12, 40), "up", Severity.OK, inv.circuits[2].circuit_id, "up after 6m12s"),
            (utc(3, 12, 40), "failback", Severity.OK, inv.circuits[0].circuit_id, "back on primary Comcast"),
            (utc(3, 10, 7), "level", Severity.HIGH, inv.circuits[51].circuit_id, "latency 118 ms, ≥ 100"),
            (utc(3, 8, 51), "unknown", Severity.UNKNOWN, inv.circuits[8].circuit_id, "no data since 03:00:01"),
            (utc(3, 2, 13), "down", Severity.DOWN, inv.circuits[61].circuit_id, "down"),
            (utc(3, 0, 41), "away", Severity.AWAY, "s3837:ge-0/0/0", "gateway unreachable"),
            (utc(2, 51, 44), "failover", Severity.HIGH, HOT, "on secondary Comcast"),
            *(
                (LOST + i % 3, "down", Severity.DOWN, c.circuit_id, "down")
                for i, c in enumerate(lumen)
                if c.carrier == "Lumen"
            ),
            (utc(2, 31, 15), "level", Severity.WARN, inv.circuits[18].circuit_id, "jitter 12.1 ms, ≥ 10"),
        ]
        notes = [
            Note(
                event_time=t,
                known_at=t,
                kind=k,
                severity=int(s),
                circuit_id=c,
                site_id=town[c].site_id if c in town else "",
                text=x,
            )
            for t, k, s, c, x in told
            if range_.start <= t <= min(range_.end, self.at) and (not circuit_ids or c in circuit_ids)
        ]
        return tuple(sorted(notes, key=lambda n: -n.event_time)[:limit])

    async def above(self, hours: int) -> Above:
        now = view(POLL)
        n = len(now.circuits)
        total = np.zeros((n, 4, 3), np.float32)
        longest = np.zeros((n, 4, 3), np.float32)
        for row, seconds in ((7, 20400.0), (33, 7800.0), (12, 4200.0), (51, 3600.0), (70, 660.0)):
            for level in range(int(now.circuits.levels[row]) & 3):
                total[row, 0, level] = seconds * (3 - level)
                longest[row, 0, level] = seconds * (3 - level) / 2
        hot = now.inventory.circuit_row[HOT]
        total[hot, 0], longest[hot, 0] = (1260, 1200, 1080), (1260, 1200, 1080)
        total[hot, 1], longest[hot, 1] = (1400, 840, 0), (1300, 660, 0)
        return Above(hours, total, longest, np.full((n, 4), hours * 3600.0, np.float32))

    async def figures(
        self, range_: Range, circuit_ids: tuple[str, ...] = (), percentiles: tuple[str, ...] = ()
    ) -> Figures:
        return figures_at(self.at, range_, circuit_ids, percentiles)

    async def groups(self, by: str, range_: Range, percentiles: tuple[str, ...] = ()) -> Figures:
        return groups_at(self.at, by, range_, percentiles)

    async def network(self, range_: Range) -> NetworkSeries:
        return network_at(self.at, range_)

    async def daily(self, gauge: str, days: int) -> Daily:
        return daily_at(self.at, gauge, days)

    async def trend(self, gauge: str) -> Trend:
        return trend_at(self.at, gauge)

    async def baseline(self, circuit_id: str, gauge: str) -> Baseline:
        return baseline_at(self.at, circuit_id, gauge)

    async def episodes(self, range_: Range, site_id: str = "") -> tuple[Episode, ...]:
        return episodes_at(self.at, range_, site_id)

    async def billing(self, month: str) -> Billing:
        return billing_at(self.at, month)

    async def mist_alarms(self, range_: Range, limit: int = 1000, site_id: str = "") -> tuple[MistAlarm, ...]:
        return alarms_at(self.at, range_, limit, site_id)

    async def alarms(
        self, range_: Range, limit: int = 1000, *, site_id: str = "", circuit_id: str = "", parent: str = ""
    ) -> tuple[Alarm, ...]:
        return self.book.listed(self.at, range_, limit, site_id, circuit_id, parent)

    async def alarm_versions(self, alarm_id: str) -> tuple[Alarm, ...]:
        return self.book.life(self.at, alarm_id)

    async def audit(
        self, range_: Range, limit: int = 1000, subject: str = "", act_id: str = ""
    ) -> tuple[AuditEntry, ...]:
        return self.book.audit(self.at, range_, limit, subject, act_id)

    async def messages(self, range_: Range, limit: int = 1000, alarm_id: str = "") -> tuple[Message, ...]:
        return messages_at(self.at, range_, limit, alarm_id)

    async def device_events(
        self, range_: Range, limit: int = 200, site_id: str = "", circuit_id: str = ""
    ) -> tuple[DeviceEvent, ...]:
        return events_at(self.at, range_, limit, site_id, circuit_id)

    async def sle(self) -> SleTable | None:
        return sle_at(self.at)

    async def works(
        self, range_: Range, *, site_id: str = "", circuit_id: str = "", provider: str = ""
    ) -> tuple[Work, ...]:
        return night_works.works_in(self.at, range_, site_id, circuit_id, provider)

    async def work_versions(self, provider: str, maintenance_id: str) -> tuple[Work, ...]:
        return night_works.life_of(self.at, provider, maintenance_id)

    async def mails(self, range_: Range, limit: int = 1000, waiting: bool = False) -> tuple[Mail, ...]:
        known = [m for m in night_works.mails() if m.read_at <= self.at]
        found = [m for m in known if (m.waits if waiting else range_.start <= m.read_at <= range_.end)]
        return tuple(found[:limit])

    async def mail(self, key: str) -> MailRead | None:
        return night_works.mail_of(self.at, key)

    async def outages(
        self, range_: Range, limit: int = 1000, *, site_id: str = "", circuit_id: str = ""
    ) -> tuple[Outage, ...]:
        return night_works.outages_in(self.at, range_, limit, site_id, circuit_id)

    async def scores(self, period: str = "running", *, site_id: str = "", circuit_id: str = "") -> ScoreBoard | None:
        return night_scores.board_at(self.at, period, site_id, circuit_id)

    async def detail(self, question: Question) -> Answer:
        return detail_at(self.at, question, self.live)
