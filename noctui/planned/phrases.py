"""Words of notices that are not times: status, impact, durations, what is superseded."""

from __future__ import annotations

import re

from noctui.model.notices import Impact, Status

_STATUS: tuple[tuple[Status, re.Pattern[str]], ...] = tuple(
    (status, re.compile(pattern, re.IGNORECASE))
    for status, pattern in (
        (Status.CANCELLED, r"\b(?:cancel(?:l?ed|lation)?|withdrawn|called off|aborted|annul[ée]e?|cancelad[oa]|"
            r"storniert|abgesagt)\b"),
        (Status.RE_SCHEDULED, r"\b(?:re-?schedul(?:ed|e|ing)|postponed|amended|new date|date change|"
            r"reprogramad[oa]|verschoben|reporté)\b"),
        (Status.COMPLETED, r"\b(?:completed?|completion|finished|concluded|closed|has ended|abgeschlossen|"
            r"completad[oa]|terminé)\b"),
        (Status.IN_PROCESS, r"\b(?:in[- ]process|in[- ]progress|started|has begun|commenced|now under ?way|"
            r"begun|begonnen)\b"),
        (Status.TENTATIVE, r"\b(?:tentative|provisional|proposed|unconfirmed|draft)\b"),
    )
)  # fmt: skip
_HEDGED = re.compile(
    r"\b(?:if|in case|in the event|should|would|could|may|might|can|once|when|whenever|upon|until|unless|after|whether|"
    r"please (?:cancel|close))\b[^.;]*$",
    re.IGNORECASE,
)
"""Before a status word: what may come to pass, or will, and has not."""
_TO_COME = re.compile(r"\b(?:will|shall|to|not(?: yet)?|yet)\b[^.;,]*$", re.IGNORECASE)
"""The same, of what has a begin and an end: `to complete the upgrade`, `will be started`."""
_PLAIN = re.compile(r"\b(?:confirmed|planned|scheduled|emergency|reminder|new|approved|urgent|final)\b", re.IGNORECASE)
WORK = re.compile(
    r"maint(?:enance|\b)|planned (?:work|outage|event|activit)|scheduled (?:work|outage|event|activit)|"
    r"network (?:change|upgrade|event)|"
    r"emergency (?:work|change)|service (?:window|work)|change (?:request|notif)|works? notif|outage notif|"
    r"wartung|mantenimiento|"
    r"manutenzione|manutenção|planned-work|re-?schedul|hazard",
    re.IGNORECASE,
)
"""A subject or text that may be about planned work."""

_NO_IMPACT = re.compile(
    r"\b(?:no(?:n|t)?[- ](?:expected |service |customer |traffic |anticipated )*(?:impact(?:ing)?|interruption|"
    r"outage|downtime|affecting|service[- ]affecting)s?"
    r"(?:(?:,? (?:or|and|nor)|,|/) ?(?:service |customer |traffic )*"
    r"(?:impact|interruption|outage|downtime|disruption)s?)*"
    r"|none(?! of\b)|no loss|without (?:any )?(?:impact|interruption)|hitless|sin impacto)\b", re.IGNORECASE
)  # fmt: skip
_REDUCED = re.compile(
    r"\b(?:redundan\w*|at[- ]risk|unprotected|loss of protection|simplex|resilien\w*)\b", re.IGNORECASE
)
_DEGRADED = re.compile(
    r"\b(?:degrad\w*|packet loss|latency|switch(?:ing)? hits?|flap\w*|intermittent|brief hits?)\b", re.IGNORECASE
)
_OUTAGE = re.compile(
    r"\b(?:outages?|interruptions?|down ?time|hard down|service[- ]affecting|loss of (?:service|connectivity)|"
    r"unavailab\w*|down|disruption|hard hit|interrupción|unterbrechung|coupure)\b",
    re.IGNORECASE,
)
_WORDS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "eight": 8, "ten": 10, "twelve": 12}
_NUMBER = r"\d{1,4}(?:[.,]\d{1,2})?|" + "|".join(_WORDS)
_SEVERAL = r"two|three|four|five|six|eight|ten|twelve"
_LENGTH = re.compile(
    rf"(?:(?P<times>\d{{1,3}})\s*(?:x|×|\*)\s*|(?P<count>\d{{1,2}}|{_SEVERAL})\s+(?:short |brief )?(?:interruption|"
    rf"outage|hit|break|drop)s?\s+of\s+(?:up to |max(?:imum|\.)? |approx(?:imately|\.)? |about )?|"
    rf"(?P<pair>{_SEVERAL})\s+(?=\d))?"
    rf"(?<![\d:.])(?P<n>{_NUMBER})(?:\s*\([a-z]{{3,9}}\))?[\s-]*(?P<unit>hours?|hrs?|h|"
    rf"minutes?|mins?|m|seconds?|secs?|s|days?|stunden?|minuten?|horas?|minutos?|heures?)(?![a-zà-ÿ])"
    rf"(?:\.?\s*(?:and|,)?\s*(?P<n2>\d{{1,2}})\s*(?P<unit2>minutes?|mins?|m)(?![a-zà-ÿ]))?",
    re.IGNORECASE,
)  # fmt: skip
_OF_WINDOW = re.compile(r"[\s-]*(?:maintenance |service |work(?:ing)? )?(?:window|period|slot)", re.IGNORECASE)
EACH = re.compile(
    r"\b(?:each|per|every)\s+(?:maintenance\s+|scheduled\s+|planned\s+)?(?:night|window|day|date|slot|session)\b|\bnightly\b",
    re.IGNORECASE,
)
"""An interruption that every window has for itself."""
_CLOCK = re.compile(
    r"^\W*(?P<h>\d{1,3}):(?P<m>[0-5]\d)(?::(?P<s>[0-5]\d))?(?:\s*(?:h|hrs?|hours?))?\W*$", re.IGNORECASE
)
_SUPERSEDES = re.compile(
    r"\b(?:new try for|retry of|replac(?:es|ing|ement (?:for|of))|supersed(?:es|ing)|rescheduled from|"
    r"in place of|instead of)"
    r"(?:\s+(?:the|our|cancell?ed|postponed|failed|earlier|previous|ticket|maintenance|reference|work|number|id|"
    r"notice)){0,5}"
    r"\s+#?(?P<id>[A-Z0-9][\w/-]{2,40})",
    re.IGNORECASE,
)
MAX_SECONDS = 31 * 86_400


def status_of(text: str) -> Status | None:
    """The status that words tell, the strongest first; None where none does. `Planned` and `reminder` are CONFIRMED."""
    low = text.strip().upper().replace("_", "-").replace(" ", "-")
    if low in Status.__members__.values():
        return Status(low)
    for status, pattern in _STATUS:
        if any(not _hedged(text[: m.start()], status) for m in pattern.finditer(text)):
            return status
    return Status.CONFIRMED if _PLAIN.search(text) else None


def _hedged(before: str, status: Status) -> bool:
    """What stands before a status word says that it has not come to pass: `if the work is cancelled`."""
    to_come = status in (Status.COMPLETED, Status.IN_PROCESS) and _TO_COME.search(before)
    return bool(to_come or _HEDGED.search(before))


def impact_of(text: str) -> Impact:
    """What the words say of it. An interruption counts before what else is said; UNKNOWN where nothing is. One that is
    told how long it is counts even where something else has no impact: `outage of 2 hours, no impact on voice`."""
    low = text.strip().upper().replace("_", "-").replace(" ", "-")
    if low in Impact.__members__.values():
        return Impact(low)
    if _NO_IMPACT.search(text):
        left = _NO_IMPACT.sub(" ", text)
        return Impact.OUTAGE if _OUTAGE.search(left) and length_of(left) else Impact.NO_IMPACT
    if _OUTAGE.search(text):
        return Impact.OUTAGE
    if _DEGRADED.search(text):
        return Impact.DEGRADED
    return Impact.REDUCED_REDUNDANCY if _REDUCED.search(text) else Impact.UNKNOWN


def length_of(text: str, clock: bool = False) -> int | None:
    """Seconds that words tell: `1 x 3 hours` 10,800, `2 x 15 minutes` 1,800, `4 h 30 min` 16,200; `1:30` an hour and a
    half where a length is expected (`clock`). None where they tell none."""
    every = list(_LENGTH.finditer(text[:400]))
    of_it = [m for m in every if not _OF_WINDOW.match(text, m.end())] or every
    m = next((m for m in of_it if m["times"] or m["count"] or m["pair"]), of_it[0] if of_it else None)
    if m:
        n = m["n"].lower()
        seconds = (_WORDS[n] if n in _WORDS else float(n.replace(",", "."))) * _unit(m["unit"])
        seconds += int(m["n2"]) * 60 if m["n2"] else 0
        times = (m["times"] or m["count"] or m["pair"] or "1").lower()
        whole = round(seconds * (_WORDS.get(times) or int(times)))
        return whole if 0 < whole <= MAX_SECONDS else None
    c = _CLOCK.match(text) if clock else None
    if c:
        whole = int(c["h"]) * 3600 + int(c["m"]) * 60 + int(c["s"] or 0)
        return whole if 0 < whole <= MAX_SECONDS else None
    return None


def _unit(word: str) -> int:
    low = word.lower()
    if low.startswith("d"):
        return 86_400
    if low.startswith(("h", "st")):
        return 3600
    return 60 if low.startswith("m") else 1


def superseded(text: str) -> str:
    """The id in `New try for cancelled PW-4711`; empty where there is none (an id has a digit)."""
    m = _SUPERSEDES.search(text)
    return m["id"] if m and any(c.isdigit() for c in m["id"]) else ""
