"""A message as bytes → who, when, subject, its text, HTML and calendar parts. RFC 5322 and MIME, as far as notices
need.

Every message comes out as some Mail; nothing is raised. Time and memory are bounded by the size handed in and the
limits below: parts are found by searching for their boundaries, and what is no text (attachments) is never decoded.
"""

from __future__ import annotations

import binascii
import hashlib
import quopri
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.header import decode_header
from email.utils import mktime_tz, parsedate_tz

MAX_DEPTH = 8
MAX_PARTS = 100
MAX_HEADERS = 64 * 1024
MAX_TEXT = 256 * 1024
"""Characters of one part, and bytes of it before decoding (base64 a third more); the rest is cut off, and said."""

_FIELD = re.compile(r"^([!-9;-~]{1,76}):[ \t]?(.*)$")
_ADDRESS = re.compile(r"[\w.+'&=/-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}")
_OF_MAIL = frozenset(("from", "subject", "date", "to", "content-type", "message-id", "mime-version", "received"))
_PARAMETER = re.compile(r";\s*([\w*-]{1,30})\s*=\s*(?:\"([^\"\n]{0,200})\"|([^\s;\"]{1,200}))")
_ZONED = re.compile(r":\d\d\s+(?:[+-]\d{4}|GMT|UTC?|Z|[ECMP][SD]T)\b", re.IGNORECASE)
_BLANK = b" \t\r\n"
"""What may stand after a boundary: another one may begin like it."""
_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")


@dataclass(frozen=True, slots=True)
class Mail:
    """`key` is the Message-ID, else `sha256:…` of the bytes; `date` UTC epoch seconds or None when there is none (or
    none that can be understood). `carried` are messages attached to it, as a forward does. `cut` says what was left
    out.
    """

    key: str
    sender: str = ""
    to: str = ""
    date: int | None = None
    subject: str = ""
    texts: tuple[str, ...] = ()
    htmls: tuple[str, ...] = ()
    calendars: tuple[str, ...] = ()
    carried: tuple[Mail, ...] = ()
    cut: tuple[str, ...] = ()


@dataclass(slots=True)
class _Found:
    texts: list[str] = field(default_factory=list)
    htmls: list[str] = field(default_factory=list)
    calendars: list[str] = field(default_factory=list)
    carried: list[Mail] = field(default_factory=list)


@dataclass(slots=True)
class _Limits:
    parts: int = 0
    cut: list[str] = field(default_factory=list)

    def say(self, text: str) -> None:
        if text not in self.cut:
            self.cut.append(text)


def read(data: bytes) -> Mail:
    """The message in these bytes, whatever they are."""
    return _message(data, 0, len(data), 0, _Limits())


def _message(data: bytes, begin: int, end: int, depth: int, limits: _Limits) -> Mail:
    headers, body = _split(data, begin, end, whole=True)
    found = _Found()
    _part(headers, data, body, end, depth, limits, found)
    name = _line(headers.get("message-id", "")).strip("<> ")
    return Mail(
        key=name or f"sha256:{hashlib.sha256(memoryview(data)[begin:end]).hexdigest()}",
        sender=_address(_line(headers.get("from", ""))),
        to=_line(headers.get("to", "")),
        date=_date(headers.get("date", "")),
        subject=_line(headers.get("subject", "")),
        texts=tuple(found.texts),
        htmls=tuple(found.htmls),
        calendars=tuple(found.calendars),
        carried=tuple(found.carried),
        cut=tuple(limits.cut) if not depth else (),
    )


def _split(data: bytes, begin: int, end: int, whole: bool) -> tuple[dict[str, str], int]:
    """Headers by lower-case name (the first of each counts) and where the body begins. A `whole` message that begins
    with no header that mail has is all body; a part may have none, and then begins with an empty line."""
    head = data[begin : min(end, begin + MAX_HEADERS)]
    at = len(head) - len(head.lstrip(b"\r\n\xef\xbb\xbf")) if whole else 0
    if whole and head[at : at + 15].upper() == b"BEGIN:VCALENDAR":
        return {"content-type": "text/calendar"}, begin + at
    headers: dict[str, str] = {}
    last = ""
    first = at
    while at < len(head):
        stop = head.find(b"\n", at)
        stop = len(head) if stop < 0 else stop
        raw = head[at:stop].rstrip(b"\r")
        if not raw.strip():
            return headers, min(begin + stop + 1, end)
        line = _decoded(raw, "utf-8")
        matched = _FIELD.match(line)
        if raw[:1] in b" \t" and headers:
            if last:
                headers[last] += line
        elif matched:
            last = matched[1].lower() if matched[1].lower() not in headers else ""
            if last:
                headers[last] = matched[2]
        elif not (at == first and raw[:5] == b"From "):
            break
        at = stop + 1
    if not whole or headers.keys() & _OF_MAIL:
        return headers, min(begin + at, end)
    return {}, begin  # a bare text that merely looks like headers


def _part(
    headers: Mapping[str, str], data: bytes, begin: int, end: int, depth: int, limits: _Limits, found: _Found
) -> None:
    limits.parts += 1
    if limits.parts > MAX_PARTS:
        return limits.say(f"more than {MAX_PARTS} parts")
    if depth > MAX_DEPTH:
        return limits.say(f"parts nested deeper than {MAX_DEPTH}")
    kind, parameters = _kind(headers.get("content-type", ""))
    placed, named = _kind(headers.get("content-disposition", ""))
    name = (parameters.get("name") or named.get("filename", "")).lower()
    if kind.startswith("multipart/") and parameters.get("boundary"):
        for a, b in _pieces(data, begin, end, parameters["boundary"].encode("latin-1", "replace"), limits):
            inner, body = _split(data, a, b, whole=False)
            _part(inner, data, body, b, depth + 1, limits, found)
        return None
    if kind == "message/rfc822":
        if headers.get("content-transfer-encoding", "").strip().lower() in ("base64", "quoted-printable"):
            plain = _bytes(headers, data, begin, end, limits)
            found.carried.append(_message(plain, 0, len(plain), depth + 1, limits))
        else:
            found.carried.append(_message(data, begin, end, depth + 1, limits))
        return None
    calendar = kind in ("text/calendar", "application/ics") or name.endswith((".ics", ".ical"))
    if not calendar and (placed == "attachment" or not kind.startswith(("text/", "multipart/") if kind else "")):
        return None
    text = _decoded(_bytes(headers, data, begin, end, limits), parameters.get("charset", ""))
    start = text.lstrip("\ufeff \r\n\t")[:200].lower()
    if calendar or start.startswith("begin:vcalendar"):
        found.calendars.append(text)
    elif kind == "text/html" or start.startswith(("<html", "<!doctype html", "<table", "<body")):
        found.htmls.append(text)
    elif kind in ("", "text/plain") or kind.startswith("multipart/"):
        found.texts.append(text)
    return None


def _pieces(data: bytes, begin: int, end: int, boundary: bytes, limits: _Limits) -> list[tuple[int, int]]:
    """What stands between the boundaries. Without an end the last part is what is left."""
    mark = b"--" + boundary
    found: list[tuple[int, int]] = []
    start = -1
    at = data.find(mark, begin, end)
    while at >= 0:
        ended = data[at + len(mark) : at + len(mark) + 2] == b"--"
        after = at + len(mark) + 2 * ended
        if (at == begin or data[at - 1] == 10) and (after >= end or data[after] in _BLANK):
            if start >= 0:
                found.append((start, max(start, at - (2 if data[at - 2 : at - 1] == b"\r" else 1))))
                if len(found) > MAX_PARTS:
                    limits.say(f"more than {MAX_PARTS} parts")
                    return found[:MAX_PARTS]
            if ended:
                return found
            line = data.find(b"\n", at, end)
            if line < 0:
                return found
            start = line + 1
        at = data.find(mark, at + len(mark), end)
    return [*found, (start, end)] if start >= 0 else found


def _bytes(headers: Mapping[str, str], data: bytes, begin: int, end: int, limits: _Limits) -> bytes:
    """The part's bytes out of their transfer encoding, cut to what is read of them."""
    encoding = headers.get("content-transfer-encoding", "").strip().lower()
    most = MAX_TEXT * (3 if encoding == "quoted-printable" else 2 if encoding == "base64" else 1)
    if end - begin > most:
        limits.say(f"a text part is longer than {MAX_TEXT // 1024} KB")
    body = data[begin : min(end, begin + most)]
    if encoding == "base64":
        kept = _BASE64.sub(b"", body)
        kept = kept[:-1] if len(kept) % 4 == 1 else kept + b"=" * (-len(kept) % 4)
        try:
            body = binascii.a2b_base64(kept)
        except binascii.Error:
            return b""
    elif encoding == "quoted-printable":
        body = quopri.decodestring(body)
    return body[:MAX_TEXT]


def _address(value: str) -> str:
    """`"NOC" <noc@carrier.example>` → the address, lower case; empty for none. What stands in the last `<…>` counts."""
    found = _ADDRESS.findall(value[value.rfind("<") + 1 :]) or _ADDRESS.findall(value)
    return found[0].lower() if found else ""


def _decoded(data: bytes, charset: str) -> str:
    """As its charset says; where that is wrong as UTF-8, else as Windows-1252, which has no wrong bytes but five."""
    for name in (charset, "utf-8"):
        try:
            return data.decode(name)
        except (LookupError, UnicodeError, ValueError):
            continue
    return data.decode("cp1252", "replace")


def _kind(value: str) -> tuple[str, dict[str, str]]:
    """`text/plain; charset="utf-8"` → (`text/plain`, {charset: utf-8})."""
    value = value[:2000]
    return value.partition(";")[0].strip().lower(), {
        name.lower(): quoted or bare for name, quoted, bare in _PARAMETER.findall(value)
    }


def _line(value: str) -> str:
    """A header's value as text in one line: encoded words decoded, control characters as blanks."""
    value = value[:2000]
    if "=?" in value:
        try:
            pieces = decode_header(value)
        except Exception:  # email.header raises all sorts on hostile words: then they stand as they came
            pieces = [(value, None)]
        value = "".join(p if isinstance(p, str) else _decoded(p, c or "") for p, c in pieces)
    return " ".join("".join(c if c.isprintable() else " " for c in value).split())


def _date(value: str) -> int | None:
    """A Date header with a zone as epoch seconds; None for anything else."""
    if not _ZONED.search(value[:200]):
        return None
    try:
        read = parsedate_tz(value[:200])
        return None if read is None else int(mktime_tz(read))
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
