"""Table cells that several tables share: state, numbers with their threshold's colour, trends, durations."""

from __future__ import annotations

import math
from collections.abc import Sequence

from noctui.model.inventory import Circuit, Inventory, Site, split_site_name
from noctui.model.view import View
from noctui.model.words import BandwidthSource, Level, Metric, Role
from noctui.tui.look.numbers import NONE, bandwidth, bandwidth_mark, tone
from noctui.tui.look.signs import Signs, level_role, severity_role, word
from noctui.tui.runs import Run
from noctui.tui.widgets.columns import Cell

STALE_MARK: Run = ("~", "unk")


def state_cell(severity: int, signs: Signs) -> Cell:
    """`▼ DOWN`, `● high`."""
    return (f"{signs.severity(severity)} {word(severity)}", severity_role(severity))


def level_of(levels: int, metric: Metric) -> int:
    """The level of one metric in a level byte."""
    return (levels >> (2 * metric)) & 3


Limits = tuple[float, float, float]
"""Warn, high, critical."""


def raw_level(limits: Limits, value: float) -> int:
    """How many of these thresholds the value reaches; unknown reaches none."""
    return sum(value >= limit for limit in limits) if math.isfinite(value) else Level.NONE


def direction_level(levels: int, mine: float, other: float, limits: Limits) -> int:
    """The level of rx beside tx (or the other way round): the higher one has the level the circuit is judged by."""
    judged = level_of(levels, Metric.UTILISATION)
    if not math.isfinite(mine) or not judged:
        return Level.NONE
    higher = not math.isfinite(other) or mine >= other
    return judged if higher else min(judged, raw_level(limits, mine))


def value_cell(text: str, level: int = Level.NONE, stale: bool = False) -> Cell:
    """A formatted number in its colour; a stale one turns grey and gets `~`, unknown and zero are faint."""
    if stale and text != NONE:
        return ((text, "stale"), STALE_MARK)
    role = level_role(level)
    return (text, tone(text, f"{role} bold" if level == Level.CRITICAL else role))


def bandwidth_cell(bps: float, source: BandwidthSource) -> Cell:
    """`300M` and where the figure comes from."""
    text = bandwidth(bps)
    return ((text, tone(text, "dim")), (bandwidth_mark(source), "faint")) if text != NONE else (text, "faint")


def role_cell(circuit: Circuit, active: bool, standing_in: bool, signs: Signs) -> Cell:
    """`►pri`, `»sec`, ` bkp`."""
    name = signs.circuit_role(circuit.role)
    if not active:
        return (f" {name}", "dim")
    if standing_in:
        return ((signs.standing_in, "accent bold"), (name, "text"))
    return (f"{signs.active}{name}", "text")


def stands_in(view: View, row: int) -> bool:
    """Whether this active circuit carries its site in place of the primary."""
    site = int(view.inventory.circuit_site[row])
    active = bool(view.circuits.active[row])
    other = view.inventory.circuits[row].role != Role.PRIMARY
    return active and other and site >= 0 and bool(view.sites.failed_over[site])


def greyed(cells: Sequence[Cell], marks: frozenset[int] = frozenset()) -> list[Cell]:
    """The cells as old data looks: no colour; numbers (their places in `marks`) get `~`."""
    out: list[Cell] = []
    for i, cell in enumerate(cells):
        runs = cell if isinstance(cell[0], tuple) else (cell,)
        plain: list[Run] = [(t, r if r == "faint" else "stale") for t, r in runs]
        text = "".join(t for t, _ in plain)
        if i in marks and text not in (NONE, "0") and plain[-1][0] != "~":
            plain = [*plain, STALE_MARK]
        out.append(tuple(plain))
    return out


def faded(line: Sequence[Run]) -> tuple[Run, ...]:
    """A line as old data looks: no colour."""
    return tuple((text, role if role in ("dim", "faint") else "stale") for text, role in line)


def site_number(site: Site) -> str:
    return site.number or split_site_name(site.name)[0]


def site_town(site: Site) -> str:
    """The name without its number."""
    number, town = split_site_name(site.name)
    return town if number and (not site.number or site.number == number) else site.name


def site_short(inventory: Inventory, circuit_row: int) -> str:
    """How prose names the site of a circuit: its number, else its name."""
    row = int(inventory.circuit_site[circuit_row])
    if row < 0:
        return inventory.circuits[circuit_row].site_id
    site = inventory.sites[row]
    return site_number(site) or site.name


def carrier(circuit: Circuit) -> str:
    return circuit.carrier or circuit.wan_name or circuit.port_id
