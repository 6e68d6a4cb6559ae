"""What a range adds up to, from its polls and its ledger, one circuit, one sample at a time (docs/figures.md 1, 2)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from noctui.model.edges import Edge
from noctui.model.words import Metric, State
from tests.reference.painting import paint, seconds_in

FIVE = 300_000
METRIC = {"util": Metric.UTILISATION, "loss": Metric.LOSS, "jitter": Metric.JITTER, "latency": Metric.LATENCY}


@dataclass(frozen=True)
class RefSample:
    """One sample of one circuit: its gauges (NaN or absent: unknown) and how many thresholds each metric reached."""

    at: float
    interval: float
    values: dict[str, float]
    levels: dict[Metric, int]


@dataclass
class RefFigures:
    """Milliseconds."""

    up: int = 0
    down: int = 0
    unknown: int = 0
    disabled: int = 0
    flaps: int = 0
    known: dict[str, int] = field(default_factory=dict)
    average: dict[str, float] = field(default_factory=dict)
    highest: dict[str, float] = field(default_factory=dict)
    p95: dict[str, float] = field(default_factory=dict)
    above: dict[tuple[Metric, int], int] = field(default_factory=dict)
    longest: dict[tuple[Metric, int], int] = field(default_factory=dict)


def ms(seconds: float) -> int:
    return round(seconds * 1000)


def stands_for(samples: Sequence[RefSample]) -> list[tuple[int, int, RefSample]]:
    """(t_prev, t] of each, at most three of its intervals."""
    found, before = [], -(10**18)
    for sample in samples:
        found.append((max(before, ms(sample.at) - ms(3 * sample.interval)), ms(sample.at), sample))
        before = ms(sample.at)
    return found


def rank95(values: Iterable[float]) -> float:
    """The value of nearest rank ⌈0.95 n⌉."""
    ordered = sorted(values)
    return ordered[math.ceil(Fraction(95, 100) * len(ordered)) - 1] if ordered else math.nan


def figures(
    samples: Sequence[RefSample],
    edges: Iterable[Edge],
    known_at: float,
    start: float,
    end: float,
    gauges: Sequence[str],
) -> RefFigures:
    """[start, end) as it was known at `known_at`; of samples those at or before that."""
    out = RefFigures()
    spans = stands_for([s for s in samples if s.at <= known_at])
    a, b = ms(start), ms(end)
    cut = [(max(x, a), min(y, b), s) for x, y, s in spans]
    cut = [(x, y, s) for x, y, s in cut if x < y]
    for gauge in gauges:
        known = [(x, y, s.values[gauge]) for x, y, s in cut if not math.isnan(s.values.get(gauge, math.nan))]
        out.known[gauge] = sum(y - x for x, y, _ in known)
        out.average[gauge] = _mean(known)
        out.highest[gauge] = max((v for _, _, v in known), default=math.nan)
        if end - start < 86_400:
            inside = (s for s in samples if start < s.at <= end and s.at <= known_at)
            out.p95[gauge] = rank95(v for s in inside if not math.isnan(v := s.values.get(gauge, math.nan)))
        else:
            out.p95[gauge] = rank95(_fives(known, a, b))
    for metric in Metric:
        for level in (1, 2, 3):
            total = longest = run = 0
            until = None
            for x, y, s in cut:
                if s.levels.get(metric, 0) >= level:
                    run = (run if until == x else 0) + y - x
                    total += y - x
                    longest = max(longest, run)
                else:
                    run = 0
                until = y
            out.above[metric, level], out.longest[metric, level] = total, longest
    painted = [(x, y, s) for x, y, s in paint(edges, known_at)]
    rounded = [(ms(x) / 1000 if math.isfinite(x) else x, ms(y) / 1000 if math.isfinite(y) else y, s)
               for x, y, s in painted]  # fmt: skip
    out.up, out.down, out.disabled = (
        ms(seconds_in(rounded, state, a / 1000, b / 1000)) for state in (State.UP, State.DOWN, State.DISABLED)
    )
    out.unknown = b - a - out.up - out.down - out.disabled
    last = None
    for began, _, state in painted:
        if state in (State.UP, State.DOWN):
            out.flaps += last is not None and state != last and start <= began < end
            last = state
    return out


def rank_of_fives(samples: Sequence[RefSample], gauge: str, start: float, end: float) -> float:
    """p95 over the clock's five minutes, however short [start, end) is."""
    a, b = ms(start), ms(end)
    cut = [(max(x, a), min(y, b), s.values.get(gauge, math.nan)) for x, y, s in stands_for(samples)]
    return rank95(_fives([(x, y, v) for x, y, v in cut if x < y and not math.isnan(v)], a, b))


def _mean(known: Sequence[tuple[int, int, float]]) -> float:
    time = sum(y - x for x, y, _ in known)
    return float(sum(Fraction(v) * (y - x) for x, y, v in known) / time) if time else math.nan


def _fives(known: Sequence[tuple[int, int, float]], a: int, b: int) -> list[float]:
    """Averages of the clock's five minutes, of the parts of them that lie inside; unknown ones left out."""
    slots: dict[int, list[tuple[int, int, float]]] = {}
    for x, y, v in known:
        for slot in range(x // FIVE, -(-y // FIVE)):
            slots.setdefault(slot, []).append((max(x, slot * FIVE), min(y, (slot + 1) * FIVE), v))
    return [_mean(parts) for parts in slots.values()]
