"""What each sample stands for, in whole milliseconds: (t_prev, t], at most three of its intervals (DESIGN 5).

Whole numbers, cut at the edges of a stretch: parts of a stretch add up to it exactly, wherever it is cut.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noctui.model.view import B1, F4, F8

I4 = NDArray[np.int32]
REACH = 3
"""A sample stands for at most so many of its intervals."""


@dataclass(frozen=True, slots=True)
class Spans:
    """Of a stretch that is `length` ms long, counted from its beginning: poll i of row j stands for
    [begin[i, j], begin[i, j] + weight[i, j]); a weight of 0 is none."""

    length: int
    begin: I4  # [polls, rows]
    weight: I4  # [polls, rows]

    @property
    def seconds(self) -> F4:
        """[polls, rows] exact to the millisecond below 16,384 s."""
        return (self.weight / 1000.0).astype(np.float32)

    @property
    def sampled(self) -> F4:
        """[rows] seconds that samples stand for."""
        total: F8 = self.weight.sum(axis=0, dtype=np.int64) / 1000.0
        return total.astype(np.float32)

    def part(self, start: int, end: int) -> Spans:
        """What lies in [start, end) of it."""
        begin = np.maximum(self.begin, start)
        weight = np.maximum(np.minimum(self.begin + self.weight, end) - begin, 0)
        return Spans(end - start, (begin - start).astype(np.int32), weight.astype(np.int32))

    def rows(self, pick: slice) -> Spans:
        """The polls of a slice."""
        return Spans(self.length, self.begin[pick], self.weight[pick])


def milliseconds(seconds: F8) -> NDArray[np.int64]:
    """Epoch seconds as whole milliseconds."""
    return np.rint(np.asarray(seconds, np.float64) * 1000.0).astype(np.int64)


def spans(times: F8, intervals: F8, sample: B1, start: float, end: float) -> Spans:
    """Of polls around [start, end), oldest first: give those before it (they say how far its first samples reach back)
    and those up to one reach after it. `sample` is [polls, rows]."""
    zero = round(start * 1000.0)
    length = round(end * 1000.0) - zero
    # Of what lies far outside only its order matters: a day either way keeps the numbers small.
    far = length + 86_400_000
    at = np.clip(milliseconds(times) - zero, -far, far).astype(np.int32)
    reach = np.minimum(milliseconds(REACH * np.asarray(intervals, np.float64)), far).astype(np.int32)
    begin = np.zeros(sample.shape, np.int32)
    weight = np.zeros(sample.shape, np.int32)
    before = np.full(sample.shape[1], -2 * far, np.int32)
    for i in range(len(at)):
        began = np.maximum(np.maximum(before, at[i] - reach[i]), 0)
        np.minimum(began, length, out=began)
        inside = min(int(at[i]), length) - began
        begin[i] = began
        weight[i] = np.where(sample[i] & (inside > 0), inside, 0)
        before[sample[i]] = at[i]
    return Spans(length, begin, weight)
