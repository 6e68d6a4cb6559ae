"""The words of a notification: plain text, what a person needs who looks at a telephone at night."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from noctui.engine.prose import count, site_name, span
from noctui.model.alarms import INCIDENT, Alarm
from noctui.model.inventory import Inventory
from noctui.model.words import Severity

_LONGEST = 300
"""Characters of one line: what comes from outside may be a novel."""
LISTED = 10
"""Alarms that a message about many names."""


def title(alarm: Alarm, kind: str, inventory: Inventory | None, at: float) -> str:
    """`DOWN 0417 Grand Junction, Lumen: …`; an end says so, and how long it was."""
    what = _line(f"{_where(alarm, inventory)}{alarm.text or alarm.type}")
    if kind == "cleared":
        ended = at if alarm.cleared is None else alarm.cleared
        return f"over after {span(max(0.0, ended - alarm.opened))}: {what}"
    word = Severity(alarm.severity).word.upper()
    lead = {"again": "still ", "worse": "worse: ", "escalated": "nobody took it: "}.get(kind, "")
    return f"{lead}{word} {what}"


def body(alarm: Alarm, inventory: Inventory | None, at: float, runbook: Mapping[str, str]) -> str:
    """A line a fact: since when, why, with which evidence, who has it, what to do."""
    lines = [f"since {_clock(alarm.opened)} ({span(max(0.0, at - alarm.opened))})"]
    if alarm.cleared is not None:
        lasted = span(max(0.0, alarm.cleared - alarm.opened))
        lines = [f"from {_clock(alarm.opened)} to {_clock(alarm.cleared)} ({lasted})"]
    if alarm.type == INCIDENT:
        now = f", now {alarm.open_members:,} at {count(alarm.sites, 'site')}" if alarm.cleared is None else ""
        lines.append(f"incident {alarm.number}: {count(alarm.members, 'circuit')}{now}")
    lines += [line for line in (alarm.cause, alarm.evidence) if line]
    if alarm.count > 1:
        lines.append(f"{alarm.count:,} tellings joined")
    if alarm.owner:
        lines.append(f"owner {alarm.owner}")
    advice = runbook.get(alarm.type) or runbook.get("*")
    if advice:
        lines.append(f"runbook: {advice}")
    return "\n".join(_line(line) for line in lines)


def digest(titles: Sequence[str]) -> tuple[str, str]:
    """Title and text about the messages that the rate did not let through, the worst first."""
    more = [f"and {len(titles) - LISTED:,} more"] if len(titles) > LISTED else []
    return f"{count(len(titles), 'more message')}, held back by the rate", "\n".join([*titles[:LISTED], *more])


def _where(alarm: Alarm, inventory: Inventory | None) -> str:
    if inventory is None or not alarm.site_id or alarm.site_id not in inventory.site_row:
        return ""
    carrier = f", {alarm.carrier}" if alarm.carrier else ""
    return f"{site_name(inventory, inventory.site_row[alarm.site_id])}{carrier}: "


def _clock(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%b %d %H:%M:%S UTC")


def _line(text: str) -> str:
    """One line without anything that a terminal, a mail or a chat might obey."""
    plain = "".join(c if c.isprintable() else "·" for c in text)
    return plain if len(plain) <= _LONGEST else f"{plain[: _LONGEST - 1]}…"
