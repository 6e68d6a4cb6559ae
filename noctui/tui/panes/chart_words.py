"""The words around a chart, on the screen and on a plain terminal: its title, its figures, its lines' names. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np

from noctui.charts.ask import coverage
from noctui.charts.heat import DAYS
from noctui.charts.kinds import DIST, MANY, NOW, Measure
from noctui.charts.many import INKS
from noctui.charts.wish import Boxes, Distribution, Found, Heat, Many, One, Wish
from noctui.model.figures import Figures
from noctui.model.view import View
from noctui.tui.look import numbers
from noctui.tui.look.text import clip, fit, width
from noctui.tui.panes import cells
from noctui.tui.runs import Line, beside

COVERED = 99.5
"""Percent of coverage below which it is said."""
WINDOW_WORDS = {NOW: "now", "1h": "1 h", "3h": "3 h", "12h": "12 h", "24h": "24 h", "7d": "7 d", "31d": "31 d",
                "13mo": "13 mo"}  # fmt: skip
_ENTRY = 40
"""Cells that an entry of the legend likes to have."""


def number_of(measure: Measure) -> Callable[[float], str]:
    """How the screens write a value of this measure."""
    if measure.unit == "ms":
        return numbers.milliseconds
    if measure.name == "mos":
        return numbers.mos
    if measure.unit == "bit/s":
        return numbers.rate
    return numbers.loss if measure.name == "loss" else numbers.utilisation


def circuit_name(circuit_id: str, view: View) -> str:
    """`0417 Grand Junction CO Comcast`; an id that is not known is its own name."""
    inventory = view.inventory
    row = inventory.circuit_row.get(circuit_id)
    if row is None:
        return circuit_id
    circuit, site = inventory.circuits[row], int(inventory.circuit_site[row])
    place = inventory.sites[site].name if site >= 0 else circuit.site_id
    return f"{place} {cells.carrier(circuit)}"


def heading(wish: Wish, view: View) -> str:
    """What the chart is of: `utilisation %, 0417 Grand Junction CO Comcast`."""
    measure = wish.measure
    of = f"{measure.title} {measure.unit}".strip()
    if wish.kind == DIST:
        return f"{of}, all {len(view.circuits):,} circuits"
    if wish.kind == MANY:
        return f"{of}, {len(wish.circuit_ids):,} circuits"
    return f"{of}, {circuit_name(wish.circuit_ids[0], view)}" if wish.circuit_ids else of


def note(found: Found, wish: Wish, view: View) -> str:
    """Its figures, and how much of it is known where that is not all."""
    text = number_of(wish.measure)
    match found:
        case One():
            said = _of_one(found, wish.measure, text)
        case Heat():
            said = _of_heat(found, wish, text)
        case Boxes():
            of = "hourly averages" if found.samples.hours else "polls"
            said = [f"{of} by {found.grain}: lowest, middle half, median, highest"]
        case Many():
            more = found.asked - len(found.lines)
            said = [f"the first {len(found.lines)} of {found.asked:,}"] if more > 0 else []
        case Distribution():
            said = _of_distribution(found, text)
    return "  ".join([*said, *_covered(found, wish.measure)])


def _of_one(found: One, measure: Measure, text: Callable[[float], str]) -> list[str]:
    said = []
    if found.figures is not None and len(found.figures) and measure.gauge:
        at = found.figures.gauge(measure.gauge)
        near = "≈" if found.figures.p95_error > 0 else ""
        said = [
            f"avg {text(float(found.figures.average[0, at]))}",
            f"p95 {near}{text(float(found.figures.p95[0, at]))}",
            f"max {text(float(found.figures.highest[0, at]))}",
        ]
    if found.samples.hours:
        said.append("highest and average of each hour")
    return said


def _of_heat(found: Heat, wish: Wish, text: Callable[[float], str]) -> list[str]:
    """How many weeks there are of it, and the hour that runs beside its usual value."""
    weeks = int(found.weeks.max(initial=0))
    said = [f"average of up to {weeks} week{'' if weeks == 1 else 's'}"]
    now = found.samples.newest
    if not math.isnan(now):
        local = datetime.fromtimestamp(found.samples.range.end, ZoneInfo(wish.zone))
        usual = float(found.values[local.weekday(), local.hour])
        said.append(f"{DAYS[local.weekday()]} {local.hour:02d} h: usual {text(usual)}, now {text(now)}")
    return said


def _of_distribution(found: Distribution, text: Callable[[float], str]) -> list[str]:
    known = np.sort(found.known)
    unknown = len(found.values) - len(known)
    said = [f"{'≈' if found.p95_error else ''}{found.statistic} of each"] if found.statistic else []
    if len(known):
        said += [
            f"median {text(_rank(known, 0.5))}",
            f"p95 {text(_rank(known, 0.95))}",
            f"max {text(float(known[-1]))}",
        ]
    if unknown:
        said.append(f"{unknown:,} unknown")
    return said


def _rank(rising: np.ndarray, share: float) -> float:
    """Nearest rank."""
    return float(rising[max(math.ceil(share * len(rising)), 1) - 1])


def _covered(found: Found, measure: Measure) -> list[str]:
    if isinstance(found, Distribution):
        covered = found.covered
    elif isinstance(found, Many):
        return []  # its legend says each one's
    else:
        covered = coverage_of(found.figures, measure, 0)
    return [cover_words(covered)] if covered < COVERED else []


def cover_words(percent: float) -> str:
    """Cut, not rounded: nothing looks more complete than it is."""
    return f"cover {math.floor(percent * 10) / 10:.1f} %"


def coverage_of(figures: Figures | None, measure: Measure, row: int) -> float:
    """Percent of the time that a value of the measure is known of; NaN where that cannot be told."""
    return coverage(figures, measure.gauge, row) if figures is not None and row < len(figures) else math.nan


def legend(found: Found, wish: Wish, view: View, wide: int) -> list[Line]:
    """Who is who among many, side by side as there is room; or where the circuit stands in a distribution."""
    text = number_of(wish.measure)
    if isinstance(found, Distribution):
        return [_standing(c, value, found, view, text, wide) for c, value in found.own.items()]
    if not isinstance(found, Many):
        return []
    columns = max(min(wide // _ENTRY, len(found.lines)), 1)
    each = (wide - 2 * (columns - 1)) // columns
    entries: list[Line] = []
    for i, samples in enumerate(found.lines):
        value = text(samples.newest)
        covered = coverage_of(found.figures, wish.measure, i)
        told = f"{value:>6}" + (f"  {cover_words(covered)}" if covered < COVERED else "")
        name = fit(circuit_name(samples.circuit_id, view), max(each - 3 - width(told), 4))
        entries.append(((f"{i + 1} ", f"{INKS[i]} bold"), (name, "text"), (f" {told}", "dim")))
    rows = -(-len(entries) // columns)
    stacked = [entries[i * rows : (i + 1) * rows] for i in range(columns)]
    return beside(stacked, [each] * columns, 2)


def _standing(circuit_id: str, value: float, found: Distribution, view: View, text: Callable[[float], str],
              wide: int) -> Line:  # fmt: skip
    """`│ 0417 Grand Junction CO Comcast  93.4: above 96 of 104`."""
    known = found.known
    above = int((known < value).sum())
    told = "unknown" if math.isnan(value) else f"{text(value)}: above {above:,} of {len(known):,}"
    name = clip(circuit_name(circuit_id, view), max(wide - width(told) - 4, 4))
    return (("│ ", "accent"), (name, "text"), (f"  {told}", "dim"))


def nothing(wish: Wish, window: str) -> str:
    """The words where nothing is known of what was asked for."""
    of = wish.measure.title
    if wish.kind == DIST:
        return f"No circuit has a known {of}{'' if wish.range is None else f' in {window}'}."
    return f"No sample of {of} in {window}."


KEYS = "w looks further back, m takes the next metric"
"""What to do then, on the screen."""
TOO_SMALL = "There is no room for a chart here."
