"""Network: throughput, utilisation, sites, VPN paths and gateways of the whole network, in three lines."""

from __future__ import annotations

import numpy as np

from noctui.model.view import View
from noctui.model.words import Severity
from noctui.tui.look.numbers import NONE, rate, utilisation
from noctui.tui.look.signs import Signs
from noctui.tui.moment import Moment, Size
from noctui.tui.panes.region_rows import nearest_rank
from noctui.tui.panes.sheet import Sheet
from noctui.tui.runs import Line, Run, title


def network_lines(view: View, signs: Signs) -> list[Line]:
    """The three lines."""
    t, sites = view.circuits, view.sites
    util = np.fmax(t.rx_pct, t.tx_pct)
    known = util[np.isfinite(util)]
    bps = t.rx_bps[np.isfinite(t.rx_bps)]
    through = bits(float(bps.sum(dtype=np.float64))) if len(bps) else NONE
    mean = utilisation(float(known.mean(dtype=np.float64))) if len(known) else NONE
    well = int((sites.severity == Severity.OK).sum())
    up, down = int((view.paths.up == 1).sum()), int((view.paths.up == 0).sum())
    gateways, gone = len(view.gateways), int((view.gateways.connected == 0).sum())
    return [
        (
            ("rx ", "dim"), (through, "hi"), ("   utilisation ", "dim"),
            ("mean ", "text"), (f"{mean} %", "text"), ("  p95 ", "text"),
            (f"{utilisation(nearest_rank(util, 95))} %", "text"),
        ),
        (
            ("sites ok ", "dim"), (f"{well:,}", "text"), (" of ", "text"), (f"{len(sites):,}", "text"),
            ("   gateways ", "dim"), (f"{gateways:,}", "text"), *_lost(signs.away, gone, "away"),
        ),
        (("VPN paths ", "dim"), (f"{up:,}", "text"), (" up", "text"), *_lost(signs.down, down, "down")),
    ]  # fmt: skip


def _lost(sign: str, number: int, word: str) -> tuple[Run, ...]:
    role = "crit" if number else "dim"
    return (("  ", "text"), (f"{sign} {number:,} {word}", role))


def bits(bps: float) -> str:
    """A rate in prose: `212 Gb/s`."""
    text = rate(bps)
    return f"{text[:-1]} {text[-1]}b/s" if text[-1].isalpha() else f"{text} b/s"


class Network(Sheet):
    """The lines under their title."""

    DEFAULT_CSS = """
    Network { height: 4; padding: 0 1; }
    """
    _moment: Moment | None = None

    def show(self, moment: Moment) -> None:
        self._moment = moment
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        if self._moment is None:
            return
        rule = " " if self._moment.size is Size.S else "─"
        head = title("network", "", self.size.width, rule=rule)
        self.paint([head, *network_lines(self._moment.view, self._moment.signs)])
