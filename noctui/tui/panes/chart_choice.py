"""Which chart is looked at: kind, metric, window and clock, and what the keys make of it. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from noctui.charts.ask import highest_first
from noctui.charts.kinds import (
    BOX,
    DIST,
    FIRST_WINDOW,
    HEAT,
    KIND_WINDOWS,
    LINE,
    MANY,
    MEASURES,
    NOW,
    Measure,
)
from noctui.charts.wish import Wish
from noctui.model.scene import WINDOWS, Range
from noctui.model.view import View
from noctui.tui.filter import Filter, FilterError
from noctui.tui.moment import Moment
from noctui.tui.panes import chart_words, subjects
from noctui.tui.panes.chart_zones import OWN, Zone, other_zone, zone_of
from noctui.tui.place import Place

LONG = (HEAT, BOX, LINE, MANY, DIST)
"""What `t` steps through for a circuit."""
BROAD = (DIST, MANY)
"""The same for a site, a filter, the network."""


@dataclass(frozen=True, slots=True)
class Choice:
    """`windows` are those chosen of each kind; `clock` is OWN until a person takes another."""

    kind: str
    measure: Measure
    windows: dict[str, str]
    clock: str = OWN

    @property
    def window(self) -> str:
        found = self.windows.get(self.kind, FIRST_WINDOW[self.kind])
        return NOW if self.kind == DIST and not self.measure.gauge else found

    @property
    def allowed(self) -> tuple[str, ...]:
        """The windows that there are."""
        return (NOW,) if self.kind == DIST and not self.measure.gauge else KIND_WINDOWS[self.kind]

    def with_window(self, word: str) -> Choice:
        return replace(self, windows={**self.windows, self.kind: word})


def first(place: Place) -> Choice:
    """What a place begins with: a circuit with its hours of the week, a site with its circuits on one axis, the network
    with how it is spread."""
    kind = place.chart or (HEAT if place.circuit_id else MANY if place.site_id else DIST)
    return Choice(kind, MEASURES.get(place.metric, MEASURES["util"]), {})


def kinds(place: Place) -> tuple[str, ...]:
    return LONG if place.circuit_id else BROAD


def after(known: tuple[str, ...], here: str, step: int = 1) -> str:
    """The next of the round; the first where `here` is none of it."""
    return known[(known.index(here) + step) % len(known)] if here in known else known[0]


def other_kind(choice: Choice, place: Place) -> Choice:
    return replace(choice, kind=after(kinds(place), choice.kind))


def other_measure(choice: Choice, step: int) -> Choice:
    return replace(choice, measure=MEASURES[after(tuple(MEASURES), choice.measure.name, step)])


def other_clock(choice: Choice, view: View, calendar: str, ids: tuple[str, ...]) -> Choice:
    """The next clock that shows other times than this one."""
    return replace(choice, clock=other_zone(choice.clock, choice.kind, calendar, view, ids))


def circuits_of(place: Place, choice: Choice, moment: Moment) -> tuple[str, ...]:
    """Whom the chart is of: the circuit; all of its site; those that filter and severities leave, the worst first."""
    inventory = moment.view.inventory
    if choice.kind == DIST or (place.circuit_id and choice.kind != MANY):
        return (place.circuit_id,) if place.circuit_id else ()
    at = place.site_id
    row = inventory.circuit_row.get(place.circuit_id, -1)
    if row >= 0:
        at = inventory.circuits[row].site_id
    if at:
        site = inventory.site_row.get(at)
        rows = list(inventory.site_circuits[site]) if site is not None else []
    else:
        rows = matching(moment)
    return highest_first(rows, choice.measure, moment.view)


def matching(moment: Moment) -> list[int]:
    """Rows that filter and severities leave; all while the filter says nothing of circuits."""
    try:
        mask = moment.filter.mask(subjects.circuits(moment.view))
    except FilterError:
        mask = Filter().mask(subjects.circuits(moment.view))
    if moment.severities:
        mask &= subjects.of_severity(moment.view.circuits.severity, moment.severities)
    found: list[int] = mask.nonzero()[0].tolist()
    return found


def wish_of(place: Place, choice: Choice, moment: Moment, calendar: str) -> tuple[Wish, Zone]:
    """What is asked of the reader, and the clock that it is shown by."""
    ids = circuits_of(place, choice, moment)
    zone = zone_of(choice.clock, choice.kind, calendar, moment.view, ids)
    word = chart_words.WINDOW_WORDS[choice.window]
    back = None if choice.window == NOW else Range(moment.at - WINDOWS[choice.window], moment.at, word)
    return Wish(choice.kind, choice.measure, back, ids, zone.name), zone
