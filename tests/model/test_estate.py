"""What a leader on another host goes on with: nobody takes an alarm twice, nothing that cleared stays open."""

from __future__ import annotations

from msgspec import structs

from noctui.model.alarms import Ack, Alarm
from noctui.model.estate import Estate, taken_over

T = 1_763_856_000.0


def alarm(name: str, known_at: float, **words: object) -> Alarm:
    made = Alarm(alarm_id=f"{name}@{T:.0f}", key=name, source="engine", type="down", severity=2, opened=T, changed=T,
                 known_at=known_at)  # fmt: skip
    return structs.replace(made, **words)


def test_of_each_alarm_the_version_counts_that_became_known_last() -> None:
    taken = alarm("a", T + 60, ack=Ack(who="jmo", at=T + 60, until=T + 9000, why="on it", severity=2))
    ours = alarm("b", T + 90, severity=1)
    known, changed = taken_over(Estate((taken, alarm("b", T + 30)), at=T + 60), (alarm("a", T), ours))
    assert set(known) == {taken, ours}
    assert changed == (taken,)


def test_one_that_was_not_open_any_more_when_the_last_leader_judged_has_cleared() -> None:
    known, changed = taken_over(Estate((alarm("b", T + 600),), at=T + 600), (alarm("a", T),))
    assert [(a.key, a.cleared) for a in known] == [("a", T + 600), ("b", None)]
    assert {a.key for a in changed} == {"a", "b"}


def test_a_leader_who_knows_more_than_the_bus_keeps_what_it_has() -> None:
    """It led alone while the bus was lost: what lies there is old."""
    ours = (alarm("a", T + 900), alarm("c", T + 900))
    assert taken_over(Estate((alarm("a", T),), at=T), ours) == (ours, ())


def test_without_an_estate_all_stays() -> None:
    ours = (alarm("a", T), alarm("b", T, cleared=T + 5))
    assert taken_over(Estate(), ours) == (ours, ())
