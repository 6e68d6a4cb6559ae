"""Carriers' notices: a message → the planned work it tells of → that work's windows. All times are UTC epoch
seconds."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Outcome(StrEnum):
    """What became of one message. All but the first two wait for a person and can be read again."""

    PARSED = "parsed"
    IGNORED = "ignored"  # nothing about planned work
    FAILED = "failed"
    UNKNOWN_PROVIDER = "unknown_provider"  # read, but nobody knows who sent it: not to be acted on
    UNKNOWN_CIRCUIT = "unknown_circuit"  # given later, when circuits are looked up
    OUT_OF_SEQUENCE = "out_of_sequence"  # given later, when a newer notice of the same work is already known


class Status(StrEnum):
    """How far the work is, in the words of BCOP's X-MAINTNOTE-STATUS."""

    TENTATIVE = "TENTATIVE"
    CONFIRMED = "CONFIRMED"
    CANCELLED = "CANCELLED"
    IN_PROCESS = "IN-PROCESS"
    COMPLETED = "COMPLETED"
    RE_SCHEDULED = "RE-SCHEDULED"
    NO_CHANGE = "NO-CHANGE"  # the notice does not say: what was known before stays


class Impact(StrEnum):
    """What the work does to a circuit, in the words of BCOP; UNKNOWN where the notice does not say."""

    NO_IMPACT = "NO-IMPACT"
    REDUCED_REDUNDANCY = "REDUCED-REDUNDANCY"
    DEGRADED = "DEGRADED"
    OUTAGE = "OUTAGE"
    UNKNOWN = "UNKNOWN"


class Source(msgspec.Struct, frozen=True):
    """Where a field was read: the part of the message (`text`, `html`, `ics`, `subject`), its line from 1, and that
    line as it stands there (cut at 200 characters)."""

    field: str
    part: str
    line: int
    text: str


class Fault(msgspec.Struct, frozen=True):
    """Why a message could not be read, in one line; `line` 0: of no single line."""

    why: str
    part: str = ""
    line: int = 0
    text: str = ""

    @property
    def said(self) -> str:
        """`text line 9: which zone? "Start: 2026-03-01 05:00"`."""
        where = f"{self.part} line {self.line}: " if self.line else ""
        return f"{where}{self.why}" + (f': "{self.text}"' if self.text else "")


class Window(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """One interval [start, end) of planned work. `circuits` names those it is for; empty: all of the maintenance.
    `backup`: used only if the work could not be done in the others."""

    start: int
    end: int
    backup: bool = False
    circuits: tuple[str, ...] = ()


class Affected(msgspec.Struct, frozen=True, kw_only=True):
    """A carrier's circuit id as the notice writes it, and what the work does to it.

    `seconds` is the interruption expected in all (`2 x 15 minutes` is 1800), None where nothing is said of it; `each`:
    in each of its windows, where the notice says so of every one.
    """

    circuit: str
    impact: Impact = Impact.UNKNOWN
    seconds: int | None = None
    each: bool = False
    aliases: tuple[str, ...] = ()


class Maintenance(msgspec.Struct, frozen=True, kw_only=True):
    """Planned work as one notice tells of it. (provider, maintenance_id) is the same in all notices of one work.

    `stamp` is when the carrier wrote it (None: unknown), `sequence` its number of the notice (None: has none).
    `review` has what a person should look at, though it could be read.
    """

    provider: str
    maintenance_id: str
    status: Status
    windows: tuple[Window, ...] = ()
    circuits: tuple[Affected, ...] = ()
    account: str = ""
    stamp: int | None = None
    sequence: int | None = None
    supersedes: tuple[str, ...] = ()
    summary: str = ""
    location: str = ""
    zone: str = ""  # as the notice writes it
    sources: tuple[Source, ...] = ()
    review: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        """What is the same in all notices of one work; ids are compared without case and blanks."""
        return self.provider, "".join(self.maintenance_id.split()).casefold()

    def windows_of(self, circuit: str) -> tuple[Window, ...]:
        """The windows that are for this circuit (its id as in `circuits`)."""
        return tuple(w for w in self.windows if not w.circuits or circuit in w.circuits)


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """One message and what was read in it. `key` is its Message-ID, else a hash of its bytes."""

    key: str
    outcome: Outcome
    sender: str = ""
    subject: str = ""
    date: int | None = None
    provider: str = ""
    reader: str = ""  # icalendar, labelled, flattened
    maintenances: tuple[Maintenance, ...] = ()
    faults: tuple[Fault, ...] = ()
