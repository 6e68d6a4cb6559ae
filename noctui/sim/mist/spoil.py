"""Bodies that a broken cloud, a proxy or a stranger between might send instead of the answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

Value = Any
"""Any JSON value."""

_HTML = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"


def rows_of(body: Value) -> list[Value] | None:
    """The list of rows of an answer, to be changed in place; None when it is not about rows."""
    if isinstance(body, dict):
        body = body.get("results")
    return body if isinstance(body, list) else None


def emptied(body: bytes) -> bytes:
    """The same answer without its rows."""
    found = msgspec.json.decode(body)
    rows = rows_of(found)
    if rows is not None:
        rows.clear()
    return msgspec.json.encode(found)


def doubled(body: bytes) -> bytes:
    """The same answer with every tenth row a second time, as when rows move between pages."""
    found = msgspec.json.decode(body)
    rows = rows_of(found)
    if rows:
        rows[1:1] = rows[::10]
    return msgspec.json.encode(found)


def _each(value: Value, change: Callable[[Value], Value]) -> Value:
    """Every number, text and flag within changed."""
    if isinstance(value, dict):
        return {key: _each(item, change) for key, item in value.items()}
    if isinstance(value, list):
        return [_each(item, change) for item in value]
    return change(value)


def _number(value: Value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _in_rows(body: bytes, change: Callable[[Value], Value]) -> bytes:
    """What identifies things and the pages stay; the values of rows change."""
    found = msgspec.json.decode(body)
    rows = rows_of(found)
    if rows is None:
        return msgspec.json.encode(_each(found, change))
    for i, row in enumerate(rows):
        if isinstance(row, dict):
            rows[i] = {k: v if _identifies(k) else _each(v, change) for k, v in row.items()}
    return msgspec.json.encode(found)


def _identifies(name: str) -> bool:
    return name in ("id", "mac") or name.endswith("_id")


def _types(value: Value) -> Value:
    if isinstance(value, str):
        return {"what": [value]}
    return [value] if _number(value) else "maybe" if isinstance(value, bool) else value


KINDS: dict[str, Callable[[bytes], bytes]] = {
    "types": lambda body: _in_rows(body, _types),
    "texts": lambda body: _in_rows(body, lambda v: str(v) if _number(v) else v),
    "negative": lambda body: _in_rows(body, lambda v: -abs(v) - 1 if _number(v) else v),
    "huge": lambda body: _in_rows(body, lambda v: 10**30 if _number(v) else v),
    "nulls": lambda body: _in_rows(body, lambda _: None),
    "nan": lambda body: _in_rows(body, lambda v: "\x00NaN" if _number(v) else v).replace(b'"\\u0000NaN"', b"NaN"),
    "no rows": lambda body: b'{"detail": "scheduled maintenance"}',
    "null": lambda body: b"null",
    "html": lambda body: _HTML,
    "not text": lambda body: b"\xff\xfe\x00" + body[:64],
}
"""Name → what becomes of a body."""
