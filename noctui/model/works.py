"""Planned work as it is known at an instant, the mails it was read in, and the outages and other work that it meets.

All times are UTC epoch seconds. Nothing here is guessed: a circuit id that matches none of ours stays, and says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, Protocol

import msgspec

from noctui.model.notices import Impact, Maintenance, Notice, Outcome, Status, Window

if TYPE_CHECKING:
    from noctui.model.scene import Range
    from noctui.model.scores import ScoreBoard

SURE = (Status.CONFIRMED, Status.RE_SCHEDULED, Status.IN_PROCESS, Status.COMPLETED)
"""Work in one of these is to be reckoned with: announced for sure, going on, or done."""
CUTS = (Impact.OUTAGE, Impact.UNKNOWN)
"""What takes a circuit; one whose impact is not told may."""
OVER = 86_400
"""Seconds after a window's end in which a circuit that is still down is over its window."""


class Matched(msgspec.Struct, frozen=True, kw_only=True):
    """A circuit id as the notice has it, and ours that it means: none (`how` is unknown or ambiguous), one, or several
    of one carrier's. `impact`, `seconds` and `each` as in `notices.Affected`."""

    said: str
    circuit_ids: tuple[str, ...] = ()
    how: str = "unknown"  # exact, alias, normalised, ambiguous, unknown
    impact: Impact = Impact.UNKNOWN
    seconds: int | None = None
    each: bool = False


class Conflict(msgspec.Struct, frozen=True, kw_only=True):
    """In [start, end) `circuits` are all in windows at once. `kind` is site or group, `name` its id.

    `alone`: the site has but this one circuit, so that any window takes all. `backup`: only if a backup window is used.
    `unsure`: the impact of one is not told.
    """

    kind: str
    name: str
    start: int
    end: int
    circuits: tuple[str, ...]
    works: tuple[str, ...]
    alone: bool = False
    backup: bool = False
    unsure: bool = False

    @property
    def key(self) -> str:
        """Of the alarm that tells of it: conflicts of the same works at the same time have one."""
        return f"conflict/{self.kind}/{'+'.join(self.works)}/{self.start}-{self.end}"


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a carrier's planned work: what was known of it from `known_at` on.

    `maintenance.status` is never NO_CHANGE. `announced_at` is when the carrier wrote the notice, `known_at` when it was
    read, `first_known_at` when the first one was. `notice` is the key of the mail. `said` tells what it changed, in
    words; `late`: a cancellation or a new date that came when the old window had begun. `superseded_by` names the work
    that stands in for it. `conflicts` are those that its windows are part of.
    """

    maintenance: Maintenance
    version: int
    announced_at: int
    known_at: int
    first_known_at: int
    notice: str
    said: tuple[str, ...] = ()
    late: bool = False
    emergency: bool = False
    superseded_by: str = ""
    matched: tuple[Matched, ...] = ()
    conflicts: tuple[Conflict, ...] = ()

    @property
    def name(self) -> str:
        """As people call it: `Zayo CHG-20881`."""
        return f"{self.maintenance.provider} {self.maintenance.maintenance_id}".strip()

    @property
    def told_at(self) -> int:
        """When the carrier announced it, as far as this version tells: never after its first notice was read."""
        return min(self.announced_at, self.first_known_at)

    @property
    def sure(self) -> bool:
        """Whether its windows are to be reckoned with."""
        return self.maintenance.status in SURE and not self.superseded_by

    @property
    def circuit_ids(self) -> tuple[str, ...]:
        """Ours, each once, in the notice's order."""
        return tuple(dict.fromkeys(c for m in self.matched for c in m.circuit_ids))

    def windows_of(self, circuit_id: str) -> tuple[tuple[int, int, bool, Impact], ...]:
        """[start, end), whether it is a backup, and the impact, of each window for one of our circuits."""
        return tuple(
            (w.start, w.end, w.backup, m.impact)
            for m in self.matched
            if circuit_id in m.circuit_ids
            for w in self.maintenance.windows_of(m.said)
        )


class Over(NamedTuple):
    """[start, end) of a window that has ended. A circuit that went down in it and still is, is over its window by the
    time since then."""

    work: Work
    start: int
    end: int


class Works(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """What a View knows of planned work: the newest version of each whose windows end less than a day before its
    instant, or begin in the coming weeks; earliest first. `at` is the instant; of a live View the first one from which
    on nothing of it has changed."""

    at: float = float("nan")
    works: tuple[Work, ...] = ()

    @cached_property
    def under(self) -> dict[str, Work]:
        """Circuit → the work whose window it is in at the instant, and that may take it. Backups do not count, nor what
        is left of a window after its work was told to be done."""
        found: dict[str, Work] = {}
        for work in self.works:
            for matched in _taking(work):
                if any(start <= self.at < end for start, end in _used(work, matched)):
                    for circuit_id in matched.circuit_ids:
                        found.setdefault(circuit_id, work)
        return found

    @cached_property
    def over(self) -> dict[str, Over]:
        """Circuit → the window it was in last, that ended of late, with no other one running."""
        found: dict[str, Over] = {}
        for work in self.works:
            for matched in _taking(work):
                ended = [w for w in _used(work, matched) if w[0] < w[1] and self.at - OVER <= w[1] <= self.at]
                if not ended:
                    continue
                last = Over(work, *max(ended, key=lambda w: w[1]))
                for circuit_id in matched.circuit_ids:
                    if circuit_id not in self.under and (circuit_id not in found or found[circuit_id].end < last.end):
                        found[circuit_id] = last
        return found

    @cached_property
    def of_circuit(self) -> dict[str, tuple[Work, ...]]:
        """All that concern a circuit, earliest first."""
        found: dict[str, list[Work]] = {}
        for work in self.works:
            for circuit_id in work.circuit_ids:
                found.setdefault(circuit_id, []).append(work)
        return {circuit_id: tuple(those) for circuit_id, those in found.items()}

    def of_any(self, circuit_ids: Iterable[str]) -> tuple[Work, ...]:
        """All that concern one of these, each once."""
        return tuple({id(w): w for c in circuit_ids for w in self.of_circuit.get(c, ())}.values())


def _taking(work: Work) -> tuple[Matched, ...]:
    """What the work may take, while it is to be reckoned with."""
    return tuple(m for m in work.matched if m.impact in CUTS and m.circuit_ids) if work.sure else ()


def _used(work: Work, matched: Matched) -> Iterable[tuple[int, int]]:
    """[start, end) of the windows that are no backups."""
    return ((w.start, w.end) for w in used(work, matched.said) if not w.backup)


def used(work: Work, said: str) -> Iterable[Window]:
    """The windows of a circuit (its id as the carrier writes it), up to when the work was told to be done."""
    done = work.known_at if work.maintenance.status is Status.COMPLETED else None
    for window in work.maintenance.windows_of(said):
        if done is None or window.end <= done:
            yield window
        elif window.start < done:
            yield msgspec.structs.replace(window, end=done)


def first_of(work: Work) -> tuple[float, str]:
    """To put works in order by: when the first window begins, of those without one last."""
    return min((w.start for w in work.maintenance.windows), default=float("inf")), work.name


NO_WORKS = Works()


class Mail(msgspec.Struct, frozen=True, kw_only=True):
    """One message of a mailbox and what became of it, as the ledger of mails has it.

    `key` is its Message-ID, else a hash of its bytes. `mailbox` is the name of the settings' mailbox, `place` where it
    lies there (a file, a UID, an article). `sent_at` is the message's own date (None: it has none), `read_at` when it
    was first read, `tried` how often, the last time at `tried_at`. `why` is one line for all but parsed and ignored.
    """

    key: str
    mailbox: str
    place: str
    sent_at: int | None
    read_at: int
    tried_at: int
    tried: int
    outcome: Outcome
    sender: str = ""
    subject: str = ""
    provider: str = ""
    why: str = ""
    works: tuple[tuple[str, str], ...] = ()  # keys of the maintenances that were read in it
    by: str = ""  # who filled it in by hand, if anybody did

    @property
    def waits(self) -> bool:
        """A dead letter: a person has to look at it."""
        return self.outcome not in (Outcome.PARSED, Outcome.IGNORED)


class MailRead(msgspec.Struct, frozen=True, kw_only=True):
    """A mail, what was read in it, and the lines it was read from, by part (`text`, `html`, `ics`, `subject`); these
    are as they stand in the mail, cut where it is endless."""

    mail: Mail
    notice: Notice
    parts: dict[str, tuple[str, ...]] = {}


class Outage(msgspec.Struct, frozen=True, kw_only=True):
    """[began, ended) in which a circuit was down, folded from the ledger. `ended` None: it goes on. `confirmed`: it
    lasted long enough to be more than a blip. `works`: names of the sure work whose window it lies in, in part."""

    circuit_id: str
    began: int
    ended: int | None
    confirmed: bool = True
    works: tuple[str, ...] = ()


class Outages(tuple[Outage, ...]):
    """Outages, and in one line where some are from that history here does not hold, or why they are missing."""

    told: str

    def __new__(cls, those: Iterable[Outage] = (), told: str = "") -> Outages:
        made = super().__new__(cls, tuple(those))
        made.told = told
        return made


def told_of(outages: tuple[Outage, ...]) -> str:
    """The line; "": all is of history here."""
    return outages.told if isinstance(outages, Outages) else ""


class WorksReader(Protocol):
    """What a pane may ask about planned work, mails, outages and promises. Every answer ends at the Scene's instant and
    at what was known then."""

    async def works(
        self, range_: Range, *, site_id: str = "", circuit_id: str = "", provider: str = ""
    ) -> tuple[Work, ...]:
        """The newest version of each work with a window in the range, earliest first; of a circuit, or a site's. The
        range may end in the future: windows of the coming weeks are known now."""
        ...

    async def work_versions(self, provider: str, maintenance_id: str) -> tuple[Work, ...]:
        """The life of one work, oldest version first; its id without regard to case and blanks."""
        ...

    async def mails(self, range_: Range, limit: int = 1000, waiting: bool = False) -> tuple[Mail, ...]:
        """Mails first read in the range, newest first; `waiting`: dead letters alone, of whatever time."""
        ...

    async def mail(self, key: str) -> MailRead | None: ...

    async def outages(
        self, range_: Range, limit: int = 1000, *, site_id: str = "", circuit_id: str = ""
    ) -> tuple[Outage, ...]:
        """Outages that touch the range, newest first."""
        ...

    async def scores(self, period: str = "running", *, site_id: str = "", circuit_id: str = "") -> ScoreBoard | None:
        """Promises of the periods that run, or of a month; None: nothing was known then, or nothing is promised."""
        ...
