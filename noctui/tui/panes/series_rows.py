"""One circuit's samples as rows of a file."""

from __future__ import annotations

from noctui.model.scene import SERIES_METRICS, Series
from noctui.tui.export import Exported, instant, number, stamp

METRICS = ("rx_pct", "tx_pct", "loss", "jitter", "latency", "mos")
"""What the lanes show, and what is exported unless others are asked for."""
_NAMES = {
    "rx_pct": ("rx", "_pct"), "tx_pct": ("tx", "_pct"), "rx_bps": ("rx", "_bps"), "tx_bps": ("tx", "_bps"),
    "loss": ("loss", "_pct"), "jitter": ("jitter", "_ms"), "latency": ("latency", "_ms"), "mos": ("mos", ""),
}  # fmt: skip
"""Metric → its name and unit in a header."""


def exported(series: Series, named: bool = False) -> Exported:
    """A row per sample, or per hour where samples are no longer kept: then each metric has its highest and its average.

    A sample at `at` stands for the `span_s` seconds before it. `named`: the range stands in the file's name.
    """
    kinds = [("", series.values)] if series.source == "polls" else [("_max", series.values), ("_avg", series.means)]
    columns = {
        f"{_NAMES[metric][0]}{kind}{_NAMES[metric][1]}": values[metric]
        for metric in SERIES_METRICS
        for kind, values in kinds
        if metric in values
    }
    rows = [
        (series.circuit_id, instant(float(at)), number(series.spans[i]), *(number(c[i]) for c in columns.values()))
        for i, at in enumerate(series.times)
    ]
    of = f"-{stamp(series.range.start)}-{stamp(series.range.end)}" if named else ""
    return Exported(f"series{of}", ("circuit_id", "at", "span_s", *columns), rows)
