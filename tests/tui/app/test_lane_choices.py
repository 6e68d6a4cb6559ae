"""What keys change of a circuit's lanes: whose clock they go by, and another circuit of the site below."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noctui.model.scene import Range, Series
from noctui.tui.app import NoctuiApp
from noctui.tui.look import look_of
from noctui.tui.panes.chart_beside import beside_lanes, following, others
from noctui.tui.place import of_circuit
from noctui.tui.screens.board import Board
from tests import night
from tests.tui.app.seen import lines, text
from tests.tui.app.test_snapshots import pressing

SIZE = (120, 46)
TITLE = 4


def labels(app: NoctuiApp) -> list[str]:
    """Titles of the lanes, from above: they stand below the line of events."""
    known = ("rx", "tx", "loss", "jit", "lat", "pri", "bkp", "Mist")
    first = [line[1:6].split() for line in lines(app)[events_row(app) + 1 : -7]]
    return [words[0] for words in first if words and words[0] in known]


def events_row(app: NoctuiApp) -> int:
    return next(i for i, line in enumerate(lines(app)) if line[1:7] == "event ")


def value_of(app: NoctuiApp, title: str) -> str:
    """The value that the uppermost lane of this title shows."""
    shown, below = lines(app), events_row(app)
    first = next(i for i, line in enumerate(shown) if i > below and line[1:7].split()[:1] == [title])
    return shown[first + 1][1:6].strip()


def axis(app: NoctuiApp) -> str:
    return next(line for line in lines(app)[8:-7] if line[:8].strip() in ("", "MST") and line.count(":00") >= 3)


@pytest.fixture
def hot(app: NoctuiApp) -> NoctuiApp:
    app._trail.jump(of_circuit(night.HOT))
    return app


async def test_u_takes_the_clock_of_the_site_and_utc_again(hot: NoctuiApp) -> None:
    """Grand Junction keeps Mountain time: 03:13 UTC of November is 20:13 there, the day before."""
    async with hot.run_test(size=SIZE) as pilot:
        await pressing()(pilot)
        utc = axis(hot)
        assert "03:13" in utc
        await pressing("u")(pilot)
        assert lines(hot)[TITLE].startswith(" 24 h, MST ─")
        assert "20:13" in axis(hot)
        assert axis(hot).startswith(" MST ")
        await pressing("left")(pilot)
        assert "cursor 20:1" in lines(hot)[TITLE]
        assert "03:1" in lines(hot)[0]  # the program's own clock stays
        await pressing("u")(pilot)
        assert lines(hot)[TITLE].startswith(" 24 h ─")
        assert "cursor 03:1" in lines(hot)[TITLE]


async def test_r_puts_the_other_circuits_of_the_site_below_one_after_the_other(hot: NoctuiApp) -> None:
    async with hot.run_test(size=SIZE) as pilot:
        await pressing()(pilot)
        alone = text(hot)
        await pressing("r")(pilot)
        assert "pri Lumen below, r next" in lines(hot)[TITLE]
        assert labels(hot) == ["rx", "pri", "tx", "pri", "loss", "pri", "jit", "pri", "lat", "pri"]
        await pressing("r")(pilot)
        assert "bkp Verizon LTE below, r next" in lines(hot)[TITLE]
        await pressing("m")(pilot)
        assert labels(hot) == ["rx", "bkp"]
        await pressing("r", "m", "m", "m", "m", "m", "m")(pilot)
        assert text(hot) == alone


async def test_the_others_outages_have_a_line_and_lanes_of_their_own(hot: NoctuiApp) -> None:
    """Lumen is down since 02:51: a mark in its own line, the outage's tint through its lanes alone."""
    out, plain = (look_of(hot).palette.style("text", ground).bgcolor for ground in ("band_out", "bg"))
    async with hot.run_test(size=SIZE) as pilot:
        await pressing("r")(pilot)
        shown = lines(hot)
        marks, its, events = (shown[i] for i in (5, 6, 7))
        assert (marks[1:6], its[1:4], events[1:6]) == ("marks", "pri", "event")
        newest = its.rindex("▼")
        assert marks[newest] == "»"
        assert labels(hot)[:2] == ["rx", "pri"]
        mine = next(i for i, line in enumerate(shown) if line[1:4] == "rx ")
        other = next(i for i, line in enumerate(shown) if line[1:4] == "pri" and i > mine)
        assert ground(hot, newest, mine) == plain
        assert ground(hot, newest, other) == out


def ground(app: NoctuiApp, x: int, y: int) -> object:
    """The ground of a cell."""
    strip = app.screen._compositor.render_strips()[y].crop(x, x + 1)
    style = next(iter(strip)).style
    return style.bgcolor if style is not None else None


async def test_mists_own_series_and_another_circuit_take_each_others_place(hot: NoctuiApp) -> None:
    async with hot.run_test(size=SIZE) as pilot:
        await pressing("r", "i")(pilot)
        assert "Mist below ours" in lines(hot)[TITLE]
        assert "pri" not in labels(hot)
        await pressing("r")(pilot)
        assert "Mist" not in labels(hot)
        assert labels(hot).count("pri") == 5


async def test_in_the_past_the_other_ends_there_too(hot: NoctuiApp) -> None:
    """Lumen went down at 02:51: at 02:45 its lane still had a value."""
    async with hot.run_test(size=SIZE) as pilot:
        await pressing("r")(pilot)
        assert value_of(hot, "pri") == "–"
        hot.post_message(Board.At(night.utc(2, 46, 30)))
        await pressing()(pilot)
        assert "PAST 02:45:55" in lines(hot)[0]
        assert float(value_of(hot, "pri")) > 0


async def test_where_calendar_and_site_are_utc_u_says_so(hot: NoctuiApp) -> None:
    """A circuit of no site that is known has no clock but UTC."""
    hot._trail.jump(of_circuit("s0417:gone"))
    async with hot.run_test(size=SIZE) as pilot:
        await pressing("u")(pilot)
        assert "Shown in UTC: neither the calendar nor the site goes by another clock." in lines(hot)[-1]


async def test_where_there_is_no_other_it_says_so(app: NoctuiApp) -> None:
    app._trail.jump(of_circuit("s0417:gone"))
    async with app.run_test(size=SIZE) as pilot:
        await pressing("r")(pilot)
        assert "There is no other circuit at this site." in lines(app)[-1]


def test_others_are_those_of_the_site_by_role() -> None:
    view = night.view()
    found = others(view, night.HOT)
    assert len(found) == 2
    assert {view.inventory.circuits[view.inventory.circuit_row[c]].site_id for c in found} == {"s0417"}
    assert others(view, "of no network") == ()


@given(st.lists(st.text(min_size=1), unique=True, max_size=5))
def test_the_round_shows_each_once_and_ends_with_none(known: list[str]) -> None:
    seen, here = [], ""
    for _ in range(len(known) + 1):
        here = following(tuple(known), here)
        seen.append(here)
    assert seen == [*known, ""]
    assert following(tuple(known), "one that has left the site" + "".join(known)) == ""


@given(st.integers(2, 80), st.sampled_from(["", "rx_pct", "latency"]))
def test_pairs_keep_to_their_rows_and_an_unread_one_has_none(rows: int, alone: str) -> None:
    empty = Series(night.HOT, Range(0, 1), np.zeros(0), np.zeros(0, np.float32), {})
    made = beside_lanes(empty, None, "bkp", rows, lambda _m: (1, 2, 3), lambda _m: (4, 5, 6), alone)
    assert [lane.title == "bkp" for lane in made] == [False, True] * (len(made) // 2)
    assert sum(lane.rows for lane in made) <= max(rows, 4)
    assert {lane.thresholds for lane in made} == {(1, 2, 3), (4, 5, 6)}
