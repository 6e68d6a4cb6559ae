"""The engineering and executive layouts of screen 1 as pictures: three sizes, four themes, the past, nothing to tell.

After a wanted change: `pytest tests/tui/app/test_layout_snapshots.py --snapshot-update`, then look at the pictures.
"""

from __future__ import annotations

import pytest

from noctui.clock import FixedClock
from noctui.tui.app import NoctuiApp, Options
from tests import night
from tests.tui.app.test_layouts import ROLES, Unread
from tests.tui.app.test_snapshots import SIZES, Compare, pressing


def at(layout: str, scenes: night.FakeScenes | None = None, options: Options | None = None) -> NoctuiApp:
    return NoctuiApp(scenes or night.FakeScenes(), FixedClock(night.NOW), options or Options(layout=layout))


@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")
@pytest.mark.parametrize("layout", ROLES)
def test_layout(snap_compare: Compare, layout: str, size: tuple[int, int]) -> None:
    assert snap_compare(at(layout), terminal_size=size, run_before=pressing())


@pytest.mark.parametrize("theme", ["light", "contrast", "ansi"])
@pytest.mark.parametrize("layout", ROLES)
def test_theme(snap_compare: Compare, layout: str, theme: str) -> None:
    app = at(layout, options=Options(layout=layout, theme=theme))
    assert snap_compare(app, terminal_size=(120, 40), run_before=pressing())


@pytest.mark.parametrize("layout", ROLES)
def test_ascii_without_colour(snap_compare: Compare, layout: str) -> None:
    app = at(layout, options=Options(layout=layout, ascii=True, no_color=True))
    assert snap_compare(app, terminal_size=(120, 40), run_before=pressing())


@pytest.mark.parametrize("layout", ROLES)
def test_the_past(snap_compare: Compare, layout: str) -> None:
    """Before Lumen was lost."""
    assert snap_compare(at(layout), terminal_size=(120, 40), run_before=pressing(*["["] * 30))


@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")
@pytest.mark.parametrize("layout", ROLES)
def test_figures_that_cannot_be_read(snap_compare: Compare, layout: str, size: tuple[int, int]) -> None:
    scene = night.FakeScene(night.view(), night.STATUS, reader=Unread(night.POLL))
    app = at(layout, night.FakeScenes(now=scene))
    assert snap_compare(app, terminal_size=size, run_before=pressing())


@pytest.mark.parametrize("layout", ROLES)
def test_the_last_list_of_a_small_terminal(snap_compare: Compare, layout: str) -> None:
    assert snap_compare(at(layout), terminal_size=(80, 24), run_before=pressing("shift+tab"))
