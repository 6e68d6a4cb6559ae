"""A range put together from what the file holds of it, the same for one circuit and for all (docs/figures.md).

Whole calendar months, weeks and days as they were known at the instant; whole hours; the parts of hours at both ends
from samples. Time in states of what is no whole day is read from the ledger as it was known then.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil, floor

from noctui.kpi.accounts import nothing, with_states
from noctui.model.figures import Accounts
from noctui.stores.history import figures_hours, figures_states
from noctui.stores.history.figures_ask import Ask
from noctui.stores.history.figures_begin import sampled_from
from noctui.stores.history.figures_hours import Hours, hour_numbers
from noctui.stores.history.figures_parts import part
from noctui.stores.history.figures_periods import Row, cover, in_force, read
from noctui.stores.history.figures_slim import Slim, full, slim, together, unknown
from noctui.stores.history.figures_states import States, Timelines
from noctui.stores.history.settings import DAY, HOUR


def accounts(ask: Ask, start: float, end: float, by_days: bool = True) -> Accounts:
    """Of [start, end), rows as asked; `by_days` False: of hours and samples alone. Raises DamagedBlock."""
    if not start < end or not ask.rows:
        return nothing(ask.rows, max(0, round(end * 1000.0) - round(start * 1000.0)))
    rows = cover(in_force(ask, start, end), ask.retention.zone) if by_days else []
    parts: list[Slim] = []
    states = figures_states.none(ask.rows)
    at = start
    for run in _runs(rows):
        begun = run[0].period.start
        if begun > at:
            parts += _between(ask, at, begun)
            states += ledger(ask, at, begun)
        stored = _stored(ask, run)
        parts.append(stored[0])
        states += stored[1]
        at = run[-1].period.end
    if at < end:
        parts += _between(ask, at, end)
        states += ledger(ask, at, end)
    return with_states(full(together(parts)), states.up, states.down, states.disabled, states.flaps)


def _runs(rows: list[Row]) -> Iterator[list[Row]]:
    """Stored periods that follow each other."""
    run: list[Row] = []
    for row in rows:
        if run and run[-1].period.end != row.period.start:
            yield run
            run = []
        run.append(row)
    if run:
        yield run


def _stored(ask: Ask, run: list[Row]) -> tuple[Slim, States]:
    """All of them together, with their time in states."""

    def make() -> tuple[Slim, States]:
        each = [read(ask, row).accounts for row in run]
        states = figures_states.none(ask.rows)
        for a in each:
            states += States(a.up, a.down, a.disabled, a.flaps)
        return together([slim(a) for a in each]), states

    if ask.slots is not None:
        return make()
    key = ("periods", ask.size, tuple(row.id for row in run))
    return ask.kept.of(key, make, lambda found: found[0].size + 32 * ask.size)


def _between(ask: Ask, start: float, end: float) -> list[Slim]:
    """What no stored day holds: whole hours, and the parts of hours around them; before there were any, nothing."""
    begins = sampled_from(ask)
    if start < begins:
        until = min(begins, end)
        before = unknown(ask.rows, round(until * 1000.0) - round(start * 1000.0))
        return [before, *(_between(ask, until, end) if until < end else ())]
    first, count = hour_numbers(start, end)
    if not count:
        boundary = min(ceil(start / HOUR) * HOUR, end)
        return [*part(ask, start, boundary), *part(ask, boundary, end)]
    return [
        *part(ask, start, first * HOUR),
        *_hours(ask, first, count),
        *part(ask, (first + count) * HOUR, end),
    ]


BLOCK_HOURS = 6
"""Hours of the clock that are kept together: when a window moves on by an hour, the blocks inside it stay."""


MOST_BLOCKS = 32
"""A history that has no days yet: longer stretches of hours are added up anew each time."""


def _hours(ask: Ask, first: int, count: int) -> list[Slim]:
    """Whole hours. Of all circuits those whose figures are stored are kept, in blocks that go on with the next hour."""
    hours = figures_hours.find(ask, first, count)
    if ask.slots is not None or count > MOST_BLOCKS * BLOCK_HOURS:
        return [figures_hours.add_up(ask, hours)]
    steady = first + min(hours.worked_out, default=count)
    parts: list[Slim] = []
    at = first
    while at < steady:
        end = min((at // BLOCK_HOURS + 1) * BLOCK_HOURS, steady)
        parts.append(_steady(ask, at, end - at))
        at = end
    if at < first + count:
        parts.append(figures_hours.add_up(ask, figures_hours.find(ask, at, first + count - at)))
    return parts


def _steady(ask: Ask, first: int, count: int) -> Slim:
    hours = figures_hours.find(ask, first, count)
    key = ("hours", first)
    had: tuple[Hours, int, Slim] | None = ask.kept.get(key)
    found: Slim | None = None
    if had is not None and had[1] == ask.size and had[0].count <= count:
        if had[0] == hours:
            return had[2]
        if figures_hours.find(ask, first, had[0].count) == had[0]:
            more = figures_hours.find(ask, first + had[0].count, count - had[0].count)
            found = together([had[2], figures_hours.add_up(ask, more)])
    if found is None:
        found = figures_hours.add_up(ask, hours)
    ask.kept.put(key, (hours, ask.size, found), found.size)
    return found


# time in states


def ledger(ask: Ask, start: float, end: float) -> States:
    """[start, end) by the edges that were known; rows as asked."""
    if ask.slots is None:
        return figures_states.seconds_in(_timelines(ask, start, end).painted, start, end, ask.size)
    painted = ask.own.get("timelines")
    if painted is None:
        painted = ask.own["timelines"] = figures_states.of_circuits(ask.db, ask.slots.tolist(), ask.known)
    found = figures_states.seconds_in(painted, start, end, int(ask.slots.max(initial=-1)) + 1)
    return States(found.up[ask.slots], found.down[ask.slots], found.disabled[ask.slots], found.flaps[ask.slots])


def _timelines(ask: Ask, start: float, end: float) -> Timelines:
    """All timelines around [start, end): up to the newest, or, of what is long ago, of its days alone."""
    old = end < ask.at - 2 * DAY
    since = floor(start / DAY) * DAY if old else floor(start / HOUR) * HOUR
    until = ceil(end / DAY) * DAY if old else float("inf")
    key = ("timelines", until, ask.known == float("inf"))
    had: Timelines | None = ask.kept.get(key)
    found = None
    if had is not None and had.since <= start < had.since + 2 * DAY:
        found = figures_states.gone_on(ask.db, had, ask.known)
    if found is None:
        found = figures_states.read_timelines(ask.db, since, until, ask.known)
    size = 2 * sum(v.nbytes for v in (found.painted.slot, found.painted.start, found.painted.end, found.painted.state))
    return ask.kept.put(key, found, size)


__all__ = ["accounts", "ledger"]
