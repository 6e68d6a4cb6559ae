"""What a back-fill has fetched, kept in the folder until it is in history: a log that a kill cannot spoil.

One file per range under `backfill/`: a head that says what is wanted, then one record per answer. A record that was cut
off, or does not match its checksum, ends the log: what follows is asked again.
"""

from __future__ import annotations

import os
import struct
from pathlib import Path
from typing import BinaryIO
from zlib import crc32

import msgspec

from noctui.runtime.backfill_plan import BackfillError

FOLDER = "backfill"
_FRAME = struct.Struct("<II")
_MOST = 1 << 28
VERSION = 1


class KeptHole(msgspec.Struct, array_like=True, frozen=True):
    """A `Hole` in the file."""

    start: float
    end: float
    seconds: float
    first: float
    last: float


class Head(msgspec.Struct, array_like=True, frozen=True):
    """What is wanted: the range as it was asked for, and the holes as they were when it was begun, at `begun`."""

    version: int
    org_id: str
    start: float
    end: float
    begun: float
    holes: tuple[KeptHole, ...]


class Record(msgspec.Struct, array_like=True, frozen=True):
    """An answer: `state` is `had`, `none` (Mist has no such series) or `refused`; `data` is what was told."""

    key: str
    state: str
    text: str = ""
    data: bytes = b""


_encode = msgspec.msgpack.Encoder().encode
_head = msgspec.msgpack.Decoder(Head)
_record = msgspec.msgpack.Decoder(Record)


class Kept:
    """The log of one range. Made by `begin` or `found`."""

    def __init__(self, path: Path, head: Head, records: dict[str, Record], size: int) -> None:
        self.path, self.head, self.records = path, head, records
        self._size = size
        self._file: BinaryIO | None = None

    def put(self, record: Record) -> None:
        """Keep an answer; after a kill it is there. Raises BackfillError when the disk is full."""
        try:
            if self._file is None:
                self._file = self.path.open("r+b")
                self._file.truncate(self._size)
                self._file.seek(self._size)
            payload = _encode(record)
            frame = _FRAME.pack(len(payload), crc32(payload)) + payload
            self._file.write(frame)
            self._file.flush()
            self._size += len(frame)
        except OSError as error:
            raise BackfillError(f"What was fetched cannot be kept in {self.path.parent}: {error.strerror}.") from error
        self.records[record.key] = record

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def drop(self) -> None:
        """It is done with."""
        self.close()
        self.path.unlink(missing_ok=True)


def begin(folder: Path, head: Head) -> Kept:
    """A new log. Raises BackfillError."""
    path = folder / FOLDER / f"{head.start:.0f}-{head.end:.0f}.log"
    partial = path.with_suffix(".part")
    payload = _encode(head)
    frame = _FRAME.pack(len(payload), crc32(payload)) + payload
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with partial.open("wb") as file:
            file.write(frame)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError as error:
        raise BackfillError(f"The data folder cannot be written: {path.parent}: {error.strerror}.") from error
    return Kept(path, head, {}, len(frame))


def found(folder: Path, org_id: str) -> list[Kept]:
    """The logs that are there, oldest first; a file that is none, or of another version, is left alone."""
    logs: list[Kept] = []
    for path in sorted((folder / FOLDER).glob("*.log")):
        try:
            data = path.read_bytes()
        except OSError:
            continue
        log = _read(path, data)
        if log is not None and log.head.org_id == org_id:
            logs.append(log)
    return sorted(logs, key=lambda log: log.head.begun)


def _read(path: Path, data: bytes) -> Kept | None:
    first = _payload(data, 0)
    if first is None:
        return None
    try:
        head = _head.decode(first)
    except msgspec.DecodeError:
        return None
    if head.version != VERSION:
        return None
    at, records = _FRAME.size + len(first), dict[str, Record]()
    while (payload := _payload(data, at)) is not None:
        try:
            record = _record.decode(payload)
        except msgspec.DecodeError:
            break
        records[record.key] = record
        at += _FRAME.size + len(payload)
    return Kept(path, head, records, at)


def _payload(data: bytes, at: int) -> bytes | None:
    """The record at that place; None when it is not whole."""
    if at + _FRAME.size > len(data):
        return None
    length, crc = _FRAME.unpack_from(data, at)
    payload = data[at + _FRAME.size : at + _FRAME.size + length]
    if length > _MOST or len(payload) != length or crc32(payload) != crc:
        return None
    return payload
