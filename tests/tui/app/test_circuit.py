"""The circuit screen: Mist's own series beside ours, facts with their source, events of both."""

from __future__ import annotations

import asyncio
import math
from dataclasses import replace

import msgspec
import numpy as np
import pytest

from noctui.clock import FixedClock
from noctui.model.detail import Answer, AskInsights, AskPorts, Insights, Question, refused
from noctui.model.scene import Range
from noctui.model.words import BandwidthSource
from noctui.tui.app import NoctuiApp
from noctui.tui.panes.circuit_mist import average, buckets, mist_values, pair_lanes
from noctui.tui.panes.provenance import bandwidth_line
from noctui.tui.panes.stats_facts import attachments, contract
from noctui.tui.place import of_circuit
from noctui.tui.runs import Line
from tests import night
from tests.tui.app.seen import lines, text

SIZE = (120, 40)
VIEW = night.view()
CIRCUIT = VIEW.inventory.circuits[VIEW.inventory.circuit_row[night.HOT]]


def said(line: Line) -> str:
    return "".join(t for t, _ in line).strip()


class Late(night.FakeReader):
    """A reader whose cloud answers when it is let, or with an error."""

    def __init__(self, at: float, error: str = "") -> None:
        super().__init__(at)
        object.__setattr__(self, "let", asyncio.Event())
        object.__setattr__(self, "error", error)
        object.__setattr__(self, "dropped", [])

    let: asyncio.Event
    error: str
    dropped: list[Question]

    async def detail(self, question: Question) -> Answer:
        try:
            await self.let.wait()
        except asyncio.CancelledError:
            self.dropped.append(question)
            raise
        return refused(question, self.error) if self.error else await super().detail(question)


async def settle(app: NoctuiApp) -> None:
    for _ in range(6):
        await asyncio.sleep(0)


def at_circuit(app: NoctuiApp, scenes: night.FakeScenes, reader: Late | None = None) -> None:
    assert scenes.now is not None
    if reader is not None:
        scenes.now = replace(scenes.now, reader=reader)
    app._trail.jump(of_circuit(night.HOT))


async def test_mists_own_series_stand_below_ours_and_go_again(app: NoctuiApp, scenes: night.FakeScenes) -> None:
    at_circuit(app, scenes)
    async with app.run_test(size=SIZE) as pilot:
        await app.workers.wait_for_complete()
        await pilot.pause()
        before = text(app)
        assert "Mist  " not in before
        await pilot.press("i")
        await app.workers.wait_for_complete()
        await pilot.pause()
        shown = text(app)
        assert "Mist below ours, asked 53s ago, i ends" in shown
        assert "averages        ours   Mist  apart" in shown
        assert sum(line[1:5] == "Mist" for line in lines(app)) == 5
        await pilot.press("i")
        await pilot.pause()
        assert text(app) == before


async def test_w_keeps_to_the_times_that_mist_keeps(app: NoctuiApp, scenes: night.FakeScenes) -> None:
    at_circuit(app, scenes)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("i")
        seen = []
        for _ in range(4):
            await pilot.press("w")
            await app.workers.wait_for_complete()
            await pilot.pause()
            seen.append(lines(app)[4].split(" ─")[0].strip())
        assert seen == ["7 d", "1 h", "6 h", "24 h"]


async def test_while_mist_is_asked_everything_has_its_place(app: NoctuiApp, scenes: night.FakeScenes) -> None:
    """The answer changes figures and lanes; no line moves. It never holds up the paint."""
    reader = Late(night.POLL)
    at_circuit(app, scenes, reader)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        await pilot.press("i")
        await pilot.pause()
        await settle(app)
        before = lines(app)
        assert "Mist below ours, asking Mist …, i ends" in before[4]
        reader.let.set()
        await app.workers.wait_for_complete()
        await pilot.pause()
        after = lines(app)
        assert "asked 53s ago" in after[4]
        names = [line[1:7].strip() for line in before[5:32]]
        kept = [line[1:7].strip() for line in after[5:32]]
        assert [n for n in names if n.isalpha()] == [n for n in kept if n.isalpha()]


async def test_an_error_is_told_in_its_place(app: NoctuiApp, scenes: night.FakeScenes) -> None:
    reader = Late(night.POLL, "Mist answers 503 \x1b[31m[red]")
    reader.let.set()
    at_circuit(app, scenes, reader)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("i")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert "Mist below ours, Mist answers 503 ·[31m[red], i ends" in lines(app)[4]


async def test_leaving_drops_the_question_and_coming_back_asks_again(app: NoctuiApp, scenes: night.FakeScenes) -> None:
    reader = Late(night.POLL)
    at_circuit(app, scenes, reader)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        await pilot.press("i")
        await pilot.pause()
        await pilot.press("3")
        await pilot.pause()
        await settle(app)
        assert AskInsights(night.HOT, "24h") in reader.dropped
        assert AskPorts("s0417") in reader.dropped
        reader.let.set()
        await pilot.press("backspace")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert "asked 53s ago" in lines(app)[4]


async def test_the_past_asks_the_cloud_nothing_and_says_so(app: NoctuiApp, scenes: night.FakeScenes) -> None:
    at_circuit(app, scenes)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("i")
        await app.workers.wait_for_complete()
        await pilot.press("[")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert "PAST 03:12:55" in lines(app)[0]
        assert "Mist below ours, asked only live, i ends" in lines(app)[4]
        await pilot.press("L")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert "asked 53s ago" in lines(app)[4]


async def test_another_circuit_begins_with_ours_alone(app: NoctuiApp, scenes: night.FakeScenes) -> None:
    at_circuit(app, scenes)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("i")
        await app.workers.wait_for_complete()
        await pilot.press("escape", "right", "enter")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert app.place == of_circuit("s0417:lte-0/0/0")
        assert "m metric, w window" in lines(app)[4]


async def test_the_column_scrolls_where_it_is_longer_than_the_screen(
    app: NoctuiApp, scenes: night.FakeScenes, clock: FixedClock
) -> None:
    at_circuit(app, scenes)
    async with app.run_test(size=(120, 34)) as pilot:
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert "before     02aa0000ff01" not in text(app)
        await pilot.press("tab", "tab", "end")
        await pilot.pause()
        assert "before     02aa0000ff01  to Nov 03" in text(app)
        assert "300M / 280M  12.4 ms" in text(app)


def test_a_replaced_gateway_is_told_with_its_day_and_not_before_it_happened() -> None:
    now = [(name, said(line)) for name, line in attachments(VIEW, CIRCUIT)]
    assert now == [("gateway", "gw-0417  since Nov 03"), ("before", "02aa0000ff01  to Nov 03")]
    early = replace(VIEW, at=night.utc(0, 0, day=2))
    assert [name for name, _ in attachments(early, CIRCUIT)] == ["gateway"]


def test_the_contract_is_what_the_inventory_file_says_and_nothing_else() -> None:
    assert [(n, said(line)) for n, line in contract(CIRCUIT)] == [
        ("describes", "Comcast Business, rack 2 [b]port 1[/]"), ("SLA", "Comcast gold 99.50"), ("group", "GJT-A"),
        ("cost", "1,240.00 USD a month"), ("turned up", "2023-05-14"),
    ]  # fmt: skip
    assert contract(VIEW.inventory.circuits[0]) == []


def bandwidth_of(down: float, up: float, source: BandwidthSource, other: BandwidthSource, tested: float = 0.0) -> str:
    circuit = msgspec.structs.replace(
        CIRCUIT, down_bps=down, up_bps=up, bandwidth_source=source, up_source=other, speed_test_at=tested
    )
    return said(bandwidth_line(circuit, night.POLL))


def test_bandwidth_names_its_source_each_way_where_they_differ() -> None:
    b = BandwidthSource
    assert bandwidth_of(5e8, 5e8, b.FILE, b.NONE) == "500M inventory"
    assert bandwidth_of(3e8, 3e8, b.SPEEDTEST, b.SPEEDTEST, night.POLL - 6.3 * 86_400) == "300M speed test, 6d old"
    assert bandwidth_of(1e9, 1e8, b.LINK, b.SHAPING) == "100M shaped up / 1.0G link down"
    assert bandwidth_of(3e8, 2e8, b.SPEEDTEST, b.SPEEDTEST) == "200M up / 300M down speed test"
    assert bandwidth_of(0, 1e8, b.NONE, b.SHAPING) == "100M shaped up / –  down"
    assert bandwidth_of(0, 0, b.NONE, b.NONE) == "–  unknown"


def told(**values: tuple[float, ...]) -> Insights:
    return Insights(circuit_id=night.HOT, window="1h", start=1000.0, interval=60.0, values=values,
                    quality_start=0.0, quality_interval=3600.0)  # fmt: skip


def test_mists_rates_become_percent_of_the_bandwidth_that_way() -> None:
    circuit = msgspec.structs.replace(CIRCUIT, down_bps=2e8, up_bps=0.0)
    found = told(rx_bps=(1e8, math.nan), tx_bps=(1e8, 1e8), avg_loss=(0.5,))
    np.testing.assert_array_equal(mist_values(found, "rx_pct", circuit), np.array([50, np.nan], np.float32))
    assert np.isnan(mist_values(found, "tx_pct", circuit)).all()  # of an unknown bandwidth nothing is a share
    assert mist_values(found, "loss", circuit).tolist() == [0.5]
    assert len(mist_values(found, "jitter", circuit)) == 0  # a name that Mist did not give
    assert math.isnan(average(mist_values(found, "jitter", circuit)))


def test_a_bucket_ends_where_the_next_begins_and_quality_has_its_own() -> None:
    ends, spans = buckets(told(), "rx_pct", 3)
    assert (ends.tolist(), spans.tolist()) == ([1060.0, 1120.0, 1180.0], [60.0] * 3)
    assert buckets(told(), "latency", 2)[0].tolist() == [3600.0, 7200.0]


@pytest.mark.parametrize("rows", range(2, 60))
async def test_pairs_fill_the_rows_they_get_and_never_more(rows: int) -> None:
    series = await night.FakeReader(night.POLL).series(night.HOT, ("rx_pct",), night_range())
    made = pair_lanes(series, None, CIRCUIT, rows, lambda _m: (1.0, 2.0, 3.0))
    assert len(made) % 2 == 0
    assert all(lane.rows >= 2 for lane in made)
    assert sum(lane.rows for lane in made) <= max(rows, 4)


def night_range() -> Range:
    return Range(night.POLL - 3600, night.POLL)
