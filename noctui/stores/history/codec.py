"""Lossless blocks: an array of one metric in the smallest form that gives back exactly the same values.

Integers stay as they are. Floats that are whole numbers, tenths, hundredths or thousandths become unsigned integers of
one, two or four bytes (the highest code is NaN), but only when every value comes back bit for bit; all others stay
float32. Bytes are shuffled (all first bytes, all second bytes …) because zstd then finds the equal ones. A block
whose values are all the same is that one value.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import numpy as np
import zstandard
from numpy.typing import NDArray

Values = NDArray[Any]
"""A column; its type is one of the four native ones."""
Pick = slice | int | NDArray[np.intp]

STORED, ZSTD, SAME = 0, 1, 2
"""How the payload is kept: as it is, compressed, or one value for all."""

_NATIVE: tuple[np.dtype[Any], ...] = (np.dtype("<u1"), np.dtype("<u2"), np.dtype("<u4"), np.dtype("<f4"))
_WIDTHS: tuple[np.dtype[Any], ...] = (np.dtype("<u1"), np.dtype("<u2"), np.dtype("<u4"))
_BITS = {dtype.itemsize: dtype for dtype in _WIDTHS}
_BYTE = np.uint8(8)
_NONE = (0xFF, 0xFFFF, 0xFFFFFFFF)
"""Code of NaN per width."""
_SCALES = (1, 10, 100, 1000)
_FLOAT = 3
_SCALED = 4  # kinds 4…15: scale × width
_PROBE = 48
_FEW = 1024

QUICK = -5
"""zstd level for columns that live two hours."""
SMALL = 3
"""zstd level for tiles that stay."""

_local = threading.local()


def _compressor(level: int) -> zstandard.ZstdCompressor:
    # Contexts are not safe across threads; making one costs more than compressing a block.
    name = f"c{level}"
    found: zstandard.ZstdCompressor | None = getattr(_local, name, None)
    if found is None:
        found = zstandard.ZstdCompressor(level=level)
        setattr(_local, name, found)
    return found


def _decompressor() -> zstandard.ZstdDecompressor:
    found: zstandard.ZstdDecompressor | None = getattr(_local, "d", None)
    if found is None:
        found = _local.d = zstandard.ZstdDecompressor()
    return found


def compress(data: bytes, level: int = SMALL) -> bytes:
    """zstd, by this thread's own context."""
    return _compressor(level).compress(data)


def decompress(data: bytes, most: int = 0) -> bytes:
    """The opposite of `compress`. Raises `zstandard.ZstdError` on damage."""
    return _decompressor().decompress(data, max_output_size=most)


def _scaled(values: NDArray[np.float32]) -> tuple[int, Values] | None:
    """(kind, codes) when every value is exactly code / scale; None otherwise."""
    unknown = np.isnan(values)
    known = values[~unknown]
    if not known.size or np.signbit(known).any() or not known.max() < 2**32 - 1:
        return None
    probe = known[:_PROBE].astype(np.float64)
    for i, scale in enumerate(_SCALES):
        if not np.array_equal((np.rint(probe * scale) / scale).astype(np.float32), known[:_PROBE]):
            continue
        code = np.rint(known.astype(np.float64) * scale)
        if not np.array_equal((code / scale).astype(np.float32), known):
            continue
        highest = code.max()
        for w, dtype in enumerate(_WIDTHS):
            none = _NONE[w]
            if highest < none:
                codes = np.full(values.shape, none, dtype)
                codes[~unknown] = code
                return _SCALED + 3 * i + w, codes
    return None


def _shuffled(bits: Values, width: int) -> bytes:
    """All lowest bytes, then all second ones and so on: by shifts, which is twice as fast as a transposed copy."""
    planes = np.empty((width, len(bits)), np.uint8)
    planes[0] = bits
    for byte in range(1, width):
        bits = bits >> _BYTE
        planes[byte] = bits
    return planes.tobytes()


def encode(values: Values, level: int = SMALL) -> tuple[int, bytes]:
    """(form, payload) of a non-empty array of uint8, uint16, uint32 or float32."""
    values = np.ascontiguousarray(values)
    kind = _NATIVE.index(values.dtype)
    width = values.dtype.itemsize
    bits = values.reshape(-1).view(_BITS[width])
    first = bits[0]
    if first == bits[-1] and (bits == first).all():
        return SAME << 4 | kind, first.tobytes()
    if kind == _FLOAT and level > 0:
        scaled = _scaled(values.view(np.float32))
        if scaled is not None:
            kind, values = scaled
            width = values.dtype.itemsize
        bits = values.reshape(-1).view(_BITS[width])
    data = bits.tobytes() if width == 1 else _shuffled(bits, width)
    small = _compressor(level).compress(data)
    return (ZSTD << 4 | kind, small) if len(small) < len(data) else (STORED << 4 | kind, data)


def decode(form: int, payload: bytes, shape: tuple[int, int], rows: Pick, cols: Pick) -> Values:
    """The values `[rows, cols]` of a block of `shape`. Raises ValueError or ZstdError on a payload that cannot be."""
    method, kind = form >> 4, form & 15
    if kind < _SCALED:
        stored = _NATIVE[kind]
    else:
        scale, stored = _SCALES[(kind - _SCALED) // 3], _WIDTHS[(kind - _SCALED) % 3]
    if method == SAME:
        flat: Values = np.ndarray(shape, stored, payload, strides=(0, 0))  # one value, seen everywhere
        return flat[rows, cols].copy()
    width = stored.itemsize
    size = shape[0] * shape[1] * width
    data = payload if method == STORED else _decompressor().decompress(payload, max_output_size=size)
    if len(data) != size:
        raise ValueError(f"{len(data)} bytes instead of {size}")
    if width == 1:
        codes = np.frombuffer(data, stored).reshape(shape)[rows, cols]
    else:
        planes = np.frombuffer(data, np.uint8).reshape(width, *shape)
        picked = planes[:, rows, cols]
        # [width, …] → […, width]: the bytes of a value side by side again; of more than a few values plane by plane is
        # several times as fast as a transposed copy.
        if picked.ndim == 2 and picked.size < _FEW:
            codes = np.ascontiguousarray(picked.T).view(stored)[:, 0]
        else:
            side = np.empty((*picked.shape[1:], width), np.uint8)
            for byte in range(width):
                side[..., byte] = picked[byte]
            codes = side.view(stored)[..., 0]
    if kind < _SCALED:
        return codes
    values = codes.astype(np.float64)
    if scale != 1:
        values /= scale
    out = values.astype(np.float32)
    out[codes == (1 << 8 * width) - 1] = np.nan
    return out


def decode_all(parts: Sequence[tuple[int, bytes]], heights: Sequence[int], width: int) -> Values:
    """Blocks (form, payload) of neighbouring rows as one; floats that were stored as they are, together. Raises
    ValueError or ZstdError on a payload that cannot be."""
    whole = slice(None)
    if any(form & 15 != _FLOAT or form >> 4 == SAME for form, _ in parts):
        each = zip(parts, heights, strict=True)
        blocks = [decode(form, payload, (height, width), whole, whole) for (form, payload), height in each]
        return blocks[0] if len(blocks) == 1 else np.concatenate(blocks)
    out = np.empty((sum(heights), width, 4), np.uint8)
    unpack, row = _decompressor().decompress, 0
    for (form, payload), height in zip(parts, heights, strict=True):
        size = height * width * 4
        data = payload if form >> 4 == STORED else unpack(payload, max_output_size=size)
        if len(data) != size:
            raise ValueError(f"{len(data)} bytes instead of {size}")
        planes = np.frombuffer(data, np.uint8).reshape(4, height, width)
        for byte in range(4):
            out[row : row + height, :, byte] = planes[byte]
        row += height
    return out.view(np.dtype("<f4"))[..., 0]
