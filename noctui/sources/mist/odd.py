"""What cannot be true in an answer: counted per feed and sweep, with the first of it as an example."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from noctui.sources.mist.structs import Row, SiteRow
from noctui.sources.mist.text import one_line

R = TypeVar("R", bound=Row)
AHEAD = 300.0
"""Seconds that a time may lie ahead of ours: clocks differ a little, and gateways' more than Mist's."""
_LONGEST = 40
_LAST_DATE = 32_503_680_000.0  # the year 3000
Whose = tuple[str, str]
"""(mac, id or name of what a row speaks of; its port or "")"""
NameOf = Callable[[str], str]
_KEYS = ("mac", "id", "site_id", "name")


@dataclass(slots=True)
class Odd:
    """How many values of a feed cannot be true. `what` is the first one (`loss -1`), `whose` where it stood; `nameless`
    of them are rows that do not say what they speak of."""

    count: int = 0
    what: str = ""
    whose: Whose = ("", "")
    nameless: int = 0

    def add(self, what: str, whose: Whose = ("", ""), times: int = 1) -> None:
        if times > 0 and not self.count:
            self.what, self.whose = what, whose
        self.count += max(0, times)

    def empty(self, row: object, named: bool = True) -> None:
        """A row that says nothing; one that is not even `named` may stand for anything."""
        self.nameless += not named
        self.add("an empty row", whose(row))

    def take(self, more: Odd) -> None:
        """As well what `more` counted."""
        self.add(more.what, more.whose, more.count)
        self.nameless += more.nameless

    def text(self, name_of: NameOf = str) -> str:
        """`14 values cannot be true, e.g. loss -1 of GW-0417 ge-0/0/0`; "" when all could be. `name_of` gives the name
        of a mac."""
        if not self.count:
            return ""
        owner, port = self.whose
        whose = " ".join(one_line(part, _LONGEST) for part in (name_of(owner) if owner else "", port) if part)
        example = f"{self.what} of {whose}" if whose else self.what
        if self.count == 1:
            return f"1 value cannot be true: {example}"
        return f"{self.count:,} values cannot be true, e.g. {example}"


def shown(value: Any) -> str:
    """A foreign value in a few characters, on one line."""
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, str):
        return one_line(f'"{value}"', _LONGEST)
    if value is None:
        return "null"
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    return one_line(f"{value:g}" if isinstance(value, int) and abs(value) > 10**12 else str(value), _LONGEST)


def shown_time(at: float) -> str:
    """A time as a date where it can be one (`2025-11-24 00:00 UTC`), else as a number."""
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M UTC}" if 0 < at < _LAST_DATE else shown(at)


def whose(row: object) -> Whose:
    """What a row speaks of, by its own word: a site by its name, all else by its mac or id."""
    keys = ("name", *_KEYS) if isinstance(row, SiteRow) else _KEYS
    owner = next((text for key in keys if isinstance(text := getattr(row, key, None), str) and text), "")
    port = getattr(row, "port_id", None)
    return owner, port if isinstance(port, str) else ""


def settle_times(rows: Iterable[Row], names: tuple[str, ...], now: float, odd: Odd) -> None:
    """Times that cannot be become unknown in `rows`; 0 stays, it means never."""
    latest = now + AHEAD
    for row in rows:
        for name in names:
            at = getattr(row, name)
            if at is not None and not 0 <= at <= latest:
                odd.add(f"{name} {shown_time(at)}", whose(row))
                setattr(row, name, None)
