"""Every state looks different from every other, says what it is and what to do, small and large."""

from __future__ import annotations

import itertools

import pytest

from noctui.clock import FixedClock
from noctui.tui.app import NoctuiApp
from noctui.tui.options import Options
from noctui.tui.place import CIRCUITS, OVERVIEW, WALL, Place, of_site
from tests import night
from tests.tui.app import seen
from tests.tui.app.keys import typed
from tests.tui.app.styled import dump, same
from tests.tui.matrix.states import STATES, State

SIZES = [(80, 24), (120, 40)]


async def shown(name: str, state: State, size: tuple[int, int], request: pytest.FixtureRequest) -> str:
    """The state on screen with its styles, once it is as it was kept."""
    app = state.app()
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        await pilot.press(*(key if len(key) > 1 else typed(key)[0] for key in state.keys))
        await app.workers.wait_for_complete()
        await pilot.pause()
        text = seen.text(app)
        assert state.says in text
        assert state.do in text
        same(request, f"states/{name}-{size[0]}x{size[1]}", app)
        return dump(app)


@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")
@pytest.mark.parametrize("name", STATES)
async def test_it_says_what_it_is_and_what_to_do(
    request: pytest.FixtureRequest, name: str, size: tuple[int, int]
) -> None:
    await shown(name, STATES[name], size, request)


@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")
def test_no_two_look_alike(size: tuple[int, int]) -> None:
    """Of what was kept: the heads of two screens differ where the data comes in otherwise."""
    from tests.tui.app.styled import FOLDER

    texts = {name: (FOLDER / f"states/{name}-{size[0]}x{size[1]}.txt").read_text(encoding="utf-8") for name in STATES}
    for one, other in itertools.combinations(texts, 2):
        assert texts[one].splitlines()[:3] != texts[other].splitlines()[:3] or STATES[one].place != STATES[other].place


async def test_colour_leaves_a_table_that_is_old(request: pytest.FixtureRequest) -> None:
    """No cell of it is red any more; its numbers stay, marked."""
    red = "#ff6b70"
    live = await shown("circuits", State("live 10s", "", CIRCUITS), (120, 40), request)
    stale = await shown("circuits-stale", State("DATA 4m", "~", CIRCUITS, after=252), (120, 40), request)
    assert red in live.split("----")[1]
    assert red not in stale.split("----")[1]


@pytest.mark.parametrize("place", [OVERVIEW, CIRCUITS, of_site("s0417"), WALL], ids=lambda p: p.kind)
async def test_colour_leaves_when_the_third_interval_is_over_though_nothing_lands(place: Place) -> None:
    """The leader hangs: nobody says anything, the clock alone goes on."""
    clock = FixedClock(night.NOW)
    app = NoctuiApp(night.FakeScenes(), clock, Options())
    async with app.run_test(size=(120, 40)) as pilot:
        await app.go(place, None)
        await app.workers.wait_for_complete()
        await pilot.pause()
        clock.move(252)
        await app.beat()
        await pilot.pause()
        ticked = dump(app)
        app.paint()
        await pilot.pause()
        assert ticked == dump(app)
        assert "DATA 4m" in ticked
