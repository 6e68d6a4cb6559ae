"""What the demo's carriers promise: its SLA screen has something to score, and a notice of a day is enough there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from noctui.model.sla import Promise
from noctui.promise_settings import PromiseSettings
from noctui.settings import Settings
from noctui.sim.demo import Demo


def test_the_demos_promises_are_sound(tmp_path: Path) -> None:
    promises = Demo(Settings(data=tmp_path / "x"), 24, 0).promises()
    assert {"gold", "silver"} <= set(promises.promises)
    assert set(promises.promises) == {"gold", "silver", "two ways"}
    assert promises.promises["gold"].notice == 86_400


def test_the_settings_promises_win(tmp_path: Path) -> None:
    own = PromiseSettings({"mine": Promise(name="mine", uptime="99")}, ())
    assert Demo(replace(Settings(data=tmp_path / "x"), promises=own), 24, 0).promises() is own
