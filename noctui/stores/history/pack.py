"""A pack: the same shape of several metrics in one blob, cut along its first axis into frames of their own checksum.

A reader takes the few frames it needs: one instant of an hour, one circuit of a day. The head says where each one is
and carries a checksum of itself; nothing is believed that does not match.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from zlib import crc32

import numpy as np
import zstandard

from noctui.stores.history.codec import SMALL, Pick, Values, decode, decode_all, encode
from noctui.stores.history.faults import DamagedBlock

_HEAD = struct.Struct("<2sBBHxxIIII")  # magic, version, metrics, frames, n0, n1, step, checksum of the head
_ENTRY = struct.Struct("<BIII")  # form, offset, length, checksum
_MAGIC, _VERSION = b"NT", 1
_PEEK = 3072  # one page holds most heads

Read = Callable[[int, int], bytes]
"""(offset, length) → bytes."""


def build(columns: Mapping[int, Values], step: int, level: int = SMALL) -> bytes:
    """Pack 2-D arrays of one shape by their metric number, cut every `step` rows."""
    n0, n1 = next(iter(columns.values())).shape
    frames = max(1, -(-n0 // step))
    entries, payloads, offset = [], [], 0
    for values in columns.values():
        for start in range(0, frames * step, step):
            form, payload = encode(values[start : start + step], level)
            entries.append(_ENTRY.pack(form, offset, len(payload), crc32(payload)))
            payloads.append(payload)
            offset += len(payload)
    table = bytes(columns) + b"".join(entries)
    head = _HEAD.pack(_MAGIC, _VERSION, len(columns), frames, n0, n1, step, 0)
    return b"".join((head[:-4], crc32(head + table).to_bytes(4, "little"), table, *payloads))


def replaced(data: bytes, columns: Mapping[int, Values], level: int = SMALL) -> bytes:
    """The same pack with other values of some of its metrics; the others are taken over as they are packed."""
    pack = Pack(of_bytes(data), "pack")
    entries, payloads, offset = [], [], 0
    for index, metric in enumerate(pack._metrics):
        for frame in range(pack.frames):
            if metric in columns:
                form, payload = encode(columns[metric][frame * pack.step : (frame + 1) * pack.step], level)
                crc = crc32(payload)
            else:
                at = len(pack._metrics) + (index * pack.frames + frame) * _ENTRY.size
                form, begin, length, crc = _ENTRY.unpack_from(pack._table, at)
                payload = data[pack._base + begin : pack._base + begin + length]
            entries.append(_ENTRY.pack(form, offset, len(payload), crc))
            payloads.append(payload)
            offset += len(payload)
    table = pack._metrics + b"".join(entries)
    head = _HEAD.pack(_MAGIC, _VERSION, len(pack._metrics), pack.frames, pack.n0, pack.n1, pack.step, 0)
    return b"".join((head[:-4], crc32(head + table).to_bytes(4, "little"), table, *payloads))


class Pack:
    """A pack opened for reading. `str(name)` is what a fault calls it."""

    __slots__ = ("_base", "_head", "_metrics", "_name", "_read", "_table", "frames", "n0", "n1", "step")

    def __init__(self, read: Read, name: object) -> None:
        self._name = name
        self._read = read
        head = read(0, _PEEK)
        if len(head) < _HEAD.size:
            raise DamagedBlock(name, "cut short")
        magic, version, metrics, self.frames, self.n0, self.n1, self.step, crc = _HEAD.unpack_from(head)
        if magic != _MAGIC or version != _VERSION:
            raise DamagedBlock(name, "unknown head")
        self._base = _HEAD.size + metrics + metrics * self.frames * _ENTRY.size
        if self._base > len(head):
            head += read(len(head), self._base - len(head))
        self._head = head  # of a small pack this is all
        self._table = head[_HEAD.size : self._base]
        if crc32(self._table, crc32(head[: _HEAD.size - 4] + b"\0\0\0\0")) != crc:
            raise DamagedBlock(name, "checksum of the head")
        self._metrics = self._table[:metrics]

    def has(self, metric: int) -> bool:
        return metric in self._metrics

    def _frame(self, metric: int, frame: int, rows: Pick, cols: Pick) -> Values:
        index = self._metrics.index(metric) * self.frames + frame
        form, offset, length, crc = _ENTRY.unpack_from(self._table, len(self._metrics) + index * _ENTRY.size)
        height = min(self.step, self.n0 - frame * self.step)
        try:
            offset += self._base
            small = offset + length <= len(self._head)
            payload = self._head[offset : offset + length] if small else self._read(offset, length)
            if crc32(payload) != crc:
                raise ValueError("checksum")
            return decode(form, payload, (height, self.n1), rows, cols)
        except (ValueError, IndexError, zstandard.ZstdError) as error:
            raise DamagedBlock(f"{self._name} metric {metric}", str(error)) from error

    def whole(self, metric: int) -> Values:
        """[n0, n1] all rows, with one look into the file: quicker than frame by frame."""
        index, frames = self._metrics.index(metric), self.frames
        start = len(self._metrics) + index * frames * _ENTRY.size
        entries = list(_ENTRY.iter_unpack(self._table[start : start + frames * _ENTRY.size]))
        first = entries[0][1]
        data = self._read(self._base + first, entries[-1][1] + entries[-1][2] - first)
        parts = []
        try:
            for form, offset, length, crc in entries:
                payload = data[offset - first : offset - first + length]
                if crc32(payload) != crc:
                    raise ValueError("checksum")
                parts.append((form, payload))
            heights = [self.step] * (frames - 1) + [self.n0 - (frames - 1) * self.step]
            return decode_all(parts, heights, self.n1)
        except (ValueError, IndexError, zstandard.ZstdError) as error:
            raise DamagedBlock(f"{self._name} metric {metric}", str(error)) from error

    def row(self, metric: int, row: int, cols: Pick = slice(None)) -> Values:
        """[n1] one row; reads one frame."""
        return self._frame(metric, row // self.step, row % self.step, cols)

    def get(self, metric: int, start: int = 0, stop: int | None = None, cols: Pick = slice(None)) -> Values:
        """Rows start…stop, all columns or `cols`; reads only the frames that hold them."""
        stop = self.n0 if stop is None else min(stop, self.n0)
        parts = []
        for frame in range(start // self.step, -(-stop // self.step)):
            first = frame * self.step
            rows = slice(max(0, start - first), min(self.step, stop - first))
            parts.append(self._frame(metric, frame, rows, cols))
        return parts[0] if len(parts) == 1 else np.concatenate(parts)


def of_bytes(data: bytes) -> Read:
    """Read from a blob in memory."""
    return lambda offset, length: data[offset : offset + length]
