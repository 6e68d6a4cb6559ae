"""The column right of the lanes: figures, time above thresholds, service, where it goes, facts with their sources."""

from __future__ import annotations

import time
from collections.abc import Hashable

from noctui.model.detail import Insights, Ports
from noctui.model.figures import Figures
from noctui.model.scene import Range, Series
from noctui.model.scores import ScoreBoard
from noctui.model.words import Metric
from noctui.tui.moment import Moment
from noctui.tui.panes.circuit_mist import against_line, against_lines
from noctui.tui.panes.keeping import Keeping
from noctui.tui.panes.pane import Content, Pane, asked
from noctui.tui.panes.stats_ahead import ahead_lines
from noctui.tui.panes.stats_asking import More, more, window
from noctui.tui.panes.stats_facts import fact_lines, speed_tests
from noctui.tui.panes.stats_figures import above_lines, figure_lines, own_lines, service_lines, short_lines
from noctui.tui.runs import Line, title

NARROW = 40
"""Cells up to which the column says the shorter words."""
MORE_EVERY = 60.0
"""Seconds after which the month and the trend are asked for anew: they move slowly."""


class Stats(Pane):
    """All of it below each other, to be scrolled; at S the two lines."""

    SCOPED_CSS = False  # its look depends on the size, which is a class of the board around it
    DEFAULT_CSS = """
    Stats { width: 36; height: 1fr; padding: 0 1; }
    .-l Stats { width: 52; }
    .-s Stats { width: 1fr; height: 2; }
    """
    HEADING = "stats"

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._series: Series | None = None
        self._range: Range | None = None
        self._marked = False
        self._found: Keeping[Figures] = Keeping(self, time.monotonic, self.draw)
        self._more: Keeping[More] = Keeping(self, time.monotonic, self.draw)
        self._promise: Keeping[ScoreBoard | None] = Keeping(self, time.monotonic, self.draw)
        self._mist: tuple[Insights | None, str] | None = None
        self._ports: Ports | None = None

    def reset(self) -> None:
        self._mist, self._ports, self._series = None, None, None

    def over(self, moment: Moment, range_: Range, *, marked: bool = False) -> None:
        """The time that is shown beside, or that is marked there: ask for its figures, and for what does not depend on
        it."""
        circuit, read = moment.place.circuit_id, moment.scene.read
        self._range, self._marked = range_, marked
        if circuit not in moment.view.inventory.circuit_row:
            return
        rolling = range_.end >= moment.at
        what: Hashable = (circuit, range_.word, range_.seconds if rolling else (range_.start, range_.end))
        live = moment.scene.live
        self._found.want(what, moment.at, live, lambda: window(read, circuit, range_))
        self._more.want(circuit, moment.at, live, lambda: more(read, circuit, moment.at), MORE_EVERY)
        self._promise.want(circuit, moment.at, live, lambda: read.scores(circuit_id=circuit), MORE_EVERY)

    def found(self, range_: Range) -> Figures | None:
        """The figures of this stretch of time, when they are those that are shown and known."""
        shown, moment = self._range, self._moment
        same = shown is not None and (shown.start, shown.end) == (range_.start, range_.end)
        return self._found.known(moment.at) if same and moment is not None else None

    def sampled(self, series: Series | None) -> None:
        """The samples shown: what is now comes from them."""
        self._series = series
        self.draw()

    def against(self, mist: tuple[Insights | None, str] | None) -> None:
        """Mist's own series (and what is to be said of it) stand against ours; None: no longer."""
        self._mist = mist
        self.draw()

    def configured(self, ports: Ports | None) -> None:
        """What Mist says of the site's ports, with the speed tests."""
        self._ports = ports
        self.draw()

    def draw(self) -> None:
        moment = self._moment
        if moment is not None and self.size.height == 2:
            row = moment.view.inventory.circuit_row.get(moment.place.circuit_id)
            self.paint(self._short(moment, row) if row is not None else [((_NOT_THERE, "dim"),)])
        else:
            super().draw()

    def _short(self, moment: Moment, row: int) -> list[Line]:
        view = moment.view
        marked = self._range if self._marked else None
        lines = short_lines(view, row, self._found.known(moment.at), marked)
        if self._mist is not None:
            told, said = self._mist
            compared = against_line(self._series, told, view.inventory.circuits[row])
            lines[1] = compared if told is not None and not told.error else ((f"Mist: {said}", "dim"),)
        return lines

    def content(self, moment: Moment, wide: int, room: int) -> Content:
        view = moment.view
        row = view.inventory.circuit_row.get(moment.place.circuit_id)
        if row is None:
            return Content([((_NOT_THERE, "dim"),)])
        blank: Line = ()
        found, later, series = self._found.known(moment.at), self._more.known(moment.at), self._series
        note = self._range.word if self._range is not None else ""
        note = f"marked {note}" if self._marked and wide > NARROW else note
        if self._mist is None:
            first = figure_lines(found, series, wide, view, row, moment.signs, self._marked)
        else:
            told, said = self._mist
            first = against_lines(series, told, view.inventory.circuits[row], wide)
            first.append(((said if told is None or told.error else "apart: Mist less ours", "dim"),))
            note = "against Mist"
        limits, large = view.limits_of(row, Metric.UTILISATION), wide > NARROW
        ahead = ahead_lines(later, series, moment.at, limits, moment.signs, large)
        lines = [
            *first,
            *self._lacking(found),
            blank,
            title("time above", "longest / total", wide),
            *above_lines(found, wide, moment.signs, view, row),
            blank,
            title("service", self._range.word if self._range is not None else "", wide),
            *service_lines(found, later, moment.at, large),
            *own_lines(view, row, self._promise.known(moment.at), moment.signs, wide),
            *ahead,
            blank,
            title("facts", "", wide),
            *fact_lines(view, row, wide),
            blank,
            title("speed tests", self._tests_said(moment), wide),
            *speed_tests(self._ports, view, row),
        ]
        if len(lines) > room:
            lines = [line for line in lines if line]
        return Content(lines, note)

    def _lacking(self, found: Figures | None) -> list[Line]:
        """Why figures are missing, or what they lack."""
        if self._found.failed or self._more.failed:
            return [((f"Figures {self._found.failed or self._more.failed}.", "warn"),)]
        return [((found.told, "dim"),)] if found is not None and found.told else []

    def _tests_said(self, moment: Moment) -> str:
        told, live = self._ports, moment.scene.live
        return asked(told.asked_at if told else 0.0, moment.now, told.error if told else "", told is None, live)


_NOT_THERE = "This circuit is not in the network at this time."
