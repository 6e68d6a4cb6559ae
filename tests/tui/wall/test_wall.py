"""The wall over the sample night: pages turn, news pulls its page forward, and who walks up to it is left alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from textual import events

from noctui.clock import FixedClock
from noctui.model.words import Severity
from noctui.tui.app import NoctuiApp
from noctui.tui.options import Options, Wall
from noctui.tui.place import ALARMS, CIRCUITS, INCIDENTS, OVERVIEW, WALL, of_site, wall_of
from tests import night
from tests.tui.app import seen
from tests.tui.app.styled import same
from tests.tui.wall.landing import FINE, poll

SIZES = [(80, 24), (120, 40), (200, 60)]
PAGES = ("overview", "region Mountain", "alarms")


class Room:
    """A wall, its clock and its network."""

    def __init__(self, *, pages: tuple[str, ...] = PAGES, **options: Any) -> None:
        self.clock = FixedClock(night.NOW)
        self.scenes = night.FakeScenes()
        wall = Wall(pages=pages, seconds=20, hold=120, idle=60)
        self.app = NoctuiApp(self.scenes, self.clock, Options(wall=wall, **options))
        self.pilot: Any = None

    async def pass_by(self, seconds: float) -> None:
        """So many seconds, looked at as often as the wall looks."""
        for _ in range(int(seconds)):
            self.clock.move(1)
            await self.app.beat()
        await self.pilot.pause()

    async def land(self, minutes: int, now: Severity = Severity.OK) -> None:
        """A poll so many minutes on, with `FINE` in this state."""
        self.scenes.show(poll(minutes, {FINE: now}))
        await self.pass_by(1)


@asynccontextmanager
async def room(size: tuple[int, int] = (120, 40), **options: Any) -> AsyncIterator[Room]:
    made = Room(**options)
    async with made.app.run_test(size=size) as pilot:
        made.pilot = pilot
        await pilot.pause()
        yield made


async def test_pages_turn_by_themselves() -> None:
    async with room() as wall:
        assert wall.app.place == WALL
        assert "page 1 of 3, next in 20s" in seen.text(wall.app)
        await wall.pass_by(20)
        assert wall.app.place == wall_of("Mountain")
        await wall.pass_by(20)
        assert wall.app.place == ALARMS
        await wall.pass_by(20)
        assert wall.app.place == WALL


async def test_layouts_of_screen_1_are_pages() -> None:
    async with room(pages=("overview", "executive", "engineering")) as wall:
        await wall.pass_by(20)
        assert "Layout" not in seen.text(wall.app)
        assert wall.app.board is not None
        assert wall.app.board.id == "executive"
        await wall.pass_by(20)
        assert wall.app.board.id == "engineering"


async def test_space_holds_a_page_and_arrows_turn_it() -> None:
    async with room() as wall:
        await wall.pilot.press("space")
        await wall.pass_by(60)
        assert wall.app.place == WALL
        assert "page 1 of 3, held" in seen.text(wall.app)
        await wall.pilot.press("right", "right")
        assert wall.app.place == ALARMS
        await wall.pilot.press("left", "space")
        assert wall.app.place == wall_of("Mountain")
        await wall.pass_by(20)
        assert wall.app.place == ALARMS


async def test_what_becomes_critical_pulls_its_page_forward_and_holds_it() -> None:
    async with room(pages=("alarms", "incidents", "overview")) as wall:
        assert wall.app.place == ALARMS
        await wall.land(1, Severity.CRITICAL)
        assert wall.app.place == INCIDENTS
        assert "new, held" in seen.text(wall.app)
        await wall.pass_by(110)
        assert wall.app.place == INCIDENTS
        await wall.pass_by(15)
        assert wall.app.place == ALARMS  # goes on where it was
        assert "new, held" not in seen.text(wall.app)


async def test_its_regions_page_is_nearer_and_without_any_its_region_comes_for_once() -> None:
    async with room(pages=("overview", "region Mid-Atlantic")) as wall:
        await wall.land(1, Severity.DOWN)
        assert wall.app.place == wall_of("Mid-Atlantic")
    async with room(pages=("alarms",)) as wall:
        await wall.land(1, Severity.DOWN)
        assert wall.app.place == wall_of("Mid-Atlantic")
        await wall.pass_by(121)
        assert wall.app.place == ALARMS


async def test_a_circuit_that_flaps_is_news_once_in_a_quarter_of_an_hour() -> None:
    async with room(pages=("alarms", "incidents")) as wall:
        await wall.land(1, Severity.DOWN)
        assert wall.app.place == INCIDENTS
        await wall.land(2)
        await wall.pass_by(120)
        assert wall.app.place == ALARMS
        await wall.land(4, Severity.DOWN)
        assert wall.app.place == ALARMS


async def test_what_was_so_from_the_start_and_what_ends_is_no_news() -> None:
    async with room(pages=("alarms", "incidents")) as wall:
        assert wall.app.place == ALARMS  # with eight circuits down
        await wall.land(1)
        wall.scenes.show(poll(2, {night.HOT: Severity.OK}))
        await wall.pass_by(1)
        assert wall.app.place == ALARMS


async def test_a_network_read_from_history_is_where_it_begins() -> None:
    """The first sweep after a night without noctui is no alarm of a hundred circuits."""
    async with room(pages=("alarms", "incidents")) as wall:
        wall.scenes.told = replace(night.STATUS, warm=True)
        wall.scenes.show(poll(1, {}))
        await wall.pass_by(1)
        wall.scenes.told = night.STATUS
        wall.scenes.show(poll(2, {}))
        await wall.pass_by(1)
        assert wall.app.place == ALARMS


@pytest.mark.parametrize(("keys", "there"), [(("enter",), OVERVIEW), (("3",), CIRCUITS), (("escape",), OVERVIEW)])
async def test_any_other_key_leaves_the_pages_until_nobody_presses_one(keys: tuple[str, ...], there: object) -> None:
    async with room() as wall:
        await wall.pilot.press(*keys)
        assert wall.app.place == there
        await wall.pass_by(40)
        assert wall.app.place == there
        assert "pages turn again in" in seen.text(wall.app)
        await wall.pilot.press("down")
        await wall.pass_by(50)
        assert wall.app.place == there
        await wall.pass_by(20)
        assert wall.app.place == WALL


def pressed(x: int, y: int) -> events.MouseDown:
    """As the terminal's driver sends it; the pilot's clicks go past the app."""
    return events.MouseDown(None, x, y, 0, 0, 1, False, False, False, x, y)


async def test_the_mouse_holds_and_opens_too() -> None:
    async with room() as wall:
        wall.app.post_message(pressed(2, 39))  # `space hold` of the footer
        await wall.pilot.click(offset=(2, 39))
        await wall.pilot.pause()
        assert "page 1 of 3, held" in seen.text(wall.app)
        assert wall.app.turning
        wall.app.post_message(pressed(20, 20))
        await wall.pilot.pause()
        assert not wall.app.turning


async def test_it_comes_back_from_the_past_a_filter_and_the_help() -> None:
    async with room() as wall:
        await wall.pilot.press("3", "slash", "l", "u", "left_square_bracket", "escape", "left_square_bracket")
        await wall.pilot.pause()
        assert "PAST" in seen.text(wall.app)
        await wall.pilot.press("question_mark")
        await wall.pass_by(61)
        assert wall.app.place == WALL
        assert "PAST" not in seen.text(wall.app)
        assert len(wall.app.screen_stack) == 1


async def test_news_does_not_take_the_screen_from_who_works_there() -> None:
    async with room() as wall:
        await wall.pilot.press("3")
        await wall.land(1, Severity.DOWN)
        assert wall.app.place == CIRCUITS


async def test_enter_while_news_is_held_opens_its_site() -> None:
    async with room(pages=("incidents",)) as wall:
        await wall.land(1, Severity.DOWN)
        await wall.pilot.press("enter")
        assert wall.app.place == of_site("s1000")


async def test_q_asks_before_it_ends() -> None:
    async with room() as wall:
        await wall.pilot.press("q")
        assert "End the wall? q once more ends it" in seen.text(wall.app)
        assert wall.app.turning
        await wall.pass_by(10)
        await wall.pilot.press("q")
        assert wall.app.return_code is None
        await wall.pilot.press("q")
        assert wall.app.return_code == 0


async def test_an_unknown_page_is_one_line_and_the_others_turn() -> None:
    async with room(pages=("money", "overview", "alarms")) as wall:
        assert "no page money for the wall (wall.pages), left out; there are:" in seen.text(wall.app)
        await wall.pass_by(20)
        assert wall.app.place == ALARMS


async def test_space_and_arrows_mean_what_they_always_do_where_there_is_no_wall() -> None:
    app = NoctuiApp(night.FakeScenes(), FixedClock(night.NOW), Options())
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("space", "right")
        assert app.place == OVERVIEW


async def test_old_data_is_grey_and_says_so() -> None:
    async with room(pages=("overview",)) as wall:
        await wall.pass_by(250)
        text = seen.text(wall.app)
        assert "OLD" in text
        assert "No new data since 03:13:55." in text


async def test_contents_move_by_a_cell_each_hour() -> None:
    """So that nothing burns in: 03:14 and 04:14."""
    async with room((200, 60), pages=("overview",)) as wall:
        before = next(line for line in seen.lines(wall.app) if "number: circuits down" in line)
        wall.clock.move(3600)
        wall.app.paint()
        await wall.pilot.pause()
        after = next(line for line in seen.lines(wall.app) if "number: circuits down" in line)
        assert abs(after.index("number") - before.index("number")) == 1


@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")
@pytest.mark.parametrize("page", ["overview", "incidents", "region Mountain"])
async def test_page(request: pytest.FixtureRequest, page: str, size: tuple[int, int]) -> None:
    async with room(size, pages=(page, "alarms")) as wall:
        name = page.split()[0]
        same(request, f"wall/{name}-{size[0]}x{size[1]}", wall.app)


@pytest.mark.parametrize(
    ("name", "options"), [("ascii", {"ascii": True, "no_color": True}), ("ansi", {"theme": "ansi"})]
)
async def test_a_poor_terminal(request: pytest.FixtureRequest, name: str, options: dict[str, Any]) -> None:
    async with room((120, 40), pages=("overview",), **options) as wall:
        same(request, f"wall/{name}", wall.app)


@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")
async def test_all_is_well(request: pytest.FixtureRequest, size: tuple[int, int]) -> None:
    """The boxes stay, with grey zeros."""
    async with room(size, pages=("overview",)) as wall:
        well = poll(1, {c.circuit_id: Severity.OK for c in night.view(night.POLL).inventory.circuits})
        counts = well.regions.counts * 0
        counts[:, Severity.OK] = night.view(night.POLL).regions.counts.sum(axis=1)
        calm = replace(well.regions, counts=counts, dark=counts[:, 0], failed_over=counts[:, 0],
                       bad_pct=well.regions.bad_pct * 0)  # fmt: skip
        sites = replace(well.sites, dark=well.sites.dark & False, failed_over=well.sites.failed_over & False,
                        severity=well.sites.severity * 0 + Severity.OK)  # fmt: skip
        wall.scenes.show(replace(well, regions=calm, sites=sites))
        await wall.pass_by(1)
        assert "All 107 circuits known and well." in seen.text(wall.app)
        same(request, f"wall/well-{size[0]}x{size[1]}", wall.app)


async def test_y_copies_the_sentence_of_the_page() -> None:
    async with room() as wall:
        await wall.pilot.press("y")
        await wall.pilot.pause()
        assert wall.app.clipboard.startswith("▼ Lumen is down at ")
        assert "Copied: ▼ Lumen is down at " in seen.lines(wall.app)[-1]
