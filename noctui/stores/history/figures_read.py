"""A range put together from what the file holds of it, the same for one circuit and for all (docs/figures.md).

Whole calendar months, weeks and days as they were known at the instant; whole hours; the parts of hours at both ends
from samples. Time in states of what is no whole day is read from the ledger as it was known then.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil, floor

from noctui.kpi.accounts import all_joined, joined, nothing, with_states
from noctui.model.figures import Accounts
from noctui.stores.history import figures_hours, figures_states
from noctui.stores.history.figures_ask import Ask, size_of
from noctui.stores.history.figures_hours import Hours, hour_numbers
from noctui.stores.history.figures_parts import part
from noctui.stores.history.figures_periods import Row, cover, in_force, read
from noctui.stores.history.figures_states import States, Timelines
from noctui.stores.history.settings import DAY, HOUR

MOST_HOURS = 744
"""Hours added up at once, of a history that has no days yet."""


def accounts(ask: Ask, start: float, end: float, by_days: bool = True) -> Accounts:
    """Of [start, end), rows as asked; `by_days` False: of hours and samples alone. Raises DamagedBlock."""
    if not start < end or not ask.rows:
        return nothing(ask.rows, max(0, round(end * 1000.0) - round(start * 1000.0)))
    rows = cover(in_force(ask, start, end), ask.retention.zone) if by_days else []
    parts: list[Accounts] = []
    states = figures_states.none(ask.rows)
    at = start
    for run in _runs(rows):
        begun = run[0].period.start
        if begun > at:
            parts.append(_between(ask, at, begun))
            states += ledger(ask, at, begun)
        parts.append(_stored(ask, run))
        at = run[-1].period.end
    if at < end:
        parts.append(_between(ask, at, end))
        states += ledger(ask, at, end)
    found = all_joined(parts, ask.rows)
    return with_states(
        found,
        found.up + states.up,
        found.down + states.down,
        found.disabled + states.disabled,
        found.flaps + states.flaps,
    )


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


def _stored(ask: Ask, run: list[Row]) -> Accounts:
    def make() -> Accounts:
        return all_joined([read(ask, row).accounts for row in run], ask.rows)

    if ask.slots is not None:
        return make()
    return ask.kept.of(("periods", ask.size, tuple(row.id for row in run)), make, size_of)


def _between(ask: Ask, start: float, end: float) -> Accounts:
    """What no stored day holds: whole hours, and the parts of hours around them."""
    first, count = hour_numbers(start, end)
    if not count:
        boundary = min(ceil(start / HOUR) * HOUR, end)
        return (
            joined(part(ask, start, boundary), part(ask, boundary, end))
            if start < boundary < end
            else part(ask, start, end)
        )
    parts = [part(ask, start, first * HOUR)] if start < first * HOUR else []
    parts += [
        _hours(ask, begin, min(MOST_HOURS, first + count - begin)) for begin in range(first, first + count, MOST_HOURS)
    ]
    if (first + count) * HOUR < end:
        parts.append(part(ask, (first + count) * HOUR, end))
    return all_joined(parts, ask.rows)


def _hours(ask: Ask, first: int, count: int) -> Accounts:
    """Whole hours; those whose figures are stored are kept together, and go on with the next one."""
    hours = figures_hours.find(ask, first, count)
    if ask.slots is not None:
        return figures_hours.add_up(ask, hours)
    steady = min(hours.worked_out, default=count)
    parts = [_steady(ask, first, steady)] if steady else []
    if steady < count:
        parts.append(figures_hours.add_up(ask, figures_hours.find(ask, first + steady, count - steady)))
    return all_joined(parts, ask.rows)


def _steady(ask: Ask, first: int, count: int) -> Accounts:
    hours = figures_hours.find(ask, first, count)
    key = ("hours", first)
    had: tuple[Hours, int, Accounts] | None = ask.kept.get(key)
    if had is not None and had[1] == ask.size and had[0].count <= count:
        before, _, found = had
        if figures_hours.find(ask, first, before.count) == before:
            if before.count == count:
                return found
            more = figures_hours.find(ask, first + before.count, count - before.count)
            found = joined(found, figures_hours.add_up(ask, more))
            return ask.kept.put(key, (hours, ask.size, found), size_of(found))[2]
    found = figures_hours.add_up(ask, hours)
    return ask.kept.put(key, (hours, ask.size, found), size_of(found))[2]


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
