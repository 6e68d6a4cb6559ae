"""Columns as a person wants them: shown, hidden, in their order, kept by table, never none."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noctui.clock import FixedClock
from noctui.tui.app import NoctuiApp, Options
from noctui.tui.columns import Chosen, arranged, exactly
from noctui.tui.panes import circuit_rows
from noctui.tui.place import CIRCUITS
from noctui.tui.widgets.columns import Column
from noctui.tui.widgets.live_table import LiveTable
from tests import night
from tests.tui.app.keys import typed
from tests.tui.app.seen import lines, text

SIZE = (120, 40)
USUAL, SPARE = circuit_rows.columns(False), circuit_rows.spare(False)
KEYS = [c.key for c in (*USUAL, *SPARE)]


def keys(columns: tuple[Column, ...]) -> list[str]:
    return [c.key for c in columns]


def table(app: NoctuiApp, name: str = "circuits-pane-table") -> LiveTable:
    return app.screen.query_one(f"#{name}", LiveTable)


# -- what a choice means ----------------------------------------------------------------------------------------------


def test_without_a_choice_the_usual_ones_are_shown() -> None:
    assert arranged(USUAL, SPARE, None) == USUAL


def test_these_and_no_others_in_this_order() -> None:
    chosen = exactly(("rx", "site", "port"), (*USUAL, *SPARE))
    assert keys(arranged(USUAL, SPARE, chosen)) == ["rx", "site", "port"]


def test_a_column_that_was_not_there_when_one_chose_is_shown_where_it_usually_is() -> None:
    """Another ranking's column, or a later version's."""
    before = tuple(c for c in USUAL if c.key not in ("state", "jit"))
    chosen = exactly(("loss", "site"), before)
    assert keys(arranged(USUAL, SPARE, chosen)) == ["state", "loss", "jit", "site"]


def test_a_choice_that_leaves_no_column_is_none() -> None:
    assert arranged(USUAL, SPARE, Chosen((), tuple(KEYS))) == USUAL
    assert not Chosen(("moon",), ("sun",)).names(USUAL)


NAMES = st.lists(st.sampled_from([*KEYS, "moon"]), max_size=25).map(tuple)


@given(shown=NAMES, hidden=NAMES)
def test_any_choice_shows_some_columns_each_once(shown: tuple[str, ...], hidden: tuple[str, ...]) -> None:
    found = keys(arranged(USUAL, SPARE, Chosen(shown, hidden)))
    assert found
    assert len(found) == len(set(found))
    wanted = [key for key in dict.fromkeys(shown) if key in KEYS]
    assert [key for key in found if key in shown] == wanted or found == keys(USUAL)


# -- choosing ---------------------------------------------------------------------------------------------------------


async def test_the_table_follows_every_choice_and_esc_undoes_them(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("3", "c", "down", "space")
        await pilot.pause()
        assert "site" not in table(app).visible_columns
        assert "14 of 19 shown" in text(app)
        await pilot.press("escape")
        await pilot.pause()
        assert keys(table(app).arranged) == keys(USUAL)
        assert app.focused is table(app)
        assert app._memory.state.columns == {}


async def test_a_choice_is_kept_by_table_until_the_usual_ones_are_taken(
    app: NoctuiApp, clock: FixedClock, options: Options
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("3", "c", "space", "down", ">", "enter")
        await pilot.pause()
        assert keys(table(app).arranged)[:3] == ["name", "site", "role"]
        await pilot.press("2", "c")
        await pilot.pause()
        assert "[x] state" in text(app), "another table has its own"
    again = NoctuiApp(night.FakeScenes(), clock, options)
    async with again.run_test(size=SIZE) as pilot:
        await pilot.press("3")
        assert lines(again)[5].split()[:3] == ["name", "site", "role"]
        await pilot.press("c", "u", "enter")
        await pilot.pause()
        assert keys(table(again).arranged) == keys(USUAL)
        assert again._memory.state.columns == {}


async def test_the_last_column_stays(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("3", *typed(":columns site"), "enter", "c", "space")
        assert "One column stays." in text(app)
        assert table(app).visible_columns == ("site",)


async def test_a_column_of_large_terminals_can_be_had_on_a_small_one(app: NoctuiApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("3", *typed(":columns port rx"), "enter")
        assert table(app).visible_columns == ("port", "rx")
        assert "ge-0/0/0" in text(app)


async def test_narrow_screens_drop_in_the_usual_order_among_the_chosen(app: NoctuiApp) -> None:
    """SCREENS, All circuits: drop type, port, region, owner, flap, bw, trend, jit, name, for, tx."""
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("3", "c", "end", "space", "enter")  # the store type, first to go
        await pilot.pause()
        assert "type" in keys(table(app).arranged)
        assert "type" not in table(app).visible_columns
        await pilot.press("c", "end")
        assert "no room" in text(app)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("columns foo", "no column foo here; there are: state site name role"),
        ("columns ,,", ",, names no column; there are: state site name role"),
    ],
)
async def test_a_list_that_names_no_column_is_one_line(app: NoctuiApp, line: str, told: str) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("3", *typed(f":{line}"), "enter")
        assert any(row.startswith(f" {told}") for row in lines(app))
        assert keys(table(app).arranged) == keys(USUAL)


async def test_a_kept_list_that_names_no_column_is_one_line_and_the_usual_ones_are_shown(
    clock: FixedClock, tmp_path: Path
) -> None:
    file = tmp_path / "screen.json"
    file.write_text('{"columns": {"circuits-pane-table": {"shown": ["moon"], "hidden": []}}}')
    app = NoctuiApp(night.FakeScenes(), clock, Options(state=file))
    app._trail.jump(CIRCUITS)
    async with app.run_test(size=SIZE):
        assert lines(app)[-1].startswith(" The columns kept for circuits-pane-table name none of it: the usual ones")
        assert keys(table(app).arranged) == keys(USUAL)


async def test_titles_will_do_for_names(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("2", *typed(":columns traffic on"), "enter")
        assert lines(app)[-2].startswith(" no column traffic here"), "blanks part names"
        await pilot.press("escape", *typed(":columns site, trafficon, rx3h"), "enter")
        assert table(app, "sites-pane-table").visible_columns == ("site", "on", "trend")


async def test_letters_reach_nothing_below_the_list(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("3", "c", "q", "1", "e", "slash")
        await pilot.pause()
        assert app.is_running
        assert app.place == CIRCUITS
        assert app.focused is app.frame.columns


async def test_a_click_chooses_and_clicks_again_to_hide(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("3", "c")
        await pilot.pause()
        row = next(y for y, line in enumerate(lines(app)) if "[x] carrier" in line)
        await pilot.click(offset=(90, row))
        assert "carrier" in table(app).visible_columns
        await pilot.click(offset=(90, row))
        await pilot.pause()
        assert "carrier" not in table(app).visible_columns


@pytest.mark.parametrize("place", ["site", "circuit", "collector"])
async def test_where_there_is_no_table_it_says_so(app: NoctuiApp, place: str) -> None:
    line = {"site": ":site 0417", "circuit": ":circuit 0417 comcast", "collector": ":collector"}[place]
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press(*typed(line), "enter", "c")
        assert lines(app)[-1].startswith(" No table here whose columns could be chosen.")


async def test_each_ranking_of_the_offenders_keeps_what_the_others_do_not_have(app: NoctuiApp) -> None:
    async with app.run_test(size=(160, 50)) as pilot:
        await pilot.press("4")
        await app.workers.wait_for_complete()
        await pilot.pause()
        found = table(app, "offenders-pane-table")
        before = set(keys(found.arranged))
        await pilot.press("c", "down", "down", "space", "enter", "m", "m")
        await app.workers.wait_for_complete()
        await pilot.pause()
        hidden = before - set(keys(found.arranged))
        assert found.chosen is not None
        assert found.chosen.hidden[0] in hidden
        assert found.visible_columns
