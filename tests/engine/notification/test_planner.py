"""Who is told what, when: one message a matter, escalation that stops when somebody takes it, no burst, no loss."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import pytest

from noctui.engine.notification.hours import hours_of
from noctui.engine.notification.planner import SETTLE, Planner
from noctui.engine.notification.rules import Rule
from noctui.model.alarms import INCIDENT, Ack, Alarm, Alarms, Message, Snooze
from noctui.model.words import Severity

T = 1_795_000_020.0  # 2026-11-18 11:07 UTC, a Wednesday
DOWN, CRITICAL, WARN = int(Severity.DOWN), int(Severity.CRITICAL), int(Severity.WARN)


def alarm(name: str = "a", severity: int = DOWN, opened: float = T, **more: object) -> Alarm:
    fields = {"key": name, "source": "engine", "type": "down", "changed": opened, "known_at": opened, "worst": severity}
    return Alarm(alarm_id=name, severity=severity, opened=opened, **{**fields, **more})  # type: ignore[arg-type]


class Night:
    """A planner on a clock of its own; what it said so far."""

    def __init__(self, *rules: Rule, settle: float = SETTLE) -> None:
        self.planner = Planner(rules, settle)
        self.said: list[Message] = []

    def at(self, minutes: float, *alarms: Alarm, cleared: Sequence[Alarm] = ()) -> list[tuple[str, str]]:
        found = self.planner.due(Alarms(alarms), cleared, T + 60 * minutes)
        self.said += found
        return [(m.kind, m.alarm_id) for m in found]


def taken(a: Alarm, minutes: float, until: float = 240) -> Alarm:
    ack = Ack(who="jmo", at=T + 60 * minutes, until=T + 60 * until, why="on it", severity=a.severity)
    return msgspec.structs.replace(a, ack=ack, owner="jmo")


def over(a: Alarm, minutes: float) -> Alarm:
    return msgspec.structs.replace(a, cleared=T + 60 * minutes)


def test_a_matter_is_told_once_after_it_settled_and_its_end_once() -> None:
    night, a = Night(Rule("noc")), alarm()
    assert night.at(0, a) == []
    assert night.at(1, a) == [("opened", "a")]
    assert night.at(2, a) == night.at(30, a) == []
    assert night.at(31, cleared=[over(a, 31)]) == [("cleared", "a")]
    assert night.at(32) == []


def test_what_came_and_went_before_it_settled_is_not_told() -> None:
    night, a = Night(Rule("noc")), alarm()
    night.at(0, a)
    assert night.at(0.5, cleared=[over(a, 0.5)]) == []


def test_what_is_not_bad_enough_or_not_of_the_rule_is_not_told() -> None:
    rules = [Rule("noc", regions=("Mountain",)), Rule("self", severity=WARN, sources=("self",))]
    night = Night(*rules)
    those = [
        alarm("mild", WARN, region="Mountain"), alarm("elsewhere", region="West"), alarm("here", region="Mountain"),
        alarm("own", WARN, source="self"),
    ]  # fmt: skip
    night.at(0, *those)
    assert night.at(1, *those) == [("opened", "here"), ("opened", "own")]


def test_escalation_waits_for_its_age_and_stops_when_somebody_takes_it() -> None:
    rules = [Rule("first"), Rule("boss", after=900.0)]
    night, a = Night(*rules), alarm()
    night.at(0, a)
    assert night.at(1, a) == [("opened", "a")]
    assert night.at(14, a) == []
    assert night.at(15, a) == [("escalated", "a")]
    other = Night(*rules)
    other.at(0, a)
    other.at(1, a)
    assert other.at(15, taken(a, 5)) == []


def test_escalation_counts_anew_from_where_an_acknowledgement_ended() -> None:
    """Taken at 5, given back at 120: the boss hears at 135 that nobody takes it, not at 120."""
    night, a = Night(Rule("boss", after=900.0)), alarm()
    for minute in range(200):
        night.at(minute, taken(a, 5) if 5 <= minute < 120 else a)
    assert [(m.kind, (m.made_at - T) / 60) for m in night.said] == [("escalated", 135.0)]


def test_an_acknowledgement_that_ran_out_is_told_again() -> None:
    night, a = Night(Rule("noc")), alarm()
    night.at(0, a)
    night.at(1, a)
    night.at(5, taken(a, 5, until=60))
    assert night.at(61, a) == [("again", "a")]
    assert night.at(62, a) == []


def test_an_end_of_an_acknowledgement_or_a_snooze_in_quiet_hours_is_told_after_them() -> None:
    snooze = Snooze(who="jmo", at=T, until=T + 1200, why="later", severity=CRITICAL)
    for kept in (taken(alarm(), 10, until=20), alarm(snooze=snooze, held_by="snooze")):
        night, a = Night(Rule("noc", quiet=hours_of("11:22-12:07"))), alarm(severity=CRITICAL)
        night.at(0, a)
        night.at(1, a)
        night.at(10, msgspec.structs.replace(kept, severity=CRITICAL))
        for minute in range(20, 120):
            night.at(minute, a)
        assert [(m.kind, (m.made_at - T) / 60) for m in night.said] == [("opened", 1.0), ("again", 60.0)]


def test_worse_is_told_again_and_better_is_not() -> None:
    night = Night(Rule("noc"))
    for minute, severity in enumerate((CRITICAL, CRITICAL, DOWN, CRITICAL, DOWN)):
        night.at(minute, alarm(severity=severity))
    assert [m.kind for m in night.said] == ["opened", "worse"]


def test_reminders_come_at_their_pace_while_nobody_takes_it() -> None:
    night, a = Night(Rule("noc", again=1800.0)), alarm()
    for minute in range(100):
        night.at(minute, a)
    assert [(m.kind, (m.made_at - T) / 60) for m in night.said] == [
        ("opened", 1.0), ("again", 31.0), ("again", 61.0), ("again", 91.0),
    ]  # fmt: skip
    assert len({m.message_id for m in night.said}) == 4


def test_a_cut_of_400_circuits_is_one_message_and_its_end_one() -> None:
    """Three are seen in the first poll, 397 in the next; then the incident speaks for all."""
    night = Night(Rule("noc"))
    members = [alarm(f"c{i}", carrier="Lumen") for i in range(400)]
    night.at(0, *members[:3])
    incident = alarm("i1", type=INCIDENT, number=8841, members=400, sites=390, text="Lumen lost, Mountain")
    held = [msgspec.structs.replace(m, held_by="incident", parent="i1") for m in members]
    night.at(0.8, *held, incident)
    for minute in range(2, 40):
        night.at(minute, *held, incident)
    assert [(m.kind, m.alarm_id) for m in night.said] == [("opened", "i1")]
    for minute in range(40, 60):  # they return twenty a minute
        back, held = held[:20], held[20:]
        night.at(minute, *held, incident, cleared=[over(m, minute) for m in back])
    night.at(60, cleared=[over(incident, 60)])
    assert [(m.kind, m.alarm_id) for m in night.said] == [("opened", "i1"), ("cleared", "i1")]


def test_members_that_were_told_before_their_incident_end_with_it() -> None:
    night, a = Night(Rule("noc")), alarm()
    night.at(0, a)
    night.at(1, a)
    name = f"incident/8841@{T:.0f}"
    member = msgspec.structs.replace(a, held_by="incident", parent=name)
    incident = alarm(name, type=INCIDENT, opened=T + 120)
    night.at(2, member, incident)
    night.at(4, member, incident)
    night.at(9, incident, cleared=[over(member, 9)])
    night.at(10, cleared=[over(incident, 10)])
    assert [(m.kind, m.alarm_id) for m in night.said] == [("opened", "a"), ("opened", name), ("cleared", name)]


def test_one_that_was_told_and_hangs_on_a_gateway_by_its_end_ends_for_itself() -> None:
    night, a = Night(Rule("noc", types=("down",))), alarm()
    night.at(0, a)
    night.at(1, a)
    night.at(2, cleared=[over(msgspec.structs.replace(a, held_by="parent", parent="gateway/g/away@1"), 2)])
    assert [m.kind for m in night.said] == ["opened", "cleared"]


@pytest.mark.parametrize(
    "rule", [Rule("noc", regions=("Mountain",)), Rule("noc", carriers=("Lumen",)), Rule("noc", types=("down",))]
)
def test_who_is_told_of_a_region_is_told_of_the_incident_that_took_its_circuits(rule: Rule) -> None:
    """The incident is of a carrier all over the country: it names no region, and its members are held by it."""
    night = Night(rule)
    incident = alarm("i1", type=INCIDENT, number=7)
    member = alarm("m", region="Mountain", carrier="Lumen", held_by="incident", parent="i1")
    for minute in range(3):
        night.at(minute, incident, member, alarm("x", type="loss", region="West", carrier="Zayo"))
    assert [(m.kind, m.alarm_id) for m in night.said] == [("opened", "i1")]


def test_a_dark_site_behind_an_unreachable_gateway_is_as_bad_as_a_dark_site() -> None:
    night = Night(Rule("noc", severity=DOWN, quiet=hours_of("11:00-17:00")))
    gateway = alarm("g", int(Severity.AWAY), type="away", text="gateway unreachable, site dark")
    dark = alarm("d", DOWN, type="dark", held_by="parent", parent="g")
    night.at(0, gateway, dark)
    assert night.at(1, gateway, dark) == [("opened", "g")]
    assert night.said[0].title.startswith("DOWN ")
    assert night.at(2, cleared=[over(gateway, 2)]) == [("cleared", "g")]
    other = Night(Rule("noc", severity=DOWN))
    other.at(0, gateway)
    assert other.at(1, gateway) == []


@pytest.mark.parametrize(("severity", "told_at"), [(DOWN, 1.0), (CRITICAL, 360.0)])
def test_in_quiet_hours_only_the_worst_breaks_through_and_the_rest_waits(severity: int, told_at: float) -> None:
    night, a = Night(Rule("noc", quiet=hours_of("11:00-17:07"))), alarm(severity=severity)
    for minute in range(400):
        night.at(minute, a)
    assert [(m.made_at - T) / 60 for m in night.said] == [told_at]


def test_more_than_an_hours_rate_is_counted_and_told_in_one_message() -> None:
    night = Night(Rule("noc", per_hour=5))
    those = [alarm(f"a{i:02}") for i in range(30)]
    for minute in range(130):
        night.at(minute, *those)
    sent = [m for m in night.said if m.state == "waiting"]
    assert [m.kind for m in sent] == ["opened"] * 5 + ["digest"]
    assert sent[-1].joined == 25
    assert sent[-1].body.count("\n") == 10  # ten, and how many more
    assert len([m for m in night.said if m.state == "dropped"]) == 25


def test_what_the_rate_kept_back_is_named_though_it_is_over_by_then() -> None:
    """a0 is told, all else is not: a1 comes and goes, a2 gets worse and stays, and the end of a0 is kept back, too."""
    night = Night(Rule("noc", per_hour=1), settle=0.0)
    a0, a1, a2 = alarm("a0"), alarm("a1", text="one"), alarm("a2", CRITICAL, text="two")
    night.at(0, a0)
    night.at(1, a0, a1, a2)
    night.at(2, alarm("a2", DOWN, text="two"), cleared=[over(a0, 2), over(a1, 2)])
    for minute in range(3, 70):
        night.at(minute, alarm("a2", DOWN, text="two"))
    sent = [m for m in night.said if m.state == "waiting"]
    assert [m.kind for m in sent] == ["opened", "digest"]
    assert (sent[1].joined, sent[1].title) == (3, "3 more messages, held back by the rate")
    assert sent[1].body.split("\n") == ["worse: DOWN two", "over after 2m: one", "over after 2m: down"]


def test_what_a_digest_named_is_not_told_again_after_it_nor_after_a_restart() -> None:
    night, those = Night(Rule("noc", per_hour=1), settle=0.0), [alarm("a"), alarm("b"), alarm("c", CRITICAL)]
    for minute in range(62):
        night.at(minute, *those)
    assert [m.kind for m in night.said if m.state == "waiting"] == ["opened", "digest"]
    again = Night(Rule("noc", per_hour=9), settle=0.0)
    again.planner.warm(night.said, those, T + 3720)
    assert again.at(63, *those) == night.at(200, *those) == []


def test_a_clock_that_is_set_back_stops_no_message() -> None:
    """It ran ten days ahead for two minutes; then it is right."""
    night, a, b = Night(Rule("noc", per_hour=2, again=1800.0)), alarm(), alarm("b")
    ahead = 10 * 1440
    night.at(ahead, a)
    night.at(ahead + 1, a)
    night.at(0, a, b)
    assert night.at(1, a, b) == [("opened", "b")]
    assert night.at(31, a) == [("again", "a")]


def test_neither_an_outage_nor_an_incident_is_kept_back_by_what_is_less() -> None:
    """A rate of 8: thirty warnings use six of it, then eight circuits fall, then a carrier."""
    night = Night(Rule("noc", severity=WARN, per_hour=8), settle=0.0)
    warnings = [alarm(f"w{i}", WARN) for i in range(30)]
    falls = [alarm(f"d{i}") for i in range(8)]
    cut = alarm(f"incident/7@{T:.0f}", type=INCIDENT, number=7)
    night.at(0, *warnings)
    night.at(1, *warnings, *falls)
    night.at(2, *warnings, *falls, cut)
    sent = [m.alarm_id for m in night.said if m.state == "waiting"]
    assert sent == [*(f"w{i}" for i in range(6)), "d0", "d1", cut.alarm_id]


def test_fifty_flaps_an_hour_for_a_day_are_bounded_by_the_rate() -> None:
    """Were damping switched off, the rate would still hold: at most so many an hour."""
    night = Night(Rule("noc", per_hour=6), settle=0.0)
    for k in range(24 * 50):
        minute, a = 1.2 * k, alarm(f"a{k}", opened=T + 72 * k)
        night.at(minute, a)
        night.at(minute + 0.6, cleared=[over(a, minute + 0.6)])
    sent = [m for m in night.said if m.state == "waiting"]
    assert len(sent) <= 24 * 6 + 6
    hours = [int((m.made_at - T) // 3600) for m in sent]
    assert max(hours.count(h) for h in set(hours)) <= 6


def test_after_a_restart_nothing_is_told_twice_and_the_end_is_told() -> None:
    night, a = Night(Rule("noc")), alarm()
    night.at(0, a)
    night.at(1, a)
    again = Night(Rule("noc"))
    again.planner.warm(night.said, [a], T + 120)
    assert again.at(3, a) == []
    gone = Night(Rule("noc"))
    gone.planner.warm(night.said, [over(a, 2)], T + 180)  # it cleared while nobody looked
    assert gone.at(4) == [("cleared", "a")]
    assert gone.at(5) == []


def test_a_message_about_an_incident_counts_circuits_and_its_end_says_from_when_to_when() -> None:
    night = Night(Rule("noc", quiet=hours_of("11:30-12:30"), quiet_severity=-1), settle=0.0)
    incident = alarm("i", type=INCIDENT, number=7, members=400, open_members=390, sites=380, text="Lumen lost")
    night.at(0, incident)
    assert night.said[0].body.split("\n") == [
        "since Nov 18 11:07:00 UTC (0s)", "incident 7: 400 circuits, now 390 at 380 sites",
    ]  # fmt: skip
    night.at(30, cleared=[over(incident, 30)])
    night.at(90)
    assert night.said[1].title == "over after 30m: Lumen lost"
    assert night.said[1].body.split("\n") == [
        "from Nov 18 11:07:00 UTC to Nov 18 11:37:00 UTC (30m)", "incident 7: 400 circuits",
    ]  # fmt: skip


def test_what_is_hostile_in_a_text_is_made_plain() -> None:
    night = Night(Rule("noc"), settle=0.0)
    night.at(0, alarm(text="\x1b[2J[red]rm -rf\nSubject: x", cause="a\r\nb"))
    (message,) = night.said
    assert "\x1b" not in message.title + message.body
    assert "\n" not in message.title
    assert "a··b" in message.body
