"""What health says in words."""

from __future__ import annotations

from datetime import UTC, datetime

from noctui.model.inventory import Inventory
from noctui.model.reconcile import Replaced


def replaced_words(one: Replaced, inventory: Inventory, at: float) -> str:
    """`Nov 23 03:12  0417 Grand Junction ge-0/0/0: gateway 02aa…01 took over from 02aa…00`."""
    row = inventory.circuit_row.get(one.circuit_id)
    site = inventory.site_row.get(inventory.circuits[row].site_id) if row is not None else None
    where = f"{inventory.sites[site].name} " if site is not None else ""
    when = f"{datetime.fromtimestamp(at, UTC):%b %d %H:%M}"
    return (
        f"{when}  {where}{one.after.port_id}: {one.after.gateway_id} took over from "
        f"{one.before.gateway_id} {one.before.port_id}"
    )
