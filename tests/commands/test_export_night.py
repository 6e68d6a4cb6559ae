"""Every list and ranking of the sample night: what the command gives is what `e` writes of it on screen."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from textual.pilot import Pilot

from noctui.clock import FixedClock
from noctui.tui.app import NoctuiApp, Options
from noctui.tui.panes.offender_kinds import BYS, bys_of
from noctui.tui.screens.listing import ListingBoard
from tests import night
from tests.commands.exported_night import read, text
from tests.walk.test_past import answered


async def pressed(pilot: Pilot[None], folder: Path) -> str:
    """What `e` writes now."""
    app = pilot.app
    assert isinstance(app, NoctuiApp)
    await answered(app, pilot)
    await pilot.press("e")
    await pilot.pause()
    (file,) = folder.iterdir()
    found = file.read_bytes().decode()
    file.unlink()
    return found


def app_of(folder: Path, layout: str = "noc") -> NoctuiApp:
    return NoctuiApp(
        night.FakeScenes(), FixedClock(night.NOW), Options(exports=folder, state=None, layout=layout)
    )  # fmt: skip


THINGS = {"circuits": "circuit", "sites": "site", "regions": "region", "carriers": "carrier"}


def test_every_ranking_is_the_offenders_screens(tmp_path: Path) -> None:
    """All that rank, whatever is shown of it; over the windows that `w` steps through."""

    async def screens() -> dict[tuple[str, ...], str]:
        found: dict[tuple[str, ...], str] = {}
        async with app_of(tmp_path / "x").run_test(size=(160, 50)) as pilot:
            await pilot.press("4")
            for things, group in THINGS.items():
                for by in bys_of(things):
                    words = ("--by", group, "--metric", by.name)
                    found[words] = await pressed(pilot, tmp_path / "x")
                    await pilot.press("m")
                await pilot.press("t")
            await pilot.press("w")
            found["--window", "7d"] = await pressed(pilot, tmp_path / "x")
        return found

    found = asyncio.run(screens())
    assert len(found) == len(BYS) + 3 * len(bys_of("sites")) + 1
    for words, file in found.items():
        assert text("offenders", *words) == file, words


LISTS = {
    "most-loaded": None, "worst-quality": None, "most-flaps": None,  # circuits, of which the list is the top
    "worsening": ("offenders", "--metric", "congested"), "running-failovers": ("failovers", "--window", "24h"),
    "chronic": ("chronic",), "worst-sites": ("sle",), "loaded-gateways": ("gateways",),
    "executive-regions": ("region-summary",), "top-offenders": ("offenders",), "alarm-kinds": ("alarm-types",),
    "carrier-summary": ("carriers",),
}  # fmt: skip
"""List of a layout → the words that export it."""


@pytest.mark.parametrize("layout", ["engineering", "executive"])
def test_every_list_of_the_layouts_is_a_table(tmp_path: Path, layout: str) -> None:
    async def lists() -> dict[str, str]:
        found = {}
        async with app_of(tmp_path / "x", layout).run_test(size=(200, 60)) as pilot:
            await answered(pilot.app, pilot)  # type: ignore[arg-type]
            board = pilot.app.board  # type: ignore[attr-defined]
            assert isinstance(board, ListingBoard)
            for pane in board.lists():
                pane.table.focus()
                await pilot.pause()
                found[str(pane.id)] = await pressed(pilot, tmp_path / "x")
        return found

    for name, file in asyncio.run(lists()).items():
        words = LISTS[name]
        mine, shown = read(text(*(words or ("circuits",)))), read(file)
        assert list(mine[0]) == list(shown[0]), name
        if name == "worsening":  # the list has no days, and so does not ask for them
            mine = [row | {"bad_days_of_7": ""} for row in mine]
        if words is None or name in ("top-offenders", "worst-sites"):
            assert all(row in mine for row in shown), name
        else:
            assert mine == shown, name
