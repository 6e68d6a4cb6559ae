"""The mouse: what is clicked does what its key does. No test of the keys needs it."""

from __future__ import annotations

from textual.events import MouseScrollUp
from textual.pilot import Pilot

from noctui.model.words import Severity
from noctui.tui.app import NoctuiApp
from noctui.tui.place import CIRCUITS, OVERVIEW, of_circuit, of_region, of_site
from noctui.tui.widgets.lanes import Lanes
from noctui.tui.widgets.live_table import LiveTable
from tests import night
from tests.tui.app.seen import lines, text

SIZE = (120, 40)


def table(app: NoctuiApp, name: str) -> LiveTable:
    return app.screen.query_one(f"#{name}", LiveTable)


async def click(pilot: Pilot[None], words: str, into: int = 0, times: int = 1) -> None:
    """Click where these words stand, `into` cells behind their first; the uppermost, if they stand twice."""
    assert isinstance(pilot.app, NoctuiApp)
    y, line = next((y, line) for y, line in enumerate(lines(pilot.app)) if words in line)
    await pilot.click(offset=(line.index(words) + into, y), times=times)
    for _ in range(3):  # the click, what it asks for, and the key that does it
        await pilot.pause()


async def test_a_click_selects_a_row_and_a_second_one_opens_it(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await click(pilot, "Southeast")
        assert table(app, "regions-table").cursor_key == "Southeast"
        assert app.place == OVERVIEW
        await click(pilot, "Southeast")
        assert app.place == of_region("Southeast")


async def test_a_click_into_another_pane_gives_it_the_cursor_and_opens_nothing(app: NoctuiApp) -> None:
    """Its cursor stands on its first row already: a click there is the first one."""
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        offenders = table(app, "offenders-table")
        await pilot.click(offenders, offset=(10, 1))
        await pilot.pause()
        assert (app.focused, app.place) == (offenders, OVERVIEW)
        await pilot.click(offenders, offset=(10, 1))
        await pilot.pause()
        assert app.place.kind == "circuit"


async def test_a_panes_title_gives_it_the_cursor(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await click(pilot, "top offenders ─")
        assert app.focused is table(app, "offenders-table")
        await click(pilot, "regions ─")
        assert app.focused is table(app, "regions-table")


async def test_a_columns_head_sorts_and_again_turns_round(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("3")
        found = table(app, "circuits-pane-table")
        await click(pilot, "carrier")
        assert found.sort == ("carrier", True)
        await click(pilot, "carrier")
        assert found.sort == ("carrier", False)


async def test_a_count_filters_and_again_lets_go(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("3")
        await click(pilot, "critical")
        assert app.frame.counts.chosen == {int(Severity.CRITICAL)}
        assert lines(app)[2].startswith(" filter ▲ critical")
        assert app.focused is table(app, "circuits-pane-table")
        await click(pilot, "critical]")
        assert not app.frame.counts.chosen


async def test_a_count_where_nothing_is_filtered_says_so(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("0")
        await click(pilot, "critical")
        assert lines(app)[-1].startswith(" Nothing to filter here.")
        assert not app.frame.counts.chosen
        await click(pilot, "dark")
        assert not app.frame.counts.chosen


async def test_keys_of_the_footer_are_pressed_by_a_click(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("3")
        found = table(app, "circuits-pane-table")
        await click(pilot, "s S sort", 2)
        assert found.sort == ("state", False)
        await click(pilot, "< > column", 2)
        assert found.sort[0] == "site"
        await click(pilot, "[ ] time")
        assert "PAST 03:12:55" in lines(app)[0]
        await click(pilot, "L = live")
        assert "live 10s" in lines(app)[0]
        await click(pilot, "? help", 3)
        assert "help: circuits" in text(app)
        await click(pilot, "everywhere")
        assert "help: circuits" not in text(app)
        await click(pilot, "↵ open")
        assert app.place.kind == "incident"  # its circuits are one row


async def test_the_breadcrumb_leads_out(app: NoctuiApp) -> None:
    """To the very screen one came from: esc from there goes on as before."""
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("enter", "down", "enter", "enter")
        assert app.place == of_circuit(night.HOT)
        await click(pilot, "Comcast ge-0/0/1", 2)
        assert app.place == of_circuit(night.HOT)
        await click(pilot, "0417 Grand")
        assert app.place == of_site("s0417")
        await click(pilot, "Mountain ›")
        assert app.place == of_region("Mountain")
        assert table(app, "sites-pane-table").cursor_key == "s0417"
        await click(pilot, "Acme")
        assert app.place == OVERVIEW
        await pilot.press("3", "enter")
        await click(pilot, "Acme")
        assert app.place == OVERVIEW


async def test_a_click_elsewhere_ends_what_is_typed_or_chosen(app: NoctuiApp) -> None:
    """The filter so far stays; a command that was not entered does nothing; columns are kept."""
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("3", "slash", *"lumen")
        found = table(app, "circuits-pane-table")
        await pilot.click(found, offset=(10, 3))
        await pilot.pause()
        assert not app.frame.editing
        assert app.focused is found
        assert lines(app)[2].startswith(" filter /lumen")
        await pilot.press("escape", "colon", *"site")
        await pilot.click(found, offset=(10, 3))
        await pilot.pause()
        assert (app.frame.editing, app.place) == (False, CIRCUITS)
        await pilot.press("c", "down", "space")
        await pilot.click(found, offset=(10, 3))
        await pilot.pause()
        assert not app.frame.editing
        assert "site" not in found.visible_columns


async def test_a_sites_circuit_is_chosen_then_opened(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        app._trail.enter(of_site("s0417"))
        await app.arrive()
        await pilot.pause()
        await click(pilot, "standby")
        assert app.place == of_site("s0417")
        await click(pilot, "standby")
        assert app.place.kind == "circuit"
        assert app.place.circuit_id.startswith("s0417")
        assert app.place.circuit_id != night.HOT


async def test_a_click_on_the_lanes_reads_there_and_two_go_to_that_time(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        app._trail.enter(of_circuit(night.HOT))
        await app.arrive()
        await app.workers.wait_for_complete()
        lanes = app.screen.query_one(Lanes)
        await pilot.click(lanes, offset=(40, 5))
        at = lanes.cursor_at
        assert at is not None
        assert night.NOW - 86_400 < at < night.NOW
        before = lanes.range
        await pilot._post_mouse_events([MouseScrollUp], widget=lanes, offset=(40, 5))
        assert lanes.range[0] < before[0]


async def test_the_words_over_the_offenders_are_chosen_by_a_click(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("4")
        await click(pilot, "flaps")
        assert "[flaps]" in text(app)
        await click(pilot, " sites ", 2)
        assert "[sites]" in text(app)
        await click(pilot, "window 24 h")
        assert "window 7 d" in text(app)
