"""Cutting polls into tiles, and putting tiles of hours together for days. Arrays here are [polls, slots]."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from noctui.stores.history.blocks import DAY_ROWS, HOUR_ROWS
from noctui.stores.history.codec import SMALL, Values
from noctui.stores.history.pack import build

HOUR_FRAMES = 4
"""Frames of an hour tile along time: an instant unpacks a quarter of it."""


def hour_tiles(values: Mapping[int, Values], first_slot: int = 0, level: int = SMALL) -> Iterator[tuple[int, bytes]]:
    """(block, tile) of columns whose first slot is `first_slot`, a multiple of the tile's rows."""
    polls, slots = next(iter(values.values())).shape
    step = max(1, -(-polls // HOUR_FRAMES))
    for start in range(0, slots, HOUR_ROWS):
        cut = {number: column[:, start : start + HOUR_ROWS] for number, column in values.items()}
        yield (first_slot + start) // HOUR_ROWS, build(cut, step, level)


def day_tiles(values: Mapping[int, Values], first_slot: int = 0, level: int = SMALL) -> Iterator[tuple[int, bytes]]:
    """(block, tile); a day tile stands on its side: circuits first, so that one circuit's day lies together."""
    _, slots = next(iter(values.values())).shape
    for start in range(0, slots, DAY_ROWS):
        cut = {number: np.ascontiguousarray(column[:, start : start + DAY_ROWS].T) for number, column in values.items()}
        yield (first_slot + start) // DAY_ROWS, build(cut, DAY_ROWS, level)
