"""Walking through the screens with the keys: down, up, back, and never losing one's place."""

from __future__ import annotations

from noctui.clock import FixedClock
from noctui.model.words import Severity
from noctui.tui.app import NoctuiApp, Options
from noctui.tui.place import CIRCUITS, OVERVIEW, SITES, Place, of_circuit, of_region, of_site
from noctui.tui.widgets.live_table import LiveTable
from tests import night
from tests.tui.app.seen import lines, text

SIZE = (120, 40)


def table(app: NoctuiApp, name: str) -> LiveTable:
    return app.screen.query_one(f"#{name}", LiveTable)


async def test_five_keys_lead_from_the_overview_to_a_circuits_day(app: NoctuiApp) -> None:
    """Region, site, circuit: the worst region is under the cursor, the circuit that carries the site too."""
    async with app.run_test(size=SIZE) as pilot:
        assert app.place == OVERVIEW
        await pilot.press("enter", "down", "enter", "enter")
        await pilot.pause()
        assert app.place == of_circuit(night.HOT)
        screen = text(app)
        assert "Acme Retail › Mountain › 0417 Grand Junction CO › Comcast ge-0/0/1" in screen
        assert "24 h ─" in screen
        assert "90.HCGS." in screen


async def test_esc_goes_out_level_by_level(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("enter", "down", "enter", "enter")
        places: list[Place] = []
        for _ in range(4):
            await pilot.press("escape")
            places.append(app.place)
        assert places == [of_site("s0417"), of_region("Mountain"), OVERVIEW, OVERVIEW]


async def test_the_cursor_is_where_it_was_when_one_comes_back(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("enter", "down", "down", "enter")
        site = app.place.site_id
        await pilot.press("escape")
        assert table(app, "sites-pane-table").cursor_key == site
        await pilot.press("escape")
        assert table(app, "regions-table").cursor_key == "Mountain"


async def test_each_region_has_its_own_cursor(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("enter", "down", "down", "escape", "down", "enter")
        assert app.place == of_region("South Central")
        assert table(app, "sites-pane-table").position == 1
        await pilot.press("escape", "up", "enter")
        assert app.place == of_region("Mountain")
        assert table(app, "sites-pane-table").position == 3


async def test_numbers_jump_and_backspace_is_the_view_before(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("3")
        assert app.place == CIRCUITS
        await pilot.press("enter")
        inside = app.place
        await pilot.press("2")
        assert app.place == SITES
        await pilot.press("backspace")
        assert app.place == inside
        await pilot.press("backspace")
        assert app.place == SITES


async def test_esc_from_a_circuit_leads_back_to_the_table_it_was_opened_from(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("3", "down", "enter", "escape")
        assert app.place == CIRCUITS
        assert table(app, "circuits-pane-table").position == 2


async def test_the_cursor_stays_on_its_circuit_while_polls_land(
    app: NoctuiApp, scenes: night.FakeScenes, clock: FixedClock
) -> None:
    """The poll before Lumen fell, then the one after: the table sorts anew, the cursor stays with its id."""
    before = night.POLL - 30 * night.INTERVAL
    scenes.now = night.FakeScene(night.view(before), night.STATUS)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("3")
        found = table(app, "circuits-pane-table")
        assert found.go_to(night.HOT)
        place = found.position
        clock.move(60)
        scenes.land(night.POLL)
        await pilot.pause()
        assert found.cursor_key == night.HOT
        assert found.position != place
        row = night.inventory().circuit_row[night.HOT]
        assert night.view(night.POLL).circuits.severity[row] == Severity.CRITICAL


async def test_what_was_seen_last_is_opened_again(
    scenes: night.FakeScenes, clock: FixedClock, options: Options
) -> None:
    """The state is on disk as soon as it changes: an SSH connection that drops unmounts nothing."""
    first = NoctuiApp(scenes, clock, options)
    async with first.run_test(size=SIZE) as pilot:
        await pilot.press("3", ">", "enter")
        place = first.place
        assert options.state is not None
        kept = options.state.read_bytes()
    options.state.write_bytes(kept)
    second = NoctuiApp(night.FakeScenes(), clock, options)
    async with second.run_test(size=SIZE) as pilot:
        assert second.place == place
        await pilot.press("escape")
        assert second.place == CIRCUITS
        assert table(second, "circuits-pane-table").sort == ("site", True)


async def test_sorting_by_another_column(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("3")
        found = table(app, "circuits-pane-table")
        assert found.sort == ("state", True)
        await pilot.press("s")
        assert found.sort == ("state", False)
        await pilot.press(">", "S")
        assert found.sort == ("site", False)
        await pilot.press("<")
        assert found.sort == ("state", True)


async def test_tab_walks_the_panes_and_enter_opens_an_offender(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        await pilot.press("tab", "tab")  # the incidents lie between
        assert app.focused is table(app, "offenders-table")
        await pilot.press("enter")
        assert app.place.kind == "circuit"
        await pilot.press("escape")
        assert app.place == OVERVIEW


async def test_z_shows_one_pane_alone_and_all_again(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("tab", "tab", "z")
        assert "regions ─" not in text(app)
        assert "top offenders ─" in text(app)
        assert table(app, "offenders-table").size.width > 100
        await pilot.press("escape")
        assert "regions ─" in text(app)
        assert app.place == OVERVIEW


async def test_a_region_that_is_gone_leaves_an_empty_table_and_no_traceback(
    scenes: night.FakeScenes, clock: FixedClock, options: Options
) -> None:
    app = NoctuiApp(scenes, clock, options)
    app._trail.jump(of_region("Atlantis"))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("enter", "down", "e")
        assert app.place == of_region("Atlantis")
        app._trail.jump(of_site("nowhere"))
        await pilot.press("enter", "left", "escape")
        app._trail.jump(of_circuit("nothing"))
        await pilot.press("w", "+", "escape")
        await pilot.press("1")
        assert app.place == OVERVIEW


async def test_hostile_names_are_shown_as_they_are(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("2", "end")
        await pilot.press("slash", *"[red]", "enter")
        assert any("[red]Boston[/] MA" in line for line in lines(app))
        await pilot.press("escape", "slash", *"salem", "enter")
        assert "Salem·[31m OR" in text(app)
        await pilot.press("escape", "slash", *"渋谷", "enter")
        assert "東京ストア渋谷駅" in text(app)


async def test_it_shrinks_to_one_line_and_comes_back(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        for size in ((39, 20), (80, 9), (20, 5), (1, 1)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
        await pilot.resize_terminal(39, 9)
        await pilot.pause()
        assert lines(app)[0] == "▼ 8  2 dark  live 10s"
        await pilot.resize_terminal(*SIZE)
        await pilot.pause()
        assert "regions ─" in text(app)
