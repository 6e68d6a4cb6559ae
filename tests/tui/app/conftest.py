"""The app over the sample night, with a clock that stands still."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from noctui.clock import FixedClock
from noctui.tui.app import NoctuiApp, Options
from tests import night


@pytest.fixture(autouse=True)
def _same_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the machine may change what is drawn."""
    for name in ("NO_COLOR", "COLORTERM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setattr("noctui.tui.shell.wants_ascii", lambda _environ, _encoding, forced=False: forced)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(night.NOW)


@pytest.fixture
def scenes() -> night.FakeScenes:
    return night.FakeScenes()


@pytest.fixture
def options(tmp_path: Path) -> Options:
    return Options(exports=tmp_path / "exports", state=tmp_path / "screen.json")


@pytest.fixture
def app(scenes: night.FakeScenes, clock: FixedClock, options: Options) -> NoctuiApp:
    return NoctuiApp(scenes, clock, options)


Make = Callable[..., NoctuiApp]
