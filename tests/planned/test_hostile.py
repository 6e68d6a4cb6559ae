"""What a notice may not do: take long, take memory, break the reader, or pass off nonsense as a window."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noctui.model.notices import Fault, Notice, Outcome
from noctui.planned import flattened
from noctui.planned.reading import read
from tests.planned.notices import NAMES, raw, seconds

TEXT = "Ticket: T-1\nStart: {start}\nEnd: {end}\nCircuit ID: {circuit}\n"


def told(body: str, kind: str = "text/plain") -> Notice:
    return read(f"From: noc@zayo.com\nSubject: Maintenance\nContent-Type: {kind}\n\n{body}".encode())


def planned(start: str = "2026-03-14 04:00 UTC", end: str = "2026-03-14 08:00 UTC", circuit: str = "Z-1") -> Notice:
    return told(TEXT.format(start=start, end=end, circuit=circuit))


def why(notice: Notice) -> str:
    assert notice.outcome is Outcome.FAILED
    assert notice.maintenances == ()
    return " ".join(f.why for f in notice.faults)


def event(number: int, start: str = "20260310T040000Z", end: str = "20260310T100000Z", circuit: str = "c") -> str:
    return (
        f"BEGIN:VEVENT\nDTSTART:{start}\nDTEND:{end}\nX-MAINTNOTE-MAINTENANCE-ID:M-{number}\n"
        f"X-MAINTNOTE-OBJECT-ID:{circuit}\nEND:VEVENT\n"
    )


def calendar(*events: str) -> Notice:
    return told("BEGIN:VCALENDAR\n" + "".join(events) + "END:VCALENDAR\n", "text/calendar")


def test_ten_thousand_events_are_refused() -> None:
    assert why(calendar(*(event(i) for i in range(10_000)))) == "more than 1000 events"


def test_hundreds_of_events_of_one_work_are_one_work() -> None:
    (work,) = calendar(*(event(1, circuit=f"c{i}") for i in range(900))).maintenances
    assert len(work.circuits) == 900
    assert len(work.windows) == 1


@pytest.mark.parametrize(
    ("start", "end", "says"),
    [
        ("2026-03-14 08:00 UTC", "2026-03-14 04:00 UTC", "it ends before it starts"),
        ("2026-03-14 08:00 UTC", "2026-03-14 08:00 UTC", "it ends before it starts"),
        ("2026-03-14 08:00 UTC", "2027-03-14 08:00 UTC", "longer than 14 days"),
        ("1970-01-01 00:00 UTC", "1970-01-01 04:00 UTC", "the year 1970"),
        ("2100-01-01 00:00 UTC", "2100-01-01 04:00 UTC", "the year 2100"),
        ("2026-02-30 04:00 UTC", "2026-02-30 08:00 UTC", "no such day"),
        ("2026-03-14 25:00 UTC", "2026-03-14 26:00 UTC", "no such time of day"),
        ("Monday 2026-03-14 04:00 UTC", "2026-03-14 08:00 UTC", "2026-03-14 is no Mon"),
        ("2026-03-14 04:00", "2026-03-14 08:00", "in which zone?"),
        ("2026-03-14 04:00 UTC", "2026-03-14 08:00", "in which zone?"),
        ("2026-03-14 04:00 IST", "2026-03-14 08:00 IST", "IST can be more than one zone"),
        ("2026-03-14 04:00 UTC+99", "2026-03-14 08:00 UTC", "no zone"),
        ("03/04/2026 04:00 UTC", "03/04/2026 08:00 UTC", "day or month first?"),
        ("03/14/2026 04:00 UTC", "15/03/2026 08:00 UTC", "numeric dates of both orders"),
        ("2026-03-14 04:00 UTC 2026-03-21 04:00 UTC", "2026-03-14 08:00 UTC", "two times without a word between them"),
        ("2026-03-14", "2026-03-15", "a date without a time"),
        ("04:00 UTC", "08:00 UTC", "a time without a date"),
    ],
)
def test_no_window_is_made_of_nonsense(start: str, end: str, says: str) -> None:
    assert says in why(planned(start, end))


@pytest.mark.parametrize(
    ("start", "end", "says"),
    [
        ("20260310T100000Z", "20260310T040000Z", "it ends before it starts"),
        ("20260310T100000Z", "20270310T100000Z", "longer than 14 days"),
        ("19700101T000000Z", "19700101T040000Z", "the year 1970"),
        ("21000101T000000Z", "21000101T040000Z", "the year 2100"),
        ("20260310T040000", "20260310T100000", "in which zone?"),
        ("20260310", "20260311", "in which zone?"),
        ("20261310T040000Z", "20261310T100000Z", "month must be in 1..12"),
        ("tomorrow", "20260310T100000Z", "no time of iCalendar"),
    ],
)
def test_nor_of_a_calendar(start: str, end: str, says: str) -> None:
    assert says in why(calendar(event(1, start, end)))


def test_an_event_that_repeats_is_refused() -> None:
    assert "repeats" in why(calendar(event(1).replace("DTSTART", "RRULE:FREQ=SECONDLY\nDTSTART")))


@pytest.mark.parametrize(
    "circuit", ["[bold red]IC-1[/]", "*", "%", "IC-1'); DROP TABLE circuits", "=cmd|' /C calc'!A0"]
)
def test_markup_and_wildcards_in_a_circuits_id_are_data(circuit: str) -> None:
    (work,) = planned(circuit=circuit).maintenances if any(c.isalnum() for c in circuit) else (None,)
    assert work is None or work.circuits[0].circuit == circuit.split(",")[0].split(";")[0]


def test_escapes_are_not_passed_on() -> None:
    (work,) = planned(circuit="IC-1\x1b[31m\x07").maintenances
    assert work.circuits[0].circuit.isprintable()
    assert all(s.text.isprintable() for s in work.sources)


def test_entities_are_never_expanded_by_what_a_message_defines() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>' + "<p>&b;&b;</p>"
    assert flattened.text(bomb).strip().splitlines()[-1] == "&b;&b;"


PIECES = (
    "<!--", "<![CDATA[", "<a ", '<a b="', "<a b=c ", "&#", "<table><tr><td>", "<div>", "</", "<script>", "<textarea>",
    "<", "<a '", "<td>x",
)  # fmt: skip


@pytest.mark.parametrize("piece", PIECES)
def test_html_left_open_is_read_in_one_pass(piece: str) -> None:
    """Half a megabyte of each: the standard library's parser takes up to minutes for it. No clock here: what grows with
    the square would not end within the suite."""
    assert told(piece * (500_000 // len(piece)), "text/html").outcome is Outcome.FAILED


LINES = ("start: ", "1 ", "12:00 ", "(", "from: a\n", "start: 2026-03-14 04:00 UTC\n", "circuit: c1\n", "C-1, ", "> ")


@pytest.mark.parametrize("piece", LINES)
def test_text_of_any_length_is_read_in_bounded_time(piece: str) -> None:
    assert told(piece * (100_000 // len(piece))).outcome is Outcome.FAILED


def test_an_attachment_of_fifty_megabytes_is_passed_over_without_a_copy() -> None:
    attached = b"Content-Type: application/pdf\nContent-Transfer-Encoding: base64\n\n" + b"QUJD" * 13_000_000
    text = TEXT.format(start="2026-03-14 04:00 UTC", end="2026-03-14 08:00 UTC", circuit="Z-1").encode()
    data = (
        b"From: noc@zayo.com\nSubject: Maintenance\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n"
        + text + b"\n--b\n" + attached + b"\n--b--\n"
    )  # fmt: skip
    tracemalloc.start()
    notice = read(data)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert notice.outcome is Outcome.PARSED
    assert most < 5_000_000


def test_a_text_that_was_cut_is_said_to_be() -> None:
    text = TEXT.format(start="2026-03-14 04:00 UTC", end="2026-03-14 08:00 UTC", circuit="Z-1")
    (work,) = told(text + "more\n" * 100_000).maintenances
    assert "a text part is longer than 256 KB" in work.review
    assert "too long: not all of its text was read" in work.review


def test_messages_in_messages_and_parts_in_parts_have_an_end() -> None:
    nested = "x"
    for i in range(300):
        nested = f"Content-Type: multipart/mixed; boundary=b{i}\n\n--b{i}\n{nested}\n--b{i}--\n"
    carried = "Content-Type: message/rfc822\n\n" * 300
    for data in (nested, carried, "Content-Type: multipart/mixed; boundary=b\n\n" + "--b\n\n" * 100_000):
        assert read(data.encode()).outcome in (Outcome.IGNORED, Outcome.FAILED, Outcome.UNKNOWN_PROVIDER)


def broke(notice: Notice) -> list[Fault]:
    return [f for f in notice.faults if "reader broke" in f.why]


@given(st.data())
def test_no_notice_that_was_damaged_breaks_a_reader(data: st.DataObject) -> None:
    """Pieces cut out, doubled, turned into other bytes, put into another notice."""
    one, two = (bytearray(raw(data.draw(st.sampled_from(NAMES)))) for _ in range(2))
    for _ in range(data.draw(st.integers(1, 6))):
        a, n = data.draw(st.integers(0, len(one))), data.draw(st.integers(0, 60))
        b = data.draw(st.integers(0, len(two)))
        one[a : a + n] = data.draw(st.sampled_from([b"", one[a : a + n] * 2, two[b : b + n], b"\xff\x00", b"99", b":"]))
    assert broke(read(bytes(one))) == []


_WORDS = st.sampled_from(
    ["Start", "End", ":", " ", "\n", "2026-03-14", "14/03/2026", "Mar 14, 2026", "04:00", "24:00", "11:59 pm", "UTC",
     "ET", "Europe/London", "GMT+3", "-", "to", "Circuit ID: ", "Z-1", ",", "(", ")", "Impact: ", "2 x 3 hours",
     "for 6 hours", "Ticket: ", "T-1", "Window: ", "cancelled", "|", "\t", "Date: ", "Time zone: ", "backup", "between",
     "01:00", "Local"]
)  # fmt: skip


@given(st.lists(_WORDS, max_size=40))
def test_no_mixture_of_a_notices_words_breaks_it_and_windows_are_windows(words: list[str]) -> None:
    notice = told("".join(words))
    assert broke(notice) == []
    for work in notice.maintenances:
        for w in work.windows:
            assert seconds("2000-01-01") <= w.start < w.end <= w.start + 14 * 86_400
