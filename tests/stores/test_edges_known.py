"""Edges that matter from an instant on: what is left out changes no timeline, whenever from `by` on it is asked."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from noctui.model.edges import Edge
from noctui.model.words import State
from noctui.stores.bus.folder import FolderLock
from noctui.stores.history import Retention, open_reader, open_writer
from noctui.stores.history.timeline import paint
from tests.stores.made import START, World, network

HOUR = 3600.0
NETWORK = network(3)


def made(seed: int) -> tuple[Edge, ...]:
    """Open edges and corrections of ten hours, learned at once or hours later."""
    chance = random.Random(seed)
    found = []
    for _ in range(60):
        time = START + chance.randrange(10) * HOUR
        found.append(
            Edge(
                circuit_id=chance.choice(NETWORK.circuits).circuit_id, event_time=time,
                until=time + chance.randrange(1, 4) * HOUR if chance.random() < 0.4 else None,
                state=chance.choice(list(State)), known_at=time + chance.choice((0, 0, 2, 5)) * HOUR,
            )
        )  # fmt: skip
    return tuple(sorted(found, key=lambda e: e.known_at))


@pytest.mark.parametrize("seed", range(4))
def test_what_is_left_out_changes_no_timeline(tmp_path: Path, seed: int) -> None:
    edges = made(seed)
    lock = FolderLock(tmp_path)
    assert lock.try_acquire()
    writer = open_writer(tmp_path, "org-1", lock, Retention())
    writer.write(World(NETWORK).poll(edges=edges))
    writer.close()
    lock.release()
    reader = open_reader(tmp_path)
    since, by, now = START + 6 * HOUR, START + 8 * HOUR, START + 16 * HOUR
    kept = reader.edges_known(now, since, by)
    assert len(kept) < len(edges)
    assert [e.known_at for e in kept] == sorted(e.known_at for e in kept)
    for known in (by, by + 2 * HOUR, now):
        for circuit in NETWORK.circuits:
            ours, all_ = (
                [e for e in those if e.circuit_id == circuit.circuit_id and e.known_at <= known]
                for those in (kept, edges)
            )
            assert paint(ours, since, now) == paint(all_, since, now)
    assert set(reader.edges_known(now, since)) <= set(kept)
    reader.close()
