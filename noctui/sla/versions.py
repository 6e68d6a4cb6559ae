"""A closed period scored anew when evidence changes; what was said before is kept. Pure."""

from __future__ import annotations

import msgspec

from noctui.model.sla import DAY, Promise, PromisePeriod, Service
from noctui.model.verdicts import Verdict
from noctui.sla.algorithms import Availability
from noctui.sla.evaluate import LOOK, evaluate
from noctui.sla.evidence import Evidence

SETTLE = DAY
"""Seconds after a period's end in which late events are waited for; then it is closed, as version 1."""
REOPEN = 7 * DAY
"""Seconds after its end in which what is learned opens it again; later it changes nothing, and is told."""


def versions(
    promise: Promise,
    service: Service,
    period: PromisePeriod,
    evidence: Evidence,
    at: int,
    algorithm: Availability | None = None,
) -> tuple[Verdict, ...]:
    """All that was said of a closed period up to `at`, oldest first; none while it runs or settles.

    A cancelled window that is learned three days after the month: version 1 excuses its outage, version 2 does not.
    """
    closed = period.end + SETTLE
    if at < closed:
        return ()
    learned = (k for k in evidence.learned(period.end + LOOK) if closed < k <= min(at, period.end + REOPEN))
    found = [evaluate(promise, service, period, evidence, closed, algorithm)]
    for known_at in learned:
        verdict = evaluate(promise, service, period, evidence, known_at, algorithm)
        if _substance(verdict) != _substance(found[-1]):
            found.append(msgspec.structs.replace(verdict, version=len(found) + 1))
    return tuple(found)


def too_late(period: PromisePeriod, evidence: Evidence, at: int) -> int:
    """How many times something was learned of a period that could no longer change it, up to `at`."""
    return sum(period.end + REOPEN < k <= at for k in evidence.learned(period.end))


def _substance(verdict: Verdict) -> Verdict:
    return msgspec.structs.replace(verdict, known_at=0, version=0)
