"""The words of IMAP (RFC 3501) that a mailbox needs: sets of UIDs, names of folders, what a FETCH answers."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.utils import mktime_tz, parsedate_tz

_NUMBER = re.compile(rb"^\d+ \(")
_UID = re.compile(rb"\bUID (\d{1,10})\b")
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d{1,15})\b")
_DATE = re.compile(rb'\bINTERNALDATE "([^"]{1,40})"')
_CODE = re.compile(rb"^\[([A-Z-]+)")


@dataclass(frozen=True, slots=True)
class Fetched:
    """One mail of a FETCH; what was not told is None."""

    uid: int
    size: int | None = None
    arrived: int | None = None
    body: bytes | None = None


def fetched(data: Sequence[object]) -> Iterator[Fetched]:
    """Of what imaplib made of the answer: pieces of text, and pairs of text and a literal. Anything odd is left out."""
    words, body, begun = b"", None, False
    for piece in data:
        text, literal = (piece[0], piece[1]) if isinstance(piece, tuple) and len(piece) == 2 else (piece, None)
        if not isinstance(text, bytes):
            continue
        if _NUMBER.match(text):
            if begun and (one := _one(words, body)):
                yield one
            words, body, begun = b"", None, True
        words += b" " + text[:4096]
        if isinstance(literal, bytes) and b"BODY[]" in text.upper():
            body = literal
    if begun and (one := _one(words, body)):
        yield one


def _one(words: bytes, body: bytes | None) -> Fetched | None:
    uid = _UID.search(words)
    if uid is None:
        return None
    size, date = _SIZE.search(words), _DATE.search(words)
    if body is None and re.search(rb'BODY\[\](?:<0>)? (?:""|NIL)', words):
        body = b""
    return Fetched(int(uid[1]), int(size[1]) if size else None, _instant(date[1]) if date else None, body)


def _instant(text: bytes) -> int | None:
    """`" 1-Jan-2026 10:00:00 +0000"` as UTC epoch seconds."""
    try:
        found = parsedate_tz(text.decode("ascii").strip().replace("-", " ", 2))
        return None if found is None else int(mktime_tz(found))
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def numbers(data: Sequence[object]) -> list[int]:
    """UIDs of a SEARCH's answer, each once, rising; what is no number is left out."""
    found: set[int] = set()
    for line in data:
        if isinstance(line, bytes):
            found.update(int(word) for word in line.split() if word.isdigit() and len(word) <= 10)
    return sorted(found)


def uid_set(uids: Sequence[int]) -> str:
    """`[1, 2, 3, 7]` → `1:3,7`."""
    spans: list[list[int]] = []
    for uid in uids:
        if spans and uid == spans[-1][1] + 1:
            spans[-1][1] = uid
        else:
            spans.append([uid, uid])
    return ",".join(str(a) if a == b else f"{a}:{b}" for a, b in spans)


def folder_name(name: str) -> str:
    """A folder's name as IMAP writes it: modified UTF-7 (RFC 3501 5.1.3) in quotes."""
    out, odd = "", ""

    def shifted() -> str:
        return "&" + base64.b64encode(odd.encode("utf-16-be")).decode().rstrip("=").replace("/", ",") + "-"

    for c in name:
        if " " <= c <= "~":
            out += (shifted() if odd else "") + ("&-" if c == "&" else c)
            odd = ""
        else:
            odd += c
    out += shifted() if odd else ""
    return quoted(out)


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def code(text: object) -> str:
    """`[AUTHENTICATIONFAILED] no` → `AUTHENTICATIONFAILED`; empty for none."""
    found = _CODE.match(text.strip().upper()) if isinstance(text, bytes) else None
    return found[1].decode() if found else ""
