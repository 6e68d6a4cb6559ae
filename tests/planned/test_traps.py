"""Notices as carriers write them that are easily read wrongly: what is to be read, or that a person decides."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from noctui.model.notices import Impact, Maintenance, Notice, Outcome, Status
from noctui.planned.reading import read
from tests.planned.notices import minute, seconds

NIGHT = ["2026-10-24T04:00Z", "2026-10-24T08:00Z"]
NEXT = ["2026-10-25T04:00Z", "2026-10-25T08:00Z"]
TEXT = "text/plain; charset=utf-8"
HTML = "text/html; charset=utf-8"


def notice(
    start: str = "2026-10-24 04:00 UTC",
    end: str = "2026-10-24 08:00 UTC",
    circuits: str = "Circuit ID: IC-1001",
    impact: str = "Outage, 2 hours",
    above: str = "",
) -> str:
    return f"{above}Reference: CHG-1001\nStart: {start}\nEnd: {end}\n{circuits}\nImpact: {impact}\n"


def mailed(
    text: str, kind: str = TEXT, sender: str = "noc@zayo.com", subject: str = "Planned Maintenance CHG-1001"
) -> bytes:
    head = f"From: NOC <{sender}>\nSubject: {subject}\nDate: Thu, 01 Oct 2026 09:00:00 +0000\nContent-Type: {kind}\n"
    return f"{head}\n{text}".encode()


def work_of(found: Notice) -> Maintenance:
    assert found.outcome is Outcome.PARSED, found.faults
    (one,) = found.maintenances
    return one


def windows_of(one: Maintenance) -> list[list[str]]:
    return [[minute(w.start), minute(w.end)] for w in one.windows]


def circuits_of(one: Maintenance) -> list[str]:
    return [c.circuit for c in one.circuits]


@pytest.mark.parametrize(
    ("sender", "start", "end"),
    [
        ("noc@zayo.com", "06:00 Central European Summer Time", "10:00 Central European Summer Time"),
        ("noc@zayo.com", "07:00 Eastern European Summer Time", "11:00 Eastern European Summer Time"),
        ("noc@bt.com", "05:00 British Summer Time", "09:00 British Summer Time"),
        ("noc@zayo.com", "06:00 UTC + 2", "10:00 GMT + 2"),
        ("noc@zayo.com", "06:00 UTC + 02:00", "10:00 UTC + 02:00"),
        ("noc@zayo.com", "23:00 UTC - 5 hours", "23:00 UTC - 9"),
        ("noc@zayo.com", "09:30 (GMT+05:30)", "13:30 (GMT+05:30)"),
        ("noc@zayo.com", "09:30 IST (UTC+05:30)", "13:30 IST (UTC+05:30)"),  # which IST its offset tells
        ("noc@zayo.com", "06:00 CEST (04:00 UTC)", "10:00 CEST (08:00 UTC)"),
        ("noc@zayo.com", "06:00 CEST (UTC+2)", "10:00 CEST (UTC+2)"),
        ("noc@att.com", "12:00 AM midnight Eastern", "4:00 AM Eastern Daylight Time"),
    ],
)
def test_zones_in_other_words(sender: str, start: str, end: str) -> None:
    day = "2026-10-23" if start.startswith("23:00") else "2026-10-24"
    until = "2026-10-23" if end.startswith("23:00") else "2026-10-24"
    one = work_of(read(mailed(notice(f"{day} {start}", f"{until} {end}"), sender=sender)))
    assert windows_of(one) == [NIGHT]


@pytest.mark.parametrize(
    ("start", "end", "sender"),
    [
        ("2026-10-24 04:00 West Coast time", "2026-10-24 08:00 West Coast time", "noc@zayo.com"),
        ("2026-10-24 04:00 UTC - 05:00", "2026-10-24 08:00 UTC - 05:00", "noc@zayo.com"),  # an offset, or a range?
        ("2026-10-24 06:00 CEST (05:00 UTC)", "2026-10-24 10:00 CEST (09:00 UTC)", "noc@zayo.com"),
        ("2026-10-24 06:00 CEST (UTC+1)", "2026-10-24 10:00 CEST (UTC+1)", "noc@zayo.com"),
        ("2026-10-24 00:00 (UTC-05:00) Eastern Time", "2026-10-24 04:00 (UTC-05:00) Eastern Time", "noc@att.com"),
        ("2026-10-24 12:00 midnight UTC", "2026-10-24 08:00 UTC", "noc@zayo.com"),
        ("11.05.2026 04:00 UTC", "11.05.2026 08:00 UTC", "noc@att.com"),  # dots, of a carrier that puts months first
        ("2026-10-24 22:00 UTC", "04:00 UTC (+2 days)", "noc@zayo.com"),
        ("24 Oct 2000 UTC", "24 Oct 2300 UTC", "noc@zayo.com"),  # without a year
    ],
)
def test_times_that_say_two_things_wait_for_a_person(start: str, end: str, sender: str) -> None:
    found = read(mailed(notice(start, end), sender=sender))
    assert found.outcome is Outcome.FAILED
    assert found.faults


@pytest.mark.parametrize(
    "above",
    [
        "Dear customer,\nIf this maintenance is cancelled you will receive a notice.\n\n",
        "Dear customer,\nA notice follows upon completion of the maintenance.\n\n",
        "Planned maintenance.\nOnce the maintenance has started, you will get a mail.\n\n",
        "Dear customer,\nThe maintenance will be completed by our engineers.\n\n",
    ],
)
def test_what_may_come_to_pass_is_no_status(above: str) -> None:
    assert work_of(read(mailed(notice(above=above)))).status is Status.CONFIRMED


@pytest.mark.parametrize(
    ("subject", "above", "status"),
    [
        ("Planned maintenance CHG-1001 to complete the fibre upgrade", "", Status.CONFIRMED),
        ("Planned maintenance CHG-1001", "This planned maintenance has been CANCELLED.\n\n", Status.CANCELLED),
        ("CHG-1001", "The maintenance was cancelled and will be rescheduled.\n\n", Status.CANCELLED),
        ("Maintenance CHG-1001 complete", "", Status.COMPLETED),
        ("Maintenance CHG-1001 has started", "", Status.IN_PROCESS),
    ],
)
def test_what_has_come_to_pass_is_one(subject: str, above: str, status: Status) -> None:
    assert work_of(read(mailed(notice(above=above), subject=subject))).status is status


@pytest.mark.parametrize(
    ("said", "impact", "length", "each"),
    [
        ("Outage 1h30m", Impact.OUTAGE, 5400, False),
        ("Outage 2 hrs. 30 mins.", Impact.OUTAGE, 9000, False),
        ("Outage up to 4 (four) hours", Impact.OUTAGE, 14400, False),
        ("Within a 4 hour window, 2 x 15 minutes outage", Impact.OUTAGE, 1800, False),
        ("30 minutes outage during the 6 hour maintenance window", Impact.OUTAGE, 1800, False),
        ("two 15 minute interruptions", Impact.OUTAGE, 1800, False),
        ("3 interruptions of 5 minutes each", Impact.OUTAGE, 900, False),
        ("1 x 2 hours interruption each night", Impact.OUTAGE, 7200, True),
        ("None of the circuits is protected: outage of 2 hours", Impact.OUTAGE, 7200, False),
        ("Outage of 2 hours, no impact on voice", Impact.OUTAGE, 7200, False),
        ("No outage or interruption expected", Impact.NO_IMPACT, None, False),
        ("50ms switch hit", Impact.DEGRADED, None, False),
    ],
)
def test_what_it_does_to_a_circuit_and_for_how_long(said: str, impact: Impact, length: int | None, each: bool) -> None:
    (one,) = work_of(read(mailed(notice(impact=said)))).circuits
    assert (one.impact, one.seconds, one.each) == (impact, length, each)


def table(*rows: Sequence[str]) -> str:
    return (
        "<table>" + "".join("<tr>" + "".join(f"<td{cell}</td>" for cell in row) + "</tr>" for row in rows) + "</table>"
    )


DOWN = " rowspan=2"
START, END = ">2026-10-24 04:00 UTC", ">2026-10-24 08:00 UTC"
LINES = ("Reference: CHG-1001", "Start: 2026-10-24 04:00 UTC", "End: 2026-10-24 08:00 UTC", "Affected services:")
BOTH = ("IC-1001", "IC-1002")


@pytest.mark.parametrize(
    "body",
    [
        "Reference: CHG-1001"
        + table((">Start", ">End", ">Circuit ID"), (f"{DOWN}{START}", f"{DOWN}{END}", ">IC-1001"), (">IC-1002",)),
        "Reference: CHG-1001<br>Start: 2026-10-24 04:00 UTC<br>End: 2026-10-24 08:00 UTC"
        + table((f"{DOWN}>Affected circuits", ">IC-1001"), (">IC-1002",)),
        "<br>".join(LINES) + "<ul><li>IC-1001</li><li>IC-1002</li></ul><p>Regards</p>",
        "".join(f"<div>{line}</div>" for line in (*LINES, *BOTH, "Regards")),
        "".join(f"<p class=MsoNormal>{line}<o:p></o:p></p>" for line in (*LINES, *BOTH, "Phone: 0800 123456")),
    ],
    ids=["cells over rows", "a label over rows", "a list", "lines", "paragraphs"],
)  # fmt: skip
def test_every_circuit_of_html_is_read(body: str) -> None:
    one = work_of(read(mailed(body, HTML)))
    assert (windows_of(one), circuits_of(one)) == ([NIGHT], list(BOTH))


def test_every_window_of_a_circuit_in_a_table_is_read_with_its_interruption() -> None:
    head = (">Circuit ID", ">Start", ">End", ">Impact")
    first = (f"{DOWN}>IC-1001", START, END, ">Outage 1 hour")
    second = (">2026-10-25 04:00 UTC", ">2026-10-25 08:00 UTC", ">Outage 2 hours")
    one = work_of(read(mailed("Reference: CHG-1001" + table(head, first, second), HTML)))
    assert windows_of(one) == [NIGHT, NEXT]
    assert [(c.circuit, c.seconds, c.each) for c in one.circuits] == [("IC-1001", 7200, True)]


def test_a_place_behind_a_circuit_is_no_circuit() -> None:
    one = work_of(read(mailed(notice(circuits="Circuit ID: IC-1001 - Dallas, TX"))))
    assert circuits_of(one) == ["IC-1001"]


def test_a_title_makes_the_windows_below_it_a_reserve() -> None:
    night, spare = (f"Start: {day} 04:00 UTC\nEnd: {day} 08:00 UTC\n" for day in ("2026-10-24", "2026-10-25"))
    for text in (f"Primary window\n{night}Backup window\n{spare}", f"Window 1 (Backup)\n{spare}\nWindow 2\n{night}"):
        one = work_of(read(mailed(f"Reference: CHG-1001\n{text}Circuit ID: IC-1001\n")))
        assert [(minute(w.start), w.backup) for w in one.windows] == [(NIGHT[0], False), (NEXT[0], True)]


@pytest.mark.parametrize(
    "head",
    [
        "-----Original Message-----\nFrom: NOC <noc@zayo.com>\nSent: Tuesday, September 15, 2026 5:00 AM\nTo: noc\n",
        "---------- Forwarded message ---------\nFrom: NOC <noc@zayo.com>\nDate: Tue, Sep 15, 2026 at 5:00\u202fAM\n",
        "Begin forwarded message:\n\nFrom: NOC <noc@zayo.com>\nDate: 15 September 2026 at 19:00:00 CEST\nTo: noc\n",
    ],
)
def test_a_notice_was_written_before_it_was_forwarded(head: str) -> None:
    """Else one that is forwarded late would undo a newer one. Without a zone it counts as late as it can be."""
    text = f"FYI\n\n{head}Subject: Planned Maintenance CHG-1001\n\n{notice()}"
    one = work_of(read(mailed(text, sender="ana@grocer.example", subject="FW: Planned Maintenance CHG-1001")))
    assert one.stamp == seconds("2026-09-15 17:00")


@pytest.mark.parametrize("inner", ["outer-text", "outer--text"])
def test_a_boundary_may_begin_like_the_one_around_it(inner: str) -> None:
    text = f"--{inner}\n\n{notice()}\n--{inner}--\n"
    parts = f"--outer\nContent-Type: multipart/alternative; boundary={inner}\n\n{text}"
    rest = "\n--outer\nContent-Type: application/pdf\n\nx\n--outer--\n"
    one = work_of(read(mailed(parts + rest, "multipart/mixed; boundary=outer")))
    assert windows_of(one) == [NIGHT]


def event(
    start: str = "20261024T04",
    end: str = "20261024T08",
    status: str = "CONFIRMED",
    uid: str = "a",
    sequence: int = 0,
    more: str = "",
) -> str:
    rows = (
        "BEGIN:VEVENT", "SUMMARY:Work", f"DTSTART:{start}0000Z", f"DTEND:{end}0000Z", "DTSTAMP:20261001T090000Z",
        f"UID:{uid}", f"SEQUENCE:{sequence}", "X-MAINTNOTE-PROVIDER:zayo", "X-MAINTNOTE-MAINTENANCE-ID:M-1",
        "X-MAINTNOTE-OBJECT-ID:IC-1001", "X-MAINTNOTE-IMPACT:OUTAGE", f"X-MAINTNOTE-STATUS:{status}",
    )  # fmt: skip
    return "\r\n".join((*rows, *more.split(), "END:VEVENT", ""))


def calendar(*events: str, end: str = "END:VCALENDAR\r\n") -> bytes:
    return mailed("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" + "".join(events) + end, "text/calendar; charset=utf-8")


SECOND = ("20261025T04", "20261025T08")


@pytest.mark.parametrize(
    ("events", "windows"),
    [
        ((event(more="BEGIN:VALARM TRIGGER:-PT1H"), event(*SECOND, uid="b")), [NIGHT, NEXT]),  # an alarm without an end
        ((event(status="CANCELLED"), event(*SECOND, uid="b")), [NEXT]),
        ((event(), event(*SECOND, status="CANCELLED", uid="b")), [NIGHT]),
        ((event(), event(*SECOND, sequence=1)), [NEXT]),  # the update of one event, and no second night
        ((event(*SECOND, sequence=1), event()), [NEXT]),
    ],
)
def test_each_event_of_a_calendar_is_its_own(events: Sequence[str], windows: Sequence[Sequence[str]]) -> None:
    one = work_of(read(calendar(*events)))
    assert (one.status, windows_of(one)) == (Status.CONFIRMED, windows)


def test_a_calendar_that_is_cut_off_is_looked_at() -> None:
    assert work_of(read(calendar(event()))).review == ()
    assert "cut off" in work_of(read(calendar(event(), end=""))).review[0]
    assert "cut off" in work_of(read(calendar(event().removesuffix("END:VEVENT\r\n"), end=""))).review[0]


def test_dates_that_are_added_to_an_event_are_told() -> None:
    found = read(calendar(event(more="RDATE:20261031T040000Z")))
    assert (found.outcome, found.faults[0].why) == (Outcome.FAILED, "an event that repeats")


def test_thousands_of_ids_with_empty_lines_between_are_read_in_one_pass() -> None:
    """Each line is looked at once: with a look back for each it took seconds."""
    ids = [f"IC-{n}" for n in range(2000)]
    found = read(mailed(notice(circuits="Affected circuits:\n\n" + "\n\n".join(ids) + "\n")))
    assert circuits_of(work_of(found)) == ids
