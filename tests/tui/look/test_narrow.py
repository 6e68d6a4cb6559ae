"""A paint of some lines is what a paint of all of them shows there."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from rich.segment import Segment
from textual._compositor import Compositor
from textual.geometry import Region
from textual.strip import Strip

from noctui.clock import FixedClock
from noctui.tui.app import NoctuiApp
from noctui.tui.look.narrow import NarrowScreen
from tests import night

PLACES = ["1", "2", "3", "4", "5", "0", "3 z", "1 :", "1 c"]


@pytest.mark.parametrize("keys", PLACES)
async def test_whatever_changed_the_same_cells_are_painted(keys: str) -> None:
    """Every widget's own region, on boards, with something lying over them, and with a pane alone."""
    app = NoctuiApp(night.FakeScenes(), FixedClock(night.NOW))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press(*("colon" if key == ":" else key for key in keys.split()))
        await pilot.pause()
        screen = app.screen
        assert isinstance(screen, NarrowScreen)
        ours = screen._compositor
        regions = [shown.region for shown in ours.full_map.values()]
        changed = [Region(0, 0, 120, 40), Region(3, 7, 1, 1), *(r for r in regions if r.area)]
        for region in changed:
            crop = region.intersection(Region(0, 0, 120, 40))
            lines = set(range(crop.y, crop.bottom))
            if not lines:
                continue
            assert painted(ours, crop, lines) == painted(ours, crop, lines, Compositor._get_renders)


def painted(compositor: Compositor, crop: Region, lines: set[int], renders: object = None) -> list[list[Segment]]:
    """The cells that a partial paint sends."""
    plain = compositor._get_renders
    if renders is not None:
        compositor._get_renders = lambda crop=None: renders(compositor, crop)  # type: ignore[operator,method-assign]
    try:
        chops = compositor._render_chops(crop, lines.__contains__)
    finally:
        compositor._get_renders = plain  # type: ignore[method-assign]
    return [list(Strip.join(chops[y].values()).crop(crop.x, crop.right).simplify()) for y in sorted(lines)]


async def test_another_board_is_laid_out_and_painted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the layout brings is painted whole; until sizes are told, nothing is painted beside it."""
    app = NoctuiApp(night.FakeScenes(), FixedClock(night.NOW))
    async with app.run_test(size=(120, 40)) as pilot:
        for key in ("2", "1"):
            await pilot.press(key)
            await pilot.pause()
        painted: list[str] = []
        for name in ("render_full_update", "render_partial_update", "reflow"):
            monkeypatch.setattr(app.screen._compositor, name, told(painted, name, app.screen._compositor))
        await pilot.press("2")
        await pilot.pause()
        at = painted.index("reflow")
        assert painted[at : at + 2] == ["reflow", "render_full_update"]
        assert painted.count("render_full_update") == 1


def told(into: list[str], name: str, compositor: Compositor) -> Callable[..., object]:
    """The compositor's own, and that it was asked."""
    own: Callable[..., object] = getattr(compositor, name)

    def ask(*words: object, **more: object) -> object:
        into.append(name)
        return own(*words, **more)

    return ask
