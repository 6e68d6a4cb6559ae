"""How collecting goes, for the collector screen, `doctor` and logs: made by the leader, carried in `Status.health`.

Seconds, bytes and UTC epoch seconds; NaN is unknown.
"""

from __future__ import annotations

import msgspec

NAN = float("nan")


class TokenHealth(msgspec.Struct, frozen=True, kw_only=True):
    """One API token. `state`: `in use`, `spare`, `rests` or `refused`; `ending` its last characters, never more."""

    number: int
    ending: str
    used: int
    limit: int
    state: str
    rests_until: float = 0.0
    resets_at: float = 0.0
    role: str = ""  # read, write, admin …
    text: str = ""


class FeedHealth(msgspec.Struct, frozen=True, kw_only=True):
    """One feed: how often, when last, how it went. `trend` holds seconds taken, newest last; NaN a failure."""

    feed: str
    period: float
    last_at: float = 0.0
    calls: int = 0
    rows: int = 0
    took: float = NAN
    took_p95: float = NAN
    failed_24h: int = 0
    error: str = ""
    odd: int = 0  # values of its last run that cannot be true
    odd_text: str = ""  # so many, and one of them
    trend: tuple[float, ...] = ()


class PlanLine(msgspec.Struct, frozen=True):
    """Calls an hour that one kind of work needs (`sweeps`, `hourly`, `enrichment`, `drill-down`)."""

    work: str
    calls: float
    text: str = ""  # its formula, in words and numbers


class HistoryHealth(msgspec.Struct, frozen=True, kw_only=True):
    """The history on disk. `full_at` is when the disk runs full at this pace; 0: not before retention evens out."""

    bytes: int = 0
    disk_free: int = 0
    disk_total: int = 0
    oldest: float = 0.0
    write_p50: float = NAN
    write_p95: float = NAN
    bytes_per_day: float = NAN
    expected_bytes: float = NAN  # once retention evens out
    full_at: float = 0.0
    text: str = ""  # a fault, in one line


class FollowerHealth(msgspec.Struct, frozen=True, kw_only=True):
    """One that follows by the bus, as it said of itself last. `lag` is seconds from the leader's View to its own."""

    name: str  # host:pid
    heard_at: float
    lag: float = NAN


class MemberHealth(msgspec.Struct, frozen=True, kw_only=True):
    """One that offers to fetch shares of sweeps. `state`: `shares`, `joins` (from the next sweep on), `left out`,
    `rests`, or `other version`; `text` says why. Figures are those of its last share."""

    name: str  # host:pid
    state: str
    text: str = ""
    heard_at: float = 0.0
    gateways: int = 0  # of its share now
    calls: int = 0
    rows: int = 0
    took: float = NAN  # seconds that it fetched
    lag: float = NAN  # seconds from the sweep's beginning until its rows were here
    used: int = 0  # calls of this hour, by its own count
    limit: int = 0
    ahead: float = 0.0  # its clock less the bus's


class BusHealth(msgspec.Struct, frozen=True, kw_only=True):
    """The bus between hosts. `state`: `ok` or `lost` (`text` says why); `where` never holds a password."""

    where: str
    state: str = "ok"
    text: str = ""
    since: float = 0.0  # while it is lost
    epoch: int = 0  # of this leadership
    lease: float = 0.0  # seconds
    published_at: float = 0.0  # the newest poll on it
    publish_p50: float = NAN  # seconds to publish a poll, of the last ones
    publish_p99: float = NAN
    poll_bytes: int = 0  # the last one
    memory: int = 0  # of the server; 0: it does not say
    remarks: tuple[str, ...] = ()  # a line each about settings of the server that should be otherwise
    acts: int = 0  # done for others in this term
    asked: int = 0  # questions of followers answered in this term
    followers: tuple[FollowerHealth, ...] = ()
    lag_p50: float = NAN  # of all followers
    lag_p99: float = NAN
    members: tuple[MemberHealth, ...] = ()  # who offers to share sweeps
    own_gateways: int = 0  # of a shared sweep, those that the leader fetches itself


class SyncHealth(msgspec.Struct, frozen=True, kw_only=True):
    """The newest sync to the warehouse. `status`: `running`, `whole`, `partial`, `failed`, or `ended` in the middle;
    `text` says why it is not whole. `waiting` rows were left then, the `oldest` hour of them; 0: none."""

    status: str
    ran_at: float = 0.0
    text: str = ""
    whole_at: float = 0.0  # when nothing was left last
    waiting: int = 0
    oldest: float = 0.0
    credits_a_day: float = NAN  # computed
    every: float = 0.0  # seconds between runs of a daemon; 0: it is none


class MailboxHealth(msgspec.Struct, frozen=True, kw_only=True):
    """One mailbox of carriers' notices. `read_at` is when all that was new in it was read last; 0: not yet in this
    term, which began to look at `since`. `failed_at` is when the `fault` that stands was first met."""

    name: str
    since: float
    every: float  # seconds between looks
    read_at: float = 0.0
    fault: str = ""  # why it cannot be read, in one line
    failed_at: float = 0.0


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """All of it."""

    since: float = 0.0  # when this leader began
    leader: str = ""  # host and pid
    epoch: int = 0
    sweeps: int = 0  # in the last 24 h
    sweep_p50: float = NAN
    sweep_p95: float = NAN
    sweep_p99: float = NAN
    partial_24h: int = 0
    failed_24h: int = 0
    skipped_24h: int = 0  # ticks that came while a sweep ran
    tokens: tuple[TokenHealth, ...] = ()
    feeds: tuple[FeedHealth, ...] = ()
    plan: tuple[PlanLine, ...] = ()
    capacity: float = 0.0  # calls an hour of all accepted tokens
    enriched: int = 0
    enrich_total: int = 0
    enrich_text: str = ""
    file_text: str = ""  # the inventory file: how many lines matched
    file_problems: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()  # replacements of gateways, newest first, in words
    history: HistoryHealth = HistoryHealth()
    bus: BusHealth | None = None  # None: no bus is set
    sync: SyncHealth | None = None  # None: nothing was ever sent to a warehouse
    mailboxes: tuple[MailboxHealth, ...] = ()
    errors: tuple[tuple[float, str], ...] = ()  # the newest ones, newest first
    longest_block: float = NAN  # of the collector's own loop, in the last hour
    rss: int = 0
