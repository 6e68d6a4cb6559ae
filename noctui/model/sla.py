"""Promises that carriers make of circuits, what they are scored by, and the verdicts. UTC epoch seconds, whole ones.

Percentages and shares are kept as written (`99.9`, `1/30`) and compared as exact fractions: a rounded percentage is
never compared. Sources: S2's tables and interval names; what carriers' public terms say of divisors, notices, credits.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache

import msgspec

DAY = 86_400
BANKERS_MONTH = 30 * DAY
"""Seconds of a bankersMonth, whatever the calendar says."""


class Interval(StrEnum):
    """Names of the periods that come with noctui; an algorithm of somebody else's may know more."""

    CALENDAR = "calendarMonthFromFirst"
    TURN_UP = "calendarMonthFromTurnupDay"
    BANKERS = "bankersMonth"


class Divisor(StrEnum):
    """What the downtime is divided by. It is apart from the interval: some divide a month of 31 days by 43,200 min."""

    PERIOD = "period"
    THIRTY_DAYS = "30 days"
    WITHOUT_WINDOWS = "without windows"  # excused windows leave the period as well


class Impact(StrEnum):
    """How much of the downtime inside an excused window is forgiven."""

    WINDOW = "window"  # all of it
    ANNOUNCED = "announced"  # at most the impact that the notice tells for the window, the first seconds of it
    COUNTS = "counts"  # none


class Emergency(StrEnum):
    """What work that the carrier calls an emergency is."""

    PLANNED = "as planned"  # it needs the notice that all work needs
    EXCUSED = "excused"  # it needs none
    COUNTS = "counts"  # it never excuses


class Clock(StrEnum):
    """When an outage begins to count: when it began, or when a ticket was opened during it."""

    EVENT = "event"
    TICKET = "ticket"


class Hours(msgspec.Struct, frozen=True):
    """Local hours in which work may excuse, in minutes of the day: [start, end), past midnight when end <= start.

    `weekdays` (0 is Monday) are those on which it begins; `Hours(0, 360)` is 00:00-06:00 on any day.
    """

    start: int
    end: int
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)


class CreditKind(StrEnum):
    DOWNTIME = "downtime"  # bands of counted seconds
    AVAILABILITY = "availability"  # bands of achieved percent
    DAYS = "days"  # a share for each local day that holds a counted second
    HOURS = "hours"  # a share for each counted hour, or fraction of one


class Band(msgspec.Struct, frozen=True):
    """From `low` to `high` (None: no end), seconds or percent as written, `percent` of the monthly charge."""

    low: str
    high: str | None
    percent: str


class CreditRule(msgspec.Struct, frozen=True, kw_only=True):
    """What is due for a period. `upper` says that a band owns its upper edge and not its lower one.

    `share` is the part of a monthly charge for each day or hour: `1/30`, or `day`: one day of the period's own days.
    `cap` is the most there is, in percent of the monthly charge.
    """

    kind: CreditKind
    bands: tuple[Band, ...] = ()
    upper: bool = False
    share: str = "day"
    cap: str = "100"


class Claim(msgspec.Struct, frozen=True):
    """A credit must be asked for within so many days of the period's last day; business days are Monday to Friday."""

    days: int
    business: bool = False


class Promise(msgspec.Struct, frozen=True, kw_only=True):
    """One SLA. Seconds, unless said otherwise; `noctui.sla.checks` tells what is wrong with one.

    `uptime` is percent as written. `minimum_outage`: shorter outages do not count; two that are at most `merge_gap`
    apart are one when that is tested, but only down seconds are counted. `notice`: how long before a window begins it
    must have been announced; None: not at all. `excused_at_most`: of a period's downtime. `hours_zone` is the zone of
    `hours`; "": that of the circuit's site. `options` are for algorithms.
    """

    name: str
    uptime: str
    interval: str = Interval.CALENDAR
    zone: str = "UTC"
    divisor: Divisor = Divisor.PERIOD
    prorate: bool = True
    minimum_outage: int = 60
    merge_gap: int = 60
    notice: int | None = 0
    hours: tuple[Hours, ...] = ()
    hours_zone: str = ""
    impact: Impact = Impact.WINDOW
    emergency: Emergency = Emergency.PLANNED
    excused_at_most: int | None = None
    clock: Clock = Clock.EVENT
    algorithm: str = "availability"
    credits: CreditRule | None = None
    claim: Claim | None = None
    options: dict[str, str] = {}

    @property
    def share_down(self) -> Fraction:
        """The share of the time that may be down."""
        return share_down(self.uptime)


class Applicability(msgspec.Struct, frozen=True, kw_only=True):
    """A promise is offered by a carrier, or holds for one circuit, from `since` until `until` (None: still)."""

    promise: str
    carrier: str = ""
    circuit_id: str = ""
    since: int = 0
    until: int | None = None


class Service(msgspec.Struct, frozen=True, kw_only=True):
    """What a promise is made of: a circuit, or a protection group (`service_id` its name, `members` its circuits).

    `turn_up` is the first day of service, `epoch` the day that periods are counted from when it is another one;
    `until` the instant of its end. `monthly` is the monthly charge as written, "" when unknown; `zone` the site's.
    """

    service_id: str
    members: tuple[str, ...] = ()
    carrier: str = ""
    turn_up: date | None = None
    epoch: date | None = None
    until: int | None = None
    monthly: str = ""
    currency: str = ""
    zone: str = "UTC"

    @property
    def circuits(self) -> tuple[str, ...]:
        return self.members or (self.service_id,)


class PlannedWindow(msgspec.Struct, frozen=True, kw_only=True):
    """[start, end) of announced work. `impact`: seconds of interruption told for it, None: not told. A `backup` window
    is a night in reserve: it excuses nothing until a notice makes it the one that is used."""

    start: int
    end: int
    impact: int | None = None
    backup: bool = False


class Planned(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a carrier's planned work, as promises need it: of the newest known version all holds.

    `announced_at` is when the carrier sent it, `known_at` when it was read. `status` and `impact_of` (circuit → how it
    is hit) are words as in BCOP notices: CONFIRMED, CANCELLED, …; OUTAGE, NO-IMPACT, …
    """

    carrier: str
    maintenance_id: str
    status: str
    circuits: tuple[str, ...]
    windows: tuple[PlannedWindow, ...]
    announced_at: int
    known_at: int
    version: int = 0
    emergency: bool = False
    impact_of: dict[str, str] = {}


class Ticket(msgspec.Struct, frozen=True, kw_only=True):
    """A ticket about a circuit was opened with the carrier."""

    circuit_id: str
    opened_at: int
    known_at: int


class PromisePeriod(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """[start, end) that a promise is scored over, cut to the service's life out of the whole one of `days` days.

    `key` is `2026-11`, or the day it begins on, `2026-11-16`.
    """

    start: int
    end: int
    whole_start: int
    whole_end: int
    key: str
    days: int

    @property
    def seconds(self) -> int:
        return self.end - self.start

    @property
    def partial(self) -> bool:
        return self.seconds < self.whole_end - self.whole_start


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
    budget is used up then, if what is down stays so; `broke_at`: it was.
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


@lru_cache(maxsize=256)
def share_down(uptime: str) -> Fraction:
    """The share of the time that may be down: `99.9` → 1/1000."""
    return 1 - Fraction(uptime) / 100


def thousandths(percent: Fraction | None) -> str:
    """Percent cut off, never rounded, after three decimals: what breaks 99.9 never reads 99.900. None is `–`."""
    if percent is None:
        return "–"
    sign = "-" if percent < 0 else ""
    whole, rest = divmod(abs(percent) * 1000 // 1, 1000)
    return f"{sign}{whole}.{rest:03}"
