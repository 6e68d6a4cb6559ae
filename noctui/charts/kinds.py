"""The closed sets of words of charts: kinds, what they can be of, and which windows each kind has."""

from __future__ import annotations

from dataclasses import dataclass

from noctui.charts.scales import Scale
from noctui.model.scene import WINDOWS
from noctui.model.words import Metric

LINE, HEAT, BOX, MANY, DIST = "line", "heat", "box", "many", "dist"
KINDS = (LINE, HEAT, BOX, MANY, DIST)
NAMES = {LINE: "line", HEAT: "heat map", BOX: "boxes", MANY: "many", DIST: "distribution"}
OF_ONE = (LINE, HEAT, BOX)
"""Kinds of one circuit."""
MOST = 8
"""Circuits on one axis: more lines than that nobody tells apart."""

NOW = "now"
KIND_WINDOWS: dict[str, tuple[str, ...]] = {
    LINE: tuple(WINDOWS), HEAT: ("7d", "31d", "13mo"), BOX: ("24h", "7d", "31d", "13mo"), MANY: tuple(WINDOWS),
    DIST: (NOW, *WINDOWS),
}  # fmt: skip
"""What `w` steps through: hours of a week need weeks, boxes need many samples each."""
FIRST_WINDOW = {LINE: "24h", HEAT: "31d", BOX: "31d", MANY: "24h", DIST: NOW}

STATISTICS = ("average", "p95", "highest")
"""Of each circuit's window, where a distribution is of more than now."""


@dataclass(frozen=True, slots=True)
class Measure:
    """What a chart is of. `series` are the names whose highest it is; `gauge` its name in Figures, "" for none."""

    name: str
    title: str
    unit: str
    series: tuple[str, ...]
    gauge: str
    scale: Scale
    metric: Metric | None = None
    bins: tuple[tuple[float, float], ...] = ()  # (step, top) of a distribution, the finest first; (): 1, 2, 5, 10 …


_ALL = (
    Measure("util", "utilisation", "%", ("rx_pct", "tx_pct"), "util", "percent", Metric.UTILISATION,
            ((5, 100), (10, 100))),
    Measure("rx", "rx", "%", ("rx_pct",), "rx_pct", "percent", Metric.UTILISATION, ((5, 100), (10, 100))),
    Measure("tx", "tx", "%", ("tx_pct",), "tx_pct", "percent", Metric.UTILISATION, ((5, 100), (10, 100))),
    Measure("loss", "loss", "%", ("loss",), "loss", "critical", Metric.LOSS, ((0.1, 1.2),)),
    Measure("jitter", "jitter", "ms", ("jitter",), "jitter", "critical", Metric.JITTER, ((5, 60),)),
    Measure("latency", "latency", "ms", ("latency",), "latency", "critical", Metric.LATENCY, ((10, 180), (25, 200))),
    Measure("mos", "MOS", "", ("mos",), "", "mos", None, ((0.25, 5), (0.5, 5))),
    Measure("rx_bps", "rx", "bit/s", ("rx_bps",), "rx_bps", "open"),
    Measure("tx_bps", "tx", "bit/s", ("tx_bps",), "tx_bps", "open"),
)  # fmt: skip
MEASURES: dict[str, Measure] = {m.name: m for m in _ALL}
OTHER_NAMES = {
    "utilisation": "util", "utilization": "util", "rx_pct": "rx", "tx_pct": "tx", "lat": "latency", "jit": "jitter",
}  # fmt: skip


def measure(word: str) -> Measure | None:
    """The measure of this name, ours or another; None: there is none."""
    name = word.strip().lower()
    return MEASURES.get(OTHER_NAMES.get(name, name))
