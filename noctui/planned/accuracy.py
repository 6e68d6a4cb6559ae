"""What carriers announced against what happened: each window of each work, and each carrier's together. Pure.

Seconds are of all circuits of ours that a window may take, together. What is down up to a minute apart is one outage.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from noctui.model.notices import Status, Window
from noctui.model.works import CUTS, Outage, Work

AS_TOLD, LONGER, OVERRAN, NOTHING = "as told", "longer than told", "over its window", "nothing went down"
TO_COME, RUNNING, UNSURE, OFF, OFF_LATE = "to come", "running", "not sure", "called off", "called off late"
HELD = (AS_TOLD, LONGER, OVERRAN, NOTHING)
"""Words of windows that were used, or could have been."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One window. `announced`: seconds of interruption told for its circuits, None where it is not told of each of
    them, or told for several windows together.

    `hit` of `circuits` went down in it, for `down` seconds inside and `over` after its end, the longest of one circuit
    being `longest`. `notice`: seconds from the first notice of these times to its begin; below 0 it came too late.
    """

    work: Work
    window: Window
    word: str
    circuits: int
    hit: int
    announced: int | None
    down: int
    over: int
    longest: int
    notice: int


def measured(
    works: Iterable[Work], lives: Mapping[tuple[str, str], Sequence[Work]], outages: Iterable[Outage], at: int
) -> tuple[Measured, ...]:
    """`works` are the newest versions, matched to circuits, `lives` all versions of each by its key, oldest first.
    Windows that circuits of ours are in alone, earliest first."""
    of: dict[str, list[Outage]] = {}
    for outage in outages:
        of.setdefault(outage.circuit_id, []).append(outage)
    found = [
        _measured(work, window, lives.get(work.maintenance.key, (work,)), of, at)
        for work in works
        for window in work.maintenance.windows
        if not window.backup and any(_in(work, window, c) for c in work.circuit_ids)
    ]
    return tuple(sorted(found, key=lambda m: (m.window.start, m.work.name)))


def _in(work: Work, window: Window, circuit_id: str) -> bool:
    return any(circuit_id in m.circuit_ids and window in work.maintenance.windows_of(m.said) for m in work.matched)


def _measured(
    work: Work, window: Window, life: Sequence[Work], of: Mapping[str, Sequence[Outage]], at: int
) -> Measured:
    told: dict[str, int | None] = {}
    before: dict[str, list[Window]] = {}  # earlier windows that share what is told
    apart = True
    for one in work.matched:
        mine = [w for w in work.maintenance.windows_of(one.said) if not w.backup]
        if one.impact in CUTS and window in mine:
            told.update(dict.fromkeys(one.circuit_ids, one.seconds))
            if not one.each and len(mine) > 1:
                apart = False
                before.update({c: [w for w in mine if w.start < window.start] for c in one.circuit_ids})
    down = over = longest = hit = 0
    excess = False
    for circuit_id, seconds in told.items():
        inside, after = _down(of.get(circuit_id, ()), window, at), 0
        for outage in of.get(circuit_id, ()):
            ended = at if outage.ended is None else outage.ended
            if outage.confirmed and window.start <= outage.began < window.end:
                after += max(0, ended - window.end)
        hit += inside > 0
        down, over, longest = down + inside, over + after, max(longest, inside + after)
        used = sum(_down(of.get(circuit_id, ()), w, at) for w in before.get(circuit_id, ()))
        excess = excess or (seconds is not None and inside > 0 and used + inside + after > seconds)
    first = next((w for w in life if window in w.maintenance.windows), work)
    known = [s for s in told.values() if s is not None]
    return Measured(
        work=work,
        window=window,
        word=_word(work, window, at, over=over > 0, excess=excess, hit=hit > 0),
        circuits=len(told),
        hit=hit,
        announced=sum(known) if told and len(known) == len(told) and apart else None,
        down=down,
        over=over,
        longest=longest,
        notice=window.start - first.announced_at,
    )


def _down(outages: Iterable[Outage], window: Window, at: int) -> int:
    """Seconds of a window in which a circuit was down."""
    spans = ((o.began, at if o.ended is None else o.ended) for o in outages)
    return sum(max(0, min(ended, window.end) - max(began, window.start)) for began, ended in spans)


def _word(work: Work, window: Window, at: int, *, over: bool, excess: bool, hit: bool) -> str:
    if work.maintenance.status is Status.CANCELLED or work.superseded_by:
        return OFF_LATE if work.late else OFF
    if not work.sure:
        return UNSURE
    if window.start > at:
        return TO_COME
    if over:
        return OVERRAN
    if window.end > at:
        return RUNNING
    if not hit:
        return NOTHING
    return LONGER if excess else AS_TOLD


@dataclass(frozen=True, slots=True)
class Accuracy:
    """A carrier's windows that are over, by word; those that were called off beside them. `announced` seconds were told
    for `told` of them, which took `took`; all took `down`, and `over` beyond their ends. `notice` is the median.

    `moved` works were given other times at least once.
    """

    carrier: str
    windows: int
    words: Mapping[str, int]
    told: int
    announced: int
    took: int
    down: int
    over: int
    notice: float | None
    moved: int


def accuracy(found: Iterable[Measured], lives: Mapping[tuple[str, str], Sequence[Work]]) -> tuple[Accuracy, ...]:
    """By carrier, most windows first."""
    of: dict[str, list[Measured]] = {}
    for one in found:
        of.setdefault(one.work.maintenance.provider, []).append(one)
    return tuple(sorted((_accuracy(c, those, lives) for c, those in of.items()), key=lambda a: (-a.windows, a.carrier)))


def _accuracy(carrier: str, found: Sequence[Measured], lives: Mapping[tuple[str, str], Sequence[Work]]) -> Accuracy:
    held = [m for m in found if m.word in HELD]
    told = [m for m in held if m.announced is not None]
    keys = {m.work.maintenance.key for m in found}
    moved = sum(len({w.maintenance.windows for w in lives.get(k, ()) if w.maintenance.windows}) > 1 for k in keys)
    words: dict[str, int] = {}
    for one in found:
        words[one.word] = words.get(one.word, 0) + 1
    return Accuracy(
        carrier=carrier,
        windows=len(held),
        words=words,
        told=len(told),
        announced=sum(m.announced or 0 for m in told),
        took=sum(m.down + m.over for m in told),
        down=sum(m.down for m in held),
        over=sum(m.over for m in held),
        notice=median(m.notice for m in held) if held else None,
        moved=moved,
    )
