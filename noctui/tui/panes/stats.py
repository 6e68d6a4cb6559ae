"""The column right of the lanes: figures, time above thresholds, facts with where they come from, service."""

from __future__ import annotations

import numpy as np

from noctui.model.detail import Insights, Ports
from noctui.model.inventory import Circuit
from noctui.model.scene import Series
from noctui.model.view import View
from noctui.model.words import Metric, QualitySource, RoleSource
from noctui.tui.look.numbers import (
    NONE,
    availability,
    bandwidth,
    clock,
    count,
    day,
    duration,
    duration_prose,
    loss,
    milliseconds,
    money,
    mos,
    tone,
    utilisation,
)
from noctui.tui.look.signs import Signs, level_role
from noctui.tui.look.text import fit
from noctui.tui.moment import Moment
from noctui.tui.panes import cells
from noctui.tui.panes.circuit_mist import against_line, against_lines
from noctui.tui.panes.figures import Figures, figures, time_above, utilisation_series
from noctui.tui.panes.pane import Content, Pane, asked
from noctui.tui.panes.provenance import QUALITY, ROLE_SOURCES, SOURCES, bandwidth_line
from noctui.tui.runs import Line, Run, labelled, title, width_of

_ROWS = (
    ("rx %", "rx_pct", Metric.UTILISATION, utilisation), ("tx %", "tx_pct", Metric.UTILISATION, utilisation),
    ("loss %", "loss", Metric.LOSS, loss), ("jitter ms", "jitter", Metric.JITTER, milliseconds),
    ("latency ms", "latency", Metric.LATENCY, milliseconds), ("MOS", "mos", None, mos),
)  # fmt: skip
_LABEL = 12
_FACT = 11
"""Cells of a label: of figures, of facts."""


def figure_lines(series: Series | None, width: int, view: View, row: int) -> list[Line]:
    """`now avg p95 max` of every metric, in the colours of the thresholds that they reach."""
    each = (width - _LABEL + 2) // 4
    label_cells = width - 4 * each
    lines: list[Line] = [
        ((" " * label_cells, "dim"), *((f"{name:>{each}}", "dim") for name in ("now", "avg", "p95", "max")))
    ]
    for label, name, metric, text in _ROWS:
        found = figures(series, name) if series is not None else Figures(np.nan, np.nan, np.nan, np.nan)
        runs: list[Run] = [(fit(label, label_cells), "dim")]
        for i, value in enumerate((found.now, found.average, found.p95, found.highest)):
            shown = text(value)
            role = "text" if metric is None else level_role(cells.raw_level(view.limits_of(row, metric), value))
            role = "hi" if i == 0 and role == "text" else role
            runs.append((f"{shown:>{each}}", tone(shown, f"{role} bold" if i == 0 else role)))
        lines.append(tuple(runs))
    return lines


def above_lines(series: Series | None, width: int, signs: Signs, view: View, row: int) -> list[Line]:
    """Longest run and total time above the thresholds of utilisation, and above high of loss, jitter and latency."""
    wanted = [("util", "util", Metric.UTILISATION, i) for i in range(3)]
    wanted += [
        ("loss", "loss", Metric.LOSS, 1),
        ("jit", "jitter", Metric.JITTER, 1),
        ("lat", "latency", Metric.LATENCY, 1),
    ]
    full = utilisation_series(series) if series is not None else None
    lines: list[Line] = []
    for label, name, metric, level in wanted:
        limit = view.limits_of(row, metric)[level]
        unit = " %" if metric in (Metric.UTILISATION, Metric.LOSS) else " ms"
        longest, total = time_above(full, name, limit) if full is not None else (np.nan, np.nan)
        texts = [duration(v) if v else "0" for v in (longest, total)]
        role = level_role(level + 1)
        lines.append(
            (
                (fit(f"{label} {signs.at_least} {limit:g}{unit}", 15), "dim"),
                (f"{texts[0]:>{max(width - 15 - 9, 5)}}", tone(texts[0], role)), (f"{texts[1]:>9}", tone(texts[1])),
            )
        )  # fmt: skip
    return lines


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


def service_lines(view: View, row: int) -> list[Line]:
    """Availability and flaps of the last day."""
    t = view.circuits
    available, cover = availability(float(t.avail_24h[row])), float(t.coverage_24h[row])
    more = f"  cover {availability(cover, 1)} %" if cover < 99.5 else ""
    flaps = count(int(t.flaps_24h[row]))
    return labelled(
        [("available", ((available, tone(available)), (more, "dim"))), ("flaps", ((flaps, tone(flaps)),))], _LABEL
    )


def _above(total: float, longest: float) -> str:
    """`18m run 12m`, `0`, or – while it is not known."""
    return f"{duration(total)} run {duration(longest)}" if total > 0 else duration(total)[:1]


def short_lines(view: View, row: int, series: Series | None) -> list[Line]:
    """The two lines that S has room for."""
    circuit, t = view.inventory.circuits[row], view.circuits
    found = figures(utilisation_series(series), "util") if series is not None else Figures(*(np.nan,) * 4)
    critical = view.limits_of(row, Metric.UTILISATION)[2]
    longest, total = (np.nan, np.nan)
    if series is not None:
        longest, total = time_above(utilisation_series(series), "util", critical)
    words = [("avg", found.average), ("p95", found.p95), ("max", found.highest)]
    first: list[Run] = [("util ", "dim")]
    first += [run for name, value in words for run in ((f"{name} ", "text"), (f"{utilisation(value)} ", "text"))]
    first += [(f" ≥{critical:g} ", "dim"), (_above(total, longest), "crit" if total > 0 else "faint")]
    first += [("  avail ", "dim"), (availability(float(t.avail_24h[row])), "text")]
    first += [("  flaps ", "dim"), (count(int(t.flaps_24h[row])), "text")]
    source = ROLE_SOURCES[RoleSource(circuit.role_source)]
    second: Line = (
        ("bw ", "dim"), (bandwidth(circuit.down_bps), "text"),
        (f" {SOURCES.get(circuit.bandwidth_source, '')}", "text"),
        ("  role ", "dim"), (f"{circuit.role.word}{', ' if source else ''}{source}", "text"),
        ("  id ", "dim"), (circuit.carrier_circuit_id or NONE, "text"),
    )  # fmt: skip
    return [tuple(first), second]


class Stats(Pane):
    """All of it below each other, to be scrolled; at S the two lines."""

    SCOPED_CSS = False  # its look depends on the size, which is a class of the board around it
    DEFAULT_CSS = """
    Stats { width: 36; height: 1fr; padding: 0 1; }
    .-l Stats { width: 52; }
    .-s Stats { width: 1fr; height: 2; }
    """
    HEADING = "stats"

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._series: Series | None = None
        self._window = ""
        self._mist: tuple[Insights | None, str] | None = None
        self._ports: Ports | None = None

    def reset(self) -> None:
        self._mist, self._ports = None, None

    def figures(self, series: Series | None, window: str) -> None:
        """The samples that the figures are of."""
        self._series, self._window = series, window
        self.draw()

    def against(self, mist: tuple[Insights | None, str] | None) -> None:
        """Mist's own series (and what is to be said of it) stand against ours; None: no longer."""
        self._mist = mist
        self.draw()

    def configured(self, ports: Ports | None) -> None:
        """What Mist says of the site's ports, with the speed tests."""
        self._ports = ports
        self.draw()

    def draw(self) -> None:
        moment = self._moment
        if moment is not None and self.size.height == 2:
            row = moment.view.inventory.circuit_row.get(moment.place.circuit_id)
            self.paint(self._short(moment.view, row) if row is not None else [((_NOT_THERE, "dim"),)])
        else:
            super().draw()

    def _short(self, view: View, row: int) -> list[Line]:
        lines = short_lines(view, row, self._series)
        if self._mist is not None:
            told, said = self._mist
            compared = against_line(self._series, told, view.inventory.circuits[row])
            lines[1] = compared if told is not None and not told.error else ((f"Mist: {said}", "dim"),)
        return lines

    def content(self, moment: Moment, wide: int, room: int) -> Content:
        view = moment.view
        row = view.inventory.circuit_row.get(moment.place.circuit_id)
        if row is None:
            return Content([((_NOT_THERE, "dim"),)])
        blank: Line = ()
        note = self._window
        if self._mist is None:
            first = figure_lines(self._series, wide, view, row)
        else:
            told, said = self._mist
            first = against_lines(self._series, told, view.inventory.circuits[row], wide)
            first.append(((said if told is None or told.error else "apart: Mist less ours", "dim"),))
            note = "against Mist"
        lines = [
            *first,
            blank,
            title("time above", "longest / total", wide),
            *above_lines(self._series, wide, moment.signs, view, row),
            blank,
            title("service", "24 h", wide),
            *service_lines(view, row),
            blank,
            title("facts", "", wide),
            *fact_lines(view, row, wide),
            blank,
            title("speed tests", self._tests_said(moment), wide),
            *speed_tests(self._ports, view, row),
        ]
        if len(lines) > room:
            lines = [line for line in lines if line]
        return Content(lines, note)

    def _tests_said(self, moment: Moment) -> str:
        told, live = self._ports, moment.scene.live
        return asked(told.asked_at if told else 0.0, moment.now, told.error if told else "", told is None, live)


_NOT_THERE = "This circuit is not in the network at this time."
