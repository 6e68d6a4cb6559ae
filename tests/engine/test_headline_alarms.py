"""The sentence over Mist's alarms, case by case."""

from __future__ import annotations

from noctui.engine.headline_alarms import alarm_severity, alarms_headline
from noctui.model.cloud import MistAlarm
from noctui.model.words import Severity

AT = 1_763_867_635.0  # 2025-11-23 03:13:55 UTC


def alarm(severity: str = "warn", ago: float = 1080.0, *, acked: bool = False, over: float | None = None) -> MistAlarm:
    resolved = None if over is None else AT - over
    return MistAlarm(
        alarm_id=f"{severity}{ago}{acked}", type="gw_port_down", severity=severity, opened=AT - ago, last_seen=AT - 9,
        known_at=AT - 9, acked=acked, resolved=resolved,
    )  # fmt: skip


def test_mists_words_become_severities_and_a_word_that_is_none_of_them_is_unknown() -> None:
    told = [alarm_severity(alarm(word)) for word in ("critical", "warn", "info", " WARN ", "loud", "")]
    assert told == [Severity.CRITICAL, Severity.WARN, Severity.OK, Severity.WARN, Severity.UNKNOWN, Severity.UNKNOWN]


def test_how_many_are_open_how_bad_how_old_and_how_many_nobody_took() -> None:
    made = alarms_headline([alarm("critical", 7440), alarm(), alarm(acked=True), alarm(over=60)], AT)
    assert made.text == "3 alarms are open, 1 critical, the oldest 2h04m; 2 wait for someone, 1 is taken."
    assert made.severity == Severity.CRITICAL


def test_one_alarm_alone() -> None:
    made = alarms_headline([alarm()], AT)
    assert (made.text, made.since) == ("1 alarm is open, for 18m; it waits for someone.", AT - 1080)
    assert alarms_headline([alarm(acked=True)], AT).text == "1 alarm is open, for 18m; someone took it."


def test_what_is_taken_is_no_longer_shouted_about() -> None:
    made = alarms_headline([alarm("critical", acked=True), alarm("critical", 60, acked=True)], AT)
    assert made.text == "2 alarms are open, 2 critical, the oldest 18m; all are taken."
    assert made.severity == Severity.WARN
    mixed = alarms_headline([alarm("critical", acked=True), alarm("info")], AT)
    assert mixed.severity == Severity.OK  # all that waits is a notice


def test_none_is_open() -> None:
    assert alarms_headline([], AT).text == "No alarm is open."
    assert alarms_headline([], AT, cleared_at=AT - 7800).text == "No alarm is open. The last one cleared 2h10m ago."
    resolved = [alarm(over=7800), alarm(ago=9000, over=600)]
    assert alarms_headline(resolved, AT).text == "No alarm is open. The last one cleared 10m ago."


def test_a_feed_that_does_not_answer_is_the_news() -> None:
    since = AT - 715
    made = alarms_headline([alarm("critical")], AT, silent_since=since, why="Mist answers 503.")
    assert made.severity == Severity.UNKNOWN
    assert made.text == "The alarm feed has not answered since 03:02: Mist answers 503. 1 was open when it last did."
    never = alarms_headline([], AT, silent_since=0.0, why="404")
    assert never.text == "The alarm feed has not answered yet: 404."


def test_more_than_were_asked_for_is_said() -> None:
    assert alarms_headline([alarm(), alarm(ago=3)], AT, cut=True).text.startswith("2 or more alarms are open")
