"""Rows that are kept by version: which one is in force at a moment, and what their blobs hold."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from typing import TypeVar
from zlib import crc32

import msgspec

log = logging.getLogger(__name__)

IN_FORCE = 1e18
"""`superseded` of a version that no other one has followed."""
NOW = 1e17
"""As a moment: whatever is known."""
THEN = "known_at <= ? AND superseded > ?"
"""The condition on versions in force at a moment, which is given twice."""

T = TypeVar("T")


def readable(
    rows: Iterable[tuple[str, float, int, bytes]], decoder: msgspec.msgpack.Decoder[T], what: str, said: set[str]
) -> Iterator[tuple[str, float, T]]:
    """(name, known_at, what it holds) of rows of (name, known_at, crc, data). One that is damaged is left out, and
    named in the log once: `said` holds those that were."""
    for name, known_at, crc, data in rows:
        try:
            if crc32(data) != crc:
                raise msgspec.DecodeError("checksum")
            yield name, known_at, decoder.decode(data)
        except msgspec.DecodeError as error:
            block = f"{what} {name} of {known_at:.3f}"
            if block not in said:
                said.add(block)
                log.error("history.damaged", extra={"block": block, "reason": str(error)})
