"""Gateways and WAN ports of a site, merged from the View and from what configuration says. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from noctui.model.detail import GatewayFacts, PortFacts, Ports
from noctui.model.inventory import Circuit, Gateway
from noctui.model.view import View
from noctui.model.words import State
from noctui.tui.export import Exported, instant, number
from noctui.tui.look.numbers import NONE, duration, duration_prose, rate, tone
from noctui.tui.look.signs import Signs
from noctui.tui.look.text import fit
from noctui.tui.runs import Line, Run
from noctui.tui.widgets.columns import Column, place


@dataclass(frozen=True)
class Port:
    """One WAN port as the table shows it; `facts` are there once Mist was asked."""

    circuit: Circuit
    row: int
    gateway: Gateway | None
    facts: PortFacts | None
    paths: int


def ports_of(view: View, site_id: str, ports: Ports | None) -> list[Port]:
    """The ports of a site's circuits, in the order of their roles."""
    inv = view.inventory
    site = inv.site_row.get(site_id)
    told = {p.circuit_id: p for p in ports.ports} if ports is not None else {}
    found: list[Port] = []
    for row in inv.site_circuits[site] if site is not None else ():
        circuit, machine = inv.circuits[row], int(inv.circuit_gateway[row])
        facts = told.get(circuit.circuit_id)
        paths = int((inv.path_circuit == row).sum())
        found.append(Port(circuit, row, inv.gateways[machine] if machine >= 0 else None, facts, paths))
    return found


def gateway_lines(view: View, site_id: str, ports: Ports | None, signs: Signs) -> list[Line]:
    """Two lines a gateway: what it is and how it is, then where it is reached and what configures it."""
    inv = view.inventory
    told = {g.gateway_id: g for g in ports.gateways} if ports is not None else {}
    lines: list[Line] = []
    for row, gateway in enumerate(inv.gateways):
        if gateway.site_id != site_id:
            continue
        facts = told.get(gateway.gateway_id)
        lines.append(tuple(_machine(view, row, facts, signs)))
        if ports is not None and not ports.error:
            lines.append(tuple(_config(facts)))
        else:
            lines.append(())
    return lines or [(("This site has no gateway.", "dim"),)]


def _machine(view: View, row: int, facts: GatewayFacts | None, signs: Signs) -> list[Run]:
    gateway, t = view.inventory.gateways[row], view.gateways
    version = (facts.version if facts is not None else "") or gateway.version
    runs: list[Run] = [(gateway.name or gateway.gateway_id, "hi"), (f"  {gateway.model or 'model unknown'}", "text")]
    if version:
        runs.append((f" {version}", "dim"))
    if t.connected[row] == 0:
        age = float(t.age[row])
        heard = f"  last heard {duration(age)} ago" if math.isfinite(age) else ""
        return [*runs, (f"  {signs.away} AWAY", "crit bold"), (heard, "dim")]
    if not math.isfinite(t.connected[row]):
        runs.append((f"  {signs.unknown} unknown", "unk"))
    for name, value in (("up", duration_prose(float(t.uptime[row]))), ("CPU", _share(float(t.cpu[row]))),
                        ("mem", _share(float(t.memory[row])))):  # fmt: skip
        runs += [(f"  {name} ", "dim"), (value, tone(value))]
    return runs


def _share(value: float) -> str:
    return f"{value:.0f} %" if math.isfinite(value) else NONE


def _config(facts: GatewayFacts | None) -> list[Run]:
    if facts is None:
        return [("  nothing more is told of it", "dim")]
    runs: list[Run] = [("  ext ", "dim"), (facts.external_address or NONE, tone(facts.external_address or NONE))]
    if facts.ha or facts.cluster_state:
        runs += [("  HA ", "dim"), (facts.cluster_state or "pair", "text")]
    runs.append((f"  {facts.config_from or 'template unknown'}", "text" if facts.config_from else "dim"))
    if facts.overridden:
        runs.append((", overridden", "warn"))
    return runs


def gateway_line(view: View, site_id: str, ports: Ports | None, signs: Signs) -> Line:
    """All of it in one line, for small screens."""
    inv = view.inventory
    mine = [i for i, g in enumerate(inv.gateways) if g.site_id == site_id]
    if not mine:
        return (("gateway  ", "dim"), ("none at this site", "dim"))
    told = {g.gateway_id: g for g in ports.gateways} if ports is not None else {}
    facts = told.get(inv.gateways[mine[0]].gateway_id)
    more: list[Run] = _config(facts) if facts is not None else []
    others = [(f"  and {len(mine) - 1} more", "dim")] if len(mine) > 1 else []
    return (("gateway", "dim"), *_machine(view, mine[0], facts, signs)[1:], *others, *more)


COLUMNS = (
    Column("port", "port", 11),
    Column("wan", "WAN name", 9, drop=3),
    Column("state", "state", 8),
    Column("address", "WAN address", 19),
    Column("mode", "type", 6, drop=1),
    Column("vlan", "VLAN", 4, drop=4),
    Column("from", "config from", 20, drop=5),
    Column("over", "override", 8, drop=6),
    Column("hop", "next hop", 15, drop=7),
    Column("paths", "paths", 5, "right", drop=8),
    Column("rx", "rx", 5, "right", drop=9),
    Column("tx", "tx", 5, "right", drop=9),
    Column("description", "description", 16, flex=True, drop=10),
)
"""Of the table on screen; the file has the address and its prefix apart."""


def port_lines(view: View, found: Sequence[Port], wide: int, signs: Signs) -> list[Line]:
    """A header and a line per port, as many columns as fit."""
    placed = place(COLUMNS, wide)

    def line(cells: dict[str, Run]) -> Line:
        runs: list[Run] = []
        for at in placed:
            text, role = cells[at.column.key]
            runs += [(" " * at.gap, "text"), (fit(text, at.width, at.column.align, signs.cut), role)]
        return tuple(runs)

    lines = [line({c.key: (c.title, "dim") for c in COLUMNS})]
    return lines + [line(_cells(view, p, signs)) for p in found]


def _cells(view: View, port: Port, signs: Signs) -> dict[str, Run]:
    facts, t, row = port.facts, view.circuits, port.row

    def told(text: str) -> Run:
        return (text, "text") if text else (NONE, "faint")

    config = ""
    if facts is not None:
        config = next((s for n, s in facts.sources.items() if n != "address"), "")
    rx, tx = rate(float(t.rx_bps[row])), rate(float(t.tx_bps[row]))
    description = port.circuit.description or (facts.description if facts is not None else "")
    return {
        "port": (port.circuit.port_id, "hi"),
        "wan": told((facts.wan_name if facts is not None else "") or port.circuit.wan_name),
        "state": _state(view, port, signs),
        "address": told(facts.address if facts is not None else ""),
        "mode": told(facts.address_mode if facts is not None else ""),
        "vlan": told(facts.vlan if facts is not None else ""),
        "from": told(config),
        "over": (NONE, "faint") if facts is None else ("yes", "warn") if facts.overridden else ("no", "dim"),
        "hop": told(facts.next_hop if facts is not None else ""),
        "paths": (str(port.paths), tone(str(port.paths))),
        "rx": (rx, tone(rx)), "tx": (tx, tone(tx)),
        "description": told(description),
    }  # fmt: skip


def _state(view: View, port: Port, signs: Signs) -> Run:
    """Whether it is enabled, and physically up: the port's own word where it is told, else the circuit's state."""
    state = State(int(view.circuits.state[port.row]))
    if state is State.DISABLED or (port.facts is not None and not port.facts.enabled):
        return (f"{signs.disabled} off", "dim")
    up = port.facts.up if port.facts is not None else None
    if state is State.AWAY:
        return (f"{signs.away} AWAY", "crit bold")
    if state is State.UNKNOWN and up is None:
        return (f"{signs.unknown} unkn", "unk")
    down = state is State.DOWN if up is None else not up
    return (f"{signs.down} DOWN", "crit bold") if down else (f"{signs.ok} up", "text")


HEADERS = (
    "Port", "WAN name", "Description", "Enablement", "Physical", "Gateway IP", "WAN IP", "VLAN", "CIDR", "Config type",
    "Override", "Peer paths", "RX", "TX", "Gateway", "Circuit ID", "At",
)  # fmt: skip


def exported(view: View, found: Sequence[Port]) -> Exported:
    """The port table as a file. RX and TX are bits/s; what nobody told is empty."""
    rows = []
    for port in found:
        facts, t = port.facts, view.circuits
        address, _, prefix = (facts.address if facts is not None else "").partition("/")
        state = State(int(t.state[port.row]))
        enabled = state is not State.DISABLED if facts is None else facts.enabled
        up = facts.up if facts is not None and facts.up is not None else None
        if up is None and state in (State.UP, State.DOWN):
            up = state is State.UP
        rows.append(
            (
                port.circuit.port_id, (facts.wan_name if facts is not None else "") or port.circuit.wan_name,
                port.circuit.description or (facts.description if facts is not None else ""),
                "enabled" if enabled else "disabled", None if up is None else "up" if up else "down",
                facts.next_hop if facts is not None else "", address, facts.vlan if facts is not None else "",
                f"/{prefix}" if prefix else "", facts.address_mode if facts is not None else "",
                None if facts is None else facts.overridden, port.paths, number(t.rx_bps[port.row]),
                number(t.tx_bps[port.row]), port.gateway.name if port.gateway is not None else "",
                port.circuit.circuit_id, instant(view.at),
            )
        )  # fmt: skip
    return Exported("ports", HEADERS, rows)
