"""The sentence of the network and of a region."""

from __future__ import annotations

import numpy as np
from msgspec import structs
from numpy.typing import NDArray

from noctui.engine.cause import Cause, find_cause
from noctui.engine.headline_one import trouble
from noctui.engine.layout import layout_of
from noctui.engine.prose import circuit_name, count, hhmm, site_name, span
from noctui.model.headline import Clause, Headline
from noctui.model.view import View
from noctui.model.words import BAD, THRESHOLDS, Metric, Role, Severity

_WORDS = {
    Severity.DOWN: "down",
    Severity.AWAY: "away",
    Severity.CRITICAL: "critical",
    Severity.HIGH: "high",
    Severity.UNKNOWN: "unknown",
    Severity.WARN: "above warn",
}
_LOST_WORDS = {
    Severity.DOWN: ("is down", "down"),
    Severity.AWAY: ("is unreachable", "unreachable"),
    Severity.CRITICAL: ("has no path", "without a path"),
    Severity.UNKNOWN: ("gives no data", "without data"),
}
_ROLES = {Role.PRIMARY: "primary", Role.SECONDARY: "secondary", Role.BACKUP: "backup"}
_NEARLY = {Role.SECONDARY: "secondaries", Role.BACKUP: "backups"}


def network_headline(view: View, now: float) -> Headline:
    """The largest cause, else the counts worst first with the longest of the worst, else that all is well."""
    cause = find_cause(view)
    if cause is not None:
        return _told(view, cause, now)
    return _counted(view, np.arange(len(view.circuits)), "", now)


def region_headline(view: View, region: str, now: float) -> Headline:
    """Dark sites and sites without their primary, and how full what carries them is; else the counts."""
    inventory, sites = view.inventory, view.sites
    inside = inventory.site_region == inventory.regions.index(region)
    dark = np.flatnonzero(inside & sites.dark)
    moved = np.flatnonzero(inside & sites.failed_over)
    cause = find_cause(view, region)
    if not len(dark) and not len(moved):
        if cause is not None:
            return _told(view, cause, now)
        layout = layout_of(inventory)
        rows = np.flatnonzero(layout.circuit_region == inventory.regions.index(region))
        return _counted(view, rows, f" at {count(int(inside.sum()), 'site')}", now)

    since = cause.since if cause is not None else _began_together(view, dark, moved)
    when = f" since {hhmm(since, now)}" if since is not None else ""
    role, carriers = _carrying_role(view, moved)
    on = f"on their {role}" if role else "on another circuit"
    severity = Severity.DOWN if len(dark) else Severity(int(sites.severity[moved].min()))
    clauses: list[Clause] = []
    if len(dark):
        clauses.append(Clause(f"{count(len(dark), 'site')} dark", strong=True, severity=Severity.DOWN))
        if len(moved):
            clauses.append(Clause(f", {len(moved):,} {on}{when}"))
        elif when:
            clauses.append(Clause(when))
    else:
        run = "runs" if len(moved) == 1 else "run"
        clauses.append(Clause(f"{count(len(moved), 'site')} {run} {on}{when}", strong=True, severity=severity))
    full, high = _above_high(view, carriers)
    if full:
        names = (
            _NEARLY[Role.SECONDARY] if role == "secondary" else _NEARLY[Role.BACKUP] if role == "backup" else "circuits"
        )
        are = "is" if full == 1 else "are"
        above = f"above {high:g} %" if high else "above their high threshold"
        clauses.append(Clause(f"; {full:,} of those {names} {are} {above}"))
    return _ended(severity, clauses, since, "" if len(dark) else "failover")


def _told(view: View, cause: Cause, now: float) -> Headline:
    """`Lumen is down at 31 Mountain sites since 02:51 (23m): 28 run on their secondary, 3 are dark; jmo has incident
    8841.`"""
    when = f" since {hhmm(cause.since, now)} ({span(now - cause.since)})"
    severity = cause.severity
    first, short = _lost(cause)
    clauses = [
        Clause(first, strong=True, severity=severity, short=short),
        Clause(when, short=f" {span(now - cause.since)}"),
    ]
    join = ": "
    moved = len(cause.moved)
    if moved:
        role, _ = _carrying_role(view, cause.moved)
        verb = "runs" if moved == 1 else "run"
        on = (f"their {role}", role) if role else ("another circuit", "another")
        clauses.append(Clause(f"{join}{moved:,} {verb} on {on[0]}", short=f"{join}{moved:,} on {on[1]}"))
        join = ", "
    if cause.dark:
        verb = "is" if cause.dark == 1 else "are"
        dark = f"{join}{cause.dark:,}"
        clauses.append(Clause(f"{dark} {verb} dark", severity=Severity.DOWN, short=f"{dark} dark"))
    if cause.owner:
        clauses.append(Clause(f"; {cause.owner} has incident {cause.number}", short=f"; {cause.owner} has it"))
    return _ended(severity, clauses, cause.since)


def _lost(cause: Cause) -> tuple[str, str]:
    """What is lost and where, in full and short: `Lumen is down at 31 Mountain sites`."""
    at = count(len(cause.sites), f"{cause.region} site" if cause.region else "site")
    if cause.where:
        at += f" in {cause.where}"
    be = "is" if len(cause.sites) == 1 else "are"
    state, short = _LOST_WORDS.get(cause.severity, ("is lost", "lost"))
    if cause.carrier:
        return f"{cause.carrier} {state} at {at}", f"{cause.carrier} {short} at {at}"
    if cause.kind == "hub":
        return f"{cause.name} cannot be reached from {at}", f"{cause.name} lost to {at}"
    circuits = count(len(cause.rows), "circuit")
    if cause.kind == "gateway":
        return f"Gateway {cause.name} is lost with {circuits}", f"gateway {cause.name} lost, {circuits}"
    if cause.severity == Severity.AWAY:
        return f"{at} {be} unreachable", f"{at} unreachable"
    state = {"is": "are", "has": "have", "gives": "give"}[state.split(" ", 1)[0]] + " " + state.split(" ", 1)[1]
    return f"{circuits} {state} at {at}", f"{circuits} {short} at {at}"


def _counted(view: View, rows: NDArray[np.intp], where: str, now: float) -> Headline:
    """`3 circuits down, 2 critical; longest 0417 Grand Junction, Lumen since 02:51 (23m).` or that all is well."""
    circuits = view.circuits
    if not len(rows):
        return Headline(severity=Severity.UNKNOWN, clauses=(Clause("No circuit is known yet."),))
    counts = np.bincount(circuits.severity[rows], minlength=len(Severity)).tolist()
    told = [s for s in _WORDS if counts[s]]
    if not told:
        held = counts[Severity.MAINTENANCE]
        well = count(counts[Severity.OK], "circuit")
        if not counts[Severity.OK] and not held:
            return Headline(
                severity=Severity.DISABLED,
                clauses=(Clause(f"{count(len(rows), 'circuit')}{where}: all are disabled."),),
            )
        text = (
            f"All {well}{where} known and well"
            if counts[Severity.OK] != 1
            else f"The one circuit{where} is known and well"
        )
        clauses = [Clause(text)]
        if held:
            clauses.append(Clause(f", {held:,} in maintenance", severity=Severity.MAINTENANCE))
        return _ended(Severity.OK, clauses, None)

    worst = told[0]
    of_worst = rows[circuits.severity[rows] == worst]
    row = int(of_worst[np.lexsort((of_worst, circuits.since[of_worst]))[0]])
    since = float(circuits.since[row])
    circuit = view.inventory.circuits[row]
    site_row = int(view.inventory.circuit_site[row])
    name = f"{site_name(view.inventory, site_row)}, {circuit_name(circuit)}"
    when = f" since {hhmm(since, now)} ({span(now - since)})"
    rest = [Clause(f", {counts[s]:,} {_WORDS[s]}", severity=s) for s in told[1:] if s in BAD or s is Severity.UNKNOWN]
    if counts[worst] == 1:
        what = trouble(view, row) or _WORDS[worst]
        clauses = [Clause(f"{name}: {what}", strong=True, severity=worst), Clause(when)]
        if site_row >= 0 and view.sites.dark[site_row]:
            clauses.append(Clause(", the site is dark", severity=Severity.DOWN))
        elif site_row >= 0 and worst <= Severity.AWAY:
            carrying = int(view.sites.carrying[site_row])
            if carrying >= 0:
                clauses.append(Clause(f", the site runs on {circuit_name(view.inventory.circuits[carrying])}"))
        if rest:
            clauses.append(Clause(f";{rest[0].text[1:]}", severity=rest[0].severity))
            clauses.extend(rest[1:])
        return _ended(worst, clauses, since)
    clauses = [Clause(f"{count(counts[worst], 'circuit')}{where} {_WORDS[worst]}", strong=True, severity=worst), *rest]
    clauses.append(Clause(f"; longest {name}{when}"))
    gone = np.unique(view.inventory.circuit_site[rows])
    gone = gone[gone >= 0]
    dark = int(view.sites.dark[gone].sum())
    moved = int(view.sites.failed_over[gone].sum())
    effect = [Clause(f"{dark:,} dark", severity=Severity.DOWN)] if dark else []
    if moved:
        effect.append(Clause(f"{moved:,} on another circuit"))
    if effect:
        sites = "site" if (dark or moved) == 1 else "sites"
        first = effect[0].text.replace(" ", f" {sites} ", 1)
        clauses.append(Clause(f"; {first}", severity=effect[0].severity))
        clauses.extend(Clause(f", {c.text}") for c in effect[1:])
    return _ended(worst, clauses, since)


def _ended(severity: Severity, clauses: list[Clause], since: float | None, sign: str = "") -> Headline:
    last = clauses[-1]
    clauses[-1] = structs.replace(last, text=f"{last.text}.", short=last.short or last.text)
    return Headline(severity=severity, clauses=tuple(clauses), sign=sign, since=since)


def _carrying_role(view: View, sites: NDArray[np.intp]) -> tuple[str, NDArray[np.intp]]:
    """The role that all circuits carrying these sites share (else empty), and their rows."""
    carrying = view.sites.carrying[sites]
    rows: NDArray[np.intp] = carrying[carrying >= 0].astype(np.intp)
    roles = np.unique(view.inventory.role[rows])
    return (_ROLES.get(Role(int(roles[0])), "") if len(roles) == 1 else ""), rows


def _above_high(view: View, rows: NDArray[np.intp]) -> tuple[int, float]:
    """How many are at their high threshold of utilisation or above, and that threshold; 0.0 when they differ in it."""
    higher = np.fmax(view.circuits.rx_pct[rows], view.circuits.tx_pct[rows])
    high = THRESHOLDS[Metric.UTILISATION][1]
    if view.limits is None or not len(rows):
        return int((higher >= high).sum()), high
    own = view.limits[rows, Metric.UTILISATION, 1]
    full = higher >= own
    return int(full.sum()), float(own[full][0]) if full.any() and (own[full] == own[full][0]).all() else 0.0


def _began_together(view: View, dark: NDArray[np.intp], moved: NDArray[np.intp]) -> float | None:
    """The first beginning when all began within a quarter of an hour; None when they have no common one."""
    carrying = view.sites.carrying[moved]
    times = np.concatenate([view.sites.since[dark], view.circuits.active_since[carrying]])
    if len(times) and np.isfinite(times).all() and times.max() - times.min() <= 900.0:
        return float(times.min())
    return None
