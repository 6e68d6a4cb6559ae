"""Rows as the text of a CSV file: texts in quotes, whole numbers column by column, NULL as nothing.

Numbers go through numpy, digit by digit over all rows at once: a fifth of what a row at a time takes.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from noctui.model.view import F8

I8 = NDArray[np.int64]
NULL = np.iinfo(np.int64).min
"""Of whole numbers: nothing is known."""
CHUNK = 4096
"""Rows that are written at once: all of their digits lie in the processor's cache."""
LEVEL = 1
"""Of compression: the network is not what a sync waits for."""
Cell = str | int | float | bool | None


def whole(values: NDArray[np.floating], scale: float) -> I8:
    """The values in parts of 1/scale, rounded; NaN is NULL."""
    found = np.asarray(values, np.float64) * scale
    none = ~np.isfinite(found)
    out: I8 = np.rint(np.where(none, 0.0, found)).astype(np.int64)
    out[none] = NULL
    return out


def quoted(text: str) -> str:
    """A text as a cell; an empty one is NULL. A sign that no database takes is replaced."""
    return '"' + text.replace("\0", "\N{REPLACEMENT CHARACTER}").replace('"', '""') + '"' if text else ""


def lines(prefixes: NDArray[np.bytes_], rows: NDArray[np.intp], columns: Sequence[I8]) -> bytes:
    """A line per row: the prefix that `rows` points at (UTF-8, without zero bytes), then the numbers."""
    signs = prefixes.view(np.uint8).reshape(len(prefixes), prefixes.dtype.itemsize)
    parts = []
    for first in range(0, len(rows), CHUNK):
        cut = slice(first, first + CHUNK)
        planes = [np.ascontiguousarray(signs[rows[cut]].T)]
        for column in columns:
            planes += (_plane(b",", planes[0].shape[1]), *_digits(column[cut]))
        planes.append(_plane(b"\n", planes[0].shape[1]))
        parts.append(np.ascontiguousarray(np.vstack(planes).T).tobytes().translate(None, b"\0"))
    return b"".join(parts)


def _plane(sign: bytes, rows: int) -> NDArray[np.uint8]:
    return np.full((1, rows), sign[0], np.uint8)


def _digits(values: I8) -> list[NDArray[np.uint8]]:
    """Sign, then digits from the highest, each for all rows, in ASCII; 0 is no sign."""
    known = values != NULL
    negative = known & (values < 0)
    found = np.where(known, np.abs(values), 0).astype(np.uint64)
    most = int(found.max(initial=0))
    count = len(str(most))
    rest = found.astype(np.uint32) if most < 1 << 32 else found
    ten = rest.dtype.type(10)
    out: list[NDArray[np.uint8]] = []
    shown = known
    for _ in range(count):
        more = rest // ten
        digit = (rest - more * ten).astype(np.uint8)
        digit += np.uint8(0x30)
        digit *= shown
        out.append(digit)
        rest = more
        shown = known & (rest > 0)
    out.append(negative * np.uint8(0x2D))
    return out[::-1]


def table(rows: Iterable[Sequence[Cell]]) -> bytes:
    """Any rows, a cell at a time."""
    return "".join(",".join(map(_cell, row)) + "\n" for row in rows).encode("utf-8", "replace")


def _cell(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return repr(value) if isfinite(value) else ""
    return str(value)


def stamp(at: float | None) -> str | None:
    """UTC epoch seconds as Snowflake reads them, to the millisecond; None and NaN are NULL."""
    if at is None or not isfinite(at):
        return None
    return datetime.fromtimestamp(round(at, 3), UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]


def hour_key(start: float) -> str:
    """`2026112314` of an hour that begins then."""
    return f"{datetime.fromtimestamp(start, UTC):%Y%m%d%H}"


def hour_keys(starts: F8) -> I8:
    """The same as numbers."""
    known, at = np.unique(starts, return_inverse=True)
    return np.array([int(hour_key(start)) for start in known.tolist()], np.int64)[at.reshape(starts.shape)]


def packed(text: bytes) -> bytes:
    """As a file."""
    return gzip.compress(text, LEVEL, mtime=0)


def packed_parts(parts: Iterable[bytes]) -> bytes:
    """The same of a text in parts, which is never there as a whole."""
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    found = [packer.compress(part) for part in parts]
    return b"".join((*found, packer.flush()))
