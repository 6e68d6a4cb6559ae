"""Windows without labels: lines that are a range and nothing else, and sentences."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from noctui.planned import phrases
from noctui.planned.lines import Line
from noctui.planned.times import DATE, Hand, TimeError, stamps
from noctui.planned.windows import BACKUP, JOINED, ReadingError, Timed, fault, instant_of, ranged, timed_of, unlike

_PROSE = re.compile(
    r"\b(?:start|begin|commenc|between|from|window|scheduled|perform|take place|conduct)\w*", re.IGNORECASE
)
_RANGE_ALONE = re.compile(r"^[\s*_|]{0,10}[^:]{6,30}\d:\d\d.{0,20}(?:-|–|to|until).{0,40}\d:\d\d.{0,40}$")


def alone(lines: Sequence[Line]) -> list[Line]:
    """Lines that are a range and nothing else (`24-Oct-2026 04:01 to 24-Oct-2026 09:00 ( GMT )`), as if labelled."""
    return [
        replace(x, field="window", value=x.text.strip(" \t*_|"))
        if not x.field and _RANGE_ALONE.match(x.text) and DATE.match(x.text.strip(" \t*_|"))
        else x
        for x in lines
    ]


def in_prose(lines: Sequence[Line], hand: Hand, part: str) -> list[Timed]:
    """Windows in sentences: `starting at Thu, 20 May 2021 08:00 GMT for 6 hours`, `between A and B`. Raises
    ReadingError."""
    found: list[Timed] = []
    first: ReadingError | None = None
    for line in _sentences(lines):
        if not _PROSE.search(line.text):
            continue
        try:
            marks = [s for s in stamps(line.text, hand) if s.seconds is not None]
            if len(marks) == 2 and marks[0].day and JOINED.match(line.text[marks[0].at[1] : marks[1].at[0]]):
                found.append(ranged(marks, hand, "", None, bool(BACKUP.search(line.text)), part, line))
            elif len(marks) == 1 and marks[0].day:
                after = re.search(r"\b(?:for|lasting|duration of)\b.{0,60}", line.text[marks[0].at[1] :])
                length = phrases.length_of(after[0]) if after else None
                if length:
                    begin = instant_of(marks[0], hand, "", part, line)
                    found.append(timed_of(begin, begin + length, False, line, line, part))
        except TimeError as error:
            first = first or fault(str(error), part, line)
        except ReadingError as error:
            first = first or error
    if first is not None:
        raise first
    return unlike(found, hand, part)


def _sentences(lines: Sequence[Line]) -> list[Line]:
    """Paragraphs joined, then cut at the ends of sentences; each with the number of the line it begins in."""
    found: list[Line] = []
    gathered: list[Line] = []
    for line in [*lines, Line(0, "")]:
        if line.text.strip() and len(gathered) < 12:
            gathered.append(line)
            continue
        text = " ".join(x.text.strip() for x in gathered)
        at = 0
        for sentence in re.split(r"(?<=[a-z)]{2}[.!?;])\s+(?=[A-Z])", text):
            begin, seen = text.find(sentence, at), 0
            number = gathered[0].number if gathered else 0
            for x in gathered:
                if seen <= begin:
                    number = x.number
                seen += len(x.text.strip()) + 1
            at = begin + len(sentence)
            found.append(Line(number, sentence))
        gathered = [line] if line.text.strip() else []
    return [x for x in found if x.text]
