"""Gateways that carry much: those that are away, then by memory and CPU."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noctui.model.view import View
from noctui.tui.export import Exported, instant, number
from noctui.tui.look.numbers import NONE, count, duration, tone
from noctui.tui.look.signs import Signs
from noctui.tui.moment import Moment, Size
from noctui.tui.panes import cells, now_rows
from noctui.tui.panes.changed import Mask, differs
from noctui.tui.panes.list_pane import Listed, ListPane
from noctui.tui.place import Place, of_site
from noctui.tui.widgets.columns import Cell, Column

FULL = 80.0
"""Percent of memory above which Mist counts a gateway against its health; the same is taken for the CPU."""


class GatewayRows:
    """The gateways of one View."""

    def __init__(self, view: View, signs: Signs, grey: bool = False) -> None:
        self.view = view
        self._signs = signs
        self._grey = grey

    @property
    def ids(self) -> object:
        return self.view.inventory

    def __len__(self) -> int:
        return len(self.view.gateways)

    def key(self, row: int) -> str:
        return self.view.inventory.gateways[row].gateway_id

    def find(self, key: str) -> int | None:
        return self.view.inventory.gateway_row.get(key)

    def cells(self, row: int, columns: tuple[str, ...]) -> Sequence[Cell]:
        made = [self._cell(row, column) for column in columns]
        return cells.greyed(made) if self._grey else made

    def _cell(self, row: int, column: str) -> Cell:
        t, gateway = self.view.gateways, self.view.inventory.gateways[row]
        match column:
            case "sign":
                if t.connected[row] == 0:
                    return (self._signs.away, "crit")
                return (self._signs.ok, "ok") if t.connected[row] == 1 else (self._signs.unknown, "unk")
            case "who":
                return (self._who(row), "hi")
            case "model":
                return (gateway.model or NONE, tone(gateway.model or NONE, "dim"))
            case "up":
                text = duration(float(t.uptime[row]))
                return (text, tone(text, "dim"))
        value = float(t.cpu[row] if column == "cpu" else t.memory[row])
        text = f"{value:.0f}" if np.isfinite(value) else NONE
        return (text, tone(text, "warn" if value >= FULL else "text"))

    def _who(self, row: int) -> str:
        inv = self.view.inventory
        site = inv.site_row.get(inv.gateways[row].site_id)
        if site is None:
            return inv.gateways[row].name or inv.gateways[row].gateway_id
        return f"{cells.site_number(inv.sites[site])} {cells.site_town(inv.sites[site])}".strip()

    def sort_values(self, column: str) -> NDArray[Any]:
        t = self.view.gateways
        match column:
            case "sign":
                return np.asarray(t.connected == 0)
            case "load":
                return np.where(t.connected == 0, 1e6, np.fmax(t.cpu, t.memory))
            case "cpu":
                return t.cpu
            case "memory":
                return t.memory
            case "up":
                return t.uptime
        return np.array([str(self._cell(row, column)[0]).lower() for row in range(len(self))], np.str_)

    def changed(self, old: GatewayRows, rows: NDArray[np.intp]) -> Mask:
        if old._grey != self._grey or old.view.inventory is not self.view.inventory:
            return np.ones(len(rows), np.bool_)
        return differs(self.view.gateways, old.view.gateways, ("connected", "cpu", "memory", "uptime"), rows)


HEADERS = (
    "site", "site_name", "region", "gateway_id", "gateway", "model", "version", "connected", "cpu_pct", "memory_pct",
    "uptime_s", "circuits", "age_s", "at",
)  # fmt: skip


def exported(rows: GatewayRows, order: Sequence[int]) -> Exported:
    """These gateways, in this order."""
    view, t, inv = rows.view, rows.view.gateways, rows.view.inventory
    held = np.bincount(inv.circuit_gateway[inv.circuit_gateway >= 0], minlength=len(rows))
    made = []
    for i in order:
        gateway = inv.gateways[i]
        at = inv.site_row.get(gateway.site_id)
        site = inv.sites[at] if at is not None else None
        connected = bool(t.connected[i]) if np.isfinite(t.connected[i]) else None
        made.append(
            (
                cells.site_number(site) if site else "", site.name if site else "", site.region if site else "",
                gateway.gateway_id, gateway.name, gateway.model, gateway.version, connected, number(t.cpu[i]),
                number(t.memory[i]), number(t.uptime[i]), int(held[i]), number(t.age[i]), instant(view.at),
            )
        )  # fmt: skip
    return Exported("gateways", HEADERS, made)


class LoadedGateways(ListPane):
    """All gateways; Enter opens the site."""

    HEADING = "gateways by load"
    SORT = ("load", True)
    TITLED = "who"
    EMPTY = ("No gateway is known.",)

    def columns(self, size: Size) -> tuple[Column, ...]:
        return (
            now_rows.SIGN, now_rows.WHO, Column("model", "model", 8, drop=2), Column("up", "up", 5, "right", drop=1),
            Column("cpu", "CPU %", 5, "right"), Column("memory", "mem %", 5, "right"),
        )  # fmt: skip

    def listed(self, moment: Moment) -> Listed:
        t = moment.view.gateways
        away, full = int((t.connected == 0).sum()), int((np.fmax(t.cpu, t.memory) >= FULL).sum())
        note = f"{count(len(t))}, {away:,} away, {full:,} above {FULL:g} %"
        return Listed(GatewayRows(moment.view, moment.signs, moment.grey), None, note)

    def opens(self, key: str) -> tuple[Place, str] | None:
        if self._moment is None:
            return None
        inv = self._moment.view.inventory
        row = inv.gateway_row.get(key)
        site = inv.gateways[row].site_id if row is not None else ""
        return (of_site(site), "") if site in inv.site_row else None

    def exported(self, order: Sequence[int]) -> Exported | None:
        rows = self.listing.rows if self.listing is not None else None
        return exported(rows, order) if isinstance(rows, GatewayRows) else None
