"""Tables of what a range adds up to: figures, availability, and the same for every hour, day, week and month of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from noctui.commands.exports import s0
from noctui.commands.exports.asked import Asked, Made, Refused, whole
from noctui.commands.exports.cells import NAMES, WHO, known, measured, who, zipped
from noctui.kpi.calendar import periods
from noctui.model.figures import GAUGE, GAUGES, METRIC_GAUGE, Figures, Grain, Period
from noctui.model.scene import Range
from noctui.model.words import Level
from noctui.tui.export import Cell, Exported, Row, instant

Column = Sequence[Cell]


async def figures(asked: Asked) -> Made:
    """Everything that the range adds up to, a row per circuit or group."""
    gauges = asked.metrics or tuple(NAMES)
    found = await _read(asked, asked.time, gauges)
    if asked.names == "s0":
        table = s0.windows(found, asked.scene.view.inventory)
        return Made(table.headers, whole(table), _told(found))
    headers = (*WHO[asked.by], "from", "to", *(h for h, _ in _columns(found, gauges)))
    return Made(headers, _once(list(_rows(asked, found, gauges, _span(found)))), _told(found))


AVAILABILITY = (
    "from", "to", "up_min", "down_min", "unknown_min", "disabled_min", "available_pct", "at_least_pct", "at_most_pct",
    "coverage_pct", "flaps",
)  # fmt: skip


async def availability(asked: Asked) -> Made:
    """Minutes up and down, the lowest availability first; who is unknown all through is last."""
    found = await _read(asked, asked.time, ())
    minutes = (known(v / 60.0) for v in (found.up, found.down, found.unknown, found.disabled))
    shares = (known(v) for v in (found.available, found.at_least, found.at_most, found.coverage))
    named, span = who(asked.scene.view.inventory, asked.by, found), _span(found)
    figures_ = zipped(*minutes, *shares, found.flaps.tolist())
    rows = [(*name, *span, *rest) for name, rest in zip(named, figures_, strict=True)]
    order = np.argsort(found.available, kind="stable").tolist()  # NaN is last
    table = Exported("availability", (*WHO[asked.by], *AVAILABILITY), [rows[i] for i in order])
    return Made(table.headers, whole(table), _told(found))


@dataclass(frozen=True)
class Calendar:
    """Figures of every period of this grain that begins in the range, oldest first, the running one last."""

    grain: Grain

    async def __call__(self, asked: Asked) -> Made:
        time, at = asked.time, asked.scene.at
        begun = [
            p for p in periods(self.grain, time.start, time.end, asked.zone)
            if time.start <= p.start < at and p.end > asked.begins
        ]  # fmt: skip
        if not begun:
            raise Refused(f"no {self.grain.word} begins in that time: ask for a longer one", usage=False)
        gauges = asked.metrics or tuple(NAMES)
        told: list[str] = []
        if asked.names == "s0":
            headers: tuple[str, ...] = s0.HOURLY if self.grain is Grain.HOUR else s0.PERIODS
        else:
            first = await self._read(asked, begun[0], gauges)
            about = ("period", "from", "to", "running", *(("bad",) if asked.by == "circuit" else ()))
            headers = (*WHO[asked.by], *about, *(h for h, _ in _columns(first, gauges)))
        return Made(headers, self._parts(asked, begun, gauges, told), told)

    async def _read(self, asked: Asked, period: Period, gauges: tuple[str, ...]) -> Figures:
        return await _read(asked, Range(period.start, min(period.end, asked.scene.at), period.key), gauges)

    async def _parts(
        self, asked: Asked, begun: Sequence[Period], gauges: tuple[str, ...], told: list[str]
    ) -> AsyncIterator[Sequence[Row]]:
        inventory, at = asked.scene.view.inventory, asked.scene.at
        for period in begun:
            found = await self._read(asked, period, gauges)
            if asked.chosen:  # else it is all that there is
                told += [line for line in _told(found) if line not in told]
            if asked.names == "s0":
                yield s0.of_period(found, inventory, period, at).rows
            else:
                yield _dated(asked, found, gauges, (period.key, *_span(found), period.end > at))


hourly, daily, weekly, monthly = (Calendar(grain) for grain in Grain)


def _dated(asked: Asked, found: Figures, gauges: tuple[str, ...], about: Row) -> list[Row]:
    """Rows of one period; of a circuit also whether it is bad: it holds a breach of `high` (docs/figures.md 4)."""
    rows = _rows(asked, found, gauges, about)
    if asked.by != "circuit":
        return list(rows)
    place = len(WHO["circuit"]) + len(about)
    breach = np.any(found.above[:, :, Level.HIGH - 1] > 0, axis=1, keepdims=True)
    some = np.any(found.known > 0, axis=1, keepdims=True)
    bad = [hit if hit or any_ else None for hit, any_ in np.hstack([breach, some]).tolist()]
    return [(*row[:place], value, *row[place:]) for row, value in zip(rows, bad, strict=True)]


async def _read(asked: Asked, range_: Range, gauges: tuple[str, ...]) -> Figures:
    read = asked.scene.read
    percentiles = tuple(g for g in GAUGES if g in gauges)
    if asked.by != "circuit":
        return await read.groups(asked.by, range_, percentiles)
    return await read.figures(range_, (asked.circuit_id,) if asked.circuit_id else (), percentiles)


def _told(found: Figures) -> list[str]:
    return [found.told] if found.told else []


async def _once(rows: Sequence[Row]) -> AsyncIterator[Sequence[Row]]:
    yield rows


def _span(found: Figures) -> tuple[Cell, ...]:
    return instant(found.range.start), instant(found.range.end)


def _rows(asked: Asked, found: Figures, gauges: tuple[str, ...], before: Row) -> Iterator[Row]:
    named = who(asked.scene.view.inventory, asked.by, found)
    for name, rest in zip(named, zipped(*(column for _, column in _columns(found, gauges))), strict=True):
        yield (*name, *before, *rest)


def _columns(found: Figures, gauges: tuple[str, ...]) -> list[tuple[str, Column]]:
    """(header, cells) of all figures, with those of the gauges that were asked for."""
    columns: list[tuple[str, Column]] = [
        ("up_s", known(found.up)), ("down_s", known(found.down)), ("unknown_s", known(found.unknown)),
        ("disabled_s", known(found.disabled)), ("flaps", found.flaps.tolist()),
        ("available_pct", known(found.available)), ("at_least_pct", known(found.at_least)),
        ("at_most_pct", known(found.at_most)), ("coverage_pct", known(found.coverage)),
    ]  # fmt: skip
    for gauge in (g for g in NAMES if g in gauges):
        name, unit = NAMES[gauge]
        columns.append((f"{name}_avg_{unit}", known(found.average[:, GAUGE[gauge]])))
        for word, values in (("max", found.highest), ("p95", found.p95)):
            columns.append((f"{name}_{word}_{unit}", measured(values[:, GAUGE[gauge]])))
        columns.append((f"{name}_{unit}_known_s", known(found.known[:, GAUGE[gauge]])))
    columns.append(("p95_error_pct", [100.0 * found.p95_error] * len(found)))
    runs = found.counts is None  # a group has none
    for metric in (m for m, gauge in METRIC_GAUGE.items() if gauge in gauges):
        name = NAMES[METRIC_GAUGE[metric]][0]
        for level in (Level.WARN, Level.HIGH, Level.CRITICAL):
            word = level.name.lower()
            columns.append((f"{name}_above_{word}_s", known(found.above[:, metric, level - 1])))
            if runs:
                columns.append((f"{name}_longest_above_{word}_s", known(found.longest[:, metric, level - 1])))
    return columns
