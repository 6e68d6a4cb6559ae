"""Frames (`noctui.model.frames`) off a stream, between two processes of one host."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import cast

from noctui.model.frames import LENGTHS, MOST, FrameError, Unpacker, pack


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
        self._buffer = bytearray(LENGTHS.size)
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
        if len(self._buffer) == LENGTHS.size:
            length, _ = LENGTHS.unpack_from(self._buffer)
            if not LENGTHS.size < length <= MOST:
                assert self._transport is not None
                self._transport.abort()
                return
            whole = bytearray(length)
            whole[: LENGTHS.size] = self._buffer
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


__all__ = ["FrameError", "FrameReader", "Unpacker", "pack"]
