"""Parts of hours at the ends of a range: added up from samples between cuts of the clock.

Between two polls only the first and the last of these pieces change, so what lies between is kept. Where the cuts are
is a matter of the clock alone: a range is put together from the same pieces whoever asks, and has the same digits.
"""

from __future__ import annotations

from math import floor

import numpy as np

from noctui.kpi.accounts import all_joined, joined, nothing, of_columns
from noctui.kpi.hourly import FIVE, SECONDS, average_and_highest, fives, gauges
from noctui.model.figures import Accounts
from noctui.model.view import F4
from noctui.stores.history.figures_ask import Ask, size_of
from noctui.stores.history.figures_samples import listed, reach, samples, settled

CUT = 900.0
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


def part(ask: Ask, start: float, end: float) -> Accounts:
    """A part of one hour; without time in states, which the ledger tells. Raises DamagedBlock."""
    cut = pieces(start, end)
    if not cut:
        return nothing(ask.rows)
    if ask.slots is not None:
        return all_joined([_piece(ask, *span) for span in cut], ask.rows)
    # Whole quarter hours of which all is known stay as they are.
    steady = [span for span in cut if _is_steady(ask, span)]
    if not steady:
        return all_joined([_piece(ask, *span) for span in cut], ask.rows)
    before = [_piece(ask, *span) for span in cut if span[1] <= steady[0][0]]
    after = [_piece(ask, *span) for span in cut if span[0] >= steady[-1][1]]
    return all_joined([*before, _steady(ask, steady), *after], ask.rows)


def _is_steady(ask: Ask, span: Span) -> bool:
    return span[0] % CUT == 0 and span[1] % CUT == 0 and settled(ask, span[1])


def _steady(ask: Ask, spans: list[Span]) -> Accounts:
    """Neighbouring pieces together; one more goes on from those before."""
    start, end = spans[0][0], spans[-1][1]
    times = listed(ask, start, end + reach(ask, end))
    key = ("part", start)
    had: tuple[float, int, bytes, Accounts] | None = ask.kept.get(key)
    found: Accounts | None = None
    if had is not None and had[1] == ask.size and had[0] <= end:
        before = listed(ask, start, had[0] + reach(ask, had[0]))
        if before.tobytes() == had[2]:
            if had[0] == end:
                return had[3]
            found = had[3]
            spans = [span for span in spans if span[0] >= had[0]]
    for span in spans:
        ask.go()
        piece = _piece(ask, *span)
        found = piece if found is None else joined(found, piece)
    assert found is not None
    ask.kept.put(key, (end, ask.size, times.tobytes(), found), size_of(found))
    return found


def _piece(ask: Ask, start: float, end: float) -> Accounts:
    of = samples(ask, start, end)
    zero = np.zeros(ask.rows, np.float32)
    columns = gauges(of, p95=False) | {f"{name}_seconds": zero for name in SECONDS} | {"flaps": zero}
    return of_columns(columns, round(end * 1000.0) - round(start * 1000.0))


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
        of = samples(ask, *span)
        if span[0] % FIVE == 0:
            found |= fives(of, missing)
        else:  # begins inside a slot, and ends with it
            found |= {name: average_and_highest(of.values[name], of.spans)[0][:, None] for name in missing}
        for name in missing if keep else ():
            ask.kept.put(("averages", span, name), (tag, found[name]), found[name].nbytes)
    return found
