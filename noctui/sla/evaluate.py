"""A promise of one service over one period, as known at an instant. Pure: the same evidence gives the same verdict."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import floor

from noctui.model.sla import Promise, PromisePeriod, Service
from noctui.model.verdicts import Outcome, Scored, Verdict
from noctui.model.words import State
from noctui.sla.algorithms import Availability, Case, Tally
from noctui.sla.evidence import Evidence
from noctui.sla.excuses import granted
from noctui.sla.intervals import Spans, common, inside, passing, total, union
from noctui.sla.lines import doubtful, down_at_most, down_of, paint
from noctui.sla.money import credit
from noctui.sla.outages import CONFIRM_DOWN
from noctui.sla.registry import OWN, Algorithms

LOOK = 86_400
"""Seconds around the period in which an outage over its edge is followed, so that its length is the whole one."""
AT_RISK, RISKY_PACE = Fraction(3, 4), Fraction(1, 2)
"""Shares of the budget that are used: at risk from the first on; from the second on if the pace so far breaks it."""


def evaluate(
    promise: Promise,
    service: Service,
    period: PromisePeriod,
    evidence: Evidence,
    at: int,
    algorithm: Availability | None = None,
) -> Verdict:
    """The verdict by what was known at `at`; `algorithm` None: noctui's own of the promise's name.

    April, 99.9, down for 2,592 s → met with nothing left, a second more → broken.
    """
    how = algorithm or Algorithms(OWN).named(promise.algorithm)
    known = evidence.known(at)
    seen = min(at if known.watched_until is None else known.watched_until, at)
    near = period.start - LOOK, period.end + LOOK
    horizon = min(at, near[1])
    edges_of = known.edges_of(service.circuits)
    lines = {c: _seen(paint(edges, near[0], min(seen, horizon)), seen, horizon) for c, edges in edges_of.items()}
    doubt = union(*(doubtful(edges_of[c], line) for c, line in lines.items()))
    case = Case(
        promise,
        service,
        period,
        {c: granted(promise, known.planned, c, service.zone, near) for c in lines},
        tuple(sorted(t.opened_at for t in known.tickets if t.circuit_id in lines)),
    )
    down = {c: down_of(line) for c, line in lines.items()}
    best = how.tally(case, down)
    at_worst = {c: down_at_most(line) for c, line in lines.items()}
    worst = best if at_worst == down else how.tally(case, at_worst)
    divisor = how.divisor(case)
    budget = divisor * promise.share_down
    counted, at_most = total(best.counted), total(worst.counted)
    now = min(max(at, period.start), period.end)
    disabled = _all_disabled(lines, period)
    unknown = total(worst.down) - total(best.down)
    elapsed = now - period.start
    breaks_at = None
    if counted <= budget and at < period.end and _is_down(best, at):
        breaks_at = passing(how.tally(case, _going_on(down, at, period.end)).counted, floor(budget))
    return Verdict(
        promise=promise.name,
        uptime=promise.uptime,
        service_id=service.service_id,
        period=period,
        outcome=outcome(counted, at_most, budget, elapsed, period.seconds, breaks=breaks_at is not None),
        known_at=at,
        up=elapsed - total(best.down) - unknown - disabled,
        down=total(best.down),
        unknown=unknown,
        disabled=disabled,
        to_come=period.end - now,
        uncertain=total(inside(doubt, period.start, period.end)),
        counted=counted,
        counted_at_most=at_most,
        excused=total(best.excused),
        divisor=str(divisor),
        broke_at=passing(best.counted, floor(budget)),
        breaks_at=breaks_at,
        outages=_scored(case, best, horizon),
        credit=credit(promise, service, period, best.counted, worst.counted, divisor),
    )


def outcome(counted: int, at_most: int, budget: Fraction, elapsed: int, length: int, *, breaks: bool) -> Outcome:
    """Exact, equality is met. `elapsed` of `length` seconds are over; `breaks`: what is down now will use the rest up.

    Half of the budget used after a third of the time is at risk: at that pace it is 1.5 budgets in the end.
    """
    if counted > budget:
        return Outcome.BROKEN
    if breaks:
        return Outcome.BREAKS
    if at_most > budget:
        return Outcome.UNSURE
    if elapsed < length and counted:
        used = counted / budget
        if used >= AT_RISK or (used >= RISKY_PACE and counted * length > budget * elapsed):
            return Outcome.AT_RISK
    return Outcome.MET


Line = Mapping[State, Spans]


def _seen(line: Line, seen: int, horizon: int) -> Line:
    """What came after the last poll nobody has seen."""
    return {**line, State.UNKNOWN: union(line[State.UNKNOWN], ((seen, horizon),))} if seen < horizon else line


def _all_disabled(lines: Mapping[str, Line], period: PromisePeriod) -> int:
    """Seconds of the period in which every circuit was switched off."""
    off: Spans = ((period.start, period.end),)
    for line in lines.values():
        off = common(off, line[State.DISABLED])
    return total(off)


def _is_down(tally: Tally, at: int) -> bool:
    """Down now, for long enough to be an outage and not a blip."""
    return bool(tally.cuts) and tally.cuts[-1].ended == at and tally.cuts[-1].down >= CONFIRM_DOWN


def _going_on(down: Mapping[str, Spans], at: int, end: int) -> dict[str, Spans]:
    """What is down now stays so until the period's end and on; nothing else happens."""
    return {
        c: union(spans, ((at, end + LOOK),)) if spans and spans[-1][1] == at else spans for c, spans in down.items()
    }


def _scored(case: Case, tally: Tally, horizon: int) -> tuple[Scored, ...]:
    """The outages that have a part in the period, oldest first."""
    found = []
    for cut in tally.cuts:
        down = inside(cut.parts, case.period.start, case.period.end)
        if down:
            excused = common(down, tally.excused)
            found.append(
                Scored(
                    began=cut.began,
                    ended=None if cut.ended == horizon else cut.ended,
                    down=total(down),
                    counted=total(common(down, tally.counted)),
                    excused=total(excused),
                    excused_by=_excused_by(case, excused) if excused else (),
                    confirmed=cut.down >= CONFIRM_DOWN,
                    over=cut.over(horizon),
                )
            )
    return tuple(found)


def _excused_by(case: Case, excused: Spans) -> tuple[str, ...]:
    windows = (w for of_circuit in case.granted.values() for w in of_circuit)
    return tuple(sorted({w.maintenance_id for w in windows if common(w.spans, excused)}))
