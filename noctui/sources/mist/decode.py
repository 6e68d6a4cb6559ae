"""JSON to rows: fast when the answer is sound, tolerant row by row and field by field when it is not.

One wrong value costs that value; a row that is no object is dropped and counted; only an answer that is no JSON, or
not of the expected shape, is an error.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, Generic, Protocol, TypeVar, get_args, get_origin, get_type_hints

import msgspec

from noctui.sources.mist.errors import Garbled
from noctui.sources.mist.structs import Row

R = TypeVar("R", bound=Row)
_BROKEN = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


@dataclass(slots=True)
class Page(Generic[R]):
    """One page. `total` and `limit` as Mist stated them (search style only), `next` the URL of the page after it."""

    rows: list[R]
    next: str = ""
    total: int | None = None
    limit: int | None = None
    dropped: int = 0


class _Envelope(msgspec.Struct, Generic[R], gc=False):
    results: list[R]
    next: str | None = None
    total: float | None = None
    limit: float | None = None


class _RawEnvelope(msgspec.Struct, gc=False):
    results: list[msgspec.Raw]
    next: msgspec.Raw | None = None
    total: msgspec.Raw | None = None
    limit: msgspec.Raw | None = None


class Codec(Protocol[R]):
    """Turns a body into a page; raises Garbled."""

    def decode(self, body: bytes) -> Page[R]: ...


class ListCodec(Generic[R]):
    """A JSON array of rows."""

    def __init__(self, row: type[R]) -> None:
        self._row = row
        self._fast = msgspec.json.Decoder(list[row], strict=False)  # type: ignore[valid-type]
        self._raw = msgspec.json.Decoder(list[msgspec.Raw])

    def decode(self, body: bytes) -> Page[R]:
        try:
            return Page(self._fast.decode(body))
        except _BROKEN:
            pass
        try:
            rows, dropped = _each(self._raw.decode(body), self._row)
        except _BROKEN:
            found = _plain(body)
            if not isinstance(found, list):
                raise Garbled("the answer is no list") from None
            rows, dropped = _mend(found, self._row)
        return Page(rows, dropped=dropped)


class SearchCodec(Generic[R]):
    """`{"results": [...], "next": …, "total": …, "limit": …}`."""

    def __init__(self, row: type[R]) -> None:
        self._row = row
        self._fast = msgspec.json.Decoder(_Envelope[row], strict=False)  # type: ignore[valid-type]
        self._raw = msgspec.json.Decoder(_RawEnvelope)

    def decode(self, body: bytes) -> Page[R]:
        try:
            page = self._fast.decode(body)
            return Page(page.results, page.next or "", _count(page.total), _count(page.limit))
        except _BROKEN:
            pass
        try:
            raw = self._raw.decode(body)
            rows, dropped = _each(raw.results, self._row)
            after, total, limit = (_scalar(r) for r in (raw.next, raw.total, raw.limit))
        except _BROKEN:
            found = _plain(body)
            if not isinstance(found, dict) or not isinstance(found.get("results"), list):
                raise Garbled("the answer has no results") from None
            rows, dropped = _mend(found["results"], self._row)
            after, total, limit = found.get("next"), found.get("total"), found.get("limit")
        return Page(rows, after if isinstance(after, str) else "", _count(total), _count(limit), dropped)


def decode_object(body: bytes, row: type[R]) -> R:
    """A body that is one object."""
    try:
        return msgspec.json.decode(body, type=row, strict=False)
    except _BROKEN:
        found = _plain(body)
    if not isinstance(found, dict):
        raise Garbled("the answer is no object")
    return mended(found, row)


def mended(found: dict[str, Any], row: type[R]) -> R:
    """`found` as a row; values that do not fit are left out."""
    return row(**{k: v for k, name, t in _fields(row) if name in found and (v := _fit(found[name], t)) is not None})


def _fit(value: Any, kind: Any) -> Any:
    """`value` as `kind`, or None. Of lists and maps of rows only what fits is kept."""
    if value is None:
        return None
    if isinstance(kind, type) and issubclass(kind, Row):
        return mended(value, kind) if isinstance(value, dict) else None
    args = get_args(kind)
    if get_origin(kind) is list:
        fitted = (_fit(v, args[0]) for v in value) if isinstance(value, list) else ()
        return [v for v in fitted if v is not None]
    if get_origin(kind) is dict:
        pairs = ((k, _fit(v, args[1])) for k, v in value.items()) if isinstance(value, dict) else ()
        return {k: v for k, v in pairs if v is not None}
    try:
        return msgspec.convert(value, kind, strict=False)
    except (msgspec.ValidationError, OverflowError):
        return None


@cache
def _fields(row: type[Row]) -> tuple[tuple[str, str, Any], ...]:
    """(attribute, name in JSON, type)"""
    kinds = get_type_hints(row)
    return tuple((f.name, f.encode_name, _bare(kinds[f.name])) for f in msgspec.structs.fields(row))


def _bare(kind: Any) -> Any:
    """`float` of `float | None`; a choice of several stays one."""
    if isinstance(kind, UnionType):
        kinds = [k for k in get_args(kind) if k is not NoneType]
        return kinds[0] if len(kinds) == 1 else kind
    return kind


def _each(raws: list[msgspec.Raw], row: type[R]) -> tuple[list[R], int]:
    decoder = msgspec.json.Decoder(row, strict=False)
    rows: list[R] = []
    for raw in raws:
        try:
            rows.append(decoder.decode(raw))
        except _BROKEN:
            try:
                found = _plain(bytes(raw))
            except Garbled:
                continue
            if isinstance(found, dict):
                rows.append(mended(found, row))
    return rows, len(raws) - len(rows)


def _mend(found: list[Any], row: type[R]) -> tuple[list[R], int]:
    rows = [mended(f, row) for f in found if isinstance(f, dict)]
    return rows, len(found) - len(rows)


def _plain(body: bytes) -> Any:
    """By the standard library, which takes NaN, lone surrogates and numbers out of range."""
    try:
        return json.loads(body.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        raise Garbled("the answer is cut off or no JSON") from None


def _scalar(raw: msgspec.Raw | None) -> Any:
    return None if raw is None else _plain(bytes(raw))


def _count(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e9:
        return None
    return int(value)
