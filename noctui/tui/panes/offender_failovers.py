"""Offenders by failovers: how often and how long a site ran without its primary, and how it was meanwhile."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from noctui.model.figures import GAUGE, Episode
from noctui.model.words import Metric
from noctui.runtime.ranking import Failovers
from noctui.tui.export import Cell as CsvCell
from noctui.tui.export import instant, measured, number
from noctui.tui.look.numbers import NONE, duration, event_time, tone
from noctui.tui.moment import Size
from noctui.tui.panes import cells
from noctui.tui.panes.offender_rows import NUMBER, OffenderRows, who
from noctui.tui.widgets.columns import Cell, Column


class FailoverRows(OffenderRows):
    """Per primary that was lost (or site, region, carrier of it): episodes counted, and the newest one."""

    def columns(self, size: Size) -> tuple[Column, ...]:
        over = (
            Column("took", "to switch", 9, "right", drop=6), Column("last", "newest", 12, drop=3),
            Column("cause", "cause", 8, drop=6), Column("active", "on", 11 if size is Size.L else 9, drop=9),
        )  # fmt: skip
        during = (
            Column("carried", "util %", 6, "right", drop=11), Column("lost", "loss %", 6, "right", drop=12),
            Column("delay", "lat ms", 6, "right", drop=12),
        )  # fmt: skip
        return (
            *who(self.asked.things, size), Column("times", "times", 5, "right"), Column("total", "total", 5, "right"),
            Column("longest", "longest", 7, "right", drop=6), *over, *during,
        )  # fmt: skip

    @property
    def found(self) -> Failovers:
        assert self.ranked.failovers is not None
        return self.ranked.failovers

    def newest(self, row: int) -> Episode | None:
        """The newest episode of a row."""
        at = int(self.found.last[row])
        return self.ranked.answer.episodes[at] if at >= 0 else None

    def own(self, row: int, column: str) -> Cell:
        found, newest = self.found, self.newest(row)
        match column:
            case "times":
                return self.counted(int(found.count[row]))
            case "total" | "longest":
                seconds = float(found.seconds[row] if column == "total" else found.longest[row])
                text = duration(seconds) if found.count[row] else "0"
                return (text, tone(text, "warn" if found.running[row] and column == "total" else "text"))
            case "took":
                text = duration(float(found.took[row]))
                return (text, tone(text))
        if newest is None:
            return (NONE, "faint")
        match column:
            case "last":
                if newest.ended is None:
                    return ((event_time(newest.began, self.asked.at), "text"), (" now", "warn"))
                return (event_time(newest.began, self.asked.at), "text")
            case "cause":
                return (newest.cause, "text")
            case "active":
                return (self._carrier(newest.active_id), "text")
            case "carried":
                return self._during(newest, Metric.UTILISATION, "highest")
            case "lost":
                return self._during(newest, Metric.LOSS, "average")
            case "delay":
                return self._during(newest, Metric.LATENCY, "average")
        raise KeyError(column)

    def _carrier(self, circuit_id: str) -> str:
        row = self.view.inventory.circuit_row.get(circuit_id)
        return cells.carrier(self.view.inventory.circuits[row]) if row is not None else circuit_id or NONE

    def _during(self, episode: Episode, metric: Metric, what: str) -> Cell:
        """A figure of the circuit that carried, in the colour of the threshold that it reaches."""
        if episode.active is None or not len(episode.active):
            return (NONE, "faint")
        gauge = {Metric.UTILISATION: "util", Metric.LOSS: "loss", Metric.LATENCY: "latency"}[metric]
        value = float(getattr(episode.active, what)[0, GAUGE[gauge]])
        row = self.view.inventory.circuit_row.get(episode.active_id)
        level = cells.raw_level(self.view.limits_of(row, metric), value) if row is not None else 0
        return cells.value_cell(NUMBER[metric](value), level)

    def own_values(self, column: str) -> NDArray[Any]:
        found = self.found
        match column:
            case "times":
                return found.count
            case "total":
                return found.seconds
            case "longest":
                return found.longest
            case "took":
                return found.took
            case "last":
                return np.array([e.began if (e := self.newest(row)) else np.nan for row in range(len(self))])
        return np.array([str(self.own(row, column)[0]).lower() for row in range(len(self))])

    def headers(self) -> tuple[str, ...]:
        return (
            "failovers", "running", "failed_over_s", "longest_s", "median_to_switch_s", "newest_began", "newest_ended",
            "newest_cause", "newest_active_circuit_id", "newest_util_max_pct", "newest_loss_avg_pct",
            "newest_latency_avg_ms",
        )  # fmt: skip

    def exported(self, row: int) -> tuple[CsvCell, ...]:
        found, e = self.found, self.newest(row)
        head = (
            int(found.count[row]), int(found.running[row]), number(found.seconds[row]), number(found.longest[row]),
            number(found.took[row]),
        )  # fmt: skip
        if e is None:
            return (*head, *(None,) * 7)
        active = e.active
        during = (None,) * 3 if active is None or not len(active) else (
            measured(active.highest[0, GAUGE["util"]]), number(active.average[0, GAUGE["loss"]]),
            number(active.average[0, GAUGE["latency"]]),
        )  # fmt: skip
        ended = instant(e.ended) if e.ended is not None else None
        return (*head, instant(e.began), ended, e.cause, e.active_id, *during)
