"""Filtering with the keys: while typing, by severity, both together, and getting rid of it."""

from __future__ import annotations

from dataclasses import replace

from noctui.clock import FixedClock
from noctui.model.words import Severity
from noctui.tui.app import NoctuiApp
from noctui.tui.frame.counts import Counts
from noctui.tui.place import CIRCUITS, OVERVIEW
from noctui.tui.widgets.live_table import LiveTable
from tests import night
from tests.tui.app.seen import lines

SIZE = (120, 40)
ALL = len(night.inventory().circuits) - 5
"""Rows without a filter: six circuits of one incident are one of them."""


def shown(app: NoctuiApp, name: str = "circuits-pane-table") -> int:
    return app.screen.query_one(f"#{name}", LiveTable).shown


async def test_the_table_filters_while_one_types(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("3", "slash", *"lume")
        assert shown(app) == 6
        assert lines(app)[2].startswith(" filter /lume")
        assert lines(app)[2].endswith("6 of 107")
        await pilot.press("n", "enter")
        assert lines(app)[2] == " filter /lumen   6 of 107"


async def test_letters_are_text_while_one_types(app: NoctuiApp) -> None:
    """q must not quit, 1 must not jump, ? must not open the help."""
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("3", "slash", *"q1e?", "left", "backspace", "home", "delete", "end", "ctrl+w")
        assert app.place == CIRCUITS
        assert app.is_running
        assert shown(app) == ALL


async def test_esc_while_typing_gives_back_what_was_there(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("3", "slash", *"lumen", "enter", "slash", "ctrl+u", *"zayo", "escape")
        assert lines(app)[2] == " filter /lumen   6 of 107"
        assert shown(app) == 6


async def test_esc_takes_the_filter_off_before_it_goes_out(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("3", "slash", *"lumen", "enter", "escape")
        assert (app.place, shown(app)) == (CIRCUITS, ALL)
        await pilot.press("escape")
        assert app.place == OVERVIEW


async def test_f_chooses_severities_on_the_counts(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("3", "f")
        assert isinstance(app.focused, Counts)
        await pilot.press("right", "right", "enter", "escape")
        assert shown(app) == 3
        assert "[▲ 3 critical]" in lines(app)[1]
        assert lines(app)[2] == " filter ▲ critical   3 of 107"
        assert app.place == CIRCUITS


async def test_text_and_severity_both_and_what_each_alone_would_show(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("3", "f", "right", "right", "enter", "escape", "slash", *"lumen", "enter")
        assert shown(app) == 0
        assert lines(app)[2] == " filter /lumen and ▲ critical   0 of 107"
        assert lines(app)[6:9] == [
            " Nothing matches.",
            " /lumen alone would show 6, ▲ crit alone 3.",
            " esc removes the last filter",
        ]
        await pilot.press("escape")
        assert lines(app)[2] == " filter /lumen   6 of 107"


async def test_a_mistake_is_said_in_the_line_and_the_table_stays(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("3", "slash", *"util>9", "x")
        assert lines(app)[2].endswith("util>9x: 9x is no number")
        await pilot.press("backspace", "0", "enter")
        assert shown(app) == 3
        await pilot.press("slash", "ctrl+u", *"nose>1", "enter")
        assert "no column nose here" in lines(app)[2]


async def test_regions_and_sites_filter_too(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("slash", *"down>0", "enter")
        assert shown(app, "regions-table") == 2
        await pilot.press("enter")
        assert shown(app, "sites-pane-table") == 7  # one level in begins without a filter
        await pilot.press("f", "enter", "escape")
        assert shown(app, "sites-pane-table") == 6  # sites with a circuit down
        await pilot.press("escape", "escape")
        assert shown(app, "regions-table") == 2  # and the way out finds the old one


async def test_a_row_that_leaves_the_filter_goes_when_the_order_is_not_held(
    app: NoctuiApp, scenes: night.FakeScenes, clock: FixedClock
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("3", "slash", *"down", "enter")
        assert shown(app) == 8
        view = night.view(night.POLL + 60)
        severity = view.circuits.severity.copy()
        severity[severity == Severity.DOWN] = Severity.OK
        calm = replace(view, circuits=replace(view.circuits, severity=severity))
        clock.move(2)
        scenes.show(calm)
        await pilot.pause()
        assert shown(app) == 8  # held: the rows stay, grey
        clock.move(60)
        scenes.show(replace(calm, seq=calm.seq + 1))
        await pilot.pause()
        assert shown(app) == 0
