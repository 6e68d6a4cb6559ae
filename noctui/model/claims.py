"""Credits that somebody has asked a carrier for: acts of people, kept in the audit."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from noctui.model.alarms import AuditEntry

CLAIM, UNCLAIM = "claim", "unclaim"
CLAIM_ACTS = (CLAIM, UNCLAIM)
"""What people do about credits (`alarms.Act`): its `alarm_ids` are `subject`s, `why` says how the carrier was asked (a
ticket's number, a mail). Both need an operator."""


class Claimed(msgspec.Struct, frozen=True, kw_only=True):
    """A carrier's credits of a period were asked for."""

    at: float
    who: str
    how: str


def subject(carrier: str, period: str) -> str:
    """What an act, and its line in the audit, is about: `credits/2026-10/lumen`."""
    return f"credits/{period}/{' '.join(carrier.split()).casefold()}"


def claimed(entries: Iterable[AuditEntry]) -> Claimed | None:
    """The last word of lines about one subject; None: nothing was asked for, or it was taken back."""
    done = [e for e in entries if e.action in CLAIM_ACTS and e.outcome == "done"]
    last = max(done, key=lambda e: e.known_at, default=None)
    if last is None or last.action == UNCLAIM:
        return None
    return Claimed(at=last.at, who=last.who, how=last.detail)
