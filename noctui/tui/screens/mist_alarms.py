"""Mist's own alarms in one table, and what is known of the one under the cursor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from noctui.model.cloud import MistAlarm
from noctui.model.headline import Headline
from noctui.model.scene import WINDOWS, Range, Scene
from noctui.runtime.headlines import alarms_headline
from noctui.tui.export import Exported
from noctui.tui.filter import Filter
from noctui.tui.frame.sentence import nothing_matches
from noctui.tui.keys import bindings
from noctui.tui.look.numbers import duration_prose
from noctui.tui.moment import Moment, Size
from noctui.tui.panes import mist_alarm_rows as alarm_rows
from noctui.tui.panes import mist_alarm_subject as alarm_subject
from noctui.tui.panes.asking import Question
from noctui.tui.panes.mist_alarm_details import MistAlarmDetails
from noctui.tui.panes.table_pane import TablePane
from noctui.tui.place import of_circuit, of_site
from noctui.tui.screens.tabled import Filtered, TabledBoard, filtered
from noctui.tui.widgets.live_table import LiveTable

MOST = 20_000
"""Alarms asked for; more than these are said to be there."""
LONG = 31 * 86_400.0
"""How far back the last alarm is looked for where the window has none."""
_WINDOW_WORDS = {"1h": "1 h", "3h": "3 h", "12h": "12 h", "24h": "24 h", "7d": "7 d", "31d": "31 d", "13mo": "13 mo"}

Answer = tuple[tuple[MistAlarm, ...], float | None]
"""The alarms of the window; and when the last one cleared where there is none."""


async def _asked(scene: Scene, range_: Range) -> Answer:
    found = await scene.read.mist_alarms(range_, MOST)
    if found:
        return found, None
    older = await scene.read.mist_alarms(Range(range_.end - LONG, range_.end, "31 d"), 100)
    return (), max((a.resolved for a in older if a.resolved is not None), default=None)


class MistAlarms(TabledBoard):
    """`:mist`, `t` on the alarms, and Enter on a type of them."""

    DEFAULT_CSS = """
    MistAlarms > TablePane { height: 1fr; }
    """
    SCOPED_CSS = False
    BINDINGS: ClassVar[list[BindingType]] = bindings("window")
    OFFERS = (
        "open", "filter", "severity", "window", "sorts", "choose_columns", "columns", "time", "export", "copy",
        "command", "screens", "quit",
    )  # fmt: skip

    def __init__(self, clock: Callable[[], float], sorts: dict[str, tuple[str, bool]]) -> None:
        super().__init__(clock, sorts, id="mist")
        sort = self.sort_of("mist-pane-table", alarm_rows.SORT, {c.key for c in alarm_rows.COLUMNS})
        self._pane = TablePane(alarm_rows.columns(False), sort, clock, id="mist-pane")
        self._details = MistAlarmDetails(id="mist-details")
        self._question = Question(self, self._fail)
        self._window = "24h"
        self._moment: Moment | None = None
        self._size_now: Size | None = None
        self._answer: Answer | None = None
        self._of: tuple[float, str] | None = None  # (instant, window) that the answer is of
        self._failed = ""
        self._rows: tuple[object, alarm_rows.AlarmRows] | None = None
        self._stood_on: str | None = None  # the cursor's alarm, while the answer for another instant is awaited

    def compose(self) -> ComposeResult:
        yield self._pane
        yield self._details

    @property
    def main(self) -> TablePane:
        return self._pane

    def leave(self) -> None:
        super().leave()
        self._question.forget()

    def show(self, moment: Moment) -> None:
        self._moment = moment
        if moment.size is not self._size_now:
            self._size_now = moment.size
            wide = moment.size is Size.L
            self._pane.table.set_columns(alarm_rows.columns(wide), alarm_rows.spare(wide))
        range_ = Range(moment.at - WINDOWS[self._window], moment.at, _WINDOW_WORDS[self._window])
        of = (moment.at, self._window)
        self._question.ask(
            (moment.view.seq, *of), lambda: _asked(moment.scene, range_), lambda found: self._take(of, found)
        )
        self._draw()

    def windows(self) -> tuple[str, ...]:
        return tuple(WINDOWS)

    def action_window(self) -> None:
        words = self.windows()
        self.look_back(words[(words.index(self._window) + 1) % len(words)])

    def look_back(self, word: str) -> None:
        self._window = word
        if self._moment is not None:
            self.show(self._moment)

    def _take(self, of: tuple[float, str], answer: Answer) -> None:
        self._answer, self._of, self._failed = answer, of, ""
        self._draw()
        if self._stood_on is not None and len(answer[0]):
            self._pane.table.go_to(self._stood_on)
            self._stood_on = None
        self.post_message(self.Told())

    def _fail(self, said: str) -> None:
        self._failed = said
        self._draw()
        self.post_message(self.Told())

    def _known(self, moment: Moment) -> Sequence[MistAlarm]:
        """The answer, if it is not of a later instant than the one shown: the past does not know what came after."""
        if self._answer is None or self._of is None or self._of[0] > moment.at:
            return ()
        return self._answer[0]

    def _made(self, moment: Moment) -> alarm_rows.AlarmRows:
        """Rows of this moment: the same object while alarms, inventory and look are the same."""
        known = self._known(moment)
        inventory = moment.view.inventory
        key = (id(known), id(inventory), moment.at, moment.look_key)
        if self._rows is None or self._rows[0] != key:
            made = alarm_rows.AlarmRows(known, inventory, moment.at, moment.signs, moment.grey)
            self._rows = key, made
        return self._rows[1]

    def _draw(self) -> None:
        moment = self._moment
        if moment is None:
            return
        rows = self._made(moment)
        result = filtered(
            moment.filter, moment.severities, None, len(rows), lambda: alarm_subject.subject(rows),
            lambda chosen: alarm_subject.of_severity(rows, chosen),
        )  # fmt: skip
        if not len(rows) and self._pane.table.position > 1:
            self._stood_on = self._pane.table.cursor_key
        self.fill(moment, rows, result, self._words())
        self._pane.table.say_when_empty(self._empty(moment, rows, result))
        self._detail()

    def _empty(self, moment: Moment, rows: alarm_rows.AlarmRows, result: Filtered) -> tuple[str, ...]:
        """Why no row is shown."""
        if self._failed:
            return (f"The alarms {self._failed}.",)
        if self._answer is None or self._of is None or self._of[0] > moment.at:
            return ("Reading the alarms.",)
        if len(rows):
            chosen: Filter = moment.filter
            return nothing_matches(chosen.text, moment.severities, result.alone)
        window = _WINDOW_WORDS[self._window]
        if alarm_subject.silence(moment)[0] is not None:
            return (self._sentence(moment).text,)
        if not moment.scene.live:
            return (f"No alarm was open in the {window} before this poll.", "L is live again")
        cleared = self._answer[1]
        last = f" The last one cleared {duration_prose((moment.at - cleared) // 60 * 60)} ago." if cleared else ""
        return (f"No alarms in {window}.{last}", "w looks further back")

    def _sentence(self, moment: Moment) -> Headline:
        since, why = alarm_subject.silence(moment)
        known = self._known(moment)
        cleared = self._answer[1] if self._answer is not None else None
        return alarms_headline(
            known, moment.at, cleared_at=cleared, silent_since=since, why=why, cut=len(known) >= MOST
        )  # fmt: skip

    def headline(self) -> Headline | None:
        if self._moment is None or self._answer is None or self._failed:
            return None
        return self._sentence(self._moment)

    def _words(self) -> tuple[str, str]:
        table = self._pane.table
        first = "open first, " if table.sort == alarm_rows.SORT else ""
        return f"Mist alarms, {_WINDOW_WORDS[self._window]}", f"{first}row {table.position:,} of {table.shown:,}"

    def retitle(self, words: tuple[str, str]) -> None:
        self._pane.entitle(self._words())

    def _detail(self) -> None:
        row, rows = self._pane.table.cursor_row, self._pane.table.rows
        if self._moment is not None:
            known = isinstance(rows, alarm_rows.AlarmRows) and row is not None
            told = rows.told(row) if known and isinstance(rows, alarm_rows.AlarmRows) and row is not None else None
            self._details.show(told, self._moment)

    def on_live_table_moved(self, message: LiveTable.Moved) -> None:
        super().on_live_table_moved(message)
        self._pane.entitle(self._words())
        self._detail()

    def on_live_table_opened(self, message: LiveTable.Opened) -> None:
        rows, moment = self._pane.table.rows, self._moment
        row = rows.find(message.key) if rows is not None else None
        if not isinstance(rows, alarm_rows.AlarmRows) or row is None or moment is None:
            return
        told = rows.told(row)
        if len(told.circuits) == 1:
            self.post_message(self.Goto(of_circuit(told.circuits[0].circuit_id)))
        elif told.site is not None:
            self.post_message(self.Goto(of_site(told.site.site_id)))
        else:
            self.post_message(self.Say("This alarm belongs to no site of the inventory."))

    def export(self) -> Exported | None:
        rows = self._pane.table.rows
        if not isinstance(rows, alarm_rows.AlarmRows):
            return None
        return alarm_rows.exported(rows, self._pane.table.shown_rows.tolist())
