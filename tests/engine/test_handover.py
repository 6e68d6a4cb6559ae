"""The handover of a shift: every open alarm stands in one section, members are spoken for, ends of acks are due."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from noctui.engine.handover import BROKE, DONE, DUE, NOTHING, SNOOZED, TAKEN, TITLES, WAITING, handover, markdown
from noctui.model.alarms import INCIDENT, Ack, Alarm, AlarmNote, AuditEntry, Message, Snooze
from noctui.model.notices import Status
from noctui.planned.standing import Standing
from tests.planned.made import chain, work

T = 1_795_003_200.0  # 2026-11-18 12:00 UTC
HOUR = 3600.0
SINCE = T - 8 * HOUR


def alarm(name: str, opened: float, severity: int = 0, **more: object) -> Alarm:
    fields = {"key": name, "source": "engine", "type": "down", "changed": opened, "known_at": opened, "worst": severity}
    return Alarm(alarm_id=name, severity=severity, opened=opened, **{**fields, **more})  # type: ignore[arg-type]


def ack(until: float) -> Ack:
    return Ack(who="jmo", at=T - HOUR, until=until, why="fibre cut", severity=0)


NIGHT = (
    alarm("before", SINCE - HOUR),
    alarm("over", SINCE + HOUR, cleared=SINCE + 2 * HOUR),
    alarm("mild", SINCE + HOUR, severity=5, cleared=SINCE + 2 * HOUR),
    alarm("taken", SINCE + HOUR, owner="jmo", ack=ack(T + 4 * HOUR)),
    alarm("later", SINCE + HOUR, owner="jmo", ack=ack(T + 12 * HOUR)),
    alarm("asleep", SINCE + HOUR, snooze=Snooze(who="ann", at=T, until=T + HOUR, why="works", severity=0)),
    alarm("cut", T - HOUR, type=INCIDENT, number=8841, members=36, sites=31, text="Lumen lost, Mountain"),
    alarm("member", T - HOUR, parent="cut", held_by="incident"),
    alarm("unsure", T - 60, held_by="confirm"),
)


def test_a_night() -> None:
    told = handover(NIGHT, (), (), None, SINCE, T)
    names = {section: [line.alarm_id for line in told.of(section)] for section in TITLES}
    assert names == {
        WAITING: ["before", "cut"], TAKEN: ["later", "taken"], SNOOZED: ["asleep"], DUE: ["asleep", "taken"],
        BROKE: ["asleep", "later", "over", "taken", "cut"], DONE: [],
    }  # fmt: skip
    assert told.summary == (
        "From 04:00 to 12:00 UTC (8h00m).",
        "2 alarms wait for somebody, the oldest for 9h00m.",
        "2 taken, 1 snoozed.",
        "In the shift 8 alarms began and 2 ended, 1 incident among those that began.",
        "Held now: 1 by incident, 1 by confirm.",
    )
    (taken,) = [line for line in told.of(DUE) if line.alarm_id == "taken"]
    assert (taken.who, taken.until, taken.why) == ("jmo", T + 4 * HOUR, "fibre cut")


def test_an_incident_counts_circuits_and_those_that_are_lost_still() -> None:
    cut = alarm("cut", T - HOUR, type=INCIDENT, number=7, members=36, open_members=1, sites=1, text="Lumen lost")
    over = alarm("over", T - HOUR, cleared=T, type=INCIDENT, number=6, members=9, text="Zayo lost")
    told = handover((cut, over), (), (), None, SINCE, T)
    texts = [line.text for line in told.of(BROKE)]
    assert texts == ["Lumen lost; 36 circuits, now 1 at 1 site", "Zayo lost; 9 circuits"]


def test_what_people_did_is_told_with_what_came_of_it() -> None:
    entry = AuditEntry(
        at=T - 60, known_at=T - 59, who="ann", role="operator", origin="noc-a", action="ack", subject="cut",
        detail="mine", outcome="jmo took it 4s before",
    )  # fmt: skip
    (line,) = handover((), (entry,), (), None, SINCE, T).of(DONE)
    assert (line.who, line.what, line.text, line.alarm_id) == ("ann", "ack", "mine (jmo took it 4s before)", "cut")


def test_messages_that_could_not_be_sent_are_said() -> None:
    def message(name: str, state: str) -> Message:
        return Message(
            message_id=name, alarm_id="a", rule="noc", target="noc", kind="opened", made_at=T, title="", body="",
            state=state,
        )  # fmt: skip

    told = handover((), (), [message("1", "sent"), message("2", "failed"), message("3", "given up")], None, SINCE, T)
    assert told.summary[-1] == "1 message sent, 2 could not be sent."


def test_an_empty_shift_says_so_in_every_section() -> None:
    text = markdown(handover((), (), (), None, SINCE, T), "Handover")
    assert all(sentence in text for sentence in NOTHING.values())


def test_markup_of_others_stays_text() -> None:
    bad = alarm("bad", T - 60, text="|x|[link](http://evil)<b>\x1b[2J\n# h", notes=(AlarmNote("a|b", T, "`rm`"),))
    text = markdown(handover((bad,), (), (), None, SINCE, T), "Handover")
    (row,) = [line for line in text.splitlines() if "http" in line and line.startswith("| down")][:1]
    assert row.replace("\\|", "").count("|") == 9
    assert "\x1b" not in text
    assert "\\[link\\]" in text


states = st.builds(
    lambda i, opened, cleared, kind: alarm(
        f"a{i}", T - opened, cleared=T - cleared if cleared is not None and cleared < opened else None,
        ack=ack(T + 60) if kind == 1 else None,
        snooze=Snooze(who="a", at=T, until=T + 60, why="", severity=0) if kind == 2 else None,
    ),
    st.integers(0, 99), st.floats(1, 1e5), st.none() | st.floats(0, 1e5), st.integers(0, 3),
)  # fmt: skip


@given(st.lists(states, max_size=12, unique_by=lambda a: a.alarm_id))
def test_every_open_alarm_stands_in_exactly_one_section_of_open_ones(alarms: list[Alarm]) -> None:
    told = handover(alarms, (), (), None, SINCE, T)
    shown = [line.alarm_id for section in (WAITING, TAKEN, SNOOZED) for line in told.of(section)]
    assert sorted(shown) == sorted(a.alarm_id for a in alarms if a.open)


def test_planned_work_that_runs_or_begins_in_the_next_shift_is_due() -> None:
    """Not what is over, what begins after it, what is not sure and what is on nobody we know."""
    inventory = chain([("Zayo", "IC-1"), ("Lumen", "BB-7")])
    hour, now = int(HOUR), int(T)
    works = Standing().of(
        (
            work("RUNS", [(now - hour, now + hour)], ["IC-1"]),
            work("CLASH", [(now, now + 2 * hour)], ["BB-7"], provider="Lumen"),
            work("NEXT", [(now + 7 * hour, now + 9 * hour)], ["IC-1"]),
            work("AFTER", [(now + 8 * hour, now + 9 * hour)], ["IC-1"]),
            work("OVER", [(now - hour, now)], ["IC-1"]),
            work("PERHAPS", [(now, now + hour)], ["IC-1"], status=Status.TENTATIVE),
            work("ELSEWHERE", [(now, now + hour)], ["IC-9"]),
        ),
        inventory,
    )
    told = handover((), (), (), inventory, SINCE, T, works=works)
    assert [(line.what, line.text, line.why) for line in told.of(DUE)] == [
        ("Zayo RUNS", "11:00–13:00, 1 circuit, takes a whole site with others", "planned"),
        ("Lumen CLASH", "12:00–14:00, 1 circuit, takes a whole site with others", "planned"),
        ("Zayo NEXT", "19:00–21:00, 1 circuit", "planned"),
    ]
    (row,) = [line for line in markdown(told, "Handover").splitlines() if "Zayo NEXT" in line]
    assert row == "| maintenance | 19:00 |  | Zayo NEXT | 19:00–21:00, 1 circuit |  | 21:00 | planned |"
