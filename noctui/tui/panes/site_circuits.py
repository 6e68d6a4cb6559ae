"""The circuits of a site side by side: circuits are columns, metrics are rows, so that one compares along a line."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from noctui.model.inventory import Circuit
from noctui.model.view import View
from noctui.model.words import BandwidthSource, Level, Metric, Severity, State
from noctui.tui.look.numbers import (
    NONE,
    availability,
    bandwidth,
    clock,
    count,
    duration,
    duration_prose,
    loss,
    milliseconds,
    mos,
    rate,
    tone,
    utilisation,
)
from noctui.tui.look.signs import Signs, level_role, severity_role, word
from noctui.tui.look.text import fit
from noctui.tui.panes import cells
from noctui.tui.runs import Line, Run, crop, pad
from noctui.tui.widgets.bar import bar
from noctui.tui.widgets.spark import spark, wide

LABEL = 14
GAP = 2
_LEVELS = {Level.WARN: "warn", Level.HIGH: "high", Level.CRITICAL: "critical"}
SOURCES = {
    BandwidthSource.FILE: "inventory", BandwidthSource.SHAPING: "shaping", BandwidthSource.SPEEDTEST: "speed test",
    BandwidthSource.LINK: "link speed",
}  # fmt: skip
"""Where a bandwidth figure comes from, in words."""

Before = Mapping[str, tuple[float, float]]
"""circuit_id → (rx, tx) in percent just before it went down."""


@dataclass(frozen=True)
class Column:
    """One circuit to draw."""

    view: View
    row: int
    cells: int
    short: bool
    signs: Signs
    before: Before
    grey: bool

    @property
    def circuit(self) -> Circuit:
        return self.view.inventory.circuits[self.row]

    def state(self) -> Line:
        """`▼ DOWN 22m47s`, `» ACTIVE 22m23s, standing in`, `· standby`."""
        t, row = self.view.circuits, self.row
        severity, state = int(t.severity[row]), int(t.state[row])
        length = duration_prose(max(0.0, self.view.at - float(t.since[row])))
        if self.short:
            length = duration(self.view.at - float(t.since[row]))
        if state != State.UP:
            shown = Severity.DOWN if state == State.DOWN else severity
            role = "down bold" if state == State.DOWN else severity_role(shown)
            name = word(shown) if state in (State.DOWN, State.AWAY) else Severity(shown).word
            held = ", maintenance" if severity == Severity.MAINTENANCE else ""
            return ((f"{self.signs.severity(shown)} {name} {length}{held}", role),)
        if not t.active[row]:
            return ((f"{self.signs.severity(severity)} standby", "dim"),)
        since = self.view.at - float(t.active_since[row])
        length = duration(since) if self.short else duration_prose(max(0.0, since))
        if cells.stands_in(self.view, row):
            more = "" if self.short else ", standing in"
            return ((f"{self.signs.standing_in} ", "accent"), ("ACTIVE", "hi bold"), (f" {length}{more}", "accent"))
        return ((f"{self.signs.active} ", "text"), ("ACTIVE", "hi bold"), (f" {length}", "text"))

    def role(self) -> Line:
        return ((self.circuit.role.word, "hi bold"),)

    def role_and_carrier(self) -> Line:
        return ((f"{self.signs.circuit_role(self.circuit.role)} ", "dim"), (cells.carrier(self.circuit), "hi"))

    def carrier(self) -> Line:
        return ((cells.carrier(self.circuit), "hi"), (f"  {self.circuit.carrier_circuit_id or 'no id'}", "dim"))

    def port(self) -> Line:
        return ((self.circuit.port_id, "text"),)

    def bandwidth(self) -> Line:
        text = bandwidth(self.circuit.down_bps)
        if text == NONE:
            return ((NONE, "faint"), ("  unknown", "dim"))
        up = bandwidth(self.circuit.up_bps)
        both = text if up in (text, NONE) else f"{text}/{up}"
        return ((both, "text"), (f" {SOURCES.get(self.circuit.bandwidth_source, '')}", "dim"))

    def _percent(self, name: str) -> Line:
        t, row = self.view.circuits, self.row
        mine, other = getattr(t, f"{name}_pct")[row], getattr(t, "tx_pct" if name == "rx" else "rx_pct")[row]
        if not math.isfinite(mine):
            return self._unknown(name)
        level = cells.direction_level(
            int(t.levels[row]), float(mine), float(other), self.view.limits_of(row, Metric.UTILISATION)
        )
        bps = rate(float(getattr(t, f"{name}_bps")[row]))
        value: list[Run] = _runs(cells.value_cell(f"{utilisation(float(mine))}", level, bool(t.stale[row])))
        if self.short:
            return (*value, (f"  {bps}", "dim"))
        track = max(self.cells - 13, 6)
        role = level_role(level) if level else "bargood"
        number = f"{utilisation(float(mine)):>6}"
        value = [(number, value[0][1]), *value[1:]]
        return (*bar(float(mine) / 100, track, self.signs, role), *value, (f" {bps:>5}", "dim"))

    def _unknown(self, name: str) -> Line:
        was = self.before.get(self.circuit.circuit_id)
        value = was[0 if name == "rx" else 1] if was else math.nan
        if self.short or not math.isfinite(value):
            return ((NONE, "faint"),)
        at = f" at {clock(float(self.view.circuits.since[self.row]), seconds=False)}" if name == "rx" else ""
        return ((NONE, "faint"), (f"  was {utilisation(value)}{at}", "dim"))

    def rx(self) -> Line:
        return self._percent("rx")

    def tx(self) -> Line:
        return self._percent("tx")

    def trend(self) -> Line:
        critical = self.view.limits_of(self.row, Metric.UTILISATION)[2]
        return spark(wide(self.view.circuits.trend[self.row], max(self.cells - 1, 1)), self.signs, critical=critical)

    def _metric(self, metric: Metric, text: str) -> Line:
        t, row = self.view.circuits, self.row
        level = cells.level_of(int(t.levels[row]), metric)
        value = _runs(cells.value_cell(text, level, bool(t.stale[row])))
        if not level or t.stale[row]:
            return tuple(value)
        limit = self.view.limits_of(row, metric)[level - 1]
        shown = f"{limit:.2f}" if metric is Metric.LOSS else f"{limit:g}"
        return (*value, (f" {_LEVELS[Level(level)]} {self.signs.at_least} {shown}", "dim"))

    def loss(self) -> Line:
        return self._metric(Metric.LOSS, loss(float(self.view.circuits.loss[self.row])))

    def jitter(self) -> Line:
        return self._metric(Metric.JITTER, milliseconds(float(self.view.circuits.jitter[self.row])))

    def latency(self) -> Line:
        return self._metric(Metric.LATENCY, milliseconds(float(self.view.circuits.latency[self.row])))

    def mos(self) -> Line:
        return tuple(_runs(cells.value_cell(mos(float(self.view.circuits.mos[self.row])))))

    def available(self) -> Line:
        t, row = self.view.circuits, self.row
        text = availability(float(t.avail_24h[row]))
        cover = float(t.coverage_24h[row])
        more: Line = ((f"  cover {availability(cover, 1)} %", "dim"),) if cover < 99.5 else ()
        return ((text, tone(text)), *more)

    def flaps(self) -> Line:
        text = count(int(self.view.circuits.flaps_24h[self.row]))
        return ((text, tone(text)),)


def _runs(cell: object) -> list[Run]:
    return [cell] if isinstance(cell[0], str) else list(cell)  # type: ignore[index, list-item, call-overload]


_LONG = (
    ("circuit", Column.role), ("carrier", Column.carrier), ("port", Column.port), ("bandwidth", Column.bandwidth),
    ("rx %", Column.rx), ("tx %", Column.tx), ("rx 3 h", Column.trend), ("loss %", Column.loss),
    ("jitter ms", Column.jitter), ("latency ms", Column.latency), ("MOS", Column.mos),
    ("avail 24 h", Column.available), ("flaps 24 h", Column.flaps),
)  # fmt: skip
_SHORT = (
    ("circuit", Column.role_and_carrier), ("bw", Column.bandwidth), ("rx %", Column.rx), ("tx %", Column.tx),
    ("rx 3 h", Column.trend), ("loss %", Column.loss), ("jit ms", Column.jitter), ("lat ms", Column.latency),
)  # fmt: skip


def comparison(
    view: View, rows: tuple[int, ...], cursor: int, width: int, signs: Signs, *, short: bool = False,
    before: Before | None = None, grey: bool = False,
) -> list[Line]:  # fmt: skip
    """The lines: labels, then a column for each of `rows` (circuit rows). The active column is tinted, the cursor's
    head stands on the cursor's ground."""
    if not rows:
        return [(("This site has no circuits.", "dim"),)]
    label = 9 if short else LABEL
    each = min((width - label - GAP * (len(rows) - 1)) // len(rows), 34)
    columns = [Column(view, row, each, short, signs, before or {}, grey) for row in rows]
    lines: list[Line] = [_row("", [c.state() for c in columns], columns, cursor, each, label, head=True)]
    for name, cell in _SHORT if short else _LONG:
        lines.append(_row(name, [cell(c) for c in columns], columns, cursor, each, label))
    return lines


def _row(
    name: str, made: list[Line], columns: list[Column], cursor: int, each: int, label: int, head: bool = False
) -> Line:
    runs: list[Run] = [(fit(name, label), "dim")]
    for i, (line, column) in enumerate(zip(made, columns, strict=True)):
        active = bool(column.view.circuits.active[column.row])
        ground = "@sel" if head and i == cursor else "@pop" if active else ""
        tinted = pad(crop(line, each), each)
        for text, role in tinted:
            if column.grey and role != "faint":
                role = "stale"
            own = role.startswith("down")
            runs.append((text, role if own else f"{role}{ground}"))
        if i < len(columns) - 1:
            runs.append((" " * GAP, "text"))
    return tuple(runs)
