"""Where a circuit is going, how its failovers read, and an answer that is kept fresh: worked by hand."""

from __future__ import annotations

import asyncio
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from noctui.model.figures import Baseline
from noctui.model.scene import Range, Series
from noctui.tui.app import NoctuiApp
from noctui.tui.look.signs import Signs
from noctui.tui.panes.keeping import Keeping
from noctui.tui.panes.offender_trends import change_text, reach_text, trend_words
from noctui.tui.panes.site_failovers import episode_lines, switching
from noctui.tui.panes.stats_ahead import ahead_lines, five_minutes, soon_words
from noctui.tui.panes.stats_asking import GAUGE, More, more
from noctui.tui.panes.stats_figures import service_lines
from noctui.tui.runs import Line
from tests import night
from tests.night_figures import episodes_at, trend_at

NAN = math.nan
LIMITS = (70.0, 80.0, 90.0)
AT = night.POLL
SIGNS = Signs()


def series(values: list[float], source: str = "polls") -> Series:
    """One value a minute, the last one at AT."""
    times = np.array([AT - 60.0 * i for i in range(len(values) - 1, -1, -1)], np.float64)
    rx = np.array(values, np.float32)
    return Series(
        "c", Range(AT - 86_400, AT), times, np.full(len(values), 60, np.float32),
        {"rx_pct": rx, "tx_pct": (rx / 2).astype(np.float32)}, source,
    )  # fmt: skip


def words(lines: list[Line]) -> list[str]:
    return ["".join(text for text, _ in line) for line in lines]


def test_a_steady_rise_is_said_with_the_time_that_it_leaves() -> None:
    """From 50 to 85 % in an hour: the last slot is 83.8 and each 2.97 higher, (90 − 83.8) / 2.97 = 2.1 slots, 10.4 min,
    rounded up."""
    ramp = [50 + 35 * i / 59 for i in range(60)]
    assert soon_words(series(ramp), AT, LIMITS, SIGNS) == "≥ 90 % in 11m"


def test_above_critical_the_forecast_is_of_all_of_it() -> None:
    ramp = [60 + 34 * i / 59 for i in range(60)]
    assert soon_words(series(ramp), AT, LIMITS, SIGNS).startswith("≥ 100 % in ")


@pytest.mark.parametrize(
    ("what", "values"),
    [
        ("flat", [50.0] * 60),
        ("falling", [90 - i / 2 for i in range(60)]),
        ("one step, as of a failover", [10.0] * 40 + [93.0] * 20),
        ("a rise that is over", [40 + min(i, 45) for i in range(60)]),
        ("unknown lately", [50 + i / 2 for i in range(50)] + [NAN] * 10),
    ],
)
def test_nothing_is_said_of_what_is_no_rise_that_goes_on(what: str, values: list[float]) -> None:
    assert soon_words(series(values), AT, LIMITS, SIGNS) == "", what


def test_hours_and_the_past_of_another_time_give_no_forecast() -> None:
    ramp = [50 + 35 * i / 59 for i in range(60)]
    assert five_minutes(series(ramp, "hours"), AT) is None
    assert five_minutes(series(ramp), AT + 3600) is None
    assert five_minutes(None, AT) is None


def test_five_minutes_are_averages_of_the_higher_direction_weighted_by_time() -> None:
    slots = five_minutes(series([10.0] * 55 + [10, 20, 30, 40, 50]), AT)
    assert slots is not None
    assert slots.tolist() == [10.0] * 11 + [30.0]


def test_days_until_a_threshold_in_a_cell() -> None:
    assert [reach_text(v) for v in (12.4, 0.3, 0.0, math.inf, NAN)] == ["12d", "<1d", "now", "never", "–"]
    assert [change_text(v) for v in (7.35, -0.6, 0.0, 123.4, NAN)] == ["+7.3", "−0.60", "0", "+123", "–"]


def test_a_trend_in_words_says_how_sure_it_is() -> None:
    """The brief's case: 90 % in so many days, R², days; never when flat or falling; nothing when too few days."""
    trend = trend_at(AT, GAUGE)
    assert trend_words(trend, 12, "%") == "+0.53 % a day: 90 % in 42 d (R² 0.81, 28 days)"
    assert trend_words(trend, 33, "%") == "−1.4 % a day: 90 % never (R² 0.75, 28 days)"
    assert trend_words(trend, 0, "%") == "flat: 90 % never (R² 0.04, 28 days)"
    assert trend_words(trend, 8, "%") == "too few days are known (3 of 14)"


async def hot() -> More:
    return await more(night.FakeReader(AT), night.HOT, AT)


async def test_what_is_usual_at_this_hour_and_how_far_it_is_from_that() -> None:
    found = await hot()
    lines = words(ahead_lines(found, None, AT, LIMITS, SIGNS))
    assert "usual       15.0 at this hour, z +3.1" in lines
    assert "7 days      ······■  1 bad" in lines
    few = replace(found.baseline, z=NAN)
    assert "usual       15.0 at this hour" in words(ahead_lines(replace(found, baseline=few), None, AT, LIMITS, SIGNS))


async def test_what_is_not_known_has_no_line() -> None:
    found = await hot()
    none = np.full(168, NAN)
    unknown = Baseline(night.HOT, GAUGE, none, none, np.zeros(168, np.int64), 3, NAN, NAN)
    trend = replace(found.trend, reach=np.full(len(found.trend.ids), NAN))
    lines = words(ahead_lines(replace(found, baseline=unknown, trend=trend), None, AT, LIMITS, SIGNS))
    assert [line.split()[0] for line in lines] == ["7"]


async def test_the_month_so_far_its_bill_and_the_higher_direction_in_bold() -> None:
    found = await hot()
    assert found.first.key == "2026-11-01"
    assert found.month.range.start == night.utc(0, 0, day=1)
    lines = service_lines(None, found, AT, wide=True)
    bill = next(line for line in lines if line[0][0].startswith("p95 Nov"))
    assert [run for run in bill if run[1].endswith("bold")] == [("39.3M", "text bold")]
    assert "in Nov      99.717" in words(lines)[2]


def test_a_failover_tells_since_when_on_what_how_long_why_how_fast_and_how_it_was() -> None:
    found = episodes_at(AT, Range(AT - 7 * 86_400, AT), "s0417")
    lines = words(episode_lines(found, night.view(), AT, SIGNS, 95))
    assert lines[0] == "02:51:44     → Comcast     now 22m, down, switch 24s, util max 94.0, loss p95 0.54, lat 47.2"
    assert lines[1].startswith("Nov 20 22:10 → Comcast     11m, away, switch 1m, util max 13.1")
    assert switching(found) == "median 1m to switch"
    narrow = words(episode_lines(found, night.view(), AT, SIGNS, 52))
    assert narrow[0] == "02:51:44     → Comcast   now 22m, down, switch 24s"  # what does not fit is left out whole


def test_a_failover_of_which_little_is_known_says_that_much() -> None:
    found = replace(episodes_at(AT, Range(AT - 86_400, AT), "s2511")[0], active=None, active_id="gone:ge-9")
    assert words(episode_lines([found], night.view(), AT, SIGNS, 90)) == ["01:12:00     → gone:ge-9   28m, switched"]


async def test_an_answer_is_asked_for_again_but_not_while_one_is_awaited(app: NoctuiApp) -> None:
    clock, gate, asked = [0.0], asyncio.Event(), list[float]()

    async def ask(at: float) -> float:
        asked.append(at)
        await gate.wait()
        return at

    async with app.run_test(size=(80, 24)) as pilot:
        kept: Keeping[float] = Keeping(app.board, lambda: clock[0], lambda: None)

        async def want(at: float, live: bool = True) -> None:
            kept.want("x", at, live, lambda: ask(at))
            await settled(pilot)

        async def settled(pilot: Any) -> None:
            if gate.is_set():
                await app.workers.wait_for_complete()
            await pilot.pause()

        await want(60.0)
        await want(120.0)  # the first one is still on its way: it is let come
        assert asked == [60.0]
        clock[0] = 3.0
        gate.set()
        await settled(pilot)
        assert (kept.known(120.0), kept.of) == (60.0, 60.0)
        await want(180.0)  # it took 3 s: not again before 30 s
        assert asked == [60.0]
        clock[0] = 31.0
        await want(240.0)
        assert asked == [60.0, 240.0]
        await want(120.0, live=False)  # the past is asked for at once, and nothing of later is shown
        assert asked == [60.0, 240.0, 120.0]
        assert kept.known(60.0) is None
