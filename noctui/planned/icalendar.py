"""Notices as iCalendar (RFC 5545) with BCOP's X-MAINTNOTE properties: what is needed of it, read line by line."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from msgspec import structs

from noctui.model.notices import Affected, Impact, Maintenance, Source, Status, Window
from noctui.planned import phrases, zones
from noctui.planned.lines import Line
from noctui.planned.providers import Provider
from noctui.planned.windows import LONG, MAX_DAYS, fault

PART = "ics"
MAX_EVENTS = 1_000
MAX_LINES = 100_000

_PARAMETER = re.compile(r';([\w-]{1,60})=("[^"]{0,200}"|[^;:,"]{0,200})')
_NAME = re.compile(r"^([A-Za-z0-9-]{1,60})")
_STAMP = re.compile(r"^(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})(Z)?)?$")
_DURATION = re.compile(r"^\+?P(?:(\d{1,3})W)?(?:(\d{1,3})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,5})M)?(?:(\d{1,6})S)?)?$")
_WINDOWS = {
    "eastern standard time": "America/New_York", "central standard time": "America/Chicago",
    "mountain standard time": "America/Denver", "pacific standard time": "America/Los_Angeles",
    "gmt standard time": "Europe/London", "w. europe standard time": "Europe/Berlin",
    "romance standard time": "Europe/Paris", "central european standard time": "Europe/Warsaw",
    "india standard time": "Asia/Kolkata", "singapore standard time": "Asia/Singapore", "utc": "UTC",
}  # fmt: skip
"""What Outlook calls zones."""


@dataclass(slots=True)
class _Property:
    name: str
    parameters: dict[str, str]
    value: str
    line: Line


@dataclass(slots=True)
class _Event:
    properties: list[_Property] = field(default_factory=list)

    def all(self, name: str) -> list[_Property]:
        return [p for p in self.properties if p.name == name]

    def first(self, name: str) -> _Property | None:
        return next((p for p in self.properties if p.name == name and p.value), None)

    def text(self, name: str) -> str:
        found = self.first(name)
        return found.value if found else ""


@dataclass(frozen=True, slots=True)
class Calendar:
    """The planned work in it, and how it calls its provider (empty: not at all)."""

    maintenances: tuple[Maintenance, ...]
    provider: str


def is_note(text: str) -> bool:
    """Whether it is BCOP's, and no invitation to lunch."""
    return "X-MAINTNOTE-" in _plain(text).upper()


def read(text: str, provider: Provider | None) -> Calendar:
    """All events as planned work: those of one id together. Raises ReadingError."""
    method, zone, events, whole = _events(_plain(text))
    if not events:
        raise fault("a calendar without events", PART)
    found: dict[str, dict[str, Maintenance]] = {}
    called = ""
    for number, event in enumerate(events):
        if not any(p.name.startswith("X-MAINTNOTE-") for p in event.properties):
            continue
        called = called or event.text("X-MAINTNOTE-PROVIDER")
        one = _maintenance(event, method, zone, provider)
        if not whole:
            one = structs.replace(one, review=(*one.review, "the calendar is cut off: something may be missing"))
        same = found.setdefault(one.maintenance_id, {})
        # an event that comes again with another number is its own update, and no other night
        name = event.text("UID") if one.sequence is not None else ""
        name = name if name and (had := same.get(name)) is not None and had.sequence != one.sequence else ""
        if not name:
            name = event.text("UID") or f"#{number}"
            name = f"{name}#{number}" if name in same else name
            same[name] = one
        elif (one.sequence or 0) > (same[name].sequence or 0):
            same[name] = one
    return Calendar(tuple(_together(tuple(same.values())) for same in found.values()), called)


def _plain(text: str) -> str:
    """A body that was left in base64 is decoded."""
    start = text.lstrip()[:4000]
    if "BEGIN:VCALENDAR" not in start.upper() and re.fullmatch(r"[A-Za-z0-9+/=\s]{40,}", start):
        try:
            return base64.b64decode("".join(text.split())).decode("utf-8", "replace")
        except (binascii.Error, ValueError):
            return text
    return text


def _events(text: str) -> tuple[str, str, list[_Event], bool]:
    """METHOD, X-WR-TIMEZONE, the VEVENTs, and whether the calendar ends as it should. Raises ReadingError."""
    method = zone = ""
    events: list[_Event] = []
    now: _Event | None = None
    inside = 0
    whole = False
    for line in _unfolded(text):
        found = _property(line)
        if found is None:
            continue
        kind = found.value.strip().upper()
        if found.name == "BEGIN" and kind == "VEVENT":  # even where the one before has no end
            if len(events) == MAX_EVENTS:
                raise fault(f"more than {MAX_EVENTS} events", PART, line)
            now, inside = _Event(), 0
            events.append(now)
        elif found.name == "BEGIN" and now is not None:
            inside += 1  # an alarm in it
        elif found.name == "END" and kind in ("VEVENT", "VCALENDAR"):  # even where an alarm in it has no end
            whole = kind == "VCALENDAR" and now is None
            now, inside = None, 0
        elif found.name == "END" and now is not None:
            inside = max(0, inside - 1)
        elif now is not None and not inside:
            now.properties.append(found)
        elif now is None and found.name == "METHOD":
            method = kind
        elif now is None and found.name == "X-WR-TIMEZONE":
            zone = found.value.strip()
    return method, zone, events, whole


def rows(text: str) -> list[str]:
    """Its lines as they stand there, counted as in what was read of them."""
    return _rows(_plain(text))


def _rows(text: str) -> list[str]:
    return re.split(r"\r\n|\n|\r", text)


def _unfolded(text: str) -> list[Line]:
    """Lines that begin with a blank go on the one before (RFC 5545 3.1); each has the number of its first."""
    found: list[tuple[int, list[str]]] = []
    for number, row in enumerate(_rows(text)[:MAX_LINES], 1):
        if row[:1] in (" ", "\t") and found:
            found[-1][1].append(row[1:])
        elif row.strip():
            found.append((number, [row]))
    return [Line(n, "".join(c if c.isprintable() else " " for c in "".join(rows)[:20_000])) for n, rows in found]


def _property(line: Line) -> _Property | None:
    """`X-MAINTNOTE-OBJECT-ID;X-MAINTNOTE-OBJECT-IMPACT=OUTAGE:IC-1`; values unescaped. None for what is no property."""
    m = _NAME.match(line.text)
    if m is None:
        return None
    at, parameters = m.end(), {}
    while at < len(line.text) and line.text[at] == ";":
        p = _PARAMETER.match(line.text, at)
        if p is None:
            return None
        parameters[p[1].upper()] = p[2].strip('"')
        at = p.end()
        while at < len(line.text) and line.text[at] == ",":
            at = min((i for i in (line.text.find(c, at + 1) for c in ";:,") if i > 0), default=len(line.text))
    if line.text[at : at + 1] != ":":
        return None
    value = re.sub(r"\\([nN,;\\])", lambda e: " " if e[1] in "nN" else e[1], line.text[at + 1 :])
    return _Property(m[1].upper(), parameters, value.strip(), line)


def _maintenance(event: _Event, method: str, zone: str, provider: Provider | None) -> Maintenance:
    number = event.first("X-MAINTNOTE-MAINTENANCE-ID")
    if number is None:
        raise fault("no X-MAINTNOTE-MAINTENANCE-ID", PART, event.properties[0].line if event.properties else None)
    again = event.first("RRULE") or event.first("RDATE")
    if again:
        raise fault("an event that repeats", PART, again.line)
    status = _status(event, method)
    begin, start = _when(event, "DTSTART", zone, provider)
    if begin is None:
        if status is not Status.CANCELLED:
            raise fault("no DTSTART", PART, number.line)
        windows: tuple[Window, ...] = ()
    else:
        until, end = _end(event, begin, zone, provider)
        if until <= begin:
            raise fault("it ends before it starts", PART, end.line)
        if until - begin > MAX_DAYS * 86_400:
            raise fault(f"longer than {MAX_DAYS} days", PART, end.line)
        backup = number.parameters.get("X-MAINTNOTE-PRECEDENCE", "PRIMARY").upper() != "PRIMARY"
        windows = (Window(start=begin, end=until, backup=backup),)
    impact = phrases.impact_of(event.text("X-MAINTNOTE-IMPACT"))
    circuits = {
        p.value[:200]: Affected(
            circuit=p.value[:200], impact=_own(p.parameters.get("X-MAINTNOTE-OBJECT-IMPACT"), impact)
        )
        for p in event.all("X-MAINTNOTE-OBJECT-ID")
        if p.value
    }
    if not circuits and status not in (Status.CANCELLED, Status.COMPLETED):
        raise fault("no X-MAINTNOTE-OBJECT-ID", PART, number.line)
    sequence = event.text("SEQUENCE")
    stamp, _ = _when(event, "DTSTAMP", zone, provider, sure=False)
    kept = {
        "maintenance_id": number,
        "start": start,
        "end": event.first("DTEND") or event.first("DURATION"),
        "status": event.first("X-MAINTNOTE-STATUS") or event.first("STATUS"),
        "circuit": event.first("X-MAINTNOTE-OBJECT-ID"),
        "account": event.first("X-MAINTNOTE-ACCOUNT"),
        "location": event.first("LOCATION"),
        "summary": event.first("SUMMARY"),
    }
    return Maintenance(
        provider=provider.name if provider else "",
        maintenance_id=number.value[:200],
        status=status,
        windows=windows,
        circuits=tuple(circuits.values()),
        account=event.text("X-MAINTNOTE-ACCOUNT")[:200],
        stamp=stamp,
        sequence=int(sequence) if re.fullmatch(r"\d{1,6}", sequence) else None,
        summary=event.text("SUMMARY")[:500],
        location=event.text("LOCATION")[:200],
        zone=(start.parameters.get("TZID") or ("UTC" if start.value.endswith("Z") else zone)) if start else "",
        sources=tuple(Source(n, PART, p.line.number, p.line.text[:200]) for n, p in kept.items() if p is not None),
        review=tuple(f"a window of {(w.end - w.start) / 3600:g} h" for w in windows if w.end - w.start > LONG),
    )


def _own(said: str | None, whole: Impact) -> Impact:
    found = phrases.impact_of(said) if said else Impact.UNKNOWN
    return whole if found is Impact.UNKNOWN else found


def _status(event: _Event, method: str) -> Status:
    """X-MAINTNOTE-STATUS in any spelling, else STATUS; without both nothing is said of it."""
    if method == "CANCEL":
        return Status.CANCELLED
    for name in ("X-MAINTNOTE-STATUS", "STATUS"):
        found = phrases.status_of(event.text(name)) if event.text(name) else None
        if found:
            return found
    return Status.NO_CHANGE


def _when(
    event: _Event, name: str, zone: str, provider: Provider | None, sure: bool = True
) -> tuple[int | None, _Property | None]:
    """A time with its zone as epoch seconds. Raises ReadingError, when `sure`: no zone, no such time."""
    found = event.first(name)
    if found is None:
        return None, None
    try:
        return _instant(found, zone, provider), found
    except (zones.ZoneError, ValueError) as error:
        if not sure:
            return None, found
        raise fault(str(error), PART, found.line) from error


def _instant(found: _Property, zone: str, provider: Provider | None) -> int:
    m = _STAMP.match(found.value)
    if m is None:
        raise ValueError("no time of iCalendar")
    if not 2000 <= int(m[1]) < 2100:
        raise ValueError(f"the year {m[1]}")
    local = datetime(int(m[1]), int(m[2]), int(m[3]), int(m[4] or 0), int(m[5] or 0), min(int(m[6] or 0), 59))
    if m[7]:
        return int(local.replace(tzinfo=UTC).timestamp())
    own = provider.hand() if provider else None
    word = found.parameters.get("TZID", "").lstrip("/") or zone or (own.zone if own else "")
    if not word:
        raise zones.ZoneError("in which zone?")
    word = _WINDOWS.get(word.lower(), word)
    if word == "UTC" or word in ("Etc/UTC", "Etc/GMT"):
        return int(local.replace(tzinfo=UTC).timestamp())
    return zones.at(local, zones.named(word, own.zones if own else {}))


def _end(event: _Event, begin: int, zone: str, provider: Provider | None) -> tuple[int, _Property]:
    """DTEND, else DURATION, else the whole day of a date. Raises ReadingError."""
    until, end = _when(event, "DTEND", zone, provider)
    if until is not None and end is not None:
        return until, end
    length = event.first("DURATION")
    m = _DURATION.match(length.value) if length else None
    if length is not None and m is not None and any(m.groups()):
        w, d, h, mi, s = (int(x or 0) for x in m.groups())
        return begin + int(timedelta(weeks=w, days=d, hours=h, minutes=mi, seconds=s).total_seconds()), length
    start = event.first("DTSTART")
    assert start is not None
    if len(start.value) == 8:
        return begin + 86_400, start
    raise fault("a start without an end", PART, start.line)


def _together(same: Sequence[Maintenance]) -> Maintenance:
    """The events of one id: the windows of each are for its own circuits, when those are not the same. Else the last
    one counts."""
    if len(same) == 1:
        return same[0]
    review = [why for one in same for why in one.review]
    if len({one.status for one in same}) > 1:
        review.append(f"events of one work that are {', '.join(dict.fromkeys(one.status for one in same))}")
        same = [
            one for one in same if one.status is not Status.CANCELLED
        ] or same  # one of several nights is called off
    names = {c.circuit: c for one in same for c in one.circuits}
    merged: dict[tuple[int, int, bool], dict[str, None]] = {}
    for one in same:
        for w in one.windows:
            merged.setdefault((w.start, w.end, w.backup), {}).update(dict.fromkeys(c.circuit for c in one.circuits))
    windows = (
        Window(start=s, end=e, backup=b, circuits=() if len(own) == len(names) else tuple(own))
        for (s, e, b), own in merged.items()
    )
    return structs.replace(
        same[-1],
        circuits=tuple(names.values()),
        windows=tuple(sorted(windows)),
        review=tuple(dict.fromkeys(review)),
    )


def calendars_of(texts: Sequence[str]) -> list[str]:
    """Those that are notices."""
    return [t for t in texts if is_note(t)]
