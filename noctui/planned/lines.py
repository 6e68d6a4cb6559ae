"""A message's text as lines with their labels: quoted history cut off, a forward unwrapped, label and value apart."""

from __future__ import annotations

import re
from dataclasses import dataclass

from noctui.planned import fields

MAX_LINES = 5_000
MAX_LENGTH = 4_000

_REPLY = re.compile(
    r"^\s*(?:-{2,}\s*original message\s*-{2,}|on\b.{5,200}\bwrote:|le\b.{5,200}\ba écrit\s*:|"
    r"am\b.{5,200}\bschrieb.{0,80}:)\s*$",
    re.IGNORECASE,
)
_FORWARD = re.compile(
    r"^\s*(?:-{2,}\s*forwarded message\s*-{2,}|begin forwarded message:|-{2,}\s*original message\s*-{2,})\s*$",
    re.IGNORECASE,
)
_HEADER = re.compile(r"^\s*\*?(from|sent|date|to|cc|subject|reply-to)\s*:\*?\s*(.*)$", re.IGNORECASE)
_FORWARDED_SUBJECT = re.compile(r"^\s*(?:fwd?|wg|tr)\s*:", re.IGNORECASE)
_ADDRESS = re.compile(r"[\w.+'-]{1,64}@[\w.-]{1,190}")
_LABEL = re.compile(
    r"^[\s*_•·▪\-–|>#]{0,12}(?:\d{1,2}[.)]\s+)?"
    r"(?P<label>[^\W_](?:[^:=\t|()\n]|\([^()\n]{0,40}\)){1,60}?)[\s*_]{0,4}"
    r"(?P<gap>[:=]|\t+|\|| {3,})[\s*_|]{0,40}(?P<value>.*)$"
)
_NEXT = re.compile(
    r"(?<=\S)(?:\s{2,}|\s*[|;,]\s*)(?=(?:[a-z]+ ){0,2}(?:start|end|begin|finish|until|circuit|service|impact|"
    r"status|reference)"
    r"[a-z /()]{0,30}:)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line, or a labelled piece of one. `field` is what its label means, empty for a line of no known label."""

    number: int
    text: str
    field: str = ""
    label: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Body:
    """What a message itself says. `sender`, `subject` and `written` (its date, as it stands there) are those of the
    message forwarded in it, when it is one. `cut`: it has more lines, or longer ones, than are read."""

    lines: tuple[Line, ...]
    sender: str = ""
    subject: str = ""
    cut: bool = False
    written: str = ""


def body(text: str, subject: str = "") -> Body:
    """The newest text of a message. Of a forward it is the forwarded text: whoever forwards tells nothing of times."""
    every = text.splitlines()
    rows = [(i, _clean(row)) for i, row in enumerate(every[:MAX_LINES], 1)]
    forwarded = bool(_FORWARDED_SUBJECT.match(subject))
    sender = inner = written = ""
    at, mark = _history(rows, 0)
    if at is not None and (forwarded or mark == "forward"):
        begin, sender, inner, written = _after_headers(rows, at)
        rows = [(n, row.lstrip("> ") if row.startswith(">") else row) for n, row in rows[begin:]]
        at, mark = _history(rows, 0)
    kept = [(n, row) for n, row in rows[:at] if not row.lstrip().startswith(">")]
    cut = len(every) > MAX_LINES or any(len(r) > MAX_LENGTH for r in every)
    return Body(tuple(labelled(kept)), sender, inner, cut, written)


def _clean(row: str) -> str:
    return "".join(c if c.isprintable() or c == "\t" else " " for c in row[:MAX_LENGTH]).rstrip()


def _history(rows: list[tuple[int, str]], begin: int) -> tuple[int | None, str]:
    """Row at which an earlier message begins, and whether it is marked as a forward."""
    for i in range(begin, len(rows)):
        row = rows[i][1].lstrip("> ")
        if _FORWARD.match(row):
            return i, "reply" if "original" in row.lower() else "forward"
        if _REPLY.match(row):
            return i, "reply"
        if _HEADER.match(row) and row.lstrip(" *").lower().startswith("from"):
            names = {m[1].lower() for _, r in rows[i + 1 : i + 7] if (m := _HEADER.match(r.lstrip("> ")))}
            if names & {"sent", "date"} and names & {"subject", "to"}:
                return i, "reply"
    return None, ""


def _after_headers(rows: list[tuple[int, str]], at: int) -> tuple[int, str, str, str]:
    """Where the text below a forward's headers begins; who it was from, its subject, its date."""
    sender = subject = written = ""
    seen = False
    for i in range(at, min(at + 20, len(rows))):
        row = rows[i][1].lstrip("> ")
        m = _HEADER.match(row)
        if m:
            seen = True
            address = _ADDRESS.search(m[2])
            if m[1].lower() == "from" and address:
                sender = address[0].lower()
            elif m[1].lower() == "subject":
                subject = m[2].strip()
            elif m[1].lower() in ("date", "sent"):
                written = m[2].strip()
        elif seen and not row.strip():
            return i + 1, sender, subject, written
    return min(at + 1, len(rows)), sender, subject, written


def labelled(rows: list[tuple[int, str]]) -> list[Line]:
    """Lines with their labels. A label alone in its line is for the next one that has none of its own."""
    found: list[Line] = []
    for number, row in rows:
        found += [_line(number, piece) for piece in (_NEXT.split(row) if ":" in row else (row,))]
    for i, line in enumerate(found):
        if not line.field or line.value or line.field in fields.LISTED:
            continue
        for later in found[i + 1 : i + 3]:
            if later.text.strip():
                if not later.field:
                    found[i] = Line(later.number, later.text, line.field, line.label, later.text.strip(" *_•|"))
                break
    return found


def _line(number: int, row: str) -> Line:
    m = _LABEL.match(row)
    if m:
        field = fields.of_label(m["label"])
        if field:
            return Line(number, row, field, m["label"], m["value"].strip(" \t*_|"))
    alone = row.strip(" \t*_:#|•")
    if 2 < len(alone) <= 60 and (field := fields.of_label(alone)) in fields.ALONE:
        return Line(number, row, field, alone)
    return Line(number, row)
