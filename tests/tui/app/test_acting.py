"""Until when an act holds, which alarms it is about, and what came of it in one line. No screen."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noctui.model.alarms import Act, Alarm, AuditEntry
from noctui.tui.acting import CHOICES, LONGEST, WrongTimeError, act_of, outcome, until_of
from noctui.tui.standing import Standing, none_words, targets
from tests import night

NOW = night.NOW


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("4h", 14_400), ("90m", 5400), ("1h30m", 5400), ("15min", 900), (" 2 H ", 7200), ("24h", 86_400)],
)
def test_lengths(said: str, seconds: float) -> None:
    assert until_of(said, NOW) == NOW + seconds


def test_a_time_of_day_is_the_next_one() -> None:
    assert until_of("07:15", NOW) == night.utc(7, 15)
    assert until_of("03:00", NOW) == night.utc(3, 0) + 86_400


@pytest.mark.parametrize("said", ["", "soon", "0h", "25h", "24:00", "7:99", "-2h", "2d", "[red]"])
def test_what_is_no_end_says_so_in_a_line(said: str) -> None:
    with pytest.raises(WrongTimeError) as caught:
        until_of(said, NOW)
    assert "\n" not in str(caught.value)


@given(st.text(max_size=12))
def test_nothing_typed_raises_anything_else_or_goes_beyond_a_day(said: str) -> None:
    with contextlib.suppress(WrongTimeError):
        assert NOW < until_of(said, NOW) <= NOW + LONGEST


def test_every_choice_is_a_length() -> None:
    assert [until_of(c, NOW) for c in CHOICES] == sorted(until_of(c, NOW) for c in CHOICES)


def entry(act: Act, subject: str, said: str = "done") -> AuditEntry:
    return AuditEntry(at=NOW, known_at=NOW, who="ana", role="", origin="", action=act.kind, subject=subject,
                      outcome=said, act_id=act.act_id)  # fmt: skip


def some(n: int) -> tuple[Alarm, ...]:
    return night.view().alarms.waiting[:n]


def test_outcomes() -> None:
    three = act_of("ack", some(3), "ana", NOW, why="x", until=night.utc(7, 14))
    ids = three.alarm_ids
    assert three.saw == tuple(a.known_at for a in some(3))
    assert outcome(three, [entry(three, i) for i in ids]) == "3 taken until 07:14."
    late = [entry(three, ids[0], "jmo took it 4s before"), *(entry(three, i) for i in ids[1:])]
    assert outcome(three, late) == "2 taken until 07:14; 1 not: jmo took it 4s before."
    none = [entry(three, i, "it cleared 9s before") for i in ids]
    assert outcome(three, none) == "None of 3 taken: it cleared 9s before."
    assert outcome(three, [entry(three, "", "a reason is required")]) == "None of 3 taken: a reason is required."
    one = act_of("unack", some(1), "ana", NOW)
    assert outcome(one, [entry(one, one.alarm_ids[0], "nobody\x1b has taken it")]) == (
        "Not taken back: nobody· has taken it."
    )
    assert outcome(act_of("own", some(1), "ana", NOW, owner="mvl"), []) == "1 owned by mvl."


def test_an_act_is_about_what_waits_and_an_incident_speaks_for_its_members() -> None:
    alarms = night.view().alarms
    everything = Standing(alarms.alarms, "here")
    assert set(targets(everything, "ack")) == set(alarms.waiting)
    assert all(a.ack is not None for a in targets(everything, "unack"))
    assert not [a for a in targets(everything, "note") if a.held_by == "incident"]
    assert [a.snooze is not None for a in targets(everything, "unsnooze")] == [True]
    member = next(a for a in alarms.alarms if a.held_by == "incident")
    assert targets(Standing((member,), "0417 Lumen"), "ack") == ()
    assert none_words(Standing((member,), "0417 Lumen"), "ack") == "No alarm of 0417 Lumen waits for someone."


def test_what_became_of_a_mail_is_told_in_words() -> None:
    act = Act(act_id="a", kind="reparse", alarm_ids=("<1@x>",), who="jmo", at=1.0)

    def told(said: str) -> str:
        entry = AuditEntry(
            at=1.0, known_at=1.0, who="jmo", role="operator", origin="", action="reparse", subject="<1@x>", outcome=said
        )
        return outcome(act, (entry,))

    assert told("done: unknown_circuit") == "1 read again: circuit not known."
    assert told("done: parsed") == "1 read again: understood."
    assert told("done") == "1 read again."
    assert told("no such mail, or it is older than is kept") == (
        "Not read again: no such mail, or it is older than is kept."
    )
