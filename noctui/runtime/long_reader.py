"""A Reader that goes on where history here ends: what is older comes from the warehouse, and says so.

All else is asked of the near Reader. Its answers are never delayed: what the warehouse has not told yet is missing from
them, with a word about it.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from msgspec import structs

from noctui.model.figures import GAUGE, Billing, Figures
from noctui.model.scene import Range, Reader, Series
from noctui.model.scores import ScoreBoard, ScoreLine
from noctui.model.view import F4
from noctui.model.words import Metric
from noctui.model.works import Outage
from noctui.runtime.far import DAY, HOUR, Far, Said

if TYPE_CHECKING:
    from noctui.model.inventory import Inventory
    from noctui.stores.warehouse.far_billing import FarBilling
    from noctui.stores.warehouse.far_hours import FarHours, FarSums

LEAST = 2 * DAY
"""Ranges shorter than this are of polls: hours would not help them."""
WORTH = 0.01
"""Of the range: a smaller part that is missing here is not worth waking a warehouse for."""
AGED = HOUR
"""An answer younger than this says nothing of its age."""
MOST_MONTHS = 16
"""Months whose verdicts are kept made: a screen asks for them with every poll."""
RUNNING = "running"
"""As of `scores`: no month."""
NOT_FAR = "p95 and time above thresholds of quality: of history here alone; longest runs before: within a day"


class LongReader:
    """Delegates to `near` whatever it does not lengthen: see `over`."""

    def __init__(self, near: Reader, far: Far, inventory: Inventory, known_by: float = math.inf) -> None:
        """`known_by`: what happened and was promised is told as it was known then (UTC epoch seconds)."""
        self.near, self.far, self.generation = near, far, far.generation
        self.said = ""
        """What the newest answer has from the warehouse, or why it has not."""
        self.inventory, self._org_id, self.known_by = inventory, inventory.org_id, known_by

    @property
    def landed(self) -> int:
        """Grows when something has come from the warehouse, in a Scene of the past as well, which stays the same."""
        return self.far.generation

    def __getattr__(self, name: str) -> Any:
        return getattr(self.near, name)

    async def series(self, circuit_id: str, metrics: tuple[str, ...], range_: Range) -> Series:
        found = await self.near.series(circuit_id, metrics, range_)
        begins = float(found.times[0] - found.spans[0]) if len(found.times) else found.range.end
        if range_.seconds < LEAST or begins - range_.start < max(1.5 * HOUR, WORTH * range_.seconds):
            return found
        far, said = await self.far.hours(self._org_id, circuit_id, range_.start, begins)
        told = _told(said, begins, far is not None and _some(far, range_.start, begins), self.far.clock.now())
        self.said = told
        return replace(joined(found, far, metrics), told=told)

    async def figures(
        self, range_: Range, circuit_ids: tuple[str, ...] = (), percentiles: tuple[str, ...] = ()
    ) -> Figures:
        return await self._longer(await self.near.figures(range_, circuit_ids, percentiles), range_, "")

    async def groups(self, by: str, range_: Range, percentiles: tuple[str, ...] = ()) -> Figures:
        """What is older counts where each circuit belongs by the inventory of the Scene."""
        return await self._longer(await self.near.groups(by, range_, percentiles), range_, by)

    async def outages(
        self, range_: Range, limit: int = 1000, *, site_id: str = "", circuit_id: str = ""
    ) -> tuple[Outage, ...]:
        """With `told` beside them (`model.works.told_of`)."""
        found = await self.near.outages(range_, limit, site_id=site_id, circuit_id=circuit_id)
        if range_.seconds < LEAST or len(found) >= limit:
            return found
        begins = await self._begins(range_)
        if begins - range_.start < max(DAY + HOUR, WORTH * range_.seconds):
            return found
        from noctui.model.works import Outages
        from noctui.runtime.far_outages import Wanted, joined

        far, said = await self.far.outages(self._org_id, range_.start, begins)
        told = _told(said, begins, far is not None and bool(far.rows), self.far.clock.now())
        if far is None:
            return Outages(found, told)
        site = groups_of(self.inventory, "site")

        def mine(circuit: str) -> bool:
            return (not circuit_id or circuit == circuit_id) and (
                not site_id or site.get(circuit, circuit.partition(":")[0]) == site_id
            )

        wanted = Wanted(range_, mine, self.known_by, limit)
        return await asyncio.to_thread(joined, found, far, begins, wanted, told or f"{_before(begins)}: none there")

    async def scores(self, period: str = RUNNING, *, site_id: str = "", circuit_id: str = "") -> ScoreBoard | None:
        """A month that history here does not hold, or not all of, goes on with what was measured then."""
        board = await self.near.scores(period, site_id=site_id, circuit_id=circuit_id)
        if board is None or period == RUNNING:
            return board
        lines, told = await self.measured(period, float(board.at))
        if not told:
            return board
        from noctui.runtime.far_scores import together

        mine = [
            line
            for line in lines
            if (not site_id or site_id in line.site_ids) and (not circuit_id or circuit_id in line.circuits)
        ]
        return structs.replace(board, lines=together(board.lines, mine), told=told)

    async def measured(self, month: str, at: float) -> tuple[tuple[ScoreLine, ...], str]:
        """What the warehouse has of a month that history here does not hold, or not all of, and where that is from or
        why it is missing; nothing where history here holds it. `at`: nothing is known beyond."""
        from noctui.runtime.far_scores import bounds, lines_of
        from noctui.runtime.scoring import month_of

        start, end = bounds(month_of(month))
        begins = await self._begins(Range(start, min(end, at)))
        if begins - start < DAY + HOUR:
            return (), ""
        far, said = await self.far.scores(self._org_id, month, start, end)
        told = _told(said, begins, far is not None and bool(far.rows), self.far.clock.now())
        if far is None:
            return (), told
        of, key = (far, told), (self._org_id, month, self.known_by)
        had = self.far.measured.get(key)
        if had is None or had[0][0] is not far or had[0][1] != told:
            made = await asyncio.to_thread(lines_of, far.rows, self.known_by, told)
            had = self.far.measured[key] = of, made
            while len(self.far.measured) > MOST_MONTHS:
                self.far.measured.popitem(last=False)
        return had[1], told

    async def billing(self, month: str) -> Billing:
        """A month that began before history here is as it was found then, where the warehouse has it."""
        found = await self.near.billing(month)
        period = found.period
        if not found.ids:
            return found
        begins = await self._begins(Range(period.start, min(period.end, self.far.clock.now())))
        if begins - period.start < DAY + HOUR:
            return found
        far, said = await self.far.billing(self._org_id, month, period.start, period.end)
        told = _told(said, begins, far is not None and bool(far.ids), self.far.clock.now())
        self.said = told
        return billed(found, far, told) if far is not None else replace(found, told=told)

    async def _longer(self, found: Figures, range_: Range, by: str) -> Figures:
        if range_.seconds < LEAST:
            return found
        begins = await self._begins(range_)
        if begins - range_.start < max(DAY + HOUR, WORTH * range_.seconds):
            return found
        far, said = await self.far.sums(self._org_id, range_.start, begins)
        told = _told(said, begins, far is not None and bool(far.ids), self.far.clock.now())
        if far is not None and far.ids:
            found = added(found, together(far, groups_of(self.inventory, by)) if by else far)
            told = f"{told}; {NOT_FAR}"
        return replace(found, told="; ".join(word for word in (found.told, told) if word))

    async def _begins(self, range_: Range) -> float:
        """When history here begins to know of the network, in the range; its end when it knows nothing."""
        key, now = (self._org_id, range_.start // DAY), self.far.clock.now()
        begins, found_at = self.far.begins.get(key, (0.0, -DAY))
        if not begins or not 0.0 <= now - found_at < HOUR:
            hours = await self.near.network(range_)
            known = hours.times[hours.circuits > 0]
            begins = float(known[0]) - HOUR if len(known) else range_.end
            self.far.begins[key] = begins, now
        return min(begins, range_.end)


def over(near: Reader, far: Far | None, inventory: Inventory, known_by: float = math.inf) -> Reader:
    """The Reader that reads through; the same one as long as nothing new has landed. None: the near one."""
    if far is None:
        return near
    if isinstance(near, LongReader):
        if near.generation == far.generation and near.inventory is inventory and near.known_by == known_by:
            return cast("Reader", near)
        near = near.near
    return cast("Reader", LongReader(near, far, inventory, known_by))


def joined(near: Series, far: FarHours | None, metrics: tuple[str, ...]) -> Series:
    """Hours of the warehouse, then those of history here, whose samples become hours where there are any."""
    if far is None:
        return near
    here = hourly(near)
    end = float(here.times[0] - HOUR) if len(here.times) else near.range.end
    own = (far.begins + HOUR > near.range.start) & (far.begins + HOUR <= end)
    times = np.concatenate([far.begins[own] + HOUR, here.times])
    none = np.full(int(own.sum()), np.nan, np.float32)

    def column(name: str, kind: str, of: dict[str, F4]) -> F4:
        before = far.columns[f"{name}_{kind}"][own] if f"{name}_{kind}" in far.columns else none
        return np.concatenate([before, of[name]]).astype(np.float32)

    return replace(
        near,
        times=times,
        spans=np.full(len(times), HOUR, np.float32),
        values={name: column(name, "max", here.values) for name in metrics},
        means={name: column(name, "avg", here.means) for name in metrics},
        source="hours",
    )


def hourly(series: Series) -> Series:
    """Polls as hours: the highest value of each, and its average by the time that each stands for."""
    if series.source == "hours" or not len(series.times):
        return replace(series, source="hours", means=series.means or dict(series.values))
    ends = np.ceil(series.times / HOUR - 1e-9) * HOUR
    hours, first = np.unique(ends, return_index=True)
    values: dict[str, F4] = {}
    means: dict[str, F4] = {}
    for name, column in series.values.items():
        has = ~np.isnan(column)
        weight = np.add.reduceat(np.where(has, series.spans, 0.0), first)
        total = np.add.reduceat(np.where(has, column * series.spans, 0.0), first)
        mean = np.full(len(hours), np.nan)
        np.divide(total, weight, out=mean, where=weight > 0)
        values[name], means[name] = np.fmax.reduceat(column, first), mean.astype(np.float32)
    spans = np.full(len(hours), HOUR, np.float32)
    return replace(series, times=hours, spans=spans, values=values, means=means, source="hours")


def added(near: Figures, far: FarSums) -> Figures:
    """Time, averages and peaks of both; a circuit the warehouse does not know keeps what is known here."""
    place = {circuit: row for row, circuit in enumerate(far.ids)}
    rows = np.array([place.get(circuit, -1) for circuit in near.ids], np.intp)
    has = rows >= 0

    def of(values: Any) -> Any:
        return np.where(has, values[rows], 0)

    up, down, disabled = near.up + of(far.up), near.down + of(far.down), near.disabled + of(far.disabled)
    unknown = np.maximum(near.unknown - of(far.up) - of(far.down) - of(far.disabled), 0.0)
    sure, whole = up + down, up + down + unknown
    known, average, highest = near.known.copy(), near.average.copy(), near.highest.copy()
    for name, seconds in far.known.items():
        i = GAUGE[name]
        total = np.nan_to_num(near.average[:, i]) * near.known[:, i] + of(far.total[name])
        known[:, i] = near.known[:, i] + of(seconds)
        average[:, i] = _ratio(total, known[:, i])
        highest[:, i] = np.fmax(near.highest[:, i], np.where(has, far.highest[name][rows], np.nan))
    above, longest = near.above.copy(), near.longest.copy()
    above[:, Metric.UTILISATION] += np.where(has[:, None], far.above[rows], 0.0)
    runs = np.where(has[:, None], far.longest[rows], 0.0)
    longest[:, Metric.UTILISATION] = np.fmax(longest[:, Metric.UTILISATION], runs)
    return replace(
        near, up=up, down=down, unknown=unknown, disabled=disabled, flaps=near.flaps + of(far.flaps),
        available=100.0 * _ratio(up, sure), coverage=100.0 * _ratio(sure, whole),
        at_least=np.where(sure > 0, 100.0 * _ratio(up, whole), np.nan),
        at_most=np.where(sure > 0, 100.0 * _ratio(up + unknown, whole), np.nan),
        known=known, average=average, highest=highest, above=above, longest=longest,
    )  # fmt: skip


def billed(near: Billing, far: FarBilling, told: str) -> Billing:
    """Of each circuit what was found then; one that the warehouse does not know keeps what is known here."""
    place = {circuit: row for row, circuit in enumerate(far.ids)}
    rows = np.array([place.get(circuit, -1) for circuit in near.ids], np.intp)
    has = rows >= 0
    if not has.any():
        return replace(near, told=told)
    rx, tx = np.where(has, far.rx[rows], near.rx), np.where(has, far.tx[rows], near.tx)
    error = max(near.error, float(far.error[rows[has]].max()))
    coverage = np.where(has, np.nan, near.coverage)
    return replace(near, rx=rx, tx=tx, billed=np.fmax(rx, tx), coverage=coverage, error=error, told=told)


def groups_of(inventory: Inventory, by: str) -> dict[str, str]:
    """Circuit → its site, region or carrier, as history names them: "" is a group as well."""
    region = {site.site_id: site.region for site in inventory.sites}
    return {
        c.circuit_id: c.site_id if by == "site" else c.carrier if by == "carrier" else region.get(c.site_id, "")
        for c in inventory.circuits
    }


def together(far: FarSums, group: Mapping[str, str]) -> FarSums:
    """The same by group."""
    own = [row for row, circuit in enumerate(far.ids) if circuit in group]
    names = sorted({group[far.ids[row]] for row in own})
    place = {name: i for i, name in enumerate(names)}
    into = np.array([place[group[far.ids[row]]] for row in own], np.intp)

    def summed(values: Any) -> Any:
        out = np.zeros((len(names), *values.shape[1:]), values.dtype)
        np.add.at(out, into, values[own])
        return out

    def highest(values: Any) -> Any:
        out = np.full(len(names), np.nan)
        np.fmax.at(out, into, values[own])
        return out

    longest = np.zeros((len(names), *far.longest.shape[1:]))
    np.maximum.at(longest, into, far.longest[own])
    return replace(
        far, ids=tuple(names), up=summed(far.up), down=summed(far.down), unknown=summed(far.unknown),
        disabled=summed(far.disabled), flaps=summed(far.flaps), above=summed(far.above), longest=longest,
        known={name: summed(values) for name, values in far.known.items()},
        total={name: summed(values) for name, values in far.total.items()},
        highest={name: highest(values) for name, values in far.highest.items()},
    )  # fmt: skip


def _ratio(part: Any, whole: Any) -> Any:
    out = np.full(np.shape(part), np.nan)
    np.divide(part, whole, out=out, where=np.asarray(whole) > 0)
    return out


def _some(far: FarHours, start: float, end: float) -> bool:
    return bool(((far.begins >= start - HOUR) & (far.begins < end)).any())


def _before(begins: float) -> str:
    return f"before {datetime.fromtimestamp(begins, UTC):%Y-%m-%d}"


def _told(said: Said, begins: float, some: bool, now: float) -> str:
    """`until 2026-10-29 from Snowflake, read 3 h ago`; what is missing, and why."""
    day = f"{datetime.fromtimestamp(begins, UTC):%Y-%m-%d}"
    if said.answer is None or not some:
        if said.reading:
            return f"{_before(begins)}: being read from Snowflake"
        return f"{_before(begins)}: {said.fault}" if said.fault else ""
    age = now - said.answer.read_at
    old = (
        f", read {age / HOUR:.0f} h ago"
        if AGED <= age < 2 * DAY
        else f", read {age / DAY:.0f} d ago"
        if age >= AGED
        else ""
    )
    return f"until {day} from Snowflake{old}" + (f"; now {said.fault}" if said.fault else "")
