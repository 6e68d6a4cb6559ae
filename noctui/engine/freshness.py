"""Which rows of a poll are samples, how old the last ones are, and what state they speak of (docs/values.md 2, 3)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from noctui.model.batch import Column
from noctui.model.view import B1, F8, U1
from noctui.model.words import State

_UNKNOWN, _UP, _DOWN, _AWAY, _DISABLED = (np.uint8(state) for state in State)


@dataclass(frozen=True, slots=True)
class Samples:
    """`fresh[row]`: the row is a sample, observed at `observed[row]`; `every`: all rows are.

    `untold[row]`: the feed did not say when, so at the poll; `moved[row]`: it did, but its counters know better.
    """

    fresh: B1
    observed: F8
    untold: B1
    moved: B1
    every: bool


def find_samples(
    present: B1 | None, observed: Column, counters: F8, at: float, last_observed: F8, last_counters: F8
) -> Samples:
    """`present` None: every row is there. `counters` are [2, rows] of the poll and of the last samples."""
    when = np.fmin(observed, at)  # unknown and later times count as `at`
    untold = ~(observed <= at)
    still = np.zeros(len(when), np.bool_)
    later = ~(when <= last_observed)
    if present is not None:
        later &= present
    if later.all():
        return Samples(later, when, untold, still, True)
    # A counter that moved is news, though the feed says it saw nothing new.
    moved = (counters != last_counters) & (counters == counters) & (last_counters == last_counters)
    told = (moved[0] | moved[1]) & ~later  # counters of absent rows are NaN
    if told.any():
        when = np.where(told, at, when)
        later |= told
    return Samples(later, when, untold, told, bool(later.all()))


def line_states(up: Column, disabled: Column) -> U1:
    """What each row says of its line, whatever its age."""
    said: U1 = (up == 1.0) * _UP  # else unknown, which is 0
    said[up == 0.0] = _DOWN
    said[disabled == 1.0] = _DISABLED
    return said


def with_news(line: U1, observed: F8, heard: F8, heard_line: U1) -> tuple[U1, B1 | None]:
    """The lines as the newest of last sample and newest port event have them, and which ones are an event's.

    None: no event is newer than its sample. What the sample calls disabled stays so.
    """
    newer = heard > observed
    if not newer.any():
        return line, None
    newer &= line != _DISABLED
    return np.where(newer, heard_line, line), newer


def judge(line: U1, stale: B1, connected: Column) -> U1:
    """The states of docs/values.md 3."""
    judged = line.copy()
    judged[stale] = _UNKNOWN
    judged[connected == 0.0] = _AWAY
    return judged
