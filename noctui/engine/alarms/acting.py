"""What people do about alarms: acknowledge, take back, note, own, snooze; and what is refused, in one line."""

from __future__ import annotations

import math
from typing import NamedTuple

from msgspec import structs

from noctui.engine.alarms.case import Case, freed, with_note
from noctui.engine.prose import hhmm, span
from noctui.model.alarms import ACTS, Ack, Act, Alarm, AuditEntry, Snooze
from noctui.model.words import Severity

MOST_TEXT = 2000
"""Characters of a reason or a note that are kept."""
SLACK = 1.0
"""Seconds that an end may lie too far ahead: it is offered as a round length."""


class Outcome(NamedTuple):
    """`alarm`: the next version, None where nothing changes; `said`: `done`, or why not; `did`: `took it`, `took it
    until 07:14` …, as others are told."""

    alarm: Alarm | None
    said: str = "done"
    detail: str = ""
    did: str = ""


def fault_of(act: Act, at: float, longest: float) -> str:
    """Why this act cannot be done to any alarm; "" it can."""
    if act.kind not in ACTS:
        return f"unknown act {act.kind[:40]}"
    if act.kind in ("ack", "snooze"):
        if not act.why.strip():
            return "a reason is required"
        if not math.isfinite(act.until) or act.until <= at:
            return "its end is not in the future"
        if act.until - max(act.at if math.isfinite(act.at) else at, at) > longest + SLACK:
            return f"at most {span(longest)} ahead"
    if act.kind == "note" and not act.why.strip():
        return "the note is empty"
    return ""


def done_to(case: Case, act: Act, saw: float | None, at: float, longest: float) -> Outcome:
    """An act that is sound, done to one open alarm. `saw`: the version that the person saw; None: not said."""
    alarm, detail = case.alarm, detail_of(act)
    refused = "" if act.kind == "note" else _overtaken(case, act, saw, at)
    if refused:
        return Outcome(None, refused, detail)
    until = min(act.until, at + longest)
    why, ticket = act.why.strip()[:MOST_TEXT], act.ticket.strip()[:MOST_TEXT]
    match act.kind:
        case "ack":
            ack = Ack(
                who=act.who, at=at, until=until, why=why, severity=alarm.severity, cause=alarm.cause, ticket=ticket
            )
            made = structs.replace(freed(alarm), ack=ack, owner=act.owner.strip()[:MOST_TEXT] or act.who)
            return Outcome(made, detail=detail, did="took it")
        case "snooze":
            snooze = Snooze(who=act.who, at=at, until=until, why=why, severity=alarm.severity, cause=alarm.cause)
            return Outcome(structs.replace(freed(alarm), snooze=snooze), detail=detail, did="snoozed it")
        case "unack":
            if alarm.ack is None:
                return Outcome(None, "nobody has taken it", detail)
            return Outcome(freed(alarm), detail=detail, did="gave it back")
        case "unsnooze":
            if alarm.snooze is None:
                return Outcome(None, "it is not snoozed", detail)
            return Outcome(freed(alarm), detail=detail, did="woke it")
        case "own":
            owner = act.owner.strip()[:MOST_TEXT]
            if owner == alarm.owner:
                return Outcome(None, f"{owner} has it already" if owner else "nobody has it", detail)
            return Outcome(structs.replace(alarm, owner=owner), detail=detail, did=f"gave it to {owner or 'nobody'}")
        case _:
            return Outcome(with_note(alarm, act.who, at, why), detail=detail)


def _overtaken(case: Case, act: Act, saw: float | None, at: float) -> str:
    """What the person did not see when deciding: somebody else's act, or that it got worse."""
    if case.acted is not None and case.acted[1] != act.who and saw is not None and case.acted[0] > saw:
        when, who, did = case.acted
        return f"{who} {did} {span(at - when)} before"
    if act.kind not in ("ack", "snooze"):
        return ""
    ack = case.alarm.ack
    if ack is not None and ack.who != act.who and (saw is None or ack.at > saw):
        return f"{ack.who} took it {span(at - ack.at)} before"
    if saw is not None and case.got_worse > saw:
        return f"it became {Severity(case.alarm.severity).word} {span(at - case.got_worse)} before"
    return ""


def not_open(alarm: Alarm | None, at: float) -> str:
    """Why an act finds nothing to be done to."""
    if alarm is None or alarm.cleared is None:
        return "no such alarm is open"
    into = f" into {alarm.merged_into}" if alarm.merged_into else ""
    return f"it cleared{into} {span(at - alarm.cleared)} before"


def detail_of(act: Act) -> str:
    """What the audit keeps of an act beyond its kind."""
    parts = [act.why.strip()[:MOST_TEXT]]
    if act.ticket.strip():
        parts.append(f"ticket {act.ticket.strip()[:MOST_TEXT]}")
    if act.owner.strip():
        parts.append(f"owner {act.owner.strip()[:MOST_TEXT]}")
    if act.kind in ("ack", "snooze"):
        parts.append(f"until {hhmm(act.until, act.at)}" if math.isfinite(act.at) else "")
    return "; ".join(p for p in parts if p)


def audit_of(act: Act, alarm_id: str, detail: str, said: str, at: float) -> AuditEntry:
    """Its line in the audit."""
    return AuditEntry(
        at=act.at if math.isfinite(act.at) else at,
        known_at=at,
        who=act.who,
        role=act.role,
        origin=act.origin,
        action=act.kind,
        subject=alarm_id,
        detail=detail,
        outcome=said,
        act_id=act.act_id,
    )
