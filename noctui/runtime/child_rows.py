"""Inventories between two processes: in pieces that differ from the version before, so that nobody is held up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from noctui.model.inventory import Inventory
from noctui.runtime.child_words import Pieces, Version

PIECE = 400
"""Rows; one is taken in within a millisecond."""
TABLES = ("sites", "gateways", "circuits", "paths")
NONE = Inventory(org_id="")
"""What stands in a View on its way, instead of its inventory."""


def pieces(before: Inventory, now: Inventory) -> Iterator[Pieces | Version]:
    """What turns the version `before` into `now`; the `Version` comes last."""
    for table in TABLES:
        old, new = getattr(before, table), getattr(now, table)
        for start in range(0, len(new), PIECE):
            rows = new[start : start + PIECE]
            if rows != old[start : start + PIECE]:
                yield Pieces(start, **{table: rows})
    yield Version(
        org_id=now.org_id,
        org_name=now.org_name,
        rev=now.rev,
        event_time=now.event_time,
        known_at=now.known_at,
        sites=len(now.sites),
        gateways=len(now.gateways),
        circuits=len(now.circuits),
        paths=len(now.paths),
    )


class Rows:
    """Takes pieces in and makes the versions of them."""

    def __init__(self) -> None:
        self._rows: dict[str, list[Any]] = {table: [] for table in TABLES}

    def take(self, piece: Pieces) -> None:
        for table, rows in self._rows.items():
            new = getattr(piece, table)
            if new:
                rows[piece.start : piece.start + len(new)] = new

    def version(self, told: Version) -> Inventory:
        for table, rows in self._rows.items():
            del rows[getattr(told, table) :]
        return Inventory(
            org_id=told.org_id,
            org_name=told.org_name,
            rev=told.rev,
            event_time=told.event_time,
            known_at=told.known_at,
            **{table: tuple(rows) for table, rows in self._rows.items()},
        )


LOOK_UPS = (
    "site_row", "gateway_row", "circuit_row", "path_row", "circuit_no", "circuit_site", "circuit_gateway",
    "path_circuit", "role", "down_bps", "up_bps", "link_bps", "regions", "site_region", "site_circuits",
)  # fmt: skip


def look_up(inventory: Inventory) -> None:
    """Work out all that panes will look up in this version; meant for a thread, since it takes long."""
    for name in LOOK_UPS:
        getattr(inventory, name)
