"""JSON to rows: fast when the answer is sound, tolerant row by row and field by field when it is not.

One wrong value costs that value and is counted; a row that is no object is dropped and counted; only an answer that is
no JSON, or not of the expected shape, is an error.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from types import NoneType, UnionType
from typing import Any, Generic, Protocol, TypeVar, get_args, get_origin, get_type_hints

import msgspec

from noctui.sources.mist.errors import Garbled
from noctui.sources.mist.odd import Odd, shown, whose
from noctui.sources.mist.structs import Row

R = TypeVar("R", bound=Row)
_BROKEN = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


Misfit = tuple[str, str, Any]
"""(attribute of the row, name of the value itself, which may stand deeper, the value)"""


@dataclass(slots=True)
class Page(Generic[R]):
    """One page. `total` and `limit` as Mist stated them (search style only), `next` the URL of the page after it.

    `dropped` counts rows that were no objects, `odd` these and values of a wrong type; `unfit` names, by the place of a
    row, its attributes that held such values.
    """

    rows: list[R]
    next: str = ""
    total: int | None = None
    limit: int | None = None
    dropped: int = 0
    odd: Odd = field(default_factory=Odd)
    unfit: dict[int, tuple[str, ...]] = field(default_factory=dict)

    def mend(self, found: Any, row: type[R]) -> None:
        """Take in a row that may be anything."""
        if not isinstance(found, dict):
            self.drop(found)
            return
        bad: list[Misfit] = []
        made = mended(found, row, bad)
        if bad:
            self.unfit[len(self.rows)] = tuple(dict.fromkeys(attribute for attribute, _, _ in bad))
            _, name, value = bad[0]
            self.odd.add(f"{name} {shown(value)}", whose(made), len(bad))
        self.rows.append(made)

    def drop(self, found: Any) -> None:
        self.dropped += 1
        self.odd.add(f"the row {shown(found)}")


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
            return _each(self._raw.decode(body), self._row)
        except _BROKEN:
            found = _plain(body)
            if not isinstance(found, list):
                raise Garbled("the answer is no list") from None
            return _mend(found, self._row)


class SearchCodec(Generic[R]):
    """`{"results": [...], "next": …, "total": …, "limit": …}`."""

    def __init__(self, row: type[R]) -> None:
        self._row = row
        self._fast = msgspec.json.Decoder(_Envelope[row], strict=False)  # type: ignore[valid-type]
        self._raw = msgspec.json.Decoder(_RawEnvelope)

    def decode(self, body: bytes) -> Page[R]:
        try:
            sound = self._fast.decode(body)
            return Page(sound.results, sound.next or "", _count(sound.total), _count(sound.limit))
        except _BROKEN:
            pass
        try:
            raw = self._raw.decode(body)
            page = _each(raw.results, self._row)
            after, total, limit = (_scalar(r) for r in (raw.next, raw.total, raw.limit))
        except _BROKEN:
            found = _plain(body)
            if not isinstance(found, dict) or not isinstance(found.get("results"), list):
                raise Garbled("the answer has no results") from None
            page = _mend(found["results"], self._row)
            after, total, limit = found.get("next"), found.get("total"), found.get("limit")
        page.next, page.total, page.limit = after if isinstance(after, str) else "", _count(total), _count(limit)
        return page


def decode_object(body: bytes, row: type[R]) -> R:
    """A body that is one object."""
    try:
        return msgspec.json.decode(body, type=row, strict=False)
    except _BROKEN:
        found = _plain(body)
    if not isinstance(found, dict):
        raise Garbled("the answer is no object")
    return mended(found, row)


def mended(found: dict[str, Any], row: type[R], bad: list[Misfit] | None = None) -> R:
    """`found` as a row; values that do not fit are left out, and told to `bad`."""
    taken: dict[str, Any] = {}
    for attribute, name, kind in _fields(row):
        if name in found:
            unfit: list[tuple[str, Any]] = []
            value = _fit(found[name], kind, name, unfit)
            if value is not None:
                taken[attribute] = value
            if bad is not None:
                bad += [(attribute, label, v) for label, v in unfit]
    return row(**taken)


def _fit(value: Any, kind: Any, name: str, unfit: list[tuple[str, Any]]) -> Any:
    """`value` as `kind`, or None. Of lists and maps of rows only what fits is kept; the rest goes to `unfit`."""
    if value is None:
        return None
    origin, args = get_origin(kind), get_args(kind)
    if isinstance(kind, type) and issubclass(kind, Row) and isinstance(value, dict):
        deeper: list[Misfit] = []
        made = mended(value, kind, deeper)
        unfit += [(label, v) for _, label, v in deeper]
        return made
    if origin is list and isinstance(value, list):
        return [v for v in (_fit(v, args[0], name, unfit) for v in value) if v is not None]
    if origin is dict and isinstance(value, dict):
        pairs = ((k, _fit(v, args[1], name, unfit)) for k, v in value.items())
        return {k: v for k, v in pairs if v is not None}
    try:
        return msgspec.convert(value, kind, strict=False)
    except (msgspec.ValidationError, OverflowError):
        unfit.append((name, value))
        return [] if origin is list else {} if origin is dict else None


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


def _each(raws: list[msgspec.Raw], row: type[R]) -> Page[R]:
    decoder = msgspec.json.Decoder(row, strict=False)
    page: Page[R] = Page([])
    for raw in raws:
        try:
            page.rows.append(decoder.decode(raw))
        except _BROKEN:
            try:
                page.mend(_plain(bytes(raw)), row)
            except Garbled:
                page.drop(None)
    return page


def _mend(found: list[Any], row: type[R]) -> Page[R]:
    page: Page[R] = Page([])
    for one in found:
        page.mend(one, row)
    return page


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
