"""Parts of hours at the ends of a range: added up from samples between cuts of the clock.

Between two polls only the first and the last of these pieces change, so what lies between is kept. Where the cuts are
is a matter of the clock alone: a range is put together from the same pieces whoever asks, and has the same digits.
"""

from __future__ import annotations

from math import floor

import numpy as np

from noctui.kpi.hourly import FIVE, Samples, average_and_highest, fives
from noctui.kpi.runs import runs
from noctui.model.figures import GAUGES, SCALES
from noctui.model.view import F4
from noctui.stores.history.figures_ask import Ask
from noctui.stores.history.figures_samples import CHUNK, listed, reach, samples, settled
from noctui.stores.history.figures_slim import Slim, together

CUT = CHUNK
"""Seconds; a whole number of five-minute slots, and of them in an hour."""
Span = tuple[float, float]


def pieces(start: float, end: float) -> list[Span]:
    """[start, end), a part of one hour, cut at quarter hours; the first one also at its first five minutes."""
    found: list[Span] = []
    at = start
    while at < end:
        step = CUT if at % FIVE == 0 else FIVE
        following = min((floor(at / step) + 1) * step, end)
        found.append((at, following))
        at = following
    return found


def part(ask: Ask, start: float, end: float) -> list[Slim]:
    """Neighbouring stretches that a part of one hour is put together from. Raises DamagedBlock."""
    cut = pieces(start, end)
    if ask.slots is not None:
        return [_piece(ask, *span) for span in cut]
    # Whole quarter hours of which all is known stay as they are.
    steady = [span for span in cut if _is_steady(ask, span)]
    if not steady:
        return [_piece(ask, *span) for span in cut]
    before = [_piece(ask, *span) for span in cut if span[1] <= steady[0][0]]
    after = [_piece(ask, *span) for span in cut if span[0] >= steady[-1][1]]
    return [*before, _steady(ask, steady), *after]


def _is_steady(ask: Ask, span: Span) -> bool:
    return span[0] % CUT == 0 and span[1] % CUT == 0 and settled(ask, span[1])


def _steady(ask: Ask, spans: list[Span]) -> Slim:
    """Neighbouring pieces together; one more goes on from those before."""
    start, end = spans[0][0], spans[-1][1]
    times = listed(ask, start, end + reach(ask, end))
    key = ("part", start)
    had: tuple[float, int, bytes, Slim] | None = ask.kept.get(key)
    found: list[Slim] = []
    if had is not None and had[1] == ask.size and had[0] <= end:
        before = listed(ask, start, had[0] + reach(ask, had[0]))
        if before.tobytes() == had[2]:
            if had[0] == end:
                return had[3]
            found = [had[3]]
            spans = [span for span in spans if span[0] >= had[0]]
    for span in spans:
        ask.go()
        found.append(_piece(ask, *span))
    whole = together(found)
    ask.kept.put(key, (end, ask.size, times.tobytes(), whole), whole.size)
    return whole


def _piece(ask: Ask, start: float, end: float) -> Slim:
    of = _samples(ask, start, end)
    known, total = (np.zeros((ask.rows, len(GAUGES)), np.int64) for _ in range(2))
    highest = np.full((ask.rows, len(GAUGES)), np.nan, np.float32)
    for i, (name, scale) in enumerate(zip(GAUGES, SCALES, strict=True)):
        average, highest[:, i], seconds = average_and_highest(of.values[name], of.spans)
        known[:, i] = np.rint(seconds.astype(np.float64) * 1000.0)
        fixed = np.rint(np.where(np.isnan(average), 0, average).astype(np.float64) * scale).astype(np.int64)
        total[:, i] = (fixed * known[:, i] + 500) // 1000
    found = runs(of.levels, of.spans)
    rows = np.flatnonzero(found.above[:, :, 0].any(axis=1))
    above = found.above[rows], found.longest[rows], found.head[rows], found.tail[rows]
    return Slim(of.spans.length, known, total, highest, rows, above)


def _samples(ask: Ask, start: float, end: float) -> Samples:
    """Accounts and averages of what changes with every poll ask for the same."""
    key = ("piece", start, end)
    found: Samples | None = ask.own.get(key)
    if found is None:
        found = samples(ask, start, end)
        if ask.slots is not None or not _is_steady(ask, (start, end)):
            ask.own[key] = found
    return found


def averages(ask: Ask, start: float, end: float, names: tuple[str, ...]) -> dict[str, F4]:
    """[rows, slots] of some of FIVES: averages over the clock's five minutes, of the part of them that lies inside."""
    found: dict[str, list[F4]] = {name: [] for name in names}
    for span in pieces(start, end):
        ask.go()
        for name, values in _averages(ask, span, names).items():
            found[name].append(values)
    none = [np.empty((ask.rows, 0), np.float32)]
    return {name: np.concatenate(parts or none, axis=1) for name, parts in found.items()}


def _averages(ask: Ask, span: Span, names: tuple[str, ...]) -> dict[str, F4]:
    keep = ask.slots is None and _is_steady(ask, span)
    tag = (ask.size, listed(ask, span[0], span[1] + reach(ask, span[1])).tobytes()) if keep else None
    found: dict[str, F4] = {}
    for name in names if keep else ():
        had: tuple[tuple[int, bytes], F4] | None = ask.kept.get(("averages", span, name))
        if had is not None and had[0] == tag:
            found[name] = had[1]
    missing = [name for name in names if name not in found]
    if missing:
        of = _samples(ask, *span)
        if span[0] % FIVE == 0:
            found |= fives(of, missing)
        else:  # begins inside a slot, and ends with it
            found |= {name: average_and_highest(of.values[name], of.spans)[0][:, None] for name in missing}
        for name in missing if keep else ():
            ask.kept.put(("averages", span, name), (tag, found[name]), found[name].nbytes)
    return found
