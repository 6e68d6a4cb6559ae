"""Mails that no carrier sends, by what is wrong with them."""

from __future__ import annotations

import base64

GOOD = (
    b"Message-ID: <good@zayo.com>\r\nFrom: noc@zayo.com\r\nSubject: Maintenance T-1\r\n\r\n"
    b"Ticket: T-1\r\nStart: 2026-03-14 04:00 UTC\r\nEnd: 2026-03-14 08:00 UTC\r\nCircuit ID: Z-1\r\n"
)
HEAD = b"From: noc@zayo.com\r\nSubject: Maintenance\r\n"


def _carried(depth: int) -> bytes:
    return (HEAD + b"Content-Type: message/rfc822\r\n\r\n") * depth + HEAD + b"\r\nStart: now\r\n"


def _parted(depth: int) -> bytes:
    parts = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(depth))
    return HEAD + parts + b"\r\ndeep\r\n"


def _of(kind: bytes, body: bytes, encoding: bytes = b"8bit") -> bytes:
    return HEAD + b"Content-Type: " + kind + b"\r\nContent-Transfer-Encoding: " + encoding + b"\r\n\r\n" + body


def _mixed(boundary: bytes, body: bytes) -> bytes:
    return _of(b'multipart/mixed; boundary="' + boundary + b'"', body)


MAILS: dict[str, bytes] = {
    "nothing but a blank": b"\r\n",
    "no headers": b"just words\r\n",
    "headers alone": HEAD,
    "messages in messages": _carried(500),
    "parts in parts": _parted(2_000),
    "a boundary that never ends": _mixed(b"b", b"--b\r\n\r\n" * 5_000),
    "no boundary": _of(b"multipart/mixed", b"--\r\n\r\nx\r\n--\r\n"),
    "an empty boundary": _mixed(b"", b"--\r\n\r\nx\r\n--\r\n"),
    "a boundary of signs": _mixed(b"(.*)+[a-z]{9}", b"--(.*)+[a-z]{9}\r\n\r\nx\r\n"),
    "boundaries without an end": _mixed(b"b", b"--bb" * 200_000),
    "ten thousand parts": _mixed(b"b", b"--b\r\nContent-Type: text/html\r\n\r\n<p>x</p>\r\n" * 10_000),
    "a charset that is none": _of(b"text/plain; charset=x-nonsense\x00", b"Start: caf\xe9\r\n"),
    "a charset that is a codec": _of(b"text/plain; charset=zlib_codec", b"x\x9cKL\x04\x00\x00b\x00b\r\n"),
    "utf-16 said to be utf-8": _of(b"text/plain; charset=utf-8", "Start: 2026".encode("utf-16")),
    "half of utf-16": _of(b"text/plain; charset=utf-16", b"\xff\xfeS\x00t"),
    "idna and punycode": _of(b"text/plain; charset=punycode", b"x" * 9_000 + b"-" + b"9" * 9_000),
    "base64 that is none": _of(b"text/plain", b"====\xff!!" * 10_000, b"base64"),
    "quoted-printable that is none": _of(b"text/plain", b"=Z=\r\n==3D=" * 10_000, b"quoted-printable"),
    "base64 within base64": _of(b"text/plain", base64.b64encode(base64.b64encode(b"a" * 100_000)), b"base64"),
    "a header of a megabyte": HEAD + b"X-Long: " + b"a" * 1_000_000 + b"\r\n\r\nx\r\n",
    "a header of folded lines": HEAD + b"X-Long: a\r\n" + b" b\r\n" * 10_000 + b"\r\nx\r\n",
    "thousands of headers": HEAD + b"X-H: 1\r\n" * 5_000 + b"\r\nx\r\n",
    "encoded words": b"From: noc@zayo.com\r\nSubject: " + b"=?utf-8?B?=ff=?= " * 5_000 + b"\r\n\r\nx\r\n",
    "an encoded word of no charset": b"Subject: =?x-none?Q?=80=FF?= =?utf-8?X?y?=\r\n\r\nx\r\n",
    "an endless id": b"Message-ID: <" + b"i" * 100_000 + b"@x>\r\n" + HEAD + b"\r\nx\r\n",
    "many ids": b"Message-ID: <a@x>\r\n" * 1_000 + HEAD + b"\r\nx\r\n",
    "a line of two megabytes": HEAD + b"\r\nStart: " + b"2026-03-14 04:00 UTC to " * 90_000 + b"\r\n",
    "ten thousand lines": HEAD + b"\r\n" + b"Start: 2026-03-14 04:00 UTC\r\n" * 10_000,
    "bytes of all kinds": HEAD + b"\r\n" + bytes(range(1, 256)) * 100,
    "carriage returns alone": HEAD.replace(b"\r\n", b"\r") + b"\rStart: now\r",
    "tables in tables": _of(b"text/html", b"<table><tr><td>" * 10_000),
    "tags that never close": _of(b"text/html", b"<a <a <a '\"<" * 10_000),
    "a calendar that never ends": _of(b"text/calendar", b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * 50_000),
    "an attachment that unpacks to much": _mixed(
        b"b", b"--b\r\nContent-Type: application/zip; name=a.zip\r\n\r\nPK\x03\x04" + b"0" * 500_000
    ),
}  # fmt: skip
