"""The palette finds every key that works where one is and every command, by word or key, and runs them as they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.pilot import Pilot

from noctui.tui.app import NoctuiApp
from noctui.tui.commands.entries import Entry, entries, found
from noctui.tui.commands.verbs import VERBS
from noctui.tui.keys import ACTIONS
from noctui.tui.place import CIRCUITS, COLLECTOR, OVERVIEW
from noctui.tui.screens.circuits import Circuits
from tests.tui.app.keys import typed
from tests.tui.app.seen import lines, text
from tests.tui.app.styled import same
from tests.tui.app.test_snapshots import pressing

ALL = entries(Circuits.OFFERS)


def first(words: str) -> Entry:
    return found(ALL, words)[0]


# -- what is found ----------------------------------------------------------------------------------------------------


def test_it_holds_what_the_registry_and_the_commands_have_and_nothing_else() -> None:
    assert {e.action.name for e in ALL if e.action is not None} <= set(ACTIONS)
    assert [e.word for e in ALL if e.action is None] == list(VERBS)


def test_a_key_as_written_comes_first() -> None:
    assert first("e").word == "export"
    assert [first(key).what for key in "sS"] == ["sort; again inverts", "invert the sorting"]


def test_words_are_found_by_their_letters() -> None:
    assert first("csv").word == "export"
    assert first("portal").keys == "o"
    assert first("zmpn").word == "zoom pane"
    assert first("poll back").keys == "["
    assert found(ALL, "no such thing") == ()


@given(st.text(max_size=8))
def test_whatever_is_typed_leaves_some_of_them_each_once(line: str) -> None:
    left = found(ALL, line)
    assert len(set(left)) == len(left)
    assert set(left) <= set(ALL)
    assert len(left) == len(ALL) or line.strip()


# -- on the screen ----------------------------------------------------------------------------------------------------


async def look_for(pilot: Pilot[None], words: str) -> None:
    await pilot.press("ctrl+p")
    await pilot.press(*typed(words))


async def test_enter_runs_a_key_as_if_it_were_pressed(app: NoctuiApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await look_for(pilot, "all circuits")
        await pilot.press("enter")
        await pilot.pause()
        assert app.place == CIRCUITS
        assert not app.frame.editing


async def test_a_command_that_takes_something_goes_on_in_its_line(app: NoctuiApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await look_for(pilot, ":region")
        await pilot.press("enter")
        await pilot.pause()
        assert lines(app)[-1].startswith(":region")


async def test_esc_leaves_everything_and_nothing_found_says_so(app: NoctuiApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        before = text(app)
        await look_for(pilot, "zzz")
        assert "0 of " in text(app)
        await pilot.press("enter")
        assert app.frame.palette.display
        await pilot.press("escape")
        assert app.place == OVERVIEW
        assert text(app) == before


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60), (20, 5)])
async def test_it_fits(app: NoctuiApp, size: tuple[int, int]) -> None:
    async with app.run_test(size=size) as pilot:
        await pilot.press("ctrl+p", "down", "pagedown", "up")
        assert all(len(line) <= size[0] for line in lines(app))
        assert lines(app)[-1] == "^p"


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)], ids=lambda s: f"{s[0]}x{s[1]}")
async def test_it_looks_as_it_was_kept(request: pytest.FixtureRequest, app: NoctuiApp, size: tuple[int, int]) -> None:
    """All of it, what letters find, and nothing: the panes below stay where they are."""
    app._trail.jump(COLLECTOR)
    async with app.run_test(size=size) as pilot:
        await pressing()(pilot)
        await pilot.press("ctrl+p")
        await pilot.pause()
        same(request, f"palette/all-{size[0]}x{size[1]}", app)
        await pilot.press("s", "o", "r", "t")
        await pilot.pause()
        same(request, f"palette/found-{size[0]}x{size[1]}", app)
        await pilot.press("z", "z")
        await pilot.pause()
        same(request, f"palette/nothing-{size[0]}x{size[1]}", app)
