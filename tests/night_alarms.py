"""Alarms of the sample night: the incident of Lumen in Mountain with its members, those that wait, are taken, held and
snoozed, and what cleared before; what is done about them, kept as a leader would keep it. Fixed to the last digit."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import msgspec

from noctui.model.alarms import (
    INCIDENT,
    Ack,
    Act,
    Alarm,
    AlarmNote,
    Alarms,
    AuditEntry,
    Message,
    Snooze,
    held_counts,
)
from noctui.model.mails import MAIL_ACTS
from noctui.model.scene import Range
from noctui.model.words import Severity
from tests.night_world import HOT, LOST, inventory, utc

NUMBER = 8841
TAKEN_AT = utc(2, 58, 44)
UNTIL = utc(6, 51)
WHY = "Lumen ticket 29881734, fibre cut, ETR 07:00 UTC"


def _alarm(kind: str, severity: Severity, opened: float, circuit: str = "", **more: Any) -> Alarm:
    inv = inventory()
    facts: dict[str, Any] = {}
    key = more.pop("key", f"circuit/{circuit}/{kind}")
    if circuit:
        one = inv.circuits[inv.circuit_row[circuit]]
        site = inv.sites[inv.site_row[one.site_id]]
        facts = {"circuit_ids": (circuit,), "site_id": one.site_id, "region": site.region, "carrier": one.carrier,
                 "gateway_ids": (one.attachments[-1].gateway_id,)}  # fmt: skip
    made: dict[str, Any] = {
        "alarm_id": f"{key}@{int(opened)}", "key": key, "source": "engine", "type": kind, "severity": int(severity),
        "opened": opened, "changed": opened, "known_at": opened + 11.0, "worst": int(severity),
    }  # fmt: skip
    return Alarm(**(made | facts | more))


@lru_cache(maxsize=1)
def _incident() -> Alarm:
    """As it stood before anybody took it."""
    inv = inventory()
    lost = [c for c in inv.circuits if c.carrier == "Lumen"]
    return _alarm(
        INCIDENT, Severity.DOWN, LOST, key=f"incident/{NUMBER}", text="Lumen lost, Mountain",
        cause="carrier Lumen in Mountain", count=len(lost), number=NUMBER, members=len(lost), open_members=len(lost),
        sites=len({c.site_id for c in lost}), region="Mountain", carrier="Lumen",
        evidence=f"{len(lost)} of {len(lost)} Lumen circuits in Mountain down; of the other 9 circuits there none",
    )  # fmt: skip


def _ack(who: str, at: float, until: float, why: str, severity: Severity, ticket: str = "") -> Ack:
    return Ack(who=who, at=at, until=until, why=why, severity=int(severity), ticket=ticket)


@lru_cache(maxsize=1)
def versions() -> tuple[Alarm, ...]:
    """Every version of every alarm, oldest first."""
    inv = inventory()
    id_of = [c.circuit_id for c in inv.circuits]
    lumen = [i for i, c in enumerate(inv.circuits) if c.carrier == "Lumen"]
    incident = _incident()
    out: list[Alarm] = [
        incident,
        *(
            _alarm("down", Severity.DOWN, LOST + i % 3, id_of[i], text="down", cause="Lumen lost",
                   held_by="incident", parent=incident.alarm_id)
            for i in lumen
        ),
    ]  # fmt: skip
    cause = f"failover: Lumen down at 02:51 (incident {NUMBER})"
    out += [
        _alarm("utilisation", Severity.CRITICAL, utc(2, 55, 31), HOT, text="rx ≥ 90 %", cause=cause),
        _alarm("loss", Severity.HIGH, utc(3, 2, 31), HOT, text="loss ≥ 0.5 %"),
        _alarm("jitter", Severity.WARN, utc(2, 46, 31), HOT, text="jitter ≥ 10 ms"),
        _alarm("flapping", Severity.CRITICAL, utc(2, 44, 31), id_of[33], text="flapping, 19 in 24h", count=19),
        _alarm("utilisation", Severity.CRITICAL, utc(1, 9, 55), id_of[7], text="rx ≥ 90 %"),
        _alarm("utilisation", Severity.HIGH, utc(0, 35, 11), id_of[12], text="rx ≥ 80 %",
               owner="mvl", ack=_ack("mvl", utc(1, 30), utc(3, 30), "known peak, backups until 03:30", Severity.HIGH)),
        _alarm("utilisation", Severity.HIGH, utc(0, 30, 38), id_of[51], text="rx ≥ 80 %"),
        _alarm("utilisation", Severity.HIGH, utc(0, 28, 25), id_of[70], text="rx ≥ 80 %", held_by="damping", count=6),
        _alarm("down", Severity.DOWN, utc(3, 2, 13), id_of[61], text="down"),
        _alarm("no_data", Severity.UNKNOWN, utc(3, 8, 51), id_of[8], text="no data since 03:00"),
        _alarm("no_data", Severity.UNKNOWN, utc(3, 8, 51), id_of[45], text="no data since 03:00", held_by="confirm"),
        _alarm("utilisation", Severity.WARN, utc(3, 1, 55), id_of[18], text="rx ≥ 70 %", held_by="snooze",
               snooze=Snooze(who="ana", at=utc(3, 3), until=utc(5, 3), why="nightly copy", severity=Severity.WARN)),
        _alarm("utilisation", Severity.WARN, utc(3, 1, 55), id_of[40], text="rx ≥ 70 %"),
        _alarm("loss", Severity.WARN, utc(3, 4, 55), id_of[27], text="loss ≥ 0.1 %",
               held_by="maintenance CHG-20881"),
    ]  # fmt: skip
    gone = next(g for g in inv.gateways if g.site_id == "s3837")
    away = _alarm("away", Severity.AWAY, utc(3, 0, 41), key=f"gateway/{gone.gateway_id}/away", site_id="s3837",
                  region="Southwest", gateway_ids=(gone.gateway_id,), text="gateway unreachable")  # fmt: skip
    out.append(away)
    out += [
        _alarm("away", Severity.AWAY, utc(3, 0, 41), c.circuit_id, text="gateway unreachable", held_by="parent",
               parent=away.alarm_id)
        for c in inv.circuits if c.site_id == "s3837"
    ]  # fmt: skip
    out += [
        _alarm("bad_wan_uplink", Severity.WARN, utc(2, 55, 31), HOT, source="mist", text="congestion", count=4,
               key="mist/a007", mist_id="a007"),
        _alarm("[red]odd[/]_type\x1b[31m", Severity.UNKNOWN, utc(3, 1, 1), id_of[70], source="mist", key="mist/a012",
               text="[bold]not markup[/] \x1b]0;owned\x07\nsecond line", count=120_000, mist_id="a012"),
        _alarm("disk", Severity.WARN, utc(2, 20), source="self", key="self/disk", text="history's disk 91 % full"),
    ]  # fmt: skip
    ack = _ack("jmo", TAKEN_AT, UNTIL, WHY, Severity.DOWN, "INC0048120")
    taken = msgspec.structs.replace(
        incident, owner="jmo", known_at=TAKEN_AT + 1, ack=ack,
        notes=(AlarmNote("jmo", utc(3, 2), "[b]Lumen[/] says: splice crew under way\x1b[2J"),),
    )  # fmt: skip
    out.append(taken)
    for kind, circuit, opened, cleared, who in (
        ("down", id_of[0], utc(1, 2, 3), utc(1, 8, 15), "root"), ("utilisation", HOT, utc(21, 0, day=22),
         utc(21, 41, day=22), ""), ("latency", id_of[51], utc(2, 10, 7), utc(2, 31), "")):  # fmt: skip
        by = _ack(who, opened + 60, cleared, "=cmd|' /C calc'!A1", Severity.DOWN) if who else None
        one = _alarm(kind, Severity.DOWN if kind == "down" else Severity.HIGH, opened, circuit,
                     text={"down": "down", "utilisation": "rx ≥ 80 %"}.get(kind, "latency ≥ 100 ms"))  # fmt: skip
        over = msgspec.structs.replace(one, cleared=cleared, known_at=cleared + 11, changed=cleared, owner=who, ack=by)
        out += [one, over]
    return tuple(sorted(out, key=lambda a: a.known_at))


def known_at(at: float, told: tuple[Alarm, ...]) -> dict[str, Alarm]:
    """The version of each alarm that was known at `at`."""
    found: dict[str, Alarm] = {}
    for one in told:
        if one.known_at <= at:
            found[one.alarm_id] = one
    return found


def alarms_of(told: dict[str, Alarm]) -> Alarms:
    """Those open, as a View has them."""
    opened = tuple(sorted((a for a in told.values() if a.cleared is None), key=lambda a: (a.opened, a.alarm_id)))
    cleared = [a.cleared for a in told.values() if a.cleared is not None]
    return Alarms(opened, held_counts(opened), max(cleared, default=float("nan")))


TAKEN = AuditEntry(
    at=TAKEN_AT, known_at=TAKEN_AT, who="jmo", role="operator", origin="noc-a pts/3", action="ack",
    subject=_incident().alarm_id, detail=WHY,
)  # fmt: skip
"""That the night's incident was taken."""


@dataclass
class NightBook:
    """What is known of alarms, acts and messages; an act is done at once."""

    told: list[Alarm] = field(default_factory=lambda: list(versions()))
    audited: list[AuditEntry] = field(default_factory=lambda: [TAKEN])
    acts: list[Act] = field(default_factory=list)
    refuses: dict[str, str] = field(default_factory=dict)
    """alarm_id → what the audit says in place of doing it."""

    def at(self, at: float) -> Alarms:
        return alarms_of(known_at(at, tuple(self.told)))

    def do(self, act: Act, at: float) -> None:
        """Apply it: `at` is when it becomes known."""
        self.acts.append(act)
        known = known_at(at, tuple(self.told))
        for name in act.alarm_ids:
            mail = act.kind in MAIL_ACTS
            outcome = self.refuses.get(name, "" if mail or name in known else "no such alarm")
            if not outcome and not mail:
                self.told.append(_done(known[name], act, at))
            self.audited.append(AuditEntry(
                at=act.at, known_at=at, who=act.who, role=act.role, origin=act.origin, action=act.kind, subject=name,
                detail=act.why, outcome=outcome or "done", act_id=act.act_id,
            ))  # fmt: skip

    def listed(
        self, at: float, range_: Range, limit: int, site_id: str, circuit_id: str, parent: str
    ) -> tuple[Alarm, ...]:
        """As a Reader gives them: open at some time in the range, newest `opened` first."""
        found = [
            a
            for a in known_at(at, tuple(self.told)).values()
            if a.opened <= range_.end and (a.cleared is None or a.cleared >= range_.start)
            and site_id in ("", a.site_id) and parent in ("", a.parent)
            and (not circuit_id or circuit_id in a.circuit_ids)
        ]  # fmt: skip
        return tuple(sorted(found, key=lambda a: (-a.opened, a.alarm_id))[:limit])

    def life(self, at: float, alarm_id: str) -> tuple[Alarm, ...]:
        return tuple(a for a in self.told if a.alarm_id == alarm_id and a.known_at <= at)

    def audit(self, at: float, range_: Range, limit: int, subject: str, act_id: str) -> tuple[AuditEntry, ...]:
        found = [
            e for e in reversed(self.audited)
            if subject in ("", e.subject) and act_id in ("", e.act_id) and e.known_at <= max(at, range_.end)
        ]  # fmt: skip
        return tuple(found[:limit])


def messages_at(at: float, range_: Range, limit: int, alarm_id: str) -> tuple[Message, ...]:
    """Who was told of the incident and of the hot circuit; one message could not be sent."""
    incident = _incident().alarm_id
    hot = next(a.alarm_id for a in versions() if a.circuit_ids == (HOT,) and a.type == "utilisation")
    told = [
        _message(1, incident, "#noc-wan", utc(2, 52, 3), "sent"),
        _message(2, incident, "PagerDuty jmo", utc(2, 52, 4), "sent"),
        _message(3, hot, "#noc-wan", utc(2, 56, 2), "sent"),
        _message(4, hot, "mail", utc(2, 56, 2), "failed", error="smtp.acme.example: [red]timed out[/]\x1b[0m"),
    ]
    known = [m for m in told if m.made_at <= at and alarm_id in ("", m.alarm_id)]
    return tuple(sorted(known, key=lambda m: -m.made_at)[:limit])


def _message(number: int, alarm_id: str, target: str, made: float, state: str, error: str = "") -> Message:
    return Message(
        message_id=f"m{number}", alarm_id=alarm_id, rule="critical", target=target, kind="opened", made_at=made,
        title="", body="", state=state, sent_at=made + 1 if state == "sent" else 0.0, error=error, tries=1,
    )  # fmt: skip


def _done(one: Alarm, act: Act, at: float) -> Alarm:
    replace = msgspec.structs.replace
    match act.kind:
        case "ack":
            ack = Ack(who=act.who, at=act.at, until=act.until, why=act.why, severity=one.severity, cause=one.cause,
                      ticket=act.ticket)  # fmt: skip
            return replace(one, ack=ack, owner=act.owner or act.who, known_at=at)
        case "unack":
            return replace(one, ack=None, owner="", known_at=at)
        case "own":
            return replace(one, owner=act.owner, known_at=at)
        case "snooze":
            until = Snooze(who=act.who, at=act.at, until=act.until, why=act.why, severity=one.severity)
            return replace(one, snooze=until, held_by="snooze", known_at=at)
        case "unsnooze":
            return replace(one, snooze=None, held_by="", known_at=at)
    return replace(one, notes=(*one.notes, AlarmNote(act.who, act.at, act.why)), known_at=at)
