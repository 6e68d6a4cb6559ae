"""What was read from the warehouse, kept in files: a screen that starts again, or has no network, has it at once.

A file per answer, named by what was asked; whole or not there. The oldest go when they are too many. A file that cannot
be read is as good as none: the warehouse is asked again.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import numpy as np
import zstandard

from noctui.stores.warehouse.far_billing import FarBilling
from noctui.stores.warehouse.far_events import FarOutage, FarOutages, FarScore, FarScores, FarWindow
from noctui.stores.warehouse.far_hours import FarHours, FarSums

FORMAT = 2
MOST_BYTES = 200_000_000
SUFFIX = ".far"
Far = FarHours | FarSums | FarOutages | FarScores | FarBilling
T = TypeVar("T", FarHours, FarSums, FarOutages, FarScores, FarBilling)
_ROWS: dict[tuple[type, str], type] = {
    (FarOutages, "rows"): FarOutage, (FarOutages, "windows"): FarWindow, (FarScores, "rows"): FarScore,
}  # fmt: skip
"""Of what the rows in an answer are."""


class _Packed(msgspec.Struct, array_like=True):
    format: int
    key: str
    values: dict[str, Any]
    arrays: dict[str, tuple[str, tuple[int, ...], bytes]]


class Kept:
    """Answers of one place and org in a folder. Blocking, some milliseconds each; faults of the disk are swallowed."""

    def __init__(self, folder: Path, place: str) -> None:
        """`place` names account, tables and org: answers of another are never taken for it."""
        self._folder, self._place = folder, place

    def get(self, kind: type[T], what: str) -> T | None:
        """The newest answer to `what`."""
        try:
            packed = msgspec.msgpack.decode(zstandard.decompress(self._path(kind, what).read_bytes()), type=_Packed)
            if packed.format != FORMAT or packed.key != self._key(kind, what):
                return None
            return _unpacked(kind, packed)
        except (OSError, msgspec.MsgspecError, zstandard.ZstdError, ValueError, TypeError, KeyError):
            return None

    def put(self, what: str, answer: Far) -> None:
        path = self._path(type(answer), what)
        data = zstandard.compress(msgspec.msgpack.encode(_packed(self._key(type(answer), what), answer)))
        new = path.with_name(f"{path.name}.{os.getpid()}.new")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            new.write_bytes(data)
            os.replace(new, path)
            self._prune()
        except OSError:
            new.unlink(missing_ok=True)

    def _prune(self) -> None:
        files = sorted(
            ((p.stat().st_mtime, p.stat().st_size, p) for p in self._folder.glob(f"*{SUFFIX}")), reverse=True
        )
        held = 0
        for _, size, path in files:
            held += size
            if held > MOST_BYTES:
                path.unlink(missing_ok=True)

    def _key(self, kind: type, what: str) -> str:
        return f"{self._place} {kind.__name__} {what}"

    def _path(self, kind: type, what: str) -> Path:
        return self._folder / f"{hashlib.sha256(self._key(kind, what).encode()).hexdigest()[:32]}{SUFFIX}"


def to_bytes(answer: Far) -> bytes:
    """For another process."""
    return msgspec.msgpack.encode(_packed("", answer))


def from_bytes(kind: type[T], data: bytes) -> T | None:
    """None: it is not whole."""
    try:
        return _unpacked(kind, msgspec.msgpack.decode(data, type=_Packed))
    except (msgspec.MsgspecError, ValueError, TypeError, KeyError):
        return None


def _packed(key: str, answer: Far) -> _Packed:
    values: dict[str, Any] = {}
    arrays: dict[str, tuple[str, tuple[int, ...], bytes]] = {}
    for name in answer.__dataclass_fields__:
        value = getattr(answer, name)
        for part, one in value.items() if isinstance(value, dict) else (("", value),):
            if isinstance(one, np.ndarray):
                arrays[f"{name}/{part}" if part else name] = (
                    one.dtype.str,
                    one.shape,
                    np.ascontiguousarray(one).tobytes(),
                )
            else:
                values[name] = one
    return _Packed(FORMAT, key, values, arrays)


def _unpacked(kind: type[T], packed: _Packed) -> T:
    found: dict[str, Any] = dict(packed.values)
    if "ids" in found:
        found["ids"] = tuple(found["ids"])
    for (of, name), row in _ROWS.items():
        if of is kind:
            found[name] = msgspec.convert(found[name], tuple[row, ...])  # type: ignore[valid-type]
    for name, (dtype, shape, data) in packed.arrays.items():
        array = np.frombuffer(data, np.dtype(dtype)).reshape(shape)
        first, _, part = name.partition("/")
        if part:
            found.setdefault(first, {})[part] = array
        else:
            found[first] = array
    return kind(**found)
