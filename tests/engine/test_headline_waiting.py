"""The sentence over all alarms and the one over an incident, case by case (SCREENS 7, Alarms)."""

from __future__ import annotations

import msgspec

from noctui.engine.headline_waiting import incident_headline, waiting_headline
from noctui.model.alarms import INCIDENT, Ack, Alarm, Alarms, Snooze, held_counts
from noctui.model.words import Severity

AT = 1_763_867_635.0  # 2025-11-23 03:13:55 UTC


def alarm(ago: float = 1080.0, severity: int = Severity.CRITICAL, *, taken_for: float | None = None, held: str = "",
          snoozed: bool = False) -> Alarm:  # fmt: skip
    ack = None
    if taken_for is not None:
        ack = Ack(who="jmo", at=AT - 60, until=AT + taken_for, why="x", severity=severity)
    snooze = Snooze(who="ana", at=AT, until=AT + 60, why="x", severity=severity) if snoozed else None
    return Alarm(
        alarm_id=f"{ago}{severity}{taken_for}{held}", key="k", source="engine", type="down", severity=severity,
        opened=AT - ago, changed=AT - ago, known_at=AT, ack=ack, held_by="snooze" if snoozed else held, snooze=snooze,
    )  # fmt: skip


def said(*alarms: Alarm, cleared_at: float = float("nan")) -> str:
    return waiting_headline(Alarms(alarms, held_counts(alarms), cleared_at), AT).text


def test_how_many_wait_how_many_are_taken_and_which_expires() -> None:
    taken = [alarm(10.0 + i, taken_for=9000.0) for i in range(8)]
    text = said(alarm(7440), *(alarm(60.0 + i, Severity.WARN) for i in range(13)), *taken, alarm(5, taken_for=960))
    assert text == "14 alarms wait for someone, the oldest 2h04m. 9 are taken; 1 of them expires in 16m."


def test_one_alone_and_one_that_is_taken_alone() -> None:
    assert said(alarm()) == "1 alarm waits for someone, for 18m."
    assert said(alarm(taken_for=600)) == "No alarm waits for someone. 1 is taken; it expires in 10m."
    assert said(alarm(taken_for=9000)) == "No alarm waits for someone. 1 is taken."
    two = said(alarm(1, taken_for=600), alarm(2, taken_for=900))
    assert two == "No alarm waits for someone. 2 are taken; 2 of them expire first in 10m."


def test_what_is_held_is_counted_by_what_holds_it() -> None:
    held = [alarm(1.0 + i, held="parent") for i in range(9)] + [alarm(20.0 + i, held="damping") for i in range(8)]
    held += [alarm(40.0 + i, held="confirm") for i in range(5)] + [alarm(50, held="maintenance CHG-1")]
    text = said(alarm(), *held)
    assert text.endswith(" 23 held: 9 by gateways, 8 damped, 5 to be confirmed, 1 in maintenance.")
    assert "1 snoozed" in said(alarm(snoozed=True))


def test_the_worst_that_waits_gives_the_colour_and_what_is_taken_none() -> None:
    alarms = (alarm(severity=Severity.DOWN, taken_for=60), alarm(5, Severity.WARN))
    assert waiting_headline(Alarms(alarms), AT).severity == Severity.WARN
    assert waiting_headline(Alarms(alarms[:1]), AT).severity == Severity.OK


def test_no_alarm() -> None:
    assert said() == "No alarms."
    assert said(cleared_at=AT - 7800) == "No alarms. The last one cleared 2h10m ago."


INCIDENT_8841 = Alarm(
    alarm_id="incident/8841@1", key="incident/8841", source="engine", type=INCIDENT, severity=0, opened=AT - 1380,
    changed=AT, known_at=AT, text="Lumen lost, Mountain", members=38, open_members=36, sites=31, number=8841,
    evidence="36 of 41 Lumen circuits there; of the other 146 one",
)  # fmt: skip


def test_an_incident_says_what_where_since_when_whose_and_why() -> None:
    assert incident_headline(INCIDENT_8841, AT).text == (
        "Lumen lost, Mountain: 36 of 38 circuits at 31 sites since 02:50 (23m); it waits for someone. "
        "36 of 41 Lumen circuits there; of the other 146 one."
    )
    mine = msgspec.structs.replace(INCIDENT_8841, owner="jmo", evidence="")
    assert incident_headline(mine, AT).text.endswith(" (23m); jmo has it.")


def test_an_incident_that_is_over() -> None:
    over = msgspec.structs.replace(INCIDENT_8841, cleared=AT - 180, merged_into="incident/8840@0")
    assert incident_headline(over, AT).text == (
        "Lumen lost, Mountain is over: 38 circuits, 02:50 to 03:10 (20m). It went into incident/8840."
    )
