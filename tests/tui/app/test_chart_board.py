"""The chart board: what `x` opens from where, what its keys change, and that it holds to the Scene's instant."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import pytest

from noctui.tui.app import NoctuiApp
from noctui.tui.filter import parse
from noctui.tui.place import CIRCUITS, COLLECTOR, OFFENDERS, Place, of_chart, of_circuit, of_site
from noctui.tui.screens.board import Board
from tests import night
from tests.tui.app.keys import typed
from tests.tui.app.seen import lines, text
from tests.tui.app.test_snapshots import pressing

SIZE = (120, 40)
TITLE = 4


def at(app: NoctuiApp, place: Place) -> NoctuiApp:
    app._trail.jump(place)
    return app


@pytest.mark.parametrize(
    ("place", "opens", "title"),
    [
        (of_circuit(night.HOT), of_chart(circuit_id=night.HOT), "utilisation %, 0417 Grand Junction CO Comcast"),
        (of_site("s0417"), of_chart(site_id="s0417"), "utilisation %, 3 circuits"),
        (CIRCUITS, of_chart(), "utilisation %, all 107 circuits"),
    ],
    ids=["circuit", "site", "circuits"],
)
async def test_x_draws_what_one_looks_at_and_esc_is_the_way_back(
    app: NoctuiApp, place: Place, opens: Place, title: str
) -> None:
    async with at(app, place).run_test(size=SIZE) as pilot:
        await pressing("x")(pilot)
        assert app.place == opens
        assert title in lines(app)[TITLE]
        await pilot.press("escape")
        assert app.place == place


async def test_among_offenders_it_is_the_one_under_the_cursor(app: NoctuiApp) -> None:
    async with at(app, OFFENDERS).run_test(size=SIZE) as pilot:
        await pressing()(pilot)
        await pressing("x")(pilot)
        assert app.place.kind == "chart"
        assert app.place.circuit_id in night.view().inventory.circuit_row


async def test_where_nothing_can_be_drawn_it_says_so(app: NoctuiApp) -> None:
    async with at(app, COLLECTOR).run_test(size=SIZE) as pilot:
        await pressing("x")(pilot)
        assert app.place == COLLECTOR
        assert "nothing here to draw a chart of" in lines(app)[-1]


async def test_a_filter_comes_along_and_says_which_circuits(app: NoctuiApp) -> None:
    async with at(app, CIRCUITS).run_test(size=SIZE) as pilot:
        app.set_filter(parse("0417"), frozenset())
        await pressing("x")(pilot)
        await pressing("t")(pilot)
        assert "utilisation %, 3 circuits" in lines(app)[TITLE]
        assert "0417 Grand Junction CO Verizon LTE" in text(app)
        await pressing("enter")(pilot)
        assert app.place == CIRCUITS


async def test_keys_take_the_next_kind_metric_window_and_clock(app: NoctuiApp) -> None:
    async with at(app, of_chart(circuit_id=night.HOT)).run_test(size=SIZE) as pilot:
        await pressing()(pilot)
        assert "31 d to 03:13:55 UTC" in lines(app)[TITLE]  # hours of the week, by the calendar's zone
        await pressing("u")(pilot)
        assert "31 d to 20:13:55 MST" in lines(app)[TITLE]
        await pressing("t")(pilot)
        assert "polls by day" in lines(app)[TITLE + 1]
        await pressing("t", "m", "w")(pilot)
        assert lines(app)[TITLE].startswith(" rx %, 0417 Grand Junction CO Comcast")
        assert "7 d to 20:13:55 MST" in lines(app)[TITLE]
        await pressing("enter")(pilot)
        assert app.place == of_circuit(night.HOT)


async def test_a_metric_without_sums_is_spread_of_now_alone(app: NoctuiApp) -> None:
    async with at(app, of_chart(metric="mos")).run_test(size=SIZE) as pilot:
        await pressing("w")(pilot)
        assert "MOS, all 107 circuits" in lines(app)[TITLE]
        assert "now, 03:13:55 UTC" in lines(app)[TITLE]


async def test_in_the_past_it_shows_what_was(app: NoctuiApp) -> None:
    """At 02:45:55 Lumen still carried Mountain, and the chart ends there."""
    async with at(app, of_chart(circuit_id=night.HOT, chart="line")).run_test(size=SIZE) as pilot:
        await pressing()(pilot)
        app.post_message(Board.At(night.utc(2, 46, 30)))
        await pressing()(pilot)
        assert "PAST 02:45:55" in lines(app)[0]
        assert "24 h to 02:45:55 UTC" in lines(app)[TITLE]
        assert "max 94" not in text(app)


async def test_export_writes_what_was_drawn(app: NoctuiApp) -> None:
    async with at(app, of_chart(circuit_id=night.HOT, chart="heat", metric="latency")).run_test(size=SIZE) as pilot:
        await pressing()(pilot)
        await pressing("e")(pilot)
        (file,) = Path(app.options.exports).glob("*.csv")
        rows = list(csv.DictReader(file.open()))
        assert len(rows) == 7 * 24
        assert set(rows[0]) == {"circuit_id", "weekday", "hour", "latency_ms_avg", "weeks"}
        assert f"{float(rows[0]['latency_ms_avg']):.0f}" in text(app)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("chart heat", "heat of which circuit? open one first"),
        ("chart dist speed", "speed is no more to say; kinds: line, heat, box, many, dist; metrics: util"),
    ],
)
async def test_a_command_that_cannot_be_drawn_is_one_line(app: NoctuiApp, line: str, said: str) -> None:
    async with at(app, CIRCUITS).run_test(size=(160, 40)) as pilot:
        await pilot.press(*typed(f":{line}"), "enter")
        assert said in text(app)
        assert app.place == CIRCUITS


async def test_a_command_names_kind_and_metric(app: NoctuiApp) -> None:
    async with at(app, of_circuit(night.HOT)).run_test(size=SIZE) as pilot:
        await pilot.press(*typed(":chart box lat"), "enter")
        await pressing()(pilot)
        assert app.place == of_chart(circuit_id=night.HOT, chart="box", metric="latency")
        assert "latency ms, 0417 Grand Junction CO Comcast" in lines(app)[TITLE]


def test_the_library_is_not_loaded_before_something_is_drawn() -> None:
    code = (
        "import sys, noctui.tui.app, noctui.tui.screens.chart, noctui.tui.screens.circuit\n"
        "print('plotext' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
