"""What is kept of polls that were heard: what a leader keeps of them; gaps are gaps."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from noctui.engine.engine import Engine
from noctui.model.edges import Edge, Failover
from noctui.model.faults import HistoryError
from noctui.model.inventory import Inventory
from noctui.model.scene import Range
from noctui.model.view import View
from noctui.model.words import State
from noctui.model.work import PollRecord
from noctui.runtime.remote_keeping import FIRST_SEQ, Keeping
from noctui.runtime.remote_record import Between, own_inventory, record_of
from noctui.sim.discovery import inventory as told
from noctui.sim.polls import past_polls
from noctui.sim.world import DEFAULT_ANCHOR, World
from noctui.stores.bus.folder import FolderLock
from noctui.stores.history import HistoryReader, open_reader
from tests.stores.made import difference

POLLS = 12


def polled() -> list[PollRecord]:
    """A simulated network, as an engine sees it."""
    world = World(3, 20, anchor=DEFAULT_ANCHOR)
    inventory = told(world.network, DEFAULT_ANCHOR - 40 * 86_400)
    engine = Engine()
    polls = past_polls(world, inventory, DEFAULT_ANCHOR, DEFAULT_ANCHOR + 60.0 * POLLS, 60.0)
    return [engine.apply(poll, inventory) for poll, _ in zip(polls, range(POLLS), strict=False)]


RECORDS = polled()


@dataclass
class Leader:
    """Answers at `at` with what the engine had learned by then, as a history would; `deaf`: not at all."""

    deaf: bool = False
    at: float = 0.0
    asked: list[tuple[float, float]] = field(default_factory=list)

    def then(self, view: View) -> Any:
        self.at = view.at
        return self

    async def edges(self, range_: Range) -> tuple[Edge, ...]:
        if self.deaf:
            raise HistoryError("no answer from the leader within 5 s")
        self.asked.append((range_.start, range_.end))
        known = (e for r in RECORDS for e in r.edges if e.known_at <= self.at)
        return tuple(e for e in known if range_.start <= e.event_time <= range_.end)

    async def failovers(self, range_: Range) -> tuple[Failover, ...]:
        known = (f for r in RECORDS for f in r.failovers if f.known_at <= self.at)
        return tuple(f for f in known if range_.start <= f.event_time <= range_.end)

    async def _none(self, *_: Any) -> tuple[Any, ...]:
        return ()

    notes = mist_alarms = device_events = alarms = audit = _none


class Host:
    """A keeper and its folder."""

    def __init__(self, folder: Path, leader: Leader) -> None:
        self.folder = folder
        self.leader = leader
        self.keeping = self.begun()

    def begun(self) -> Keeping:
        org = RECORDS[0].view.inventory.org_id
        return Keeping(self.folder, org, (40.0, 7.0), "UTC", self.leader.then)

    async def keep(self, *views: View) -> None:
        for view in views:
            await self.keeping._keep(view)

    def history(self) -> HistoryReader:
        return open_reader(self.folder)


@pytest.fixture
def host(tmp_path: Path) -> Host:
    return Host(tmp_path / "org", Leader())


def test_samples_and_levels_are_those_that_the_engine_counted() -> None:
    """A value without a new sample is no sample: hours and windows come out as the leader's."""
    before: View | None = None
    for number, record in enumerate(RECORDS):
        if before is not None:
            made = record_of(record.view, before, record.view.inventory, record.view.seq, Between())
            assert made.valid.tolist() == record.valid.tolist(), number
            seen = record.valid != 0
            assert made.raw_levels[seen].tolist() == record.raw_levels[seen].tolist(), number
            assert made.tick == record.tick
        before = record.view


def test_numbers_are_the_files_own() -> None:
    """Another history has given its slots to other circuits."""
    given: dict[str, int] = {}

    def number(kind: str, ident: str) -> int:
        return given.setdefault(f"{kind} {ident}", 900 - len(given))

    inventory = RECORDS[0].view.inventory
    own = own_inventory(inventory, number, 3)
    assert own.rev == 3
    assert [c.circuit_no for c in own.circuits] == [number("circuits", c.circuit_id) for c in inventory.circuits]
    assert [c.circuit_id for c in own.circuits] == [c.circuit_id for c in inventory.circuits]


async def test_polls_are_kept_as_they_were_shown(host: Host) -> None:
    views = [record.view for record in RECORDS]
    await host.keep(*views)
    await host.keeping.close()
    history = host.history()
    for number, view in enumerate(views):
        kept = history.view(view.at)
        assert kept is not None
        assert kept.seq == FIRST_SEQ + number
        for table in ("circuits", "gateways", "paths", "sites"):
            assert difference(getattr(kept, table), getattr(view, table)) == ""
    edges = await history.reader(views[-1].at).edges(Range(views[0].at + 1, views[-1].at))
    assert sorted(edges, key=str) == sorted(
        (e for r in RECORDS[1:] for e in r.edges if e.event_time > views[0].at + 1), key=str
    )
    history.close()


async def test_the_same_inventory_after_a_restart_is_no_new_version(host: Host) -> None:
    views = [record.view for record in RECORDS]
    await host.keep(*views[:2])
    await host.keeping.close()
    host.keeping = host.begun()
    other = msgspec.structs.replace(views[0].inventory, rev=55)  # another leader's number for the same
    await host.keep(*(replace(view, inventory=other) for view in views[2:4]))
    changed = _renamed(other)
    await host.keep(replace(views[4], inventory=changed))
    await host.keeping.close()
    history = host.history()
    revs = [view.inventory.rev for at in views[:5] if (view := history.view(at.at)) is not None]
    assert revs == [1, 1, 1, 1, 2]
    history.close()


def _renamed(inventory: Inventory) -> Inventory:
    first = msgspec.structs.replace(inventory.circuits[0], carrier="Another")
    return msgspec.structs.replace(inventory, circuits=(first, *inventory.circuits[1:]))


async def test_a_gap_is_filled_from_the_leaders_ledger_or_is_unknown(host: Host) -> None:
    """Never taken for the state that was before."""
    views = [record.view for record in RECORDS]
    await host.keep(views[0], views[1])
    await host.keep(views[8])
    assert host.leader.asked[-1][1] == views[8].at
    host.leader.deaf = True
    late = replace(views[9], at=views[9].at + 3600)
    await host.keep(late)
    await host.keeping.close()
    history = host.history()
    read = history.reader(late.at)
    for row, circuit in enumerate(views[8].inventory.circuits):
        told_ = await read.timeline(circuit.circuit_id, Range(views[1].at, late.at + 1))
        at = {State(s.state) for s in told_ if s.start < views[8].at <= s.end}
        assert at <= {State(int(views[8].circuits.state[row])), State(int(views[7].circuits.state[row]))}
        between = [s.state for s in told_ if s.start <= views[9].at + 600 < s.end]
        assert between == [State.UNKNOWN]
    history.close()


async def test_a_leader_that_does_not_answer_costs_the_poll_and_the_next_one_tells_of_it(host: Host) -> None:
    views = [record.view for record in RECORDS]
    await host.keep(views[0], views[1])
    host.leader.deaf = True
    with pytest.raises(HistoryError, match="no answer"):
        await host.keep(views[2])
    host.leader.deaf = False
    await host.keep(views[3])
    assert host.leader.asked[-1][0] < views[1].at
    await host.keeping.close()
    history = host.history()
    assert history.step(views[3].at, -1) == views[1].at
    history.close()


async def test_a_folder_that_somebody_else_writes_is_left_alone_and_an_old_poll_not_kept(host: Host) -> None:
    lock = FolderLock(host.folder)
    assert lock.try_acquire()
    with pytest.raises(HistoryError, match="is written by"):
        await host.keep(RECORDS[0].view)
    lock.release()
    await host.keep(RECORDS[3].view)
    await host.keep(RECORDS[2].view)
    assert host.keeping.kept == 1
    assert host.keeping.held
    await host.keeping.close()
    assert lock.try_acquire()
    lock.release()
