"""Incidents in the book: they speak for their members, people take them, they end once."""

from __future__ import annotations

import pytest
from msgspec import structs

from noctui.engine.alarms.rules import AlarmRules
from noctui.model.alarms import INCIDENT, Alarm, state_of
from noctui.model.words import Severity
from tests.engine.alarms.watch import T0, Watch, shop

SHOPS = tuple(c for n in range(40) for c in shop(f"{n:04d}", "Lumen" if n < 20 else "Zayo", "Comcast"))
CUT = [f"{n:04d}:0" for n in range(12)]


def cut(more: int = 0) -> Watch:
    """Lumen lost at 12 of its 20 sites, and `more`, a minute after the first poll."""
    watch = Watch(*SHOPS)
    watch.poll(0)
    watch.poll(60, down=CUT + [f"{n:04d}:0" for n in range(12, 12 + more)])
    return watch


def the_incident(watch: Watch) -> Alarm:
    (incident,) = watch.book.alarms.incidents
    return incident


def test_a_carrier_cut_is_one_alarm_that_waits_and_one_note() -> None:
    watch = Watch(*SHOPS)
    watch.poll(0)
    judged = watch.poll(60, down=CUT)
    incident = the_incident(watch)
    assert [a.alarm_id for a in watch.book.alarms.waiting] == [incident.alarm_id]
    assert (incident.carrier, incident.open_members, incident.severity) == ("Lumen", 12, Severity.DOWN)
    members = [a for a in watch.open().values() if a.type == "down"]
    assert {(a.held_by, a.parent) for a in members} == {("incident", incident.alarm_id)}
    assert len(members) == 12
    assert [n.kind for n in judged.notes] == ["incident"]
    assert judged.notes[0].text.startswith(f"incident {incident.number}: Lumen lost")
    assert set(watch.book.alarms.incident_of) == set(CUT)
    for minute in range(3, 9):
        watch.poll(60 * minute, down=CUT)
    assert not watch.poll(540, down=CUT).changed


def test_its_ack_speaks_for_the_members_also_for_those_that_come_later() -> None:
    watch = cut()
    acted = watch.act(70, "ack", the_incident(watch), ticket="29881734", until=T0 + 7200)
    assert [n.text for n in acted.notes] == [f"jmo took incident {the_incident(watch).number}"]
    judged = watch.poll(120, down=[*CUT, "0012:0"])
    incident = the_incident(watch)
    assert (state_of(incident), incident.owner, incident.open_members) == ("taken", "jmo", 13)
    assert not watch.book.alarms.waiting
    assert not judged.notes


def test_it_is_told_again_when_it_grew_by_half() -> None:
    watch = cut()
    judged = watch.poll(120, down=[*CUT, *(f"{n:04d}:0" for n in range(12, 20))])
    assert [(n.kind, n.severity) for n in judged.notes] == [("incident", Severity.DOWN)]
    assert " grew: " in judged.notes[0].text


def test_recovery_is_one_end_and_one_note() -> None:
    watch = cut()
    watch.act(70, "note", the_incident(watch), why="fibre cut, ETR 07:00")
    notes = list(watch.poll(600).notes)
    assert not [a for a in watch.open().values() if a.type != INCIDENT]
    assert not watch.book.alarms.held
    for minute in range(11, 20):
        notes += watch.poll(60 * minute).notes
    assert not watch.open()
    assert [n.text.partition(" ended")[1] for n in notes] == [" ended"]
    over = next(a for a in watch.versions.values() if a.type == INCIDENT)
    assert (over.cleared, over.notes[0].text) == (T0 + 600, "fibre cut, ETR 07:00")


def test_its_ack_ends_and_it_wants_somebody_again() -> None:
    watch = cut()
    watch.act(70, "ack", the_incident(watch), until=T0 + 300)
    (note,) = watch.poll(300, down=CUT).notes
    assert note.text.startswith(f"incident {the_incident(watch).number} wants somebody again")
    assert the_incident(watch).waits


def test_a_snoozed_incident_is_quiet() -> None:
    watch = cut()
    watch.act(70, "snooze", the_incident(watch))
    assert (the_incident(watch).held_by, watch.book.alarms.waiting) == ("snooze", ())


def test_a_planned_cut_is_no_incident() -> None:
    watch = Watch(*SHOPS)
    watch.poll(0)
    watch.poll(60, down=CUT, holds=dict.fromkeys(CUT, "CHG-20881"))
    assert not watch.book.alarms.incidents
    assert not watch.book.alarms.waiting
    assert watch.book.alarms.held["maintenance"] == 12


def test_a_restart_in_the_middle_keeps_number_ack_and_members() -> None:
    watch, later = cut(), Watch(*SHOPS)
    watch.act(70, "ack", the_incident(watch), until=T0 + 7200)
    for t in (120, 180):
        watch.poll(t, down=CUT)
    later._since = dict(watch._since)
    later.book.warm(tuple(watch.versions.values()))
    assert not [a for a in later.poll(240, down=CUT).changed if structs.replace(a, known_at=0.0)]
    assert the_incident(later) == the_incident(watch)
    (end,) = [n for t in (300, 360, 660, 900) for n in later.poll(t).notes]
    assert end.text == f"incident {the_incident(watch).number} ended after 4m"


def test_an_ack_on_an_incident_that_is_over_is_refused() -> None:
    watch = cut()
    incident = the_incident(watch)
    for t in (120, 600, 1200):
        watch.poll(t)
    (line,) = watch.act(1260, "ack", incident).audit
    assert line.outcome == "it cleared 19m before"


@pytest.mark.parametrize("who", ["jmo", "kim"])
def test_one_member_can_be_taken_by_itself(who: str) -> None:
    watch = cut()
    (taken,) = watch.act(70, "ack", watch.open()["circuit/0003:0/down"], who=who).changed
    assert (taken.owner, taken.held_by) == (who, "incident")
    assert the_incident(watch).waits


def test_other_settings_give_no_number_a_second_time() -> None:
    """Incident 1 is over for longer than cleared alarms are remembered when the settings are read anew."""
    watch = cut()
    assert the_incident(watch).number == 1
    for t in (120.0, 180.0, 600.0, 1200.0, 4 * 86_400.0, 4 * 86_400.0 + 60.0):
        watch.poll(t)
    assert watch.book.alarms.incidents == ()
    watch.book.use(AlarmRules())
    watch.poll(4 * 86_400.0 + 120.0, down=CUT)
    assert the_incident(watch).number == 2
