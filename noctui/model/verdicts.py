"""What promises came to: verdicts with all that makes them up, credits, totals. UTC epoch seconds, whole ones."""

from __future__ import annotations

from enum import StrEnum
from fractions import Fraction

import msgspec

from noctui.model.sla import PromisePeriod, share_down


class Scored(msgspec.Struct, frozen=True, kw_only=True):
    """One outage as a promise counts it. `ended` None: it goes on.

    Its `down` seconds inside the period are `counted`, `excused` (by these maintenances), or neither: too short, or
    before its ticket. `confirmed`: it lasted, or its merged parts did, for the time that makes a blip an outage.
    `over`: up again for long enough.
    """

    began: int
    ended: int | None
    down: int
    counted: int
    excused: int
    excused_by: tuple[str, ...] = ()
    confirmed: bool = True
    over: bool = True

    @property
    def uncounted(self) -> int:
        return self.down - self.counted - self.excused


class Credit(msgspec.Struct, frozen=True, kw_only=True):
    """What is due. `percent` and `percent_at_most` of the monthly charge, as fractions; unknown time makes the second.

    Amounts are text with two decimals, None while the monthly charge is unknown. It must be claimed before `claim_by`.
    """

    percent: str
    percent_at_most: str
    amount: str | None = None
    amount_at_most: str | None = None
    currency: str = ""
    claim_by: int | None = None


class Outcome(StrEnum):
    """BREAKS and AT_RISK only while the period runs. UNSURE: unknown time decides."""

    BROKEN = "broken"
    BREAKS = "breaks"
    AT_RISK = "at risk"
    UNSURE = "unsure"
    MET = "met"


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """One promise of one service over one period, as known at `known_at`; a closed period that changes gets a version.

    `up`, `down`, `unknown`, `disabled` and `to_come` add up to the period. `uncertain` seconds of up and down lie
    between two polls that saw different things; they are no part of the bounds. `counted` is downtime that counts, and
    `counted_at_most` if all unknown time had been down. `divisor` is a fraction of seconds as text. `breaks_at`: the
    budget is used up then, if what is down stays so; `broke_at`: it was. `counted_outages`: how many counted, where the
    outages themselves are not held (None: they are, in `outages`).
    """

    promise: str
    uptime: str
    service_id: str
    period: PromisePeriod
    outcome: Outcome
    known_at: int
    version: int = 1
    up: int
    down: int
    unknown: int
    disabled: int
    to_come: int
    uncertain: int = 0
    counted: int
    counted_at_most: int
    excused: int
    divisor: str
    broke_at: int | None = None
    breaks_at: int | None = None
    outages: tuple[Scored, ...] = ()
    credit: Credit | None = None
    counted_outages: int | None = None

    @property
    def many_outages(self) -> int:
        """How many counted."""
        return sum(o.counted > 0 for o in self.outages) if self.counted_outages is None else self.counted_outages

    @property
    def partial(self) -> bool:
        return self.period.partial

    @property
    def elapsed(self) -> int:
        return self.period.seconds - self.to_come

    @property
    def budget(self) -> Fraction:
        """Seconds that may be down in the whole period."""
        return Fraction(self.divisor) * share_down(self.uptime)

    @property
    def left(self) -> Fraction:
        """Seconds of the budget that are left; below 0 is broken."""
        return self.budget - self.counted

    @property
    def left_at_least(self) -> Fraction:
        return self.budget - self.counted_at_most

    @property
    def used(self) -> Fraction | None:
        """The share of the budget that is used, 1 is all; None where there is no budget at all."""
        return self.counted / self.budget if self.budget else None

    @property
    def achieved(self) -> Fraction | None:
        """Percent, unknown time and time to come taken as up. None: nothing has been known at all."""
        return self._percent(self.counted) if self.elapsed > self.unknown else None

    @property
    def achieved_at_least(self) -> Fraction | None:
        """Percent, unknown time taken as down."""
        return self._percent(self.counted_at_most)

    @property
    def achieved_known(self) -> Fraction | None:
        """Percent with unknown time left out of the divisor; None: nothing is known."""
        known = Fraction(self.divisor) - self.unknown
        return 100 * (1 - self.counted / known) if known > 0 else None

    @property
    def coverage(self) -> Fraction | None:
        """Percent of the time so far, disabled time left out, in which up or down was known; None: there was none."""
        time = self.elapsed - self.disabled
        return Fraction(100 * (time - self.unknown), time) if time > 0 else None

    @property
    def burn(self) -> Fraction | None:
        """How fast the budget is used: at 1 it lasts exactly the period. None: no budget, or no time yet."""
        if not self.elapsed or self.used is None:
            return None
        return self.used * self.period.seconds / self.elapsed

    @property
    def projected(self) -> Fraction | None:
        """Counted seconds at the end of the period at the pace so far; None: no time yet."""
        return Fraction(self.counted * self.period.seconds, self.elapsed) if self.elapsed else None

    @property
    def runs_out_at(self) -> int | None:
        """When the budget is used up at the pace so far, if that is before the period ends and not already past."""
        if not self.counted or self.left < 0:
            return None
        at = self.period.start + int(self.elapsed * self.budget / self.counted)
        return at if at < self.period.end and self.to_come else None

    def _percent(self, down: int) -> Fraction | None:
        divisor = Fraction(self.divisor)
        return 100 * (1 - down / divisor) if divisor else None


class CarrierTotal(msgspec.Struct, frozen=True, kw_only=True):
    """A carrier's promises of one time: how many by outcome, outages and seconds that counted, credits by currency.

    Credits are amounts as text; of circuits whose monthly charge is not known there are none (`unpriced` circuits).
    """

    carrier: str
    promises: int
    outcomes: dict[Outcome, int]
    outages: int
    counted: int
    credits: dict[str, str]
    credits_at_most: dict[str, str]
    unpriced: int = 0


def thousandths(percent: Fraction | None) -> str:
    """Percent cut off, never rounded, after three decimals: what breaks 99.9 never reads 99.900. None is `–`."""
    if percent is None:
        return "–"
    sign = "-" if percent < 0 else ""
    whole, rest = divmod(abs(percent) * 1000 // 1, 1000)
    return f"{sign}{whole}.{rest:03}"
