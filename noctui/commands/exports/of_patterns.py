"""Tables of what recurs: trends, what is usual at an hour, bills."""

from __future__ import annotations

import math

from noctui.commands.exports.asked import Asked, Made, whole
from noctui.commands.exports.cells import CIRCUIT, NAMES, circuit_cells, known, zipped
from noctui.tui.export import Cell, Exported, instant, number

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


async def trend(asked: Asked) -> Made:
    """How a gauge moves, per circuit. `forecast` is `reached`, `rising` or `never`; empty: too few days are known."""
    (gauge,) = asked.metrics
    found = await asked.scene.read.trend(gauge)
    unit = NAMES[gauge][1]
    headers = (
        *CIRCUIT, "gauge", f"recent_p95_{unit}", f"before_p95_{unit}", f"change_{unit}", f"slope_{unit}_per_day",
        f"fitted_{unit}", "r2", "days", f"threshold_{unit}", "forecast", "days_to_threshold", "at",
    )  # fmt: skip
    n, inventory = len(found.ids), asked.scene.view.inventory
    figures = zipped(
        [gauge] * n, known(found.recent), known(found.before), known(found.change), known(found.fit.slope),
        known(found.fit.level), known(found.fit.r2), found.fit.n.tolist(), known(found.threshold),
        [_forecast(reach) for reach in found.reach.tolist()],
        [reach if math.isfinite(reach) else None for reach in found.reach.tolist()], [instant(asked.scene.at)] * n,
    )  # fmt: skip
    rows = [(*circuit_cells(inventory, key), *rest) for key, rest in zip(found.ids, figures, strict=True)]
    return Made(headers, whole(Exported("trend", headers, rows)))


def _forecast(reach: float) -> str:
    if math.isnan(reach):
        return ""
    return "never" if math.isinf(reach) else "rising" if reach > 0 else "reached"


async def baseline(asked: Asked) -> Made:
    """What is usual for the circuit at each hour of the week; beside the running hour its value and robust z-score."""
    (gauge,) = asked.metrics
    found = await asked.scene.read.baseline(asked.circuit_id, gauge)
    unit = NAMES[gauge][1]
    headers = (
        "circuit_id", "gauge", "weekday", "hour", f"median_{unit}", f"mad_{unit}", "weeks", "running",
        f"value_{unit}", "z", "at",
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    usual = zip(known(found.median), known(found.mad), found.weeks.tolist(), strict=True)
    for hour, (median, mad, weeks) in enumerate(usual):
        running = hour == found.hour
        now = (number(found.value), number(found.z)) if running else (None, None)
        rows.append(
            (
                found.circuit_id, gauge, DAYS[hour // 24], hour % 24, median, mad, weeks, running, *now,
                instant(asked.scene.at),
            )
        )  # fmt: skip
    return Made(headers, whole(Exported("baseline", headers, rows)))


BILLING = (*CIRCUIT, "month", "from", "to", "rx_p95_bps", "tx_p95_bps", "billed_bps", "coverage_pct")


async def billing(asked: Asked) -> Made:
    """95th-percentile billing of the month, as far as it goes."""
    found = await asked.scene.read.billing(asked.key)
    inventory, n = asked.scene.view.inventory, len(found.ids)
    figures = zipped(
        [found.period.key] * n, [instant(found.period.start)] * n,
        [instant(min(found.period.end, asked.scene.at))] * n, known(found.rx), known(found.tx), known(found.billed),
        known(found.coverage),
    )  # fmt: skip
    rows = [(*circuit_cells(inventory, key), *rest) for key, rest in zip(found.ids, figures, strict=True)]
    return Made(BILLING, whole(Exported("billing", BILLING, rows)), [found.told] if found.told else [])
