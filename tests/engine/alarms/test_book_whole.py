"""The book over long times: restarts, the same input twice, a circuit that flaps for a day."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from noctui.engine.alarms.book import AlarmBook
from noctui.engine.alarms.rules import AlarmRules
from noctui.engine.notification.planner import Planner
from noctui.engine.notification.rules import Rule
from noctui.model.alarms import Act, Alarm, Message
from noctui.model.edges import Edge
from noctui.model.words import Level, Metric, Severity
from tests.engine.alarms.test_book_mist import mist
from tests.engine.alarms.watch import T0, Watch, fell, rose, shop

SHOPS = (*shop("0417", "Lumen", "Comcast"), *shop("0418", "Lumen", "AT&T"), *shop("0419", "Zayo"))
IDS = tuple(c.circuit_id for c in SHOPS)


@pytest.mark.parametrize("hours", [4, pytest.param(24, marks=pytest.mark.soak)])
def test_fifty_flaps_an_hour_for_a_day_are_two_alarms_and_the_down_one_is_damped(hours: int) -> None:
    """25 falls an hour, up a minute after each. A person is asked once, for the flapping; each fall is counted."""
    watch, planner, told = Watch(), Planner((Rule("noc", severity=Severity.WARN),)), list[Message]()
    waited: set[str] = set()
    falls = 0
    for minute in range(hours * 60):
        t = 60.0 * minute
        lost = minute % 12 in (0, 2, 4, 6, 8)
        was = minute and (minute - 1) % 12 in (0, 2, 4, 6, 8)
        edges: list[Edge] = [fell("0417:1", t)] if lost else [rose("0417:1", t)] if was else []
        falls += lost
        judged = watch.poll(t, down=["0417:1"] if lost else [], edges=edges, flaps={"0417:1": 2 * falls})
        waited.update(a.alarm_id for a in watch.book.alarms.waiting)
        told += planner.due(watch.book.alarms, [a for a in judged.changed if not a.open], T0 + t)
    assert falls == 25 * hours
    assert [m.kind for m in told] == ["opened", "worse"]  # that it flaps, and that it does so badly
    flapping = watch.open()["circuit/0417:1/flapping"]
    assert (flapping.text, flapping.opened) == ("flapping", T0 + 4 * 60)
    down = watch.open()["circuit/0417:1/down"]
    assert (down.held_by, down.count) == ("damping", 25 * hours - 2)
    assert len(waited) == 3  # the first two falls, and that it flaps


def test_a_damped_circuit_that_stays_down_for_ten_minutes_is_told_all_the_same() -> None:
    watch = Watch()
    for t in (0.0, 120.0, 240.0):
        watch.poll(t, down=["0417:1"], edges=[fell("0417:1", t)])
        if t < 240.0:
            watch.poll(t + 60.0, edges=[rose("0417:1", t + 60.0)])
    assert watch.held()["circuit/0417:1/down"] == "damping"
    for minute in range(5, 15):
        watch.poll(60.0 * minute, down=["0417:1"])
    assert watch.held()["circuit/0417:1/down"] == "damping"
    watch.poll(900.0, down=["0417:1"])
    assert watch.held()["circuit/0417:1/down"] == ""


def test_when_the_flapping_is_over_both_alarms_end() -> None:
    watch = Watch()
    for n in range(4):
        watch.poll(120.0 * n, down=["0417:1"], edges=[fell("0417:1", 120.0 * n)])
        watch.poll(120.0 * n + 60, edges=[rose("0417:1", 120.0 * n + 60)])
    for minute in range(8, 40):
        watch.poll(60.0 * minute)
    assert {*watch.open()} == {"circuit/0417:1/down", "circuit/0417:1/flapping"}
    watch.poll(60.0 * 40)  # 33.34 min after the last fall at 6 min
    assert not watch.open()
    assert watch.newest("circuit/0417:1/down").cleared == T0 + 420


def test_a_restart_changes_nothing() -> None:
    """Acks, snoozes, holds, what each hangs on: the next poll of a warmed book makes no version."""
    watch, later = Watch(*SHOPS), Watch(*SHOPS)
    args = {
        "down": ["0417:0", "0419:0"], "away": ["0418:0", "0418:1"],
        "levels": {"0417:1": {Metric.UTILISATION: Level.CRITICAL, Metric.LOSS: Level.WARN}},
        "values": {"0417:1": {"rx_pct": 3.0, "tx_pct": 95.0}},
        "holds": {"0419:0": "CHG-1"},
    }  # fmt: skip
    for t in (0, 60, 120, 180, 240, 300):
        watch.poll(t, **args, mist=[mist(1)] if t == 60 else [])  # type: ignore[arg-type]
    watch.act(310, "ack", watch.open()["circuit/0417:0/down"], until=T0 + 500)
    watch.act(310, "snooze", watch.open()["circuit/0417:1/loss"])
    later._since = dict(watch._since)
    later.book.warm(tuple(watch.versions.values()), at=T0 + 310)
    assert later.book.alarms.alarms == watch.book.alarms.alarms
    for t in (360, 420, 480):
        assert not later.poll(t, **args).changed  # type: ignore[arg-type]
    (over,) = later.poll(540, **args).changed  # type: ignore[arg-type]
    assert over.ack is None


def test_a_restart_finds_what_ended_meanwhile() -> None:
    watch, later = Watch(), Watch()
    watch.poll(0, down=["0417:1"])
    later.book.warm(watch.book.alarms.alarms)
    (over,) = later.poll(600).changed
    assert over.cleared == T0 + 600


def test_an_unknown_circuit_keeps_its_down_alarm_over_a_restart() -> None:
    watch, later = Watch(), Watch()
    watch.poll(0, down=["0417:1"])
    later.book.warm(watch.book.alarms.alarms)
    later.poll(600, unknown=["0417:1"])
    assert [a.key for a in later.book.alarms.alarms] == ["circuit/0417:1/down"]


def test_only_a_new_book_can_be_warmed() -> None:
    watch = Watch()
    watch.poll(0)
    with pytest.raises(ValueError, match="only a new alarm book"):
        watch.book.warm(())


def test_a_clock_that_runs_back_does_not_take_the_book_along() -> None:
    watch = Watch()
    watch.poll(600, down=["0417:1"])
    (over,) = watch.poll(0).changed
    assert over.cleared is not None
    assert over.cleared >= over.opened
    assert over.known_at > T0 + 600


STATES = st.sampled_from(["up", "up", "up", "down", "away", "unknown", "off"])
STEP = st.tuples(
    st.tuples(*[STATES for _ in IDS]),
    st.sampled_from(list(Level)),
    st.sampled_from(["", "", "", "ack", "unack", "snooze", "note", "own"]),
    st.booleans(),
    st.sampled_from([60.0, 60.0, 60.0, 3600.0, 86_400.0]),
)


def replayed(steps: list[tuple[tuple[str, ...], Level, str, bool, float]]) -> tuple[Watch, list[Alarm], list[str]]:
    watch, t, said = Watch(*SHOPS), 0.0, []
    before: dict[str, str] = {}
    for states, level, kind, odd, step in steps:
        t += step
        now = dict(zip(IDS, states, strict=True))
        edges = [(fell if s == "down" else rose)(c, t) for c, s in now.items() if s != before.get(c, "up")]
        before = now
        found = {word: [c for c, s in now.items() if s == word] for word in ("down", "away", "unknown", "off")}
        watch.poll(
            t, down=found["down"], away=found["away"], unknown=found["unknown"], off=found["off"], edges=edges,
            levels={"0417:1": {Metric.LOSS: level}}, silent=odd and level is Level.NONE,
            mist=[mist(t, alarm_id=f"m{int(t) % 3}", resolved=T0 + t if odd else None)] if level else [],
            holds={"0418:0": "CHG-1"} if odd else {},
        )  # fmt: skip
        if kind:
            acted = watch.act(t + 1, kind, *watch.book.alarms.alarms[:2], who="kim" if odd else "jmo", owner="lee")
            said += [a.outcome for a in acted.audit]
    return watch, watch.told, said


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(STEP, min_size=1, max_size=25))
def test_a_month_of_anything_replayed_twice_is_the_same(
    steps: list[tuple[tuple[str, ...], Level, str, bool, float]],
) -> None:
    watch, first, said = replayed(steps)
    again, second, said_again = replayed(steps)
    assert first == second
    assert said == said_again
    assert watch.book.alarms.alarms == again.book.alarms.alarms

    # What the versions say is what is open: nothing changes without a trace.
    newest = {a.alarm_id: a for a in first}
    assert {a.alarm_id: a for a in watch.book.alarms.alarms} == {i: a for i, a in newest.items() if a.open}
    lives: dict[str, list[Alarm]] = {}
    for alarm in first:
        lives.setdefault(alarm.alarm_id, []).append(alarm)
    for life in lives.values():
        known = [a.known_at for a in life]
        assert known == sorted(set(known))
        assert all(a.open for a in life[:-1] if not a.notes)  # a note may follow the end
        assert len({(a.key, a.opened) for a in life}) == 1
        assert all(a.cleared is None or a.cleared >= a.opened for a in life)
    # and a book warmed with them goes on as it was
    later = AlarmBook()
    later.warm(first)
    assert later.alarms.alarms == watch.book.alarms.alarms


def test_acts_in_any_order_are_one_story_each_time() -> None:
    watch = Watch(*SHOPS)
    watch.poll(0, down=["0417:1", "0418:1"])
    one, two = watch.book.alarms.alarms
    acts = [
        Act(act_id=f"{i}", kind="ack", alarm_ids=(one.alarm_id, two.alarm_id), who=who, at=T0 + 5, until=T0 + 900,
            why="x", saw=(one.known_at, two.known_at))
        for i, who in enumerate(("jmo", "kim"))
    ]  # fmt: skip
    acted = watch.book.act(acts, T0 + 6)
    assert [a.outcome for a in acted.audit] == ["done", "done", "jmo took it 0s before", "jmo took it 0s before"]
    assert {a.owner for a in acted.changed} == {"jmo"}


def test_other_rules_judge_what_is_open_and_forget_nothing() -> None:
    watch = Watch()
    loss = {"0417:1": {Metric.LOSS: Level.WARN, Metric.JITTER: Level.HIGH}}
    for t in (0, 60):
        watch.poll(t, down=["0417:0"], levels=loss)
    watch.act(70, "ack", watch.open()["circuit/0417:0/down"])
    watch.book.use(AlarmRules())
    assert not watch.poll(120, down=["0417:0"], levels=loss).changed
    watch.book.use(AlarmRules(least=Severity.HIGH, clear={}))
    (over,) = watch.poll(180, down=["0417:0"], levels=loss).changed
    assert (over.key, over.cleared) == ("circuit/0417:1/loss", T0 + 180)
    assert watch.open()["circuit/0417:0/down"].owner == "jmo"


def test_a_site_that_a_sound_circuit_makes_dark_is_told_at_once_though_the_other_one_flaps() -> None:
    """0417:1 flaps and is damped; then it stays down, and 0417:0 falls for the first time."""
    watch = Watch()
    for t in (0.0, 120.0, 240.0):
        watch.poll(t, down=["0417:1"], edges=[fell("0417:1", t)])
        if t < 240.0:
            watch.poll(t + 60.0, edges=[rose("0417:1", t + 60.0)])
    watch.poll(300.0, down=["0417:0", "0417:1"], edges=[fell("0417:0", 300.0)])
    assert watch.held()["site/0417/dark"] == ""


def test_a_site_that_a_flapping_circuit_makes_dark_is_damped_with_it() -> None:
    """0417:0 stays down and is known; each fall of 0417:1 makes the site dark."""
    watch = Watch()
    watch.poll(0.0, down=["0417:0"], edges=[fell("0417:0", 0.0)])
    for t in (60.0, 180.0, 300.0):
        watch.poll(t, down=["0417:0", "0417:1"], edges=[fell("0417:1", t)])
        if t < 300.0:
            watch.poll(t + 60.0, down=["0417:0"], edges=[rose("0417:1", t + 60.0)])
    assert watch.held()["site/0417/dark"] == "damping"
