"""Which zone a notice's words name. Only what can mean one thing is known here; the rest is for a provider's own entry.

`CST` is central time in the USA, in China and in Cuba, `IST` is India, Ireland and Israel, `Eastern` is also
Australia's: they count only where the provider map says whose they are (`region`, `zones`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

SURE: Mapping[str, float] = {
    "utc": 0, "gmt": 0, "z": 0, "ut": 0, "zulu": 0, "wet": 0, "west": 1, "cet": 1, "cest": 2, "eet": 2, "eest": 3,
    "msk": 3, "est": -5, "edt": -4, "cdt": -5, "mdt": -6, "pst": -8, "pdt": -7, "akst": -9, "akdt": -8, "hst": -10,
    "jst": 9, "kst": 9, "hkt": 8, "sgt": 8, "aest": 10, "aedt": 11, "acst": 9.5, "acdt": 10.5, "awst": 8,
    "nzst": 12, "nzdt": 13, "brt": -3, "sast": 2,
}  # fmt: skip
"""Abbreviation → hours ahead of UTC."""

NAMED: Mapping[str, str] = {
    "cet/cest": "Europe/Berlin", "cest/cet": "Europe/Berlin", "est/edt": "America/New_York",
    "edt/est": "America/New_York",
    "cst/cdt": "America/Chicago", "cdt/cst": "America/Chicago", "mst/mdt": "America/Denver",
    "mdt/mst": "America/Denver",
    "pst/pdt": "America/Los_Angeles", "pdt/pst": "America/Los_Angeles", "gmt/bst": "Europe/London",
    "bst/gmt": "Europe/London", "us/eastern": "America/New_York", "us/central": "America/Chicago",
    "us/mountain": "America/Denver", "us/pacific": "America/Los_Angeles",
}  # fmt: skip
"""Pairs and names that can mean one zone only."""

REGIONS: Mapping[str, Mapping[str, str]] = {
    "us": {
        "et": "America/New_York", "eastern": "America/New_York", "ct": "America/Chicago", "central": "America/Chicago",
        "mt": "America/Denver", "mountain": "America/Denver", "pt": "America/Los_Angeles",
        "pacific": "America/Los_Angeles", "cst": "-06:00", "mst": "-07:00",
    },
    "in": {"ist": "+05:30"},
    "uk": {"bst": "+01:00"},
}  # fmt: skip
"""What unsure names mean to a provider of that region."""

LONG: Mapping[str, str] = {
    "coordinated universal time": "utc", "universal time coordinated": "utc", "universal time": "utc",
    "greenwich mean time": "gmt", "western european time": "wet", "western european summer time": "west",
    "central european time": "cet", "central european standard time": "cet", "central european summer time": "cest",
    "central european daylight time": "cest", "eastern european time": "eet", "eastern european standard time": "eet",
    "eastern european summer time": "eest", "british summer time": "+01:00", "india standard time": "+05:30",
    "indian standard time": "+05:30", "singapore time": "sgt", "singapore standard time": "sgt",
    "hong kong time": "hkt", "japan standard time": "jst", "korea standard time": "kst",
    "australian eastern standard time": "aest", "australian eastern daylight time": "aedt",
    "australian central standard time": "acst", "australian western standard time": "awst",
    "new zealand standard time": "nzst", "new zealand daylight time": "nzdt",
}  # fmt: skip
"""Zones in full → what they are called in short, or how far ahead of UTC they are."""

_UNSURE = (
    "cst",
    "mst",
    "ist",
    "bst",
    "ast",
    "et",
    "ct",
    "mt",
    "pt",
    "eastern",
    "central",
    "mountain",
    "pacific",
    "local",
)
_OFFSET = re.compile(r"^(?:utc|gmt)?\s*([+\-−–])\s*(\d{1,2})(?::?(\d{2}))?(?:\s*h(?:ou)?rs?)?$", re.IGNORECASE)
_IANA = r"(?:Africa|America|Antarctica|Asia|Atlantic|Australia|Europe|Indian|Pacific|US)/[A-Za-z_]+(?:/[A-Za-z_]+)?"
_WORDS = "|".join(sorted({re.escape(w) for w in (*SURE, *NAMED, *_UNSURE)}, key=len, reverse=True))
_LONG = "|".join(sorted((w.replace(" ", r"\s+") for w in LONG), key=len, reverse=True))
ZONE = re.compile(
    rf"(?:(?P<iana>\b{_IANA})"
    r"|(?P<offset>\b(?:utc|gmt)\s*[+\-−]\d{1,2}(?::?\d{2})?(?![\d:/.-])|[+-]\d{4}(?![\d:/.-])|"
    r"\+\d{2}:\d{2}(?![\d:/.-])|\b(?:utc|gmt)\s*\+\s*\d{1,2}(?::?\d{2})?(?![\d:/.-])|"
    r"\b(?:utc|gmt)\s*[\-−–]\s+\d{1,2}(?:\s*h(?:ou)?rs?)?(?=\s*(?:[)\],;]|$)))"
    rf"|(?<![a-z/])(?P<long>{_LONG})(?![a-z/])"
    rf"|(?<![a-z/])(?P<word>{_WORDS})(?:\s+(?:standard\s+|daylight\s+)?time)?(?![a-z/])"
    r"(?!\s+(?:europe|africa|austral|indones|asia|brazil|coast)))",
    re.IGNORECASE,
)
"""A zone where one is expected: after a time, or in brackets. `-05:00` alone is none: it may be the end of
`06:00-05:00`, and `UTC - 05:00` that of a range."""

_SUMMER: Mapping[str, str] = {
    "est": "America/New_York", "cst": "America/Chicago", "mst": "America/Denver", "pst": "America/Los_Angeles",
    "cet": "Europe/Berlin", "eet": "Europe/Helsinki", "wet": "Europe/Lisbon",
}  # fmt: skip


class ZoneError(ValueError):
    """One clear line."""


def named(word: str, own: Mapping[str, str]) -> tzinfo:
    """The zone that a word of a notice means; `own` (lower-case word → IANA name or offset) is the provider's.
    Raises ZoneError."""
    low = " ".join(word.lower().split())
    if low in LONG:
        low = word = LONG[low]
    low = re.sub(r"\s+(?:(?:standard|daylight)\s+)?time$", "", low)
    if low in own:
        return _of(own[low])
    if low in SURE:
        return timezone(timedelta(hours=SURE[low]))
    if low in NAMED:
        return _of(NAMED[low])
    offset = _OFFSET.match(low)
    if offset or "/" in low:
        return _of(word.strip())
    raise ZoneError(f"{word.strip()} can be more than one zone" if low in _UNSURE else f"no zone {word.strip()}")


@lru_cache(maxsize=256)
def _of(name: str) -> tzinfo:
    offset = _OFFSET.match(name)
    if offset:
        hours, minutes = int(offset[2]), int(offset[3] or 0)
        if hours > 14 or minutes > 59:
            raise ZoneError(f"no zone {name}")
        ahead = timedelta(hours=hours, minutes=minutes)
        return timezone(ahead if offset[1] == "+" else -ahead)
    if not re.fullmatch(_IANA, name):
        raise ZoneError(f"no zone {name}")
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ZoneError(f"no zone {name}") from error


def known(name: str) -> bool:
    """Whether a setting's zone (IANA name or offset such as +05:30) is one."""
    try:
        _of(name)
    except ZoneError:
        return False
    return True


def at(local: datetime, zone: tzinfo) -> int:
    """A wall clock's time in a zone as epoch seconds. Raises ZoneError where clocks skip it or show it twice."""
    first, second = local.replace(tzinfo=zone, fold=0), local.replace(tzinfo=zone, fold=1)
    if first.utcoffset() != second.utcoffset():
        back = datetime.fromtimestamp(first.timestamp(), zone).replace(tzinfo=None)
        raise ZoneError("clocks show this time twice" if back == local else "clocks skip this time")
    return int(first.timestamp())


def doubt(word: str, local: datetime) -> str:
    """A standard time written in summer is read as it stands, but often meant otherwise; empty where there is no
    doubt."""
    low = " ".join(word.lower().split())
    zone = _SUMMER.get(LONG.get(low, low))
    if zone is None or not local.replace(tzinfo=_of(zone)).dst():
        return ""
    return f"{word.strip()} is written of a day in summer time"
