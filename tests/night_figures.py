"""What the sample night adds up to: figures of windows, days, trends, episodes, billing; fixed by rule, ending at `at`.

The story: HOT was calm until it took over its site at 02:51 (SCREENS 7: average 13.1, p95 22.4, highest 94.0; 18 min
above 90 %). Rows 7 and 33 are bad on most days, 12 and 51 get worse, 33 gets better, row 8 is known on few days only.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from noctui.model.figures import (
    BAD_NO,
    BAD_UNKNOWN,
    BAD_YES,
    GAUGE,
    GAUGES,
    METRIC_GAUGE,
    Baseline,
    Billing,
    Daily,
    Episode,
    Figures,
    Fit,
    Grain,
    NetworkSeries,
    Period,
    Trend,
)
from noctui.model.scene import Range
from noctui.model.words import State
from tests.night_world import HOT, LOST, POLL, inventory, utc, view

DAY = 86_400.0
F8 = NDArray[np.float64]
ABOVE = ((7, 20_400.0), (33, 7_800.0), (12, 4_200.0), (51, 3_600.0), (70, 660.0))
"""(row, seconds): in 24 h so long above critical, twice that above high and three times above warn."""
BAD_DAYS = {7: 5, 33: 4, 12: 3, 51: 3, 70: 2, 66: 1}
"""On how many of the last seven days a row was bad; HOT is since it took over."""
SLOPES = {12: 0.525, 51: 1.2, 3: 0.31, 66: 0.2, 7: 0.0, 33: -1.4, 88: -0.6}
"""Percent a day by which utilisation moves; the rest is flat."""
FEW = 8
"""The row of which too little is known for a trend."""
_CUTS = ((utc(9, 6, day=22), utc(10, 24, day=22), State.DOWN),
         (utc(18, 30, day=22), utc(19, 40, day=22), State.UNKNOWN),
         (utc(21, 54, day=22), utc(22, 6, day=22), State.DOWN))  # fmt: skip
"""As in the night's timelines; of every third circuit here, so that they differ."""
HELD = 40 * DAY
"""How long 5-minute averages are held; beyond, percentiles are approximate."""


def figures_at(at: float, range_: Range, circuit_ids: tuple[str, ...], percentiles: tuple[str, ...]) -> Figures:
    """Of the circuits named, or of all."""
    whole = _figures(at, range_, frozenset(percentiles))
    if not circuit_ids:
        return whole
    row = inventory().circuit_row
    return _taken(whole, circuit_ids, np.array([row[c] for c in circuit_ids], np.intp))


@lru_cache(maxsize=64)
def _figures(at: float, range_: Range, percentiles: frozenset[str]) -> Figures:
    inv = inventory()
    n = len(inv.circuits)
    start, end = range_.start, min(range_.end, at)
    length = max(end - start, 0.0)
    up, down, unknown, disabled = _states(start, end)
    flaps = np.array([_flaps(row, length) for row in range(n)], np.int64)
    average, highest, p95 = _gauges(end, length)
    known = np.repeat(up[:, None], len(GAUGES), axis=1)
    some = known > 0
    above, longest = _above(end, length, up)
    asked = np.array([g in percentiles for g in GAUGES])
    base = up + down
    return Figures(
        range=range_, ids=tuple(c.circuit_id for c in inv.circuits),
        up=up, down=down, unknown=unknown, disabled=disabled, flaps=flaps,
        available=_share(up, base), coverage=_share(base, base + unknown),
        at_least=np.where(base > 0, _share(up, base + unknown), np.nan),
        at_most=np.where(base > 0, _share(up + unknown, base + unknown), np.nan),
        known=known, average=np.where(some, average, np.nan), highest=np.where(some, highest, np.nan),
        p95=np.where(some & asked, p95, np.nan), above=above, longest=longest,
        p95_error=0.01 if length > HELD else 0.0,
    )  # fmt: skip


def _share(part: F8, whole: F8) -> F8:
    out = np.full(len(part), np.nan)
    np.divide(100.0 * part, whole, out=out, where=whole > 0)
    return out


def _states(start: float, end: float) -> tuple[F8, F8, F8, F8]:
    """Seconds up, down, unknown, disabled of each row, within what the night's timelines say."""
    now = view(POLL).circuits
    seconds = np.zeros((5, len(now.state)))
    length = max(end - start, 0.0)
    for row, state in enumerate(now.state.tolist()):
        stretches = list(_CUTS) if row % 3 == 1 else []
        if state != State.UP:
            stretches.append((float(now.since[row]), POLL, State(state)))
        for first, last, what in stretches:
            seconds[what, row] += max(min(last, end) - max(first, start), 0.0)
        seconds[State.UP, row] = length - seconds[[0, 2, 3, 4], row].sum()
    return (
        seconds[State.UP], seconds[State.DOWN], seconds[State.UNKNOWN] + seconds[State.AWAY], seconds[State.DISABLED],
    )  # fmt: skip


def _flaps(row: int, length: float) -> int:
    if row == 33:
        return int(19 * max(length / DAY, 0.1))
    return int(2 * max(length / DAY, 0.5)) if row % 3 == 1 else int(row % 11 == 0)


def _gauges(end: float, length: float) -> tuple[F8, F8, F8]:
    """[rows, gauges] average, highest, p95."""
    inv, t = inventory(), view(POLL).circuits
    n = len(inv.circuits)
    row = np.arange(n)
    average = np.zeros((n, len(GAUGES)))
    util = np.where(np.isnan(t.rx_pct), 8.0 + (row * 17) % 42, t.rx_pct).astype(np.float64)
    average[:, GAUGE["rx_pct"]] = average[:, GAUGE["util"]] = np.round(util * 0.61, 2)
    average[:, GAUGE["tx_pct"]] = np.round(util * 0.19, 2)
    average[:, GAUGE["loss"]] = 0.01 + (row * 7) % 5 * 0.004
    average[:, GAUGE["jitter"]] = 1.0 + (row * 7) % 5
    average[:, GAUGE["latency"]] = 9.0 + (row * 13) % 38
    highest, p95 = average * 1.62, average * 1.31
    hot = inv.circuit_row[HOT]
    lately = end > LOST and length <= DAY
    loaded = lately and end - length >= LOST
    for gauge, (mean, top, most, busy) in (
        ("rx_pct", (13.1, 94.0, 22.4, 88.2)), ("util", (13.1, 94.0, 22.4, 88.2)), ("tx_pct", (4.9, 42.1, 9.2, 39.0)),
        ("loss", (0.03, 0.66, 0.31, 0.41)), ("jitter", (3.1, 12.2, 4.6, 11.8)), ("latency", (31.0, 48.1, 33.0, 47.2)),
    ):  # fmt: skip
        values = (busy, top, busy + (top - busy) / 2) if loaded else (mean, top, most)
        for made, value in zip((average, highest, p95), values, strict=True):
            made[hot, GAUGE[gauge]] = value if lately else mean
    for direction in ("rx", "tx"):
        bandwidth = np.array([c.down_bps for c in inv.circuits])
        for made in (average, highest, p95):
            made[:, GAUGE[f"{direction}_bps"]] = made[:, GAUGE[f"{direction}_pct"]] * bandwidth / 100
    unknown = np.array([c.down_bps == 0 for c in inv.circuits])
    for gauge in ("rx_pct", "tx_pct", "util"):
        for made in (average, highest, p95):
            made[unknown, GAUGE[gauge]] = np.nan
    return average, highest, p95


def _above(end: float, length: float, up: F8) -> tuple[F8, F8]:
    """[rows, metrics, levels] total and longest seconds above; in 24 h the same as `FakeReader.above` says."""
    n = len(up)
    total, longest = np.zeros((n, 4, 3)), np.zeros((n, 4, 3))
    levels = view(POLL).circuits.levels
    for row, seconds in ABOVE:
        for level in range(int(levels[row]) & 3):
            most = seconds * (3 - level)
            total[row, 0, level] = min(most * length / DAY, up[row])
            longest[row, 0, level] = total[row, 0, level] / 2 if length <= DAY else most / 2
    if end > LOST:
        hot = inventory().circuit_row[HOT]
        for metric, sums, runs in ((0, (1260, 1200, 1080), (1260, 1200, 1080)), (1, (1400, 840, 0), (1300, 660, 0))):
            share = min(1.0, (end - LOST) / (POLL - LOST))
            total[hot, metric] = np.floor(np.array(sums, np.float64) * share)
            longest[hot, metric] = np.floor(np.array(runs, np.float64) * share)
    for row, metric, seconds in ((57, 2, 1260.0), (18, 2, 720.0), (51, 3, 980.0), (88, 3, 3000.0)):
        total[row, metric, :2] = min(seconds * max(length / DAY, 0.25), up[row])
        longest[row, metric, :2] = total[row, metric, :2] / 3
    return total, longest


def _taken(whole: Figures, ids: tuple[str, ...], rows: NDArray[np.intp]) -> Figures:
    return Figures(
        range=whole.range, ids=ids, up=whole.up[rows], down=whole.down[rows], unknown=whole.unknown[rows],
        disabled=whole.disabled[rows], flaps=whole.flaps[rows], available=whole.available[rows],
        coverage=whole.coverage[rows], at_least=whole.at_least[rows], at_most=whole.at_most[rows],
        known=whole.known[rows], average=whole.average[rows], highest=whole.highest[rows], p95=whole.p95[rows],
        above=whole.above[rows], longest=whole.longest[rows], p95_error=whole.p95_error,
    )  # fmt: skip


def groups_at(at: float, by: str, range_: Range, percentiles: tuple[str, ...]) -> Figures:
    """By site, region or carrier: seconds and flaps added up, averages weighted, percentiles from histograms."""
    inv = inventory()
    whole = _figures(at, range_, frozenset(percentiles))
    site = [inv.sites[s] for s in inv.circuit_site.tolist()]
    name = {
        "site": [s.site_id for s in site],
        "region": [s.region for s in site],
        "carrier": [c.carrier for c in inv.circuits],
    }[by]
    ids = tuple(sorted(set(name)))
    members = [np.array([i for i, n in enumerate(name) if n == wanted]) for wanted in ids]

    def added(values: NDArray[np.number]) -> F8:
        return np.array([values[m].sum(axis=0) for m in members], np.float64)

    def worst(values: F8) -> F8:
        return np.array([np.fmax.reduce(values[m], axis=0) for m in members])

    up, down, unknown = added(whole.up), added(whole.down), added(whole.unknown)
    base, known = up + down, added(np.where(np.isnan(whole.average), 0, whole.known))
    average = np.full(known.shape, np.nan)
    np.divide(added(np.nan_to_num(whole.average) * whole.known), known, out=average, where=known > 0)
    return Figures(
        range=range_, ids=ids, up=up, down=down, unknown=unknown, disabled=added(whole.disabled),
        flaps=added(whole.flaps).astype(np.int64), available=_share(up, base), coverage=_share(base, base + unknown),
        at_least=np.where(base > 0, _share(up, base + unknown), np.nan),
        at_most=np.where(base > 0, _share(up + unknown, base + unknown), np.nan),
        known=known, average=average, highest=worst(whole.highest), p95=worst(whole.p95), above=added(whole.above),
        longest=np.zeros_like(added(whole.longest)), p95_error=0.01,
        counts=np.array([len(m) for m in members], np.int64),
    )  # fmt: skip


def _days(at: float, days: int) -> tuple[Period, ...]:
    today = at // DAY * DAY
    starts = [today - (days - 1 - i) * DAY for i in range(days)]
    return tuple(Period(s, s + DAY, Grain.DAY, dt.datetime.fromtimestamp(s, dt.UTC).date().isoformat()) for s in starts)


def daily_at(at: float, gauge: str, days: int) -> Daily:
    """Bad days as BAD_DAYS says, the newest ones; the p95 of a day moves by SLOPES; before 28 days nothing is known."""
    inv = inventory()
    n = len(inv.circuits)
    bad = np.full((n, days), BAD_NO, np.int8)
    for row, count in BAD_DAYS.items():
        bad[row, max(days - 7, 0) : max(days - 7, 0) + count] = BAD_YES
    if at > LOST:
        bad[inv.circuit_row[HOT], -1] = BAD_YES
    bad[FEW, : max(days - 3, 0)] = BAD_UNKNOWN
    bad[:, : max(days - 28, 0)] = BAD_UNKNOWN
    column = GAUGE[gauge]
    whole = _figures(at, Range(at - DAY, at, "24 h"), frozenset(GAUGES))
    level = np.where(np.isnan(whole.p95[:, column]), whole.average[:, column], whole.p95[:, column])
    back = np.arange(days) - (days - 1.0)
    slope = np.array([SLOPES.get(row, 0.0) for row in range(n)]) if gauge == "util" else np.zeros(n)
    wave = 1 + 0.02 * np.cos(np.arange(n)[:, None] + back[None, :])
    p95 = np.maximum(level[:, None] * wave + slope[:, None] * back, 0.0).astype(np.float32)
    unknown = bad == BAD_UNKNOWN
    available = np.where(np.arange(n)[:, None] % 3 == 1, 99.2 + back[None, :] % 3 * 0.25, 100.0)
    flaps = np.where(unknown, 0, np.array([_flaps(row, DAY) for row in range(n)])[:, None] * np.ones((1, days), int))
    return Daily(
        gauge=gauge, days=_days(at, days), ids=tuple(c.circuit_id for c in inv.circuits), bad=bad,
        p95=np.where(unknown, np.nan, p95).astype(np.float32),
        average=np.where(unknown, np.nan, p95 * 0.75).astype(np.float32),
        available=np.where(unknown, np.nan, available).astype(np.float32), flaps=flaps.astype(np.int64),
    )  # fmt: skip


def trend_at(at: float, gauge: str) -> Trend:
    """The fit over 28 daily p95; FEW is known on three days only, so that nothing can be told of it."""
    inv, now = inventory(), view(POLL)
    n = len(inv.circuits)
    metric = next(m for m, name in METRIC_GAUGE.items() if name == gauge)
    daily = daily_at(at, gauge, 28)
    slope = np.array([SLOPES.get(row, 0.0) for row in range(n)]) if gauge == "util" else np.zeros(n)
    level = daily.p95[:, -1].astype(np.float64)
    count = np.full(n, 28, np.int64)
    count[FEW] = 3
    threshold = np.array([now.limits_of(row, metric)[2] for row in range(n)])
    reach = np.full(n, np.inf)
    rising = slope > 0
    reach[rising] = np.maximum((threshold[rising] - level[rising]) / slope[rising], 0.0)
    reach[np.isnan(level) | (count < 7)] = np.nan
    recent = level - 3 * slope
    change = np.where(count < 7, np.nan, 14 * slope)
    r2 = np.where(slope == 0, 0.04, 0.93 - np.arange(n) % 5 * 0.06)
    return Trend(
        gauge=gauge, ids=daily.ids, fit=Fit(np.where(count < 2, np.nan, slope), level, r2, count),
        threshold=threshold, reach=reach, recent=recent, before=recent - change, change=change,
    )  # fmt: skip


def baseline_at(at: float, circuit_id: str, gauge: str) -> Baseline:
    """Calm at night; HOT is far above what is usual since it took over. One circuit in four is known for no week."""
    row = inventory().circuit_row[circuit_id]
    hour = int((at // DAY + 3) % 7 * 24 + at % DAY // 3600)
    scale = {"util": 1.0, "rx_pct": 1.0, "tx_pct": 0.3, "loss": 0.002, "jitter": 0.2, "latency": 1.4}.get(gauge, 1.0)
    median = (8 + row % 9 + 30 * (0.5 - 0.5 * np.cos((np.arange(168) % 24 - 4) / 24 * 2 * np.pi)) ** 3) * scale
    weeks = np.full(168, 0 if row % 4 == 3 else 8, np.int64)
    mad = np.full(168, 2.0 * scale)
    hot = circuit_id == HOT and at > LOST
    value = float(median[hour]) + (9.2 * scale if hot else 0.4 * scale)
    z = 0.6745 * (value - float(median[hour])) / (2.0 * scale) if weeks[hour] >= 2 else np.nan
    none = weeks == 0
    return Baseline(
        circuit_id, gauge, np.where(none, np.nan, median), np.where(none, np.nan, mad), weeks, hour, value, z
    )


def episodes_at(at: float, range_: Range, site_id: str = "") -> tuple[Episode, ...]:
    """0417 three times, once for maintenance of its carrier; 2511 was switched by hand and back."""
    told = (
        ("s0417", LOST + 22, None, "s0417:ge-0/0/0", HOT, "down", LOST, 24.0, 11.0),
        ("s0417", utc(22, 10, day=20), utc(22, 21, day=20), "s0417:ge-0/0/0", HOT, "away", utc(22, 9, day=20), 60.0,
         60.0),
        ("s0417", utc(6, 2, day=18), utc(7, 50, day=18), "s0417:ge-0/0/0", HOT, "down", utc(6, 0, day=18), 120.0, 5.0),
        ("s2511", utc(1, 12), utc(1, 40), "s2511:ge-0/0/0", "s2511:ge-0/0/1", "switched", np.nan, np.nan, 60.0),
    )  # fmt: skip
    end = min(range_.end, at)
    found: list[Episode] = []
    for site, began, ended, primary, active, cause, lost, took, within in told:
        if site_id not in ("", site) or began > end or (ended is not None and ended <= range_.start):
            continue
        if ended is not None and ended > at:
            ended = None
        during = Range(began, at if ended is None else ended)
        found.append(
            Episode(
                site, began, ended, primary, active, cause, lost, took, within,
                active=figures_at(at, during, (active,), GAUGES),
                primary=figures_at(at, during, (primary,), GAUGES),
            )
        )  # fmt: skip
    return tuple(sorted(found, key=lambda e: -e.began))


def billing_at(at: float, month: str) -> Billing:
    """The month as far as it goes. Raises ValueError for what is no month."""
    first = dt.date.fromisoformat(f"{month}-01")
    following = (first + dt.timedelta(days=32)).replace(day=1)
    start, end = (dt.datetime(d.year, d.month, 1, tzinfo=dt.UTC).timestamp() for d in (first, following))
    ids = tuple(c.circuit_id for c in inventory().circuits)
    if start >= at:
        none = np.full(len(ids), np.nan)
        return Billing(Period(start, end, Grain.MONTH, month), ids, none, none, none, np.zeros(len(ids)))
    whole = _figures(at, Range(start, min(end, at)), frozenset(GAUGES))
    rx, tx = whole.p95[:, GAUGE["rx_bps"]], whole.p95[:, GAUGE["tx_bps"]]
    coverage = np.full(len(ids), 100.0 * (min(end, at) - start) / (end - start))
    return Billing(Period(start, end, Grain.MONTH, month), ids, rx, tx, np.fmax(rx, tx), coverage)


def network_at(at: float, range_: Range) -> NetworkSeries:
    """Calm at 04:00 and busy at 16:00 UTC; the newest hour that is over, 02:00–03:00, has what Lumen's loss did."""
    inv, now = inventory(), view(POLL).circuits
    end = min(range_.end, at) // 3600 * 3600
    times = np.arange(np.ceil((range_.start + 1) / 3600) * 3600, end + 1, 3600.0)
    busy = 0.5 - 0.5 * np.cos((times % DAY - 4 * 3600) / DAY * 2 * np.pi)
    total = float(np.nansum(now.rx_bps, dtype=np.float64))
    util = 9.0 + 24.0 * busy**2
    lost = (times - 3600 <= LOST) & (times > LOST)
    return NetworkSeries(
        range_, times, total * (0.4 + busy), total * (0.12 + 0.3 * busy), util, util * 2.9,
        np.where(lost, 16.0, 1.5 + 2.0 * busy), np.full(len(times), len(inv.circuits), np.int64),
    )  # fmt: skip
