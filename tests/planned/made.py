"""Planned work to test with."""

from __future__ import annotations

from collections.abc import Sequence

from noctui.model.inventory import Circuit, Inventory, Site
from noctui.model.notices import Affected, Impact, Maintenance, Status, Window
from noctui.model.works import Work


def work(
    maintenance_id: str,
    windows: Sequence[tuple[int, int]],
    circuits: Sequence[str],
    *,
    provider: str = "Zayo",
    status: Status = Status.CONFIRMED,
    impact: Impact = Impact.OUTAGE,
    known_at: int = 0,
    announced_at: int | None = None,
    version: int = 1,
    backup: bool = False,
    supersedes: tuple[str, ...] = (),
    summary: str = "",
    seconds: int | None = None,
) -> Work:
    """One version of a work as history has it: not matched. `circuits` are ids as the carrier writes them."""
    return Work(
        maintenance=Maintenance(
            provider=provider,
            maintenance_id=maintenance_id,
            status=status,
            windows=tuple(Window(start=start, end=end, backup=backup) for start, end in windows),
            circuits=tuple(Affected(circuit=c, impact=impact, seconds=seconds) for c in circuits),
            supersedes=supersedes,
            summary=summary,
        ),
        version=version,
        announced_at=known_at if announced_at is None else announced_at,
        known_at=known_at,
        first_known_at=known_at,
        notice=f"<{maintenance_id}.{version}@carrier>",
    )


def chain(*sites: Sequence[tuple[str, str]], rev: int = 1, group: str = "") -> Inventory:
    """An inventory: each site's circuits as (carrier, the carrier's id). Circuit `s0:1` is site s0's second one."""
    return Inventory(
        org_id="org",
        rev=rev,
        sites=tuple(Site(site_id=f"s{s}", name=f"{s:04} Town") for s in range(len(sites))),
        circuits=tuple(
            Circuit(
                circuit_id=f"s{s}:{c}", circuit_no=10 * s + c, site_id=f"s{s}", port_id=str(c), carrier=carrier,
                carrier_circuit_id=carrier_id, protection_group=group,
            )
            for s, circuits in enumerate(sites)
            for c, (carrier, carrier_id) in enumerate(circuits)
        ),
    )  # fmt: skip
