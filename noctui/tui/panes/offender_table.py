"""Which rows a ranking has, what can be filtered in them, and the file that they make."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from noctui.model.view import View
from noctui.model.words import BAD, Severity
from noctui.tui.export import Cell as CsvCell
from noctui.tui.export import Exported, instant, number
from noctui.tui.filter import Lines, Mask, Subject
from noctui.tui.look.signs import Signs
from noctui.tui.panes import cells, subjects
from noctui.tui.panes.offender_above import AboveRows
from noctui.tui.panes.offender_answers import Ranked
from noctui.tui.panes.offender_failovers import FailoverRows
from noctui.tui.panes.offender_kinds import By
from noctui.tui.panes.offender_rows import OffenderRows
from noctui.tui.panes.offender_states import StateRows
from noctui.tui.panes.offender_trends import TrendRows
from noctui.tui.place import region_name

_FAMILIES: dict[str, type[OffenderRows]] = {
    "above": AboveRows, "states": StateRows, "failovers": FailoverRows, "trends": TrendRows,
}  # fmt: skip


def rows_of(ranked: Ranked, view: View, signs: Signs, grey: bool = False) -> OffenderRows:
    """The rows of this ranking."""
    return _FAMILIES[ranked.asked.by.family](ranked, view, signs, grey)


def sort_of(by: By) -> tuple[str, bool]:
    """The order of the ranking: (column, descending)."""
    return by.column, by.biggest


def top_of(rows: OffenderRows, left: Mask | None, most: int) -> Mask:
    """[rows] the first `most` (0: all) of those that rank and that the filter leaves."""
    order = rows.ranked.order
    if left is not None:
        order = order[left[order]]
    shown = np.zeros(len(rows), np.bool_)
    shown[order[:most] if most else order] = True
    return shown


def ranking_mask(rows: OffenderRows) -> Mask:
    """[rows] who ranks at all."""
    return rows.ranked.place > 0


def group_subject(rows: OffenderRows) -> Subject:
    """What sites, regions and carriers that rank can be filtered by; their word is that of their worst circuit now."""
    inventory = rows.view.inventory
    names = [rows.name(row) for row in range(len(rows))]
    columns = {"name": names}
    if rows.asked.things == "sites":
        sites = [rows.site(row) for row in range(len(rows))]
        columns["site"] = [cells.site_number(s) if s else "" for s in sites]
        columns["region"] = [region_name(s.region) if s else "" for s in sites]
        columns["type"] = [s.store_type if s else "" for s in sites]
        columns["carrier"] = [
            " ".join(inventory.circuits[i].carrier for i in inventory.site_circuits[at]) if at is not None else ""
            for at in (inventory.site_row.get(key) for key in rows.ranked.ids)
        ]
    else:
        columns[rows.asked.things[:-1]] = names
    lines = {key: Lines(values) for key, values in columns.items()}
    text = Lines(["\t".join(row) for row in zip(*columns.values(), strict=True)])
    worst = np.where(rows.counts.any(axis=1), (rows.counts > 0).argmax(axis=1), Severity.DISABLED)
    numbers = {"bad": rows.counts[:, list(BAD)].sum(axis=1).astype(np.float64)}
    return Subject(text, lines, numbers, subjects.WORDS, worst)


def with_severity(rows: OffenderRows, chosen: frozenset[int]) -> Mask:
    """[rows] that are, or hold a circuit, of these severities now."""
    return np.asarray(rows.counts[:, sorted(chosen)].sum(axis=1) > 0)


_WHO = ("rank", "circuit_id", "site", "site_name", "region", "role", "carrier", "carrier_circuit_id", "port")
_GROUP = {"sites": ("rank", "site_id", "site", "site_name", "region", "circuits"),
          "regions": ("rank", "region", "circuits"), "carriers": ("rank", "carrier", "circuits")}  # fmt: skip
_NOW = ("rx_pct", "tx_pct", "loss_pct", "jitter_ms", "latency_ms")
_TAIL = ("flaps", "available_pct", "coverage_pct", "window_from", "window_to")


def exported(rows: OffenderRows, order: Sequence[int] | NDArray[np.intp]) -> Exported:
    """These rows, in this order, with all that the ranking knows of them; the window stands in each row."""
    asked, circuits = rows.asked, rows.of_circuits
    own = rows.headers()
    tail = tuple(h for h in _TAIL if h not in own)
    days = (*(("bad_days_of_7",) if circuits else ("chronic_circuits",)),)
    headers = (*(_WHO if circuits else _GROUP[asked.things]), *(_NOW if circuits else ()), *own, *days, *tail)
    made = [_row(rows, int(row), tail) for row in order]
    name = f"offenders-{asked.things}-{asked.by.name}-{asked.window}"
    return Exported(name, headers, made)


def _row(rows: OffenderRows, row: int, tail: tuple[str, ...]) -> tuple[CsvCell, ...]:
    f, site, circuit, at = rows.figures, rows.site(row), rows.circuit(row), int(rows.view_rows[row])
    place = int(rows.ranked.place[row]) or None
    t, days = rows.view.circuits, rows.ranked.days
    where = (cells.site_number(site) if site else "", site.name if site else "", site.region if site else "")
    who: tuple[CsvCell, ...]
    if rows.of_circuits:
        told = (
            (circuit.role.word, circuit.carrier, circuit.carrier_circuit_id, circuit.port_id) if circuit else ("",) * 4
        )
        gauges = (t.rx_pct, t.tx_pct, t.loss, t.jitter, t.latency)
        now = (number(values[at]) if at >= 0 else None for values in gauges)
        who = (place, rows.key(row), *where, *told, *now)
        count: CsvCell = int(days.count[row]) if days is not None else None
    else:
        members = int(f.counts[row]) if f.counts is not None else None
        who = (
            (place, rows.key(row), *where, members) if rows.asked.things == "sites" else (place, rows.key(row), members)
        )
        count = int(days.chronic[row]) if days is not None else None
    more: dict[str, CsvCell] = {
        "flaps": int(f.flaps[row]), "available_pct": number(f.available[row]), "coverage_pct": number(f.coverage[row]),
        "window_from": instant(f.range.start), "window_to": instant(f.range.end),
    }  # fmt: skip
    return (*who, *rows.exported(row), count, *(more[h] for h in tail))
