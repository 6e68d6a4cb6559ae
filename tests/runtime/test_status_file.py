"""What a leader says of itself in the folder, and what its followers believe of it."""

from __future__ import annotations

import asyncio
import json
import math
from pathlib import Path

import pytest

from noctui.model.health import FeedHealth, Health
from noctui.model.scene import Status
from noctui.runtime import status_file
from noctui.runtime.status_file import NAME, LeaderStatus, StatusFile

HEALTH = Health(
    since=5.0,
    sweep_p50=1.5,
    feeds=(FeedHealth(feed="circuits", period=60.0, trend=(0.5, float("nan"))),),
    errors=((3.0, "lost"),),
)


async def test_followers_read_what_the_leader_said(tmp_path: Path) -> None:
    """Unknown numbers too, which JSON has no word for."""
    said = Status(fault="partial", fault_text="29 of 32", api_used=7, health=HEALTH, notes=("a note",))
    StatusFile(tmp_path, 4).tell(said)
    got = LeaderStatus(tmp_path).read(4)
    assert got is not None
    assert (got.fault, got.fault_text, got.api_used, got.notes) == ("partial", "29 of 32", 7, ("a note",))
    assert got.health is not None
    assert got.health.sweep_p50 == 1.5
    assert math.isnan(got.health.sweep_p95)
    assert got.health.feeds[0].trend[0] == 0.5
    assert math.isnan(got.health.feeds[0].trend[1])
    assert got.health.errors == ((3.0, "lost"),)
    assert json.loads((tmp_path / NAME).read_text())["epoch"] == 4


async def test_what_another_leader_left_says_nothing(tmp_path: Path) -> None:
    StatusFile(tmp_path, 4).tell(Status(fault="lost"))
    reader = LeaderStatus(tmp_path)
    assert reader.read(5) is None
    assert reader.read(4) is not None


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "[]", "null", '{"epoch": "x", "status": {}}', '{"epoch": 1, "status": {"api_used": "7"}}',
        '{"epoch": 1, "status": null}', "\0" * 99,
    ],
)  # fmt: skip
def test_a_file_that_is_none_of_ours_says_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / NAME).write_text(text)
    assert LeaderStatus(tmp_path).read(1) is None
    assert LeaderStatus(tmp_path / "nowhere").read(1) is None


async def test_it_is_written_at_most_once_a_second_but_a_fault_is_told_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(status_file, "SECONDS", 0.05)
    file, reader = StatusFile(tmp_path, 1), LeaderStatus(tmp_path)
    file.tell(Status(pages_done=1))
    file.tell(Status(pages_done=2))
    assert reader.read(1) == Status(pages_done=1)
    file.tell(Status(pages_done=3, fault="lost"))
    assert reader.read(1) == Status(pages_done=3, fault="lost")
    file.tell(Status(pages_done=4, fault="lost"))
    async with asyncio.timeout(5):
        while reader.read(1) != Status(pages_done=4, fault="lost"):
            await asyncio.sleep(0.01)
    file.stop()


async def test_a_folder_that_takes_no_file_costs_the_leader_nothing(tmp_path: Path) -> None:
    file = StatusFile(tmp_path / "nowhere", 1)
    file.tell(Status())
    file.stop()
