"""What circuits, sites and regions can be filtered by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noctui.model.inventory import Inventory
from noctui.model.view import View
from noctui.model.words import Role, Severity
from noctui.tui.filter import Lines, Mask, Subject
from noctui.tui.look.signs import word
from noctui.tui.panes import cells
from noctui.tui.panes.region_rows import RegionRows
from noctui.tui.panes.site_rows import SiteRows
from noctui.tui.place import region_name

WORDS = tuple(f"{s.word} {word(s).lower()}" for s in Severity)
"""Each severity in both spellings: `critical crit`."""
_ROLE_WORDS = {
    Role.PRIMARY: "primary pri", Role.SECONDARY: "secondary sec", Role.BACKUP: "backup bkp", Role.UNKNOWN: "",
}  # fmt: skip
"""An unknown role has no words: `unknown` asks for circuits whose state is."""
DARK_WORDS = (*WORDS, "dark down")


def _kept(inventory: Inventory, name: str, make: Callable[[], dict[str, Lines]]) -> dict[str, Lines]:
    """Texts do not change while the inventory is the same: made once for each version of it."""
    found = inventory.__dict__.get(name)
    if found is None:
        found = inventory.__dict__[name] = make()
    return found


def _together(columns: dict[str, Sequence[str]]) -> dict[str, Lines]:
    made = {key: Lines(values) for key, values in columns.items()}
    made[""] = Lines(["\t".join(row) for row in zip(*columns.values(), strict=True)])
    return made


def circuits(view: View) -> Subject:
    """Circuits: all their text columns, and the numbers by their column keys."""
    inv, t = view.inventory, view.circuits

    def texts() -> dict[str, Lines]:
        sites = [inv.sites[s] if s >= 0 else None for s in inv.circuit_site.tolist()]
        return _together(
            {
                "site": [cells.site_number(s) if s else "" for s in sites],
                "name": [s.name if s else c.site_id for s, c in zip(sites, inv.circuits, strict=True)],
                "region": [region_name(s.region) if s else "" for s in sites],
                "type": [f"{s.store_type if s else ''} {c.wan_type}" for s, c in zip(sites, inv.circuits, strict=True)],
                "role": [_ROLE_WORDS[c.role] for c in inv.circuits],
                "carrier": [f"{c.carrier} {c.carrier_circuit_id} {c.wan_name}" for c in inv.circuits],
                "port": [c.port_id for c in inv.circuits],
            }
        )

    found = _kept(inv, "_tui_circuit_texts", texts)
    numbers = {
        "util": np.fmax(t.rx_pct, t.tx_pct), "rx": t.rx_pct, "tx": t.tx_pct, "loss": t.loss, "jit": t.jitter,
        "lat": t.latency, "mos": t.mos, "bw": np.where(inv.down_bps > 0, inv.down_bps, np.nan),
        "for": view.at - t.since, "flap": t.flaps_24h, "avail": t.avail_24h,
    }  # fmt: skip
    return _subject(found, numbers, WORDS, t.severity)


def sites(view: View, rows: SiteRows) -> Subject:
    """Sites: their names and the carriers of their circuits; the numbers of the circuit that carries them."""
    inv, t = view.inventory, view.sites

    def texts() -> dict[str, Lines]:
        carriers = [" ".join(inv.circuits[i].carrier for i in rows_) for rows_ in inv.site_circuits]
        return _together(
            {
                "site": [cells.site_number(s) for s in inv.sites],
                "name": [s.name for s in inv.sites],
                "region": [region_name(s.region) for s in inv.sites],
                "type": [s.store_type for s in inv.sites],
                "carrier": carriers,
            }
        )

    found = _kept(inv, "_tui_site_texts", texts)
    numbers = {key: rows.sort_values(key) for key in ("util", "loss", "lat", "for", "avail")}
    code = np.where(t.dark, len(WORDS), t.severity.astype(np.intp))
    return _subject(found, numbers, DARK_WORDS, code)


def regions(view: View, rows: RegionRows) -> Subject:
    """Regions: their names and counts; their word is that of their worst circuit."""
    inv, t = view.inventory, view.regions
    found = _kept(inv, "_tui_region_texts", lambda: _together({"region": [region_name(r) for r in inv.regions]}))
    numbers = {
        "sites": t.sites, "down": t.counts[:, :2].sum(axis=1), "crit": t.counts[:, Severity.CRITICAL],
        "high": t.counts[:, Severity.HIGH], "unkn": t.counts[:, Severity.UNKNOWN], "warn": t.counts[:, Severity.WARN],
        "dark": t.dark, "bad": t.bad_pct, "mean": rows.sort_values("mean"), "p95": rows.sort_values("p95"),
    }  # fmt: skip
    worst = np.where(t.worst >= 0, view.circuits.severity[t.worst], Severity.OK)
    return _subject(found, numbers, WORDS, worst)


def _subject(
    texts: dict[str, Lines], numbers: dict[str, NDArray[Any]], words: Sequence[str], code: NDArray[np.integer]
) -> Subject:
    return Subject(
        text=texts[""], columns={k: v for k, v in texts.items() if k},
        numbers={k: np.asarray(v, np.float64) for k, v in numbers.items()}, words=words, code=code,
    )  # fmt: skip


def with_severity(counts: NDArray[np.integer], chosen: frozenset[int]) -> Mask:
    """[rows] whose circuits have one of the chosen severities; `counts` is [rows, 9]."""
    return np.asarray(counts[:, sorted(chosen)].sum(axis=1) > 0)


def of_severity(severity: NDArray[np.integer], chosen: frozenset[int]) -> Mask:
    """[rows] whose severity is one of the chosen."""
    return np.isin(severity, sorted(chosen))
