"""What the cloud told reaches history, also when history cannot be written for a while."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pytest

from noctui.clock import FixedClock
from noctui.engine.engine import Engine
from noctui.engine.rules import Rules
from noctui.model.batch import Discovery, Sweep, Told
from noctui.model.cloud import DeviceEvent, MistAlarm
from noctui.model.detail import Answer, Question
from noctui.model.inventory import Site
from noctui.model.scene import Range
from noctui.runtime.collector import Collector
from noctui.runtime.intake import Intake
from noctui.runtime.published import Published
from noctui.runtime.source import Budget, Org, Progress, SourceError
from noctui.runtime.untold import MOST, Untold
from noctui.settings import Thresholds
from noctui.stores.bus.folder import FolderLock
from noctui.stores.history import Writer, open_reader, open_writer

NOW = 1_764_547_200.0
MINUTE = 60.0


def alarm(known_at: float, alarm_id: str = "a", **more: object) -> MistAlarm:
    given: dict[str, object] = {"type": "gateway_down", "severity": "critical", "opened": NOW, "last_seen": NOW, **more}
    return MistAlarm(alarm_id=alarm_id, known_at=known_at, **given)  # type: ignore[arg-type]


def event(known_at: float, at: float = NOW) -> DeviceEvent:
    return DeviceEvent(type="GW_CONNECTED", event_time=at, known_at=known_at, gateway_id="g")


class Scripted:
    """A source of one site that tells what the test wants."""

    def __init__(self, clock: FixedClock) -> None:
        self.clock, self.tales, self.recalled = clock, list[Told | None](), list[tuple[MistAlarm, ...]]()

    async def open(self) -> Org:
        return Org("org", "Org")

    async def sweep(self, progress: Progress | None = None) -> Sweep:
        told = self.tales.pop(0)
        if told is None:
            raise SourceError("nobody is there")
        now = self.clock.now()
        found = Discovery("org", "Org", (Site(site_id="s", name="S"),), (), (), ())
        return Sweep(now, now, found, None, None, None, told=told)

    def recall(self, alarms: Iterable[MistAlarm]) -> None:
        self.recalled.append(tuple(alarms))

    def budget(self) -> Budget:
        return Budget()

    async def detail(self, question: Question) -> Answer:
        raise SourceError("nobody is there")

    async def acknowledge(self, alarm_ids: Sequence[str], note: str, taken: bool) -> str:
        return "nobody is there"

    async def close(self) -> None:
        return None


class Run:
    """A collector over a real history, driven by hand, a poll at a time."""

    def __init__(self, folder: Path, lock: FolderLock) -> None:
        self.folder, self.clock = folder, FixedClock(NOW)
        self.writer: Writer = open_writer(folder, "org", lock)
        self.source = Scripted(self.clock)
        self.said: list[Published] = []
        self.begin()

    def begin(self) -> None:
        """Start a collector, as after one that broke."""
        rules = Rules(Thresholds().at)
        intake = Intake(None, self.writer.number, self.writer.last_seq())
        self.collector = Collector(
            self.source, self.writer, lambda: (Engine(rules), ""), intake, MINUTE, self.clock, self.said.append
        )

    async def poll(self, told: Told | None) -> float:
        self.clock.move(MINUTE)
        self.source.tales.append(told)
        await self.collector._poll(int(self.clock.now() // MINUTE), patient=True)
        return self.clock.now()

    def room(self, pages: int) -> None:
        """How large the file may become: what a full disk does."""
        self.writer.db.execute(f"PRAGMA max_page_count = {pages}")

    async def kept(self) -> tuple[tuple[MistAlarm, ...], tuple[DeviceEvent, ...]]:
        history = open_reader(self.folder)
        try:
            read, ever = history.reader(self.clock.now()), Range(NOW - 86_400, self.clock.now())
            return await read.mist_alarms(ever), await read.device_events(ever)
        finally:
            history.close()


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    lock = FolderLock(tmp_path)
    assert lock.try_acquire()
    made = Run(tmp_path, lock)
    yield made
    made.writer.close()
    lock.release()


async def test_what_a_full_disk_kept_out_is_written_when_there_is_room(run: Run) -> None:
    first = await run.poll(Told((alarm(NOW + 60),)))
    run.room(1)
    big = "x" * 400_000  # more than the pages that are free already
    second = await run.poll(Told((alarm(NOW + 120, acked=True, note=big),), (event(NOW + 120),)))
    assert "disk is full" in run.said[-1].status.history_text
    await run.poll(Told((alarm(NOW + 180, "b", text=big),)))
    run.room(1_000_000)
    await run.poll(Told())

    alarms, events = await run.kept()
    assert {a.alarm_id: (a.acked, a.known_at) for a in alarms} == {"a": (True, second), "b": (False, second + 60)}
    assert [e.known_at for e in events] == [second]
    assert first < second


async def test_it_goes_with_a_poll_in_which_nobody_answered_too(run: Run) -> None:
    await run.poll(Told())
    run.room(1)
    await run.poll(Told((alarm(NOW + 120, text="x" * 400_000),)))
    run.room(1_000_000)
    await run.poll(None)

    assert [a.alarm_id for a in (await run.kept())[0]] == ["a"]


async def test_a_source_is_reminded_of_what_history_has_when_a_collector_begins(run: Run) -> None:
    at = await run.poll(Told((alarm(NOW + 60), alarm(NOW + 60, "long ago", opened=NOW - 9 * 86_400, resolved=NOW))))
    await run.poll(Told())
    run.begin()
    await run.poll(Told())

    assert run.source.recalled[0] == ()
    assert run.source.recalled[1:] == [(alarm(at),)]


def test_what_waits_comes_before_what_is_new_and_has_an_end() -> None:
    untold = Untold()
    untold.wait(Told((alarm(NOW),), tuple(event(NOW, NOW + n) for n in range(MOST))))

    told = untold.joined(Told((alarm(NOW + 60),), (event(NOW + 60, NOW + MOST),)))

    assert [a.known_at for a in told.alarms] == [NOW, NOW + 60]
    assert (len(told.events), told.events[-1].event_time) == (MOST, NOW + MOST)
    untold.kept()
    assert untold.joined(Told()) == Told()
