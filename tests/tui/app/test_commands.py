"""The `:` line: each verb does what it says, a wrong line says what is wrong and stays, Esc leaves all as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from noctui.clock import FixedClock
from noctui.tui.app import NoctuiApp, Options
from noctui.tui.place import (
    ALARMS,
    CIRCUITS,
    COLLECTOR,
    OFFENDERS,
    OVERVIEW,
    SITES,
    Place,
    of_circuit,
    of_region,
    of_site,
)
from tests import night
from tests.tui.app.keys import typed
from tests.tui.app.seen import lines, text

SIZE = (120, 40)


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("site 0417", of_site("s0417")),
        ("site grand junction", of_site("s0417")),
        ("SITE Boise", of_site("s2511")),
        ("0417", of_site("s0417")),
        ("circuit 0417 comcast", of_circuit(night.HOT)),
        ("circuit 0417 ge-0/0/1", of_circuit(night.HOT)),
        (f"circuit {night.HOT}", of_circuit(night.HOT)),
        ("region mountain", of_region("Mountain")),
        ("region moun", of_region("Mountain")),
        ("circuits", CIRCUITS),
        ("sites", SITES),
        ("offenders", OFFENDERS),
        ("alarms", ALARMS),
        ("collector", COLLECTOR),
        ("overview", OVERVIEW),
        ("ov", OVERVIEW),
    ],
)
async def test_going_somewhere(app: NoctuiApp, line: str, place: Place) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press(*typed(f":{line}"), "enter")
        await pilot.pause()
        assert app.place == place


async def test_going_somewhere_with_a_filter(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press(*typed(":circuits lumen !down"), "enter")
        assert app.place == CIRCUITS
        assert lines(app)[2].startswith(" filter /lumen !down   0 of 107")
        await pilot.press(*typed(":region South Central /dark"), "enter")
        assert app.place == of_region("South Central")
        assert lines(app)[2].startswith(" filter /dark   1 of 5")
        await pilot.press(*typed(":circuits"), "enter")
        assert lines(app)[2].startswith(" filter /lumen !down"), "as the key, it keeps the filter that the screen has"


async def test_esc_leaves_everything_as_it_was(app: NoctuiApp) -> None:
    """The cursor goes back to the pane that had it."""
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        await pilot.press("tab")
        stood, before = app.focused, lines(app)
        await pilot.press(*typed(":circuits lumen"), "escape")
        await pilot.pause()
        assert app.focused is stood
        assert [new for new, old in zip(lines(app), before, strict=True) if new != old and "sort held" not in new] == []
        assert app._memory.state.commands == ()


async def test_a_wrong_line_says_what_is_wrong_and_stays_to_be_mended(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press(*typed(":site 9417"), "enter")
        assert lines(app)[-2] == " no site 9417; nearest 0417"
        assert lines(app)[-1] == ":site 9417"
        await pilot.press(*["backspace"] * 4, *"0417", "enter")
        assert app.place == of_site("s0417")


async def test_tab_takes_a_suggestion_and_then_the_next(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press(*typed(":sit"), "tab")
        assert app.frame.command.text == "site "
        await pilot.press("tab")
        assert app.frame.command.text == "sites "
        await pilot.press("shift+tab", *typed("mountain"), "tab", "tab")
        second = lines(app)[-1]
        assert second.startswith(":site 2")
        await pilot.press("enter")
        assert app.place == of_site("s" + second.removeprefix(":site "))


async def test_what_is_missing_stands_grey_in_the_line(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press(*typed(":site 04"))
        assert lines(app)[-1] == ":site 0417"
        assert app.frame.command.text == "site 04"


async def test_up_recalls_what_was_done_also_the_next_day(
    scenes: night.FakeScenes, clock: FixedClock, options: Options
) -> None:
    first = NoctuiApp(scenes, clock, options)
    async with first.run_test(size=SIZE) as pilot:
        for line in ("site 0417", "nonsense", "at 03:00", "live"):
            await pilot.press(*typed(f":{line}"), "enter", "escape")
    second = NoctuiApp(night.FakeScenes(), clock, options)
    async with second.run_test(size=SIZE) as pilot:
        await pilot.press("colon", *"al", "up", "up")
        assert second.frame.command.text == "at 03:00", "what did nothing is not recalled"
        await pilot.press("down", "down")
        assert second.frame.command.text == "al", "what was being typed is not lost"


async def test_at_goes_to_a_time_and_live_comes_back(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press(*typed(":at 02:56"), "enter")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert "PAST 02:55:55  −18m12s" in lines(app)[0]
        await pilot.press(*typed(":live"), "enter")
        await pilot.pause()
        assert "live 10s" in lines(app)[0]


async def test_a_corrected_past_says_so_and_stays_so_while_one_steps(
    app: NoctuiApp, scenes: night.FakeScenes, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []
    past = scenes.past

    async def told(at: float, corrected: bool = False) -> object:
        asked.append(corrected)
        return await past(at, corrected)

    monkeypatch.setattr(scenes, "past", told)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press(*typed(":at 02:56 --corrected"), "enter")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert "PAST 02:55:55  corrected  −18m12s" in lines(app)[0]
        await pilot.press("[")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert "PAST 02:54:55  corrected" in lines(app)[0]
        await pilot.press(*typed(":at 02:56"), "enter")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert "corrected" not in lines(app)[0]
        assert asked == [True, True, False]


async def test_a_time_that_cannot_be_is_one_line(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press(*typed(":at yesterday noon-ish"), "enter")
        said = " yesterday noon-ish is no time; write 03:15, -2h, yesterday 14:00 or Nov 22 21:54"
        assert lines(app)[-2] == said
        assert app.scene is not None
        assert app.scene.live


@pytest.mark.parametrize(("name", "begins"), [("night.csv", "state,"), ("night.json", "[\n{"), ("a/b", "state,")])
async def test_export_to_a_file_of_that_name(app: NoctuiApp, options: Options, name: str, begins: str) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("3", *typed(f":export {name}"), "enter")
        file = options.exports / (name if "." in name else f"{name}.csv")
        assert file.read_text().startswith(begins)
        assert lines(app)[-1].startswith(f" 107 rows in {file}"[:100])


async def test_export_overwrites_nothing(app: NoctuiApp, options: Options) -> None:
    options.exports.mkdir()
    (options.exports / "x.csv").write_text("mine")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("3", *typed(":export x.csv"), "enter")
    assert (options.exports / "x.csv").read_text() == "mine"
    assert (options.exports / "x-2.csv").exists()


async def test_export_to_where_nothing_can_be_written_is_one_line(app: NoctuiApp, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("3", *typed(f":export {tmp_path}/file/x.csv"), "enter")
        assert lines(app)[-1].startswith(" Not exported: ")


async def test_window_where_there_is_one_and_one_line_where_there_is_none(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press(*typed(":circuit 0417 comcast"), "enter", *typed(":window 7d"), "enter")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert "7 d ─" in text(app)
        await pilot.press(*typed(":offenders"), "enter", *typed(":window 12h"), "enter")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert "window 12 h" in text(app)
        await pilot.press(*typed(":window 1h"), "enter")
        assert lines(app)[-2].strip() == "no window 1h; there are 3h 12h 24h 7d 31d 13mo"
        await pilot.press("escape", "1", *typed(":window 7d"), "enter")
        assert lines(app)[-2].strip() == "nothing here has a window"


async def test_theme_applies_at_once(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press(*typed(":theme light"), "enter")
        await pilot.pause()
        assert app.theme.endswith("light")
        assert app.look.palette.name == "light"
        grounds = {s.style.bgcolor for strip in app.screen._compositor.render_strips() for s in strip if s.style}
        assert not grounds & {app._themes.palette("dark").style("text").bgcolor}
        await pilot.press(*typed(":theme ligth"), "enter")
        assert lines(app)[-2].strip() == "no theme ligth; did you mean light?"


async def test_layout_goes_to_screen_1(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("3", *typed(":layout engineering"), "enter")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert app.place == OVERVIEW
        assert app.board is not None
        assert app.board.id == "engineering"


async def test_filter_filters_the_table_shown(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("3", *typed(":filter util>80"), "enter")
        assert lines(app)[2].startswith(" filter /util>80   6 of 107")
        await pilot.press(*typed(":filter"), "enter")
        assert "filter" not in lines(app)[2]
        await pilot.press(*typed(":filter foo>3"), "enter")
        assert lines(app)[-2].startswith(" no column foo here; there are: util rx tx")
        await pilot.press("escape", *typed(":site 0417"), "enter", *typed(":filter lumen"), "enter")
        assert lines(app)[-2].strip() == "nothing to filter here"


async def test_help_about_a_command(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press(*typed(":help at"), "enter")
        await pilot.pause()
        assert ":at TIME [--corrected]   the network at that time" in text(app)
        await pilot.press("escape", *typed(":help"), "enter")
        await pilot.pause()
        assert "everywhere" in text(app)


async def test_quit_quits(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press(*typed(":q"), "enter")
        await pilot.pause()
    assert not app.is_running


async def test_a_click_takes_a_suggestion(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press(*typed(":site 04"))
        await pilot.pause()
        row = next(y for y, line in enumerate(lines(app)) if line.startswith(" site 6048"))
        await pilot.click(offset=(5, row))
        assert app.frame.command.text == "site 6048"


async def test_a_poll_that_lands_leaves_the_line_alone_and_renews_its_suggestions(
    app: NoctuiApp, scenes: night.FakeScenes, clock: FixedClock
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press(*typed(":site 041"))
        clock.move(60)
        scenes.land(night.POLL + 60)
        await pilot.pause()
        assert app.focused is app.frame.command
        await pilot.press("7", "enter")
        assert app.place == of_site("s0417")


@pytest.mark.parametrize("size", [(39, 9), (20, 5), (80, 10)])
async def test_it_works_where_there_is_hardly_any_room(app: NoctuiApp, size: tuple[int, int]) -> None:
    async with app.run_test(size=size) as pilot:
        await pilot.press(*typed(":site "))
        await pilot.pause()
        assert lines(app)[-1].startswith(":site")
        await pilot.press(*"0417", "enter")
        assert app.place == of_site("s0417")
