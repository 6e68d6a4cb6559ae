"""The edge ledger's rows and what is folded from them. All times are UTC epoch seconds."""

from __future__ import annotations

import msgspec

from noctui.model.words import State


class Edge(msgspec.Struct, frozen=True, kw_only=True):
    """From `event_time` on (up to `until`, when it is not None) this circuit was in `state`; learned at `known_at`.

    The ledger is append-only. A timeline is painted by laying edges over each other in the order they were learned, so
    a later correction (with `until`) repaints only its own stretch, and leaving out what was learned after K gives what
    was known at K. `uncertainty` is how many seconds earlier the change may really have happened.
    """

    circuit_id: str
    event_time: float
    state: State
    known_at: float
    until: float | None = None
    source: str = "poll"  # poll, event, port (its last_flapped), gateway, stale, refold, gone
    evidence: str = ""
    uncertainty: float = 0.0


class Failover(msgspec.Struct, frozen=True, kw_only=True):
    """A site began (`began`) or ceased to run without its primary. `circuit_id` is the circuit that then carries it."""

    site_id: str
    event_time: float
    known_at: float
    began: bool
    circuit_id: str = ""


class Outage(msgspec.Struct, frozen=True, kw_only=True):
    """An interval [began, ended) in which a circuit was down; `ended` None: still."""

    circuit_id: str
    began: float
    ended: float | None
    known_at: float


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the *latest* pane: a change worth telling, worst severity first in colour, newest first in order."""

    event_time: float
    known_at: float
    kind: str  # down, up, away, unknown, disabled, level, failover, failback, replaced
    severity: int  # Severity number: the sign and colour
    circuit_id: str = ""
    site_id: str = ""
    text: str = ""  # what the engine knows beyond the ids, e.g. "rx 93.4 %, ≥ 90"
