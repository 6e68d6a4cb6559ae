"""Another circuit of the site below the one that a chart is of: which, its series, lanes in pairs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from noctui.model.scene import Range, Reader, Series, Stretch
from noctui.model.view import View
from noctui.model.words import Metric, Role
from noctui.tui.look.signs import Signs
from noctui.tui.look.text import clip
from noctui.tui.moment import Moment
from noctui.tui.panes.asking import Question
from noctui.tui.panes.cells import Limits
from noctui.tui.panes.chart_lanes import state_bands
from noctui.tui.panes.circuit_mist import rooms
from noctui.tui.panes.series_rows import METRICS
from noctui.tui.widgets.lanes import Band, Lane

_GONE = "not in the network at this time"


def others(view: View, circuit_id: str) -> tuple[str, ...]:
    """The other circuits of its site, as the site screen has them."""
    inventory = view.inventory
    row = inventory.circuit_row.get(circuit_id)
    site = inventory.site_row.get(inventory.circuits[row].site_id) if row is not None else None
    if site is None:
        return ()
    beside = [inventory.circuits[r] for r in inventory.site_circuits[site] if r != row]
    return tuple(c.circuit_id for c in sorted(beside, key=lambda c: (c.role == Role.UNKNOWN, c.role)))


def following(known: tuple[str, ...], here: str) -> str:
    """The next of the round, which ends with none of them: ''."""
    around = ("", *known)
    return around[(around.index(here) + 1) % len(around)] if here in around else ""


def beside_lanes(
    mine: Series, other: Series | None, name: str, rows: int,
    limits: Callable[[Metric], Limits], its_limits: Callable[[Metric], Limits], alone: str = "",
) -> list[Lane]:  # fmt: skip
    """This circuit's lane of a metric and below it the other's (titled `name`), each against its own thresholds; for as
    many metrics as `rows` have room for, or for the one named."""
    made: list[Lane] = []
    for (metric, _, label, unit, of, scale, text), high in rooms(rows, alone):
        for title, role, series, limit, its in (
            (label, "graph", mine, limits, False), (name, "graph2", other, its_limits, True),
        ):  # fmt: skip
            times = series.times if series is not None else np.zeros(0)
            spans = series.spans if series is not None else np.zeros(0, np.float32)
            found = series.values.get(metric) if series is not None else None
            values = found if found is not None else np.full(len(times), np.nan, np.float32)
            word = "" if its else unit
            made.append(Lane(title, word, times, values, spans, limit(of), scale, role, high, text, its))
    return made


async def read(reader: Reader, circuit_id: str, range_: Range) -> tuple[Series, tuple[Stretch, ...]]:
    """Its samples and its states."""
    return await reader.series(circuit_id, METRICS, range_), await reader.timeline(circuit_id, range_)


class Beside:
    """`circuit_id` is the other one, '' while there is none; `bands` are its outages and gaps. `changed` is called when
    its series came."""

    def __init__(self, owner: Any, changed: Callable[[], None]) -> None:
        self.circuit_id = ""
        self.series: Series | None = None
        self.bands: tuple[Band, ...] = ()
        self._failed = ""
        self._changed = changed
        self._question = Question(owner, self._fail)

    @property
    def on(self) -> bool:
        return bool(self.circuit_id)

    def step(self, view: View, mine: str) -> None:
        """The next other circuit of the site; none after the last."""
        found = following(others(view, mine), self.circuit_id)
        self.end()
        self.circuit_id = found

    def end(self) -> None:
        """No longer wanted, or beside another circuit."""
        self.circuit_id, self.series, self.bands, self._failed = "", None, (), ""
        self._question.forget()

    def ask(self, moment: Moment, range_: Range) -> None:
        """Its series over the range of the chart."""
        other = self.circuit_id
        if not other:
            return
        if other not in moment.view.inventory.circuit_row:
            self._question.forget()
            self.series, self.bands, self._failed = None, (), _GONE
            return
        reader = moment.scene.read
        key = (other, range_.start, range_.end, moment.at)
        self._question.ask(key, lambda: read(reader, other, range_), self._take)

    def name(self, view: View, signs: Signs) -> str:
        """`bkp`, for its lanes."""
        row = view.inventory.circuit_row.get(self.circuit_id)
        role = view.inventory.circuits[row].role if row is not None else Role.UNKNOWN
        return signs.circuit_role(role) if role != Role.UNKNOWN else "other"

    def said(self, view: View, signs: Signs) -> str:
        """`bkp Verizon LTE below, r next`, or why it is not there."""
        row = view.inventory.circuit_row.get(self.circuit_id)
        carrier = clip(view.inventory.circuits[row].carrier, 24, signs.cut) if row is not None else ""
        state = self._failed or ("reading …" if self.series is None else "r next")
        return " ".join(w for w in (self.name(view, signs), carrier, f"below, {state}") if w)

    def _take(self, found: tuple[Series, tuple[Stretch, ...]]) -> None:
        series, timeline = found
        if series.circuit_id == self.circuit_id:
            self.series, self.bands, self._failed = series, tuple(state_bands(timeline)), ""
            self._changed()

    def _fail(self, said: str) -> None:
        self.series, self.bands, self._failed = None, (), said
        self._changed()
