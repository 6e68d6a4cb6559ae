"""The live table: what is painted, where the cursor stays, when the order is held."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import numpy as np
import pytest
from textual.pilot import Pilot

from noctui.tui.widgets.columns import Column
from tests.tui.widgets.plain_rows import COLUMNS, PlainRows, TableApp, look

NAN = float("nan")


@asynccontextmanager
async def table(
    values: list[float] | PlainRows, size: tuple[int, int] = (40, 6), columns: tuple[Column, ...] = COLUMNS
) -> AsyncIterator[tuple[TableApp, Pilot[None]]]:
    app = TableApp(columns)
    async with app.run_test(size=size) as pilot:
        app.table.show(values if isinstance(values, PlainRows) else PlainRows(values))
        await pilot.pause()
        yield app, pilot


async def test_a_table_as_it_looks() -> None:
    async with table([1.0, 93.4, NAN, 12.0, 50.0, 7.0, 3.0, 2.0]) as (app, _):
        assert app.text() == [
            "name              carrier  rx %↓   lat",
            "▼ r1              Lumen     93.4~  1.0 ▐",
            "▼ r4              Lumen     50.0~  1.0 ▐",
            "▼ r3              Lumen     12.0~  1.0 ▐",
            "▼ r5              Lumen      7.0~  1.0 │",
            "▼ r6              Lumen      3.0~  1.0 │",
        ]


async def test_columns_drop_when_it_is_narrow_and_one_takes_the_rest() -> None:
    async with table([1.0, 2.0], size=(26, 4)) as (app, pilot):
        assert list(app.table.visible_columns) == ["name", "rx", "lat"]
        assert app.text()[1] == "▼ r1           2.0~  1.0"
        await pilot.resize_terminal(18, 4)
        assert list(app.table.visible_columns) == ["name", "rx"]
        await pilot.resize_terminal(60, 4)
        assert list(app.table.visible_columns) == ["name", "carrier", "rx", "lat"]


async def test_unknown_is_last_both_ways_and_equal_values_keep_their_rows_order() -> None:
    async with table([NAN, 5.0, 7.0, 5.0]) as (app, _):
        assert app.table.shown_rows.tolist() == [2, 1, 3, 0]
        app.table.sort_by("rx", False)
        assert app.table.shown_rows.tolist() == [1, 3, 2, 0]
        assert "rx %↑" in app.text()[0]
        app.table.sort_by("rx")
        assert app.table.shown_rows.tolist() == [2, 1, 3, 0]


async def test_the_cursor_stays_with_its_row_by_id() -> None:
    async with table([9.0, 8.0, 7.0, 6.0]) as (app, pilot):
        await pilot.press("down", "j")
        assert app.table.cursor_key == "r2"
        app.clock.move(10)
        app.table.show(PlainRows([1.0, 2.0, 30.0, 4.0]))
        assert (app.table.cursor_key, app.table.position) == ("r2", 1)
        app.table.sort_by("rx", False)
        assert (app.table.cursor_key, app.table.position) == ("r2", 4)
        rows = app.table.rows
        assert rows is not None
        app.table.show(rows, np.array([False, False, True, True]))
        assert (app.table.cursor_key, app.table.position) == ("r2", 2)
        app.table.show(PlainRows([5.0, 1.0], keys=["r2", "new"]))  # another inventory: other row numbers
        assert app.table.cursor_key == "r2"
        assert app.table.cursor_row == 0


async def test_the_order_is_held_for_5_s_after_a_key() -> None:
    async with table([9.0, 8.0, 7.0, 6.0]) as (app, pilot):
        assert app.table.sort_held == ""
        await pilot.press("down")
        app.clock.move(1.5)
        assert app.table.sort_held == "sort held 4s"
        app.table.show(PlainRows([1.0, 2.0, 3.0, 4.0]))
        assert app.table.shown_rows.tolist() == [0, 1, 2, 3]
        assert "1.0~" in app.text()[1]  # values go on
        app.clock.move(4)
        assert app.table.sort_held == ""
        assert app.table.shown_rows.tolist() == [0, 1, 2, 3]  # rows sort at a poll, not between
        app.table.show(PlainRows([1.0, 2.0, 3.0, 4.0]))
        assert app.table.shown_rows.tolist() == [3, 2, 1, 0]


async def test_a_row_that_left_the_filter_stays_grey_until_the_hold_ends() -> None:
    async with table([9.0, 8.0, 7.0, 6.0]) as (app, pilot):
        rows = PlainRows([9.0, 8.0, 7.0, 6.0])
        app.table.show(rows, np.array([True, True, True, False]))
        await pilot.press("down")
        assert app.table.cursor_key == "r1"
        left = np.array([True, False, True, True])
        app.table.show(PlainRows([9.0, 8.0, 7.0, 6.0]), left)
        assert app.table.cursor_key == "r1"
        assert app.table.shown_rows.tolist() == [0, 1, 2, 3]  # what came into the filter stands last
        assert "▼ r1" in app.text()[2]
        assert all("#ff6b70" not in style for _, style in app.roles_at(2))
        assert any("#ff6b70" in style for _, style in app.roles_at(1))
        app.clock.move(6)
        app.table.show(PlainRows([9.0, 8.0, 7.0, 6.0]), left)
        assert app.table.shown_rows.tolist() == [0, 2, 3]
        assert app.table.cursor_key == "r2"


async def test_a_persons_filter_holds_at_once() -> None:
    async with table([9.0, 8.0, 7.0, 6.0]) as (app, pilot):
        await pilot.press("down")
        rows = app.table.rows
        assert rows is not None
        app.table.show(rows, np.array([False, False, True, True]))
        assert app.table.shown_rows.tolist() == [2, 3]


async def test_an_untouched_table_keeps_the_worst_in_sight() -> None:
    async with table([float(v) for v in range(100, 50, -1)]) as (app, pilot):
        assert app.table.cursor_key == "r0"
        app.table.show(PlainRows([1.0, *(float(v) for v in range(99, 50, -1))]))  # r0 sank out of the window
        assert app.table.cursor_key == "r1"
        await pilot.press("down")
        app.clock.move(10)
        sunk = [1.0, 98.0, 2.0, *(float(v) for v in range(97, 50, -1))]
        app.table.show(PlainRows(sunk))
        assert app.table.cursor_key == "r2"  # a person chose it: the window follows
        assert any("r2" in line for line in app.text())


async def test_only_lines_that_look_different_are_painted() -> None:
    values = [float(v) for v in range(100, 0, -1)]
    async with table(values, size=(40, 20)) as (app, pilot):

        async def painted() -> list[int]:
            await pilot.pause()
            lines, app.table.painted = app.table.painted, []
            return sorted(lines)

        await painted()
        await pilot.press("down")
        assert await painted() == [1, 2]
        values[4] = 96.4
        values[70] = 30.4  # not in sight
        app.table.show(PlainRows(values))
        assert await painted() == [5]
        app.clock.move(10)
        app.table.show(PlainRows(values))
        assert await painted() == []
        app.table.sort_by("rx", True)
        assert await painted() == []


async def test_leaving_the_window_scrolls_half_a_page() -> None:
    async with table([float(v) for v in range(100, 0, -1)], size=(40, 11)) as (app, pilot):
        await pilot.press(*["down"] * 10)
        assert app.table.cursor_key == "r10"
        assert app.text()[6].startswith("▼ r10")
        await pilot.press("pagedown")
        assert app.table.cursor_key == "r19"
        await pilot.press("end")
        assert app.text()[-1].startswith("▼ r99")
        assert app.text()[-1].endswith("▐")
        await pilot.press("home")
        assert app.text()[1].startswith("▼ r0")


async def test_it_speaks_of_moves_opening_sorting_and_marks() -> None:
    async with table([3.0, 2.0, 1.0]) as (app, pilot):
        app.heard.clear()
        await pilot.press("down", "enter")
        app.table.sort_by("rx")
        await pilot.press("space")
        await pilot.pause()
        assert app.heard == [
            ("moved", "r1"), ("opened", "r1"), ("sorted", "rx", False), ("marked", frozenset({"r1"})), ("moved", "r0"),
        ]  # fmt: skip
        assert app.table.marked == {"r1"}


async def test_a_marked_row_shows_its_mark() -> None:
    async with table([3.0, 2.0], columns=(Column("mark", "", 1), *COLUMNS)) as (app, _):
        app.table.mark()
        assert app.text()[1].startswith("▌  ▼ r0")
        assert app.text()[2].startswith("   ▼ r1")


async def test_a_click_moves_the_cursor_then_opens_and_a_title_sorts() -> None:
    async with table([3.0, 2.0, 1.0]) as (app, pilot):
        await pilot.click(app.table, offset=(2, 2))
        assert app.table.cursor_key == "r1"
        await pilot.click(app.table, offset=(2, 2))
        assert ("opened", "r1") in app.heard
        await pilot.click(app.table, offset=(2, 0))
        assert app.table.sort == ("name", True)


async def test_words_for_nothing() -> None:
    async with table([3.0]) as (app, _):
        rows = app.table.rows
        assert rows is not None
        app.table.show(rows, np.array([False]))
        assert app.text()[1:3] == ["Nothing matches.", "esc removes it"]
        assert (app.table.cursor_key, app.table.position, app.table.shown) == (None, 0, 0)
        app.table.action_open()
        app.table.action_move(1)
        app.table.show(rows)
        assert app.table.cursor_key == "r0"


async def test_what_changed_state_shows_its_sign_reversed_until_the_next_snapshot() -> None:
    async with table(PlainRows([3.0, 2.0], flashing=frozenset({1}))) as (app, _):
        assert app.roles_at(2)[0] == ("▼", "reverse #ff6b70 on #121416")
        app.table.show(PlainRows([3.0, 2.0]))
        assert app.roles_at(2)[0][0].startswith("▼ r1")


@pytest.mark.parametrize(
    "name", ["evil\x1b[31m\x07\n", "\u202egnp.exe", "東京店舗東京店舗東京店舗", "e" + "\u0301" * 50]
)
async def test_hostile_names_stay_in_their_cells(name: str) -> None:
    async with table(PlainRows([3.0, 2.0], keys=[name, "r1"], carrier=name)) as (app, _):
        for y in (1, 2):
            strip = app.table.render_line(y)
            assert sum(segment.cell_length for segment in strip) == app.table.size.width
            assert not any(char < " " or char in "\x7f\u202e" for char in strip.text)


async def test_neighbouring_cells_of_one_style_are_one_segment() -> None:
    async with table([3.0, 2.0]) as (app, _):
        texts = [text for text, _ in app.roles_at(2)]
        assert len(texts) == 5  # name; carrier and rx; its mark; lat; the scroll bar's cell
        assert texts[1].split() == ["Lumen", "2.0"]


async def test_ascii_and_16_colours() -> None:
    async with table([float(v) for v in range(9)]) as (app, pilot):
        app.look = look("ansi", ascii=True)
        app.table.refresh()
        await pilot.pause()
        assert "".join(app.text()[0].split()[-2:]) == "%>lat"
        assert app.text()[1].endswith("#")
        assert app.text()[-1].endswith("|")
        assert {style for _, style in app.roles_at(1)[:-1]} <= {"reverse", "bold reverse"}


async def test_a_hundred_thousand_rows_ask_for_the_visible_ones_only() -> None:
    rows = PlainRows(np.random.default_rng(1).random(100_000).tolist(), keys=[])
    rows.keys = type("Keys", (list,), {"__getitem__": lambda _s, i: f"r{i}"})()
    rows.find = lambda key: int(key[1:])  # type: ignore[method-assign]
    async with table(rows, size=(40, 20)) as (app, pilot):
        rows.asked = 0
        await pilot.press("pagedown")
        await pilot.pause()
        assert rows.asked <= 19
        assert app.table.shown == 100_000


async def test_lines_made_ahead_of_the_cursor_are_the_ones_that_come() -> None:
    """Half a page comes into sight at once when the cursor leaves the window; it is made between the keys before."""
    values = [float(v) for v in range(100, 0, -1)]
    async with table(values, size=(40, 21)) as (app, pilot):
        await pilot.press("down")
        while app.table._going:
            await pilot.pause(0.01)
        assert len(app.table._made) >= 20 + 10
        await pilot.press(*["down"] * 25)
        walked = app.text()
        app.table.show(PlainRows([v + 1.0 for v in values]))
        await pilot.press("up", "down")
        assert app.text()[1:] != walked[1:], "another poll makes them anew"
        await pilot.press("home", *["down"] * 26)
        app.table.show(PlainRows(values))
        await pilot.pause()
        assert app.text() == walked


async def test_a_table_that_lost_rows_while_it_was_hidden_keeps_no_line_of_them() -> None:
    async with table([float(n) for n in range(70)], size=(40, 12)) as (app, pilot):
        await pilot.press("end")
        await pilot.pause()
        app.table.display = False
        await pilot.pause()
        app.table.show(PlainRows([5.0, 1.0]))
        assert not app.table._lines  # it may be painted before it hears that it is seen again
        app.table.display = True
        await pilot.pause()
        assert [line[:4].strip() for line in app.text()] == ["name", "▼ r0", "▼ r1", *[""] * 9]
