"""`[alarms]`, `[[notify]]` and `[roles]` of noctui.toml, read strictly: what is wrong is said with its key.

A notification's URL may name variables, `${SLACK_TOKEN}`: they come from the environment or `.env`, so that the file
holds no secret. What is read here never quotes a URL in an error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

from noctui.alarm_settings import LEVELS, OSC, ROLES, AlarmSettings, Damping, Notify, Roles

_MOST = 1000
"""Characters of a text of these tables."""
_SPAN = re.compile(r"(\d+(?:\.\d+)?)\s*(s|m|h|d)?")
_UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}
_DAYS = r"(?:mon|tue|wed|thu|fri|sat|sun)"
_CLOCK = r"(?:[01]\d|2[0-3]):[0-5]\d|24:00"
_HOURS = re.compile(rf"(?:{_DAYS}(?:-{_DAYS})?(?:,{_DAYS}(?:-{_DAYS})?)*\s+)?(?:{_CLOCK})-(?:{_CLOCK})", re.IGNORECASE)


class AlarmError(ValueError):
    """What is wrong at `key` (dotted, as it stands in the file) of table `table`, number `nth` of its kind."""

    def __init__(self, table: str, key: str, text: str, nth: int = 0) -> None:
        super().__init__(text)
        self.table, self.key, self.text, self.nth = table, key, text, nth


Read = Callable[[Any], Any]


def read_alarms(tree: Any, notify: Any, env: Mapping[str, str]) -> AlarmSettings:
    """From the parsed tables. Raises AlarmError."""
    values = _values("alarms", _table("alarms", tree), _ALARMS)
    return AlarmSettings(**values, notify=_rules(notify, env))


def read_roles(tree: Any) -> Roles:
    """From the parsed `[roles]`. Raises AlarmError."""
    return Roles(**_values("roles", _table("roles", tree), dict.fromkeys(ROLES, _names)))


def seconds(value: Any) -> float:
    """`90`, `"90s"`, `"15m"`, `"4h"`, `"1d"` in seconds, or ValueError."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = f"{value:f}"
    found = _SPAN.fullmatch(value.strip().lower()) if isinstance(value, str) else None
    if found is None or len(found[1]) > 18:
        raise ValueError('must be a time such as 90, "15m" or "4h"')
    return float(found[1]) * _UNITS[found[2] or ""]


def _rules(tree: Any, env: Mapping[str, str]) -> tuple[Notify, ...]:
    if not isinstance(tree, list) or not all(isinstance(rule, Mapping) for rule in tree):
        raise AlarmError("notify", "", "notify must be written with two brackets: [[notify]]")
    made: list[Notify] = []
    for nth, rule in enumerate(tree):
        values = _values("notify", rule, _NOTIFY, nth)
        for key in ("name", "url"):
            if not values.get(key):
                raise AlarmError("notify", "", f"notify: a rule needs a {key}", nth)
        if any(values["name"] == other.name for other in made):
            raise AlarmError("notify", "name", f"notify.name: two rules are called {values['name']!r}", nth)
        values["url"] = _filled(values["url"], env, nth)
        made.append(Notify(**values))
    return tuple(made)


def _filled(url: str, env: Mapping[str, str], nth: int) -> str:
    """The URL with its variables put in."""

    def value(match: re.Match[str]) -> str:
        found = env.get(match[1])
        if not found:
            raise AlarmError("notify", "url", f"notify.url names ${{{match[1]}}}, which is not set", nth)
        return found

    return re.sub(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}", value, url)


def _values(table: str, tree: Mapping[str, Any], known: Mapping[str, Read], nth: int = 0) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for key, value in tree.items():
        read = known.get(key)
        if read is None:
            raise AlarmError(table, key, f"no setting {table}.{key}; there are {', '.join(known)}", nth)
        try:
            made[key] = read(value)
        except AlarmError as error:
            raise AlarmError(table, key, error.text, nth) from None
        except ValueError as error:
            raise AlarmError(table, key, f"{table}.{key} {error}", nth) from None
    return made


def _table(name: str, tree: Any) -> Mapping[str, Any]:
    if not isinstance(tree, Mapping):
        raise AlarmError(name, "", f"{name} must be a table: [{name}]")
    return tree


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > _MOST:
        raise ValueError(f"must be a text of at most {_MOST} characters")
    return value.strip()


def _names(value: Any) -> tuple[str, ...]:
    words = [value] if isinstance(value, str) else value
    if not isinstance(words, list) or not all(isinstance(w, str) and w.strip() and len(w) <= _MOST for w in words):
        raise ValueError("must be a text or a list of texts")
    return tuple(w.strip() for w in words)


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value


def _one_of(words: tuple[str, ...]) -> Read:
    def read(value: Any) -> str:
        word = str(value).lower() if isinstance(value, str | int) and not isinstance(value, bool) else ""
        if value is False and "off" in words:
            word = "off"
        if word not in words:
            raise ValueError(f"must be one of {', '.join(words)}")
        return word

    return read


def _between(low: float, high: float, read: Read = seconds) -> Read:
    def checked(value: Any) -> Any:
        number = read(value)
        if not low <= number <= high:
            raise ValueError(f"must be from {low:g} to {high:g}")
        return number

    return checked


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError("must be a whole number")
    return value


def _number(value: Any) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise ValueError("must be a number")
    return float(value)


def _each(read: Read) -> Read:
    def all_of(value: Any) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise ValueError("must be a table by type of alarm, as in down = 0")
        return {str(name): read(one) for name, one in value.items()}

    return all_of


def _hours(value: Any) -> str:
    text = " ".join(_text(value).lower().split())
    if text and not _HOURS.fullmatch(text):
        raise ValueError('must be hours such as "mon-fri 07:00-19:00" or "22:00-06:00"')
    return text


def _damping(value: Any) -> Damping:
    if not isinstance(value, Mapping):
        raise ValueError("must be a table: [alarms.damping]")
    known: dict[str, Read] = {f.name: _between(1.0, 1e6, _number) for f in fields(Damping)}
    for name in ("half_life", "longest", "breaks_through"):
        known[name] = _between(1.0, 86_400.0)
    made = Damping(**_values("alarms.damping", value, known))
    if made.reuse >= made.suppress:
        raise ValueError("needs reuse below suppress")
    return made


_DAY = 86_400.0
_ALARMS: dict[str, Read] = {
    "least": _one_of(LEVELS), "confirm": _each(_between(0.0, _DAY)), "clear": _each(_between(0.0, _DAY)),
    "damping": _damping, "hold_down": _between(0.0, _DAY), "incident_least": _between(2, 100_000, _whole),
    "incident_together": _between(1.0, _DAY), "ack_longest": _between(60.0, 31 * _DAY), "ack_to_mist": _flag,
    "runbook": _each(_text), "settle": _between(0.0, 3600.0), "bell": _one_of(("off", *LEVELS)), "osc": _one_of(OSC),
}  # fmt: skip
_NOTIFY: dict[str, Read] = {
    "name": _text, "url": _text, "severity": _one_of(LEVELS), "after": _between(0.0, 31 * _DAY),
    "again": _between(0.0, 31 * _DAY), "cleared": _flag, "sources": _names, "types": _names, "regions": _names,
    "carriers": _names, "hours": _hours, "quiet": _hours, "quiet_severity": _one_of(LEVELS),
    "per_hour": _between(1, 3600, _whole),
}  # fmt: skip


def line_of_table(text: str, table: str, nth: int, key: str) -> int:
    """The line of that key in table number `nth` of its name, else of the table, else 1."""
    seen, at = -1, 0
    name = r"\s*\.\s*".join(re.escape(part) for part in table.split("."))
    for number, line in enumerate(text.splitlines(), 1):
        if re.match(rf"\s*\[\[?\s*{name}\s*\]", line):
            seen += 1
            if seen == nth:
                at = number
        elif re.match(r"\s*\[", line):
            if at and re.match(rf"\s*\[\[?\s*{name}\s*\.\s*{re.escape(key)}\s*\]", line):
                return number
            if seen > nth:
                break
        elif at and key and seen == nth and re.match(rf"""\s*["']?{re.escape(key)}["']?\s*[=.]""", line):
            return number
    if at:
        return at
    return next((n for n, line in enumerate(text.splitlines(), 1) if re.match(rf"\s*\[*\s*{name}\b", line)), 1)
