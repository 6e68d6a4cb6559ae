"""Messages between two processes of noctui: a length, a head in msgpack, and the numpy columns as they lie in memory.

A frame is `<u4 length><u4 length of the head><head><columns>`; every column begins at a multiple of 8, so that the
receiver looks at them where they arrived: nothing is copied and nothing is parsed row by row. Only processes that run
the same program speak this to each other, over a socket that nobody else has.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

import msgspec
import numpy as np

M = TypeVar("M")

MOST = 1 << 30
"""Bytes in a frame; a longer one is no frame of ours."""
_LENGTHS = struct.Struct("<II")
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
    gap = bytes(_aligned(_LENGTHS.size + len(head)) - _LENGTHS.size - len(head))
    lengths = _LENGTHS.pack(_LENGTHS.size + len(head) + len(gap) + end, len(head))
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
            length, head = _LENGTHS.unpack_from(whole)
            if length != len(whole) or _LENGTHS.size + head > length:
                raise FrameError("the frame is cut off")
            self._columns = whole[_aligned(_LENGTHS.size + head) :]
            return cast("M", self._decoder.decode(whole[_LENGTHS.size : _LENGTHS.size + head]))
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


class FrameReader(asyncio.BufferedProtocol):
    """Takes frames off a stream, each straight into memory of its own, and hands them to `frame` as they are whole.

    `made` gets the transport to write to. `lost` is called once, when the other side is gone or sends what is no frame.
    `room` tells, at each change, whether more may be written.
    """

    def __init__(
        self,
        made: Callable[[asyncio.Transport], None],
        frame: Callable[[bytearray], None],
        lost: Callable[[], None],
        room: Callable[[bool], None] = lambda _: None,
    ) -> None:
        self._made, self._frame, self._lost, self._room = made, frame, lost, room
        self._transport: asyncio.Transport | None = None
        self._begin()

    def _begin(self) -> None:
        self._buffer = bytearray(_LENGTHS.size)
        self._filled = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._made(self._transport)

    def get_buffer(self, sizehint: int) -> memoryview:
        return memoryview(self._buffer)[self._filled :]

    def buffer_updated(self, nbytes: int) -> None:
        self._filled += nbytes
        if self._filled < len(self._buffer):
            return
        if len(self._buffer) == _LENGTHS.size:
            length, _ = _LENGTHS.unpack_from(self._buffer)
            if not _LENGTHS.size < length <= MOST:
                assert self._transport is not None
                self._transport.abort()
                return
            whole = bytearray(length)
            whole[: _LENGTHS.size] = self._buffer
            self._buffer = whole
            return
        frame = self._buffer
        self._begin()
        self._frame(frame)

    def eof_received(self) -> bool:
        return False

    def connection_lost(self, error: Exception | None) -> None:
        self._lost()

    def pause_writing(self) -> None:
        self._room(False)

    def resume_writing(self) -> None:
        self._room(True)
