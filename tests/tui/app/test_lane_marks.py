"""A stretch of time marked on a circuit's lanes: by `b` and by the mouse, what is said, exported and copied of it; and
what the site's devices told, on a line of its own."""

from __future__ import annotations

import csv
import re
from dataclasses import replace

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.events import MouseDown, MouseMove, MouseUp

from noctui.charts.columns import snap, touched
from noctui.clock import FixedClock
from noctui.model.alarms import Ack, Alarm
from noctui.model.cloud import DeviceEvent
from noctui.model.edges import Failover
from noctui.model.scene import Range, Series
from noctui.model.words import Severity
from noctui.tui.app import NoctuiApp, Options
from noctui.tui.panes.chart_events import event_marks
from noctui.tui.panes.chart_lanes import alarm_bands
from noctui.tui.panes.chart_mark import Mark, lowest, span_words
from noctui.tui.panes.figures import figures, time_above
from noctui.tui.place import of_circuit
from noctui.tui.screens.board import Board
from noctui.tui.widgets.lanes import Lanes
from tests import night
from tests.tui.app.seen import lines, text
from tests.tui.app.styled import same
from tests.tui.app.test_snapshots import pressing

SIZE = (120, 40)
TITLE, MARKS, EVENTS = 4, 5, 6
STRETCH = ("left", "left", "b", "left", "left", "left", "b")


@pytest.fixture
def hot(app: NoctuiApp) -> NoctuiApp:
    app._trail.jump(of_circuit(night.HOT))
    return app


def said(app: NoctuiApp) -> str:
    """What the title says of the mark."""
    return lines(app)[TITLE].split("    stats")[0]


# -- the key ----------------------------------------------------------------------------------------------------------


async def test_b_begins_ends_and_clears(hot: NoctuiApp) -> None:
    async with hot.run_test(size=SIZE) as pilot:
        await pressing()(pilot)
        before = text(hot)
        await pressing("left", "left", "b")(pilot)
        begun = re.search(r"marking (\d\d:\d\d)–(\d\d:\d\d), \d+m, b ends", said(hot))
        assert begun is not None
        await pressing("left", "left", "left")(pilot)
        grown = re.search(r"marking (\d\d:\d\d)–(\d\d:\d\d), 1h\d+m, b ends", said(hot))
        assert grown is not None
        assert grown[1] < begun[1]
        assert grown[2] == begun[2]
        await pressing("b", "left")(pilot)
        assert f"marked {grown[1]}–{grown[2]}, 1h" in said(hot)
        assert "b clears" in said(hot)
        await pressing("b")(pilot)
        assert "marked" not in text(hot)
        hot.screen.query_one(Lanes).clear_cursor()
        await pressing()(pilot)
        assert text(hot) == before


async def test_esc_clears_before_it_goes_out(hot: NoctuiApp) -> None:
    async with hot.run_test(size=SIZE) as pilot:
        await pressing(*STRETCH, "escape")(pilot)
        assert hot.place == of_circuit(night.HOT)
        assert "b clears" not in said(hot)
        await pressing("escape")(pilot)
        assert hot.place != of_circuit(night.HOT)


async def test_without_a_cursor_it_begins_at_the_newest_column(hot: NoctuiApp) -> None:
    async with hot.run_test(size=SIZE) as pilot:
        await pressing("b")(pilot)
        assert "–03:13, " in said(hot)
        assert "b ends" in said(hot)


async def test_zoomed_or_panned_away_the_same_time_stays_marked(hot: NoctuiApp) -> None:
    async with hot.run_test(size=SIZE) as pilot:
        await pressing(*STRETCH)(pilot)
        marked = re.search(r"marked [0-9:–]+", said(hot))
        assert marked is not None
        for keys in (("+", "+"), ("{", "{", "{")):
            await pressing(*keys)(pilot)
            assert marked[0] in said(hot)
        await pressing("w")(pilot)
        assert marked[0] in said(hot)


async def test_another_circuit_has_no_mark(hot: NoctuiApp) -> None:
    async with hot.run_test(size=SIZE) as pilot:
        await pressing(*STRETCH)(pilot)
        await hot.go(of_circuit("s2474:ge-0/0/0"), None)
        await pressing()(pilot)
        await hot.go(of_circuit(night.HOT), None)
        await pressing()(pilot)
        assert "b clears" not in said(hot)


async def test_elsewhere_b_says_where_it_works(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("b")
        await pilot.pause()
        assert "A stretch of time is marked on a circuit's lanes: open one, then b." in lines(app)[-1]


async def test_what_is_drawn_with_the_button_held_is_marked(hot: NoctuiApp) -> None:
    async with hot.run_test(size=SIZE) as pilot:
        await pressing()(pilot)
        lanes = hot.screen.query_one(Lanes)

        def event(kind: type[MouseDown] | type[MouseMove] | type[MouseUp], x: int) -> object:
            return kind(lanes, x, 8, 0, 0, 1, False, False, False)

        for kind, x in ((MouseDown, 60), (MouseMove, 55), (MouseMove, 50)):
            lanes.post_message(event(kind, x))  # type: ignore[arg-type]
        await pressing()(pilot)
        assert "b ends" in said(hot)
        lanes.post_message(event(MouseUp, 50))  # type: ignore[arg-type]
        await pressing()(pilot)
        assert "b clears" in said(hot)
        assert re.search(r"marked Nov 22 \d\d:\d\d–\d\d:\d\d, 3h22m, b clears", said(hot))


async def test_a_click_marks_nothing(hot: NoctuiApp) -> None:
    async with hot.run_test(size=SIZE) as pilot:
        await pressing()(pilot)
        await pilot.click(hot.screen.query_one(Lanes), offset=(50, 8))
        await pressing()(pilot)
        assert "cursor " in said(hot)
        assert "mark" not in said(hot)


async def test_the_past_has_only_what_had_been_of_it(hot: NoctuiApp) -> None:
    """Marked up to 03:13, looked at from 02:45: the mark ends there, and where it had not begun there is none."""
    async with hot.run_test(size=SIZE) as pilot:
        await pressing("b", "left", "left", "left", "left", "b")(pilot)
        begun = re.search(r"marked (\d\d:\d\d)–03:13", said(hot))
        assert begun is not None
        hot.post_message(Board.At(night.utc(2, 46, 30)))
        await pressing()(pilot)
        assert f"marked {begun[1]}–02:45" in said(hot)
        hot.post_message(Board.At(night.utc(1, 30)))
        await pressing()(pilot)
        assert "marked" not in said(hot)


# -- what is said and given of it -------------------------------------------------------------------------------------


async def test_figures_beside_are_those_of_the_stretch(hot: NoctuiApp) -> None:
    """Lumen failed at 02:51: what is marked up to now has the whole of the load in it, and a lowest in place of now."""
    async with hot.run_test(size=SIZE) as pilot:
        await pressing("b", "left", "b")(pilot)
        heading, head, rx = (lines(hot)[i][85:] for i in (4, 5, 6))
        assert heading.startswith("stats ─")
        assert re.search(r"\d\d:\d\d–03:13", heading)
        assert head.split() == ["min", "avg", "p95", "max"]
        assert rx.split()[:2] == ["rx", "%"]
        await pressing("b")(pilot)
        assert lines(hot)[5][85:].split() == ["now", "avg", "p95", "max"]


async def test_e_writes_the_samples_of_the_stretch_into_a_file_that_names_it(hot: NoctuiApp, options: Options) -> None:
    async with hot.run_test(size=SIZE) as pilot:
        await pressing(*STRETCH, "e")(pilot)
    (file,) = options.exports.iterdir()
    first, last = re.fullmatch(r"noctui-series-(\d{8}T\d{6}Z)-(\d{8}T\d{6}Z)-20261123T031407Z\.csv", file.name).groups()  # type: ignore[union-attr]
    with file.open(newline="") as opened:
        rows = list(csv.DictReader(opened))
    at = [re.sub("[-:]|[.][0-9]+", "", row["at"]) for row in rows]
    assert len(rows) > 60
    assert first < at[0] < at[-1] <= last


async def test_y_copies_one_line_of_figures(hot: NoctuiApp) -> None:
    async with hot.run_test(size=SIZE) as pilot:
        await pressing(*STRETCH, "y")(pilot)
        found = hot.clipboard
        assert re.match(
            r"0417 Grand Junction CO Comcast ge-0/0/1, 2026-11-23 \d\d:\d\d:\d\d–\d\d:\d\d:\d\d UTC \(1h\d\dm\): "
            r"util % min [\d.]+ avg [\d.]+ p95 [\d.]+ max [\d.]+, .*; loss % min .*; jitter ms .*; latency ms .*; "
            r"available [\d.]+ %; cover [\d.]+ %$",
            found,
        )
        assert "\n" not in found
        await pressing("m", "u", "y")(pilot)
        assert " MST (1h" in hot.clipboard
        assert "rx % min" in hot.clipboard
        assert "latency" not in hot.clipboard
        await pressing("b", "y")(pilot)
        assert hot.clipboard == night.HOT


@pytest.mark.parametrize("size", [(80, 24), SIZE, (200, 60)], ids=lambda s: f"{s[0]}x{s[1]}")
async def test_it_looks_as_it_was_kept(request: pytest.FixtureRequest, size: tuple[int, int]) -> None:
    """With another circuit below, an event under the cursor, and a mark."""
    app = NoctuiApp(night.FakeScenes(), FixedClock(night.NOW), Options())
    app._trail.jump(of_circuit(night.HOT))
    async with app.run_test(size=size) as pilot:
        await pressing("r", *STRETCH)(pilot)
        row = next(line for line in lines(app) if line.lstrip().startswith("event "))
        await pilot.click(app.screen.query_one(Lanes), offset=(row.index("•") - row.index("event"), 8))
        await pressing()(pilot)
        assert "configured: [b]by[/]" in text(app)
        for theme in ("dark", "ansi") if size == SIZE else ("dark",):
            await app.dress(theme)
            app._note = ""
            app.paint()
            await pilot.pause()
            same(request, f"charts/marked-{size[0]}x{size[1]}-{theme}", app)


# -- the arithmetic ---------------------------------------------------------------------------------------------------

T = night.utc(3, 0)


@given(st.lists(st.integers(0, 500), min_size=1, max_size=20), st.booleans())
def test_a_mark_lies_between_its_ends_whichever_came_first(moves: list[int], ends: bool) -> None:
    mark = Mark(None, lambda: None)
    for at in moves:
        span = (T + 60.0 * at, T + 60.0 * at + 60)
        if mark.open:
            mark.follow(span)
        else:
            mark.step(span)
    if ends:
        mark.step((T, T + 60))
    low, high = min(moves[0], 0 if ends else moves[-1]), max(moves[0], 0 if ends else moves[-1])
    assert mark.span(T + 1e6) == (T + 60 * low, T + 60 * high + 60)
    assert (mark.range(T + 1e6) is None) is not ends
    assert mark.span(T + 60 * low) is None
    assert mark.clear()
    assert not mark.clear()


@given(st.integers(10, 200), st.integers(0, 199), st.integers(0, 199), st.floats(600, 3e7), st.floats(0, 1e6))
def test_its_band_covers_the_columns_that_were_marked_and_no_other(
    columns: int, one: int, other: int, seconds: float, shift: float
) -> None:
    start, end = snap(T - seconds + shift, T + shift, columns)
    each = (end - start) / columns
    first, last = sorted((one % columns, other % columns))
    mark = Mark(None, lambda: None)
    mark.draw(start + first * each, start + (last + 1) * each, done=True)
    (band,) = mark.bands(end + 1)
    assert touched(start, end, band.start, band.end, columns) == (first, last + 1)


def test_words_of_a_stretch_name_the_day_where_it_is_not_today() -> None:
    now = night.utc(3, 14)
    assert span_words(night.utc(2, 51), night.utc(3, 14), now) == "02:51–03:14"
    assert span_words(night.utc(2, 51), night.utc(2, 55), now) == "02:51:00–02:55:00"
    assert span_words(night.utc(21, 54, day=22), night.utc(22, 14, day=22), now) == "Nov 22 21:54–22:14"
    assert span_words(night.utc(21, 54, day=22), night.utc(3, 0), now) == "Nov 22 21:54–Nov 23 03:00"


@given(st.lists(st.one_of(st.floats(0, 200, width=32), st.just(float("nan"))), max_size=30))
def test_the_lowest_is_below_all_and_unknown_where_nothing_is_known(values: list[float]) -> None:
    found = series(values)
    least, known = lowest(found, "rx_pct"), [v for v in values if v == v]
    assert least == min(known) if known else np.isnan(least)
    assert np.isnan(lowest(replace(found, source="hours"), "rx_pct"))
    if known:
        assert least <= figures(found, "rx_pct").average + 1e-4
        assert time_above(found, "rx_pct", least)[1] == 60.0 * len(known)


def series(values: list[float]) -> Series:
    times = (T + 60.0 * np.arange(1, len(values) + 1)).astype(np.float64)
    spans = np.full(len(values), 60, np.float32)
    return Series(night.HOT, Range(T, T + 3600), times, spans, {"rx_pct": np.array(values, np.float32)})


# -- what devices told ------------------------------------------------------------------------------------------------


async def test_the_cursor_reads_what_happened_in_its_column(hot: NoctuiApp) -> None:
    """23:02 the day before the gateway was configured; by whom Mist says in text that is no markup."""
    async with hot.run_test(size=SIZE) as pilot:
        await pressing()(pilot)
        row = lines(hot)[EVENTS]
        assert row.startswith(" event ")
        await pilot.click(hot.screen.query_one(Lanes), offset=(row.index("•") - 1, 8))
        await pressing()(pilot)
        assert "configured: [b]by[/] jmo·[0m" in lines(hot)[EVENTS]
        await pressing("left")(pilot)
        assert "configured" not in lines(hot)[EVENTS]


def told(kind: str, minute: int, **more: str) -> DeviceEvent:
    at = night.utc(2, minute)
    return DeviceEvent(type=kind, event_time=at, known_at=at + 11, gateway_id="g", site_id="s0417", **more)


def test_what_weighs_more_covers_what_shares_its_column() -> None:
    """Failover over gateway over configuration over port over anything else; nothing of another circuit or later."""
    events = (
        told("GW_RESTARTED", 10), told("GW_VPN_PATH_DOWN", 40, circuit_id=night.HOT, text="to hub-den-1"),
        told("GW_PORT_DOWN", 30, circuit_id=night.HOT, port_id="ge-0/0/1"), told("GW_CONFIGURED", 20),
        told("GW_PORT_UP", 31, circuit_id=night.HOT, port_id="ge-0/0/1"),
        told("GW_PORT_DOWN", 5, circuit_id="s0417:ge-0/0/0"), told("GW_CONNECTED", 59),
    )  # fmt: skip
    over = Failover(
        site_id="s0417", event_time=night.utc(2, 1), known_at=night.utc(2, 1), began=True, circuit_id=night.HOT
    )
    found = event_marks(events, (over,), night.HOT, night.inventory(), night.utc(2, 50))
    assert [(event.sign, event.words) for event in found] == [
        ("ok", "VPN path down: to hub-den-1"), ("port_down", "port down ge-0/0/1"), ("port_up", "port up ge-0/0/1"),
        ("person", "configured"), ("outage", "restarted"), ("standing_in", "fails over to Comcast"),
    ]  # fmt: skip


def test_alarms_run_through_the_marks_from_when_they_opened_the_worst_on_top() -> None:
    """In its colour while it waits; grey once somebody has it, or it is over."""
    waits = Alarm(
        alarm_id="a", key="k", source="engine", type="utilisation", severity=Severity.CRITICAL, opened=100.0,
        changed=100.0, known_at=110.0, text="rx ≥ 90 %",
    )  # fmt: skip
    ack = Ack(who="jmo", at=120.0, until=900.0, why="seen", severity=Severity.CRITICAL)
    over = msgspec.structs.replace(waits, alarm_id="b", severity=int(Severity.WARN), opened=50.0, cleared=80.0)
    found = alarm_bands((waits, over, msgspec.structs.replace(waits, alarm_id="c", ack=ack)), 500.0)
    assert [(b.start, b.end, b.kind, b.role) for b in found] == [
        (50.0, 80.0, "alarm", "dim"), (100.0, 500.0, "alarm", "crit"), (100.0, 500.0, "alarm", "dim"),
    ]  # fmt: skip
    assert {b.label for b in found} == {"rx ≥ 90 %"}
