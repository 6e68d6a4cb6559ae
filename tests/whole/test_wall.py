"""`noctui --wall` in a real terminal: pages turn, `q` asks, and it remembers nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from noctui.sim.mist.server import MistServer
from tests.faults.cloud import small_cloud
from tests.walk.walk import TOKEN
from tests.whole.terminal import Terminal

PAGES = {"NOCTUI_WALL_PAGES": "nowhere,overview,collector", "NOCTUI_WALL_SECONDS": "2"}


@pytest.fixture(scope="module")
def cloud() -> Iterator[MistServer]:
    with small_cloud() as server:
        yield server


@pytest.fixture
def wall(cloud: MistServer, tmp_path: Path) -> Iterator[Terminal]:
    words = ["--wall", "--host", cloud.url, "--insecure-host", "--poll-seconds", "1", "--data", str(tmp_path / "data")]
    terminal = Terminal(words, tmp_path, env={"MIST_API_TOKEN": TOKEN, "NOCTUI_ENRICH": "false"} | PAGES)
    yield terminal
    terminal.close()


def test_pages_turn_and_q_asks(wall: Terminal, tmp_path: Path) -> None:
    wall.wait_for(r"no page nowhere for the wall \(wall.pages\), left out; there are: overview")
    wall.wait_for(r"D A R K")
    wall.wait_for(r"collector +live \d+s")
    wall.wait_for(r"D A R K")
    wall.type("q")
    wall.wait_for(r"End the wall\? q once more ends it")
    wall.type("q")
    assert wall.wait() == 0
    assert not list(tmp_path.rglob("screen.json"))
