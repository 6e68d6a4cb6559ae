"""`[keys]` of noctui.toml: the user's keys work and are shown; what cannot be is one line, and the default stays."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noctui.clock import FixedClock
from noctui.config import ConfigError, load
from noctui.settings import OwnKey
from noctui.tui.app import NoctuiApp, Options
from noctui.tui.keymap import key_of, read_keymap, written
from noctui.tui.keys import ACTIONS
from tests import night
from tests.tui.app.seen import lines


def own(name: str, *keys: str, line: int = 1) -> OwnKey:
    return OwnKey(name, keys, f"noctui.toml:{line}")


async def test_a_users_key_works_and_is_shown_in_footer_and_help(tmp_path: Path) -> None:
    options = Options(exports=tmp_path, keys=(own("filter", "ctrl+f"), own("earlier", ","), own("help", "f1", "?")))
    app = NoctuiApp(night.FakeScenes(), FixedClock(night.NOW), options)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        footer = lines(app)[-1]
        assert "^f filter" in footer
        assert ", ] time" in footer
        assert footer.rstrip().endswith("F1 ? help")
        editing = []
        for key in ("/", "ctrl+f"):
            await pilot.press(key)
            editing.append(app.frame.editing)
        assert editing == [False, True]
        await pilot.press("escape", ",")
        await pilot.pause()
        assert app.scene is not None
        assert not app.scene.live
        await pilot.press("f1")
        await pilot.pause()
        assert any("^f" in line and "filter" in line for line in lines(app))


async def test_what_cannot_be_is_said_at_start_and_the_default_stays() -> None:
    options = Options(keys=(own("exprot", "x"), own("export", "q", line=7)))
    app = NoctuiApp(night.FakeScenes(), FixedClock(night.NOW), options)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        assert "noctui.toml:1: no action exprot; did you mean export? (and 1 more: see the log)" in lines(app)[-1]
        assert ACTIONS["export"].keys == ("e",)


async def test_the_next_app_knows_nothing_of_them() -> None:
    app = NoctuiApp(night.FakeScenes(), FixedClock(night.NOW))
    async with app.run_test(size=(120, 40)):
        assert ACTIONS["filter"].shown == "/"


@pytest.mark.parametrize(
    ("given_", "said"),
    [
        (own("export", "q"), "noctui.toml:1: export: q is quit already"),
        (own("export", "f13x"), 'noctui.toml:1: export: no key \'f13x\'; as in "x", "ctrl+e", "f5"'),
        (own("export"), 'noctui.toml:1: export needs a key, as in export = "ctrl+e"'),
        (own("sort", "pagedown"), "noctui.toml:1: sort: pagedown is the table's already"),
        (own("fly", "x"), "noctui.toml:1: no action fly; see ? and README"),
    ],
)
def test_each_fault_is_one_line(given_: OwnKey, said: str) -> None:
    assert read_keymap([given_]) == ({}, [said])


def test_two_actions_may_change_places() -> None:
    """`q` for the filter is free when quitting has another key."""
    taken, said = read_keymap([own("filter", "q"), own("quit", "ctrl+q")])
    assert (taken, said) == ({"filter": ("q",), "quit": ("ctrl+q",)}, [])


@given(st.lists(st.builds(OwnKey, st.sampled_from([*ACTIONS, "nothing"]),
                          st.lists(st.text(max_size=8), max_size=3).map(tuple), st.just("noctui.toml:1"))))  # fmt: skip
def test_whatever_is_written_there_no_key_has_two_meanings(lines_: list[OwnKey]) -> None:
    taken, said = read_keymap(lines_)
    assert all("\n" not in line or repr(line) for line in said)
    for name, keys in taken.items():
        for other, action in ACTIONS.items():
            if other != name and set(ACTIONS[name].keys).isdisjoint(action.keys):
                assert set(keys).isdisjoint(taken.get(other, action.keys))


@pytest.mark.parametrize(
    ("word", "key", "shown"),
    [("x", "x", "x"), ("ctrl+e", "ctrl+e", "^e"), ("F5", "f5", "F5"), ("Ctrl+Left", "ctrl+left", "^←"),
     ("?", "question_mark", "?"), ("ctrl+f13x", "", ""), ("", "", ""), ("hyper+x", "", "")],
)  # fmt: skip
def test_keys_are_named_as_people_do(word: str, key: str, shown: str) -> None:
    assert key_of(word) == key
    assert not key or written(key) == shown


def test_they_are_read_from_the_file_with_their_lines(tmp_path: Path) -> None:
    file = tmp_path / "noctui.toml"
    file.write_text('[keys]\nexport = "ctrl+e"\nfilter = ["/", "ctrl+f"]\n')
    assert load({}, {"HOME": str(tmp_path)}, config_file=file).settings.keys == (
        OwnKey("export", ("ctrl+e",), f"{file}:2"), OwnKey("filter", ("/", "ctrl+f"), f"{file}:3"),
    )  # fmt: skip


@pytest.mark.parametrize("text", ["keys = 3", "[keys]\nexport = 3", '[keys]\nexport = ["e", 3]'])
def test_what_is_no_key_at_all_is_an_error_of_the_file(tmp_path: Path, text: str) -> None:
    file = tmp_path / "noctui.toml"
    file.write_text(text)
    with pytest.raises(ConfigError, match=r"noctui\.toml:[12]: keys"):
        load({}, {"HOME": str(tmp_path)}, config_file=file)
