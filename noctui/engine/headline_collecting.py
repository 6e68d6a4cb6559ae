"""The sentence of the collector's screen: whether collecting goes well, and if not, what is worst about it. Pure rules.

It says "well" only of a sweep that was whole, of data that is fresh, of feeds that answer and of a history that is
written.
"""

from __future__ import annotations

from noctui.engine.prose import count, hhmm, precise, span
from noctui.model.headline import Clause, Headline
from noctui.model.health import Health
from noctui.model.scene import Status
from noctui.model.view import View
from noctui.model.words import Severity

SOON = 7 * 86_400.0
"""A disk that will be full within this many seconds is worth the headline."""


def collecting_headline(status: Status, view: View, now: float) -> Headline:
    """What is worst with collecting, worst first, else that it goes well."""
    who = f"{status.leader or 'The leader'} collects" if status.mode == "follower" else "Collecting"
    pace = f" every {_seconds(status.poll_seconds)} in {status.sweep_took:.1f} s."
    return (
        _nothing_comes(status, view, now)
        or _in_part(who, status, view, pace)
        or _beside(who, status, now)
        or _well(who, status, pace)
    )


def swept_headline(view: View) -> Headline:
    """Of the past: how the sweep of that View went."""
    calls = count(sum(r.calls for r in view.reports), "call")
    lost = [report.feed for report in view.reports if report.pages_lost or report.error]
    if not view.reports:
        return _say(
            Severity.UNKNOWN,
            "Nothing answered in this sweep" if not view.whole else "How this sweep went was not kept",
            ".",
        )
    if lost or not view.whole:
        return _say(Severity.WARN, "This sweep came in part", f": pages of {', '.join(lost) or 'a feed'} were lost.")
    return Headline(severity=Severity.OK, clauses=(Clause("This sweep was whole", strong=True), Clause(f": {calls}.")))


def _nothing_comes(status: Status, view: View, now: float) -> Headline | None:
    heard = status.heard_at or view.at
    again = f" Trying again in {span(status.retry_at - now)}." if status.retry_at > now else ""
    if status.fault == "lost":
        why = f": {status.fault_text.rstrip('. ')}" if status.fault_text else ""
        return _say(
            Severity.UNKNOWN, f"Nothing comes in since {hhmm(status.fault_since or heard, now)}", f"{why}.", again
        )
    if status.fault == "resting":
        until = f" Next call {hhmm(status.retry_at, now)}." if status.retry_at > now else ""
        return _say(Severity.WARN, "Collecting rests: all tokens used their hour.", until)
    if status.warm or status.fault == "loading":
        return _say(
            Severity.UNKNOWN, "The first sweep runs", f": {status.pages_done} of {status.pages_expected} calls."
        )
    if view.silent:
        return _say(
            Severity.UNKNOWN,
            "Sweeps come, but no circuit reports",
            f": what {len(view.circuits):,} last said stands, grey.",
        )
    if status.fault == "stale" or now - heard > 3 * status.poll_seconds:
        return _say(Severity.UNKNOWN, f"No sweep has landed since {hhmm(heard, now)}", f" ({span(now - heard)}).")
    return None


def _in_part(who: str, status: Status, view: View, pace: str) -> Headline | None:
    lost = [report.feed for report in view.reports if report.pages_lost or report.error]
    if not lost and view.whole and status.fault != "partial":
        return None
    return _say(
        Severity.WARN,
        f"{who} in part",
        f": the last sweep lost pages of {', '.join(lost) or 'a feed'}.",
        f" A sweep{pace}",
    )


def _beside(who: str, status: Status, now: float) -> Headline | None:
    """Sweeps are whole; something beside them is not well."""
    health = status.health or Health()
    if status.history_text:
        return _say(Severity.HIGH, f"{who}, but history has a fault", f": {status.history_text.rstrip('. ')}.")
    refused = [t for t in health.tokens if t.state == "refused"]
    if refused:
        token = refused[0]
        return _say(
            Severity.WARN, f"{who}, but token {token.number} ({token.ending}) was refused",
            f": make a new one; {count(len(health.tokens) - len(refused), 'token')} left.",
        )  # fmt: skip
    silent = [f for f in health.feeds if f.error]
    if silent:
        feed = silent[0]
        since = f"since {hhmm(feed.last_at, now)}" if feed.last_at else "yet"
        more = f" and {len(silent) - 1} more" if len(silent) > 1 else ""
        return _say(Severity.WARN, f"{who}, but {feed.feed}{more} has not answered {since}" if not more else
                    f"{who}, but {feed.feed}{more} do not answer", f": {feed.error.rstrip('. ')}.")  # fmt: skip
    if health.history.full_at and health.history.full_at - now < SOON:
        return _say(
            Severity.WARN, f"{who}, but the disk is full in {span(health.history.full_at - now)}", " at this pace."
        )
    return None


def _well(who: str, status: Status, pace: str) -> Headline:
    clauses = [Clause(f"{who} well", strong=True), Clause(f": whole sweep{pace}")]
    health = status.health
    planned = sum(line.calls for line in health.plan) if health is not None else 0.0
    capacity = health.capacity if health is not None else 0.0
    if not planned and status.api_limit:
        planned = status.sweep_calls * 3600 / max(status.poll_seconds, 1.0)
        capacity = status.api_limit
    if planned and capacity:
        free = max(0.0, 100 * (1 - planned / capacity))
        clauses.append(Clause(f" At this pace {free:.0f} % of the API budget is free."))
    if health is not None and health.failed_24h:
        clauses.append(Clause(f" {health.failed_24h:,} of {count(health.sweeps, 'sweep')} failed in 24 h."))
    return Headline(severity=Severity.OK, clauses=tuple(clauses))


def _seconds(seconds: float) -> str:
    return precise(seconds) if seconds % 60 else span(seconds)


def _say(severity: Severity, first: str, *more: str) -> Headline:
    clauses = (Clause(first, strong=True, severity=severity), *(Clause(text) for text in more if text))
    return Headline(severity=severity, clauses=clauses)
