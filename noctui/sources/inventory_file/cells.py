"""What a cell says; ValueError, with the reason in words, when it says nothing that could be meant."""

from __future__ import annotations

import math
import re
from datetime import date

from noctui.model.words import Role

LONGEST_TEXT = 200
MOST_MBPS = 10_000_000.0  # ten terabits: nobody sells more to a store
MOST_COST = 1e9
_PLAIN = re.compile(r"\d{1,15}(?:\.\d{1,9})?", re.ASCII)
_COMMA = re.compile(r"\d{1,15}(?:,\d{1,2}|,\d{4,9})", re.ASCII)
_RATE = re.compile(r"(?P<number>[^a-zA-Z]*?)\s*(?P<unit>[kmgt]?)(?:b|bit|bits|bps|bit/s|bits/s|b/s)?", re.I | re.ASCII)
_UNITS = {"": 1e6, "k": 1e3, "m": 1e6, "g": 1e9, "t": 1e12}
_ROLES = {
    "primary": Role.PRIMARY, "main": Role.PRIMARY, "pri": Role.PRIMARY,
    "secondary": Role.SECONDARY, "sec": Role.SECONDARY,
    "backup": Role.BACKUP, "bkp": Role.BACKUP, "tertiary": Role.BACKUP,
}  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def unprotected(cell: str) -> str:
    """The cell's text without the `'` that keeps a spreadsheet from reading it as a formula."""
    cell = cell.strip(" \t")
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell


def protected(text: str) -> str:
    """Text that no spreadsheet takes for a formula; `unprotected` gives it back."""
    return "'" + text if text.startswith(_FORMULA) else text


def text(cell: str) -> str:
    """Any text, however strange: it is data."""
    if len(cell) > LONGEST_TEXT:
        raise ValueError(f"is longer than {LONGEST_TEXT} characters")
    return cell


def number(cell: str) -> float:
    """A plain decimal number. `1,5` is one and a half; `1,500` could be either and is refused."""
    if _COMMA.fullmatch(cell):
        cell = cell.replace(",", ".")
    if not _PLAIN.fullmatch(cell):
        if cell.startswith("-"):
            raise ValueError("must not be negative")
        raise ValueError("is no plain number: digits and one point, as in 940.5")
    return float(cell)


def rate(cell: str) -> float:
    """Bits per second. Without a unit Mbit/s; `1G`, `512k`, `500 Mbps` say their own."""
    found = _RATE.fullmatch(cell)
    if found is None:
        raise ValueError("is no rate: Mbit/s as a plain number, as in 500")
    bits = number(found["number"].strip()) * _UNITS[found["unit"].lower()]
    if not 0 < bits <= MOST_MBPS * 1e6:
        raise ValueError("must be above 0 and at most 10 Tbit/s; leave it blank when it is not known")
    return bits


def both(cell: str) -> tuple[float, float]:
    """(down, up) of a bandwidth for both directions: `500`, or `500/50`."""
    down, slash, up = cell.partition("/")
    if slash and re.search("[a-z]", down, re.I) is None and re.search("[a-z]", up, re.I) is not None:
        unit = re.sub(r"[^a-zA-Z]", "", up)[:1]  # 500/50 Mbps: the unit stands for both
        down += unit if unit.lower() in _UNITS else ""
    first = rate(down.strip())
    return first, rate(up.strip()) if slash else first


def role(cell: str) -> Role:
    found = _ROLES.get(cell.casefold())
    if found is None:
        raise ValueError("is no role: primary, secondary or backup")
    return found


def cost(cell: str) -> float:
    value = number(cell)
    if not (math.isfinite(value) and value <= MOST_COST):
        raise ValueError("is no monthly cost")
    return value


def currency(cell: str) -> str:
    if not re.fullmatch("[A-Za-z]{3}", cell):
        raise ValueError("is no currency: three letters, as in USD")
    return cell.upper()


def day(cell: str) -> str:
    try:
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", cell, re.ASCII):
            raise ValueError
        found = date.fromisoformat(cell)
    except ValueError:
        raise ValueError("is no date: YYYY-MM-DD, as in 2024-03-31") from None
    if not 1970 <= found.year <= 2199:
        raise ValueError("lies in no year that could be meant")
    return cell
