"""Faults on demand: what a cloud does to its callers on a bad day."""

from __future__ import annotations

import random
from typing import Any

import msgspec


class Faults(msgspec.Struct, kw_only=True):
    """Shares are percent of calls. `lost_pages`: endpoint (`stats/ports/search`) → page number (from 1) that always
    answers 500. `revoked`: tokens that are refused from now on."""

    errors: float = 0.0  # HTTP 500
    drops: float = 0.0  # the connection is closed without an answer
    truncated: float = 0.0  # the body ends in the middle
    delay: float = 0.0  # seconds before every answer
    lost_pages: dict[str, int] = {}
    revoked: list[str] = []


class Dice:
    """Decides whether a fault hits, the same for a seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def hit(self, percent: float) -> bool:
        return percent > 0 and self._random.random() * 100.0 < percent


def faults_from(body: bytes, faults: Faults) -> Faults:
    """`faults` with the fields of a JSON object changed; raises msgspec.ValidationError or DecodeError."""
    changed: dict[str, Any] = msgspec.json.decode(body, type=dict[str, Any])
    return msgspec.convert({**msgspec.structs.asdict(faults), **changed}, Faults)
