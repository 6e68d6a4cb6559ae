"""How carriers kept to their words: announced windows against what went down in them and after. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from noctui.model.works import Outage, Work
from noctui.tui.panes.work_words import state_of, taken, used


@dataclass(frozen=True, slots=True)
class Record:
    """A carrier's windows that are over. `kept`: nothing that went down in one was still down at its end. `took` of
    `planned` seconds were used. `ahead` is the median of seconds from the first notice to the window."""

    carrier: str
    windows: int
    kept: int
    took: float
    planned: float
    ahead: float
    late: int  # works that were called off or moved when their window had begun


def records(works: Sequence[Work], outages: Sequence[Outage], at: float) -> tuple[Record, ...]:
    """By carrier, most windows first. Only work counts that was sure and may have taken a circuit of ours."""
    by_circuit: dict[str, list[Outage]] = {}
    for outage in outages:
        by_circuit.setdefault(outage.circuit_id, []).append(outage)
    of: dict[str, list[Work]] = {}
    for work in works:
        if work.late or (work.sure and any(taken(work, c) for c in work.circuit_ids)):
            of.setdefault(work.maintenance.provider, []).append(work)
    made = [_record(carrier, mine, by_circuit, at) for carrier, mine in of.items()]
    return tuple(sorted((r for r in made if r.windows or r.late), key=lambda r: (-r.windows, r.carrier)))


def _record(carrier: str, works: Sequence[Work], by_circuit: dict[str, list[Outage]], at: float) -> Record:
    windows = kept = 0
    took = planned = 0.0
    ahead: list[float] = []
    for work in works:
        if not work.sure:
            continue
        mine = [o for c in work.circuit_ids for o in by_circuit.get(c, ())]
        over = [w for w in work.maintenance.windows if w.end <= at and not w.backup]
        windows += len(over)
        kept += sum(not any(_over_run(o, w.start, w.end) for o in mine) for w in over)
        if over:
            ahead.append(over[0].start - work.told_at)
        if over and state_of(work, at) == "done":
            used_, planned_ = used(work, mine, at)
            took, planned = took + used_, planned + planned_
    late = sum(w.late for w in works)
    return Record(carrier, windows, kept, took, planned, median(ahead) if ahead else float("nan"), late)


def _over_run(outage: Outage, start: int, end: int) -> bool:
    """Whether it began in the window and went on after it."""
    return outage.confirmed and start <= outage.began < end and (outage.ended is None or outage.ended > end)
