"""A notice says the same however its message travelled, and of every doubt it says so."""

from __future__ import annotations

import base64
import quopri
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from noctui.model.notices import Impact, Maintenance, Outcome, Status
from noctui.planned.reading import read
from tests.planned.notices import seconds

HEAD = "From: NOC <noc@arelion.com>\nSubject: Planned Work {ref}\n"
DATE = "Date: Mon, 02 Mar 2026 09:14:00 +0000\n"


def body(ref: str, start: int, end: int, circuits: Sequence[str], place: str = "Málaga") -> str:
    def said(at: int) -> str:
        return datetime.fromtimestamp(at, UTC).strftime("%Y-%b-%d %H:%M UTC")

    blocks = "".join(f"\nService ID: {c}\nImpact: 1 x {i + 1} hours interruption\n" for i, c in enumerate(circuits))
    return (
        f"PLANNED WORK\n\nPW Reference number: {ref}\nStart Date and Time: {said(start)}\n"
        f"End Date and Time: {said(end)}\nLocation of work: {place}\n{blocks}\n-- \nE-mail: noc@arelion.com\n"
    )


def ways(ref: str, text: str) -> dict[str, bytes]:
    """The same text as mail programs may send it on."""
    head, latin = HEAD.format(ref=ref), text.encode("latin-1")
    quoted = quopri.encodestring(text.encode()).decode()
    plain = f"{head}{DATE}Content-Type: text/plain; charset=utf-8\n\n{text}"
    forward = (
        "From: ana@grocer.example\nSubject: FW: Planned Work\nContent-Type: text/plain; charset=utf-8\n\nFYI\n\n"
        f"From: NOC <noc@arelion.com>\nSent: Monday, 2 March 2026 09:14\nTo: noc\nSubject: Planned Work {ref}\n\n{text}"
    )
    attached = (
        "From: ana@grocer.example\nSubject: FW: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nFYI\n--b\n"
        f"Content-Type: message/rfc822\n\n{plain}\n--b--\n"
    )
    pairs = (line.partition(":") for line in text.splitlines())
    rows = "".join(f"<tr><td>{label}</td><td>{value.strip()}</td></tr>" for label, _, value in pairs if value)
    history = "\n\n-----Original Message-----\n" + body("PW1", 0, 60, ["OLD-1"])
    return {
        "plain": plain.encode(),
        "no date": plain.replace(DATE, "").encode(),
        "crlf": plain.replace("\n", "\r\n").encode(),
        "latin-1": f"{head}{DATE}Content-Type: text/plain; charset=latin1\n\n".encode() + latin,
        "latin-1, said to be ascii": f"{head}{DATE}Content-Type: text/plain; charset=us-ascii\n\n".encode() + latin,
        "quoted-printable": f"{head}{DATE}Content-Type: text/plain; charset=utf-8\n"
        f"Content-Transfer-Encoding: quoted-printable\n\n{quoted}".encode(),
        "base64": f"{head}{DATE}Content-Transfer-Encoding: base64\n\n".encode() + base64.encodebytes(text.encode()),
        "forwarded": forward.encode(),
        "forwarded as an attachment": attached.encode(),
        "a reply above its history": (plain + history).encode(),
        "html": f"{head}{DATE}Content-Type: text/html; charset=utf-8\n\n<table>{rows}</table>".encode(),
    }  # fmt: skip


IDS = st.from_regex(r"[A-Z]{2,4}[-/ ][0-9]{3,8}(/[A-Z]{2})?", fullmatch=True)


@given(
    st.integers(10_000, 99_999).map(lambda n: f"PW{n}"),
    st.integers(seconds("2026-02-01") // 60, seconds("2026-12-01") // 60),
    st.integers(1, 12 * 60),
    st.lists(IDS, min_size=1, max_size=6, unique=True),
)
def test_it_says_the_same_however_it_travelled(ref: str, start: int, minutes: int, circuits: list[str]) -> None:
    text = body(ref, start * 60, (start + minutes) * 60, circuits)
    for way, data in ways(ref, text).items():
        notice = read(data)
        assert (way, notice.outcome, notice.provider) == (way, Outcome.PARSED, "Arelion"), notice.faults
        (work,) = notice.maintenances
        assert (work.maintenance_id, work.status, work.location) == (ref, Status.CONFIRMED, "Málaga"), way
        assert [(w.start, w.end) for w in work.windows] == [(start * 60, (start + minutes) * 60)], way
        assert [(c.circuit, c.seconds) for c in work.circuits] == [
            (c, (i + 1) * 3600) for i, c in enumerate(circuits)
        ], way
        assert all(c.impact is Impact.OUTAGE for c in work.circuits)


def one(text: str, subject: str = "Planned maintenance", sender: str = "noc@zayo.com") -> Maintenance:
    notice = read(f"From: {sender}\nSubject: {subject}\n\n{text}".encode())
    (work,) = notice.maintenances
    return work


WORK = "Ticket: T-1\nStart: 2026-03-14 04:00 UTC\nEnd: 2026-03-14 08:00 UTC\nCircuit ID: Z-1\n"


@pytest.mark.parametrize(
    ("subject", "text", "status"),
    [
        ("Planned maintenance", WORK, "CONFIRMED"),
        ("Reminder: planned maintenance", WORK, "CONFIRMED"),
        ("Planned maintenance CANCELED", WORK, "CANCELLED"),
        ("Maintenance re-scheduled", WORK, "RE-SCHEDULED"),
        ("Maintenance completed", WORK, "COMPLETED"),
        ("Maintenance has begun", WORK, "IN-PROCESS"),
        ("Maintenance notice", "Status: Tentative\n" + WORK, "TENTATIVE"),
        ("Maintenance notice", "Notification type: Cancellation\n" + WORK, "CANCELLED"),
        ("Maintenance notice", "THIS MAINTENANCE HAS BEEN CANCELLED\n\n" + WORK, "CANCELLED"),
        ("Maintenance notice", WORK + "Reason: new try for cancelled T-0", "CONFIRMED"),
        ("Maintenance notice", WORK + "If it must be cancelled, we shall tell you.", "CONFIRMED"),
    ],
)
def test_status(subject: str, text: str, status: str) -> None:
    assert one(text, subject).status == status


@pytest.mark.parametrize(
    ("impact", "kind", "length"),
    [
        ("1 x 3 hours interruption", "OUTAGE", 10_800),
        ("2 x 15 minutes interruption", "OUTAGE", 1_800),
        ("up to 1 hour of downtime", "OUTAGE", 3_600),
        ("4 h 30 min outage", "OUTAGE", 16_200),
        ("switch hits", "DEGRADED", None),
        ("Loss of redundancy", "REDUCED-REDUNDANCY", None),
        ("no impact expected, at most 5 minutes", "NO-IMPACT", None),
        ("30 minutes", "OUTAGE", 1_800),
        ("to be told", "UNKNOWN", None),
    ],
)
def test_impact(impact: str, kind: str, length: int | None) -> None:
    (circuit,) = one(WORK + f"Impact: {impact}\n").circuits
    assert (circuit.impact, circuit.seconds) == (kind, length)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (WORK.replace("03-14 08", "03-15 08"), "a window of 28 h"),
        (WORK.replace("Ticket: T-1\n", ""), "has no reference: later notices of it cannot be told to be so"),
        (WORK + "Reference: T-2\n", "several references; taken is T-1"),
    ],
)
def test_what_a_person_should_look_at_is_said(text: str, says: str) -> None:
    assert says in one(text).review


def test_without_a_reference_the_same_work_has_the_same_id() -> None:
    text = WORK.replace("Ticket: T-1\n", "")
    first, again = one(text), one("Dear customer,\n\n" + text)
    assert first.maintenance_id.startswith("~")
    assert first.key == again.key != one(text.replace("Z-1", "Z-2")).key


def test_ids_are_compared_without_case_and_blanks() -> None:
    assert one(WORK).key == structs.replace(one(WORK), maintenance_id="t -1").key


def test_a_calendar_of_an_unknown_sender_names_its_provider_itself() -> None:
    calendar = (
        "From: lists@grocer.example\nSubject: Maintenance\nContent-Type: text/calendar\n\n"
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260310T040000Z\nDTEND:20260310T100000Z\nX-MAINTNOTE-PROVIDER:{}\nX-MAINTNOTE-MAINTENANCE-ID:1\n"
        "X-MAINTNOTE-OBJECT-ID:c\nEND:VEVENT\nEND:VCALENDAR\n"
    )
    assert read(calendar.format("ntt.net").encode()).provider == "NTT"
    assert read(calendar.format("nobody").encode()).outcome is Outcome.UNKNOWN_PROVIDER
