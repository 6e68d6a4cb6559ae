"""The sentence over Mist's alarms: how many are open, how bad, how old, how many nobody took. Pure rules."""

from __future__ import annotations

from collections.abc import Sequence

from noctui.engine.prose import hhmm, span
from noctui.model.cloud import MistAlarm
from noctui.model.headline import Clause, Headline
from noctui.model.words import Severity

SEVERITIES = {"critical": Severity.CRITICAL, "warn": Severity.WARN, "info": Severity.OK}
"""Mist's words for how bad an alarm is, as the severities of the screen; any other word is unknown."""


def alarm_severity(alarm: MistAlarm) -> Severity:
    """critical → critical, warn → warn, info → ok; a word that is none of them → unknown."""
    return SEVERITIES.get(alarm.severity.strip().lower(), Severity.UNKNOWN)


def alarms_headline(
    alarms: Sequence[MistAlarm], at: float, *, cleared_at: float | None = None, silent_since: float | None = None,
    why: str = "", cut: bool = False,
) -> Headline:  # fmt: skip
    """`23 alarms are open, 2 critical, the oldest 2h04m; 14 wait for someone, 9 are taken.`

    `at` is what ages count to, `cleared_at` when the last one cleared where no alarm is listed. `silent_since` is set
    while the feed does not answer: its last answer (0.0: never), `why` what it said. `cut`: there are more than these.
    """
    opened = [a for a in alarms if a.resolved is None]
    if silent_since is not None:
        return _silent(opened, at, silent_since, why)
    if not opened:
        last = max((a.resolved for a in alarms if a.resolved is not None), default=cleared_at)
        more = (Clause(f". The last one cleared {span(at - last)} ago."),) if last is not None else (Clause("."),)
        return Headline(severity=Severity.OK, clauses=(Clause("No alarm is open", strong=True), *more))

    waiting = [a for a in opened if not a.acked]
    judged = waiting or opened
    worst = min(alarm_severity(a) for a in judged)
    critical = sum(alarm_severity(a) is Severity.CRITICAL for a in opened)
    oldest = min(a.opened for a in opened)
    many = f"{len(opened):,}{' or more' if cut else ''}"
    one = len(opened) == 1 and not cut
    clauses = [Clause(f"{many} {'alarm is' if one else 'alarms are'} open", strong=True, severity=worst)]
    if critical and not (one and critical):
        clauses.append(Clause(f", {critical:,} critical", severity=Severity.CRITICAL))
    since = oldest if one else None
    clauses.append(Clause(f", for {span(at - oldest)}" if one else f", the oldest {span(at - oldest)}"))
    taken = len(opened) - len(waiting)
    if one:
        clauses.append(Clause("; someone took it." if taken else "; it waits for someone."))
    elif not waiting:
        clauses.append(Clause("; all are taken."))
    elif not taken:
        clauses.append(Clause("; all wait for someone."))
    else:
        clauses.append(Clause(f"; {len(waiting):,} {'waits' if len(waiting) == 1 else 'wait'} for someone"))
        clauses.append(Clause(f", {taken:,} {'is' if taken == 1 else 'are'} taken."))
    # who took it has seen it: a taken alarm is no longer what the screen shouts about
    severity = worst if waiting else max(worst, Severity.WARN)
    return Headline(severity=severity, clauses=tuple(clauses), since=since)


def _silent(opened: Sequence[MistAlarm], at: float, since: float, why: str) -> Headline:
    said = f": {why.rstrip('. ')}" if why else ""
    if not since:
        first, then = "The alarm feed has not answered yet", ""
    else:
        first, then = f"The alarm feed has not answered since {hhmm(since, at)}", ""
    if opened:
        then = f" {len(opened):,} {'was' if len(opened) == 1 else 'were'} open when it last did."
    clauses = [Clause(first, strong=True, severity=Severity.UNKNOWN), Clause(f"{said}.")]
    if then:
        clauses.append(Clause(then))
    return Headline(severity=Severity.UNKNOWN, clauses=tuple(clauses))
