"""One circuit: its metrics as lanes over time, figures, facts, events."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widget import Widget

from noctui.model.detail import Answer, AskPorts, Ports
from noctui.model.scene import Series
from noctui.tui.export import Exported
from noctui.tui.moment import Moment
from noctui.tui.panes import series_rows
from noctui.tui.panes.alarm_places import standing_at
from noctui.tui.panes.asking import Question
from noctui.tui.panes.chart import Chart
from noctui.tui.panes.events import Events
from noctui.tui.panes.stats import Stats
from noctui.tui.place import Place, of_chart
from noctui.tui.screens.board import Board
from noctui.tui.standing import Standing
from noctui.tui.widgets.lanes import Lanes

ASK_AGAIN = 60.0
"""Seconds after which the cache may be asked anew."""


class CircuitBoard(Board):
    """What Enter on a circuit opens."""

    DEFAULT_CSS = """
    CircuitBoard { layout: horizontal; }
    CircuitBoard .main { width: 1fr; height: 1fr; }
    CircuitBoard #events { height: 6; margin: 1 0 0 0; }
    CircuitBoard.-l #events { height: 10; }
    CircuitBoard.-s { layout: vertical; }
    CircuitBoard.-s .main { height: 1fr; }
    CircuitBoard.-s #events { display: none; }
    """
    OFFERS = (
        "cursor",
        "window",
        "metric",
        "insights",
        "chart",
        "zoom",
        "pan",
        "beside",
        "clock",
        "mark",
        "time",
        "acts",
        "export",
        "copy",
        "maximise",
        "command",
        "out",
        "quit",
    )

    def __init__(self, window: str, calendar: str = "UTC") -> None:
        super().__init__(id="circuit")
        self._chart = Chart(window, calendar, id="chart")
        self._events = Events(id="events")
        self._stats = Stats(id="stats")
        self._moment: Moment | None = None
        self._series: Series | None = None
        self._ports = Question(self, lambda _said: None)  # the pane goes on saying that nothing is known

    def compose(self) -> ComposeResult:
        with Vertical(classes="main"):
            yield self._chart
            yield self._events
        yield self._stats

    def show(self, moment: Moment) -> None:
        if self._moment is None or self._moment.place != moment.place:
            self._series = None
            self._ports.forget()
        self._moment = moment
        self._chart.show(moment)
        self._stats.show(moment)
        self._account(moment)
        self._events.show(moment)
        self._inquire(moment)

    def _inquire(self, moment: Moment) -> None:
        """The site's speed tests, once a minute at most: the answer is cached."""
        inv, live = moment.view.inventory, moment.scene.live
        row = inv.circuit_row.get(moment.place.circuit_id)
        if row is None:
            return
        site, read = inv.circuits[row].site_id, moment.scene.read
        self._ports.ask((site, live, moment.at // ASK_AGAIN), lambda: read.detail(AskPorts(site)), self._configured)

    def _configured(self, answer: Answer) -> None:
        if isinstance(answer, Ports):
            self._stats.configured(answer)

    def on_chart_answered(self, message: Chart.Answered) -> None:
        if self._moment is not None and message.series.circuit_id == self._moment.place.circuit_id:
            self._series = message.series
            self._account(self._moment)

    def _account(self, moment: Moment) -> None:
        """Figures of what is marked, else of all that is shown."""
        marked = self._chart.marked
        self._stats.over(moment, marked or self._chart.range, marked=marked is not None)
        self._stats.sampled(self._series if marked is None else self._chart.marked_series)

    def on_chart_marked(self, message: Chart.Marked) -> None:
        if self._moment is not None:
            self._account(self._moment)

    def on_chart_asked(self, message: Chart.Asked) -> None:
        self._stats.against((message.told, message.said) if message.on else None)

    def on_chart_windowed(self, message: Chart.Windowed) -> None:
        if self._moment is not None:
            self._account(self._moment)
        self.post_message(self.Window(message.word))

    def on_chart_said(self, message: Chart.Said) -> None:
        message.stop()
        self.post_message(self.Say(message.text))

    def on_lanes_chosen(self, message: Lanes.Chosen) -> None:
        self.post_message(self.At(message.at))

    def standing(self) -> Standing | None:
        return standing_at(self._moment.place, self._moment.view) if self._moment is not None else None

    def charted(self) -> Place | None:
        return of_chart(circuit_id=self._moment.place.circuit_id) if self._moment is not None else None

    def windows(self) -> tuple[str, ...]:
        return self._chart.windows

    def look_back(self, word: str) -> None:
        self._chart.look_back(word)

    def export(self) -> Exported | None:
        """The samples of what is marked, else those shown."""
        marked = self._chart.marked
        series = self._series if marked is None else self._chart.marked_series
        return None if series is None else series_rows.exported(series, named=marked is not None)

    def copied(self) -> str:
        """The figures of what is marked, else the circuit's id."""
        moment, marked = self._moment, self._chart.marked
        if moment is None or marked is None:
            return moment.place.circuit_id if moment is not None else ""
        from noctui.tui.panes.chart_mark_words import mark_line

        found = self._stats.found(marked)
        if found is None or self._chart.marked_series is None:
            return ""
        return mark_line(self._chart.marked_series, found, moment, self._chart.alone, self._chart.clock)

    def lacking(self) -> str:
        return "What is marked is still being read." if self._chart.marked is not None else ""

    def let_go(self) -> bool:
        return self._chart.unmark()

    def first_focus(self) -> Widget | None:
        return self._chart.lanes
