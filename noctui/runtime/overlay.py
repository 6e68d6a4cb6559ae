"""The operator's inventory file laid over what a source discovered: it counts most, and blanks say nothing."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from noctui.clock import Clock
from noctui.model.batch import Discovery, Found
from noctui.model.identity import Place, place_of
from noctui.model.inventory import Site
from noctui.model.words import BandwidthSource, RoleSource
from noctui.runtime.overlay_match import Matched, match
from noctui.sources.inventory_file import InventoryFile, Kept, Row

log = logging.getLogger("noctui.inventory_file")
MOST_PROBLEMS = 200
"""Problems that are kept for the screen; all are counted."""


class Overlay:
    """One inventory file over the discoveries of one org. `text` and `problems` are for whoever shows or logs them."""

    def __init__(self, path: Path | None, folder: Path | None, clock: Clock) -> None:
        """`folder` is the org's: the last good version is kept there, for a start beside a broken one."""
        self._folder, self._clock = folder, clock
        self._kept: Kept | None = None
        self._matched = Matched()
        self._of: tuple[Discovery | None, InventoryFile | None] = (None, None)
        self._over: Discovery | None = None
        self._good_at = 0.0
        self._logged = ""
        self.use(path)

    def use(self, path: Path | None) -> None:
        """Another file from now on; None: none."""
        if path is None or self._kept is None or self._kept.path != path:
            self._kept = None if path is None else Kept(path, self._copy_of(path))
            self._good_at = 0.0

    async def look(self) -> None:
        """See whether the file has changed, on a thread: it may lie on a share that hangs."""
        kept = self._kept
        if kept is not None and await asyncio.to_thread(kept.look) and not kept.error:
            self._good_at = self._clock.now()

    def over(self, seen: Discovery) -> Discovery:
        """The discovery with what the file says of it; the same object again while neither has changed."""
        file = self._kept.file if self._kept is not None else None
        if self._over is None or seen is not self._of[0] or file is not self._of[1]:
            self._of = seen, file
            self._matched = match(file, seen.sites, seen.circuits) if file is not None else Matched()
            self._over = laid_over(seen, self._matched) if file is not None else seen
        self._log()
        return self._over

    def carrier_ids(self, seen: Discovery) -> Mapping[Place, str]:
        """The carrier's circuit id of every place, as the file has it."""
        file = self._kept.file if self._kept is not None else None
        if file is None:
            return {}
        rows = match(file, seen.sites, seen.circuits).rows
        return {place_of(f): rows[f.circuit_id].carrier_circuit_id for f in seen.circuits if f.circuit_id in rows}

    @property
    def text(self) -> str:
        """One line: how much of the file is in force; "" without one."""
        kept, told = self._kept, self._matched
        if kept is None:
            return ""
        if kept.file is None:
            return kept.error or f"{kept.path}: not read yet"
        found = len(told.problems)
        said = f"{told.matched:,} of {told.lines:,} lines matched, {found:,} problem{'' if found == 1 else 's'}"
        if not told.problems:
            said = f"{told.lines:,} lines, all matched"
        said += f"; {told.without:,} circuits are not in the file" if told.without else ""
        if not kept.error:
            return said
        since = "from before the start" if kept.from_copy else f"of {_hhmm(self._good_at)}"
        return f"{kept.error}; the last good version ({since}) stays in force: {said}"

    @property
    def problems(self) -> tuple[str, ...]:
        """What did not match or was not understood, by line."""
        kept = self._kept
        if kept is None:
            return ()
        first = (kept.error,) if kept.error else ()
        unknown = kept.file.unknown if kept.file is not None else ()
        columns = (f"columns that mean nothing here: {', '.join(unknown)}",) if unknown else ()
        found = self._matched.problems
        more = (f"and {len(found) - MOST_PROBLEMS} more",) if len(found) > MOST_PROBLEMS else ()
        return (*first, *(str(p) for p in found[:MOST_PROBLEMS]), *more, *columns)

    def _log(self) -> None:
        """Once per change, not once per poll."""
        text = self.text
        if text != self._logged:
            self._logged = text
            broken = self._kept is not None and bool(self._kept.error)
            log.log(
                logging.ERROR if broken else logging.INFO,
                "inventory_file.read",
                extra={"text": text, "problems": list(self.problems[:20])},
            )

    def _copy_of(self, path: Path) -> Path | None:
        if self._folder is None:
            return None
        name = hashlib.blake2b(str(path.absolute()).encode("utf-8", "surrogateescape"), digest_size=4).hexdigest()
        return self._folder / f"inventory-{name}.csv"


def laid_over(seen: Discovery, told: Matched) -> Discovery:
    """`seen` with what the file says of its sites and circuits."""
    sites = tuple(_site(s, told.regions.get(s.site_id, ""), told.store_types.get(s.site_id, "")) for s in seen.sites)
    rows = told.rows
    circuits = tuple(_circuit(f, row) if (row := rows.get(f.circuit_id)) is not None else f for f in seen.circuits)
    return replace(seen, sites=sites, circuits=circuits)


def _site(site: Site, region: str, store_type: str) -> Site:
    if not region and not store_type:
        return site
    return msgspec.structs.replace(site, region=region or site.region, store_type=store_type or site.store_type)


def _circuit(found: Found, row: Row) -> Found:
    said: dict[str, Any] = {
        "carrier_circuit_id": row.carrier_circuit_id,
        "sla": row.sla,
        "protection_group": row.protection_group,
        "monthly_cost": row.monthly_cost,
        "currency": row.currency,
        "turn_up": row.turn_up,
    }
    if row.carrier:
        said |= {"carrier": row.carrier, "carrier_from_file": True}
    if row.down_bps:
        said |= {"down_bps": row.down_bps, "bandwidth_source": BandwidthSource.FILE}
    if row.up_bps:
        said |= {"up_bps": row.up_bps, "up_source": BandwidthSource.FILE}
    if row.role is not None:
        said |= {"role": row.role, "role_source": RoleSource.FILE}
    return msgspec.structs.replace(found, **said)


def _hhmm(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%H:%M UTC") if at else "now"
