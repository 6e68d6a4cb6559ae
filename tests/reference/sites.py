"""Sites folded from their circuits (docs/values.md 9)."""

from __future__ import annotations

from collections.abc import Mapping

from noctui.model.inventory import Circuit, Inventory
from noctui.model.words import Role, Severity
from tests.reference.answers import RefCircuit, RefSite

Member = tuple[int, Circuit, RefCircuit]
"""Row of a circuit, the circuit, what the poll says of it."""


def sites_of(inventory: Inventory, told: Mapping[str, RefCircuit]) -> dict[str, RefSite]:
    """Every site of the inventory at one poll."""
    members: dict[str, list[Member]] = {site.site_id: [] for site in inventory.sites}
    for row, circuit in enumerate(inventory.circuits):
        if circuit.site_id in members:
            members[circuit.site_id].append((row, circuit, told[circuit.circuit_id]))
    return {site_id: site_of(of_site) for site_id, of_site in members.items()}


def site_of(members: list[Member]) -> RefSite:
    """One site at one poll."""
    counts = [sum(told.severity == severity for _, _, told in members) for severity in Severity]
    living = [told for _, _, told in members if told.severity != Severity.DISABLED]
    severity = min((told.severity for told in living), default=Severity.DISABLED)
    dark = bool(living) and all(told.base in (Severity.DOWN, Severity.AWAY) for told in living)
    if dark:
        since = max(told.since for told in living)
    else:
        since = min((told.since for _, _, told in members if told.severity == severity), default=float("nan"))
    primaries = [told for _, circuit, told in members if circuit.role == Role.PRIMARY]
    active = sorted((circuit.role, row, circuit.circuit_id) for row, circuit, told in members if told.active)
    home = any(told.active for told in primaries)
    failed_over = bool(primaries) and bool(active) and not home
    return RefSite(
        severity=severity,
        dark=dark,
        failed_over=failed_over,
        home=home,
        carrying=active[0][2] if active else None,
        since=since,
        counts=counts,
    )
