"""Messages between processes of noctui: a length, a head in msgpack, and the numpy columns as they lie in memory.

A frame is `<u4 length><u4 length of the head><head><columns>`; every column begins at a multiple of 8, so that the
receiver looks at them where they arrived: nothing is copied and nothing is parsed row by row. Only processes that run
the same version of the program understand each other: whoever stores frames, or sends them to other hosts, says the
version beside them.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

import msgspec
import numpy as np

M = TypeVar("M")

MOST = 1 << 30
"""Bytes in a frame; a longer one is no frame of ours."""
LENGTHS = struct.Struct("<II")
"""Of the frame, and of its head."""
_ALIGN = 8


class FrameError(ValueError):
    """What came is no frame."""


def pack(message: Any) -> list[bytes | memoryview]:
    """The frame of `message` in parts, for `writelines`. Arrays are not copied: they must not change any more."""
    columns: list[memoryview] = []
    end = 0

    def hook(thing: Any) -> Any:
        nonlocal end
        if isinstance(thing, np.ndarray):
            start = _aligned(end)
            data = np.ascontiguousarray(thing)
            if data.nbytes:
                if start > end:
                    columns.append(memoryview(bytes(start - end)))
                columns.append(data.reshape(-1).view(np.uint8).data)
                end = start + data.nbytes
            return (start, data.dtype.str, thing.shape)
        if isinstance(thing, Path):
            return str(thing)
        raise NotImplementedError(type(thing).__name__)

    head = msgspec.msgpack.encode(message, enc_hook=hook)
    gap = bytes(_aligned(LENGTHS.size + len(head)) - LENGTHS.size - len(head))
    lengths = LENGTHS.pack(LENGTHS.size + len(head) + len(gap) + end, len(head))
    return [lengths + head + gap, *columns]


class Unpacker(Generic[M]):
    """Reads frames that hold messages of one type (a union of tagged structs)."""

    def __init__(self, type_: Any) -> None:
        self._columns: memoryview = memoryview(b"")
        self._decoder = msgspec.msgpack.Decoder(type_, dec_hook=self._hook)

    def unpack(self, frame: bytes | bytearray | memoryview) -> M:
        """The message of a whole frame. Its arrays look at `frame`, read-only. Raises FrameError."""
        whole = memoryview(frame).toreadonly()
        try:
            length, head = LENGTHS.unpack_from(whole)
            if length != len(whole) or LENGTHS.size + head > length:
                raise FrameError("the frame is cut off")
            self._columns = whole[_aligned(LENGTHS.size + head) :]
            return cast("M", self._decoder.decode(whole[LENGTHS.size : LENGTHS.size + head]))
        except (struct.error, msgspec.MsgspecError) as error:
            raise FrameError(str(error)) from error
        finally:
            self._columns = memoryview(b"")

    def _hook(self, type_: Any, thing: Any) -> Any:
        if isinstance(type_, type) and issubclass(type_, Path):
            return Path(thing)
        start, kind, shape = thing  # whatever else is in there makes numpy say ValueError, as a wrong field would
        count = int(np.prod(shape, dtype=np.int64))
        return np.frombuffer(self._columns, np.dtype(kind), count, start if count else 0).reshape(shape)


def _aligned(at: int) -> int:
    return -(-at // _ALIGN) * _ALIGN
