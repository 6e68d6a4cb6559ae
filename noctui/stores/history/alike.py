"""Versions of an inventory that hold each row once: a network of 10,000 circuits is 20 MB, and a version differs from
the one before it by a few rows."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from noctui.model.inventory import Inventory

KEYS = {"sites": "site_id", "gateways": "gateway_id", "circuits": "circuit_id", "paths": "path_id"}


R = TypeVar("R")


def alike(found: Inventory, held: Inventory) -> Inventory:
    """The version `found`, of the row objects of `held` wherever they are equal; some 20 ms for 10,000 circuits."""
    tables = {table: _alike(getattr(found, table), getattr(held, table), key) for table, key in KEYS.items()}
    return msgspec.structs.replace(found, **tables)


def _alike(found: tuple[R, ...], held: tuple[R, ...], key: str) -> tuple[R, ...]:
    """Most rows stand where they stood; one that moved is looked up by its id."""
    made: list[R] = []
    by_id: dict[str, R] = {}
    for i, row in enumerate(found):
        known = held[i] if i < len(held) else None
        if known != row:
            if not by_id:
                by_id = {getattr(other, key): other for other in held}
            known = by_id.get(getattr(row, key))
        made.append(known if known is not None and known == row else row)
    same = len(made) == len(held) and all(one is other for one, other in zip(made, held, strict=True))
    return held if same else tuple(made)


def is_apart(one: Inventory, other: Inventory) -> bool:
    """They hold no circuit in common, though some may be equal: they came by different ways."""
    return one is not other and not any(a is b for a, b in zip(one.circuits, other.circuits, strict=False))
