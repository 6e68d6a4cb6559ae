"""The windows of a notice out of its labelled lines: starts and ends paired, ranges, durations, backup windows.

Nothing is guessed: an end without a zone or a date whose order is not known stops the reading, with the line that
says so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from noctui.model.notices import Fault, Window
from noctui.planned import phrases, zones
from noctui.planned.lines import Line
from noctui.planned.times import Hand, Stamp, TimeError, instant, stamps

MAX_DAYS = 14
"""A longer window is a mistake, or nothing that one may rely on."""
MAX_WINDOWS = 100
LONG = 12 * 3600
"""A window that is longer is worth a look: two nights made into one would excuse the day between."""

BACKUP = re.compile(
    r"\b(?:back-?up|alternat(?:e|ive)|reserve|contingency|fall-?back|rain date|secondary)\b", re.IGNORECASE
)
_BRACKETS = re.compile(r"\([^()]{0,120}\)")
JOINED = re.compile(
    r"^[\s,.)]*(?:-|–|—|to|until|till|through|thru|and|bis|hasta|à|al?|>|->|→|end(?:ing|s)?(?: at| on)?)[\s,(:]*$",
    re.IGNORECASE,
)
_UNSURE = ("more than one zone", "in which zone?", "a time without a date", "no zone")
_UTC = re.compile(r"\b(?:utc|gmt)\b(?!\s*[+-])", re.IGNORECASE)
_ALL_TIMES = re.compile(
    r"\b(?:all\s+)?(?:times?|dates?(?: and times?)?|schedules?)\s+(?:are|is|in|shown|given|listed|stated|below|"
    r"above|quoted|expressed|\s)+(?P<zone>.{2,60})",
    re.IGNORECASE,
)  # fmt: skip
_IN_LABEL = re.compile(r"\(([^()]{1,40})\)|\b(utc|gmt)\b", re.IGNORECASE)


class ReadingError(ValueError):
    """What cannot be read, and the line that says so."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.said)
        self.fault = fault


def fault(why: str, part: str, line: Line | None = None) -> ReadingError:
    return ReadingError(Fault(why, part, line.number if line else 0, line.text.strip()[:200] if line else ""))


@dataclass(slots=True)
class Timed:
    """A window with the lines it was read in."""

    window: Window
    start: Line
    end: Line


@dataclass(slots=True)
class _Point:
    stamp: Stamp
    line: Line
    hint: str
    backup: bool


@dataclass(slots=True)
class _Group:
    starts: list[_Point] = field(default_factory=list)
    ends: list[_Point] = field(default_factory=list)


def zone_of(lines: Sequence[Line]) -> str:
    """The zone a notice says all its times are in: `Time zone: UTC`, `All times are in GMT`; empty where it does
    not."""
    for line in lines:
        if line.field == "zone":
            m = zones.ZONE.search(line.value[:60])
        else:
            said = _ALL_TIMES.search(line.text[:300])
            m = zones.ZONE.match(re.sub(r"^(?:in|the|\s)+", "", said["zone"])) if said else None
        if m:
            return m[0]
    return ""


def windows(lines: Sequence[Line], hand: Hand, part: str) -> list[Timed]:
    """All windows, in the order of the text. Raises ReadingError."""
    found: list[Timed] = []
    unsure: list[tuple[list[Stamp], ReadingError]] = []
    group = _Group()
    day: _Point | None = None
    backup = False
    length = next((s for x in lines if x.field == "length" and (s := phrases.length_of(x.value, True))), None)
    for line in lines:
        if line.field not in ("start", "end", "window"):
            if BACKUP.search(line.text[:120]) and not line.field:
                backup = True
            elif not line.field and re.search(r"\bprimary\b", line.text[:120], re.IGNORECASE):
                backup = False
            continue
        try:
            marks = _marks(line, hand)
        except TimeError as error:
            raise fault(str(error), part, line) from error
        hint = _hint(line)
        spare = backup or bool(BACKUP.search(line.label))
        if not marks:
            if line.field == "window":  # a title: `Backup window`, `Window 2`
                backup = bool(BACKUP.search(line.text[:120]) or BACKUP.search(line.label))
            continue
        if line.field == "end" and sum(s.seconds is not None for s in marks) > 1:
            raise fault("a range where an end is to stand", part, line)
        if line.field == "window" or len(marks) > 1:
            if len(marks) == 1:
                if marks[0].seconds is None:
                    day = _Point(marks[0], line, hint, spare)
                    continue
                extra = phrases.length_of(line.value[marks[0].at[1] :]) or length
                if marks[0].day and extra:
                    begin = instant_of(marks[0], hand, hint, part, line)
                    found.append(timed_of(begin, begin + extra, spare, line, line, part))
                continue
            try:
                found.append(ranged(marks, hand, hint, day, spare, part, line))
            except ReadingError as error:
                if not any(why in error.fault.why for why in _UNSURE):
                    raise
                unsure.append((marks, error))
            continue
        point = _Point(marks[0], line, hint, spare)
        if line.field == "start":
            if group.ends and not _completes(group.ends[-1:], point):
                found += _paired(group, hand, day, length, part)
                group = _Group()
            if not _joined(group.starts, point):
                group.starts.append(point)
        elif not _joined(group.ends, point):
            group.ends.append(point)
    if group.starts or group.ends:
        found += _paired(group, hand, day, length, part)
    for marks, doubted in unsure:
        if not any(_same_by_the_clock(marks, timed.window) for timed in found):
            raise doubted
    return unlike(found, hand, part)


def _same_by_the_clock(marks: Sequence[Stamp], window: Window) -> bool:
    """Whether a range in a zone that is not sure can be this window: as long, and no farther off than zones are.

    `00:01 - 05:00 ( Eastern )` gives way to `04:01 to 09:00 ( GMT )` beside it.
    """
    timed = [m for m in marks if m.seconds is not None]
    if len(timed) != 2 or timed[0].day is None:
        return False
    start, end = timed
    if end.day is None:
        end = replace(end, day=start.day if (end.seconds or 0) > (start.seconds or 0) else _next(start))
    local = [_clock(s) for s in (start, end)]
    return local[1] - local[0] == window.end - window.start and abs(local[0] - window.start) <= 14 * 3600


def _next(stamp: Stamp) -> date:
    assert stamp.day is not None
    return stamp.day + timedelta(days=1)


def _clock(stamp: Stamp) -> int:
    assert stamp.day is not None
    return stamp.day.toordinal() * 86_400 - date(1970, 1, 1).toordinal() * 86_400 + (stamp.seconds or 0)


def _completes(points: Sequence[_Point], new: _Point) -> bool:
    return False if not points else points[-1].line.field == new.line.field and points[-1].stamp.day is None


def _joined(points: list[_Point], new: _Point) -> bool:
    """A date and a time in lines of their own are one: `Start date: …`, `Start time: …`."""
    if not points:
        return False
    old = points[-1].stamp
    if old.seconds is None and old.day and new.stamp.day is None:
        points[-1] = replace(
            points[-1], stamp=replace(new.stamp, day=old.day), line=new.line, hint=new.hint or points[-1].hint
        )
        return True
    if old.day is None and new.stamp.seconds is None:
        points[-1] = replace(points[-1], stamp=replace(old, day=new.stamp.day))
        return True
    return False


def _marks(line: Line, hand: Hand) -> list[Stamp]:
    """The stamps of a value. What is said again in brackets (the local time) is left out when enough stands outside."""
    again = [m for m in _BRACKETS.finditer(line.value) if _is_time(m[0])]
    outside = line.value
    for m in again:
        outside = outside[: m.start()] + " " * len(m[0]) + outside[m.end() :]
    if again:
        kept = stamps(outside, hand)
        if any(s.seconds is not None for s in kept):
            for m in again:
                _agrees(kept, m, hand, _hint(line))
            return kept
    return stamps(line.value, hand)


def _is_time(bracket: str) -> bool:
    """`(07:00 CEST)`, and not `(UTC-05:00)`."""
    inner = bracket[1:-1].strip()
    return bool(re.search(r"\d[:h]\d|\d\s*[ap]m", inner)) and not zones.ZONE.fullmatch(inner)


def _agrees(outside: Sequence[Stamp], bracket: re.Match[str], hand: Hand, hint: str) -> None:
    """What is said again in brackets, in a zone that is sure, is the same time. Raises TimeError."""
    before = [s for s in outside if s.seconds is not None and s.day is not None and s.at[0] < bracket.start()]
    trial = replace(hand, doubts=[], seen=[])
    try:
        inside = [s for s in stamps(bracket[0][1:-1], trial) if s.seconds is not None]
        if not before or len(inside) != 1 or not inside[0].zone:
            return
        one = instant(before[-1], trial, hint)
        other = instant(replace(inside[0], day=inside[0].day or before[-1].day), trial)
    except TimeError:
        return
    apart = one - other
    if apart and (inside[0].day is not None or apart % 86_400):
        raise TimeError("another time stands in brackets")


def _hint(line: Line) -> str:
    """The zone in a label: `Start (UTC)`, `GMT end time`, `Local start`."""
    for m in _IN_LABEL.finditer(line.label):
        zone = zones.ZONE.search(m[1] or m[2])
        if zone:
            return zone[0]
    return "local" if re.search(r"\blocal\b", line.label, re.IGNORECASE) else ""


def instant_of(stamp: Stamp, hand: Hand, hint: str, part: str, line: Line) -> int:
    try:
        return instant(stamp, hand, hint)
    except TimeError as error:
        raise fault(str(error), part, line) from error


def ranged(marks: list[Stamp], hand: Hand, hint: str, day: _Point | None, spare: bool, part: str, line: Line) -> Timed:
    """`22:00 - 04:00 UTC`: a zone said once is for both, an end without its date is the next such time."""
    timed = [m for m in marks if m.seconds is not None]
    dates = [m for m in marks if m.seconds is None]
    said = _BRACKETS.sub(lambda m: " " * len(m[0]), line.value or line.text)
    for m in dates:
        said = said[: m.at[0]] + " " * (m.at[1] - m.at[0]) + said[m.at[1] :]
    for a, b in zip(timed[::2], timed[1::2], strict=False):
        if not JOINED.match(said[a.at[1] : b.at[0]]):
            raise fault("two times without a word between them", part, line)
    if len(timed) == 4:
        one, other = (_ends(pair, hand, hint, day, part, line) for pair in (timed[:2], timed[2:]))
        if one != other:
            raise fault("two ranges that are not the same", part, line)
        return timed_of(*one, spare, line, line, part)
    if len(timed) != 2:
        raise fault("which is the start, which the end?" if timed else "a date without a time", part, line)
    if timed[0].day is None and dates:
        timed[0] = replace(timed[0], day=dates[0].day)
        if timed[1].day is None and len(dates) > 1:
            timed[1] = replace(timed[1], day=dates[-1].day)
    return timed_of(*_ends(timed, hand, hint, day, part, line), spare, line, line, part)


def _ends(pair: Sequence[Stamp], hand: Hand, hint: str, day: _Point | None, part: str, line: Line) -> tuple[int, int]:
    start, end = pair
    if start.day is None and day is not None:
        start = replace(start, day=day.stamp.day)
    start, end = replace(start, zone=start.zone or end.zone), replace(end, zone=end.zone or start.zone)
    return instant_of(start, hand, hint, part, line), instant_of(_dated(end, start, part, line), hand, hint, part, line)


def _dated(end: Stamp, start: Stamp, part: str, line: Line) -> Stamp:
    """An end that is a time of day alone is that of the start's day, or of the next when it is not later."""
    if end.day is not None or start.day is None or start.seconds is None or end.seconds is None:
        return end
    if (end.zone or start.zone) != (start.zone or end.zone):
        raise fault("an end without a date, in another zone than the start", part, line)
    if re.search(r"\+\s*(?:[2-9]|\d\d)\s*(?:d\b|days?)", line.text, re.IGNORECASE):
        raise fault("an end that is days later", part, line)
    later = start.day if end.seconds > start.seconds else start.day + timedelta(days=1)
    return replace(end, day=later)


def _paired(group: _Group, hand: Hand, day: _Point | None, length: int | None, part: str) -> list[Timed]:
    if not group.starts:
        raise fault("an end without a start", part, group.ends[0].line)
    if day is not None:
        group.starts = [
            p if p.stamp.day else replace(p, stamp=replace(p.stamp, day=day.stamp.day)) for p in group.starts
        ]
    begin, start = _agreed(group.starts, hand, part)
    if not group.ends:
        own = phrases.length_of(start.line.value[start.stamp.at[1] :]) or length
        if own is None:
            raise fault("a start without an end", part, start.line)
        return [timed_of(begin, begin + own, start.backup, start.line, start.line, part)]
    ends = []
    for p in group.ends:
        if p.stamp.day is None:
            like = [s for s in group.starts if (s.stamp.zone or s.hint) == (p.stamp.zone or p.hint)] or [start]
            p = replace(p, stamp=_dated(p.stamp, like[0].stamp, part, p.line))
        ends.append(p)
    until, end = _agreed(ends, hand, part)
    return [timed_of(begin, until, start.backup or end.backup, start.line, end.line, part)]


def _agreed(points: Sequence[_Point], hand: Hand, part: str) -> tuple[int, _Point]:
    """One instant of what is said several times over (local, UTC). What has no sure zone gives way to what has."""
    sure: list[tuple[int, _Point]] = []
    first: TimeError | None = None
    for p in points:
        try:
            sure.append((instant(p.stamp, hand, p.hint), p))
        except TimeError as error:
            first = first or error
            failing = p
            if "zone" not in str(error):
                raise fault(str(error), part, p.line) from error
    if not sure:
        raise fault(str(first), part, failing.line)
    for at, p in sure[1:]:
        if at != sure[0][0]:
            raise fault("two times that do not agree, or an end is missing between them", part, p.line)
    return sure[0]


def timed_of(start: int, end: int, backup: bool, first: Line, last: Line, part: str) -> Timed:
    if end <= start:
        raise fault("it ends before it starts", part, last)
    if end - start > MAX_DAYS * 86_400:
        raise fault(f"longer than {MAX_DAYS} days", part, last)
    return Timed(Window(start=start, end=end, backup=backup), first, last)


def unlike(found: list[Timed], hand: Hand, part: str) -> list[Timed]:
    """All, after a look at how many. Of one said in UTC and, differently, in local time the one in UTC counts."""
    utc = [t for t in found if _UTC.search(t.start.text)]
    odd = [t for t in found if t not in utc and any(_nearly(t.window, u.window) for u in utc)]
    if odd:
        hand.doubts.append("local and UTC times do not agree; those in UTC are taken")
        found = [t for t in found if t not in odd]
    seen: dict[tuple[int, int], Timed] = {}
    for timed in found:
        seen.setdefault((timed.window.start, timed.window.end), timed)
    if len(seen) > MAX_WINDOWS:
        raise fault(f"more than {MAX_WINDOWS} windows", part)
    return found


def _nearly(a: Window, b: Window) -> bool:
    """Overlapping but not the same, and about as long."""
    apart = (a.start, a.end) != (b.start, b.end) and a.start < b.end and b.start < a.end
    return apart and abs((a.end - a.start) - (b.end - b.start)) <= 3600
