"""The circuits of a site side by side: circuits are columns, metrics are rows, so that one compares along a line."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from noctui.model.detail import PortFacts, Ports, Streamed
from noctui.model.inventory import Circuit
from noctui.model.scores import ScoreLine
from noctui.model.view import View
from noctui.model.words import Level, Metric, QualitySource, RoleSource, Severity, State
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
from noctui.tui.moment import Size
from noctui.tui.panes import cells
from noctui.tui.panes.own_works import promise_line, work_line
from noctui.tui.panes.provenance import QUALITY, ROLE_SOURCES, age, bandwidth_line
from noctui.tui.runs import Line, Run, crop, pad
from noctui.tui.widgets.bar import bar
from noctui.tui.widgets.spark import spark, wide

LABEL = 14
GAP = 2
_LEVELS = {Level.WARN: "warn", Level.HIGH: "high", Level.CRITICAL: "critical"}
Before = Mapping[str, Mapping[str, float]]
"""circuit_id → metric → its last value before the circuit went down."""


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
    ports: Ports | None = None
    stream: Streamed | None = None
    promised: Mapping[str, ScoreLine] = field(default_factory=dict)

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
        worked: Line = (
            ((f" {self.signs.maintenance}", "maint"),) if self.circuit.circuit_id in self.view.works.under else ()
        )
        if not t.active[row]:
            return ((f"{self.signs.severity(severity)} standby", "dim"), *worked)
        since = self.view.at - float(t.active_since[row])
        length = duration(since) if self.short else duration_prose(max(0.0, since))
        if cells.stands_in(self.view, row):
            more = "" if self.short else ", standing in"
            return ((f"{self.signs.standing_in} ", "accent"), ("ACTIVE", "hi bold"), (f" {length}{more}", "accent"),
                    *worked)  # fmt: skip
        return ((f"{self.signs.active} ", "text"), ("ACTIVE", "hi bold"), (f" {length}", "text"), *worked)

    def role(self) -> Line:
        source = ROLE_SOURCES[RoleSource(self.circuit.role_source)]
        return ((self.circuit.role.word, "hi bold"), (f"  {source}" if source else "", "dim"))

    def role_and_carrier(self) -> Line:
        return ((f"{self.signs.circuit_role(self.circuit.role)} ", "dim"), (cells.carrier(self.circuit), "hi"))

    def carrier(self) -> Line:
        return ((cells.carrier(self.circuit), "hi"), (f"  {self.circuit.carrier_circuit_id or 'no id'}", "dim"))

    def port(self) -> Line:
        """`ge-0/0/0  wan0`; with the gateway's name where the site has several."""
        inv = self.view.inventory
        machine = int(inv.circuit_gateway[self.row])
        more = self.circuit.wan_name
        if machine >= 0 and sum(g.site_id == self.circuit.site_id for g in inv.gateways) > 1:
            more = inv.gateways[machine].name or inv.gateways[machine].gateway_id
        return ((self.circuit.port_id, "text"), (f"  {more}" if more else "", "dim"))

    def bandwidth(self) -> Line:
        told = bandwidth_line(self.circuit, self.view.at, short=self.short)
        return (*told, (" bandwidth?", "warn")) if self.view.circuits.suspect[self.row] else told

    def promise(self) -> Line:
        known = self.promised.get(self.circuit.circuit_id)
        if known is not None:
            return promise_line(known, self.view.at, self.signs, self.cells)
        name = self.circuit.sla
        return ((name, "text"),) if name else (("none", "dim"),)

    def work(self) -> Line:
        """The window that it is in, or the next one."""
        return work_line(self.view.works, self.circuit.circuit_id, self.view.at, self.signs)

    def quality(self) -> Line:
        text = QUALITY[QualitySource(int(self.view.circuits.quality[self.row]))]
        return ((text, "dim"),) if text else ((NONE, "faint"),)

    def described(self) -> Line:
        port = self._port()
        text = self.circuit.description or (port.description if port is not None else "")
        return ((text, "text"),) if text else ((NONE, "faint"),)

    def address(self) -> Line:
        return self._told(lambda p: (p.address, p.address_mode))

    def next_hop(self) -> Line:
        return self._told(lambda p: (p.next_hop, f"VLAN {p.vlan}" if p.vlan else ""))

    def configured(self) -> Line:
        return self._told(
            lambda p: (
                next((s for n, s in p.sources.items() if n != "address"), ""),
                ", ".join(w for w in ("overridden" if p.overridden else "", "" if p.enabled else "disabled") if w),
            )
        )

    def speed_test(self) -> Line:
        tests = self.ports.speed_tests if self.ports is not None else ()
        newest = next((t for t in tests if t.circuit_id == self.circuit.circuit_id), None)
        if newest is None:
            return ((NONE, "faint"),)
        old = f"  {age(self.view.at - newest.at)} old"
        if newest.failed:
            return (("failed", "warn"), (old, "dim"))
        return ((f"{bandwidth(newest.down_bps)}/{bandwidth(newest.up_bps)}", "text"), (old, "dim"))

    def _port(self) -> PortFacts | None:
        ports = self.ports.ports if self.ports is not None else ()
        return next((p for p in ports if p.circuit_id == self.circuit.circuit_id), None)

    def _told(self, words: Callable[[PortFacts], tuple[str, str]]) -> Line:
        port = self._port()
        first, more = words(port) if port is not None else ("", "")
        if not first and not more:
            return ((NONE, "faint"),)
        return ((first or NONE, "text" if first else "faint"), (f"  {more}" if more else "", "dim"))

    def live(self) -> Line:
        """What the stream says of this circuit; nothing while it is not live."""
        told = self.stream
        if told is None or told.state != "live":
            return ()
        port = next((p for p in told.ports if p.circuit_id == self.circuit.circuit_id), None)
        if port is None:
            return ((NONE, "faint"),)
        if port.up is False:
            return ((f"{self.signs.down} port down", "crit"),)
        rx, tx = rate(port.rx_bps), rate(port.tx_bps)
        return (("rx ", "dim"), (rx, tone(rx)), ("  tx ", "dim"), (tx, tone(tx)))

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
        value = self.before.get(self.circuit.circuit_id, {}).get(f"{name}_pct", math.nan)
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


Cell = Callable[[Column], Line]
Rows = tuple[tuple[str, Cell], ...]

_LONG: Rows = (
    ("circuit", Column.role), ("carrier", Column.carrier), ("port", Column.port), ("bandwidth", Column.bandwidth),
    ("rx %", Column.rx), ("tx %", Column.tx), ("rx 3 h", Column.trend), ("loss %", Column.loss),
    ("jitter ms", Column.jitter), ("latency ms", Column.latency), ("MOS", Column.mos),
    ("avail 24 h", Column.available), ("flaps 24 h", Column.flaps), ("SLA", Column.promise),
    ("maintenance", Column.work),
)  # fmt: skip
_RICH: Rows = (
    ("quality", Column.quality), ("description", Column.described),
    ("address", Column.address), ("next hop", Column.next_hop), ("config from", Column.configured),
    ("speed test", Column.speed_test),
)  # fmt: skip
"""What a large screen has besides."""
_SHORT: Rows = (
    ("circuit", Column.role_and_carrier), ("bw", Column.bandwidth), ("rx %", Column.rx), ("tx %", Column.tx),
    ("rx 3 h", Column.trend), ("loss %", Column.loss), ("jit ms", Column.jitter), ("lat ms", Column.latency),
)  # fmt: skip
OLD_NEWS = 20.0
"""Seconds from which on it is said how old the stream's word is."""
WIDEST = {Size.L: 48}


def rows_of(size: Size) -> Rows:
    """The metrics that a screen of this size has room for."""
    return _SHORT if size in (Size.S, Size.TINY) else (*_LONG, *_RICH) if size is Size.L else _LONG


def cells_of(columns: int, width: int, size: Size) -> tuple[int, int]:
    """Cells of the labels, and of each of so many columns."""
    label = 9 if size in (Size.S, Size.TINY) else LABEL
    return label, min((width - label - GAP * (columns - 1)) // columns, WIDEST.get(size, 34))


def column_at(x: int, columns: int, width: int, size: Size) -> int | None:
    """Which of so many columns lies at cell `x`."""
    if not columns:
        return None
    label, each = cells_of(columns, width, size)
    at, cell = divmod(x - label, each + GAP)
    return at if 0 <= at < columns and cell < each else None


def comparison(
    view: View, rows: tuple[int, ...], cursor: int, width: int, signs: Signs, *, size: Size = Size.M,
    before: Before | None = None, grey: bool = False, ports: Ports | None = None, stream: Streamed | None = None,
    now: float | None = None, promised: Mapping[str, ScoreLine] | None = None,
) -> list[Line]:  # fmt: skip
    """The lines: labels, then a column for each of `rows` (circuit rows). The active column is tinted, the cursor's
    head stands on the cursor's ground. From M on the last line is the stream's, blank while there is none."""
    if not rows:
        return [(("This site has no circuits.", "dim"),)]
    short = size in (Size.S, Size.TINY)
    label, each = cells_of(len(rows), width, size)
    columns = [Column(view, row, each, short, signs, before or {}, grey, ports, stream, promised or {})
               for row in rows]  # fmt: skip
    lines: list[Line] = [_row("", [c.state() for c in columns], columns, cursor, each, label, head=True)]
    for name, cell in rows_of(size):
        lines.append(_row(name, [cell(c) for c in columns], columns, cursor, each, label))
    if not short:
        lines.append(_streamed(columns, each, view.at if now is None else now))
    return lines


def _streamed(columns: list[Column], each: int, now: float) -> Line:
    told = columns[0].stream
    if told is None or told.state == "off" or told.error:
        return ()
    if told.state != "live":
        return ((fit("stream", LABEL), "dim"), (told.state, "unk"))
    age_ = now - told.at
    old = f" {duration(age_ // 5 * 5)} old" if age_ >= OLD_NEWS else ""
    runs: list[Run] = [(fit(f"stream{old}", LABEL), "accent")]
    for column in columns:
        runs += [*pad(crop(column.live(), each), each), (" " * GAP, "text")]
    return tuple(runs)


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
