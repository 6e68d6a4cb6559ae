"""The app over the sample night, with a clock that stands still."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from noctui.clock import FixedClock
from noctui.tui.app import NoctuiApp, Options
from tests import night


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
