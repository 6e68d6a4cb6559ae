"""The past as it went by: replay at a speed, and jumps between what happened."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noctui.clock import FixedClock
from noctui.model.alarms import Alarm
from noctui.model.cloud import MistAlarm
from noctui.model.edges import Edge, Failover
from noctui.model.scene import Range, Scene, Stretch
from noctui.model.words import State
from noctui.tui.app import NoctuiApp, Options
from noctui.tui.happenings import near, whose
from noctui.tui.place import OVERVIEW, Place, of_circuit, of_region, of_site
from noctui.tui.replay import SPEEDS, Replay
from tests import night
from tests.tui.app.keys import typed
from tests.tui.app.seen import lines, text

SIZE = (140, 40)
OTHER = next(c.circuit_id for c in night.inventory().circuits if c.site_id == "s2474")


async def settle(pilot: Any) -> None:
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


async def second(app: NoctuiApp, clock: FixedClock, pilot: Any, seconds: float = 1) -> None:
    clock.move(seconds)
    await app.beat()
    await settle(pilot)


async def test_ten_seconds_go_by_in_one_and_p_pauses(app: NoctuiApp, clock: FixedClock) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press(*typed(":replay 10x 02:45"), "enter")
        await settle(pilot)
        assert "REPLAY 10x 02:44:55" in lines(app)[0]
        await second(app, clock, pilot, 5)
        assert "REPLAY 10x 02:44:55" in lines(app)[0]  # 02:45:50: no poll since
        await second(app, clock, pilot, 1)
        assert "REPLAY 10x 02:45:55" in lines(app)[0]
        await pilot.press("p")
        assert "REPLAY 10x paused 02:45:55" in lines(app)[0]
        await second(app, clock, pilot, 60)
        assert "paused 02:45:55" in lines(app)[0]
        await pilot.press("p")
        await second(app, clock, pilot, 6)
        assert "REPLAY 10x 02:46:55" in lines(app)[0]


async def test_it_ends_at_now_by_going_live(app: NoctuiApp, clock: FixedClock) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press(*typed(":replay 600x 03:00"), "enter")
        await settle(pilot)
        await second(app, clock, pilot, 2)
        assert "live" in lines(app)[0]
        assert "The replay has come to now." in lines(app)[-1]


@pytest.mark.parametrize("key", ["left_square_bracket", "L", "left_parenthesis"])
async def test_any_other_key_of_time_ends_it(app: NoctuiApp, clock: FixedClock, key: str) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press(*typed(":replay 60x 02:00"), "enter")
        await settle(pilot)
        await pilot.press(key)
        await settle(pilot)
        there = lines(app)[0]
        assert "REPLAY" not in there
        await second(app, clock, pilot, 0.5)
        assert lines(app)[0][:60] == there[:60]


async def test_p_begins_where_one_stands_in_the_past(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("p")
        assert "Replay from when?" in lines(app)[-1]
        await pilot.press("[", "[", "p")
        await settle(pilot)
        assert "REPLAY 10x 03:11:55" in lines(app)[0]


class Slow(night.FakeScenes):
    """Past Scenes that are made when they are let."""

    def __init__(self) -> None:
        super().__init__()
        self.let = asyncio.Event()
        self.asked: list[float] = []

    async def past(self, at: float, corrected: bool = False) -> Scene | None:
        self.asked.append(at)
        await self.let.wait()
        return await super().past(at, corrected)


async def test_a_poll_that_is_not_read_in_time_is_left_out(clock: FixedClock, options: Options) -> None:
    """Twenty seconds at 60x while nothing is read: one look is on its way, the next goes to what is due."""
    slow = Slow()
    app = NoctuiApp(slow, clock, options)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press(*typed(":replay 60x 02:00"), "enter")
        for _ in range(20):
            clock.move(1)
            await app.beat()
        assert slow.asked == [night.utc(2, 0)]
        slow.let.set()
        await settle(pilot)
        await second(app, clock, pilot)
        assert slow.asked[-1] == night.utc(2, 21)
        assert not [at for at in slow.asked if night.utc(2, 0) < at < night.utc(2, 20)]


@pytest.mark.parametrize(
    ("line", "said"),
    [("replay 7x", "no speed 7x; there are 1x 10x 60x 600x"), ("replay 10x noonish", "noonish is no time; write"),
     ("at yesterday noon-ish", "yesterday noon-ish is no time; write")],
)  # fmt: skip
async def test_what_cannot_be_is_one_line(app: NoctuiApp, line: str, said: str) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press(*typed(f":{line}"), "enter")
        assert said in text(app)
        assert "live" in lines(app)[0]


@given(st.sampled_from(SPEEDS), st.floats(0, 1e6), st.lists(st.tuples(st.floats(0, 1e4), st.booleans()), max_size=8))
def test_pauses_take_nothing_from_the_past(speed: int, began: float, steps: list[tuple[float, bool]]) -> None:
    """Only seconds that it ran count, however often it was paused."""
    running, now, ran = Replay(speed, 1e9, began), began, 0.0
    for seconds, turn in steps:
        ran += 0.0 if running.paused else seconds
        now += seconds
        running = running.turned(now) if turn else running
    assert running.at(now) == pytest.approx(1e9 + speed * ran, abs=1e-2)


# -- what happened -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Told(night.FakeReader):
    """Two edges and an alarm; as all readers, nothing that was not known at its instant."""

    async def edges(self, range_: Range, circuit_ids: tuple[str, ...] = ()) -> tuple[Edge, ...]:
        known = (
            Edge(circuit_id=OTHER, event_time=night.utc(1, 10, 20), known_at=night.utc(1, 10, 55), state=State.DOWN),
            Edge(circuit_id=night.HOT, event_time=night.utc(2, 30, 20), known_at=night.utc(2, 30, 55), state=State.UP),
        )
        return tuple(
            e for e in known
            if range_.start <= e.event_time <= range_.end and e.known_at <= self.at
            and (not circuit_ids or e.circuit_id in circuit_ids)
        )  # fmt: skip

    async def mist_alarms(self, range_: Range, limit: int = 1000, site_id: str = "") -> tuple[MistAlarm, ...]:
        alarm = MistAlarm(
            alarm_id="a", type="gw_conductor", severity="warn", opened=night.utc(1, 40), last_seen=night.utc(2, 0),
            known_at=night.utc(1, 40, 30), site_id="s0417",
        )  # fmt: skip
        return (alarm,) if alarm.known_at <= self.at and site_id in ("", "s0417") else ()

    async def alarms(
        self, range_: Range, limit: int = 1000, *, site_id: str = "", circuit_id: str = "", parent: str = ""
    ) -> tuple[Alarm, ...]:
        return ()


class ToldScenes(night.FakeScenes):
    """The night with what the reader above tells, now and in the past."""

    def __init__(self) -> None:
        super().__init__()
        assert self.now is not None
        self.now = replace(self.now, reader=Told(night.POLL))

    async def past(self, at: float, corrected: bool = False) -> Scene | None:
        found = await super().past(at, corrected)
        assert isinstance(found, night.FakeScene | None)
        return replace(found, reader=Told(found.at)) if found is not None else None


@pytest.fixture
def told(clock: FixedClock, options: Options) -> NoctuiApp:
    return NoctuiApp(ToldScenes(), clock, options)


async def test_keys_go_from_one_thing_that_happened_to_the_next(told: NoctuiApp) -> None:
    """Failover 02:51:44, the line up 02:30, the alarm 01:40, the other line down 01:10: each by the poll that first
    showed it."""
    seen = []
    async with told.run_test(size=SIZE) as pilot:
        for _ in range(4):
            await pilot.press("(")
            await settle(pilot)
            seen.append((lines(told)[0].split("PAST ")[1][:8], lines(told)[-1].strip().split(",")[0]))
        assert seen == [
            ("02:51:55", "0417 Grand Junction CO fails over"),
            ("02:30:55", "0417 Grand Junction CO Comcast up"),
            ("01:40:55", "Mist: gw_conductor 0417 Grand Junction CO"),
            ("01:10:55", f"{_name(OTHER)} down"),
        ]
        await pilot.press(")")
        await settle(pilot)
        assert "PAST 01:40:55" in lines(told)[0]


def _name(circuit_id: str) -> str:
    inventory = night.inventory()
    circuit = inventory.circuits[inventory.circuit_row[circuit_id]]
    return f"{inventory.sites[inventory.site_row[circuit.site_id]].name} {circuit.carrier}"


async def test_after_the_last_one_it_stays_and_says_so(told: NoctuiApp) -> None:
    async with told.run_test(size=SIZE) as pilot:
        await pilot.press(")")
        assert "This is the newest poll." in lines(told)[-1]
        await pilot.press("[", ")")
        await settle(pilot)
        assert "Nothing happened here since." in lines(told)[-1]
        assert "PAST 03:12:55" in lines(told)[0]


@pytest.mark.parametrize(
    ("place", "first"),
    [
        (OVERVIEW, night.utc(1, 10, 55)), (of_circuit(OTHER), night.utc(1, 10, 55)),
        (of_circuit(night.HOT), night.utc(1, 40, 30)), (of_site("s0417"), night.utc(1, 40, 30)),
        (of_region("Mountain"), night.utc(1, 10, 55)),
    ],
    ids=lambda p: p.kind if isinstance(p, Place) else "",
)  # fmt: skip
async def test_only_what_belongs_to_the_place_counts(place: Place, first: float) -> None:
    inventory = night.inventory()
    mine = whose(place, inventory)
    if mine.circuit(OTHER) != (first == night.utc(1, 10, 55)):
        pytest.fail("the place holds another circuit than the test says")
    found = await near(Told(night.POLL), place, inventory, night.utc(1, 0), night.POLL, True)
    assert found is not None
    assert found.shown_from == first


STOPPED, AGAIN = night.utc(1, 30), night.utc(1, 41, 17)


class Restarted(night.FakeReader):
    """A line that went down at 01:10; noctui stopped at 01:30 and began again at 01:41: nothing was known between, the
    line is found down, and the port tells that it did not change meanwhile. As a leader of the demo wrote it."""

    async def edges(self, range_: Range, circuit_ids: tuple[str, ...] = ()) -> tuple[Edge, ...]:
        began = night.utc(1, 10, 20)
        told = (
            Edge(circuit_id=OTHER, event_time=began, known_at=night.utc(1, 10, 55), state=State.DOWN),
            Edge(circuit_id=OTHER, event_time=STOPPED, known_at=AGAIN - 2, state=State.UNKNOWN, source="stale"),
            Edge(circuit_id=OTHER, event_time=AGAIN, known_at=AGAIN, state=State.DOWN),
            Edge(circuit_id=OTHER, event_time=STOPPED, until=AGAIN, known_at=AGAIN, state=State.DOWN, source="refold"),
            Edge(circuit_id=OTHER, event_time=began - 3, known_at=AGAIN + 5, state=State.DOWN, source="port"),
            Edge(circuit_id=OTHER, event_time=night.utc(2, 0), known_at=night.utc(2, 0), state=State.UP),
            Edge(circuit_id=OTHER, event_time=night.utc(2, 5), known_at=night.utc(2, 5), state=State.DOWN),
        )
        return tuple(e for e in told if range_.start <= e.event_time <= range_.end and e.known_at <= self.at)

    async def timeline(self, circuit_id: str, range_: Range) -> tuple[Stretch, ...]:
        began, up, down = night.utc(1, 10, 17), night.utc(2, 0), night.utc(2, 5)
        painted = (
            (range_.start, began, State.UP), (began, up, State.DOWN), (up, down, State.UP),
            (down, self.at, State.DOWN),
        )  # fmt: skip
        return tuple(
            Stretch(max(a, range_.start), min(b, range_.end), s)
            for a, b, s in painted
            if a < range_.end and b > range_.start
        )

    async def failovers(self, range_: Range, site_id: str = "") -> tuple[Failover, ...]:
        return ()

    async def mist_alarms(self, range_: Range, limit: int = 1000, site_id: str = "") -> tuple[MistAlarm, ...]:
        return ()

    async def alarms(
        self, range_: Range, limit: int = 1000, *, site_id: str = "", circuit_id: str = "", parent: str = ""
    ) -> tuple[Alarm, ...]:
        return ()


@pytest.mark.parametrize("corrected", [False, True])
async def test_an_outage_that_a_restart_finds_again_is_no_other_one(corrected: bool) -> None:
    """Down, up, down again: nothing while noctui stood still, not down once more at the restart, nor when the port told
    the first time more exactly."""
    seen, at, inventory = [], night.utc(3, 0), night.inventory()
    reader = Restarted(at)
    while (h := await near(reader, of_circuit(OTHER), inventory, night.utc(0, 0), at, False, corrected)) is not None:
        assert h.edge is not None
        seen.append((h.edge.state, h.edge.event_time))
        at = h.shown_from - 1
    first = night.utc(1, 10, 17 if corrected else 20)
    assert seen == [(State.DOWN, night.utc(2, 5)), (State.UP, night.utc(2, 0)), (State.DOWN, first)]


class Book(night.FakeReader):
    """The alarms of the night and an incident that was over before it; nothing else happened."""

    async def edges(self, range_: Range, circuit_ids: tuple[str, ...] = ()) -> tuple[Edge, ...]:
        return ()

    async def failovers(self, range_: Range, site_id: str = "") -> tuple[Failover, ...]:
        return ()

    async def mist_alarms(self, range_: Range, limit: int = 1000, site_id: str = "") -> tuple[MistAlarm, ...]:
        return ()


async def walked(place: Place, back_to: float, corrected: bool = False) -> list[tuple[float, str]]:
    """What `(` stops at, from now on: when it was first shown, and what it says."""
    reader, at, found = Book(night.POLL), night.POLL, []
    while (h := await near(reader, place, night.inventory(), back_to, at, False, corrected)) is not None:
        found.append((h.shown_from, h.text))
        at = h.shown_from - 1
    return found


async def test_alarms_of_the_place_are_happenings_from_when_they_were_first_known() -> None:
    """Each 11 s after it opened; by what is known now, from when it opened. Mist's own and what is an edge are told as
    such already. The last change of an alarm is not when it came."""
    hot = "0417 Grand Junction CO Comcast"
    opened = [(night.utc(3, 2, 31), "loss ≥ 0.5 %"), (night.utc(2, 55, 31), "rx ≥ 90 %"),
              (night.utc(2, 46, 31), "jitter ≥ 10 ms")]  # fmt: skip
    since = night.utc(2, 40)
    assert await walked(of_circuit(night.HOT), since) == [(at + 11, f"{hot} {text}") for at, text in opened]
    assert await walked(of_circuit(night.HOT), since, True) == [(at, f"{hot} {text}") for at, text in opened]


async def test_an_incident_begins_where_its_members_are() -> None:
    """It was taken at 02:58, which is no new beginning."""
    begins = "incident 8841 begins: Lumen lost, Mountain"
    incident = night.view().alarms.incidents[0]
    known = incident.opened + 11
    for place in (of_circuit("s0417:ge-0/0/0"), of_site("s0417"), of_region("Mountain"), OVERVIEW):
        found = await walked(place, night.utc(2, 48))
        assert [one for one in found if "incident" in one[1]] == [(known, begins)]
    assert not [one for one in await walked(of_region("Midwest"), night.utc(2, 48)) if "incident" in one[1]]
