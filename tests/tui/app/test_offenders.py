"""The offenders screen: its keys, its words, its files, what it asks for and when."""

from __future__ import annotations

import asyncio
import csv
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from noctui.clock import FixedClock
from noctui.model.figures import Daily, Figures, Trend
from noctui.model.scene import Range
from noctui.model.stores import HistoryError
from noctui.tui.app import NoctuiApp, Options
from noctui.tui.look.signs import Signs
from noctui.tui.panes.offender_rows import OffenderRows
from noctui.tui.place import OFFENDERS, of_circuit, of_region, of_site
from noctui.tui.widgets.live_table import LiveTable
from tests import night
from tests.tui.app.seen import lines, text

SIZE = (120, 40)
WORST = "s1074:lte-0/0/0"
"""Longest above 80 % in the night's 24 h, and chronic."""


@dataclass(frozen=True)
class Told(night.FakeReader):
    """A night whose figures are late, fail, or are empty."""

    gate: asyncio.Event | None = None
    fault: str = ""
    calm: bool = False
    error: float = 0.0
    asked: list[tuple[str, float]] = field(default_factory=list)

    async def figures(
        self, range_: Range, circuit_ids: tuple[str, ...] = (), percentiles: tuple[str, ...] = ()
    ) -> Figures:
        if not percentiles:  # the overview asks too, before
            return await super().figures(range_, circuit_ids, percentiles)
        self.asked.append((range_.word, range_.end))
        if self.gate is not None:
            await self.gate.wait()
        if self.fault:
            raise HistoryError(self.fault)
        found = await super().figures(range_, circuit_ids, percentiles)
        if self.calm:
            found = replace(found, above=np.zeros_like(found.above), longest=np.zeros_like(found.longest))
        return replace(found, p95_error=self.error)

    async def daily(self, gauge: str, days: int) -> Daily:
        found = await super().daily(gauge, days)
        return replace(found, bad=np.zeros_like(found.bad)) if self.calm else found

    async def trend(self, gauge: str) -> Trend:
        found = await super().trend(gauge)
        return replace(found, change=np.zeros_like(found.change)) if self.calm else found


def told(options: Options, reader: Told) -> tuple[NoctuiApp, night.FakeScenes]:
    scenes = night.FakeScenes(now=night.FakeScene(night.view(), night.STATUS, reader=reader))
    return NoctuiApp(scenes, FixedClock(night.NOW), options), scenes


def table(app: NoctuiApp) -> LiveTable:
    return app.screen.query_one("#offenders-pane-table", LiveTable)


async def settled(pilot: Any) -> None:
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


async def opened(pilot: Any, *keys: str) -> NoctuiApp:
    await pilot.press("4")
    await settled(pilot)
    for key in keys:
        await pilot.press(key)
        await settled(pilot)
    app: NoctuiApp = pilot.app
    return app


def ids(app: NoctuiApp) -> list[str]:
    """Who is shown, in the order shown."""
    rows = table(app).rows
    assert rows is not None
    return [rows.key(int(i)) for i in table(app).shown_rows]


async def test_the_chronic_ones_open_the_screen_and_the_longest_above_leads(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot)
        assert app.place == OFFENDERS
        shown = lines(app)
        assert shown[2] == (
            " ● 4 circuits are chronic: bad in 3 or more of the last 7 days. "
            "1074 Camden NJ Verizon LTE leads for 5 days."
        )
        assert shown[5].startswith(" of [circuits]")
        assert shown[5].endswith("window 24 h   all 6")
        assert ids(app)[0] == WORST
        assert shown[7].startswith("   1  ▲  1074  Camden NJ")
        assert "5h40m  11h20  ■■■■■··" in shown[7]


async def test_m_steps_through_all_ways_of_ranking_and_back_to_the_first(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot)
        names = ("loss", "jitter", "latency", "flaps", "availability", "failovers", "worsening", "improving",
                 "congested", "utilisation")  # fmt: skip
        for name in names:
            await pilot.press("m")
            await settled(pilot)
            assert f"[{name}]" in lines(app)[4]
            assert "Asking" not in text(app)
            assert table(app).shown > 0, name


async def test_the_arrows_step_too_and_capital_m_steps_back(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, "right")
        assert "[loss]" in lines(app)[4]
        await opened(pilot, "left")
        assert "[utilisation]" in lines(app)[4]
        await opened(pilot, "M")
        assert "[congested]" in lines(app)[4]


async def test_the_words_of_the_choice_never_move(app: NoctuiApp) -> None:
    """Where `flaps` stands it stands whatever is chosen."""
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot)
        at = lines(app)[4].index("flaps")
        for _ in range(9):
            await pilot.press("m")
            await settled(pilot)
            assert lines(app)[4].index("flaps") == at


async def test_what_is_ranked_steps_and_trends_are_of_circuits_alone(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, "t")
        assert "[sites]" in lines(app)[5]
        assert ids(app)[0] == "s1074"
        assert "worsening" not in lines(app)[4]
        await opened(pilot, "t")
        assert ids(app)[0] == "Mid-Atlantic"  # the largest share of the time, Mountain's sum notwithstanding
        await opened(pilot, "t")
        assert ids(app)[0] == "Verizon LTE"
        await opened(pilot, "t", "M")
        assert "[congested]" in lines(app)[4]
        await opened(pilot, "t")
        assert "[utilisation]" in lines(app)[4]


async def test_enter_opens_the_circuit_the_site_the_region(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, "enter")
        assert app.place == of_circuit(WORST)
        await pilot.press("escape")
        await opened(pilot, "t", "enter")
        assert app.place == of_site("s1074")
        await pilot.press("escape")
        await opened(pilot, "t", "enter")
        assert app.place == of_region("Mid-Atlantic")
        await pilot.press("escape")
        await opened(pilot, "t", "enter")
        assert app.place == OFFENDERS
        assert "A carrier has no screen of its own" in lines(app)[-1]


async def test_the_window_steps_from_three_hours_to_thirteen_months(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot)
        for word in ("7 d", "31 d", "13 mo", "3 h", "12 h", "24 h"):
            await pilot.press("w")
            await settled(pilot)
            assert f"window {word}" in lines(app)[5]
            assert f"above 80 %, {word}" in text(app)


async def test_a_percentile_from_histograms_is_marked(options: Options) -> None:
    app, _ = told(options, Told(night.POLL, error=0.01))
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot)
        assert "76.4≈" in lines(app)[7]
    exact, _ = told(options, Told(night.POLL))
    async with exact.run_test(size=SIZE) as pilot:
        await opened(pilot)
        assert "≈" not in text(exact)


async def test_a_row_tells_whether_its_alarms_wait_or_are_taken(app: NoctuiApp) -> None:
    """The worst that waits, `•` once somebody has it; of sites too, and of nothing else."""
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot)
        assert [line[6] for line in lines(app)[7:13]] == ["▲", "▲", "•", "●", "?", "▲"]
        await opened(pilot, "t")
        assert [line[6] for line in lines(app)[7:13]] == ["▲", "▲", "●", "•", "?", "▲"]


async def test_more_and_fewer_rows_the_rank_is_that_of_all(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, *["m"] * 4)  # flaps: 43 of them
        assert "top 25 of 43" in lines(app)[5]
        await opened(pilot, "-")
        assert (table(app).shown, "top 10 of 43" in lines(app)[5]) == (10, True)
        await opened(pilot, "-")
        assert table(app).shown == 10
        await opened(pilot, *["+"] * 4)
        assert "all 43" in lines(app)[5]
        assert table(app).shown == 43


async def test_ten_at_a_small_size(app: NoctuiApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, *["m"] * 4)
        assert "top 10 of 43" in lines(app)[3]


async def test_a_filter_leaves_the_first_of_what_matches(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, *["m"] * 4)
        await pilot.press("slash", *"carrier=lumen", "enter")
        await settled(pilot)
        assert "filter /carrier=lumen   2 of 43" in lines(app)[2]
        ranks = [line.split()[0] for line in lines(app)[7:9]]
        assert ranks == ["4", "5"]  # their places among all
        await pilot.press("escape")
        await pilot.press("slash", *"nosuchthing", "enter")
        await settled(pilot)
        assert "Nothing matches." in text(app)


async def test_severities_filter_groups_by_what_they_hold(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, "t", "t")
        await pilot.press("f", "enter", "escape")  # down
        await settled(pilot)
        assert ids(app) == ["Mountain"]


async def test_another_column_sorts_and_the_next_ranking_has_its_own_order(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot)
        while table(app).sort[0] != "p95":
            await pilot.press("<")
        await settled(pilot)
        assert ids(app)[0] == "s2511:ge-0/0/1"  # 76.9, the highest p95
        await opened(pilot, "m")
        assert table(app).sort == ("total", True)


async def test_a_column_chosen_in_another_ranking_is_not_sorted_by_in_one_without_it(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot)
        while table(app).sort[0] != "total":
            await pilot.press(">")
        while "total" in {column.key for column in table(app).columns}:
            await pilot.press("m")
            await settled(pilot)
        before = table(app).sort
        await pilot.press("s")
        assert table(app).sort == (before[0], not before[1])


async def test_every_column_of_every_ranking_sorts(app: NoctuiApp) -> None:
    async with app.run_test(size=(200, 60)) as pilot:
        await opened(pilot)
        for things in ("circuits", "sites", "regions", "carriers"):
            for _ in range(10 if things == "circuits" else 7):
                shown = set(ids(app))
                for column in table(app).columns:
                    table(app).sort_by(column.key, True)
                    assert set(ids(app)) == shown, column.key
                await pilot.press("m")
                await settled(pilot)
            await pilot.press("t")
            await settled(pilot)


async def test_details_tell_every_threshold_the_trend_and_the_week(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, "down", "down")
        screen = text(app)
        assert "1700 Lansing MI Verizon LTE ─" in screen
        assert "run/total  ≥ 70 1h45m/3h30m  ≥ 80 1h10m/2h20m  ≥ 90 0 %" in screen
        assert "trend      +0.53 % a day: 90 % in 42 d (R² 0.81, 28 days)" in screen
        assert "7 days     ■■■····  bad on 3 of 7: chronic" in screen


async def test_what_is_congested_and_gets_worse_is_one_list_the_soonest_first(app: NoctuiApp) -> None:
    """S0-Q-01."""
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, "M")
        assert ids(app) == ["s3211:ge-0/0/0", "s1700:lte-0/0/0"]
        assert "19d" in lines(app)[7]
        assert "window 28 days" in lines(app)[5]


async def test_nobody_was_above_a_threshold(options: Options) -> None:
    """SCREENS 8: the words say how much of the time is known."""
    app, _ = told(options, Told(night.POLL, calm=True))
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot)
        assert "Nobody was above a threshold in 24 h (coverage 98.2 %)." in lines(app)[7]
        assert lines(app)[2].startswith(" · No circuit is chronic. Nobody was above")
        await opened(pilot, "M")
        assert "No circuit is congested and getting worse." in lines(app)[7]


async def test_while_it_asks_it_says_so_and_the_cursor_comes_back(options: Options) -> None:
    gate = asyncio.Event()
    gate.set()
    app, _ = told(options, Told(night.POLL, gate=gate))
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, "down")
        under = table(app).cursor_key
        gate.clear()
        await pilot.press("w")
        await pilot.pause()
        assert "Asking …" in lines(app)[7]
        gate.set()
        await settled(pilot)
        assert table(app).cursor_key == under


async def test_what_cannot_be_read_is_one_line_and_the_next_poll_asks_again(options: Options) -> None:
    app, scenes = told(options, Told(night.POLL, fault="block 7 of figures is damaged"))
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot)
        assert "The figures cannot be read: block 7 of figures is damaged." in lines(app)[7]
        scenes.land(night.POLL + 60)
        await app.beat()
        await settled(pilot)
        assert ids(app)[0] == WORST


async def test_a_slow_answer_is_not_cancelled_by_every_poll(options: Options) -> None:
    """Thirteen months may take longer than the time between two polls: it must come all the same."""
    gate, asked = asyncio.Event(), list[tuple[str, float]]()
    app, scenes = told(options, Told(night.POLL, gate=gate, asked=asked))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("4")
        for poll in (1, 2, 3):
            at = night.POLL + 60.0 * poll
            scenes.now = night.FakeScene(night.view(at), night.STATUS, reader=Told(at, gate=gate, asked=asked))
            scenes._tell()
            await app.beat()
        assert [end for _, end in asked] == [night.POLL]
        gate.set()
        await settled(pilot)
        assert ids(app)[0] == WORST
        assert "as of 03:13:55" in lines(app)[5]  # three polls ago: said, not hidden


async def test_the_past_is_asked_for_at_once_and_shows_nothing_of_later(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot)
        assert night.HOT in ids(app)
        await pilot.press(*["["] * 30)  # 02:44, before Lumen was lost
        await settled(pilot)
        assert "PAST 02:43:55" in lines(app)[0]
        assert night.HOT not in ids(app)


async def test_leaving_lets_go_of_the_question_and_coming_back_asks_anew(options: Options) -> None:
    gate, asked = asyncio.Event(), list[tuple[str, float]]()
    app, _ = told(options, Told(night.POLL, gate=gate, asked=asked))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("4")
        await pilot.press("3")
        await pilot.pause()
        gate.set()
        await opened(pilot)
        assert len(asked) == 2
        assert ids(app)[0] == WORST


async def test_the_file_holds_all_that_rank_with_units_in_its_headers(app: NoctuiApp, options: Options) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, *["m"] * 4, "e")
        rows = read(options)
        assert len(rows) == 43
        assert [row["rank"] for row in rows] == [str(i) for i in range(1, 44)]
        assert rows[0]["circuit_id"] == "s2511:ge-0/0/1"
        assert (rows[0]["flaps"], rows[0]["available_pct"], rows[0]["window_to"]) == (
            "19",
            "100",
            "2026-11-23T03:13:55Z",
        )
        assert rows[0]["window_from"] == "2026-11-22T03:13:55Z"


@pytest.mark.parametrize("things", range(4))
async def test_every_ranking_makes_a_file(app: NoctuiApp, options: Options, things: int) -> None:
    units = ("_pct", "_ms", "_s", "_bps", "_days", "_per_day", "_of_7")
    plain = {
        "rank", "circuit_id", "site_id", "site", "site_name", "region", "role", "carrier", "carrier_circuit_id", "port",
        "circuits", "flaps", "chronic_circuits", "window_from", "window_to", "p95_relative_error", "r2", "never",
        "failovers", "running", "newest_began", "newest_ended", "newest_cause", "newest_active_circuit_id",
    }  # fmt: skip
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, *["t"] * things)
        for _ in range(10 if not things else 7):
            await pilot.press("e", "m")
            await settled(pilot)
    files = sorted(options.exports.glob("*.csv"))
    assert len(files) == (10 if not things else 7)
    for file in files:
        with file.open(newline="") as opened_file:
            found = list(csv.DictReader(opened_file))
        assert found, file
        for header in found[0]:
            assert header in plain or header.endswith(units), header


def read(options: Options) -> list[dict[str, str]]:
    (file,) = Path(options.exports).glob("*.csv")
    with file.open(newline="") as opened_file:
        return list(csv.DictReader(opened_file))


async def test_copy_takes_the_row_as_it_stands(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, "y")
        assert "Copied: 1  ▲  1074  Camden NJ  Verizon LTE  bkp  95.6  76.4" in lines(app)[-1]


async def test_a_circuit_that_left_the_network_ranks_by_its_id(options: Options) -> None:
    """Figures belong to ids: who is gone from the inventory was bad all the same."""

    class Gone(Told):
        async def figures(
            self, range_: Range, circuit_ids: tuple[str, ...] = (), percentiles: tuple[str, ...] = ()
        ) -> Figures:
            found = await super().figures(range_, circuit_ids, percentiles)
            return replace(found, ids=tuple("gone:ge-0" if i == WORST else i for i in found.ids))

    app, _ = told(options, Gone(night.POLL))
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot)
        assert ids(app)[0] == "gone:ge-0"
        assert "gone:ge-0" in lines(app)[7]
        assert "not in the network now" in text(app)


def test_rows_say_whether_they_changed() -> None:
    """Only what looks different is painted anew."""
    rows = made(0.0)
    assert not rows.changed(made(0.0), np.arange(len(rows))).any()
    assert rows.changed(made(60.0), np.arange(len(rows))).any()


def made(later: float) -> OffenderRows:
    from noctui.tui.panes.offender_answers import Answer, Asked, ranked
    from noctui.tui.panes.offender_kinds import UTILISATION
    from noctui.tui.panes.offender_table import rows_of
    from tests.night_figures import figures_at

    asked = Asked("circuits", UTILISATION, "24h", night.POLL)
    view = night.view(night.POLL + later)
    found = ranked(Answer(asked, figures_at(night.POLL, asked.range, (), ("util",))), view, None, None)
    return rows_of(found, view, Signs())
