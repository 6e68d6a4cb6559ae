"""The whole network in numbers: sites, circuits, gateways, VPN paths, utilisation, rates. Each has its place."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from noctui.model.view import View
from noctui.model.words import Severity, State
from noctui.tui.look.numbers import NONE, availability, rate, tone, utilisation
from noctui.tui.moment import Moment
from noctui.tui.panes.now_rows import utilisation_now
from noctui.tui.panes.pane import Content, Pane
from noctui.tui.runs import Line, Run, pad

ABOVE = 80.0
"""Percent of utilisation above which circuits are counted."""
EACH = 28
"""Cells that a column of them needs."""
Figure = tuple[str, Run]


def network_figures(view: View) -> list[Figure]:
    """(label, value) of every card, in columns of four; what the screen says elsewhere too comes last."""
    counts, t = view.counts(), view.circuits
    util = utilisation_now(view)
    known = util[np.isfinite(util)]
    well, sites = int((view.sites.severity == Severity.OK).sum()), len(view.sites)
    g, p = view.gateways, view.paths
    up, down = int((p.up == 1).sum()), int((p.up == 0).sum())
    mean = float(known.mean(dtype=np.float64)) if len(known) else float("nan")
    most = float(known.max()) if len(known) else float("nan")
    above = int((known >= ABOVE).sum())
    return [
        ("sites healthy", (f"{well:,} of {sites:,}", "text")),
        ("circuits up", (f"{int((t.state == State.UP).sum()):,} of {len(t):,}", "text")),
        ("down, away", _loud(int(counts[Severity.DOWN] + counts[Severity.AWAY]), "crit bold")),
        ("disabled", _loud(int(counts[Severity.DISABLED]), "text")),
        ("critical", _loud(int(counts[Severity.CRITICAL]), "crit")),
        ("high", _loud(int(counts[Severity.HIGH]), "high")),
        (f"above {ABOVE:g} %", _loud(above, "text")),
        ("VPN health", (_percent(availability(100.0 * up / (up + down), 1) if up + down else NONE), "text")),
        ("utilisation mean", (_percent(utilisation(mean)), "text")),
        ("utilisation max", (_percent(utilisation(most)), "text")),
        ("traffic in", (_bits(t.rx_bps), "text")),
        ("traffic out", (_bits(t.tx_bps), "text")),
        ("gateways online", (f"{int((g.connected == 1).sum()):,} of {len(g):,}", "text")),
        ("gateways offline", _loud(int((g.connected == 0).sum()), "crit")),
        ("VPN paths up", (f"{up:,} of {len(p):,}", "text")),
        ("VPN paths down", _loud(down, "crit")),
        ("sites dark", _loud(int(view.sites.dark.sum()), "down")),
        ("failed over", _loud(int(view.sites.failed_over.sum()), "hi bold")),
        ("unknown", _loud(int(counts[Severity.UNKNOWN]), "unk")),
        ("in maintenance", _loud(int(counts[Severity.MAINTENANCE]), "maint")),
    ]  # fmt: skip


def _loud(number: int, role: str) -> Run:
    return (f"{number:,}", role if number else "faint")


def _percent(text: str) -> str:
    return text if text == NONE else f"{text} %"


def _bits(values: NDArray[np.float32]) -> str:
    """The sum of what is known: `212 Gb/s`."""
    known = values[np.isfinite(values)]
    if not len(known):
        return NONE
    text = rate(float(known.sum(dtype=np.float64)))
    return f"{text[:-1]} {text[-1]}b/s" if text[-1].isalpha() else f"{text} b/s"


def figure_lines(figures: Sequence[Figure], columns: int, wide: int) -> list[Line]:
    """The figures down the columns, labels and values in line."""
    rows = -(-len(figures) // columns)
    each = wide // columns
    label = min(max(len(name) for name, _ in figures) + 2, each)
    lines: list[Line] = []
    for y in range(rows):
        runs: list[Run] = []
        for name, (text, role) in figures[y::rows]:
            value: Line = ((text, tone(text, role)),)
            runs += [*pad(((name, "dim"),), label), *pad(value, each - label)]
        lines.append(tuple(runs))
    return lines


class NetworkCards(Pane):
    """As many columns as there is room for."""

    SCOPED_CSS = False  # its look depends on the size, which is a class of the board around it
    DEFAULT_CSS = """
    NetworkCards { height: 5; padding: 0 1; }
    .-s NetworkCards { display: none; }
    """
    HEADING = "network now"

    def content(self, moment: Moment, wide: int, room: int) -> Content:
        columns = min(max(wide // EACH, 1), 5)
        lines = figure_lines(network_figures(moment.view)[: columns * room], columns, wide)
        if moment.grey:
            lines = [tuple((t, r if r in ("faint", "dim") else "stale") for t, r in line) for line in lines]
        return Content(lines)
