"""Acknowledge, take back, note, own, snooze: expiry, re-arm, and what is refused, in one line each."""

from __future__ import annotations

import math

import pytest

from noctui.model.alarms import Act, Alarm, state_of
from noctui.model.words import Level, Metric
from tests.engine.alarms.watch import T0, Watch, shop

DOWN = "circuit/0417:1/down"
LOSS = "circuit/0417:1/loss"


def down() -> tuple[Watch, Alarm]:
    watch = Watch()
    watch.poll(0)
    watch.poll(60, down=["0417:1"])
    return watch, watch.open()[DOWN]


def lossy(watch: Watch, t: float, level: Level) -> None:
    watch.poll(t, levels={"0417:1": {Metric.LOSS: level}})


def test_an_ack_takes_it_until_its_end() -> None:
    watch, alarm = down()
    acted = watch.act(90, "ack", alarm, ticket="INC0048123", until=T0 + 3690, origin="noc-a pts/3", role="operator")
    (taken,) = acted.changed
    assert (state_of(taken), taken.owner, taken.known_at, taken.waits) == ("taken", "jmo", T0 + 90, False)
    assert taken.ack is not None
    assert (taken.ack.why, taken.ack.ticket, taken.ack.until) == ("fibre cut", "INC0048123", T0 + 3690)
    (line,) = acted.audit
    assert (line.who, line.action, line.subject, line.outcome) == ("jmo", "ack", alarm.alarm_id, "done")
    assert (line.role, line.origin) == ("operator", "noc-a pts/3")
    assert line.detail == "fibre cut; ticket INC0048123; until 23:14"
    assert [n.text for n in acted.notes] == ["jmo took down"]

    assert not watch.poll(3660, down=["0417:1"]).changed
    (over,) = watch.poll(3720, down=["0417:1"]).changed
    assert (state_of(over), over.ack, over.owner) == ("open", None, "")
    assert over.notes[-1].text == "taken by jmo until 23:14: over"


def test_it_arms_again_when_it_is_worse() -> None:
    watch = Watch()
    for t in (0, 60):
        lossy(watch, t, Level.WARN)
    watch.act(90, "ack", watch.open()[LOSS])
    lossy(watch, 120, Level.WARN)
    assert state_of(watch.open()[LOSS]) == "taken"
    for t in (180, 240):
        lossy(watch, t, Level.CRITICAL)
    alarm = watch.open()[LOSS]
    assert state_of(alarm) == "open"
    assert alarm.notes[-1].text == "armed again: critical, taken as warn by jmo"


def test_milder_and_as_bad_again_stays_taken() -> None:
    watch = Watch()
    for t in (0, 60):
        lossy(watch, t, Level.HIGH)
    watch.act(90, "ack", watch.open()[LOSS])
    for t, level in ((120, Level.WARN), (180, Level.HIGH)):
        lossy(watch, t, level)
        assert state_of(watch.open()[LOSS]) == "taken"


def test_it_arms_again_for_a_new_cause_but_not_when_the_cause_goes() -> None:
    watch = Watch()
    key = "circuit/0417:1/utilisation"
    full = {"0417:1": {Metric.UTILISATION: Level.CRITICAL}}
    for t in (0, 60):
        watch.poll(t, levels=full)
    watch.act(90, "ack", watch.open()[key])
    watch.poll(120, levels=full, down=["0417:0"])
    alarm = watch.open()[key]
    assert (state_of(alarm), alarm.cause) == ("open", "failover: Lumen down")
    assert alarm.notes[-1].text == "armed again: new cause failover: Lumen down, taken by jmo"
    watch.act(150, "ack", alarm)
    watch.poll(180, levels=full)
    alarm = watch.open()[key]
    assert (state_of(alarm), alarm.cause) == ("taken", "")


def test_taking_back_leaves_it_open_and_without_an_owner() -> None:
    watch, alarm = down()
    watch.act(90, "ack", alarm)
    (back,) = watch.act(100, "unack", watch.open()[DOWN]).changed
    assert (state_of(back), back.owner) == ("open", "")
    (line,) = watch.act(110, "unack", watch.open()[DOWN]).audit
    assert line.outcome == "nobody has taken it"


def test_a_snooze_keeps_it_quiet_until_its_end_and_an_ack_ends_it() -> None:
    watch, alarm = down()
    (asleep,) = watch.act(90, "snooze", alarm, until=T0 + 200).changed
    assert (state_of(asleep), asleep.held_by) == ("snoozed", "snooze")
    assert watch.book.alarms.held == {"snooze": 1}
    (awake,) = watch.poll(240, down=["0417:1"]).changed
    assert (state_of(awake), awake.held_by) == ("open", "")
    watch.act(250, "snooze", watch.open()[DOWN])
    (taken,) = watch.act(260, "ack", watch.open()[DOWN]).changed
    assert (state_of(taken), taken.snooze, taken.held_by) == ("taken", None, "")
    watch.act(270, "snooze", watch.open()[DOWN])
    (awake,) = watch.act(280, "unsnooze", watch.open()[DOWN]).changed
    assert (state_of(awake), awake.ack) == ("open", None)


def test_a_snooze_ends_when_it_gets_worse() -> None:
    watch = Watch()
    for t in (0, 60):
        lossy(watch, t, Level.WARN)
    watch.act(90, "snooze", watch.open()[LOSS])
    for t in (120, 180):
        lossy(watch, t, Level.HIGH)
    assert watch.open()[LOSS].waits


def test_an_owner_without_an_ack_is_only_a_name() -> None:
    watch, alarm = down()
    (owned,) = watch.act(90, "own", alarm, owner="kim").changed
    assert (owned.owner, state_of(owned)) == ("kim", "open")
    (line,) = watch.act(100, "own", watch.open()[DOWN], owner="kim").audit
    assert line.outcome == "kim has it already"


def test_notes_are_data_and_the_newest_fifty_are_kept() -> None:
    watch, alarm = down()
    hostile = "[bold]x[/] \x1b[31m =cmd()"
    watch.act(90, "note", alarm, why=hostile)
    assert watch.open()[DOWN].notes[0].text == hostile
    for n in range(60):
        watch.act(100 + n, "note", alarm.alarm_id, why=f"note {n}")
    notes = watch.open()[DOWN].notes
    assert (len(notes), notes[-1].text, notes[0].text) == (50, "note 59", "note 10")


@pytest.mark.parametrize(
    ("kind", "more", "said"),
    [
        ("ack", {"why": "  "}, "a reason is required"),
        ("snooze", {"why": ""}, "a reason is required"),
        ("note", {"why": " "}, "the note is empty"),
        ("ack", {"until": T0 + 80}, "its end is not in the future"),
        ("ack", {"until": math.nan}, "its end is not in the future"),
        ("ack", {"until": math.inf}, "its end is not in the future"),
        ("ack", {"until": T0 + 90 + 86_402}, "at most 1d00h ahead"),
        ("delete", {}, "unknown act delete"),
    ],
)
def test_what_is_not_sound_is_refused_in_one_line(kind: str, more: dict[str, str | float], said: str) -> None:
    watch, alarm = down()
    acted = watch.act(90, kind, alarm, **more)  # type: ignore[arg-type]
    assert [a.outcome for a in acted.audit] == [said]
    assert not acted.changed
    assert not acted.notes


def test_24_hours_by_a_clock_that_is_a_little_fast_are_24_hours() -> None:
    watch, alarm = down()
    (taken,) = watch.act(90, "ack", alarm, at=T0 + 92, until=T0 + 92 + 86_400).changed
    assert taken.ack is not None
    assert taken.ack.until == T0 + 90 + 86_400


def test_an_ack_on_a_cleared_alarm_is_refused_a_note_is_not() -> None:
    watch, alarm = down()
    watch.poll(120)
    acted = watch.act(240, "ack", alarm)
    assert [a.outcome for a in acted.audit] == ["it cleared 2m before"]
    assert not acted.changed
    (noted,) = watch.act(250, "note", alarm, why="it was the power").changed
    assert (noted.cleared, noted.notes[0].text, noted.known_at) == (T0 + 120, "it was the power", T0 + 250)
    assert [a.outcome for a in watch.act(260, "ack", "no/such@1").audit] == ["no such alarm is open"]


def test_two_people_at_once_the_first_has_it_and_the_second_is_told() -> None:
    watch, alarm = down()
    watch.act(90, "ack", alarm, who="jmo")
    acted = watch.act(94, "ack", alarm, who="kim")
    assert [a.outcome for a in acted.audit] == ["jmo took it 4s before"]
    assert watch.open()[DOWN].owner == "jmo"
    (taken,) = watch.act(100, "ack", watch.open()[DOWN], who="kim").changed  # who saw it may take it over
    assert taken.owner == "kim"


def test_who_does_not_say_what_was_seen_overrides_nobody() -> None:
    watch, alarm = down()
    watch.act(90, "ack", alarm, who="jmo")
    acted = watch.act(100, "ack", alarm.alarm_id, who="kim", saw=())  # type: ignore[arg-type]
    assert [a.outcome for a in acted.audit] == ["jmo took it 10s before"]


def test_taking_back_what_somebody_else_just_took_is_refused() -> None:
    watch, alarm = down()
    watch.act(90, "ack", alarm, who="jmo")
    seen = watch.open()[DOWN]
    watch.act(95, "ack", seen, who="kim")
    assert [a.outcome for a in watch.act(97, "unack", seen, who="jmo").audit] == ["kim took it 2s before"]


def test_an_ack_of_what_got_worse_unseen_is_refused() -> None:
    watch = Watch()
    for t in (0, 60):
        lossy(watch, t, Level.WARN)
    seen = watch.open()[LOSS]
    for t in (120, 180):
        lossy(watch, t, Level.CRITICAL)
    assert [a.outcome for a in watch.act(183, "ack", seen).audit] == ["it became critical 3s before"]


def test_a_poll_that_changes_nothing_of_weight_does_not_get_in_the_way() -> None:
    """Seen while it was being confirmed, acknowledged a minute later: done."""
    watch = Watch()
    lossy(watch, 0, Level.WARN)
    seen = watch.open()[LOSS]
    lossy(watch, 60, Level.WARN)
    assert [a.outcome for a in watch.act(61, "ack", seen).audit] == ["done"]


def test_an_act_counts_once() -> None:
    watch, alarm = down()
    act = Act(act_id="a1", kind="note", alarm_ids=(alarm.alarm_id,), who="jmo", at=T0 + 90, why="once")
    first, second = watch.book.act([act, act], T0 + 90), watch.book.act([act], T0 + 91)
    assert len(first.audit) == 1
    assert (second.changed, second.audit, second.notes) == ((), (), ())
    assert len(watch.open()[DOWN].notes) == 1


def test_many_at_once_each_has_its_own_line_and_one_note_tells() -> None:
    watch = Watch(*shop("0417", "Lumen", "Comcast"), *shop("0418", "AT&T", "Zayo"))
    watch.poll(0)
    watch.poll(60, down=["0417:1", "0418:1"])
    acted = watch.act(90, "ack", *watch.open().values(), "gone@1", saw=(T0 + 60, T0 + 60, T0))  # type: ignore[arg-type]
    assert [a.outcome for a in acted.audit] == ["done", "done", "no such alarm is open"]
    assert [(n.kind, n.text) for n in acted.notes] == [("ack", "jmo took 2 alarms")]


def test_an_act_and_a_poll_at_the_same_instant_are_two_versions() -> None:
    watch, alarm = down()
    (taken,) = watch.act(60, "ack", alarm).changed
    assert taken.known_at > alarm.known_at
