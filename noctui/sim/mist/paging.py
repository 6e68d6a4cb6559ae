"""Mist's two ways of paging: numbered pages with totals in headers, and searches with an opaque cursor."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

import msgspec

DEFAULT_LIMIT, MAX_LIMIT = 100, 1000
Rows = Callable[[int, int], Sequence[object]]
"""(from, to) → those rows, ready to be encoded."""


class BadRequest(Exception):  # noqa: N818 - named after the status it becomes
    """The query makes no sense; the message is the answer's `detail`."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A body with its headers; `page` is its number, from 1."""

    body: bytes
    headers: Mapping[str, str]
    page: int = 1


def limit_of(query: Mapping[str, str]) -> int:
    """The `limit` asked for, 1 … 1000; 100 when not given. Raises BadRequest."""
    return min(_whole(query, "limit", DEFAULT_LIMIT), MAX_LIMIT)


def _whole(query: Mapping[str, str], name: str, default: int) -> int:
    text = query.get(name, "")
    if not text:
        return default
    if not text.isdecimal() or int(text) < 1:
        raise BadRequest(f"{name} must be a positive integer")
    return int(text)


def list_page(query: Mapping[str, str], total: int, rows: Rows) -> Answer:
    """A JSON array with the X-Page headers."""
    limit, page = limit_of(query), _whole(query, "page", 1)
    start = (page - 1) * limit
    headers = {"X-Page-Total": str(total), "X-Page-Limit": str(limit), "X-Page-Page": str(page)}
    return Answer(msgspec.json.encode(rows(start, min(start + limit, total))), headers, page)


def _cursor(path: str, offset: int) -> str:
    """What looks like a sort key of some database and means nothing to anybody else."""
    sign = hashlib.blake2b(f"{path}:{offset}".encode(), digest_size=6).hexdigest()
    return f'[{offset ^ 0x5A5A5A5A},"{sign}"]'


def _offset(path: str, cursor: str) -> int:
    try:
        offset = int(cursor.lstrip("[").partition(",")[0]) ^ 0x5A5A5A5A
    except ValueError:
        raise BadRequest("search_after is not valid") from None
    if _cursor(path, offset) != cursor:
        raise BadRequest("search_after is not valid")
    return offset


class _Found(msgspec.Struct, omit_defaults=True):
    start: int
    end: int
    limit: int
    total: int
    results: Sequence[object]
    next: str | None = None


def search_page(path: str, query: Mapping[str, str], span: tuple[float, float], total: int, rows: Rows) -> Answer:
    """`{start, end, limit, total, results, next?}`; `next` is a relative URL, given while there is more."""
    limit = limit_of(query)
    cursor = query.get("search_after", "")
    start = _offset(path, cursor) if cursor else 0
    stop = min(start + limit, total)
    after = None
    if stop < total:
        kept = {k: v for k, v in query.items() if k not in ("search_after", "start", "end", "duration")}
        kept |= {"start": str(int(span[0])), "end": f"{span[1]:.3f}"}
        after = f"{path}?{urlencode(kept)}&search_after={quote(_cursor(path, stop), safe='')}"
    found = _Found(int(span[0]), int(span[1]), limit, total, rows(start, stop), after)
    return Answer(msgspec.json.encode(found), {}, start // limit + 1)


def span_of(query: Mapping[str, str], now: float) -> tuple[float, float]:
    """(start, end) of `start`, `end`, `duration` (1d when nothing is given), epoch seconds. Raises BadRequest."""
    end = _instant(query.get("end", ""), now, now)
    length = _seconds(query.get("duration", "") or "1d")
    return _instant(query.get("start", ""), now, end - length), end


def _instant(text: str, now: float, default: float) -> float:
    if not text:
        return default
    if text == "now":
        return now
    if text.startswith("-"):
        return now - _seconds(text[1:])
    try:
        return float(text)
    except ValueError:
        raise BadRequest(f"not a time: {text[:40]}") from None


def _seconds(text: str) -> float:
    units = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
    if not text[:-1].isdecimal() or text[-1:] not in units:
        raise BadRequest(f"not a duration: {text[:40]}")
    return float(int(text[:-1]) * units[text[-1]])
