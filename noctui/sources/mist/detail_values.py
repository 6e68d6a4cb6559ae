"""Values out of answers whose shape differs from cloud to cloud: whatever is no number is NaN, never 0."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from typing import Any

import msgspec

from noctui.sources.mist.errors import Garbled
from noctui.sources.mist.text import one_line

NAN = math.nan
MOST = 2000
"""Values of one series; the longest we ask for has 181."""


def an_object(body: bytes) -> dict[str, Any]:
    """A body that is one JSON object. Raises Garbled."""
    found: Any
    try:
        found = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        try:
            found = json.loads(body.decode("utf-8", "replace"))  # takes NaN and numbers out of range
        except (ValueError, RecursionError):
            raise Garbled("the answer is cut off or no JSON") from None
    if not isinstance(found, dict):
        raise Garbled("the answer is no object")
    return found


def number(value: Any) -> float:
    """A finite number, also one in quotes; else NaN."""
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float | str)
        or (isinstance(value, str) and len(value) > 40)
    ):
        return NAN
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return NAN
    return found if math.isfinite(found) else NAN


def at_least_0(value: Any) -> float:
    """Rates, times and shares are never negative: such a value is none."""
    found = number(value)
    return found if found >= 0 else NAN


def numbers(value: Any) -> tuple[float, ...]:
    """An array, gaps as NaN; empty for anything else."""
    return tuple(at_least_0(v) for v in value[:MOST]) if isinstance(value, list) else ()


def members(value: Any, most: int) -> list[dict[str, Any]]:
    """The objects of an array."""
    return [v for v in value[:most] if isinstance(v, dict)] if isinstance(value, list) else []


def under(found: dict[str, Any], key: str) -> dict[str, Any]:
    """The object at `key`, else an empty one."""
    value = found.get(key)
    return value if isinstance(value, dict) else {}


def text(*values: Any) -> str:
    """The first text that says something, as one cleaned line."""
    return next((line for v in values if isinstance(v, str) and (line := one_line(v, 80))), "")


def total(values: Iterable[float]) -> float:
    """The sum of the known ones; NaN when none is."""
    known = [v for v in values if not math.isnan(v)]
    return math.fsum(known) if known else NAN
