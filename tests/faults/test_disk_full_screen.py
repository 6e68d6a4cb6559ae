"""A full disk under the whole program, in a real terminal: log, screen state and exports are files, too."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from noctui.sim.mist.server import MistServer
from tests.faults.cloud import small_cloud, watching
from tests.faults.disk import SmallDisk, small_disk
from tests.whole.test_process import log


@pytest.fixture(scope="module")
def cloud() -> Iterator[MistServer]:
    with small_cloud() as server:
        yield server


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with small_disk(tmp_path / "disk", 16) as made:
        yield made


def test_the_screen_goes_on_says_what_is_not_saved_and_saves_it_when_there_is_room(
    disk: SmallDisk, cloud: MistServer
) -> None:
    home = disk.path
    screen = watching(cloud, home)
    try:
        screen.wait_for(r"overview +live \d+s +leader")
        disk.fill()
        screen.wait_for(r"NOT SAVED \d+s +live \d+s +leader")
        screen.type("3")
        screen.wait_for(r"circuits +NOT SAVED")
        screen.type("e")
        screen.wait_for(r"Not exported: No space left on device")
        screen.type("0")
        screen.wait_for(r"the disk is full: history is not written until there is room")

        disk.free()
        screen.wait_for(r"collector +live \d+s +leader")
        (state,) = (path for path in home.rglob("screen.json"))
        screen.until(lambda: json.loads(state.read_text())["trail"][-1]["kind"] == "collector")
        screen.type("3")
        screen.wait_for(r"circuits +live")
        screen.type("e")
        screen.wait_for(r"rows in exports/noctui-circuits-")
        screen.type("q")
        assert screen.wait() == 0
        assert "Traceback" not in screen.raw.decode(errors="replace") + log(home)
        assert '"text": "the disk is full: history is not written until there is room"' in log(home)
        assert not list(home.rglob("*.tmp")), "no half file is left"
        assert not list(home.rglob(".screen-*"))
    finally:
        screen.close()


def test_it_starts_on_a_full_disk(disk: SmallDisk, cloud: MistServer) -> None:
    """Not even the log can be begun: one watches all the same."""
    disk.fill(leave=64 << 10)  # folders, and the demo's own notes
    screen = watching(cloud, disk.path)
    try:
        screen.wait_for(r"overview")
        disk.fill()
        screen.wait_for(r"NOT SAVED \d+s +live \d+s +leader")
        disk.free()
        screen.wait_for(r"overview +live \d+s +leader")
        screen.type("q")
        assert screen.wait() == 0
    finally:
        screen.close()
