"""How much of the network serves: sites, and availability of 24 h, of this month and of the last one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from noctui.model.figures import Figures
from noctui.model.scene import Range, Reader
from noctui.model.view import View
from noctui.model.words import State
from noctui.runtime.months import months
from noctui.tui.look.numbers import MONTHS, NONE, availability
from noctui.tui.look.text import clip
from noctui.tui.moment import Moment, Size
from noctui.tui.panes.changed import Mask
from noctui.tui.panes.keeping import Keeping
from noctui.tui.panes.pane import Content, Pane
from noctui.tui.runs import Line, Run, pad

DAY = 86_400.0
COVERED = 99.5
"""Percent of coverage below which it is said."""


@dataclass(frozen=True, slots=True)
class Sites:
    """Sites by whether traffic can pass: at least one circuit up; all down or away (dark); else not known."""

    total: int  # with a circuit that is not disabled
    serving: int
    dark: int
    unknown: int
    failed_over: int


def sites_of(view: View) -> Sites:
    """Counted over the sites that have a circuit in use."""
    inv, state = view.inventory, view.circuits.state
    rows = len(inv.sites)

    def having(which: Mask) -> Mask:
        sites = inv.circuit_site[which]
        return np.asarray(np.bincount(sites[sites >= 0], minlength=rows)[:rows] > 0)

    used, up, dark = having(state != State.DISABLED), having(state == State.UP), view.sites.dark
    total, serving, gone = int(used.sum()), int((used & up & ~dark).sum()), int((used & dark).sum())
    return Sites(total, serving, gone, total - serving - gone, int(view.sites.failed_over.sum()))


@dataclass(frozen=True, slots=True)
class Available:
    """Up over known time of all circuits together, percent; NaN where nothing is known."""

    percent: float
    coverage: float


def available(figures: Figures) -> Available:
    """Added up over the rows in seconds, never from percentages."""
    up, down, unknown = float(figures.up.sum()), float(figures.down.sum()), float(figures.unknown.sum())
    known = up + down
    return Available(
        100.0 * up / known if known > 0 else float("nan"),
        100.0 * known / (known + unknown) if known + unknown > 0 else float("nan"),
    )


@dataclass(frozen=True, slots=True)
class Card:
    """A number that is to be seen first: what it is, the number, and what is to be known with it."""

    label: str
    value: Run
    note: str = ""


def card_lines(cards: Sequence[Card], wide: int) -> list[Line]:
    """Labels, numbers, notes: three lines, the cards beside each other in places that never move."""
    each = max(wide // max(len(cards), 1), 1)
    return [
        tuple(run for c in cards for run in pad(((clip(c.label, each - 1), "dim"),), each)),
        tuple(run for c in cards for run in pad((c.value,), each)),
        tuple(run for c in cards for run in pad(((clip(c.note, each - 1), "dim"),), each)),
    ]


def available_card(label: str, found: Figures | None, failed: str) -> Card:
    """`99.946 %`; what is covered is said where it is less than 99.5 %."""
    if found is None:
        return Card(label, (NONE, "faint"), "cannot be read" if failed else "asking")
    told = available(found)
    text = availability(told.percent)
    if text == NONE:
        return Card(label, (text, "faint"), "nothing is known")
    note = "" if told.coverage >= COVERED else f"cover {availability(told.coverage, 1)} %"
    return Card(label, (f"{text} %", "hi bold"), note)


class Serving(Pane):
    """Six cards, at S without notes. Availability is that of the regions' circuits, added up."""

    SCOPED_CSS = False  # its look depends on the size, which is a class of the board around it
    DEFAULT_CSS = """
    Serving { height: 4; padding: 0 1; }
    .-s Serving { height: 2; }
    """
    HEADING = "service"

    def __init__(self, clock: Callable[[], float], zone: str, *, id: str) -> None:
        super().__init__(id=id)
        self._zone = zone
        self._asked: dict[str, Keeping[Figures]] = {
            name: Keeping(self, clock, self.draw) for name in ("24 h", "this", "before")
        }

    def inquire(self, moment: Moment) -> None:
        at, live, read = moment.at, moment.scene.live, moment.scene.read
        this, before = months(at, self._zone)
        ranges = {
            "24 h": Range(at - DAY, at, "24 h"), "this": Range(this.start, at, this.key),
            "before": Range(before.start, before.end, before.key),
        }  # fmt: skip
        for name, range_ in ranges.items():
            self._asked[name].want(range_.word, at, live, partial(_regions, read, range_))

    def cards(self, moment: Moment) -> list[Card]:
        sites, short = sites_of(moment.view), moment.size is Size.S
        of = f"{sites.serving:,} of {sites.total:,}"
        cards = [
            Card("serving" if short else "sites serving", (of, "hi bold"),
                 f"{sites.unknown:,} unknown" if sites.unknown else ""),
            Card("dark", (f"{sites.dark:,}", "down" if sites.dark else "dim"), "no circuit up" if sites.dark else ""),
            Card("failed over", (f"{sites.failed_over:,}", "hi bold" if sites.failed_over else "dim"),
                 "primary not active" if sites.failed_over else ""),
        ]  # fmt: skip
        this, before = months(moment.at, self._zone)
        names = {"24 h": "24 h", "this": _month(this.key), "before": _month(before.key)}
        for name, asked in self._asked.items():
            label = names[name] if short else f"available {names[name]}"
            cards.append(available_card(label, asked.known(moment.at), asked.failed))
        return cards

    def draw(self) -> None:
        moment = self._moment
        if moment is not None and self.size.height == 2:
            self.paint(self.content(moment, self.size.width, 2).lines[:2])
        else:
            super().draw()

    def content(self, moment: Moment, wide: int, room: int) -> Content:
        lines = card_lines(self.cards(moment), wide)
        if moment.grey:
            lines = [tuple((t, r if r in ("faint", "dim") else "stale") for t, r in line) for line in lines]
        return Content(lines, "sites now; availability of all circuits, percent of the known time")


async def _regions(read: Reader, range_: Range) -> Figures:
    return await read.groups("region", range_)


def _month(key: str) -> str:
    """`2026-11` → `Nov`."""
    return MONTHS[int(key[5:7]) - 1]
