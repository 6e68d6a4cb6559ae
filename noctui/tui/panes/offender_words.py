"""What the offenders screen says: its sentence, why it is empty, what its figures lack."""

from __future__ import annotations

from noctui.model.figures import Daily
from noctui.model.headline import Headline
from noctui.model.view import View
from noctui.runtime import ranking
from noctui.runtime.headlines import Chronic, nobody_words, offenders_headline
from noctui.tui.look.numbers import availability, clock, count, duration
from noctui.tui.panes import cells
from noctui.tui.panes.offender_failovers import FailoverRows
from noctui.tui.panes.offender_rows import UNIT, OffenderRows
from noctui.tui.panes.offender_trends import change_text, reach_text


def nobody(rows: OffenderRows) -> str:
    """Why nothing ranks."""
    return nobody_words(rows.asked.by.name, rows.asked.things, rows.asked.range.word, rows.ranked.coverage())


BEHIND = 60.0
"""Seconds by which figures may be older than the poll that is shown before it is said: each poll asks anew."""


def told(rows: OffenderRows, at: float) -> str:
    """That the figures are of an earlier poll than the one shown, and what is missing from them."""
    behind = at - rows.asked.at > max(BEHIND, 1.5 * rows.view.interval)
    parts = [f"as of {clock(rows.asked.at)}"] if behind else []
    if rows.figures.told:
        parts.append(rows.figures.told.rstrip(". "))
    return ", ".join(parts)


def chronic(daily: Daily | None, view: View) -> Chronic | None:
    """How many circuits are chronic and who leads; None while the days are not known."""
    if daily is None:
        return None
    order = ranking.by_bad_days(daily)
    if not len(order):
        return Chronic(0)
    first = int(order[0])
    row = view.inventory.circuit_row.get(daily.ids[first])
    bad, _ = ranking.bad_days(daily)
    return Chronic(len(order), circuit_name(view, row) if row is not None else daily.ids[first], int(bad[first]))


def circuit_name(view: View, row: int) -> str:
    """`2044 Waco TX Lumen`."""
    inventory, circuit = view.inventory, view.inventory.circuits[row]
    site = int(inventory.circuit_site[row])
    where = circuit.site_id
    if site >= 0:
        where = f"{cells.site_number(inventory.sites[site])} {cells.site_town(inventory.sites[site])}".strip()
    return f"{where} {cells.carrier(circuit)}"


def sentence(rows: OffenderRows, daily: Daily | None, view: View) -> Headline:
    """What is chronic, and who is first in the list."""
    order, by = rows.ranked.order, rows.asked.by
    said = chronic(daily, view)
    window = rows.asked.range.word
    if by.family == "trends" and rows.ranked.trend is None:
        return offenders_headline(said, by.name, window)
    if not len(order):
        return offenders_headline(said, by.name, window, nobody=nobody(rows))
    first = int(order[0])
    return offenders_headline(said, by.name, window, first=rows.name(first), said=_figure(rows, first))


def _figure(rows: OffenderRows, row: int) -> str:
    """The figure that put this row first."""
    f, by = rows.figures, rows.asked.by
    if isinstance(rows, FailoverRows):
        found = rows.found
        return f"{count(int(found.count[row]))}, {duration(float(found.seconds[row]))} in all"
    match by.name:
        case "flaps":
            return count(int(f.flaps[row]))
        case "availability":
            return f"{availability(float(f.available[row]))} %"
        case "worsening" | "improving" | "congested":
            trend, at = rows.ranked.trend, rows.trend_at(row)
            if trend is None or at < 0:
                return ""
            unit = UNIT[by.metric]
            if by.name == "congested" and trend.reach[at] >= 0:
                return f"{trend.threshold[at]:g} {unit} {_when(float(trend.reach[at]))}"
            return f"{change_text(float(trend.change[at]))} {'points' if unit == '%' else unit} in a week"
    return duration(float(f.above[row, by.metric, 1]))


def _when(days: float) -> str:
    text = reach_text(days)
    return text if text in ("never", "now") else f"in {text}"
