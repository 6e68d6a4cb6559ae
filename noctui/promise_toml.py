"""`[[promise]]` and `[[applies]]` of noctui.toml, read strictly: what is wrong is said with its key."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from functools import partial
from typing import Any

from noctui.alarm_toml import line_of_table, seconds
from noctui.model.sla import (
    Band,
    Claim,
    Clock,
    CreditKind,
    CreditRule,
    Divisor,
    Emergency,
    Hours,
    Impact,
    Promise,
)
from noctui.promise_settings import Applies, PromiseSettings
from noctui.sla.checks import faults
from noctui.sla.registry import OWN, algorithms

MOST = 1000
"""Tables of a kind, characters of a text, bands of a table."""
WHOM = ("carrier", "circuit", "group", "role", "store_type")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOURS = re.compile(r"(?:([a-z,-]+)\s+)?(\d\d):(\d\d)-(\d\d):(\d\d)")
_CLAIM = re.compile(r"(\d{1,4})\s*(business\s+)?days?")


class PromiseError(ValueError):
    """What is wrong at `key` of table number `nth` of its kind."""

    def __init__(self, table: str, key: str, text: str, nth: int) -> None:
        super().__init__(text)
        self.table, self.key, self.text, self.nth = table, key, text, nth


Read = Callable[[Any], Any]


def read_promises(promises: Any, applies: Any) -> PromiseSettings:
    """From the parsed tables. Raises PromiseError."""
    made: dict[str, Promise] = {}
    for nth, tree in enumerate(_tables("promise", promises)):
        one = _promise(tree, nth)
        if one.name in made:
            raise PromiseError("promise", "name", f"promise.name: two promises are called {one.name!r}", nth)
        made[one.name] = one
    rows = tuple(_applies(tree, made, nth) for nth, tree in enumerate(_tables("applies", applies)))
    return PromiseSettings(made, rows)


def line_of(text: str, error: PromiseError) -> int:
    """The line an error speaks of: that of its key, in the table or in one below it, else that of the table."""
    head, _, leaf = error.key.partition(".")
    at = line_of_table(text, error.table, error.nth, head)
    if leaf:
        for number, line in enumerate(text.splitlines()[at:], at + 1):
            if re.match(r"\s*\[", line):
                break
            if re.match(rf"""\s*["']?{re.escape(leaf)}["']?\s*=""", line):
                return number
    return at


def _promise(tree: Mapping[str, Any], nth: int) -> Promise:
    values = _values("promise", tree, _PROMISE, nth)
    for key, what in (("name", "a name"), ("uptime", "an uptime")):
        if not values.get(key):
            raise PromiseError("promise", "", f"promise: a promise needs {what}", nth)
    made = Promise(**values)
    wrong = faults(made, OWN if made.algorithm in OWN else algorithms().by_name)
    if wrong:
        said = wrong[0].removeprefix(f"promise {made.name}: ")
        word = said.partition(" ")[0]
        key = word if word in _PROMISE else "options" if word == "option" else "claim" if "claim" in said else "credits"
        raise PromiseError("promise", key, wrong[0], nth)
    return made


def _applies(tree: Mapping[str, Any], promises: Collection[str], nth: int) -> Applies:
    values = _values("applies", tree, _APPLIES, nth)
    name = values.get("promise", "")
    if name not in promises:
        near = _nearest(name, promises) or f"; there are {', '.join(sorted(promises)) or 'none'}"
        raise PromiseError("applies", "promise", f"applies.promise: no promise {name!r}{near}", nth)
    if not any(values.get(word) for word in WHOM):
        raise PromiseError("applies", "", f"applies: say to whom, with one or more of {', '.join(WHOM)}", nth)
    if values.get("group") and any(values.get(word) for word in WHOM if word != "group"):
        raise PromiseError("applies", "group", "applies.group names all of its circuits: nothing else may be said", nth)
    made = Applies(**values)
    if made.since and made.until and made.until < made.since:
        raise PromiseError("applies", "until", "applies.until is before applies.since", nth)
    return made


def _tables(name: str, tree: Any) -> list[Mapping[str, Any]]:
    if not isinstance(tree, list) or not all(isinstance(one, Mapping) for one in tree):
        raise PromiseError(name, "", f"{name} must be written with two brackets: [[{name}]]", 0)
    if len(tree) > MOST:
        raise PromiseError(name, "", f"there are more than {MOST} [[{name}]]", MOST)
    return tree


def _values(table: str, tree: Mapping[str, Any], known: Mapping[str, Read], nth: int) -> dict[str, Any]:
    """Each key read; a key of a table below is `credits.cap` in what is said of it."""
    made: dict[str, Any] = {}
    for key, value in tree.items():
        read = known.get(key)
        if read is None:
            near = _nearest(key, known) or f"; there are {', '.join(known)}"
            raise PromiseError(table, key, f"no setting {table}.{key}{near}", nth)
        try:
            made[key] = read(value)
        except _BelowError as error:
            raise PromiseError(table, f"{key}.{error.key}", f"{table}.{key}.{error.key} {error}", nth) from None
        except ValueError as error:
            raise PromiseError(table, key, f"{table}.{key} {error}", nth) from None
    return made


class _BelowError(ValueError):
    def __init__(self, key: str, text: str) -> None:
        super().__init__(text)
        self.key = key


def _nearest(word: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(word, known, 1)
    return f"; did you mean {near[0]}?" if near else ""


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > MOST:
        raise ValueError(f"must be a text of at most {MOST} characters")
    return value.strip()


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value


def _number(value: Any) -> str:
    """A number as it is written: `99.9`, `"99.9"`, `"1/30"`; whether it is one is checked with the promise."""
    if isinstance(value, bool) or not isinstance(value, int | float | str) or len(written := str(value)) > 40:
        raise ValueError('must be a number such as 99.9, or "1/30"')
    return written.strip()


def _span(value: Any) -> int:
    """Whole seconds."""
    found = seconds(value)
    if found != int(found) or found > 4e9:
        raise ValueError("must be whole seconds")
    return int(found)


def _notice(value: Any) -> int | None:
    return None if value == "none" else _span(value)


def _one_of(kind: type[Any]) -> Read:
    def read(value: Any) -> Any:
        words = [word.value for word in kind]
        if value not in words:
            raise ValueError(f"must be one of {', '.join(words)}")
        return kind(value)

    return read


def _hours(value: Any) -> tuple[Hours, ...]:
    """`"00:00-06:00"`, `["mon-fri 22:00-06:00", "sat,sun 00:00-24:00"]`"""
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts) or len(texts) > MOST:
        raise ValueError('must be a text or a list of texts such as "mon-fri 00:00-06:00"')
    return tuple(_hour(text) for text in texts)


def _hour(text: str) -> Hours:
    found = _HOURS.fullmatch(text.strip().lower())
    days = None if found is None else _weekdays(found[1] or "mon-sun")
    if found is None or days is None or found[3] > "59" or found[5] > "59":
        raise ValueError(f'has {text!r}, which are no hours such as "mon-fri 00:00-06:00"')
    return Hours(60 * int(found[2]) + int(found[3]), 60 * int(found[4]) + int(found[5]), days)


def _weekdays(text: str) -> tuple[int, ...] | None:
    """`fri-mon,wed` → those days, Monday is 0; None: they are none."""
    days: set[int] = set()
    for part in text.split(","):
        first, _, last = part.partition("-")
        if first not in _DAYS or (last or first) not in _DAYS:
            return None
        low, high = _DAYS.index(first), _DAYS.index(last or first)
        days |= {day % 7 for day in range(low, (high if high >= low else high + 7) + 1)}
    return tuple(sorted(days))


def _claim(value: Any) -> Claim:
    found = _CLAIM.fullmatch(" ".join(value.lower().split())) if isinstance(value, str) else None
    if found is None:
        raise ValueError('must be a time such as "30 days" or "7 business days"')
    return Claim(int(found[1]), business=found[2] is not None)


def _options(value: Any) -> dict[str, str]:
    if not isinstance(value, Mapping) or len(value) > MOST:
        raise ValueError("must be a table of the algorithm's own settings")
    return {str(key): _below(str(key), partial(_number, one)) for key, one in value.items()}


def _credits(value: Any) -> CreditRule:
    """`kind`, `bands = [{ from = "5m", to = "30m", percent = 10 }, …]`, `upper`, `share`, `cap`."""
    if not isinstance(value, Mapping):
        raise ValueError("must be a table: [promise.credits]")
    for key in value:
        if key not in _CREDITS:
            raise _BelowError(key, f"is no setting{_nearest(key, _CREDITS)}; there are {', '.join(_CREDITS)}")
    if "kind" not in value:
        raise ValueError(f"needs a kind: {', '.join(kind.value for kind in CreditKind)}")
    made = {key: _below(key, partial(read, value[key])) for key, read in _CREDITS.items() if key in value}
    if "bands" in made:
        times = made["kind"] is CreditKind.DOWNTIME
        made["bands"] = _below("bands", lambda: tuple(_band(one, times) for one in made["bands"]))
    return CreditRule(**made)


def _below(key: str, read: Callable[[], Any]) -> Any:
    try:
        return read()
    except ValueError as error:
        raise _BelowError(key, str(error)) from None


def _listed(value: Any) -> list[Any]:
    if not isinstance(value, list) or len(value) > MOST:
        raise ValueError('must be a list such as [{ from = "0", to = "5m", percent = 0 }, …]')
    return value


def _band(value: Any, times: bool) -> Band:
    """Edges are times for a table of downtime, percent for one of availability; without `to` it has no end."""
    if not isinstance(value, Mapping) or not {"from", "percent"} <= set(value) <= {"from", "to", "percent"}:
        raise ValueError('needs bands such as { from = "5m", to = "30m", percent = 10 }')
    edge: Read = (lambda v: str(_span(v))) if times else _number
    return Band(edge(value["from"]), edge(value["to"]) if "to" in value else None, _number(value["percent"]))


def _date(value: Any) -> date:
    try:
        found = date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        found = None
    if not isinstance(found, date) or isinstance(found, datetime) or not 1970 <= found.year <= 9000:
        raise ValueError("must be a day such as 2026-11-28")
    return found


def _role(value: Any) -> str:
    if value not in ("primary", "secondary", "backup"):
        raise ValueError("must be one of primary, secondary, backup")
    return str(value)


_PROMISE: dict[str, Read] = {
    "name": _text, "uptime": _number, "interval": _text, "zone": _text, "divisor": _one_of(Divisor), "prorate": _flag,
    "minimum_outage": _span, "merge_gap": _span, "notice": _notice, "hours": _hours, "hours_zone": _text,
    "impact": _one_of(Impact), "emergency": _one_of(Emergency), "excused_at_most": _span, "clock": _one_of(Clock),
    "algorithm": _text, "credits": _credits, "claim": _claim, "options": _options,
}  # fmt: skip
_CREDITS: dict[str, Read] = {
    "kind": _one_of(CreditKind), "bands": _listed, "upper": _flag, "share": _number, "cap": _number,
}  # fmt: skip
_APPLIES: dict[str, Read] = {
    "promise": _text, "carrier": _text, "circuit": _text, "group": _text, "role": _role, "store_type": _text,
    "since": _date, "until": _date,
}  # fmt: skip
