"""What readers keep in memory of a history: inventory versions and the times of closed periods. Both never change."""

from __future__ import annotations

import sqlite3
import threading
from collections import OrderedDict
from dataclasses import dataclass
from zlib import crc32

import msgspec
import numpy as np
import zstandard
from numpy.typing import NDArray

from noctui.model.inventory import Inventory
from noctui.model.view import F8
from noctui.stores.history.alike import alike, is_apart
from noctui.stores.history.codec import compress, decompress
from noctui.stores.history.columns import slots_of
from noctui.stores.history.faults import DamagedBlock
from noctui.stores.history.unpacked import Unpacked

_decoder = msgspec.msgpack.Decoder(Inventory)
_encoder = msgspec.msgpack.Encoder()
_MOST = 1 << 30


@dataclass(frozen=True, slots=True)
class Version:
    """One inventory version and where its rows are stored: slot of each row, per table."""

    inventory: Inventory
    slots: tuple[NDArray[np.int32], ...]


@dataclass(frozen=True, slots=True)
class Period:
    """A closed hour or day: the polls whose columns its tiles hold, oldest first."""

    id: int
    kind: int
    start: float
    times: F8
    intervals: F8
    tables: int  # bit per table that has tiles
    checksum: bytes = b""  # of the times: a row's id may be given anew


def pack_inventory(inventory: Inventory) -> tuple[bytes, int]:
    """(blob, checksum)"""
    data = compress(_encoder.encode(inventory))
    return data, crc32(data)


def unpack_inventory(data: bytes, crc: int, rev: int) -> Inventory:
    """The opposite. Raises DamagedBlock."""
    if crc32(data) != crc:
        raise DamagedBlock(f"inventory {rev}", "checksum")
    try:
        return _decoder.decode(decompress(data, _MOST))
    except (zstandard.ZstdError, msgspec.DecodeError) as error:
        raise DamagedBlock(f"inventory {rev}", str(error)) from error


def pack_times(times: F8, intervals: F8) -> bytes:
    """Times and intervals of a period's polls, with their checksum."""
    raw = np.concatenate([times, intervals]).astype("<f8").tobytes()
    return crc32(raw).to_bytes(4, "little") + compress(raw)


def unpack_times(data: bytes, name: str) -> tuple[F8, F8]:
    """The opposite. Raises DamagedBlock."""
    try:
        raw = decompress(data[4:], _MOST)
    except zstandard.ZstdError as error:
        raise DamagedBlock(name, str(error)) from error
    if crc32(raw).to_bytes(4, "little") != data[:4]:
        raise DamagedBlock(name, "checksum of the times")
    both = np.frombuffer(raw, "<f8")
    return both[: len(both) // 2], both[len(both) // 2 :]


class Catalog:
    """A small cache of immutable things, shared by the reader threads of a process."""

    def __init__(self, versions: int = 6, periods: int = 2048) -> None:
        self._versions: OrderedDict[int, Version] = OrderedDict()
        self._periods: OrderedDict[int, Period] = OrderedDict()
        self._most_versions, self._most_periods = versions, periods
        self.unpacked = Unpacked()
        self._live: Inventory | None = None
        self._guard = threading.Lock()

    def version(self, db: sqlite3.Connection, rev: int) -> Version | None:
        """The inventory version `rev`; None when it is not stored."""
        with self._guard:
            if rev in self._versions:
                self._versions.move_to_end(rev)
                return self._versions[rev]
        row = db.execute("SELECT data, crc, gateway_no FROM inventories WHERE rev = ?", (rev,)).fetchone()
        if row is None:
            return None
        return self.keep(self._unpacked(row[0], row[1], rev), np.frombuffer(row[2], "<i4"))

    def _unpacked(self, data: bytes, crc: int, rev: int) -> Inventory:
        """The version, of the rows that are held already. Raises DamagedBlock."""
        with self._guard:
            held = self._live or next((v.inventory for v in reversed(self._versions.values())), None)
        if held is not None and held.rev == rev:
            return held
        found = unpack_inventory(data, crc, rev)
        return alike(found, held) if held is not None else found

    def keep(self, inventory: Inventory, gateway_no: NDArray[np.int32]) -> Version:
        """Put a version into the cache (the writer does, so that a process that also reads has it)."""
        version = Version(inventory, slots_of(inventory, gateway_no))
        with self._guard:
            self._versions[inventory.rev] = version
            if len(self._versions) > self._most_versions:
                self._versions.popitem(last=False)
        return version

    def share(self, inventory: Inventory) -> None:
        """Hold this one, which came from the writer itself, instead of what the file has of the same version: a process
        needs 10,000 circuits once. Versions that came from the file before it are let go of: read again, they are of
        its rows."""
        with self._guard:
            if inventory is self._live:
                return
            self._live = inventory
            held = self._versions.get(inventory.rev)
            if held is not None:
                self._versions[inventory.rev] = Version(inventory, held.slots)
            for rev in [rev for rev, version in self._versions.items() if is_apart(version.inventory, inventory)]:
                del self._versions[rev]

    def period(self, row: tuple[int, int, float, bytes, int]) -> Period:
        """A period from its row (id, kind, start, times, tables)."""
        number, kind, start, times, tables = row
        with self._guard:
            found = self._periods.get(number)
        if found is None or found.kind != kind or found.tables != tables or found.checksum != times[:4]:
            found = Period(number, kind, start, *unpack_times(times, f"period {number}"), tables, times[:4])
            with self._guard:
                self._periods[number] = found
                if len(self._periods) > self._most_periods:
                    self._periods.popitem(last=False)
        return found
