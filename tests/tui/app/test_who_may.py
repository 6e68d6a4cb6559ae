"""Who may not act on alarms: every action by its key and every command, on a screen that only looks, of a viewer and in
the past. Nothing is handed over, no form opens, and what would act says in one line why it does not.

`Acting.may_not_act` alone decides, and asks the Scene (`Scene.can.act`); `Acting.hand_over` is the only caller of
`Scenes.act`.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

import noctui.tui
from noctui.clock import FixedClock
from noctui.model.alarms import ACTS, Act
from noctui.model.scene import Scene
from noctui.tui.app import NoctuiApp, Options
from noctui.tui.commands.verbs import VERBS
from noctui.tui.keys import ACTIONS
from noctui.tui.place import Place
from tests import night
from tests.tui.app.seen import lines
from tests.tui.app.test_all_keys import BOARDS, SIZE, stand

WHY = {
    "read-only": "Read-only: this screen looks, and does nothing about alarms.",
    "viewer": "You may not act on alarms: [roles] in noctui.toml say who may.",
    "past": "The past cannot be acted on: L is live again.",
}
ACTING = {"acknowledge", "take_back", "note"}
"""Actions that act on alarms."""
LINES = {
    **{verb.name: (verb.name, *((verb.example,) if verb.example else ())) for verb in VERBS.values()},
    "ack": ("ack", "ack 2h fibre cut", "ack all 2h fibre cut"), "unack": ("unack", "unack all"),
    "note": ("note", "note seen", "note all seen"), "own": ("own jmo", "own all jmo"),
    "snooze": ("snooze", "snooze 2h copy", "snooze all 2h copy"), "unsnooze": ("unsnooze", "unsnooze all"),
}  # fmt: skip
"""Lines for each verb."""


_PAST: dict[float, Scene | None] = {}


class Watching(night.FakeScenes):
    """Keeps what is handed over, and past instants."""

    def __init__(self) -> None:
        super().__init__()
        self.handed: list[Act] = []

    async def past(self, at: float, corrected: bool = False) -> Scene | None:
        """Each instant once for all tests: they are the same."""
        when = night.POLL - math.ceil((night.POLL - at) / night.INTERVAL) * night.INTERVAL
        if when not in _PAST:
            _PAST[when] = await super().past(at, corrected)
        return _PAST[when]

    async def act(self, act: Act) -> str:
        self.handed.append(act)
        return await super().act(act)


@pytest.fixture(params=WHY)
def situation(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


@pytest.fixture
def watching(situation: str) -> Watching:
    scenes = Watching()
    assert scenes.now is not None
    scenes.now = replace(scenes.now, may=situation == "past")
    return scenes


@pytest.fixture
def looker(watching: Watching, situation: str, clock: FixedClock, tmp_path: Path) -> NoctuiApp:
    read_only = situation == "read-only"
    options = Options(exports=tmp_path / "e", state=tmp_path / "s.json", who="ana", read_only=read_only)
    return NoctuiApp(watching, clock, options)


async def stand_there(app: NoctuiApp, pilot: Pilot[None], place: Place, situation: str) -> None:
    assert app.scene is not None
    if app.scene.live == (situation == "past"):
        await pilot.press("[" if situation == "past" else "L")
        await app.workers.wait_for_complete()
    await stand(app, pilot, place)


async def walk(app: NoctuiApp, scenes: Watching, place: Place, situation: str, names: Iterable[str]) -> None:
    """Each of these actions by its key, where there are alarms to act on."""
    async with app.run_test(size=SIZE) as pilot:
        await stand_there(app, pilot, place, situation)
        await app.workers.wait_for_complete()
        for name in names:
            await stand_there(app, pilot, place, situation)
            await pilot.press(ACTIONS[name].keys[0])
            await pilot.pause()
            assert not app.frame.filling, name
            assert not scenes.handed, name
            if name in ACTING:
                assert WHY[situation] in lines(app)[-1], name


async def command(app: NoctuiApp, scenes: Watching, situation: str, verbs: Iterable[str]) -> None:
    """Each line of these verbs: those that act where there are alarms, the others one after the other."""
    async with app.run_test(size=SIZE) as pilot:
        for name in verbs:
            for line in LINES[name]:
                if name in ACTS:
                    await stand_there(app, pilot, BOARDS["alarms"], situation)
                app.action_command(line)
                await app.action_run_command()
                await pilot.pause()
                assert not app.frame.filling, line
                assert not scenes.handed, line
                if name in ACTS:
                    assert WHY[situation] in lines(app)[-1], line


def test_each_verb_that_acts_is_walked() -> None:
    assert set(ACTS) <= set(LINES)


async def test_keys_that_act_say_why_not(looker: NoctuiApp, watching: Watching, situation: str) -> None:
    await walk(looker, watching, BOARDS["alarms"], situation, ACTING)


async def test_commands_that_act_say_why_not(looker: NoctuiApp, watching: Watching, situation: str) -> None:
    await command(looker, watching, situation, ACTS)


@pytest.mark.soak
@pytest.mark.parametrize("board", BOARDS)
async def test_no_action_acts_on_any_board(looker: NoctuiApp, watching: Watching, situation: str, board: str) -> None:
    await walk(looker, watching, BOARDS[board], situation, [name for name in ACTIONS if name != "quit"])


@pytest.mark.parametrize("situation", ["read-only"], indirect=True)
async def test_no_action_acts(looker: NoctuiApp, watching: Watching, situation: str) -> None:
    await walk(looker, watching, BOARDS["alarms"], situation, [name for name in ACTIONS if name != "quit"])


@pytest.mark.soak
async def test_no_command_acts(looker: NoctuiApp, watching: Watching, situation: str) -> None:
    await command(looker, watching, situation, [*ACTS, *(name for name in LINES if name not in (*ACTS, "quit"))])


def test_acts_are_handed_over_in_one_place() -> None:
    """Of all files of the screen one calls `Scenes.act`, right after it asked whether it may."""
    callers = [
        file.name
        for file in sorted(Path(noctui.tui.__file__).parent.rglob("*.py"))
        if "_scenes.act" in (text := file.read_text(encoding="utf-8"))
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("_scenes.act")
    ]
    assert callers == ["acting.py"]
