"""The user's theme files are read again when they are saved, by the screen that runs."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from noctui import resources
from noctui.clock import FixedClock
from noctui.tui.app import NoctuiApp
from noctui.tui.look.theme_watch import ThemeWatch
from noctui.tui.look.themes import ThemeError, load, read
from noctui.tui.options import Options
from tests import night
from tests.tui.app import seen
from tests.tui.app.keys import typed
from tests.tui.app.styled import dump

DARK = (resources.folder("themes") / "dark.toml").read_text()
MINE = DARK.replace('"dark"', '"mine"')
WARN = MINE.split("warn =")[0].count("\n") + 1
SHADE = MINE.split("dark =")[0].count("\n") + 1
"""The lines that `warn` and `dark` stand on."""
_saved = [0]


def save(file: Path, text: str) -> None:
    """As editors do: another file moved into its place; each one later than the last."""
    new = file.with_suffix(".new")
    new.write_text(text)
    _saved[0] += 1
    os.utime(new, (_saved[0], _saved[0]))
    new.replace(file)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "themes"
    made.mkdir()
    return made


def test_nothing_saved_is_nothing_to_do(folder: Path) -> None:
    save(folder / "mine.toml", MINE)
    watch = ThemeWatch(folder, load(folder))
    assert watch.look() is None


def test_a_saved_file_is_read_once(folder: Path) -> None:
    watch = ThemeWatch(folder, load(folder))
    save(folder / "mine.toml", MINE)
    found = watch.look()
    assert found is not None
    assert found.changed == ("mine",)
    assert found.problems == ()
    assert "mine" in found.themes.roles
    assert watch.look() is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (MINE.replace('warn = "#e3c04f"\n', ""), "mine.toml: [roles] lacks warn; copy from dark.toml"),
        (MINE.replace('"#e3c04f"', '"yelow"'), f"mine.toml line {WARN}: warn: “yelow” is no colour"),
        (MINE.replace("warn =", "wran ="), f"mine.toml line {WARN}: no role “wran” in [roles]; did you mean “warn”?"),
        (
            MINE.replace("dark = true", "drak = true"),
            f"mine.toml line {SHADE}: unknown key “drak”; did you mean “dark”?",
        ),
        ("name = ", "mine.toml: is not TOML"),
    ],
    ids=["missing key", "wrong colour", "unknown role", "unknown key", "no TOML"],
)
def test_one_saved_broken_is_one_line_and_the_last_good_one_stays(folder: Path, text: str, says: str) -> None:
    save(folder / "mine.toml", MINE)
    watch, before = ThemeWatch(folder, load(folder)), load(folder).roles["mine"]
    save(folder / "mine.toml", text)
    found = watch.look()
    assert found is not None
    (problem,) = found.problems
    assert problem.startswith(says)
    assert problem.endswith("; its last good version stays")
    assert found.themes.roles["mine"] == before


def test_a_file_that_was_never_good_is_skipped_and_the_others_are_read(folder: Path) -> None:
    watch = ThemeWatch(folder, load(folder))
    save(folder / "bad.toml", "roles = 1")
    save(folder / "mine.toml", MINE)
    found = watch.look()
    assert found is not None
    assert found.changed == ("mine",)
    assert len(found.problems) == 1
    assert found.problems[0].endswith("; theme skipped")


def test_a_deleted_file_gives_ours_of_that_name_back(folder: Path) -> None:
    save(folder / "dark.toml", DARK.replace("#c9d1d9", "#ffffff"))
    watch = ThemeWatch(folder, load(folder))
    (folder / "dark.toml").unlink()
    found = watch.look()
    assert found is not None
    assert found.themes.roles["dark"] == load().roles["dark"]
    folder.rmdir()
    assert watch.look() is None


def test_a_folder_that_comes_later_is_found(tmp_path: Path) -> None:
    folder = tmp_path / "later"
    watch = ThemeWatch(folder, load(folder))
    folder.mkdir()
    save(folder / "mine.toml", MINE)
    assert watch.look() is not None


@given(st.binary(max_size=300))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_whatever_is_saved_there_costs_at_most_a_line(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "mine.toml"
    file.write_bytes(data)
    with pytest.raises(ThemeError) as caught:
        read(file)
    assert "\n" not in str(caught.value)


# -- in the running screen ---------------------------------------------------------------------------------------------


def screen(folder: Path, theme: str) -> NoctuiApp:
    return NoctuiApp(night.FakeScenes(), FixedClock(night.NOW), Options(theme=theme, themes=folder))


async def test_saving_draws_at_once_and_breaking_changes_nothing(folder: Path) -> None:
    save(folder / "mine.toml", MINE)
    app = screen(folder, "mine")
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        assert "#ffeedd" not in dump(app)
        save(folder / "mine.toml", MINE.replace("#c9d1d9", "#ffeedd").replace("#121416", "#000011"))
        await app.beat()
        await pilot.pause()
        shown = dump(app)
        assert "#ffeedd on #000011" in shown
        assert "#121416" not in shown  # no cell kept the old ground
        assert "Theme mine was read again." in seen.text(app)
        save(folder / "mine.toml", MINE.replace('"#e3c04f"', '"yelow"'))
        await app.beat()
        await pilot.pause()
        assert f"mine.toml line {WARN}: warn: “yelow” is no colour" in seen.text(app)
        assert "#ffeedd on #000011" in dump(app)


async def test_a_new_theme_can_be_chosen_at_once(folder: Path) -> None:
    app = screen(folder, "dark")
    async with app.run_test(size=(120, 40)) as pilot:
        save(folder / "mine.toml", MINE.replace("#c9d1d9", "#ffeedd"))
        await app.beat()
        await pilot.pause()
        assert "New: theme mine. :theme mine draws with it." in seen.text(app)
        await pilot.press(*typed(":theme mi"))
        await pilot.pause()
        assert any(line.strip().startswith("theme mine") for line in seen.lines(app))
        await pilot.press("tab", "enter")
        await pilot.pause()
        assert "#ffeedd" in dump(app)


async def test_the_theme_of_the_settings_is_taken_when_it_is_mended(folder: Path) -> None:
    save(folder / "mine.toml", "roles = 1")
    app = screen(folder, "mine")
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        assert "mine.toml" in seen.text(app)
        assert "theme skipped" in seen.text(app)
        save(folder / "mine.toml", MINE.replace("#c9d1d9", "#ffeedd"))
        await app.beat()
        await pilot.pause()
        assert "#ffeedd" in dump(app)
