"""What becomes known late re-opens what it reaches into: after that, all is as if made from scratch (DESIGN 5)."""

from __future__ import annotations

import tempfile
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from noctui.model.edges import Edge
from noctui.model.words import State
from noctui.stores.bus.folder import FolderLock
from noctui.stores.history import History, HistoryReader, PastBuilder, Retention, Writer
from noctui.stores.history.inbox import deposit
from noctui.stores.history.past import encode
from tests.stores.figures_made import ledger
from tests.stores.made import ORG, START, World, network
from tests.stores.recomputed import close_all, differences, everything, make_from_scratch

HOUR, DAY = 3600.0, 86400.0
CIRCUIT = "s0:ge-0/0/0"


def versions(writer: Writer) -> dict[tuple[Any, ...], list[tuple[int, float, float | None]]]:
    """(grain, start, zone) → (version, known_at, superseded) of each of its rows, in the order they were written."""
    found: dict[tuple[Any, ...], list[tuple[int, float, float | None]]] = {}
    for *period, version, known_at, superseded in writer.db.execute(
        "SELECT grain, start, zone, version, known_at, superseded FROM figures ORDER BY id"
    ):
        found.setdefault(tuple(period), []).append((version, known_at, superseded))
    return found


def assert_versions_follow_each_other(writer: Writer) -> None:
    for rows in versions(writer).values():
        numbers = [version for version, *_ in rows]
        assert numbers == sorted(set(numbers))
        for (_, known, superseded), (_, then, _) in pairwise(rows):
            assert superseded == then
            assert known <= then
        assert rows[-1][2] is None


@st.composite
def stories(draw: st.DrawFn) -> dict[str, Any]:
    """Some days of polls with a hole that is filled later, and edges that are late by up to days."""
    polls = draw(st.integers(60, 200))
    late = st.tuples(
        st.integers(0, polls - 1), st.floats(60, 2 * DAY), st.none() | st.floats(1, DAY), st.sampled_from(list(State)),
        st.integers(0, 2),
    )  # fmt: skip
    return {
        "seed": draw(st.integers(0, 999)),
        "zone": draw(st.sampled_from(["UTC", "Asia/Kolkata", "America/St_Johns", "Europe/Berlin"])),
        "polls": polls,
        "hole": draw(st.tuples(st.integers(1, polls - 1), st.integers(0, 60))),
        "filled": draw(st.integers(0, polls)),
        "late": draw(st.lists(late, max_size=4)),
        "closing": draw(st.sampled_from([1, 7, 1000])),
        "moved": draw(st.integers(0, polls)),
    }


def live_through(writer: Writer, reader: HistoryReader, story: dict[str, Any]) -> float:
    rng = np.random.default_rng(story["seed"])
    world = World(network(3), interval=1200.0, seed=story["seed"], start=START + 15 * HOUR)
    first, count = story["hole"]
    hole = range(first, min(first + count, story["polls"]))
    missed = []
    for i in range(story["polls"]):
        at = world.at + world.interval
        edges = list(ledger(rng, world))
        if i == story["moved"]:
            gone = Edge(circuit_id=CIRCUIT, event_time=world.at, state=State.UNKNOWN, known_at=at, source="gone")
            edges.append(gone)
            world.learn(network(5, rev=2, known_at=world.at, down=50e6, skip=1))
        if i in hole:
            missed.append(world.poll(edges=tuple(edges)))
            continue
        for when, back, lasting, state, row in story["late"]:
            if when == i:
                ids = [c.circuit_id for c in world.inventory.circuits]
                until = None if lasting is None else at - back + lasting
                edges.append(
                    Edge(
                        circuit_id=ids[row % len(ids)], event_time=at - back, until=until, state=state, known_at=at,
                        source="refold",
                    )
                )  # fmt: skip
        writer.write(world.poll(edges=tuple(edges)))
        if missed and i >= min(story["filled"], story["polls"] - 1) and i > hole[-1]:
            builder = PastBuilder(reader.numbers(), ORG)
            for chunk in [c for record in missed for c in builder.add(record)] + list(builder.finish()):
                deposit(writer.folder, "history", encode(chunk))
            missed = []
        while writer.apply_inbox(limit_ms=1).more:
            pass
        if i % story["closing"] == 0:
            while writer.close_due(world.at):
                pass
    return world.at


def judged(examples: int) -> settings:
    return settings(
        max_examples=examples, deadline=None, suppress_health_check=[HealthCheck.too_slow], phases=[Phase.generate]
    )


@judged(3)
@given(stories())
def test_all_is_as_if_made_from_scratch(story: dict[str, Any]) -> None:
    all_is_as_if_made_from_scratch(story)


@pytest.mark.soak
@judged(60)
@given(stories())
def test_all_of_many_is_as_if_made_from_scratch(story: dict[str, Any]) -> None:
    all_is_as_if_made_from_scratch(story)


def all_is_as_if_made_from_scratch(story: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        lock = FolderLock(Path(folder))
        assert lock.try_acquire()
        history = History.create_or_open(Path(folder), ORG, Retention(zone=story["zone"]))
        writer, reader = history.writer(lock), history.reader()
        try:
            end = live_through(writer, reader, story) + 4 * HOUR
            close_all(writer, end)
            assert_versions_follow_each_other(writer)
            stepwise = everything(writer)
            make_from_scratch(writer, end)
            assert differences(stepwise, everything(writer)) == []
        finally:
            reader.close()
            writer.close()
            lock.release()
