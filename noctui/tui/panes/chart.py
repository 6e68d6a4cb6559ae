"""The lanes of one circuit under their title: what is asked for, over which time, with which bands."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.message import Message

from noctui.charts.kinds import LINE
from noctui.model.detail import INSIGHT_WINDOWS, Insights
from noctui.model.scene import WINDOWS, Range, Series
from noctui.model.words import THRESHOLDS, Metric
from noctui.tui.keys import bindings
from noctui.tui.look import numbers
from noctui.tui.look.text import clip
from noctui.tui.moment import Moment, Size
from noctui.tui.panes.asking import Question
from noctui.tui.panes.cells import Limits
from noctui.tui.panes.chart_beside import Beside, beside_lanes, others
from noctui.tui.panes.chart_events import event_marks
from noctui.tui.panes.chart_lanes import LANES, Answer, bands, lanes, read
from noctui.tui.panes.chart_mark import Mark
from noctui.tui.panes.chart_zones import OWN, UTC_ZONE, Zone, only_clock, other_zone, zone_of
from noctui.tui.panes.circuit_mist import pair_lanes
from noctui.tui.panes.mist_series import MistSeries
from noctui.tui.panes.sheet import Sheet
from noctui.tui.runs import title
from noctui.tui.widgets.lanes import Lanes, allot, around


class Chart(Vertical):
    """Title and lanes. `w` steps through the windows, `m` through the metrics; + - { } zoom and pan.

    `r` puts another circuit of the site below, `u` takes another clock, `b` marks a stretch of time.
    """

    SCOPED_CSS = False  # its look depends on the size, which is a class of the board around it
    DEFAULT_CSS = """
    Chart { width: 1fr; height: 1fr; padding: 0 1; }
    Chart > .title { height: 1; }
    .-s Chart > .title { display: none; }
    .-s Chart { padding: 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings(
        "window", "metric", "insights", "beside", "clock", "mark", "zoom_in", "zoom_out", "pan_back", "pan_on"
    )

    class Answered(Message):
        """Series for the range of the chart are here."""

        def __init__(self, series: Series, window: str) -> None:
            super().__init__()
            self.series = series
            self.window = window

    class Asked(Message):
        """Mist's own series were asked for, came, or are no longer wanted (`on`)."""

        def __init__(self, on: bool, told: Insights | None, said: str) -> None:
            super().__init__()
            self.on = on
            self.told = told
            self.said = said

    class Marked(Message):
        """A stretch of time was marked or no longer is, or its samples came."""

    class Said(Message):
        """A line for the bottom of the screen: why a key changed nothing."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Windowed(Message):
        """Another window was chosen."""

        def __init__(self, word: str) -> None:
            super().__init__()
            self.word = word

    def __init__(self, window: str, calendar: str = "UTC", *, id: str) -> None:
        super().__init__(id=id)
        self._heading = Sheet(classes="title")
        self.lanes = Lanes(empty=("Reading …",), id="lanes")
        self._window = window if window in WINDOWS else "24h"
        self._alone = ""
        self._moment: Moment | None = None
        self._answer: Answer | None = None
        self._zoomed: tuple[float, float] | None = None
        self._circuit = ""
        self._question = Question(self, self._fail)
        self._mist = MistSeries(self, self._told)
        self._beside = Beside(self, self._draw)
        self._mark = Mark(self, self._remarked)
        self._calendar = calendar
        self._clock = OWN

    def compose(self) -> ComposeResult:
        yield self._heading
        yield self.lanes

    @property
    def window(self) -> str:
        """The words of the range shown."""
        return "zoomed" if self._zoomed else _spaced(self._window)

    @property
    def range(self) -> Range:
        """The range shown."""
        assert self._moment is not None
        if self._zoomed is not None:
            return Range(*self._zoomed, "zoomed")
        back = WINDOWS[self._window] if self._window in WINDOWS else INSIGHT_WINDOWS[self._window][0]
        return Range(self._moment.at - back, self._moment.at, self.window)

    @property
    def marked(self) -> Range | None:
        """The stretch that is marked, once it is ended: what figures, export and copy are of."""
        return self._mark.range(self._moment.at, self._zone.clock) if self._moment is not None else None

    @property
    def marked_series(self) -> Series | None:
        """Its samples; None while they are not read."""
        return self._mark.series

    @property
    def alone(self) -> str:
        """The one metric that is shown, by its name in a series; '' for all."""
        return self._alone

    @property
    def clock(self) -> Zone:
        """The clock that the axis goes by."""
        return self._zone

    def show(self, moment: Moment) -> None:
        circuit = moment.place.circuit_id
        if circuit != self._circuit:
            self._circuit, self._answer, self._zoomed = circuit, None, None
            self._mist.end()
            self._beside.end()
            self._mark.clear()
            self.lanes.clear_cursor()
            self._moment = moment
            self._clear("Reading …")
        self._moment = moment
        self._ask()
        self._draw()

    def _ask(self) -> None:
        moment = self._moment
        if moment is None:
            return
        inventory = moment.view.inventory
        row = inventory.circuit_row.get(self._circuit)
        if row is None:
            self._answer = None
            self._clear("This circuit is not in the network at this time.")
            return
        site, range_, reader = inventory.circuits[row].site_id, self.range, moment.scene.read
        key = (
            self._circuit,
            range_.start,
            range_.end,
            moment.at,
            reader,
        )  # another one where more has come to be known
        self._question.ask(key, lambda: read(reader, self._circuit, site, range_), self._take)
        self._mist.ask(moment, self._circuit, self._window)
        self._beside.ask(moment, range_)
        self._mark.ask(moment, self._circuit)

    def _told(self) -> None:
        """Something new of Mist's own series."""
        if self._moment is not None:
            self.post_message(self.Asked(self._mist.on, self._mist.told, self._mist.said(self._moment.now)))
            self._draw()

    def _take(self, answer: Answer) -> None:
        self._answer = answer
        self._draw()
        self.post_message(self.Answered(answer.series, self.window))

    def _fail(self, said: str) -> None:
        self._answer = None
        moment = self._moment
        if moment is None:
            return
        if moment.scene.live:
            due = numbers.clock(moment.heard_at + moment.scene.status.poll_seconds)
            self._clear(f"The samples {said}.", f"They are asked for again with the next poll, about {due} UTC.")
        else:
            self._question.forget()
            self._clear(f"The samples {said}.", "w or [ and ] ask again.")

    def _clear(self, *said: str) -> None:
        """No lanes, but these words."""
        self.lanes.say_when_empty(said)
        self.lanes.show((), self.range.start, self.range.end)

    def on_resize(self) -> None:
        self._draw()

    def on_descendant_focus(self) -> None:
        self._entitle()

    def on_descendant_blur(self) -> None:
        self._entitle()

    def _entitle(self) -> None:
        note = "m metric, w window, + - zoom" if self._moment and self._moment.size is not Size.S else ""
        if self._moment is not None:
            at, clock = self._moment.at, self._zone.clock
            note = self._mark.said(at, clock) or note
            if self.lanes.cursor_at is not None:
                note = f"cursor {numbers.event_time(self.lanes.cursor_at, at, clock)}, {note}"
            if self._beside.on:
                below = self._beside.said(self._moment.view, self._moment.signs)
                note = ", ".join(word for word in (self._mark.said(at, clock), below) if word)
        if self._mist.on and self._moment is not None:
            note = f"Mist below ours, {self._mist.said(self._moment.now)}, i ends"
        if self._answer is not None and self._answer.series.source == "hours":
            note = f"highest of each hour, {note}"
        if self._answer is not None and self._answer.series.told:
            note = f"{self._answer.series.told}, {note}"
        wide = self.size.width - 2
        shown, zone = self.window, self._zone
        if zone.name != "UTC" and self._moment is not None:
            shown = f"{shown}, {zone.word(self._moment.at)}"
        note = clip(note, max(wide - len(shown) - 4, 0))
        self._heading.paint([title(shown, note, max(wide, 10), focused=self.has_focus_within)])

    def _draw(self) -> None:
        if self._moment is None or not self.lanes.size.height:
            return
        self._entitle()
        answer, range_ = self._answer, self.range
        if answer is None:
            return
        height = self.lanes.size.height
        other = (self._beside.name(self._moment.view, self._moment.signs), self._beside.bands)
        room = height - around(True, self._beside.on)
        row = self._moment.view.inventory.circuit_row.get(self._circuit)
        if self._mist.on and row is not None:
            circuit = self._moment.view.inventory.circuits[row]
            drawn = pair_lanes(answer.series, self._mist.told, circuit, room, self._limits, self._alone)
        elif self._beside.on:
            its = self._beside
            drawn = beside_lanes(
                answer.series, its.series, other[0], room,
                self._limits, lambda m: self._limits(m, its.circuit_id), self._alone,
            )  # fmt: skip
        else:
            large = self._moment.size is Size.L
            rows = (max(room, 2),) if self._alone else allot(height, 4 if large else 3, others=height - room)
            drawn = lanes(answer.series, rows, self._alone, self._limits)
        at, inventory = self._moment.at, self._moment.view.inventory
        now = min(at, range_.end) if self._zoomed is None else at
        self.lanes.show(
            drawn, range_.start, range_.end, now=now, zone=self._zone.clock,
            bands=[*self._mark.bands(at), *bands(answer, self._circuit, range_)],
            events=event_marks(answer.told, answer.failovers, self._circuit, inventory, at),
            other=other if self._beside.on else None,
        )  # fmt: skip

    @property
    def _zone(self) -> Zone:
        """The clock that the axis goes by."""
        if self._moment is None:
            return UTC_ZONE
        return zone_of(self._clock, LINE, self._calendar, self._moment.view, (self._circuit,))

    def _limits(self, metric: Metric, circuit_id: str = "") -> Limits:
        assert self._moment is not None
        view = self._moment.view
        row = view.inventory.circuit_row.get(circuit_id or self._circuit)
        return THRESHOLDS[metric] if row is None else view.limits_of(row, metric)

    def on_lanes_ranged(self, message: Lanes.Ranged) -> None:
        message.stop()
        self._zoomed = (message.start, message.end)
        self._ask()
        self._entitle()

    def on_lanes_cursor_moved(self, message: Lanes.CursorMoved) -> None:
        if self._mark.open:
            self._mark.follow(self.lanes.cursor_span)
            self._draw()
        self._entitle()

    def on_lanes_dragged(self, message: Lanes.Dragged) -> None:
        message.stop()
        self._mark.draw(message.start, message.end, message.done)
        self._remarked(ask=message.done)

    def action_mark(self) -> None:
        """A stretch of time begins at the cursor's column, then ends there; then it is cleared."""
        if self._answer is None:
            return
        if self.lanes.cursor_at is None:
            self.lanes.action_cursor(0)
        if (here := self.lanes.cursor_span) is not None:
            self._mark.step(here)
            self._remarked(ask=True)

    def unmark(self) -> bool:
        """False: nothing was marked."""
        cleared = self._mark.clear()
        if cleared:
            self._remarked()
        return cleared

    def _remarked(self, ask: bool = False) -> None:
        if ask and self._moment is not None:
            self._mark.ask(self._moment, self._circuit)
        self._draw()
        self.post_message(self.Marked())

    @property
    def windows(self) -> tuple[str, ...]:
        """What `w` steps through: while Mist's own series are shown, the times that Mist keeps."""
        return tuple(INSIGHT_WINDOWS) if self._mist.on else tuple(WINDOWS)

    def action_window(self) -> None:
        words = self.windows
        step = 0 if self._zoomed or self._window not in words else 1
        here = self._window if self._window in words else words[0]
        self.look_back(words[(words.index(here) + step) % len(words)])

    def look_back(self, word: str) -> None:
        """Show this window, one of `windows`, whole."""
        self._window, self._zoomed = word, None
        self.lanes.clear_cursor()
        self._ask()
        self._draw()
        self.post_message(self.Windowed(self._window))

    def action_metric(self) -> None:
        names = ["", *(lane[0] for lane in LANES if not (self._mist.on or self._beside.on) or lane[0] != "mos")]
        self._alone = names[(names.index(self._alone) + 1) % len(names)]
        self._draw()

    def action_insights(self) -> None:
        """Mist's own series beside ours, over a time that Mist keeps; or ours alone again."""
        if self._moment is None:
            return
        self._mist.toggle()
        self._beside.end()
        if self._mist.on and self._alone == "mos":
            self._alone = ""
        if self._mist.on and self._window not in INSIGHT_WINDOWS:
            self._window, self._zoomed = "24h", None
        self._ask()
        self._told()

    def action_beside(self) -> None:
        """The next other circuit of the site below this one, or this one alone again."""
        if self._moment is None:
            return
        if self._mist.on:
            self._mist.end()
            self._told()
        if not others(self._moment.view, self._circuit):
            self.post_message(self.Said("There is no other circuit at this site."))
        self._beside.step(self._moment.view, self._circuit)
        if self._beside.on and self._alone == "mos":
            self._alone = ""
        self._ask()
        self._draw()

    def action_clock(self) -> None:
        """UTC, the calendar's zone, the site's: the next that shows other times."""
        moment = self._moment
        if moment is None:
            return
        before = self._zone
        self._clock = other_zone(self._clock, LINE, self._calendar, moment.view, (self._circuit,))
        if self._zone.name == before.name:
            self.post_message(self.Said(only_clock(before, moment.at)))
        self._draw()

    def action_zoom_in(self) -> None:
        self.lanes.zoom(2.0)

    def action_zoom_out(self) -> None:
        self.lanes.zoom(0.5)

    def action_pan_back(self) -> None:
        self.lanes.pan(-0.25)

    def action_pan_on(self) -> None:
        self.lanes.pan(0.25)


def _spaced(word: str) -> str:
    """`24h` → `24 h`."""
    cut = len(word.rstrip("abcdefghijklmnopqrstuvwxyz"))
    return f"{word[:cut]} {word[cut:]}"
