"""Dates and times as carriers write them → instants. What could be read two ways is not read: TimeError says why.

`2019-Apr-09 06:00 UTC`, `Thu, 20 May 2021 08:00:00 GMT`, `Aug 19, 2022 5:00 am UTC`, `07.08.2021 00:00 GMT+3`,
`06/8/2021 21:00:00(GMT)` with the order of day and month known, …
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from noctui.planned import zones

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january januar enero ene janvier janv janeiro",
            "feb february februar febrero fev fevrier février fevereiro",
            "mar march märz marz mär marzo mars março marco",
            "apr april abr abril avr avril",
            "may mai mayo maio maggio mag",
            "jun june juni junio juin junho giugno giu",
            "jul july juli julio juil juillet julho luglio lug",
            "aug august ago agosto août aout",
            "sep sept september septiembre septembre setembro set settembre",
            "oct october okt oktober octubre octobre out outubro ott ottobre",
            "nov november noviembre novembre novembro",
            "dec december dez dezember dic diciembre décembre decembre déc dezembro dicembre",
        ),
        1,
    )
    for name in names.split()
}
_DAYS = {"mon": 0, "tue": 1, "wed": 2, "thu": 3, "fri": 4, "sat": 5, "sun": 6}
_MONTH = "(?:" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\.?(?![a-zà-ÿ])"
_WEEKDAY = r"(?:(?P<wd>mon|tue|wed|thu|fri|sat|sun)(?:[a-z]{0,6})\.?,?\s+(?:the\s+)?)?"
DATE = re.compile(
    rf"(?<![\w/.-]){_WEEKDAY}(?:"
    r"(?P<y1>\d{4})[-/.](?P<m1>\d{1,2})[-/.](?P<d1>\d{1,2})(?=T?\d{2}:|\D|$)"
    rf"|(?P<y2>\d{{4}})[-/ .](?P<m2>{_MONTH})[-/ .](?P<d2>\d{{1,2}})"
    rf"|(?P<d3>\d{{1,2}})(?:st|nd|rd|th|\.)?(?:\s+(?:of|de)\s+|[-/ .,]{{0,2}})(?P<m3>{_MONTH})(?:\s+(?:de|"
    rf"del)\s+|[-/ .,']{{1,2}}|(?=\d{{4}}))(?P<y3>\d{{4}}|\d{{2}}(?![\d:]))"
    rf"|(?P<m4>{_MONTH})[-/ .]{{0,2}}(?P<d4>\d{{1,2}})(?:st|nd|rd|th)?(?:,\s*|\s+|-|/)(?P<y4>\d{{4}})"
    r"|(?P<a5>\d{1,2})(?P<sep>[/.-])(?P<b5>\d{1,2})(?P=sep)(?P<y5>\d{4}|\d{2})(?![\d/.])"
    r")",
    re.IGNORECASE,
)
TIME = re.compile(
    r"(?<![\d:.])(?:(?P<h>\d{1,2})[:h](?P<mi>\d{2})(?::(?P<s>\d{2})(?:\.\d{1,6})?)?(?:\s*(?P<ap>[ap]\.?m\b\.?))?"
    r"|(?P<h2>\d{1,2})\s*(?P<ap2>[ap]\.?m\b\.?)"
    r"|(?<![+\-])(?P<h3>\d{2})(?P<mi3>\d{2})(?=\s*(?:h(?:rs|ours)?\b|z\b|utc|gmt|\(?[ecmp][sd]t\b)))"
    r"(?:\s*(?:hrs|hours|h)\b\.?)?(?:\s*(?P<mid>noon|midnight)\b)?(?!\d|:\d)",
    re.IGNORECASE,
)
_ORDERS = re.compile(r"\b(d{1,2}[/.-]m{1,2}[/.-]y{2,4}|m{1,2}[/.-]d{1,2}[/.-]y{2,4})\b", re.IGNORECASE)
_ISO_OFFSET = re.compile(r"[+-]\d{2}:?\d{2}(?![\d:])")
_BETWEEN = re.compile(r"^[\s,(\[]*(?:T|at|um|@|-|–|às|a las|h\.)?[\s,(\[]*$", re.IGNORECASE)
_TO_ZONE = re.compile(r"^[\s,(\[)\]]*(?:time\s*:?\s*)?$", re.IGNORECASE)
MAX_LINE = 1000


class TimeError(ValueError):
    """One clear line: what cannot be known of a time."""


@dataclass(slots=True)
class Hand:
    """How a notice's writer writes times: `order` (`dmy`, `mdy`, empty: not known) of numeric dates, `zone` where none
    stands beside a time (empty: not known), and what unsure names of zones mean. `doubts` gathers what was read as it
    stands but should be looked at; `seen` the zones that were read."""

    order: str = ""
    zone: str = ""
    zones: Mapping[str, str] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Stamp:
    """A date, a time of day, or both, as found in a text, and the zone's word; `at` is where in the text it stands."""

    day: date | None
    seconds: int | None  # of the day; 86,400 is its end
    zone: str
    at: tuple[int, int]


def order_in(text: str) -> str:
    """`dmy` or `mdy` where a text proves how its numeric dates are ordered: it says so, a number above 12, or a
    weekday. Raises TimeError where it proves both."""
    proofs: set[str] = {"dmy" if m[0].lower() == "d" else "mdy" for m in _ORDERS.findall(text[:200_000])}
    for m in DATE.finditer(text[:200_000]):
        if m["a5"] is None or m["sep"] == ".":
            continue
        a, b = int(m["a5"]), int(m["b5"])
        if a > 12 >= b:
            proofs.add("dmy")
        elif b > 12 >= a:
            proofs.add("mdy")
        elif m["wd"] and a != b:
            fits = {o for o in ("dmy", "mdy") if _weekday_fits(_numeric(a, b, m["y5"], o), m["wd"])}
            proofs |= fits if len(fits) == 1 else set()
    if len(proofs) > 1:
        raise TimeError("numeric dates of both orders, day first and month first")
    return proofs.pop() if proofs else ""


def _numeric(a: int, b: int, year: str, order: str) -> date | None:
    day, month = (a, b) if order == "dmy" else (b, a)
    return _day(int(year), month, day)


def _weekday_fits(day: date | None, word: str) -> bool:
    return day is not None and day.weekday() == _DAYS[word.lower()[:3]]


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(2000 + year if year < 100 else year, month, day)
    except ValueError:
        return None


def _date_of(m: re.Match[str], hand: Hand) -> date:
    """The date of one match. Raises TimeError: no such day, an order that is not known, another weekday."""
    if m["y1"]:
        found = _day(int(m["y1"]), int(m["m1"]), int(m["d1"]))
    elif m["a5"]:
        a, b = int(m["a5"]), int(m["b5"])
        order = hand.order if m["sep"] != "." else "" if hand.order == "mdy" else "dmy"
        if not order and a != b:
            if a <= 12 and b <= 12:
                raise TimeError("day or month first?")
            order = "dmy" if a > 12 else "mdy"
        found = _numeric(a, b, m["y5"], order or "dmy")
    else:
        n = "2" if m["y2"] else "3" if m["y3"] else "4"
        found = _day(int(m["y" + n]), _MONTHS[m["m" + n].lower().rstrip(".")], int(m["d" + n]))
    if found is None:
        raise TimeError("no such day")
    if m["wd"] and not _weekday_fits(found, m["wd"]):
        raise TimeError(f"{found.isoformat()} is no {m['wd'].title()}")
    return found


def _seconds_of(m: re.Match[str]) -> int:
    hour = int(m["h"] or m["h2"] or m["h3"])
    minute, second = int(m["mi"] or m["mi3"] or 0), int(m["s"] or 0)
    half = (m["ap"] or m["ap2"] or "").lower()
    if m["mid"] and not half and hour == 12 and m["mid"].lower() == "midnight":
        raise TimeError("midnight at which end of the day?")
    if half:
        if not 1 <= hour <= 12:
            if hour > 12 and half.startswith("p") and hour < 24:
                return (hour * 60 + minute) * 60 + second  # 14:00 pm
            raise TimeError("no such time of day")
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    if hour > 24 or minute > 59 or second > 59 or (hour == 24 and minute + second):
        raise TimeError("no such time of day")
    return (hour * 60 + minute) * 60 + second


def _zone_after(text: str, at: int) -> tuple[str, int]:
    """The zone's word right after a time, and where it ends: `05:00 (GMT)`, `20:55:00 +0000 UTC`."""
    word = ""
    for _ in range(2):
        m = zones.ZONE.search(text, at, at + 40)
        if m is None or not _TO_ZONE.match(text[at : m.start()]):
            break
        if word and m["offset"]:
            return _by_offset(word, m[0]), m.end()
        if word and not (word.strip("+-0:") == "" and m["word"]):
            if m["word"] and _named_again(word, m[0]):
                return word, m.end()
            if m["word"]:
                raise TimeError(f"{word} or {m[0]}?")
            break
        word, at = word or m[0], m.end()
    return word, at


def _by_offset(word: str, offset: str) -> str:
    """`IST (UTC+05:30)` is sure by its offset; `CEST (UTC+1)` says two things. Raises TimeError."""
    try:
        named, said = (zones.named(w, {}).utcoffset(None) for w in (word, offset))
    except zones.ZoneError:
        return offset
    if named is not None and named != said:
        raise TimeError(f"{word} or {offset}?")
    return word


def _named_again(word: str, long: str) -> bool:
    """`MDT (Mountain Daylight Time)`: the same zone once more, in full."""
    first = long.lower().split()[0]
    return word.lower()[:1] == first[:1] and first in ("eastern", "central", "mountain", "pacific")


def stamps(text: str, hand: Hand) -> list[Stamp]:
    """The dates and times in a line, in order; a time right behind (or before) a date is one with it. Raises
    TimeError."""
    text = text[:MAX_LINE]
    days = list(DATE.finditer(text))
    covered = [m.span() for m in days]
    times = [m for m in TIME.finditer(text) if not any(a < m.end() and m.start() < b for a, b in covered)]
    found: list[Stamp] = []
    used: set[int] = set()
    for i, m in enumerate(days):
        day, begin, end = _date_of(m, hand), *m.span()
        limit = days[i + 1].start() if i + 1 < len(days) else len(text)
        seconds, zone = None, ""
        for j, t in enumerate(times):
            if j in used:
                continue
            if end <= t.start() <= limit and _BETWEEN.match(text[end : t.start()]):
                seconds, (zone, stop) = _seconds_of(t), _zone_after(text, t.end())
                iso = _ISO_OFFSET.match(text, t.end()) if text[end : t.start()] == "T" else None
                if iso:
                    zone, stop = iso[0], iso.end()
                end = stop
                used |= {k for k, other in enumerate(times) if t.start() <= other.start() < stop}
                break
        found.append(Stamp(day, seconds, zone, (begin, end)))
    spans = [(s.at, i) for i, s in enumerate(found)]
    for j, t in enumerate(times):
        if j in used:
            continue
        zone, stop = _zone_after(text, t.end())
        used |= {k for k, other in enumerate(times) if t.start() < other.start() < stop}
        mine = next(
            (
                i
                for (a, _), i in spans
                if found[i].seconds is None
                and re.fullmatch(r"[\s,]*(?:on|of|,|-)?\s*", text[stop:a] or " ", re.IGNORECASE)
                and stop <= a
            ),
            None,
        )
        if mine is not None:
            zone = zone or _zone_after(text, found[mine].at[1])[0]
            found[mine] = Stamp(found[mine].day, _seconds_of(t), zone, (t.start(), found[mine].at[1]))
        else:
            found.append(Stamp(None, _seconds_of(t), zone, (t.start(), stop)))
    return sorted(found, key=lambda s: s.at)


def at_latest(text: str) -> int | None:
    """When a message was written at the latest, by the date that a forward has of it: most tell no zone, and clocks are
    up to 12 hours behind UTC. None where the date itself is not sure."""
    try:
        found = [s for s in stamps(text, Hand()) if s.day is not None and s.seconds is not None]
        if len(found) != 1:
            return None
        try:
            return instant(found[0], Hand())
        except TimeError:
            return instant(replace(found[0], zone="-12:00"), Hand())
    except TimeError:
        return None


def instant(stamp: Stamp, hand: Hand, zone: str = "") -> int:
    """Epoch seconds of a date with its time; `zone` is the one to take where the stamp has none. Raises TimeError."""
    if stamp.day is None:
        raise TimeError("a time without a date")
    if stamp.seconds is None:
        raise TimeError("a date without a time")
    if not 2000 <= stamp.day.year < 2100:
        raise TimeError(f"the year {stamp.day.year}")
    word = stamp.zone or zone or hand.zone
    if not word:
        raise TimeError("in which zone?")
    local = datetime.combine(stamp.day, datetime.min.time()) + timedelta(seconds=stamp.seconds)
    try:
        found = zones.at(local, zones.named(word, hand.zones))
    except zones.ZoneError as error:
        raise TimeError(str(error)) from error
    if word not in hand.seen:
        hand.seen.append(word)
    doubt = zones.doubt(word, local)
    if doubt and doubt not in hand.doubts:
        hand.doubts.append(doubt)
    return found
