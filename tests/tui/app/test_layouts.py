"""Screen 1 by role: `v` steps through the layouts, each list leads somewhere, and every one of them can be exported."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from noctui.clock import FixedClock
from noctui.model.figures import Daily, Figures, NetworkSeries, Trend
from noctui.model.scene import Range
from noctui.model.stores import HistoryError
from noctui.settings import LAYOUTS as SETTABLE
from noctui.tui.app import NoctuiApp, Options
from noctui.tui.keys import offered
from noctui.tui.layouts import LAYOUTS, after, begin_with
from noctui.tui.panes.kept import Kept
from noctui.tui.panes.list_pane import ListPane
from noctui.tui.place import CIRCUITS, MIST_ALARMS, OVERVIEW, Place, of_circuit, of_region, of_site
from noctui.tui.screens.listing import ListingBoard
from noctui.tui.state import Memory
from noctui.tui.widgets.live_table import LiveTable
from tests import night
from tests.tui.app.seen import lines, text

SIZES = [(80, 24), (120, 40), (200, 60)]
ROLES = [layout for layout in LAYOUTS if layout != "noc"]


def opened(layout: str, tmp_path: Path, scenes: night.FakeScenes | None = None) -> NoctuiApp:
    options = Options(exports=tmp_path / "exports", state=tmp_path / "screen.json", layout=layout)
    return NoctuiApp(scenes or night.FakeScenes(), FixedClock(night.NOW), options)


def board_of(app: NoctuiApp) -> ListingBoard:
    assert isinstance(app.board, ListingBoard)
    return app.board


def pane(app: NoctuiApp, name: str) -> ListPane:
    return app.screen.query_one(f"#{name}", ListPane)


async def settled(app: NoctuiApp, pilot: Any) -> None:
    await pilot.pause()
    await app.workers.wait_for_complete()
    await pilot.pause()


def test_what_can_be_set_is_what_there_is() -> None:
    """The settings know no screen: their words are held to the screen's here."""
    assert SETTABLE == LAYOUTS


def test_v_goes_round() -> None:
    assert [after(layout) for layout in LAYOUTS] == ["engineering", "executive", "noc"]


@pytest.mark.parametrize(
    ("setting", "chosen", "over", "begins"),
    [
        ("noc", "", "", "noc"),
        ("executive", "", "", "executive"),
        ("noc", "engineering", "noc", "engineering"),  # chosen with v, and the setting is as it was
        ("executive", "engineering", "noc", "executive"),  # the setting changed since: it holds
        ("noc", "moon", "noc", "noc"),  # a state file of another version
    ],
)
def test_a_choice_holds_until_the_setting_changes(setting: str, chosen: str, over: str, begins: str) -> None:
    assert begin_with(setting, chosen, over) == begins


async def test_v_shows_the_next_layout_and_it_is_there_again(app: NoctuiApp, options: Options) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        assert "regions" in text(app)
        assert "most loaded now" not in text(app)
        await pilot.press("v")
        assert "most loaded now" in text(app)
        assert "Layout: engineering." in lines(app)[-1]
        await pilot.press("v")
        assert "sites serving" in text(app)
        assert app.place == OVERVIEW
    assert options.state is not None
    assert Memory(options.state).state.layout == "executive"
    again = NoctuiApp(night.FakeScenes(), FixedClock(night.NOW), options)
    async with again.run_test(size=(120, 40)):
        assert "sites serving" in text(again)


async def test_v_belongs_to_screen_1(app: NoctuiApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("3", "v", "1")
        assert "most loaded now" not in text(app)


async def test_a_filter_belongs_to_the_layout_that_it_was_made_for(app: NoctuiApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("slash", *"mount", "enter", "v")
        assert "filter" not in lines(app)[2]
        await pilot.press("v", "v")
        assert "filter" not in lines(app)[2]


@pytest.mark.parametrize("layout", ROLES)
async def test_the_footer_offers_what_works(layout: str, tmp_path: Path) -> None:
    app = opened(layout, tmp_path)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(app, pilot)
        working = {binding.binding.action for binding in app.screen.active_bindings.values()}
        tabled = {"open", "move(-1)", "sort", "invert", "column_left", "column_right"}
        for action in offered(board_of(app).OFFERS):
            assert action.action in working | tabled, action.name


DRILLS = [
    ("engineering", "most-loaded", of_circuit("s2511:ge-0/0/1")),
    ("engineering", "worst-quality", of_circuit(night.HOT)),
    ("engineering", "worsening", of_circuit("s3211:ge-0/0/0")),
    ("engineering", "chronic", of_circuit("s1074:lte-0/0/0")),
    ("engineering", "most-flaps", of_circuit("s2511:ge-0/0/1")),
    ("engineering", "running-failovers", of_site("s0417")),
    ("engineering", "worst-sites", of_site("s0417")),
    ("engineering", "loaded-gateways", of_site("s3837")),
    ("executive", "executive-regions", of_region("Mountain")),
    ("executive", "top-offenders", of_circuit("s1074:lte-0/0/0")),
    ("executive", "alarm-kinds", MIST_ALARMS),
    ("executive", "carrier-summary", CIRCUITS),
]


@pytest.mark.parametrize(("layout", "name", "there"), DRILLS, ids=[name for _, name, _ in DRILLS])
async def test_enter_leads_from_each_list_to_what_it_speaks_of(
    layout: str, name: str, there: Place, tmp_path: Path
) -> None:
    """The worst row of every list of the sample night."""
    app = opened(layout, tmp_path)
    async with app.run_test(size=(200, 60)) as pilot:
        await settled(app, pilot)
        pane(app, name).table.focus()
        await pilot.press("enter")
        assert app.place == there
        await pilot.press(*["escape"] * (2 if there in (MIST_ALARMS, CIRCUITS) else 1))  # there a filter goes first
        assert app.place == OVERVIEW


async def test_a_type_of_alarm_opens_the_alarms_of_that_type(tmp_path: Path) -> None:
    app = opened("executive", tmp_path)
    async with app.run_test(size=(200, 60)) as pilot:
        await settled(app, pilot)
        pane(app, "alarm-kinds").table.focus()
        await pilot.press("down", "enter")
        await settled(app, pilot)
        assert 'type="WAN port down"' in lines(app)[2]
        shown = app.screen.query_one("#mist-pane-table", LiveTable)
        assert 0 < shown.shown < 13
        await pilot.press("escape", "escape")
        assert app.place == OVERVIEW


@pytest.mark.parametrize("layout", ROLES)
async def test_every_list_is_exported(layout: str, tmp_path: Path) -> None:
    """`e` writes the list that has the focus: its rows, in the order shown, at the instant shown."""
    app = opened(layout, tmp_path)
    async with app.run_test(size=(200, 60)) as pilot:
        await settled(app, pilot)
        for listed in board_of(app).lists():
            listed.table.focus()
            await pilot.pause()
            made = board_of(app).export()
            assert made is not None, listed.id
            assert len(made.rows) == listed.table.shown > 0, listed.id
            assert all(len(row) == len(made.headers) for row in made.rows), listed.id


@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")
@pytest.mark.parametrize("layout", ROLES)
async def test_tab_brings_every_list_into_sight_whole(layout: str, size: tuple[int, int], tmp_path: Path) -> None:
    """Also at S, where there are more lists than there is room for."""
    app = opened(layout, tmp_path)
    async with app.run_test(size=size) as pilot:
        await settled(app, pilot)
        seen: set[str] = set()
        for _ in range(12):
            focused = app.focused
            assert focused is not None
            seen.add(str(focused.id))
            assert board_of(app).region.contains_region(focused.region), focused.id
            await pilot.press("tab")
            await pilot.pause()
        assert seen >= {str(listed.table.id) for listed in board_of(app).lists() if listed.region.area}


async def test_the_order_of_a_list_is_remembered(tmp_path: Path) -> None:
    app = opened("engineering", tmp_path)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(app, pilot)
        pane(app, "worst-quality").table.focus()
        await pilot.pause()
        pane(app, "worst-quality").table.sort_by("lat", True)
        await pilot.pause()
    again = opened("engineering", tmp_path)
    async with again.run_test(size=(120, 40)) as pilot:
        await settled(again, pilot)
        assert pane(again, "worst-quality").table.sort == ("lat", True)


async def test_an_order_by_a_column_that_is_no_more_counts_for_nothing(tmp_path: Path) -> None:
    Memory(tmp_path / "screen.json").keep(sorts={"worst-quality-table": ("moon", True)})
    app = opened("engineering", tmp_path)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(app, pilot)
        assert pane(app, "worst-quality").table.sort == ("quality", True)


def test_a_thing_is_made_again_only_of_other_things() -> None:
    """Equal is not enough: a poll may bring figures that happen to be equal to those of another network."""
    kept: Kept[list[object]] = Kept()
    one, same, made = [1], [1], []

    def make() -> list[object]:
        made.append(object())
        return list(made)

    first = kept.get((one, "x"), make)
    assert kept.get((one, "x"), make) is first
    assert kept.get((same, "x"), make) is not first
    assert len(made) == 2


async def test_what_took_a_sites_level_is_said_where_one_stands(tmp_path: Path) -> None:
    """M-02: Mist's classifiers, asked for the site under the cursor alone."""
    app = opened("engineering", tmp_path)
    async with app.run_test(size=(200, 60)) as pilot:
        await settled(app, pilot)
        assert "interface-port-down" not in text(app)
        pane(app, "worst-sites").table.focus()
        await settled(app, pilot)
        assert "24 h: interface-port-down 31.0 %" in text(app)


class Unread(night.FakeReader):
    """A history of which no figures can be read."""

    async def figures(self, *_: Any, **__: Any) -> Figures:
        raise HistoryError("a block is damaged")

    async def groups(self, *_: Any, **__: Any) -> Figures:
        raise HistoryError("a block is damaged")

    async def daily(self, *_: Any, **__: Any) -> Daily:
        raise HistoryError("a block is damaged")

    async def trend(self, *_: Any, **__: Any) -> Trend:
        raise HistoryError("a block is damaged")

    async def network(self, range_: Range) -> NetworkSeries:
        raise HistoryError("a block is damaged")


@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")
@pytest.mark.parametrize("layout", ROLES)
async def test_what_cannot_be_read_is_said_in_its_place(layout: str, size: tuple[int, int], tmp_path: Path) -> None:
    """The rest of the screen goes on; nothing is 0 or 100 % because it is not known."""
    scene = night.FakeScene(night.view(), night.STATUS, reader=Unread(night.POLL))
    app = opened(layout, tmp_path, night.FakeScenes(now=scene))
    async with app.run_test(size=size) as pilot:
        await settled(app, pilot)
        seen = text(app)
        assert "a block is damaged" in seen
        assert "100.000" not in seen
        if layout == "executive":
            assert "39 of 41" in seen
            assert "Mountain" in seen
        else:
            assert "2511 Boise ID" in seen


@pytest.mark.parametrize("layout", ROLES)
async def test_a_poll_that_lands_keeps_the_cursor(layout: str, tmp_path: Path) -> None:
    scenes = night.FakeScenes()
    app = opened(layout, tmp_path, scenes)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(app, pilot)
        await pilot.press("down")
        first = board_of(app).lists()[0].table
        stood_on = first.cursor_key
        scenes.land(night.POLL + 60)
        await app.beat()
        await settled(app, pilot)
        assert first.cursor_key == stood_on is not None


@pytest.mark.parametrize("layout", ROLES)
async def test_the_past_knows_nothing_of_what_came_after(layout: str, tmp_path: Path) -> None:
    """Before 02:51 nothing of Lumen's loss is drawn, though its answers are at hand."""
    app = opened(layout, tmp_path)
    async with app.run_test(size=(200, 60)) as pilot:
        await settled(app, pilot)
        for _ in range(30):
            await pilot.press("[")
        await settled(app, pilot)
        assert "PAST 02:43:55" in lines(app)[0]
        seen = text(app)
        assert "Lumen is down" not in seen
        if layout == "engineering":
            assert "1 running" not in seen
            assert "62.4" not in seen
        else:
            assert "WAN link      9" in seen


async def test_old_data_is_grey() -> None:
    """Four minutes without a poll: colour leaves the cards and lists too."""
    for layout in ROLES:
        app = NoctuiApp(night.FakeScenes(), FixedClock(night.POLL + 252), Options(layout=layout))
        async with app.run_test(size=(120, 40)) as pilot:
            await settled(app, pilot)
            loud = {
                run.style.color.name
                for y, strip in enumerate(app.screen._compositor.render_strips())
                if 4 <= y < 39
                for run in strip
                if run.style is not None and run.style.color is not None and run.text.strip()
            }
            assert not loud & {"#ff6b70", "#ff9e4a", "#e3c04f"}, layout
