"""How downtime is counted, by name. Pure; a subclass changes one step and leaves the rest.

All steps are monotone: more down time never counts less. So down alone, and down together with all unknown time, bound
what is true. Whoever writes one outside noctui offers the class by an entry point in the group `noctui.sla`
(noctui/sla/registry.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from noctui.model.sla import BANKERS_MONTH, Clock, Divisor, Impact, Promise, PromisePeriod, Service
from noctui.sla.excuses import Granted, forgiven
from noctui.sla.intervals import NONE, Spans, at_least, common, first, inside, total, union, without
from noctui.sla.outages import Cut, cuts
from noctui.sla.periods import period_at


@dataclass(frozen=True, slots=True)
class Case:
    """What is scored: the windows that excuse each circuit, and when tickets were opened (of any of them, in order)."""

    promise: Promise
    service: Service
    period: PromisePeriod
    granted: Mapping[str, tuple[Granted, ...]]
    tickets: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Tally:
    """Down seconds of one reading of the evidence. `cuts` are whole outages, also beyond the period; `down`, `counted`
    and `excused` lie in the period; what is in neither of the last two was too short, or before its ticket."""

    cuts: tuple[Cut, ...]
    down: Spans
    counted: Spans
    excused: Spans


class Availability:
    """Percent of the period, per circuit."""

    name: ClassVar[str] = "availability"

    def period(self, promise: Promise, service: Service, at: int) -> PromisePeriod:
        """The period that an instant lies in."""
        return period_at(promise, service, at)

    def faults(self, promise: Promise) -> list[str]:
        """What is wrong with a promise's options, a line each."""
        return []

    def cut(self, promise: Promise, down: Mapping[str, Spans]) -> Spans:
        """When the service is cut, by when each of its circuits is down."""
        return union(*down.values())

    def eligible(self, case: Case, cut: Cut) -> Spans:
        """The seconds of one outage that count if nothing excuses them."""
        if cut.down < case.promise.minimum_outage:
            return NONE
        if case.promise.clock is Clock.EVENT:
            return cut.parts
        opened = next((at for at in case.tickets if cut.began <= at < cut.ended), None)
        return NONE if opened is None else inside(cut.parts, opened, cut.ended)

    def divisor(self, case: Case) -> Fraction:
        """Seconds that the downtime is divided by."""
        promise, period = case.promise, case.period
        whole = period.whole_end - period.whole_start
        if promise.divisor is Divisor.THIRTY_DAYS:
            return Fraction(BANKERS_MONTH * period.seconds, whole) if promise.prorate else Fraction(BANKERS_MONTH)
        seconds = period.seconds if promise.prorate else whole
        if promise.divisor is Divisor.WITHOUT_WINDOWS and promise.impact is not Impact.COUNTS:
            windows = self.cut(promise, {c: union(*(g.spans for g in windows)) for c, windows in case.granted.items()})
            seconds -= total(inside(windows, period.start, period.end))
        return Fraction(seconds)

    def tally(self, case: Case, down: Mapping[str, Spans]) -> Tally:
        """Count, of one reading of when each circuit was down."""
        start, end = case.period.start, case.period.end
        raw = self.cut(case.promise, down)
        whole = cuts(raw, case.promise.merge_gap)
        eligible = inside(union(*(self.eligible(case, cut) for cut in whole)), start, end)
        left = {c: without(spans, self.excused(case, c, spans)) for c, spans in down.items()}
        counted = common(eligible, self.cut(case.promise, left))
        return Tally(whole, inside(raw, start, end), counted, without(eligible, counted))

    def excused(self, case: Case, circuit_id: str, down: Spans) -> Spans:
        """Down seconds of one circuit that planned work excuses; of the period at most as many as the promise says."""
        found = forgiven(case.promise, case.granted.get(circuit_id, ()), down)
        if case.promise.excused_at_most is None:
            return found
        return first(inside(found, case.period.start, case.period.end), case.promise.excused_at_most)


class Diversity(Availability):
    """Circuits of a protection group are never cut at once (option `at_once`, 2): only then its time is down time.

    Planned work on one of them does not excuse the other's cut, but while it lasts they are not cut at once.
    """

    name = "diversity"

    def faults(self, promise: Promise) -> list[str]:
        return _whole(promise, "at_once", "2", 2)

    def cut(self, promise: Promise, down: Mapping[str, Spans]) -> Spans:
        return at_least(down.values(), int(promise.options.get("at_once", "2")))


class Repair(Availability):
    """Every outage is repaired within a time (option `seconds`): what goes beyond it counts, so the uptime is `100`.

    4 h promised, an outage of 5 h: 1 h counts.
    """

    name = "repair"

    def faults(self, promise: Promise) -> list[str]:
        return _whole(promise, "seconds", "", 1)

    def eligible(self, case: Case, cut: Cut) -> Spans:
        spans = super().eligible(case, cut)
        return without(spans, first(spans, int(case.promise.options.get("seconds", "0"))))


def _whole(promise: Promise, option: str, default: str, least: int) -> list[str]:
    """An option must be a whole number from `least` on."""
    value = promise.options.get(option, default)
    if value.isascii() and value.isdigit() and len(value) < 10 and int(value) >= least:
        return []
    return [f"option {option} of algorithm {promise.algorithm} is {value!r}: a whole number from {least} on is needed"]
