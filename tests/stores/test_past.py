"""A past made elsewhere comes in through the inbox and is read like one that was watched."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from noctui.model.edges import Edge
from noctui.model.scene import Range
from noctui.model.words import State
from noctui.model.work import PollRecord
from noctui.stores.history import HistoryFault, HistoryReader, PastBuilder, Writer
from noctui.stores.history.hourly import KPI_NUMBER
from noctui.stores.history.inbox import deposit, pending
from noctui.stores.history.pack import Pack, of_bytes
from noctui.stores.history.past import encode
from tests.stores.made import ORG, START, World, difference, network

DAY = 86400.0


def leave(folder: Path, builder: PastBuilder, polls: Iterable[PollRecord]) -> int:
    chunks = [c for record in polls for c in builder.add(record)] + list(builder.finish())
    for chunk in chunks:
        deposit(folder, "history", encode(chunk))
    return len(chunks)


def take_all(writer: Writer) -> None:
    while writer.apply_inbox(limit_ms=1).more:
        pass


def test_a_past_reads_as_it_was(tmp_path: Path, writer: Writer, reader: HistoryReader) -> None:
    """Two days before, the live polls beginning in the middle of an hour."""
    inventory = network(7)
    live = World(inventory, start=START + 2 * DAY + 1800.0)
    writer.write(live.poll())
    past = World(inventory, interval=300.0, seed=3)
    written = list(past.polls(12 * 48 + 6))
    builder = PastBuilder(reader.numbers(), ORG, instants_from=START + DAY * 1.5)
    assert leave(tmp_path, builder, written) == 3
    take_all(writer)
    assert pending(tmp_path) == []
    for record in written:
        found = reader.view(record.view.at)
        assert found is not None
        assert difference(record.view, found) == ""
    watched = []
    for _ in range(60 * 3):
        watched.append(live.poll())
        writer.write(watched[-1])
        while writer.close_due(live.at):
            pass
    for record in (*written[-40:], *watched[12 * 15 :]):
        found = reader.view(record.view.at)
        assert found is not None
        assert difference(record.view, found) == ""


async def test_a_past_has_its_hours(tmp_path: Path, writer: Writer, reader: HistoryReader) -> None:
    inventory = network(4)
    live = World(inventory, start=START + 3 * DAY)
    writer.write(live.poll())
    past = list(World(inventory, interval=300.0, seed=3).polls(12 * 72 - 1))
    leave(tmp_path, PastBuilder(reader.numbers(), ORG), past)
    take_all(writer)
    series = await reader.reader(live.at).series("s0:ge-0/0/0", ("loss",), Range(START - 60 * DAY, live.at))
    assert len(series.times) == 72
    while writer.close_due(START + 3 * DAY + 7200):
        pass
    again = await reader.reader(live.at).series("s0:ge-0/0/0", ("loss",), Range(START - 60 * DAY, live.at))
    assert again.times[0] == START  # the first poll stands for some minutes before it, in which nobody polled
    assert again.values["loss"][1:].tolist() == pytest.approx(series.values["loss"].tolist(), nan_ok=True)


def test_a_chunk_is_applied_once(tmp_path: Path, writer: Writer, reader: HistoryReader) -> None:
    """Killed after the commit and before the file was deleted: the same file is there again."""
    writer.write(World(network(), start=START + DAY).poll())
    past = list(World(network(), interval=300.0).polls(10))
    leave(tmp_path, PastBuilder(reader.numbers(), ORG), past)
    (waiting,) = pending(tmp_path)
    payload = waiting.path.read_bytes()
    assert writer.apply_inbox().history
    waiting.path.write_bytes(payload)
    assert not writer.apply_inbox().history
    assert pending(tmp_path) == []
    assert writer.db.execute("SELECT count(*) FROM polls").fetchone()[0] == 11


def test_what_cannot_be_taken_in_is_set_aside(tmp_path: Path, writer: Writer) -> None:
    deposit(tmp_path, "history", b"no chunk at all")
    assert not writer.apply_inbox().history
    assert pending(tmp_path) == []
    assert [p.suffix for p in (tmp_path / "inbox").iterdir()] == [".refused"]


def test_a_past_of_which_a_poll_is_there_is_set_aside_whole(
    tmp_path: Path, writer: Writer, reader: HistoryReader, caplog: pytest.LogCaptureFixture
) -> None:
    """Left twice, say by two who did not know of each other: what is there stays, and the leader goes on."""
    writer.write(World(network(), start=START + DAY).poll())
    leave(tmp_path, PastBuilder(reader.numbers(), ORG), World(network(), interval=300.0).polls(10))
    take_all(writer)
    later = list(World(network(), interval=300.0, seed=8).polls(12))[8:]
    leave(tmp_path, PastBuilder(reader.numbers(), ORG), later)
    take_all(writer)
    assert pending(tmp_path) == []
    assert [p.suffix for p in (tmp_path / "inbox").iterdir()] == [".refused"]
    (told,) = [vars(r)["reason"] for r in caplog.records if r.message == "inbox.refused"]
    assert told == "2 of its 4 polls are in the history already, the first that of 2025-12-01 00:45:00 UTC"
    assert writer.db.execute("SELECT count(*) FROM polls").fetchone()[0] == 11


def test_a_past_with_unknown_circuits_is_not_built(writer: Writer, reader: HistoryReader) -> None:
    writer.write(World(network(4)).poll())
    with pytest.raises(HistoryFault, match="does not know"):
        list(PastBuilder(reader.numbers(), ORG).add(World(network(6)).poll()))


def test_a_past_that_begins_in_the_middle_knows_the_states_it_begins_with(
    tmp_path: Path, writer: Writer, reader: HistoryReader
) -> None:
    """Circuit 0 was up before, as nobody says any more; circuit 1 is new at the first poll. Both are known to be up
    from that poll on, 5 minutes into the hour, and the ledger says so."""
    writer.write(World(network(2), start=START + DAY).poll())
    past: list[PollRecord] = []
    for record in World(network(2), interval=300.0).polls(24):
        state = np.full(2, State.UP, np.uint8)
        view = replace(record.view, circuits=replace(record.view.circuits, state=state))
        new = Edge(circuit_id="s0:ge-0/0/1", event_time=view.at, state=State.UP, known_at=view.at)
        past.append(replace(record, view=view, edges=() if past else (new,)))
    leave(tmp_path, PastBuilder(reader.numbers(), ORG), past)
    take_all(writer)
    (row,) = writer.db.execute("SELECT data FROM rollups WHERE start = ?", (START,)).fetchone()
    up = Pack(of_bytes(row), "hour").get(KPI_NUMBER["up_seconds"])[:, 0]
    assert up.tolist() == [3300.0, 3300.0]
    edges = writer.db.execute("SELECT circuit_no, event_time, state FROM edges ORDER BY circuit_no").fetchall()
    assert edges == [(0, START + 300.0, State.UP), (1, START + 300.0, State.UP)]
