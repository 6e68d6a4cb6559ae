"""Inventories on the bus: in pieces under the digests of their blobs, so that a new version is only what changed."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from noctui.model.inventory import Inventory
from noctui.stores.bus.redis_blobs import CorruptError, Head, seal, unseal
from noctui.stores.bus.redis_words import Piece, VersionIs

ROWS = 400
"""Of a piece; one is packed or taken in within some milliseconds."""
TABLES = ("sites", "gateways", "circuits", "paths")


class Cutter:
    """Cuts versions into pieces, and remembers those it cut: rows that did not change are not packed again."""

    def __init__(self, org: str) -> None:
        self._org = org
        self._known: dict[tuple[str, int], tuple[tuple[Any, ...], bytes]] = {}

    def cut(self, inventory: Inventory, had: frozenset[bytes]) -> Iterator[tuple[bytes, bytes] | VersionIs]:
        """Each piece that is not among `had` as (digest, blob), then the version. Others may run between two."""
        digests: dict[str, list[bytes]] = {table: [] for table in TABLES}
        sent = set(had)
        for table in TABLES:
            rows = getattr(inventory, table)
            for start in range(0, len(rows), ROWS):
                part = rows[start : start + ROWS]
                known = self._known.get((table, start))
                if known is not None and known[0] == part and known[1] in sent:
                    digests[table].append(known[1])
                    continue
                blob = seal(Head(org=self._org, epoch=0), Piece(**{table: part}))
                digest = _digest(blob)
                self._known[table, start] = (part, digest)
                digests[table].append(digest)
                if digest not in sent:
                    sent.add(digest)
                    yield digest, blob
        yield VersionIs(
            inventory.org_id,
            inventory.org_name,
            inventory.rev,
            inventory.event_time,
            inventory.known_at,
            **{table: tuple(those) for table, those in digests.items()},
        )


def shape_of(inventory: Inventory) -> int:
    """A name for what an inventory lists and in what order; never 0. A View of another version with the same shape fits
    it, row by row."""
    lists = (
        [f"{one.site_id} {one.region}" for one in inventory.sites],
        [one.gateway_id for one in inventory.gateways],
        [one.circuit_id for one in inventory.circuits],
        [one.path_id for one in inventory.paths],
    )
    return zlib.crc32("\n\n".join("\n".join(those) for those in lists).encode()) | 1


def digests(version: VersionIs) -> tuple[bytes, ...]:
    """Of all its pieces."""
    return tuple(dict.fromkeys(d for table in TABLES for d in getattr(version, table)))


def joined(version: VersionIs, pieces: Mapping[bytes, Piece]) -> Inventory:
    """The inventory. KeyError when a piece is missing."""
    tables: dict[str, tuple[Any, ...]] = {}
    for table in TABLES:
        rows: list[Any] = []
        for digest in getattr(version, table):
            rows += getattr(pieces[digest], table)
        tables[table] = tuple(rows)
    return Inventory(
        org_id=version.org_id,
        org_name=version.org_name,
        rev=version.rev,
        event_time=version.event_time,
        known_at=version.known_at,
        **tables,
    )


def opened(org: str, names: Sequence[bytes], blobs: Sequence[bytes | None]) -> Iterator[tuple[bytes, Piece]]:
    """Pieces as they were fetched; those that are gone are left out. Raises BlobError, also for a piece that stands
    under another's digest."""
    for name, blob in zip(names, blobs, strict=True):
        if blob is None:
            continue
        if _digest(blob) != name:
            raise CorruptError("a piece of the inventory on the bus is not the one it is said to be")
        yield name, unseal(blob, org, Piece)[1]


def _digest(blob: bytes) -> bytes:
    return hashlib.blake2b(blob, digest_size=12).digest()
