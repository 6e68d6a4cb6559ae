"""The outbox of what promises came to: those of the periods that run and of last month, once a day."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from math import floor

from noctui.model.verdicts import thousandths
from noctui.promise_settings import PromiseSettings
from noctui.runtime.scoring import RUNNING, Score, score
from noctui.stores.history import HistoryReader
from noctui.stores.warehouse.outbox import ALL, Span, Waiting
from noctui.stores.warehouse.outbox_dims import batch_of
from noctui.stores.warehouse.sender import Batch
from noctui.stores.warehouse.state import Mark
from noctui.stores.warehouse.tables_works import SLA
from noctui.stores.warehouse.texts import Cell, stamp

DAY = 86_400.0


class SlaOutbox:
    """A mark is (day,) of the newest poll that was scored for: a sync with nothing else to say need not connect each
    hour for periods that grow older. Of a span its months are scored once more."""

    feed = SLA

    def __init__(self, reader: HistoryReader, settings: PromiseSettings) -> None:
        self._reader, self._settings = reader, settings

    def next(self, mark: Mark, span: Span = ALL) -> Batch | None:
        latest = self._reader.latest()
        if latest is None or (mark and floor(latest / DAY) <= mark[0]):
            return None
        rows: dict[tuple[Cell, ...], tuple[Cell, ...]] = {}
        begins = self._reader.begins() or 0.0
        periods = [_last_month(latest), RUNNING] if span is ALL else _months(max(span.start, begins), span.end, latest)
        for period in periods:
            try:
                found = asyncio.run(score(self._reader, self._settings, latest, period))
            except ValueError:
                continue
            if found is None:
                continue
            for one in found.scores:
                if one.verdict.period.end > begins:  # of what was before nothing is known
                    row = _row(one, found.at)
                    rows[row[:3]] = row
        return batch_of(SLA, list(rows.values()), (float(floor(latest / DAY)),))

    def waiting(self, mark: Mark) -> Waiting:
        latest, newest = self._reader.latest(), self._reader.inventory(1e18)
        if latest is None or newest is None or (mark and floor(latest / DAY) <= mark[0]):
            return Waiting()
        return Waiting(len(newest.circuits) if self._settings != PromiseSettings() else 0)


def _last_month(at: float) -> str:
    first = datetime.fromtimestamp(at, UTC).replace(day=1)
    return f"{first - timedelta(days=1):%Y-%m}"


def _months(start: float, end: float, latest: float) -> list[str]:
    """What begins in [start, end), up to the periods that run at `latest`."""
    last = datetime.fromtimestamp(min(end - 1.0, latest), UTC)
    at, found = datetime.fromtimestamp(min(start, latest), UTC).replace(day=1), list[str]()
    while (at.year, at.month) <= (last.year, last.month):
        found.append(f"{at:%Y-%m}")
        at = (at + timedelta(days=31)).replace(day=1)
    return [*found, RUNNING] if end > latest else found


def _row(one: Score, at: int) -> tuple[Cell, ...]:
    v, service, due = one.verdict, one.of.service, one.verdict.credit
    return (
        v.service_id, v.promise, stamp(v.period.start), stamp(v.period.end), v.period.key, v.partial, service.carrier,
        ",".join(one.of.site_ids), ",".join(c.circuit_id for c in one.of.circuits), float(Fraction(v.uptime)),
        v.outcome.value, v.version, _percent(v.achieved), _percent(v.achieved_at_least), _percent(v.coverage),
        float(v.budget), v.counted, v.counted_at_most, v.excused, v.down, v.unknown, v.disabled, v.uncertain,
        v.many_outages, stamp(v.broke_at),
        _percent(Fraction(due.percent)) if due else None, _money(due.amount if due else None),
        _money(due.amount_at_most if due else None), due.currency if due else None,
        stamp(due.claim_by) if due else None, stamp(v.known_at), at,
    )  # fmt: skip


def _percent(value: Fraction | None) -> float | None:
    """Cut off after three decimals: what breaks 99.9 is never 99.9."""
    return None if value is None else float(thousandths(value))


def _money(text: str | None) -> float | None:
    return None if text is None else float(text)
