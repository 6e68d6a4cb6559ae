"""What a circuit is, where each word comes from, its contract, its gateways, its speed tests."""

from __future__ import annotations

from noctui.model.detail import Ports
from noctui.model.inventory import Circuit
from noctui.model.view import View
from noctui.model.words import QualitySource, RoleSource
from noctui.tui.look.numbers import NONE, bandwidth, clock, day, duration_prose, milliseconds, money, tone
from noctui.tui.panes import cells
from noctui.tui.panes.provenance import QUALITY, ROLE_SOURCES, bandwidth_line
from noctui.tui.runs import Line, labelled, width_of

_FACT = 11
"""Cells of a label."""


def fact_lines(view: View, row: int, wide: int) -> list[Line]:
    """What the circuit is, and where each word comes from."""
    circuit, t = view.inventory.circuits[row], view.circuits
    active: Line = (("no", "text"),)
    quality = QUALITY[QualitySource(int(t.quality[row]))] or NONE
    if t.active[row]:
        since = float(t.active_since[row])
        active = (
            ("since ", "text"),
            (clock(since) if view.at - since < 86_400 else duration_prose(view.at - since), "dim"),
        )
    pairs: list[tuple[str, Line]] = [
        ("carrier", ((cells.carrier(circuit), "text"), ("  inventory" if circuit.carrier_from_file else "", "dim"))),
        ("id", ((circuit.carrier_circuit_id or NONE, tone(circuit.carrier_circuit_id or NONE)),)),
        ("port", ((circuit.port_id, "text"), (f"  {circuit.wan_name}" if circuit.wan_name else "", "dim"))),
        ("role", ((circuit.role.word, "text"), (f"  {ROLE_SOURCES[RoleSource(circuit.role_source)]}", "dim"))),
        ("bandwidth", bandwidth_line(circuit, view.at)),
        ("link", ((bandwidth(circuit.link_bps), tone(bandwidth(circuit.link_bps))), ("  negotiated", "dim"))),
        ("active", active),
        ("quality", ((quality, tone(quality)),)),
    ]  # fmt: skip
    if t.suspect[row]:
        pairs.insert(5, ("", (("bandwidth? above 110 %", "warn"),)))
    pairs += [*contract(circuit), *attachments(view, circuit)]
    return labelled([part for name, line in pairs for part in _folded(name, line, wide - _FACT)], _FACT)


def _folded(name: str, line: Line, room: int) -> list[tuple[str, Line]]:
    """What is too wide for its line in two: its last run (where it comes from, since when) goes below."""
    if width_of(line) <= room or len(line) < 2:
        return [(name, line)]
    cut = 2 if len(line) > 3 else len(line) - 1  # each way of a bandwidth has a figure and its source
    first, rest = line[:cut], line[cut:]
    return [(name, first), ("", ((rest[0][0].lstrip(), rest[0][1]), *rest[1:]))]


def contract(circuit: Circuit) -> list[tuple[str, Line]]:
    """What the inventory file says of it; nothing where it says nothing."""
    cost = f"{money(circuit.monthly_cost)} {circuit.currency} a month" if circuit.monthly_cost is not None else ""
    told = (
        ("describes", circuit.description), ("SLA", circuit.sla), ("group", circuit.protection_group), ("cost", cost),
        ("turned up", circuit.turn_up),
    )  # fmt: skip
    return [(name, ((text, "text"),)) for name, text in told if text]


def attachments(view: View, circuit: Circuit) -> list[tuple[str, Line]]:
    """Where it is plugged in, and where it was before, the newest first: a replaced gateway is told with its day."""
    inv = view.inventory
    pairs: list[tuple[str, Line]] = []
    for i, at in enumerate([a for a in circuit.attachments if a.since <= view.at][::-1]):
        machine = inv.gateway_row.get(at.gateway_id)
        name = (inv.gateways[machine].name if machine is not None else "") or at.gateway_id
        port = f" {at.port_id}" if at.port_id != circuit.port_id else ""
        if i == 0:
            since = f"  since {day(at.since)}" if at.since > 0 else ""
            pairs.append(("gateway", ((f"{name}{port}", "text"), (since, "dim"))))
        else:
            until = f"  to {day(at.until)}" if at.until is not None else ""
            pairs.append(("before" if i == 1 else "", ((f"{name}{port}", "dim"), (until, "dim"))))
    return pairs


def speed_tests(ports: Ports | None, view: View, row: int) -> list[Line]:
    """The newest ones of this circuit: the day, down / up, and the delay."""
    circuit = view.inventory.circuits[row]
    mine = [t for t in ports.speed_tests if t.circuit_id == circuit.circuit_id] if ports is not None else []
    pairs: list[tuple[str, Line]] = []
    for test in mine[:3]:
        if test.failed:
            pairs.append((day(test.at), (("failed", "warn"),)))
            continue
        delay = f"  {milliseconds(test.latency)} ms" if test.latency == test.latency else ""
        rates = f"{bandwidth(test.down_bps)} / {bandwidth(test.up_bps)}"
        pairs.append((day(test.at), ((rates, "text"), (delay, "dim"))))
    return labelled(pairs, _FACT) or [(("none known" if ports is not None else "", "dim"),)]
