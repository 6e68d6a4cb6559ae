"""Failover episodes as rows: where, since when, why, on whom, and how it was meanwhile."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noctui.model.figures import GAUGE, Episode, Figures
from noctui.model.view import View
from noctui.model.words import Level, Metric
from noctui.tui.export import Cell as CsvCell
from noctui.tui.export import Exported, instant, number
from noctui.tui.look.numbers import NONE, duration, event_time, loss, milliseconds, tone, utilisation
from noctui.tui.look.signs import Signs
from noctui.tui.panes import cells
from noctui.tui.panes.changed import Mask
from noctui.tui.widgets.columns import Cell, Column

COLUMNS = (
    Column("sign", "", 1),
    Column("who", "site", 15, flex=True),
    Column("began", "began", 12, drop=6),
    Column("length", "for", 5, "right"),
    Column("cause", "cause", 8, drop=3),
    Column("on", "on", 9, drop=2),
    Column("took", "took", 5, "right", drop=4),
    Column("util", "max %", 5, "right"),
    Column("loss", "loss %", 6, "right", drop=1),
    Column("lat", "lat", 4, "right", drop=5),
)
"""`for` is its length, `took` the time until another circuit carried; quality is that of the circuit that carried."""
_GAUGE = {
    "util": (Metric.UTILISATION, "util", utilisation), "loss": (Metric.LOSS, "loss", loss),
    "lat": (Metric.LATENCY, "latency", milliseconds),
}  # fmt: skip
_DURING = (("util", "utilisation", "pct"), ("loss", "loss", "pct"), ("jitter", "jitter", "ms"),
           ("latency", "latency", "ms"))  # fmt: skip
_FIGURES = (("average", "avg"), ("highest", "max"), ("p95", "p95"))
_RUNNING = 1e12
"""Later than any episode began."""
HEADERS = (
    "site", "site_name", "region", "site_id", "began", "ended", "seconds", "cause", "lost_at", "to_switch_s",
    "uncertainty_s", "active_circuit_id", "active_carrier", "primary_circuit_id", "primary_carrier",
    *(
        f"{whose}_{name}_{word}_{unit}"
        for whose in ("active", "primary") for _, name, unit in _DURING for _, word in _FIGURES
    ), "at",
)  # fmt: skip


def _figure(episode: Episode, gauge: str, what: str) -> float:
    """Of the circuit that carried, while it did; NaN where it is not known."""
    found = episode.active
    return float(getattr(found, what)[0, GAUGE[gauge]]) if found is not None and len(found) else float("nan")


class EpisodeRows:
    """Running ones first, of them those whose circuit was fullest; then the newest."""

    def __init__(self, view: View, episodes: Sequence[Episode], signs: Signs, grey: bool = False) -> None:
        self.view = view
        self.episodes = tuple(episodes)
        self._signs = signs
        self._grey = grey
        self._at = {self.key(i): i for i in range(len(self.episodes))}

    def __len__(self) -> int:
        return len(self.episodes)

    def key(self, row: int) -> str:
        return f"{self.episodes[row].site_id} {self.episodes[row].began:.0f}"

    def find(self, key: str) -> int | None:
        return self._at.get(key)

    def cells(self, row: int, columns: tuple[str, ...]) -> Sequence[Cell]:
        made = [self._cell(self.episodes[row], column) for column in columns]
        return cells.greyed(made) if self._grey else made

    def _length(self, episode: Episode) -> float:
        return max((self.view.at if episode.ended is None else episode.ended) - episode.began, 0.0)

    def _cell(self, episode: Episode, column: str) -> Cell:
        running = episode.ended is None
        match column:
            case "sign":
                return (self._signs.standing_in, "accent bold") if running else (self._signs.ok, "dim")
            case "who":
                return (self._who(episode), "hi")
            case "began":
                return (event_time(episode.began, self.view.at), "text" if running else "dim")
            case "length":
                return (duration(self._length(episode)), "text" if running else "dim")
            case "cause":
                return (episode.cause, "text")
            case "on":
                row = self.view.inventory.circuit_row.get(episode.active_id)
                name = cells.carrier(self.view.inventory.circuits[row]) if row is not None else episode.active_id
                return (name or NONE, tone(name or NONE))
            case "took":
                text = duration(episode.took)
                return (text, tone(text))
        metric, gauge, words = _GAUGE[column]
        value = _figure(episode, gauge, "highest" if column == "util" else "average")
        row = self.view.inventory.circuit_row.get(episode.active_id)
        level = cells.raw_level(self.view.limits_of(row, metric), value) if row is not None else Level.NONE
        return cells.value_cell(words(value), level)

    def _who(self, episode: Episode) -> str:
        row = self.view.inventory.site_row.get(episode.site_id)
        if row is None:
            return episode.site_id
        site = self.view.inventory.sites[row]
        return f"{cells.site_number(site)} {cells.site_town(site)}".strip()

    def sort_values(self, column: str) -> NDArray[Any]:
        match column:
            case "running" | "sign":
                full = np.nan_to_num(self.sort_values("util"), nan=-1.0)
                over = [e.ended is not None for e in self.episodes]
                return np.where(over, self.sort_values("began"), _RUNNING + full)
            case "began":
                return np.array([e.began for e in self.episodes], np.float64)
            case "length":
                return np.array([self._length(e) for e in self.episodes], np.float64)
            case "took":
                return np.array([e.took for e in self.episodes], np.float64)
            case "util" | "loss" | "lat":
                gauge, what = _GAUGE[column][1], "highest" if column == "util" else "average"
                return np.array([_figure(e, gauge, what) for e in self.episodes], np.float64)
        return np.array([str(self._cell(e, column)[0]).lower() for e in self.episodes], np.str_)

    def changed(self, old: EpisodeRows, rows: NDArray[np.intp]) -> Mask:
        names = tuple(c.key for c in COLUMNS)
        return np.array(
            [int(r) >= len(old) or self.cells(int(r), names) != old.cells(int(r), names) for r in rows], np.bool_
        )


def exported(rows: EpisodeRows, order: Sequence[int]) -> Exported:
    """These episodes, in this order."""
    return Exported("failovers", HEADERS, [_row(rows, rows.episodes[i]) for i in order])


def _row(rows: EpisodeRows, e: Episode) -> tuple[CsvCell, ...]:
    inv = rows.view.inventory
    at = inv.site_row.get(e.site_id)
    site = inv.sites[at] if at is not None else None
    circuits = (inv.circuit_row.get(key) for key in (e.active_id, e.primary_id))
    active, primary = ("" if row is None else inv.circuits[row].carrier for row in circuits)
    return (
        cells.site_number(site) if site else "", site.name if site else "", site.region if site else "", e.site_id,
        instant(e.began), instant(e.ended) if e.ended is not None else None, number(rows._length(e)), e.cause,
        instant(e.lost_at), number(e.took), number(e.uncertainty), e.active_id, active, e.primary_id, primary,
        *_during(e.active), *_during(e.primary), instant(rows.view.at),
    )  # fmt: skip


def _during(found: Figures | None) -> Iterator[CsvCell]:
    """What a circuit was over the time of the episode."""
    for gauge, _, _ in _DURING:
        for what, _ in _FIGURES:
            yield number(getattr(found, what)[0, GAUGE[gauge]]) if found is not None and len(found) else None
