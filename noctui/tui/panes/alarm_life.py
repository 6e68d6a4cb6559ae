"""How an alarm went: what changed from one of its versions to the next, newest first."""

from __future__ import annotations

from collections.abc import Sequence

from noctui.model.alarms import Alarm
from noctui.model.words import Severity
from noctui.tui.look.numbers import clock, event_time
from noctui.tui.look.signs import severity_role
from noctui.tui.look.text import clean
from noctui.tui.moment import Moment
from noctui.tui.panes import alarm_facts as facts
from noctui.tui.runs import Line

_PERSON = "person"


def changes(versions: Sequence[Alarm]) -> list[tuple[float, str, int | str]]:
    """(when, what, its severity or that a person did it), oldest first."""
    out: list[tuple[float, str, int | str]] = []
    before: Alarm | None = None
    for one in versions:
        if before is None:
            held = f", {facts.hold_words(one)}" if one.held_by else ""
            out.append((one.opened, f"opened: {facts.said(one)}{held}", one.severity))
        else:
            out += _between(before, one)
        before = one
    return out


def _between(was: Alarm, now: Alarm) -> list[tuple[float, str, int | str]]:
    out: list[tuple[float, str, int | str]] = []
    if now.severity != was.severity:
        word = "worse" if now.severity < was.severity else "better"
        out.append((now.changed, f"{word}: {Severity(now.severity).word}", now.severity))
    if now.cause != was.cause and now.cause:
        out.append((now.changed, f"cause: {now.cause}", now.severity))
    if now.open_members != was.open_members and now.number:
        many = f"{now.open_members:,} of {now.members:,} members open"
        out.append((now.changed, many, now.severity))
    if now.held_by != was.held_by and now.snooze is None and was.snooze is None:
        said = facts.hold_words(now) if now.held_by else "no longer held"
        out.append((now.known_at, said, now.severity))
    if now.ack != was.ack:
        out.append(_acked(was, now))
    elif now.owner != was.owner:
        out.append((now.known_at, f"owner {now.owner}" if now.owner else "no owner", _PERSON))
    if now.snooze != was.snooze:
        snooze = now.snooze
        said = f"{facts.hold_words(now)}, to {clock(snooze.until, seconds=False)}" if snooze else "snooze over"
        out.append((snooze.at if snooze else now.known_at, said, _PERSON))
    out += [(note.at, f"{note.who}: {note.text}", _PERSON) for note in now.notes if note not in was.notes]
    if now.merged_into and not was.merged_into:
        out.append((now.known_at, f"went into {now.merged_into}", now.severity))
    if now.cleared is not None and was.cleared is None:
        out.append((now.cleared, "cleared", Severity.OK))
    return out


def _acked(was: Alarm, now: Alarm) -> tuple[float, str, int | str]:
    if now.ack is None:
        armed = was.ack is not None and now.known_at >= was.ack.until
        return now.known_at, "the acknowledgement expired" if armed else "taken back or armed again", _PERSON
    ack = now.ack
    return ack.at, f"{ack.who} took it until {clock(ack.until, seconds=False)}: {ack.why}", _PERSON


def life_lines(versions: Sequence[Alarm], moment: Moment, room: int) -> list[Line]:
    """The newest that there is room for, newest first."""
    lines: list[Line] = []
    for when, said, kind in changes(versions)[::-1][: max(room, 0)]:
        if kind == _PERSON:
            sign = (moment.signs.person, "accent bold")
        else:
            sign = (moment.signs.severity(int(kind)), severity_role(int(kind)).split()[0])
        stamp = event_time(when, moment.at)
        lines.append(((f"{stamp}  ", "dim"), sign, (" ", "text"), (clean(said), "text")))
    return lines
