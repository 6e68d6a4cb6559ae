"""Several orgs on one screen: listed with how each of them is, one shown at a time, none under another's name."""

from __future__ import annotations

import pytest

from noctui.clock import FixedClock
from noctui.tui.app import NoctuiApp, Options
from noctui.tui.parts.switching import meant
from noctui.tui.place import OVERVIEW
from tests import night
from tests.tui.app.seen import lines, text


async def typed(pilot: object, line: str) -> None:
    await pilot.press("colon", *("space" if c == " " else c for c in line), "enter")  # type: ignore[attr-defined]
    await pilot.app.workers.wait_for_complete()  # type: ignore[attr-defined]
    await pilot.pause()  # type: ignore[attr-defined]


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_each_is_a_row_with_how_it_is(options: Options, size: tuple[int, int]) -> None:
    """Unknown is –, an old one has its age, hostile names are text, and what cannot be read says why."""
    app = NoctuiApp(night.FakeScenes(), FixedClock(night.NOW), options)
    async with app.run_test(size=size) as pilot:
        await typed(pilot, "org")
        screen = text(app)
        assert "9 dark sites in 2 of 4 orgs, most of them at Bolt Hardware." in screen
        assert "[bold]Corner[/]" in screen
        assert "\x1b" not in screen
        (locked,) = (line for line in lines(app) if "d4" in line)
        assert "–" in locked
        (bolt,) = (line for line in lines(app) if "Bolt Hardware  " in line)
        assert bolt.split()[2:4] == ["7", "44"]
        if size[0] >= 120:
            assert "history.db is locked" in screen
            assert "nobody" in screen


async def test_enter_shows_one_from_its_overview_on(options: Options) -> None:
    scenes = night.FakeScenes()
    app = NoctuiApp(scenes, FixedClock(night.NOW), options)
    async with app.run_test(size=(120, 40)) as pilot:
        await typed(pilot, "org")
        await pilot.press("slash", *"bolt", "enter", "enter")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert scenes.chosen == "b2"
        assert app.place == OVERVIEW
        assert "This is Bolt Hardware; :org lists all." in text(app)


async def test_by_name_and_what_is_no_name(options: Options) -> None:
    scenes = night.FakeScenes(not_chosen="Org c3 cannot be shown: nothing is known of it yet.")
    app = NoctuiApp(scenes, FixedClock(night.NOW), options)
    async with app.run_test(size=(120, 40)) as pilot:
        await typed(pilot, "org nosuch")
        assert "No org nosuch; there are: Bolt Hardware, Acme Retail" in text(app)
        assert scenes.chosen == ""
        await pilot.press("3")
        await typed(pilot, "org corner")
        assert scenes.chosen == "c3"
        assert "Org c3 cannot be shown" in text(app)
        assert app.place.kind == "circuits", "the one before stays, where it was"


def test_a_name_means_the_closest_kind_of_likeness() -> None:
    """The whole name before its beginning, that before any part; an id by its beginning."""
    assert [line.org_id for line in meant(night.ORGS, "ACME RETAIL")] == ["acme"]
    assert [line.org_id for line in meant(night.ORGS, "a")] == ["acme"]
    assert [line.org_id for line in meant(night.ORGS, "hardware")] == ["b2"]
    assert [line.org_id for line in meant(night.ORGS, "d4")] == ["d4"]
    assert meant(night.ORGS, "zzz") == []


async def test_export_leaves_unknown_empty(options: Options) -> None:
    app = NoctuiApp(night.FakeScenes(), FixedClock(night.NOW), options)
    async with app.run_test(size=(120, 40)) as pilot:
        await typed(pilot, "org")
        await pilot.press("e")
        await app.workers.wait_for_complete()
        await pilot.pause()
        (file,) = options.exports.glob("*orgs*.csv")
        rows = file.read_text().splitlines()
        assert rows[0].startswith("org_id,org,at,sites")
        assert any(row.startswith("d4,,,,,,") for row in rows)
