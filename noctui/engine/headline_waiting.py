"""The sentence over all alarms: how many wait, how many are taken, what is held and by what. Pure rules."""

from __future__ import annotations

import math

from noctui.engine.prose import hhmm, span
from noctui.model.alarms import Alarm, Alarms
from noctui.model.headline import Clause, Headline
from noctui.model.words import Severity

SOON = 1800.0
"""Seconds before its end from which on an acknowledgement is said to expire."""
_HELD = {
    "parent": "by gateways", "damping": "damped", "confirm": "to be confirmed", "maintenance": "in maintenance",
    "incident": "told by incidents", "snooze": "snoozed",
}  # fmt: skip


def waiting_headline(alarms: Alarms, at: float) -> Headline:
    """`14 alarms wait for someone, the oldest 2h04m. 9 are taken; 1 of them expires in 16m. 23 held: 9 by gateways …`

    `at` is what ages count to. Members that their incident speaks for are not counted one by one: they stand with what
    is held.
    """
    if not alarms.alarms:
        cleared = alarms.cleared_at
        more = f" The last one cleared {span(max(at - cleared, 0.0))} ago." if math.isfinite(cleared) else ""
        said = (Clause("No alarms.", strong=True), *((Clause(more),) if more else ()))
        return Headline(severity=Severity.OK, clauses=said)
    waiting = alarms.waiting
    taken = [a for a in alarms.alarms if a.ack is not None and a.snooze is None]
    worst = min((a.severity for a in waiting), default=Severity.OK)
    clauses = [*_waiting(waiting, worst, at), *_taken(taken, at)]
    held = sum(alarms.held.values())
    if held:
        parts = [f"{n:,} {_HELD.get(word, word)}" for word, n in sorted(alarms.held.items(), key=lambda x: -x[1])]
        clauses += [Clause(f" {held:,} held"), Clause(f": {', '.join(parts)}.", short=".")]
    return Headline(severity=worst, clauses=tuple(clauses))


def _waiting(waiting: tuple[Alarm, ...], worst: int, at: float) -> list[Clause]:
    if not waiting:
        return [Clause("No alarm waits for someone.", strong=True)]
    oldest = span(max(at - min(a.opened for a in waiting), 0.0))
    many = len(waiting)
    said = f"{many:,} alarm{' waits' if many == 1 else 's wait'} for someone"
    return [Clause(said, strong=True, severity=worst), Clause(f", {'for' if many == 1 else 'the oldest'} {oldest}.")]


def _taken(taken: list[Alarm], at: float) -> list[Clause]:
    if not taken:
        return []
    clauses = [Clause(f" {len(taken):,} {'is' if len(taken) == 1 else 'are'} taken")]
    left = sorted(a.ack.until - at for a in taken if a.ack is not None and a.ack.until - at < SOON)
    if not left:
        return [*clauses, Clause(".")]
    when = f"in {span(max(left[0], 0.0))}"
    if len(taken) == 1:
        return [*clauses, Clause(f"; it expires {when}.", short=".")]
    some = f"{len(left):,} of them expire{'s' if len(left) == 1 else ''} {'first ' if len(left) > 1 else ''}{when}"
    return [*clauses, Clause(f"; {some}.", short=".")]


def incident_headline(incident: Alarm, at: float) -> Headline:
    """`Lumen lost, Mountain: 36 of 38 circuits at 31 sites since 02:51 (22m); jmo has it.` And the evidence."""
    what = incident.text or incident.cause or f"incident {incident.number}"
    if incident.cleared is not None:
        long = span(max(incident.cleared - incident.opened, 0.0))
        times = f"{hhmm(incident.opened, at)} to {hhmm(incident.cleared, at)} ({long})"
        said = f" is over: {incident.members:,} circuits, {times}."
        into = (Clause(f" It went into {incident.merged_into.partition('@')[0]}."),) if incident.merged_into else ()
        return Headline(severity=Severity.OK, clauses=(Clause(what, strong=True), Clause(said), *into))
    many = f"{incident.open_members:,}" + (
        f" of {incident.members:,}" if incident.members > incident.open_members else ""
    )
    sites = f" at {incident.sites:,} site{'' if incident.sites == 1 else 's'}" if incident.sites else ""
    since = f" since {hhmm(incident.opened, at)} ({span(max(at - incident.opened, 0.0))})"
    one = incident.open_members == 1 and incident.members == 1
    who = incident.owner or (incident.ack.who if incident.ack is not None else "")
    clauses = [
        Clause(what, strong=True, severity=incident.severity),
        Clause(f": {many} circuit{'' if one else 's'}{sites}{since}"),
        Clause(f"; {who} has it." if who else "; it waits for someone." if incident.waits else "."),
    ]
    if incident.evidence:
        clauses.append(Clause(f" {incident.evidence}."))
    return Headline(severity=incident.severity, clauses=tuple(clauses), since=incident.opened)
