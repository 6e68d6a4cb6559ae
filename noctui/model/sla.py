"""Promises that carriers make of circuits, and what they are scored by. UTC epoch seconds, whole ones.

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
    ANNOUNCED = "announced"  # at most the impact that the notice tells for its windows, the first seconds of it
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
    """[start, end) of announced work. `impact`: seconds of interruption told, None: not told; for all windows of the
    work together that were told the same, unless `each` says that it is for each of them. A `backup` window is a night
    in reserve: it excuses nothing until a notice makes it the one that is used."""

    start: int
    end: int
    impact: int | None = None
    backup: bool = False
    each: bool = False


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


@lru_cache(maxsize=256)
def share_down(uptime: str) -> Fraction:
    """The share of the time that may be down: `99.9` → 1/1000."""
    return 1 - Fraction(uptime) / 100
