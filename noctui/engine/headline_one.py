"""The sentence of one site and of one circuit."""

from __future__ import annotations

import math

from noctui.engine.prose import bits, circuit_name, count, hhmm, number, precise, span
from noctui.model.headline import Clause, Headline
from noctui.model.view import View
from noctui.model.words import Level, Metric, Role, Severity, State

_STATES = {
    State.DOWN: "down",
    State.AWAY: "away",
    State.UNKNOWN: "unknown",
    State.DISABLED: "disabled",
    State.UP: "up",
}
_NAMES = {Metric.LOSS: "loss", Metric.JITTER: "jitter", Metric.LATENCY: "latency"}


def level_of(view: View, row: int, metric: Metric) -> Level:
    return Level((int(view.circuits.levels[row]) >> (2 * metric)) & 3)


def reading(view: View, row: int, metric: Metric) -> tuple[str, str]:
    """A metric as a sentence says it: its name and its value, `rx`, `93.4 %`."""
    circuits = view.circuits
    if metric is Metric.UTILISATION:
        rx, tx = float(circuits.rx_pct[row]), float(circuits.tx_pct[row])
        higher_tx = math.isnan(rx) or tx > rx
        return ("tx", number(metric, tx)) if higher_tx else ("rx", number(metric, rx))
    value = {Metric.LOSS: circuits.loss, Metric.JITTER: circuits.jitter, Metric.LATENCY: circuits.latency}[metric]
    return _NAMES[metric], number(metric, float(value[row]))


def worst_metric(view: View, row: int) -> Metric | None:
    """The metric of the highest level, the first of equals; None when all are calm."""
    best = max(Metric, key=lambda m: (level_of(view, row, m), -m))
    return best if level_of(view, row, best) else None


def trouble(view: View, row: int) -> str:
    """What is wrong with a circuit in three words: `rx 93.4 %`, `no peer path is up`; empty when its state says it."""
    if view.circuits.severity[row] not in (Severity.CRITICAL, Severity.HIGH, Severity.WARN):
        return ""
    if view.circuits.no_path[row]:
        return "no peer path is up"
    metric = worst_metric(view, row)
    return " ".join(reading(view, row, metric)) if metric is not None else ""


def _with_role(view: View, row: int) -> str:
    circuit = view.inventory.circuits[row]
    role = f" ({circuit.role.word})" if circuit.role is not Role.UNKNOWN else ""
    return f"{circuit_name(circuit)}{role}"


def _done(severity: Severity, clauses: list[Clause], since: float | None, sign: str = "") -> Headline:
    last = clauses[-1]
    if not last.text.endswith("."):
        clauses[-1] = Clause(f"{last.text}.", strong=last.strong, severity=last.severity)
    return Headline(severity=severity, clauses=tuple(clauses), sign=sign, since=since)


def site_headline(view: View, site: int, now: float) -> Headline:
    """Dark; failed over and how full what carries it is; else its worst circuit; else that all is well."""
    inventory, circuits, sites = view.inventory, view.circuits, view.sites
    rows = [r for r in inventory.site_circuits[site] if circuits.severity[r] != Severity.DISABLED]
    if not rows:
        return Headline(severity=Severity.DISABLED, clauses=(Clause("No circuit is in use at this site."),))
    severity = Severity(int(sites.severity[site]))
    since = float(sites.since[site])
    if sites.dark[site]:
        when = f" since {hhmm(since, now)} ({precise(now - since)})"
        if all(circuits.severity[r] == Severity.AWAY for r in rows):
            said = [Clause("The gateway is unreachable", strong=True, severity=severity), Clause(when)]
            said.append(Clause(f": nothing is known of its {count(len(rows), 'circuit')}"))
        else:
            all_of = f"all {len(rows)} circuits down" if len(rows) > 1 else f"{_with_role(view, rows[0])} down"
            said = [Clause(f"Dark: {all_of}", strong=True, severity=Severity.DOWN), Clause(when)]
        return _done(severity, said, since)

    carrying = int(sites.carrying[site])
    if sites.failed_over[site]:
        primary = (
            next(r for r in rows if inventory.circuits[r].role is Role.PRIMARY) if _has_primary(view, rows) else -1
        )
        began = float(circuits.active_since[carrying])
        said = [Clause("Failed over: ", strong=True)]
        if primary >= 0 and circuits.state[primary] != State.UP:
            began = float(circuits.since[primary])
            word = _STATES[State(int(circuits.state[primary]))]
            said.append(
                Clause(
                    f"{_with_role(view, primary)} {word} {precise(now - began)}",
                    severity=int(circuits.severity[primary]),
                )
            )
        elif primary >= 0:
            said.append(Clause(f"{_with_role(view, primary)} is up but not used"))
        else:
            said.append(Clause("the primary is disabled"))
        said.append(Clause(f", traffic on {_with_role(view, carrying)}"))
        level = level_of(view, carrying, Metric.UTILISATION)
        if level >= Level.HIGH:
            how = "nearly full" if level is Level.CRITICAL else "busy"
            value = reading(view, carrying, Metric.UTILISATION)[1]
            said.append(Clause(f", {how} at {value}", severity=int(Severity.CRITICAL if level == 3 else Severity.HIGH)))
        return _done(severity, said, began, "failover")

    if severity >= Severity.MAINTENANCE:
        all_of = f"All {len(rows)} circuits" if len(rows) > 1 else _with_role(view, rows[0])
        what = "known and well" if severity is Severity.OK else "well or in maintenance"
        said = [Clause(f"{all_of} {what}")]
        if carrying >= 0 and len(rows) > 1:
            said.append(Clause(f", traffic on {_with_role(view, carrying)}"))
        return _done(severity, said, None)
    row = min((r for r in rows if circuits.severity[r] == severity), key=lambda r: float(circuits.since[r]))
    since = float(circuits.since[row])
    what = trouble(view, row) or _STATES[State(int(circuits.state[row]))]
    said = [Clause(f"{_with_role(view, row)} {what} for {precise(now - since)}", strong=True, severity=severity)]
    if carrying >= 0 and carrying != row:
        said.append(Clause(f", traffic on {_with_role(view, carrying)}"))
    others = sum(1 for r in rows if r != row and circuits.severity[r] < Severity.MAINTENANCE)
    if others:
        said.append(Clause(f"; {count(others, 'other circuit')} not well"))
    return _done(severity, said, since)


def _has_primary(view: View, rows: list[int]) -> bool:
    return any(view.inventory.circuits[r].role is Role.PRIMARY for r in rows)


def circuit_headline(view: View, row: int, now: float) -> Headline:
    """What its severity comes from, for how long, what it means for the site, and what else is high."""
    circuits = view.circuits
    severity, state = Severity(int(circuits.severity[row])), State(int(circuits.state[row]))
    since = float(circuits.since[row])
    when = f" since {hhmm(since, now)} ({precise(now - since)})"
    if severity is Severity.MAINTENANCE:
        word = _STATES[state]
        said = [Clause("In maintenance", strong=True, severity=severity), Clause(f"{when}, now {word}")]
    elif severity is Severity.DOWN:
        said = [Clause("Down", strong=True, severity=severity), Clause(when), *_effect(view, row)]
    elif severity is Severity.AWAY:
        said = [Clause("Gateway unreachable", strong=True, severity=severity), Clause(when)]
        said.append(Clause(": nothing is known of this circuit"))
    elif severity is Severity.UNKNOWN:
        age = float(circuits.age[row])
        last = hhmm(view.at - age, now) if math.isfinite(age) else ""
        said = [Clause(f"No fresh data since {last}" if last else "No data yet", strong=True, severity=severity)]
        if last:
            said.append(Clause(f" ({span(now - view.at + age)}): the last values stay, grey"))
    elif severity is Severity.DISABLED:
        said = [Clause("Disabled"), Clause(when), Clause(": the port is switched off")]
    elif severity is Severity.OK:
        said = [Clause("Up and well")]
        name, value = reading(view, row, Metric.UTILISATION)
        if value != "–":
            said.append(Clause(f", {name} {value}{_of(view, row, name)}"))
        said.extend(_carries(view, row, now))
        since = math.nan
    else:
        return _done(severity, _troubled(view, row, severity, now), since)
    if circuits.flaps_24h[row]:
        said[-1] = Clause(f"{said[-1].text}.", strong=said[-1].strong, severity=said[-1].severity)
        said.append(Clause(f" {count(int(circuits.flaps_24h[row]), 'flap')} in 24 h."))
    return _done(severity, said, since if math.isfinite(since) else None)


def _troubled(view: View, row: int, severity: Severity, now: float) -> list[Clause]:
    """`rx 93.4 % of 300M for 18m, carrying the site since Lumen failed at 02:51. Loss 0.62 % is high.`"""
    circuits = view.circuits
    metric = worst_metric(view, row)
    lasted = f" for {span(now - float(circuits.since[row]))}"
    if circuits.no_path[row] or metric is None:
        metric = None
        said = [Clause("No peer path is up", strong=True, severity=severity), Clause(lasted)]
    else:
        name, value = reading(view, row, metric)
        of = _of(view, row, name) if metric is Metric.UTILISATION else ""
        said = [Clause(f"{name} {value}{of}{lasted}", strong=True, severity=severity)]
    said.extend(_carries(view, row, now))
    others = [m for m in Metric if m is not metric and level_of(view, row, m) >= Level.HIGH]
    for other in others:
        name, value = reading(view, row, other)
        level = level_of(view, row, other)
        said[-1] = Clause(said[-1].text.removesuffix(".") + ".", said[-1].strong, said[-1].severity)
        colour = Severity.CRITICAL if level is Level.CRITICAL else Severity.HIGH
        said.append(Clause(f" {name[:1].upper()}{name[1:]} {value} is {level.name.lower()}.", severity=colour))
    return said


def _of(view: View, row: int, direction: str) -> str:
    circuit = view.inventory.circuits[row]
    bandwidth = circuit.up_bps if direction == "tx" else circuit.down_bps
    return f" of {bits(bandwidth)}" if bandwidth > 0 else ""


def _carries(view: View, row: int, now: float) -> list[Clause]:
    """That it stands in for a primary, and since when."""
    site = int(view.inventory.circuit_site[row])
    if site < 0 or not view.sites.failed_over[site] or view.sites.carrying[site] != row:
        return []
    circuits, inventory = view.circuits, view.inventory
    for other in inventory.site_circuits[site]:
        if inventory.circuits[other].role is Role.PRIMARY and circuits.state[other] in (State.DOWN, State.AWAY):
            failed = f"{circuit_name(inventory.circuits[other])} failed at {hhmm(float(circuits.since[other]), now)}"
            return [Clause(f", carrying the site since {failed}")]
    return [Clause(f", carrying the site since {hhmm(float(circuits.active_since[row]), now)}")]


def _effect(view: View, row: int) -> list[Clause]:
    """What its loss does to the site."""
    site = int(view.inventory.circuit_site[row])
    if site < 0:
        return []
    if view.sites.dark[site]:
        return [Clause(", the site is dark", severity=Severity.DOWN)]
    carrying = int(view.sites.carrying[site])
    return [Clause(f", the site runs on {_with_role(view, carrying)}")] if carrying >= 0 else []
