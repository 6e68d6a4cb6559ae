"""Themes: four of ours, and what a person gets told about a broken one."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.style import Style

from noctui import resources
from noctui.tui.look.palette import FILLED, GROUNDS, INKS, Palette, parse_ink
from noctui.tui.look.themes import ThemeError, Themes, load, read

THEMES = load()
DARK_FILE = resources.folder("themes") / "dark.toml"


def contrast(style: Style) -> float:
    def light(channel: int) -> float:
        c = channel / 255
        return c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4

    def luminance(triplet: tuple[int, ...]) -> float:
        return 0.2126 * light(triplet[0]) + 0.7152 * light(triplet[1]) + 0.0722 * light(triplet[2])

    assert style.color is not None
    assert style.bgcolor is not None
    one, other = luminance(style.color.get_truecolor()), luminance(style.bgcolor.get_truecolor())
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


def test_ours_are_there_and_whole() -> None:
    assert set(THEMES.roles) == {"dark", "light", "contrast", "ansi"}
    assert THEMES.problems == ()


@pytest.mark.parametrize("name", ["dark", "light", "contrast"])
def test_what_must_be_read_can_be_read(name: str) -> None:
    palette = THEMES.palette(name)
    for role in ("text", "hi", "dim", "accent", "crit", "high", "warn", "unk", "maint", "stale"):
        assert contrast(palette.style(role)) >= 4.5, role
    assert round(contrast(palette.style("text"))) >= 12
    assert contrast(palette.style("down")) >= 4.5
    for role in INKS:
        if role not in ("graph", "graph2", "bargood", *FILLED):
            assert contrast(palette.style(role, "sel")) >= 3, role
    assert round(contrast(palette.style("crit", "sel")), 1) >= 4
    assert palette.style("crit", "sel").bold


def test_attributes_ride_on_roles() -> None:
    palette = THEMES.palette("dark")
    assert palette.style("crit bold").bold
    assert palette.style("crit reverse").reverse
    assert not palette.style("crit").bold
    with pytest.raises(KeyError):
        palette.style("loud")


def test_a_filled_role_brings_its_ground_and_lends_it() -> None:
    palette = THEMES.palette("dark")
    assert palette.style("down") == Style.parse("#ffffff on #c8102e")
    assert palette.style("down", "sel").bgcolor == palette.style("down").bgcolor
    assert palette.style("text", "past") == Style.parse("#ffffff on #5b3fa0")


def test_equal_styles_are_one_object_so_that_cells_merge() -> None:
    palette = THEMES.palette("dark")
    assert palette.style("faint", "sel") is palette.style("text", "sel")


def test_the_16_colours_are_the_terminals_own() -> None:
    palette = THEMES.palette("ansi")
    assert not palette.tints
    assert palette.style("text") == Style()
    assert palette.style("high") == Style.parse("yellow bold")
    assert palette.style("down") == Style.parse("bright_white on red bold")
    assert palette.style("warn", "sel") == Style(reverse=True)  # one even bar, whatever the cell's ink
    for role in INKS:
        style = palette.style(role)
        assert style.color is None or style.bgcolor is not None or style.color.name not in ("white", "bright_white")


@pytest.mark.parametrize("name", sorted(THEMES.roles))
def test_no_color_uses_attributes_alone(name: str) -> None:
    palette = THEMES.palette(name, no_color=True)
    for role in INKS:
        for ground in GROUNDS:
            style = palette.style(role, ground)
            assert (style.color, style.bgcolor) == (None, None)
    assert palette.style("down").reverse
    assert palette.style("text", "sel").reverse
    assert palette.style("crit").bold


@pytest.mark.parametrize("name", sorted(THEMES.roles))
def test_every_role_reaches_style_sheets(name: str) -> None:
    theme = THEMES.palette(name).theme()
    assert theme.ansi == (name == "ansi")
    assert {f"role-{role}" for role in (*GROUNDS, *INKS)} <= set(theme.variables)
    theme.to_color_system().generate()


def test_an_unknown_theme_is_dark() -> None:
    assert THEMES.palette("nosuch").name == "dark"


def broken(folder: Path, text: str) -> str:
    file = folder / "mine.toml"
    file.write_text(text)
    with pytest.raises(ThemeError) as caught:
        read(file)
    return str(caught.value).removeprefix(str(file))


def test_a_broken_theme_is_named_by_file_line_and_remedy(tmp_path: Path) -> None:
    good = DARK_FILE.read_text()
    lines = good.splitlines()
    at = next(i for i, line in enumerate(lines, 1) if line.startswith("warn ="))
    assert (
        broken(tmp_path, good.replace("warn =", "wran ="))
        == f" line {at}: no role “wran” in [roles]; did you mean “warn”?"
    )
    assert broken(tmp_path, good.replace('"#e3c04f"', '"#e3c04"')).startswith(
        f" line {at}: warn: “#e3c04” is no colour"
    )
    assert broken(tmp_path, good.replace('warn = "#e3c04f"\n', "")) == ": [roles] lacks warn; copy from dark.toml"
    assert broken(tmp_path, good.replace('"#e3c04f"', "7")).startswith(f" line {at}: warn must be text in quotes")
    assert broken(tmp_path, good.replace('"#e3c04f"', '"#e3c04f on"')).endswith("a colour is missing after “on”")
    assert broken(tmp_path, "name = ").startswith(": is not TOML")
    assert broken(tmp_path, "naem = 'x'\n" + good) == " line 1: unknown key “naem”; did you mean “name”?"
    assert broken(tmp_path, 'name = "x"\n') == ": table [grounds] is missing; copy it from dark.toml"
    (tmp_path / "mine.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ThemeError, match="UTF-8"):
        read(tmp_path / "mine.toml")


def test_a_users_theme_is_found_and_a_broken_one_costs_a_line(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(DARK_FILE.read_text().replace('"dark"', '"mine"').replace("#c9d1d9", "#ffffff"))
    (tmp_path / "other.toml").write_text("roles = 1")
    found: Themes = load(tmp_path)
    assert found.palette("mine").style("text") == Style.parse("#ffffff on #121416")
    assert len(found.problems) == 1
    assert "other.toml" in found.problems[0]
    assert found.problems[0].endswith("theme skipped")
    assert "\n" not in found.problems[0]


def test_inks() -> None:
    assert parse_ink("bright_white on red bold").ground == "red"
    assert parse_ink("default").color is None
    with pytest.raises(ValueError, match="empty"):
        parse_ink("  ")


def test_a_palette_is_a_value() -> None:
    assert Palette(THEMES.roles["dark"]) == THEMES.palette("dark")
