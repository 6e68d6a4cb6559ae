"""The whole network in numbers: sites, circuits, gateways, VPN paths, utilisation, rates. Each has its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noctui.model.view import View
from noctui.model.words import Severity, State
from noctui.tui.look.numbers import NONE, availability, rate, tone, utilisation
from noctui.tui.moment import Moment
from noctui.tui.panes.now_rows import utilisation_now
from noctui.tui.panes.pane import Content, Pane
from noctui.tui.runs import Line, Run, crop, pad

ABOVE = 80.0
"""Percent of utilisation above which circuits are counted."""
_GAP = 2


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of the network; `cells` is the most that its value may need."""

    label: str
    value: Run
    cells: int = 7


def network_figures(view: View) -> list[Figure]:
    """All of them, in columns of four; what the screen says elsewhere too comes last."""
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
        Figure("sites healthy", (f"{well:,} of {sites:,}", "text"), 14),
        Figure("circuits up", (f"{int((t.state == State.UP).sum()):,}", "text"), 14),
        Figure("down, away", _loud(int(counts[Severity.DOWN] + counts[Severity.AWAY]), "crit bold"), 14),
        Figure("disabled", _loud(int(counts[Severity.DISABLED]), "text"), 14),
        Figure("critical", _loud(int(counts[Severity.CRITICAL]), "crit")),
        Figure("high", _loud(int(counts[Severity.HIGH]), "high")),
        Figure(f"above {ABOVE:g} %", _loud(above, "text")),
        Figure("VPN health", (_percent(availability(100.0 * up / (up + down), 1) if up + down else NONE), "text")),
        Figure("utilisation mean", (_percent(utilisation(mean)), "text"), 9),
        Figure("utilisation max", (_percent(utilisation(most)), "text"), 9),
        Figure("traffic in", (_bits(t.rx_bps), "text"), 9),
        Figure("traffic out", (_bits(t.tx_bps), "text"), 9),
        Figure("gateways online", (f"{int((g.connected == 1).sum()):,} of {len(g):,}", "text"), 14),
        Figure("gateways offline", _loud(int((g.connected == 0).sum()), "crit"), 14),
        Figure("VPN paths up", (f"{up:,}", "text"), 14),
        Figure("VPN paths down", _loud(down, "crit"), 14),
        Figure("sites dark", _loud(int(view.sites.dark.sum()), "down")),
        Figure("failed over", _loud(int(view.sites.failed_over.sum()), "hi bold")),
        Figure("unknown", _loud(int(counts[Severity.UNKNOWN]), "unk")),
        Figure("in maintenance", _loud(int(counts[Severity.MAINTENANCE]), "maint")),
    ]


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


def figure_lines(figures: Sequence[Figure], rows: int, wide: int) -> list[Line]:
    """The figures down the columns, `rows` in each, labels and values in line; columns that do not fit are left out."""
    groups = [figures[i : i + rows] for i in range(0, len(figures), rows)]
    widths: list[tuple[int, int]] = []
    for group in groups:
        widths.append((max(len(f.label) for f in group) + 2, max(f.cells for f in group)))
        if len(widths) > 1 and sum(map(sum, widths)) + _GAP * (len(widths) - 1) > wide:
            widths.pop()
            break
    spare = max(wide - sum(map(sum, widths)), 0) // len(widths)
    lines: list[Line] = []
    for y in range(rows):
        runs: list[Run] = []
        for group, (label, cells) in zip(groups, widths, strict=False):
            if y < len(group):
                text, role = group[y].value
                runs += [*pad(((group[y].label, "dim"),), label), *pad(((text, tone(text, role)),), cells + spare)]
            else:
                runs += pad((), label + cells + spare)
        lines.append(crop(tuple(runs), wide))
    return lines


class NetworkCards(Pane):
    """As many rows and columns as there is room for."""

    SCOPED_CSS = False  # its look depends on the size, which is a class of the board around it
    DEFAULT_CSS = """
    NetworkCards { height: 5; padding: 0 1; }
    .-s NetworkCards { display: none; }
    """
    HEADING = "network now"

    def content(self, moment: Moment, wide: int, room: int) -> Content:
        lines = figure_lines(network_figures(moment.view), max(room, 1), wide)
        if moment.grey:
            lines = [tuple((t, r if r in ("faint", "dim") else "stale") for t, r in line) for line in lines]
        return Content(lines)
