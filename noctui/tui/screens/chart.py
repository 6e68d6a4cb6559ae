"""Charts of a circuit, a site or the network: how it is spread, hours of the week, days, many on one axis."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message
from textual.widget import Widget

from noctui.charts.ask import ask
from noctui.charts.wish import Found, Wish
from noctui.model.headline import Headline
from noctui.tui.export import Exported
from noctui.tui.filter import Subject
from noctui.tui.keys import bindings
from noctui.tui.look import look_of
from noctui.tui.moment import Moment, Size
from noctui.tui.panes import chart_choice, chart_export, chart_page, subjects
from noctui.tui.panes.asking import Question
from noctui.tui.panes.chart_choice import Choice
from noctui.tui.panes.chart_zones import only_clock, zone_of
from noctui.tui.panes.sheet import Sheet
from noctui.tui.place import CIRCUITS, Place, charted
from noctui.tui.runs import Line, text_of
from noctui.tui.screens.board import Board


class Plot(Sheet, can_focus=True):
    """The page that is drawn."""

    DEFAULT_CSS = """
    Plot { width: 1fr; height: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings("open")

    class Opened(Message):
        """Enter."""

    class Resized(Message):
        """There is another amount of room."""

    def action_open(self) -> None:
        self.post_message(self.Opened())

    def on_resize(self) -> None:
        self.post_message(self.Resized())


class ChartBoard(Board):
    """Key x. What was read stays until the next answer; it is drawn in a thread, for that takes milliseconds."""

    SCOPED_CSS = False
    DEFAULT_CSS = """
    ChartBoard { padding: 0 1; }
    ChartBoard.-s { padding: 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings("kind", "measure", "window", "clock")
    OFFERS = (
        "kind",
        "measure",
        "window",
        "clock",
        "open",
        "filter",
        "time",
        "export",
        "copy",
        "command",
        "out",
        "quit",
    )
    FILTERS = True

    def __init__(self, calendar: str = "UTC") -> None:
        super().__init__(id="chart-board")
        self._calendar = calendar
        self._plot = Plot(id="plot")
        self._moment: Moment | None = None
        self._choices: dict[Place, Choice] = {}
        self._read: tuple[Hashable, Found] | None = None
        self._shown: tuple[Wish, Found, Moment] | None = None
        self._question = Question(self, self._fail)

    def compose(self) -> ComposeResult:
        yield self._plot

    @property
    def choice(self) -> Choice:
        """What is looked at here."""
        assert self._moment is not None
        place = self._moment.place
        return self._choices.get(place) or chart_choice.first(place)

    # -- asking and drawing -------------------------------------------------------------------------------------------

    def show(self, moment: Moment) -> None:
        if self._moment is None or self._moment.place != moment.place:
            self._shown = None
            self._plot.paint([*chart_page.words("Reading …")])
        self._moment = moment
        self._ask()

    def tick(self, moment: Moment) -> None:
        if self._moment is not None and self._moment.view is moment.view:
            self._moment = moment

    def _ask(self) -> None:
        moment, room = self._moment, self._plot.size
        if moment is None or not room.width or not room.height:
            return
        wish, zone = chart_choice.wish_of(moment.place, self.choice, moment, self._calendar)
        window = wish.range.word if wish.range is not None else "now"
        page = chart_page.Page(
            room.width,
            room.height,
            zone,
            window,
            moment.at,
            look_of(self).signs.ascii,
            keys=moment.size is not Size.TINY,
        )
        scene = moment.scene
        of = (moment.place, wish.kind, wish.measure.name, wish.range, wish.circuit_ids, wish.zone, id(moment.view))

        async def drawn() -> tuple[Found, list[Line]]:
            known = self._read
            found = known[1] if known is not None and known[0] == of else await ask(scene, wish)
            self._read = of, found
            return found, await asyncio.to_thread(chart_page.lines, wish, found, scene.view, page)

        async def answered() -> tuple[Found | None, list[Line]]:
            try:
                return await drawn()
            except LookupError as error:  # said in words: nobody matches, or no sums are kept of it
                return None, [*chart_page.head(wish, None, scene.view, page), *chart_page.words(str(error.args[0]))]

        self._question.ask((of, page), answered, partial(self._take, wish, moment))

    def _take(self, wish: Wish, moment: Moment, drawn: tuple[Found | None, list[Line]]) -> None:
        found, lines = drawn
        self._shown = (wish, found, moment) if found is not None else None
        self._plot.paint(lines)
        self.post_message(self.Told())

    def _fail(self, said: str) -> None:
        self._shown = None
        self._plot.paint(chart_page.words(f"The chart {said}."))

    def on_plot_resized(self, message: Plot.Resized) -> None:
        message.stop()
        self._ask()

    # -- choosing -----------------------------------------------------------------------------------------------------

    def _choose(self, choice: Choice) -> None:
        if self._moment is not None:
            self._choices[self._moment.place] = choice
            self._ask()

    def action_kind(self) -> None:
        if self._moment is not None:
            self._choose(chart_choice.other_kind(self.choice, self._moment.place))

    def action_measure(self, step: int) -> None:
        if self._moment is not None:
            self._choose(chart_choice.other_measure(self.choice, step))

    def action_clock(self) -> None:
        moment = self._moment
        if moment is not None:
            ids = chart_choice.circuits_of(moment.place, self.choice, moment)
            before, found = self.choice, chart_choice.other_clock(self.choice, moment.view, self._calendar, ids)
            was, zone = (zone_of(c.clock, c.kind, self._calendar, moment.view, ids) for c in (before, found))
            if zone.name == was.name:
                self.post_message(self.Say(only_clock(zone, moment.at)))
            self._choose(found)

    def action_window(self) -> None:
        if self._moment is not None:
            self.look_back(chart_choice.after(self.choice.allowed, self.choice.window))

    def windows(self) -> tuple[str, ...]:
        return self.choice.allowed if self._moment is not None else ()

    def look_back(self, word: str) -> None:
        self._choose(self.choice.with_window(word))

    def on_plot_opened(self, message: Plot.Opened) -> None:
        """What the chart is of: the circuit, the site, or the circuits that the filter leaves."""
        message.stop()
        if self._moment is None:
            return
        of = charted(self._moment.place)
        self.post_message(self.Goto(of) if of is not None else self.Goto(CIRCUITS, self._moment.filter.text))

    # -- what the frame asks ------------------------------------------------------------------------------------------

    def headline(self) -> Headline | None:
        """Of whom the chart is."""
        moment = self._moment
        if moment is None or not (moment.place.circuit_id or moment.place.site_id):
            return None
        place = moment.place
        site = "" if place.circuit_id else place.site_id
        return moment.scene.headline(site_id=site, circuit_id=place.circuit_id, now=moment.now)

    def subject(self) -> Callable[[], Subject] | None:
        moment = self._moment
        if moment is None or moment.place.circuit_id or moment.place.site_id:
            return None
        return lambda: subjects.circuits(moment.view)

    def matches(self) -> tuple[int, int] | None:
        moment = self._moment
        if moment is None or self.subject() is None:
            return None
        return len(chart_choice.matching(moment)), len(moment.view.circuits)

    def export(self) -> Exported | None:
        if self._shown is None:
            return None
        wish, found, moment = self._shown
        return chart_export.exported(found, wish, moment.view)

    def copied(self) -> str:
        """The page as text."""
        return text_of(self._plot.lines)

    def first_focus(self) -> Widget | None:
        return self._plot
