"""Outages as rows of the live table, of a CSV file, and as what a filter looks through."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from noctui.model.view import View
from noctui.model.works import Outage
from noctui.tui.export import Exported, instant
from noctui.tui.filter import Lines, Subject
from noctui.tui.look.numbers import NONE, duration, event_time
from noctui.tui.look.signs import Signs
from noctui.tui.look.text import clean
from noctui.tui.panes import cells
from noctui.tui.panes.thing_rows import ThingRows, Told
from noctui.tui.place import region_name
from noctui.tui.widgets.columns import Cell, Column

COLUMNS = (
    Column("state", "state", 9), Column("began", "began", 12), Column("for", "for", 5, "right"),
    Column("site", "site", 4), Column("name", "name", 16, flex=True, drop=3), Column("role", "role", 4, drop=2),
    Column("carrier", "carrier", 11), Column("work", "maintenance", 26, drop=1),
)  # fmt: skip
SPARE = (
    Column("ended", "ended", 12, drop=5),
    Column("region", "region", 13, drop=6),
    Column("port", "port", 9, drop=7),
)
SORT = ("began", True)
_STATES = ("down", "over", "blip")


def state_of(outage: Outage) -> str:
    """down, over, or blip: too short to be one."""
    return "down" if outage.ended is None else "over" if outage.confirmed else "blip"


def length(outage: Outage, at: float) -> float:
    return max((at if outage.ended is None else outage.ended) - outage.began, 0.0)


def told_of(view: View, at: float, signs: Signs) -> Told[Outage]:
    inv = view.inventory

    def text(outage: Outage, column: str) -> str:
        row = inv.circuit_row.get(outage.circuit_id)
        circuit = inv.circuits[row] if row is not None else None
        site_row = inv.site_row.get(circuit.site_id if circuit else outage.circuit_id.partition(":")[0])
        site = inv.sites[site_row] if site_row is not None else None
        match column:
            case "site":
                return cells.site_number(site) if site else ""
            case "name":
                return cells.site_town(site) if site else outage.circuit_id
            case "region":
                return region_name(site.region) if site else ""
            case "role":
                return signs.circuit_role(circuit.role) if circuit else ""
            case "port":
                return circuit.port_id if circuit else ""
            case "work":
                return ", ".join(outage.works)
        return cells.carrier(circuit) if circuit else ""

    def cell(outage: Outage, column: str) -> Cell:
        over = outage.ended is not None
        match column:
            case "state":
                word = state_of(outage)
                if word == "down":
                    under = bool(outage.works)
                    sign = signs.maintenance if under else signs.down
                    return (f"{sign} DOWN", "maint" if under else "crit bold")
                return (f"{signs.outage if word == 'over' else signs.ok} {word}", "dim")
            case "began" | "ended":
                when = outage.began if column == "began" else outage.ended
                return (event_time(when, at), "dim" if over else "text")
            case "for":
                return (duration(length(outage, at)), "text" if outage.confirmed else "dim")
        said = clean(text(outage, column))
        role = {"name": "hi", "work": "maint"}.get(column, "dim" if over else "text")
        return (said or NONE, role if said else "faint")

    def value(outage: Outage, column: str) -> float | str:
        match column:
            case "state":
                return float(-_STATES.index(state_of(outage)))
            case "began":
                return float(outage.began)
            case "ended":
                return float("nan") if outage.ended is None else float(outage.ended)
            case "for":
                return length(outage, at)
        return text(outage, column)

    return Told(lambda o: f"{o.circuit_id}@{o.began}", cell, value, frozenset({"state", "began", "ended", "for"}))


def rows_of(outages: Sequence[Outage], view: View, at: float, signs: Signs, grey: bool) -> ThingRows[Outage]:
    return ThingRows(outages, told_of(view, at, signs), grey)


def subject(rows: ThingRows[Outage], view: View, at: float, signs: Signs) -> Subject:
    """Site, name, region, carrier, role, port, work; down, over or blip; `for>30` (minutes)."""
    value = told_of(view, at, signs).value
    keys = ("site", "name", "region", "carrier", "role", "port", "work")
    texts = {key: [str(value(o, key)) for o in rows.things] for key in keys}
    return Subject(
        text=Lines(["\t".join(t) for t in zip(*texts.values(), strict=True)] if rows.things else []),
        columns={key: Lines(texts[key]) for key in keys if key != "work"} | {"cause": Lines(texts["work"])},
        numbers={"for": np.array([length(o, at) for o in rows.things], np.float64)},
        words=("down going on", "over", "blip"),
        code=np.array([_STATES.index(state_of(o)) for o in rows.things], np.intp),
    )


def of_severity(
    rows: ThingRows[Outage], view: View, chosen: frozenset[int]
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """[rows] those whose circuit is so now."""
    row_of, severity = view.inventory.circuit_row, view.circuits.severity
    found = [(r := row_of.get(o.circuit_id)) is not None and int(severity[r]) in chosen for o in rows.things]
    return np.array(found, np.bool_)


HEADERS = ("circuit_id", "site", "name", "region", "carrier", "role", "began", "ended", "seconds", "confirmed",
           "maintenance", "at")  # fmt: skip


def exported(rows: ThingRows[Outage], order: Sequence[int], view: View, at: float, signs: Signs) -> Exported:
    value = told_of(view, at, signs).value
    made = [
        (o.circuit_id, *(str(value(o, key)) for key in ("site", "name", "region", "carrier", "role")),
         instant(o.began), None if o.ended is None else instant(o.ended), length(o, at), o.confirmed,
         ", ".join(o.works), instant(at))
        for o in (rows.things[i] for i in order)
    ]  # fmt: skip
    return Exported("outages", HEADERS, made)
