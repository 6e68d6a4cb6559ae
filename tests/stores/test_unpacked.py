"""What was unpacked for one circuit serves the next: the same values, without reading the file, within a bound."""

from __future__ import annotations

import numpy as np
from numpy.testing import assert_array_equal

from noctui.stores.history.codec import Values
from noctui.stores.history.unpacked import Unpacked
from tests.stores.made import START


def column(size: int, value: int = 1) -> dict[int, Values]:
    return {7: np.full(size, value, np.uint8)}


def test_a_block_is_unpacked_once_and_only_what_is_missing_of_it() -> None:
    kept, asked = Unpacked(), list[list[int]]()

    def unpack(numbers: list[int]) -> dict[int, Values]:
        asked.append(numbers)
        return {n: np.full(4, n, np.uint8) for n in numbers}

    key = ("tiles", 1, START, 0)
    kept.columns(key, [7, 8], unpack)
    found = kept.columns(key, [8, 9], unpack)

    assert asked == [[7, 8], [9]]
    assert_array_equal(found[8], np.full(4, 8))
    assert kept.columns(("tiles", 1, START + 1, 0), [7], unpack).keys() == {7}, "a row id given anew is another block"
    assert asked[2:] == [[7]]


def test_the_least_used_goes_when_it_is_too_much() -> None:
    kept = Unpacked(most_bytes=250)
    for row in (1, 2, 1, 3):
        kept.columns(("tiles", row, START, 0), [7], lambda _: column(100))
    asked: list[int] = []

    def unpack(row: int) -> dict[int, Values]:
        asked.append(row)
        return column(100)

    for row in (1, 3, 2):
        kept.columns(("tiles", row, START, 0), [7], lambda _, row=row: unpack(row))  # type: ignore[misc]

    assert asked == [2]
    assert kept.bytes <= 250
