"""What carriers promised and what is left of it: the periods that run, or a month that is over."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal

from noctui.model.headline import Clause, Headline
from noctui.model.scores import ScoreBoard, ScoreLine
from noctui.model.words import Severity
from noctui.runtime.headlines import promises_headline
from noctui.tui.export import Exported
from noctui.tui.frame.sentence import nothing_matches
from noctui.tui.keys import bindings
from noctui.tui.moment import Moment, Size
from noctui.tui.panes import promise_rows as rows
from noctui.tui.panes import promise_words as words
from noctui.tui.panes.asking import Question, landed
from noctui.tui.panes.promise_export import exported
from noctui.tui.panes.promise_outages import PromiseOutages
from noctui.tui.panes.promise_totals import ByCarrier, Total, totals
from noctui.tui.panes.table_pane import TablePane
from noctui.tui.panes.thing_rows import ThingRows, Told
from noctui.tui.place import Place, of_promise
from noctui.tui.screens.tabled import Filtered, TabledBoard, filtered
from noctui.tui.widgets.live_table import LiveTable

RUNNING = "running"
MANY = 500
"""Promises from which on what is made of them is made beside the screen."""
_NONE: ThingRows[ScoreLine] = ThingRows((), Told(lambda _: "", lambda *_: ("", ""), lambda *_: "", frozenset()))
MONTHS = 13
"""Months back that can be chosen."""


def months_before(at: float, many: int = MONTHS) -> tuple[str, ...]:
    """`2026-10`, `2026-09` …: the calendar months before the one of `at` (UTC), newest first."""
    day = dt.datetime.fromtimestamp(at, dt.UTC).date().replace(day=1)
    found: list[str] = []
    for _ in range(many):
        day = (day - dt.timedelta(days=1)).replace(day=1)
        found.append(f"{day:%Y-%m}")
    return tuple(found)


@dataclass(frozen=True)
class Scored:
    """A board with what is made of it, beside the screen where it is long. `key`: what the rows look like."""

    board: ScoreBoard | None
    key: object
    rows: ThingRows[ScoreLine]
    totals: tuple[Total, ...]
    headline: Headline


def _look(moment: Moment) -> object:
    return moment.view.inventory.rev, moment.grey, id(moment.signs), moment.size is Size.S


def _rows(board: ScoreBoard | None, moment: Moment) -> ThingRows[ScoreLine]:
    return rows.rows_of(board, moment.view, moment.signs, moment.grey, moment.size is not Size.S)


def _scored(board: ScoreBoard | None, moment: Moment, sort: str) -> Scored:
    made = _rows(board, moment)
    made.sort_values(sort)
    lines = board.lines if board is not None else ()
    told = promises_headline([(line.carrier, line.verdict) for line in lines], board.at if board is not None else 0)
    if board is not None and board.faults:
        clause = Clause(f" {board.faults[0]}", severity=Severity.WARN)
        told = Headline(severity=told.severity, clauses=(*told.clauses, clause))
    return Scored(board, _look(moment), made, totals(lines), told)


async def _asked(moment: Moment, period: str, sort: str) -> Scored:
    board = await moment.scene.read.scores(period)
    if board is None or len(board.lines) < MANY:
        return _scored(board, moment, sort)
    return await asyncio.to_thread(_scored, board, moment, sort)


class Sla(TabledBoard):
    """Key 7."""

    SCOPED_CSS = False
    DEFAULT_CSS = """
    Sla > TablePane { height: 1fr; }
    Sla > .below { height: 9; margin: 1 0 0 0; }
    Sla PromiseOutages { width: 59%; }
    Sla #by-carrier { width: 1fr; height: 1fr; padding: 0 1; }
    Sla.-l > .below { height: 16; }
    Sla.-s > .below { height: 6; margin: 0; }
    Sla.-s PromiseOutages { width: 1fr; }
    Sla.-s #by-carrier { display: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings("window")
    OFFERS = (
        "open", "window", "filter", "severity", "sorts", "choose_columns", "columns", "panes", "maximise", "time",
        "export", "copy", "command", "screens", "quit",
    )  # fmt: skip

    def __init__(self, clock: Callable[[], float], sorts: dict[str, tuple[str, bool]]) -> None:
        super().__init__(clock, sorts, id="sla")
        sort = self.sort_of("promises-table", rows.SORT, {c.key for c in (*rows.COLUMNS, *rows.SPARE)})
        self._pane = TablePane(rows.COLUMNS, sort, clock, id="promises")
        self._outages, self._totals = PromiseOutages(id="promise-outages"), ByCarrier(id="by-carrier")
        self._question = Question(self, self._fail)
        self._period = RUNNING
        self._moment: Moment | None = None
        self._place: Place | None = None
        self._size_now: Size | None = None
        self._found: tuple[float, str, Scored] | None = None
        self._failed = ""
        self._rows = _NONE

    def compose(self) -> ComposeResult:
        yield self._pane
        with Horizontal(classes="below"):
            yield self._outages
            yield self._totals

    @property
    def main(self) -> TablePane:
        return self._pane

    def leave(self) -> None:
        super().leave()
        self._question.forget()

    def show(self, moment: Moment) -> None:
        self._moment = moment
        if moment.place != self._place:
            self._place = moment.place
            self._period = moment.place.span or RUNNING
        if moment.size is not self._size_now:
            self._size_now = moment.size
            self._pane.table.set_columns(rows.columns(moment.size), rows.spare(moment.size is Size.L))
        period = self._period
        of = (moment.at, period)
        if not (self._question.busy and self._found is not None and self._found[1] == period):
            sort = self._pane.table.sort[0]
            self._question.ask(
                (moment.view.seq, *of, landed(moment.scene.read)), lambda: _asked(moment, period, sort),
                lambda found: self._take(of, found),
            )  # fmt: skip
        self._totals.show(moment)
        self._draw()

    # -- which period -------------------------------------------------------------------------------------------------

    def windows(self) -> tuple[str, ...]:
        return (RUNNING, *months_before(self._moment.at)) if self._moment is not None else (RUNNING,)

    def action_window(self) -> None:
        """The month before; after the earliest, what runs."""
        every = self.windows()
        at = every.index(self._period) if self._period in every else -1
        self.look_back(every[(at + 1) % len(every)])

    def look_back(self, word: str) -> None:
        self._period = word
        if self._moment is not None:
            self.show(self._moment)

    # -- what was read ------------------------------------------------------------------------------------------------

    def _take(self, of: tuple[float, str], scored: Scored) -> None:
        self._found, self._failed = (*of, scored), ""
        self._draw()
        self.post_message(self.Told())

    def _fail(self, said: str) -> None:
        self._failed = said
        self._draw()
        self.post_message(self.Told())

    def _known(self, moment: Moment) -> Scored | None:
        """The answer, if it is of this period and not of a later instant than the one shown."""
        if self._found is None or self._found[1] != self._period or self._found[0] > moment.at:
            return None
        return self._found[2]

    def _board(self, moment: Moment) -> ScoreBoard | None:
        known = self._known(moment)
        return known.board if known is not None else None

    def _draw(self) -> None:
        moment = self._moment
        if moment is None:
            return
        known = self._known(moment)
        if known is not None and known.key != _look(moment) and self._found is not None:
            again = _rows(known.board, moment)
            known = replace(known, key=_look(moment), rows=again)
            self._found = (*self._found[:2], known)
        made, view = known.rows if known is not None else _NONE, moment.view
        self._rows = made
        self._totals.tell(known.totals if known is not None else ())
        result = filtered(
            moment.filter, moment.severities, None, len(made), lambda: rows.subject(made, view),
            lambda chosen: rows.of_severity(made, view, chosen),
        )  # fmt: skip
        self.fill(moment, made, result, self._words())
        self._pane.table.say_when_empty(self._empty(moment, made, result))
        self._detail()

    def _empty(self, moment: Moment, made: ThingRows[ScoreLine], result: Filtered) -> tuple[str, ...]:
        if self._failed:
            return (f"The promises {self._failed}.",)
        if len(made):
            return nothing_matches(moment.filter.text, moment.severities, result.alone)
        if self._found is None or self._found[1] != self._period:
            return ("Working out the promises.",)
        if self._period != RUNNING:
            return (f"Nothing is known of {self._period}.", "w goes on to another month")
        return (
            "No circuit has a promise.",
            "[[promise]] in noctui.toml, or the inventory file's column sla, gives one",
        )

    @property
    def current(self) -> ScoreLine | None:
        """The promise under the cursor."""
        row, made = self._pane.table.cursor_row, self._rows
        return made.things[row] if row is not None and row < len(made) else None

    def _detail(self) -> None:
        moment = self._moment
        if moment is not None:
            board = self._board(moment)
            self._outages.show(self.current, moment, float(board.at) if board is not None else moment.at)

    def headline(self) -> Headline | None:
        known = self._known(self._moment) if self._moment is not None else None
        return known.headline if known is not None and (known.board is not None or self._period == RUNNING) else None

    def _words(self) -> tuple[str, str]:
        moment = self._moment
        board = self._board(moment) if moment is not None else None
        if moment is None or board is None or not board.lines:
            return f"promises, {self._period}", ""
        circuits = len({c for line in board.lines for c in line.circuits}) if len(board.lines) < 500 else 0
        many = f"{circuits or len(board.lines):,} {'circuits' if circuits else 'promises'}"
        many = f"{many}; {board.told}" if board.told else many
        first = board.lines[0].verdict
        same = all(line.verdict.period.key == first.period.key for line in board.lines[:200])
        if not same:
            return "promises, the periods that run", many
        if self._period != RUNNING:
            return f"promises, {words.period_words(first)}", many
        day, share = words.gone(first, board.at)
        note = f"day {day} of {first.period.days}, {share:.1f} % of it gone; {many}"
        return f"promises, {words.period_words(first)}", note

    def retitle(self, words: tuple[str, str]) -> None:
        self._pane.entitle(self._words())

    def on_live_table_moved(self, message: LiveTable.Moved) -> None:
        super().on_live_table_moved(message)
        self._detail()

    def on_live_table_opened(self, message: LiveTable.Opened) -> None:
        line = self.current
        if line is not None:
            self.post_message(self.Goto(of_promise(line.verdict.service_id, line.verdict.promise)))

    def export(self) -> Exported | None:
        moment, made = self._moment, self._rows
        if moment is None or self._board(moment) is None:
            return None
        lines = [made.things[i] for i in self._pane.table.shown_rows.tolist()]
        return exported(lines, moment.view, f"sla-{self._period}")

    def lacking(self) -> str:
        return "The promises are being worked out."
