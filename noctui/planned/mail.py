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
from email.utils import mktime_tz, parseaddr, parsedate_tz

MAX_DEPTH = 8
MAX_PARTS = 100
MAX_HEADERS = 64 * 1024
MAX_TEXT = 512 * 1024
"""Characters of one part, and bytes of it before decoding (base64 a third more); the rest is cut off, and said."""

_FIELD = re.compile(r"^([!-9;-~]{1,76}):[ \t]?(.*)$")
_PARAMETER = re.compile(r";\s*([\w*-]{1,30})\s*=\s*(?:\"([^\"\n]{0,200})\"|([^\s;\"]{1,200}))")
_ZONED = re.compile(r":\d\d\s+(?:[+-]\d{4}|GMT|UTC?|Z|[ECMP][SD]T)\b", re.IGNORECASE)
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
    limits = _Limits()
    return _message(data, 0, limits)


def _message(data: bytes, depth: int, limits: _Limits) -> Mail:
    headers, body = _split(data)
    found = _Found()
    _part(headers, body, depth, limits, found)
    name = _line(headers.get("message-id", "")).strip("<> ")
    sender = parseaddr(_line(headers.get("from", "")))[1].lower()
    return Mail(
        key=name or f"sha256:{hashlib.sha256(data).hexdigest()}",
        sender=sender if "@" in sender else "",
        to=_line(headers.get("to", "")),
        date=_date(headers.get("date", "")),
        subject=_line(headers.get("subject", "")),
        texts=tuple(found.texts),
        htmls=tuple(found.htmls),
        calendars=tuple(found.calendars),
        carried=tuple(found.carried),
        cut=tuple(limits.cut) if not depth else (),
    )


def _split(data: bytes) -> tuple[dict[str, str], bytes]:
    """Headers by lower-case name (the first of each counts) and the body. What begins with no header is all body."""
    head = data[:MAX_HEADERS].lstrip(b"\r\n\xef\xbb\xbf")
    offset = min(len(data), MAX_HEADERS) - len(head)
    headers: dict[str, str] = {}
    last = ""
    at = 0
    if head[:15].upper() == b"BEGIN:VCALENDAR":
        return {"content-type": "text/calendar"}, data[offset:]
    while at < len(head):
        end = head.find(b"\n", at)
        stop = len(head) if end < 0 else end
        raw = head[at:stop].rstrip(b"\r")
        if not raw.strip():
            return headers, data[offset + stop + 1 :]
        line = _decoded(raw, "utf-8")
        matched = _FIELD.match(line)
        if raw[:1] in b" \t" and headers:
            if last:
                headers[last] += line
        elif matched:
            last = matched[1].lower() if matched[1].lower() not in headers else ""
            if last:
                headers[last] = matched[2]
        elif not (at == 0 and raw[:5] == b"From "):
            break
        at = stop + 1
    known = {"from", "subject", "date", "to", "content-type", "message-id", "mime-version", "received"}
    if known & headers.keys():
        return headers, data[offset + at :]
    return {}, data  # a bare text that merely looks like headers


def _part(headers: Mapping[str, str], body: bytes, depth: int, limits: _Limits, found: _Found) -> None:
    limits.parts += 1
    if limits.parts > MAX_PARTS:
        return limits.say(f"more than {MAX_PARTS} parts")
    if depth > MAX_DEPTH:
        return limits.say(f"parts nested deeper than {MAX_DEPTH}")
    kind, parameters = _kind(headers.get("content-type", ""))
    name = (parameters.get("name") or _kind(headers.get("content-disposition", ""))[1].get("filename", "")).lower()
    if kind.startswith("multipart/") and parameters.get("boundary"):
        for piece in _pieces(body, parameters["boundary"].encode("latin-1", "replace"), limits):
            _part(*_split_part(piece), depth + 1, limits, found)
        return None
    if kind == "message/rfc822":
        found.carried.append(_message(_bytes(headers, body, limits), depth + 1, limits))
        return None
    calendar = kind in ("text/calendar", "application/ics") or name.endswith((".ics", ".ical"))
    attached = _kind(headers.get("content-disposition", ""))[0] == "attachment"
    if not calendar and (attached or not (kind.startswith("text/") or kind in ("", "multipart/mixed"))):
        return None
    text = _decoded(_bytes(headers, body, limits), parameters.get("charset", ""))
    start = text.lstrip("\ufeff \r\n\t")[:200].lower()
    if calendar or start.startswith("begin:vcalendar"):
        found.calendars.append(text)
    elif kind == "text/html" or start.startswith(("<html", "<!doctype html", "<table", "<body")):
        found.htmls.append(text)
    elif kind in ("", "text/plain") or kind.startswith("multipart/"):
        found.texts.append(text)
    return None


def _split_part(piece: bytes) -> tuple[dict[str, str], bytes]:
    """A part may have no headers: it then begins with an empty line."""
    if piece[:1] == b"\n" or piece[:2] == b"\r\n":
        return {}, piece
    headers: dict[str, str]
    head, gap, body = piece.partition(b"\n\r\n" if b"\n\r\n" in piece[:MAX_HEADERS] else b"\n\n")
    if not gap or len(head) > MAX_HEADERS:
        return {}, piece
    headers, last = {}, ""
    for line in _decoded(head, "utf-8").splitlines():
        matched = _FIELD.match(line)
        if line[:1] in (" ", "\t") and last:
            headers[last] += line
        elif matched:
            last = matched[1].lower()
            headers.setdefault(last, matched[2])
    return headers, body


def _pieces(body: bytes, boundary: bytes, limits: _Limits) -> list[bytes]:
    """What stands between the boundaries. Without an end the last part is what is left."""
    mark = b"--" + boundary
    found: list[bytes] = []
    start = -1
    at = body.find(mark)
    while at >= 0:
        if at == 0 or body[at - 1] == 10:
            if start >= 0:
                found.append(body[start : at - 1].removesuffix(b"\r"))
                if len(found) > MAX_PARTS:
                    limits.say(f"more than {MAX_PARTS} parts")
                    return found[:MAX_PARTS]
            if body[at + len(mark) : at + len(mark) + 2] == b"--":
                return found
            line = body.find(b"\n", at)
            if line < 0:
                return found
            start = line + 1
        at = body.find(mark, at + len(mark))
    if start >= 0:
        found.append(body[start:])
    return found


def _bytes(headers: Mapping[str, str], body: bytes, limits: _Limits) -> bytes:
    """The part's bytes out of their transfer encoding, cut to what is read of them."""
    encoding = headers.get("content-transfer-encoding", "").strip().lower()
    most = MAX_TEXT * (3 if encoding == "quoted-printable" else 2 if encoding == "base64" else 1)
    if len(body) > most:
        limits.say(f"a text part is longer than {MAX_TEXT // 1024} KB")
        body = body[:most]
    if encoding == "base64":
        kept = _BASE64.sub(b"", body)
        kept = kept[: len(kept) // 4 * 4] if len(kept) % 4 == 1 else kept + b"=" * (-len(kept) % 4)
        try:
            body = binascii.a2b_base64(kept)
        except binascii.Error:
            return b""
    elif encoding == "quoted-printable":
        body = quopri.decodestring(body)
    return body[:MAX_TEXT]


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
        except Exception:
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
