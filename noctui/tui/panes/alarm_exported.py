"""Alarms as a table, all fields: for the key that exports and for `noctui export alarms`."""

from __future__ import annotations

from collections.abc import Iterable

from noctui.model.alarms import Alarm, state_of
from noctui.model.inventory import Inventory
from noctui.model.words import Severity
from noctui.tui.export import Exported, Row, instant

HEADERS = (
    "opened", "cleared", "changed", "known_at", "severity", "state", "site", "site_name", "region", "what", "alarm",
    "cause", "evidence", "carrier", "hub", "count", "worst", "source", "type", "held_by", "owner", "ack_by", "ack_at",
    "ack_until", "ack_reason", "ack_ticket", "snooze_by", "snooze_until", "snooze_reason", "notes", "incident",
    "members", "open_members", "sites", "parent", "merged_into", "site_id", "circuit_ids", "gateway_ids", "mist_id",
    "alarm_id",
)  # fmt: skip


def exported(alarms: Iterable[Alarm], inventory: Inventory) -> Exported:
    """In the order they are given."""
    return Exported("alarms", HEADERS, [row(alarm, inventory) for alarm in alarms])


def row(a: Alarm, inventory: Inventory) -> Row:
    found = inventory.site_row.get(a.site_id)
    site = inventory.sites[found] if found is not None else None
    ack, snooze = a.ack, a.snooze
    return (
        instant(a.opened), None if a.cleared is None else instant(a.cleared), instant(a.changed), instant(a.known_at),
        _word(a.severity), state_of(a), site.number if site else "", site.name if site else "",
        a.region or (site.region if site else ""), a.key, a.text, a.cause, a.evidence, a.carrier, a.hub, a.count,
        _word(a.worst), a.source, a.type, a.held_by, a.owner,
        ack.who if ack else "", instant(ack.at) if ack else None, instant(ack.until) if ack else None,
        ack.why if ack else "", ack.ticket if ack else "",
        snooze.who if snooze else "", instant(snooze.until) if snooze else None, snooze.why if snooze else "",
        " | ".join(f"{n.who}: {n.text}" for n in a.notes),
        a.number or None, a.members or None, a.open_members if a.members else None, a.sites if a.members else None,
        a.parent, a.merged_into, a.site_id, " ".join(a.circuit_ids), " ".join(a.gateway_ids), a.mist_id, a.alarm_id,
    )  # fmt: skip


def _word(severity: int) -> str:
    try:
        return Severity(severity).word
    except ValueError:
        return str(severity)
