"""What became known later counts only with `--corrected`."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from noctui.model.edges import Edge
from noctui.model.words import State
from noctui.stores.bus.folder import FolderLock
from noctui.stores.history import History
from tests.commands.exported import iso, run
from tests.stores.made import ORG, START, World, network

CIRCUIT = "s0:ge-0/0/0"
MINUTE = 60.0


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Twenty polls. The circuit is up; the tenth learns that it was down from the fourth to the sixth."""
    folder = tmp_path / "data" / ORG
    folder.mkdir(parents=True)
    lock = FolderLock(folder)
    assert lock.try_acquire()
    writer = History.create_or_open(folder, ORG).writer(lock)
    world = World(network(2))
    up = np.full(2, State.UP, np.uint8)
    first = START + MINUTE
    for number in range(1, 21):
        record = world.poll()
        edges: tuple[Edge, ...] = ()
        if number == 1:
            edges = tuple(
                Edge(circuit_id=c.circuit_id, event_time=first, state=State.UP, known_at=first)
                for c in world.inventory.circuits
            )
        if number == 10:
            edges = (
                Edge(
                    circuit_id=CIRCUIT, event_time=first + 3 * MINUTE, until=first + 5 * MINUTE, state=State.DOWN,
                    known_at=record.view.at, source="event",
                ),
            )  # fmt: skip
        view = replace(record.view, circuits=replace(record.view.circuits, state=up))
        writer.write(replace(record, view=view, edges=edges))
    writer.close()
    lock.release()
    return tmp_path / "data"


def minutes(data: Path, poll: int, *more: str) -> tuple[float, float]:
    """(up, down) of the circuit in the hour before this poll."""
    at = iso(START + poll * MINUTE)
    ran = run(data, "availability", CIRCUIT, "--window", "1h", "--at", at, "--format", "ndjson", *more)
    found = json.loads(ran.out)
    return found["up_min"], found["down_min"]


def test_the_past_is_as_it_was_known(data: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert minutes(data, 9) == (8, 0)
    assert minutes(data, 9, "--corrected") == (6, 2)
    assert minutes(data, 5, "--corrected") == (3, 1)
    assert minutes(data, 10) == minutes(data, 10, "--corrected") == (7, 2)


def test_the_instant_and_how_it_was_asked_stand_in_the_meta(
    data: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    at = iso(START + 9 * MINUTE + 30)
    ran = run(data, "circuits", "--at", at, "--corrected", "--format", "json", "--meta")
    meta = json.loads(ran.out)[0]["meta"]
    assert (meta["at"], meta["corrected"]) == ("2025-12-01T00:09:00Z", True)
