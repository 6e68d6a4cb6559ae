"""Bytes → Mail: whatever they are, something comes out, and what can be read is."""

from __future__ import annotations

import base64
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noctui.planned import mail


def test_what_the_standard_library_writes_is_read() -> None:
    """A message of text, HTML, calendar and attachment, as most mail programs make them."""
    made = EmailMessage()
    made["From"] = '"NOC, Zürich" <noc@carrier.example>'
    made["To"] = "noc@grocer.example"
    made["Subject"] = "Wartung – Zürich"
    made["Date"] = "Mon, 02 Mar 2026 09:14:00 +0100"
    made["Message-ID"] = "<one@carrier.example>"
    made.set_content("Grüße\n")
    made.add_alternative("<p>Grüße</p>", subtype="html")
    made.add_attachment(b"BEGIN:VCALENDAR", maintype="text", subtype="calendar", filename="x.ics")
    made.add_attachment(b"\x00\x01", maintype="application", subtype="pdf", filename="list.pdf")
    found = mail.read(bytes(made))
    assert (found.sender, found.to, found.subject) == ("noc@carrier.example", "noc@grocer.example", "Wartung – Zürich")
    assert (found.key, found.date) == ("one@carrier.example", 1772439240)
    assert [t.strip() for t in found.texts] == ["Grüße"]
    assert [t.strip() for t in found.htmls] == ["<p>Grüße</p>"]
    assert found.calendars == ("BEGIN:VCALENDAR",)
    assert found.cut == ()


@given(
    st.text(st.characters(codec="utf-8", exclude_characters="\r\n\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"), max_size=60)
)
def test_a_text_survives_every_transfer_encoding(text: str) -> None:
    for encoding in ("base64", "quoted-printable"):
        made = EmailMessage()
        made.set_content(f"x{text}x\n", cte=encoding)
        assert mail.read(bytes(made)).texts == (f"x{text}x\n",)


@pytest.mark.parametrize("charset", ["iso-8859-1", "windows-1252", "utf-8", "us-ascii", "no-such", ""])
def test_bytes_that_are_not_of_their_charset_are_read_as_latin(charset: str) -> None:
    data = f"Subject: x\nContent-Type: text/plain; charset={charset}\n\nMálaga".encode("latin-1")
    assert mail.read(data).texts == ("Málaga",)


@pytest.mark.parametrize(
    ("header", "address"),
    [
        ("noc@carrier.example", "noc@carrier.example"),
        ("NOC <NOC@Carrier.Example>", "noc@carrier.example"),
        ('"noc@evil.example" <noc@carrier.example>', "noc@carrier.example"),
        ("(a@b.example) noc", "a@b.example"),
        ("nobody", ""),
        ('"(' * 30_000, ""),
    ],
)
def test_the_sender_is_what_stands_in_brackets(header: str, address: str) -> None:
    assert mail.read(f"From: {header}\nSubject: x\n\n.".encode()).sender == address


@pytest.mark.parametrize(
    ("date", "known"),
    [
        ("Mon, 02 Mar 2026 09:14:00 +0000", True),
        ("Mon, 02 Mar 2026 09:14:00 GMT", True),
        ("Mon, 02 Mar 2026 09:14:00", False),  # in which zone?
        ("yesterday", False),
        ("99 Foo 99999999999 99:99:99 +9999", False),
    ],
)
def test_a_date_without_a_zone_is_none(date: str, known: bool) -> None:
    assert (mail.read(f"Subject: x\nDate: {date}\n\n.".encode()).date is not None) is known


def test_without_a_message_id_the_same_bytes_have_the_same_key() -> None:
    one, two = mail.read(b"Subject: x\n\na"), mail.read(b"Subject: x\n\nb")
    assert one.key.startswith("sha256:")
    assert one.key == mail.read(b"Subject: x\n\na").key != two.key


def test_a_calendar_or_a_text_without_headers_is_read_too() -> None:
    assert mail.read(b"BEGIN:VCALENDAR\nEND:VCALENDAR\n").calendars[0].startswith("BEGIN:VCALENDAR")
    assert mail.read(b"Start: 2026-03-14\nEnd: 2026-03-15\n").texts == ("Start: 2026-03-14\nEnd: 2026-03-15\n",)


def test_header_lines_are_unfolded_and_only_the_first_of_a_name_counts() -> None:
    found = mail.read(b"Subject: one\n two\nSubject: three\nFrom: a@b.example\n\n.")
    assert found.subject == "one two"


def test_parts_without_an_end_or_headers_are_read() -> None:
    data = b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nfirst\n--b\nContent-Type: text/html\n\n<p>second"
    found = mail.read(data)
    assert [t.strip() for t in found.texts] == ["first"]
    assert found.htmls == ("<p>second",)


def test_a_broken_base64_gives_what_can_be_had() -> None:
    whole = base64.b64encode(b"Start: 2026-03-14").decode()
    for broken in (whole[:-3], whole[:8] + "!?\x00" + whole[8:], "=" * 50, "A"):
        text = "".join(mail.read(f"Subject: x\nContent-Transfer-Encoding: base64\n\n{broken}".encode()).texts)
        assert text == "" or text.startswith("Start")


@given(st.binary(max_size=400))
def test_any_bytes_are_some_mail(data: bytes) -> None:
    assert mail.read(data).key


_WORDS = st.sampled_from(
    [b"\n", b"\r\n", b"--b", b"--b--", b"Content-Type: multipart/mixed; boundary=b\n",
     b"Content-Type: message/rfc822\n", b"Content-Transfer-Encoding: base64\n",
     b"Subject: =?utf-8?b?w6k=?= =?x?q?=ff?=\n", b"From: <a@b\n", b" ", b"\x00",
     b"\xff", b"text", b"Content-Type: text/calendar; charset=utf-16\n", b"Date: 1 Jan 2026 00:00:00 +9999\n"]
)  # fmt: skip


@given(st.lists(_WORDS, max_size=40))
def test_any_mixture_of_what_mail_is_made_of_is_some_mail(words: list[bytes]) -> None:
    assert mail.read(b"Subject: x\n" + b"".join(words)).key
