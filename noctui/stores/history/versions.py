"""Rows that are kept by version: which one is in force at a moment, and what their blobs hold."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
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
    rows: Iterable[tuple[int, float, int, bytes]], decoder: msgspec.msgpack.Decoder[T], what: str, said: set[str]
) -> Iterator[tuple[float, T]]:
    """(known_at, what it holds) of rows of (id, known_at, crc, data). One that is damaged is left out, and named in the
    log once: `said` holds those that were."""
    for number, known_at, crc, data in rows:
        try:
            if crc32(data) != crc:
                raise msgspec.DecodeError("checksum")
            yield known_at, decoder.decode(data)
        except msgspec.DecodeError as error:
            block = f"{what} {number} of {datetime.fromtimestamp(known_at, UTC):%Y-%m-%dT%H:%M:%SZ}"
            if block not in said:
                said.add(block)
                log.error("history.damaged", extra={"block": block, "reason": str(error)})
