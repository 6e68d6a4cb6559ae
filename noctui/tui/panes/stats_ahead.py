"""Where a circuit is going: within the hour, within weeks, and against what is usual at this hour. Pure."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from noctui.model.figures import BAD_UNKNOWN, BAD_YES
from noctui.model.scene import Series
from noctui.runtime import ranking
from noctui.tui.look.numbers import duration, utilisation
from noctui.tui.look.signs import Signs
from noctui.tui.panes.cells import Limits
from noctui.tui.panes.offender_trends import FOUR_WEEKS, reach_text
from noctui.tui.panes.stats_asking import More
from noctui.tui.runs import Line, labelled

_LABEL = 12
ODD = 3.0
"""A robust z-score from which a value is out of the ordinary."""
FULL = 100.0
NEWEST, GOES_ON = 2, 0.5
"""The newest slots must have risen by at least this share of the hour's pace: a rise that is over is no forecast."""


def ahead_lines(
    more: More | None, series: Series | None, at: float, limits: Limits, signs: Signs, wide: bool = True
) -> list[Line]:
    """Forecast, what is usual, the last seven days; nothing of what is not known."""
    pairs: list[tuple[str, Line]] = []
    soon = soon_words(series, at, limits, signs)
    if soon:
        pairs.append(("forecast", ((soon, "warn"),)))
    if more is not None:
        pairs += [
            pair for pair in (_weeks(more, signs, wide), _usual(more, wide), _days(more, signs)) if pair is not None
        ]
        if soon and len(pairs) > 1 and pairs[1][0] == "forecast":
            pairs[1] = ("", pairs[1][1])
    return labelled(pairs, _LABEL)


def _weeks(more: More, signs: Signs, wide: bool) -> tuple[str, Line] | None:
    """`≥ 90 % in 12d  R² 0.93, 28 d`; `≥ 90 % never`; nothing when too few days are known."""
    trend, row = more.trend, more.row[1]
    if row < 0 or math.isnan(float(trend.reach[row])):
        return None
    reach, limit = float(trend.reach[row]), f"{signs.at_least} {trend.threshold[row]:g} %"
    when = reach_text(reach)
    r2, days = float(trend.fit.r2[row]), f"{int(trend.fit.n[row])} d"
    parts = [f"R² {r2:.2f}"] if math.isfinite(r2) and (wide or when != "never") else []
    sure = "".join(f"{'  ' if i == 0 else ', '}{part}" for i, part in enumerate([*parts, *([days] if wide else [])]))
    said = f"{limit} {when}" if when in ("never", "now") else f"{limit} in {when}"
    return "forecast", ((said, "warn" if reach < FOUR_WEEKS else "text"), (sure, "dim"))


def _usual(more: More, wide: bool) -> tuple[str, Line] | None:
    """`usual  21.3 at this hour, z +3.1`; nothing where no week of this hour is known."""
    base = more.baseline
    median = float(base.median[base.hour]) if len(base.median) else math.nan
    if not math.isfinite(median):
        return None
    z = f", z {'+' if base.z >= 0 else '−'}{abs(base.z):.1f}" if math.isfinite(base.z) else ""
    odd = math.isfinite(base.z) and abs(base.z) >= ODD
    said = f"{utilisation(median)} at this hour" if wide else utilisation(median)
    return "usual" if wide else "usual now", ((said, "text"), (z, "warn" if odd else "dim"))


def _days(more: More, signs: Signs) -> tuple[str, Line] | None:
    row = more.row[0]
    if row < 0:
        return None
    bad = more.daily.bad[row, -ranking.CHRONIC_DAYS :].tolist()
    number = bad.count(BAD_YES)
    chronic = number >= ranking.CHRONIC
    shown = tuple(
        (signs.bad_day, "high" if chronic else "text") if day == BAD_YES
        else (signs.none if day == BAD_UNKNOWN else signs.ok, "faint")
        for day in bad
    )  # fmt: skip
    said = "  chronic" if chronic else f"  {number} bad" if number else ""
    return "7 days", (*shown, (said, "high" if chronic else "dim"))


def soon_words(series: Series | None, at: float, limits: Limits, signs: Signs) -> str:
    """`≥ 100 % in 40m`: what the last hour runs into within the next two. Empty when it runs into nothing."""
    slots = five_minutes(series, at)
    if slots is None:
        return ""
    last, known = slots[-1], slots[np.isfinite(slots)]
    if not len(known) > NEWEST or not slots[-1] - slots[-1 - NEWEST] >= GOES_ON * NEWEST * (last - known[0]) / len(
        slots
    ):
        return ""  # it has risen, but does no longer
    for limit in (*(v for v in limits if v > last), FULL):
        if not last < limit:
            continue
        steps = float(ranking.soon(slots[None, :], limit)[0])
        if math.isfinite(steps) and steps > 0 and limit >= limits[1]:
            return f"{signs.at_least} {limit:g} % in {duration(math.ceil(steps * ranking.SLOT / 60) * 60)}"
    return ""


def five_minutes(series: Series | None, at: float) -> NDArray[np.float64] | None:
    """Utilisation of the last hour in averages of five minutes, oldest first, NaN where nothing is known; None where
    the series does not hold that hour in polls."""
    width = ranking.SLOT * ranking.SLOTS
    if series is None or series.source != "polls" or not len(series.times) or series.range.end < at - ranking.SLOT:
        return None
    rx, tx = (series.values.get(name) for name in ("rx_pct", "tx_pct"))
    if rx is None or tx is None:
        return None
    values = np.fmax(rx, tx).astype(np.float64)
    slot = np.floor((series.times - 1e-3 - (at - width)) / ranking.SLOT).astype(np.int64)
    here = (slot >= 0) & (slot < ranking.SLOTS) & np.isfinite(values)
    weight = np.bincount(slot[here], weights=series.spans[here].astype(np.float64), minlength=ranking.SLOTS)
    total = np.bincount(slot[here], weights=values[here] * series.spans[here], minlength=ranking.SLOTS)
    out = np.full(ranking.SLOTS, np.nan)
    np.divide(total, weight, out=out, where=weight > 0)
    return out
