"""The shift handover: what broke, what is open and whose it is, what is taken and until when, what is due. Pure.

A shift is [since, at] in UTC epoch seconds. What a parent speaks for (its gateway, hub or incident) is not listed by
itself, it is counted. Open is what is open at `at`, whenever it began.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from noctui.engine.prose import count, hhmm, site_name, span
from noctui.model.alarms import INCIDENT, Alarm, AuditEntry, Message, held_counts, state_of
from noctui.model.inventory import Inventory
from noctui.model.words import Severity
from noctui.model.works import Work

BROKE, WAITING, TAKEN, SNOOZED, DUE, DONE = "broke", "waiting", "taken", "snoozed", "due", "done"
PLANNED = "planned"
"""Why planned work is due."""
TITLES = {
    WAITING: "Open, and nobody's", TAKEN: "Taken", SNOOZED: "Snoozed", DUE: "Due in the next shift",
    BROKE: "What broke", DONE: "What was done",
}  # fmt: skip
"""Sections in the order they are read: what the next shift must look at comes first."""
NOTHING = {
    WAITING: "Nothing waits for anybody.", TAKEN: "Nobody has taken anything.", SNOOZED: "Nothing is snoozed.",
    DUE: "Nothing is due.", BROKE: "Nothing broke.", DONE: "Nobody did anything.",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a section. Times are UTC epoch seconds; NaN unknown, None still running."""

    section: str
    severity: int
    what: str
    text: str
    began: float
    ended: float | None = None
    who: str = ""
    until: float | None = None
    why: str = ""
    alarm_id: str = ""


@dataclass(frozen=True, slots=True)
class Handover:
    """All of it. `summary` are sentences."""

    since: float
    at: float
    summary: tuple[str, ...]
    lines: tuple[Line, ...]

    def of(self, section: str) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.section == section)


def handover(
    alarms: Sequence[Alarm],
    audit: Iterable[AuditEntry],
    messages: Iterable[Message],
    inventory: Inventory | None,
    since: float,
    at: float,
    ahead: float | None = None,
    least: int = Severity.HIGH,
    works: Iterable[Work] = (),
) -> Handover:
    """`alarms` are those open at some time in [since, at], as known at `at`. `ahead`: seconds of the next shift
    (default: as long as this one). Of what broke and is over, only what was at least `least` bad is listed. Of `works`
    the windows that run at `at` or begin in the next shift are due."""
    ahead = at - since if ahead is None else ahead
    spoken = [a for a in alarms if not a.parent and not a.merged_into and a.held_by != "confirm"]
    spoken.sort(key=lambda a: (a.severity, a.opened, a.alarm_id))
    opened = [a for a in spoken if a.cleared is None]
    lines: list[Line] = []
    for alarm in opened:
        state = state_of(alarm)
        section = {"taken": TAKEN, "snoozed": SNOOZED}.get(state, WAITING)
        lines.append(_line(section, alarm, inventory, at))
    for alarm in opened:
        ends = alarm.ack or alarm.snooze
        if ends is not None and ends.until <= at + ahead:
            lines.append(_line(DUE, alarm, inventory, at))
    lines += _planned(works, at, at + ahead)
    broke = [a for a in spoken if a.opened >= since and a.worst <= least]
    lines += [_line(BROKE, a, inventory, at) for a in sorted(broke, key=lambda a: (a.worst, a.opened, a.alarm_id))]
    done = [e for e in audit if since <= e.known_at <= at]
    lines += [
        Line(DONE, Severity.OK, e.action, e.detail if e.outcome == "done" else f"{e.detail} ({e.outcome})".strip(),
             e.known_at, e.known_at, e.who, alarm_id=e.subject)
        for e in sorted(done, key=lambda e: e.known_at)
    ]  # fmt: skip
    return Handover(since, at, tuple(_summary(alarms, spoken, broke, list(messages), since, at)), tuple(lines))


def _line(section: str, alarm: Alarm, inventory: Inventory | None, at: float) -> Line:
    care, severity = alarm.ack or alarm.snooze, alarm.worst if section == BROKE else alarm.severity
    held = f"held by {alarm.held_by}" if alarm.held_by and alarm.cleared is None else ""
    return Line(
        section, severity, _what(alarm, inventory), _text(alarm), alarm.opened,
        alarm.cleared, alarm.owner or (care.who if care is not None else ""),
        care.until if care is not None else None, care.why if care is not None else held, alarm.alarm_id,
    )  # fmt: skip


def _planned(works: Iterable[Work], at: float, until: float) -> Iterable[Line]:
    """Windows of sure work on our circuits, earliest first; with what they take together."""
    due = [
        (window, work)
        for work in works
        if work.sure and work.circuit_ids
        for window in work.maintenance.windows
        if not window.backup and window.start < until and window.end > at
    ]
    for window, work in sorted(due, key=lambda one: (one[0], one[1].name)):
        clash = any(c.start < window.end and c.end > window.start and not c.alone for c in work.conflicts)
        text = f"{hhmm(window.start, at)}–{hhmm(window.end, at)}, {count(len(work.circuit_ids), 'circuit')}"
        yield Line(
            DUE, Severity.HIGH if clash else Severity.MAINTENANCE, work.name,
            f"{text}, takes a whole site with others" if clash else text, window.start, until=window.end, why=PLANNED,
        )  # fmt: skip


def _what(alarm: Alarm, inventory: Inventory | None) -> str:
    if alarm.type == INCIDENT:
        return f"incident {alarm.number}"
    if inventory is not None and alarm.site_id in inventory.site_row:
        return site_name(inventory, inventory.site_row[alarm.site_id])
    return alarm.region or ("noctui" if alarm.source == "self" else "")


def _text(alarm: Alarm) -> str:
    carrier = f"{alarm.carrier}: " if alarm.carrier and alarm.type != INCIDENT else ""
    parts = [f"{carrier}{alarm.text or alarm.type}", alarm.cause if alarm.type != INCIDENT else alarm.evidence]
    if alarm.type == INCIDENT:
        now = f", now {alarm.open_members:,} at {count(alarm.sites, 'site')}" if alarm.cleared is None else ""
        parts.append(f"{count(alarm.members, 'circuit')}{now}")
    if alarm.notes:
        last = alarm.notes[-1]
        parts.append(f"{last.who}: {last.text}")
    return "; ".join(part for part in parts if part)


def _summary(
    alarms: Sequence[Alarm],
    spoken: Sequence[Alarm],
    broke: Sequence[Alarm],
    messages: Sequence[Message],
    since: float,
    at: float,
) -> Iterable[str]:
    opened = [a for a in spoken if a.cleared is None]
    waits = [a for a in opened if state_of(a) == "open"]
    began = [a for a in alarms if a.opened >= since]
    over = [a for a in alarms if a.cleared is not None and a.cleared >= since]
    yield f"From {hhmm(since, at)} to {hhmm(at, at)} UTC ({span(at - since)})."
    if waits:
        oldest = min(a.opened for a in waits)
        yield f"{count(len(waits), 'alarm')} {_wait(waits)} for somebody, the oldest for {span(at - oldest)}."
    else:
        yield "No alarm waits for anybody."
    taken = sum(state_of(a) == "taken" for a in opened)
    snoozed = sum(state_of(a) == "snoozed" for a in opened)
    yield f"{taken:,} taken, {snoozed:,} snoozed."
    incidents = sum(a.type == INCIDENT for a in broke)
    yield (
        f"In the shift {count(len(began), 'alarm')} began and {len(over):,} ended, "
        f"{count(incidents, 'incident')} among those that began."
    )
    held = held_counts(alarms)
    if held:
        yield f"Held now: {', '.join(f'{n:,} by {word}' for word, n in sorted(held.items(), key=lambda i: -i[1]))}."
    unsent = [m for m in messages if m.state in ("failed", "given up")]
    sent = sum(m.state == "sent" for m in messages)
    if messages:
        lost = f", {len(unsent):,} could not be sent" if unsent else ""
        yield f"{count(sent, 'message')} sent{lost}."


def _wait(those: Sequence[Alarm]) -> str:
    return "waits" if len(those) == 1 else "wait"


def markdown(told: Handover, title: str) -> str:
    """For a chat, a ticket or a wiki. What comes from outside cannot break a table or become markup."""
    out = [f"# {_md(title)}", "", *(_md(sentence) for sentence in told.summary), ""]
    for section, heading in TITLES.items():
        lines = told.of(section)
        out += [f"## {heading}", ""]
        if not lines:
            out += [NOTHING[section], ""]
            continue
        if section == DONE:
            out += ["| when | who | did | to | about |", "| --- | --- | --- | --- | --- |"]
            out += [_row(hhmm(x.began, told.at), x.who, x.what, x.alarm_id, x.text) for x in lines]
        else:
            out += ["| | began | lasted | what | alarm | who | until | why |", "| --- " * 8 + "|"]
            out += [_told(x, told.at) for x in lines]
        out.append("")
    return "\n".join(out)


def _told(line: Line, at: float) -> str:
    lasted = "" if line.began > at else span((at if line.ended is None else line.ended) - line.began)
    lasted += "" if line.ended is not None or not lasted else " so far"
    until = hhmm(line.until, at) if line.until is not None else ""
    word = Severity(line.severity).word
    return _row(word, hhmm(line.began, at), lasted, line.what, line.text, line.who, until, line.why)


def _row(*cells: str) -> str:
    return f"| {' | '.join(_md(cell) for cell in cells)} |"


_MARKUP = str.maketrans({c: f"\\{c}" for c in "\\`*_{}[]<>|#~!"})


def _md(text: str) -> str:
    plain = "".join(c if c.isprintable() else "·" for c in text)
    return plain.translate(_MARKUP)
