"""What the offenders screen asks the Scene's reader for, and the ranking that the answers give."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noctui.model.figures import BAD_UNKNOWN, BAD_YES, GAUGE, Daily, Episode, Figures, Trend
from noctui.model.inventory import Inventory
from noctui.model.scene import Range, Reader
from noctui.model.view import View
from noctui.model.words import THRESHOLDS, Level
from noctui.runtime import ranking
from noctui.runtime.ranking import CHRONIC, CHRONIC_DAYS, Failovers, Order
from noctui.tui.panes.offender_kinds import GROUP, By, range_of

TREND_DAYS = 28
"""Days that a trend is fitted over."""
Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Asked:
    """One ranking: of what, by what, over which window, as of which instant."""

    things: str
    by: By
    window: str
    at: float

    @property
    def range(self) -> Range:
        """Trends are of whole days: beside them stands the last day, whatever the window."""
        return range_of("24h" if self.by.family == "trends" else self.window, self.at)


@dataclass(frozen=True, slots=True)
class Answer:
    """The figures of all that may rank; `episodes` where failovers are counted."""

    asked: Asked
    figures: Figures
    episodes: tuple[Episode, ...] = ()


async def answer(reader: Reader, asked: Asked) -> Answer:
    """Ask for the figures of the window, with the percentile of the gauge that is ranked by."""
    range_, gauges = asked.range, (asked.by.gauge,)
    if asked.things == "circuits":
        figures = await reader.figures(range_, (), gauges)
    else:
        figures = await reader.groups(GROUP[asked.things], range_, gauges)
    episodes = await reader.episodes(range_) if asked.by.family == "failovers" else ()
    return Answer(asked, figures, episodes)


@dataclass(frozen=True, slots=True)
class Days:
    """The last seven days of each row that is ranked, the running one last.

    Of a circuit `bad` says what each day was (BAD_*); of a group `share` is the percent of its known circuits that
    were bad, NaN where none is known, and `chronic` how many of its circuits are.
    """

    bad: NDArray[np.int8]  # [rows, days] of circuits
    share: NDArray[np.float32]  # [rows, days] of groups
    count: NDArray[np.int64]  # bad days of a circuit
    chronic: NDArray[np.int64]
    p95: NDArray[np.float32]  # [rows, days asked for] of circuits


@dataclass(frozen=True, slots=True)
class Ranked:
    """Rows of the answer and their places. `place` is 1 for the worst, 0 for what does not rank."""

    answer: Answer
    order: Order
    place: NDArray[np.int64]
    days: Days | None = None
    trend: Trend | None = None
    trend_row: Rows | None = None  # each row's row in the trend; -1: not in it
    failovers: Failovers | None = None

    @property
    def ids(self) -> tuple[str, ...]:
        return self.answer.figures.ids

    @property
    def asked(self) -> Asked:
        return self.answer.asked

    def coverage(self) -> float:
        """The known share of all time that was not disabled, percent."""
        return coverage_of(self.answer.figures)


def coverage_of(figures: Figures) -> float:
    """The known share of all time that was not disabled, percent; NaN of no time."""
    known, unknown = float(figures.up.sum() + figures.down.sum()), float(figures.unknown.sum())
    return 100.0 * known / (known + unknown) if known + unknown > 0 else float("nan")


def rows_in(ids: Sequence[str], wanted: Sequence[str]) -> Rows:
    """Where each of `wanted` stands in `ids`; -1 where it does not. Two answers of one View have the same ids."""
    if ids is wanted or ids == wanted:
        return np.arange(len(wanted), dtype=np.intp)
    at = {key: i for i, key in enumerate(ids)}
    return np.array([at.get(key, -1) for key in wanted], np.intp)


def groups_of(inventory: Inventory, things: str) -> Callable[[str], str]:
    """The site, region or carrier that a circuit belongs to now, by its id; of no circuit the empty text."""

    def find(circuit_id: str) -> str:
        row = inventory.circuit_row.get(circuit_id)
        if row is None:
            return ""
        if things == "carriers":
            return inventory.circuits[row].carrier
        if things == "sites":
            return inventory.circuits[row].site_id
        site = int(inventory.circuit_site[row])
        return inventory.sites[site].region if site >= 0 else ""

    return find


def days_of(daily: Daily, ids: Sequence[str], things: str, inventory: Inventory) -> Days:
    """The last days of what is ranked."""
    bad, _ = ranking.bad_days(daily)
    last = daily.bad[:, -CHRONIC_DAYS:]
    if things == "circuits":
        rows = rows_in(daily.ids, ids)
        here = rows >= 0
        days = np.where(here[:, None], last[rows], np.int8(BAD_UNKNOWN))
        count = np.where(here, bad[rows], 0)
        p95 = np.where(here[:, None], daily.p95[rows], np.float32(np.nan))
        return Days(days, np.zeros((len(ids), 0), np.float32), count, (count >= CHRONIC).astype(np.int64), p95)
    group = groups_of(inventory, things)
    place = {key: i for i, key in enumerate(ids)}
    of = np.array([place.get(group(c), -1) for c in daily.ids], np.intp)
    inside = of >= 0
    known, hit = np.zeros((len(ids), last.shape[1])), np.zeros((len(ids), last.shape[1]))
    np.add.at(known, of[inside], last[inside] != BAD_UNKNOWN)
    np.add.at(hit, of[inside], last[inside] == BAD_YES)
    share = np.full(known.shape, np.nan)
    np.divide(100.0 * hit, known, out=share, where=known > 0)
    chronic = np.zeros(len(ids), np.int64)
    np.add.at(chronic, of[inside], bad[inside] >= CHRONIC)
    none = np.zeros((len(ids), 0))
    return Days(none.astype(np.int8), share.astype(np.float32), np.zeros(len(ids), np.int64), chronic,
                none.astype(np.float32))  # fmt: skip


def ranked(found: Answer, view: View, daily: Daily | None, trend: Trend | None) -> Ranked:
    """Everybody's place; what is still on its way (days, trend) is left out until it has come."""
    asked, figures, inventory = found.asked, found.figures, view.inventory
    ids, by = figures.ids, asked.by
    failovers: Failovers | None = None
    trend_row = rows_in(trend.ids, ids) if trend is not None else None
    if by.family == "failovers":
        failovers = ranking.failovers_of(found.episodes, ids, _key_of(inventory, asked.things), asked.range)
        order = ranking.by_failovers(failovers)
    elif by.family == "trends":
        order = _by_trend(by, figures, trend, view)
    elif by.name == "flaps":
        order = ranking.by_flaps(figures)
    elif by.name == "availability":
        order = ranking.by_availability(figures)
    else:
        order = ranking.by_time_above(figures, by.metric)
    place = np.zeros(len(ids), np.int64)
    place[order] = np.arange(1, len(order) + 1)
    days = days_of(daily, ids, asked.things, inventory) if daily is not None else None
    return Ranked(found, order, place, days, trend, trend_row, failovers)


def _key_of(inventory: Inventory, things: str) -> Callable[[Episode], str]:
    """Who an episode belongs to: the circuit that was lost, its site, region or carrier."""
    if things == "circuits":
        return lambda e: e.primary_id
    if things == "sites":
        return lambda e: e.site_id
    if things == "carriers":
        carrier = groups_of(inventory, things)
        return lambda e: carrier(e.primary_id)

    def region(episode: Episode) -> str:
        row = inventory.site_row.get(episode.site_id)
        return inventory.sites[row].region if row is not None else ""

    return region


def _by_trend(by: By, figures: Figures, trend: Trend | None, view: View) -> Order:
    """Who moved, as rows of the figures; nobody before the trend has come."""
    if trend is None:
        return np.zeros(0, np.intp)
    here = rows_in(figures.ids, trend.ids)
    if by.name == "congested":
        above = np.where(here >= 0, figures.above[here, by.metric, Level.HIGH - 1], 0.0)
        p95 = np.where(here >= 0, figures.p95[here, GAUGE[by.gauge]], np.nan)
        found = ranking.congested_and_worse(trend, above, p95, _warn(view, trend.ids, by))
    else:
        found = ranking.worsening(trend) if by.name == "worsening" else ranking.improving(trend)
    back = here[found]
    return back[back >= 0]


def _warn(view: View, ids: Sequence[str], by: By) -> NDArray[np.float64]:
    """The warn threshold of each of these circuits."""
    default = np.full(len(ids), THRESHOLDS[by.metric][0])
    if view.limits is None or not len(view.limits):
        return default
    inventory = view.inventory
    known = inventory.__dict__.setdefault("_tui_circuit_ids", tuple(c.circuit_id for c in inventory.circuits))
    rows = rows_in(known, ids)
    return np.where(rows >= 0, view.limits[rows, by.metric, 0], default)
