"""Sets of whole seconds as half-open intervals. Pure; every answer is ordered, disjoint and without touching parts."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

Span = tuple[int, int]
Spans = tuple[Span, ...]
NONE: Spans = ()


def union(*parts: Iterable[Span]) -> Spans:
    """Two reports of one outage are one: (600, 1800) and (1200, 3000) → ((600, 3000),)."""
    found: list[Span] = []
    for start, end in sorted(i for part in parts for i in part if i[1] > i[0]):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((start, end))
    return tuple(found)


def common(one: Spans, other: Spans) -> Spans:
    """Seconds in both."""
    if not one or not other:
        return NONE
    found: list[Span] = []
    # What ends before the other begins is leapt over: few against many costs few.
    i = max(0, bisect_right(one, other[0]) - 1)
    j = max(0, bisect_right(other, one[0]) - 1)
    while i < len(one) and j < len(other):
        start, end = max(one[i][0], other[j][0]), min(one[i][1], other[j][1])
        if end > start:
            found.append((start, end))
        if one[i][1] < other[j][1]:
            i += 1
        else:
            j += 1
    return tuple(found)


def without(one: Spans, other: Spans) -> Spans:
    """Seconds of the first that are not in the other."""
    if not one or not other:
        return one
    low, high = one[0][0], one[-1][1]
    gaps: list[Span] = []
    at = low
    for start, end in other:
        if start > at:
            gaps.append((at, start))
        at = max(at, end)
    if at < high:
        gaps.append((at, high))
    return common(one, tuple(gaps))


def inside(spans: Spans, start: int, end: int) -> Spans:
    """What lies in [start, end)."""
    if spans and start <= spans[0][0] and spans[-1][1] <= end:
        return spans
    return common(spans, ((start, end),)) if end > start else NONE


def total(spans: Spans) -> int:
    """How many seconds."""
    return sum(end - start for start, end in spans)


def first(spans: Spans, seconds: int) -> Spans:
    """The earliest so many seconds: first(((0, 60), (100, 200)), 90) → ((0, 60), (100, 130))."""
    found: list[Span] = []
    for start, end in spans:
        if seconds <= 0:
            break
        found.append((start, min(end, start + seconds)))
        seconds -= end - start
    return tuple(found)


def passing(spans: Spans, seconds: int) -> int | None:
    """The instant at which so many seconds are over and another one follows; None: there are no more than that."""
    for start, end in spans:
        if end - start > seconds:
            return start + seconds
        seconds -= end - start
    return None


def at_least(parts: Iterable[Spans], count: int) -> Spans:
    """Seconds that lie in at least so many of them (each is a set, so of one it counts once)."""
    if count < 1:
        raise ValueError("count is at least 1")
    turns = sorted((at, turn) for spans in parts for start, end in spans for at, turn in ((start, 1), (end, -1)))
    found: list[Span] = []
    depth, since = 0, 0
    for at, turn in turns:
        if turn > 0 and depth == count - 1:
            since = at
        elif turn < 0 and depth == count:
            found.append((since, at))
        depth += turn
    return union(found)
