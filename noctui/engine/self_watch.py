"""noctui's watch over itself: what of collecting, tokens, disk, history, bus, sync and mailboxes wants a
person. Pure.

A condition stands as long as its cause does; the alarm book confirms, joins and clears it like any other.
"""

from __future__ import annotations

from collections.abc import Iterator

from noctui.model.alarms import SELF, Condition
from noctui.model.scene import Status
from noctui.model.view import View
from noctui.model.words import Severity

LATE = 3
"""Intervals without a whole sweep from which on collecting is late."""
DISK_DAYS = 3.0
"""A disk that is full within so many days wants a person now."""
DISK_LEAST = 0.05
"""Free share of the disk below which it is said, whatever the forecast."""
SYNC_LATE = 26 * 3600.0
"""Seconds without a whole sync from which on it is late: one a day may come two hours late."""
MAIL_LATE = 3600.0
"""Seconds without a whole look at a mailbox from which on carriers' notices are late; more where it is looked at less
than every quarter of that."""
LAG = 5.0
"""Seconds that the collector's loop may be held up."""
_NOT_WHOLE = {"failed": "failed", "ended": "was ended in the middle", "partial": "left something out"}
_DAY = 86_400.0


def own_conditions(status: Status, view: View | None, now: float) -> tuple[Condition, ...]:
    """What is wrong with noctui itself at `now` (UTC epoch seconds)."""
    return tuple(_all(status, view, now))


def _all(status: Status, view: View | None, now: float) -> Iterator[Condition]:
    yield from _collecting(status, view, now)
    yield from _tokens(status, now)
    yield from _history(status, now)
    if status.bus == "lost":
        text = "the bus is lost: on other hosts nobody sees this, and nobody takes over"
        yield _one("bus", Severity.HIGH, status.bus_since or now, text, status.bus_text)
    yield from _sync(status, now)
    yield from _mailboxes(status, now)


def _one(what: str, severity: Severity, since: float, text: str, more: str = "") -> Condition:
    """`more` may differ from poll to poll: it stands in the text, since another cause would arm a taken alarm again."""
    return Condition(
        key=f"self/{what}",
        source=SELF,
        type=f"self_{what}",
        severity=int(severity),
        since=since,
        text=f"{text}: {more}" if more else text,
    )


def _sync(status: Status, now: float) -> Iterator[Condition]:
    """Of a history that was sent to a warehouse before: who never syncs is not late."""
    sync = status.health.sync if status.health is not None else None
    if sync is None:
        return
    if sync.whole_at and now - sync.whole_at > SYNC_LATE:
        yield _one("sync", Severity.HIGH, sync.whole_at, "nothing was sent whole to the warehouse for a day", sync.text)
    elif sync.status in _NOT_WHOLE:
        yield _one("sync", Severity.WARN, sync.ran_at or now, f"the newest sync {_NOT_WHOLE[sync.status]}", sync.text)


def _mailboxes(status: Status, now: float) -> Iterator[Condition]:
    """One that is not read hides work that is planned: outages count against carriers, and alarms are not held."""
    for box in status.health.mailboxes if status.health is not None else ():
        heard = box.read_at or box.since
        if now - heard > max(MAIL_LATE, 4 * box.every):
            said = f"no carriers' notices are read from mailbox {box.name}"
            yield _one(f"mailbox_{box.name}", Severity.HIGH, heard, said, box.fault)
        elif box.fault:
            said = f"mailbox {box.name} cannot be read"
            yield _one(f"mailbox_{box.name}", Severity.WARN, box.failed_at or now, said, box.fault)


def _collecting(status: Status, view: View | None, now: float) -> Iterator[Condition]:
    since = status.fault_since or now
    if status.fault == "lost":
        yield _one("collector", Severity.CRITICAL, since, "no new data", status.fault_text)
    elif status.fault == "resting":
        yield _one("collector", Severity.CRITICAL, since, "all tokens used their hour", status.fault_text)
    elif status.fault == "partial":
        yield _one("partial", Severity.WARN, since, "sweeps are not whole", status.fault_text)
    if view is not None and view.silent and status.fault not in ("lost", "resting"):
        heard = status.heard_at or view.at
        yield _one("silence", Severity.CRITICAL, heard, "no circuit reports, though Mist answers")
    took, pace = status.sweep_took, status.poll_seconds
    if took > pace:
        yield _one("late", Severity.WARN, now, f"a sweep takes longer than the {pace:g}s between two")
    health = status.health
    if health is not None and health.longest_block > LAG:
        yield _one("late", Severity.WARN, now, "the collector's loop is held up for seconds")


def _tokens(status: Status, now: float) -> Iterator[Condition]:
    health = status.health
    if health is None:
        return
    for token in health.tokens:
        if token.state == "refused":
            said = f"token {token.number} (…{token.ending}) is refused"
            yield _one(f"token_{token.number}", Severity.HIGH, now, said, token.text)
    planned = sum(line.calls for line in health.plan)
    if health.capacity and planned > health.capacity:
        text = "more calls are planned an hour than the tokens have"
        yield _one("budget", Severity.HIGH, now, text, f"{round(planned, -2):,.0f} of {health.capacity:,.0f}")


def _history(status: Status, now: float) -> Iterator[Condition]:
    if status.history_text:
        yield _one(
            "history", Severity.CRITICAL, status.history_since or now, "history has a fault", status.history_text
        )
    health = status.health
    if health is None:
        return
    disk = health.history
    if disk.disk_total and disk.disk_free < DISK_LEAST * disk.disk_total:
        yield _one("disk", Severity.HIGH, now, f"less than {100 * DISK_LEAST:g} % of the history's disk is free")
    elif disk.full_at and disk.full_at - now < DISK_DAYS * _DAY:
        yield _one("disk", Severity.HIGH, now, f"the history's disk is full within {DISK_DAYS:g} days at this pace")
