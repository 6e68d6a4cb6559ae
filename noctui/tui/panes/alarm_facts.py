"""One alarm as screens tell it: where, what, since when, who has it. Texts are as they came, not cleaned yet."""

from __future__ import annotations

import math

import numpy as np

from noctui.model.alarms import INCIDENT, MIST, SELF, Alarm, state_of
from noctui.model.view import View
from noctui.model.words import CLEAR_SHARE, Level, Metric, Severity
from noctui.tui.look.numbers import clock, loss, milliseconds, utilisation
from noctui.tui.panes import cells
from noctui.tui.panes.alarm_words import type_words

METRICS = {"utilisation": Metric.UTILISATION, "loss": Metric.LOSS, "jitter": Metric.JITTER, "latency": Metric.LATENCY}
"""Types that are levels of a metric."""
_LEVEL = {Severity.WARN: Level.WARN, Severity.HIGH: Level.HIGH, Severity.CRITICAL: Level.CRITICAL}
_TYPES = {
    "no_data": "no data", "no_path": "no tunnel", "dark": "dark", "failover": "failed over", "hub": "hub lost",
    "away": "away", "down": "down", "flapping": "flapping", INCIDENT: "incident",
}  # fmt: skip
STAGES = {
    "confirm": "confirm", "damping": "damped", "parent": "gateway", "maintenance": "maint", "incident": "incident",
    "snooze": "snoozed",
}  # fmt: skip
"""What keeps an alarm quiet, in a word for tables."""
_ROLES = {0: " pri", 1: " sec", 2: " bkp"}


def kind(alarm: Alarm) -> str:
    """Its type in words."""
    return _TYPES.get(alarm.type) or (alarm.type if alarm.type in METRICS else type_words(alarm.type))


def where(alarm: Alarm, view: View) -> str:
    """The site's number or name; `31 sites` of an incident; nothing where it is of no site."""
    if alarm.type == INCIDENT:
        return f"{alarm.sites:,} site{'' if alarm.sites == 1 else 's'}"
    row = view.inventory.site_row.get(alarm.site_id)
    if row is None:
        return "noctui" if alarm.source == SELF else alarm.site_id
    return cells.site_number(view.inventory.sites[row]) or view.inventory.sites[row].name


def town(alarm: Alarm, view: View) -> str:
    row = view.inventory.site_row.get(alarm.site_id)
    return "" if row is None else cells.site_town(view.inventory.sites[row])


def what(alarm: Alarm, view: View) -> str:
    """`Comcast sec`, `36 circuits`, the hub, or the gateway."""
    if alarm.type == INCIDENT:
        many = alarm.open_members if alarm.cleared is None else alarm.members
        return f"{many:,} circuit{'' if many == 1 else 's'}"
    if len(alarm.circuit_ids) == 1:
        row = view.inventory.circuit_row.get(alarm.circuit_ids[0])
        if row is None:
            return alarm.carrier or alarm.circuit_ids[0].partition(":")[2] or alarm.circuit_ids[0]
        circuit = view.inventory.circuits[row]
        return f"{cells.carrier(circuit)}{_ROLES.get(int(circuit.role), '')}"
    if alarm.circuit_ids:
        return f"{len(alarm.circuit_ids):,} circuits"
    return alarm.hub or ("gateway" if alarm.gateway_ids else "")


def said(alarm: Alarm) -> str:
    """What it says, without what changes from poll to poll."""
    if not alarm.text:
        return kind(alarm)
    return f"{kind(alarm)}: {alarm.text}" if alarm.source == MIST else alarm.text


def now_of(alarm: Alarm, view: View) -> str:
    """`now 93.4`, as the View has it; empty where nothing is measured or known, or it is over."""
    metric = METRICS.get(alarm.type)
    if metric is None or alarm.cleared is not None or len(alarm.circuit_ids) != 1:
        return ""
    row = view.inventory.circuit_row.get(alarm.circuit_ids[0])
    if row is None:
        return ""
    t = view.circuits
    if metric is Metric.UTILISATION:
        rx, tx = t.rx_pct[row], t.tx_pct[row]
        value = {"rx": rx, "tx": tx}.get(alarm.text[:2], np.fmax(rx, tx))
        text = utilisation(float(value))
    elif metric is Metric.LOSS:
        value, text = t.loss[row], loss(float(t.loss[row]))
    else:
        value = t.jitter[row] if metric is Metric.JITTER else t.latency[row]
        text = milliseconds(float(value))
    return f"now {text}" if math.isfinite(float(value)) else ""


def hold_words(alarm: Alarm) -> str:
    """Why it is quiet: `damped`, `held: Zayo CHG-20881`, `snoozed by ana: nightly copy`; empty where nothing holds."""
    if alarm.snooze is not None:
        return f"snoozed by {alarm.snooze.who}: {alarm.snooze.why}"
    stage, _, rest = alarm.held_by.partition(" ")
    if stage == "maintenance":
        return f"held: {rest or 'maintenance'}"
    return {"confirm": "waits to be confirmed", "damping": "damped: it comes and goes", "parent": "its gateway is away",
            "incident": "told by its incident"}.get(stage, alarm.held_by)  # fmt: skip


def owner_words(alarm: Alarm) -> str:
    """`open`, who has it, what keeps it quiet, or that it is over."""
    match state_of(alarm):
        case "cleared":
            return "cleared"
        case "taken":
            return alarm.owner or (alarm.ack.who if alarm.ack is not None else "taken")
        case "snoozed":
            return "snoozed"
        case "held":
            stage = alarm.held_by.split(" ", 1)[0]
            return STAGES.get(stage, stage)
    return alarm.owner or "open"


def until_of(alarm: Alarm) -> float | None:
    """When it is over with it: an acknowledgement or snooze ends; or when it cleared."""
    if alarm.cleared is not None:
        return alarm.cleared
    if alarm.snooze is not None:
        return alarm.snooze.until
    return alarm.ack.until if alarm.ack is not None else None


def until_words(alarm: Alarm) -> str:
    until = until_of(alarm)
    return clock(until, seconds=False) if until is not None else ""


def clears_words(alarm: Alarm, view: View) -> str:
    """When it ends: `below 85.5 %`, `when its gateway answers again`."""
    if alarm.cleared is not None:
        return f"it cleared {clock(alarm.cleared)}"
    metric = METRICS.get(alarm.type)
    row = view.inventory.circuit_row.get(alarm.circuit_ids[0]) if alarm.circuit_ids else None
    level = _LEVEL.get(Severity(alarm.severity))
    if metric is not None and row is not None and level is not None:
        limit = view.limits_of(row, metric)[level - 1] * (1 - CLEAR_SHARE)
        unit = "%" if metric in (Metric.UTILISATION, Metric.LOSS) else "ms"
        return f"below {limit:.4g} {unit}"
    if alarm.source == MIST:
        return "when Mist resolves it"
    return {
        "down": "when traffic can pass again", "away": "when its gateway answers again",
        "no_data": "when fresh data comes", "no_path": "when a tunnel is up again", "dark": "when a circuit is up",
        "failover": "when the primary carries again", "flapping": "when it stays as it is",
        "hub": "when most of its paths are up", INCIDENT: "when all of its members have cleared",
    }.get(alarm.type, "when it is well again")  # fmt: skip


def call(alarm: Alarm, view: View) -> str:
    """The alarm in a few words, as prose names it: `0417 Comcast sec`, `incident 8841`."""
    if alarm.type == INCIDENT:
        return f"incident {alarm.number}"
    return f"{where(alarm, view)} {what(alarm, view)}".strip() or kind(alarm)
