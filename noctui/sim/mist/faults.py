"""Faults on demand: what a cloud does to its callers on a bad day."""

from __future__ import annotations

import random
from typing import Any

import msgspec


class Faults(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Shares are percent of calls. `lost_pages`: endpoint (`stats/ports/search`) → page number (from 1) that always
    answers 500. `revoked`: tokens that are refused from now on. `only`: when given, paths below `/api/v1` that hold one
    of these texts suffer from shares; the others do not."""

    errors: float = 0.0  # HTTP 500
    drops: float = 0.0  # the connection is closed without an answer
    truncated: float = 0.0  # the body ends in the middle
    absurd: float = 0.0  # the body is no JSON, or JSON that makes no sense
    absurd_kinds: list[str] = []  # of spoil.KINDS; empty: all of them
    empty: float = 0.0  # a page without its rows, though its totals say otherwise
    duplicated: float = 0.0  # rows of a page stand there twice
    throttled: float = 0.0  # HTTP 429, as in a storm, though the budget is not used up
    throttled_wait: int = 1  # seconds that a storm's Retry-After says; 0: the header is missing
    delay: float = 0.0  # seconds before every answer
    slow: float = 0.0  # answers that take `slow_seconds` more
    slow_seconds: float = 5.0
    date_skew: float = 0.0  # seconds that the Date header is ahead
    seen_skew: float = 0.0  # seconds that `last_seen` of gateways and paths is ahead
    stream_refused: int = 0  # handshakes of the stream that answer 429, from now on
    stream_dropped: bool = False  # the stream's connections are closed as soon as they would tell something
    lost_pages: dict[str, int] = {}
    revoked: list[str] = []
    only: list[str] = []


class Dice:
    """Decides whether a fault hits, the same for a seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def hit(self, percent: float) -> bool:
        return percent > 0 and self._random.random() * 100.0 < percent

    def pick(self, count: int) -> int:
        """0 … count - 1."""
        return self._random.randrange(count)


def faults_from(body: bytes, faults: Faults) -> Faults:
    """`faults` with the fields of a JSON object changed; raises msgspec.ValidationError or DecodeError."""
    changed: dict[str, Any] = msgspec.json.decode(body, type=dict[str, Any])
    return msgspec.convert({**msgspec.structs.asdict(faults), **changed}, Faults)
