"""Blobs on the bus: a frame, compressed, under a head that says whose it is and whether it is whole.

`<magic><u2 format><u2 layout><u4 length of head><u4 length of payload><u4 crc of all the rest><head><payload>`. The
format is raised by hand when this page changes; the layout is a digest of the View's columns, so that two programs that
know different columns never take one for the other. Nothing is looked into before crc, org and versions are right.
"""

from __future__ import annotations

import struct
import threading
import zlib
from functools import cache
from typing import Any, TypeVar, get_args, get_type_hints

import msgspec
import numpy as np
import zstandard

from noctui.model.frames import FrameError, Unpacker, pack
from noctui.model.view import CircuitTable, GatewayTable, PathTable, RegionTable, SiteTable
from noctui.stores.bus.redis_errors import BusError

FORMAT = 1
MAGIC = b"NCTb"
MOST = 1 << 28
"""Bytes of a frame; a longer one is none of ours."""
LEVEL = -1
"""Of zstd: a tenth larger than level 1, in two thirds of its time."""
TABLES: dict[str, type] = {
    "circuits": CircuitTable, "gateways": GatewayTable, "paths": PathTable, "sites": SiteTable, "regions": RegionTable,
}  # fmt: skip
"""Of a View."""
_FIXED = struct.Struct("<4sHHIII")
_CRC_AT = _FIXED.size - 4
W = TypeVar("W")


class BlobError(BusError):
    """It is no blob that can be shown; the text says why."""


class CutShortError(BlobError):
    """Its end is missing."""


class CorruptError(BlobError):
    """It is not what was written."""


class OtherVersionError(BlobError):
    """A program with another format wrote it."""


class OtherOrgError(BlobError):
    """It speaks of another org."""


class Head(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """`epoch` and `number` rise with everything a leader publishes, `seq` with its polls. `before` is the (epoch, seq)
    of the poll published before this one; `rev` and `alarms` say which inventory and alarms belong to it. `taken` is a
    poll's `at`, `shape` a name for what its inventory lists, in what order (`redis_rows.shape_of`)."""

    org: str
    epoch: int
    number: int = 0
    seq: int = 0
    rev: int = 0
    alarms: int = 0
    before: tuple[int, int] = (0, 0)
    ahead: float = 0.0  # the leader's clock minus the server's, seconds
    bytes: int = 0  # of the frame
    taken: float = 0.0
    shape: int = 0

    @property
    def at(self) -> tuple[int, int]:
        return self.epoch, self.seq


@cache
def columns(table: type) -> dict[str, np.dtype[Any]]:
    """The columns of one of the View's tables and their types."""
    found = {name: get_args(get_args(hint)[1])[0] for name, hint in get_type_hints(table).items()}
    return {name: np.dtype(kind) for name, kind in found.items()}


@cache
def layout() -> int:
    """A digest of all columns of a View, their names and types."""
    text = ";".join(f"{t}.{name}:{kind.str}" for t, class_ in TABLES.items() for name, kind in columns(class_).items())
    return zlib.crc32(text.encode()) & 0xFFFF


_MAKING = threading.Lock()
_HEAD = msgspec.msgpack.Decoder(Head)


class _Unpackers(threading.local):
    """One for each kind and thread: making one takes as long as a small blob, and two threads cannot share it."""

    def __init__(self) -> None:
        self.of: dict[type, Unpacker[Any]] = {}

    def __getitem__(self, kind: type) -> Unpacker[Any]:
        found = self.of.get(kind)
        if found is None:
            with _MAKING:  # nobody is to meet a class that another thread is still looking into
                found = self.of[kind] = Unpacker(kind)
        return found


_unpackers = _Unpackers()


def seal(head: Head, word: msgspec.Struct) -> bytes:
    """The blob of one message. Nearly all of its time is compressing, which lets other threads run."""
    frame = b"".join(pack(word))
    payload = zstandard.ZstdCompressor(level=LEVEL).compress(frame)
    said = msgspec.msgpack.encode(msgspec.structs.replace(head, bytes=len(frame)))
    fixed = _FIXED.pack(MAGIC, FORMAT, layout(), len(said), len(payload), 0)[:_CRC_AT]
    crc = zlib.crc32(payload, zlib.crc32(said, zlib.crc32(fixed)))
    return b"".join((fixed, struct.pack("<I", crc), said, payload))


def head_of(blob: bytes, org: str) -> Head:
    """What a blob says of itself, once it is known to be whole and of this org. Raises BlobError."""
    return _opened(blob, org)[0]


def unseal(blob: bytes, org: str, kind: type[W]) -> tuple[Head, W]:
    """Head and message. Columns are read-only. Raises BlobError."""
    head, payload = _opened(blob, org)
    try:
        if zstandard.frame_content_size(payload) != head.bytes or head.bytes > MOST:
            raise CorruptError("a blob on the bus is not as long as it says")
        frame = zstandard.ZstdDecompressor().decompress(payload, max_output_size=head.bytes)
        return head, _unpackers[kind].unpack(frame)
    except (zstandard.ZstdError, FrameError, ValueError, TypeError) as error:
        raise CorruptError(f"a blob on the bus holds no {kind.__name__}: {_plain(error)}") from error


def _opened(blob: bytes, org: str) -> tuple[Head, memoryview]:
    if blob[:4] != MAGIC[: len(blob)]:
        raise CorruptError("a blob on the bus is none of noctui's")
    if len(blob) < _FIXED.size:
        raise CutShortError(f"a blob on the bus is cut short after {len(blob)} bytes")
    _, format_, columns_, said, length, crc = _FIXED.unpack_from(blob)
    if format_ != FORMAT:
        raise OtherVersionError(f"another noctui writes format {format_} to the bus, this one reads {FORMAT}: update")
    whole = _FIXED.size + said + length
    if len(blob) < whole:
        raise CutShortError(f"a blob on the bus is cut short: {len(blob):,} of {whole:,} bytes")
    view = memoryview(blob)
    if len(blob) > whole or zlib.crc32(view[_FIXED.size :], zlib.crc32(view[:_CRC_AT])) != crc:
        raise CorruptError("a blob on the bus is damaged: its checksum is wrong")
    if columns_ != layout():
        raise OtherVersionError("another noctui writes other columns to the bus than this one reads: update")
    try:
        head = _HEAD.decode(view[_FIXED.size : _FIXED.size + said])
    except msgspec.MsgspecError as error:
        raise CorruptError(f"a blob on the bus has no head: {_plain(error)}") from error
    if head.org != org:
        raise OtherOrgError(f"a blob on the bus is of org {_plain(head.org)}, not of {org}")
    return head, view[_FIXED.size + said :]


def _plain(thing: object) -> str:
    return "".join(c if c.isprintable() else "·" for c in str(thing))[:120]
