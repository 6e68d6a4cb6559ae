"""Planned work of carriers: its windows on one time axis, and what is known of the one under the cursor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical

from noctui.model.headline import Headline
from noctui.model.scene import Range, Scene
from noctui.model.works import Mail, Outage, Work
from noctui.runtime.headlines import planned_headline
from noctui.tui.export import Exported
from noctui.tui.frame.sentence import nothing_matches
from noctui.tui.keys import bindings
from noctui.tui.moment import Moment, Size
from noctui.tui.panes import work_rows, work_timeline
from noctui.tui.panes.asking import Question
from noctui.tui.panes.own_works import alarms_of
from noctui.tui.panes.table_pane import TablePane
from noctui.tui.panes.work_beside import Conflicts, Kept, WaitingMails, Week, conflicts_of
from noctui.tui.panes.work_facts import WorkFacts
from noctui.tui.panes.work_record import Record, records
from noctui.tui.panes.work_timeline import LEAST, USUAL, ZOOMS, Axis, begin_of
from noctui.tui.place import MAILS, of_work
from noctui.tui.screens.tabled import Filtered, TabledBoard, filtered
from noctui.tui.standing import Standing
from noctui.tui.widgets.columns import place
from noctui.tui.widgets.live_table import LiveTable
from noctui.tui.widgets.table_paint import MARGIN

DAY = 86_400.0
HOUR = 3600.0
MOST = 5000
"""Mails and outages asked for."""
_MONTH = 31 * DAY

Found = tuple[tuple[Work, ...], tuple[Outage, ...]]
Read = tuple[tuple[Mail, ...], int, float | None]
"""Mails that wait; how many were read in a month, and when the last one was."""


async def _found(scene: Scene, range_: Range) -> Found:
    works = await scene.read.works(range_)
    over = Range(range_.start, min(range_.end, scene.at))
    outages = await scene.read.outages(over, MOST) if over.end > over.start and works else ()
    return works, outages


async def _mails(scene: Scene) -> Read:
    """Those that wait; what was read is counted only where there is nothing else to tell."""
    waiting = await scene.read.mails(Range(0.0, scene.at), 1000, True)
    if scene.view.works.works:
        return waiting, 0, None
    read = await scene.read.mails(Range(scene.at - _MONTH, scene.at), MOST)
    return waiting, len(read), float(read[0].read_at) if read else None


async def _record(scene: Scene) -> tuple[Record, ...]:
    range_ = Range(scene.at - Kept.DAYS_BACK * DAY, scene.at)
    works = await scene.read.works(range_)
    outages = await scene.read.outages(range_, 4 * MOST) if works else ()
    return records(works, outages, scene.at)


class Maintenance(TabledBoard):
    """Key 6."""

    DEFAULT_CSS = """
    Maintenance > TablePane { height: 1fr; }
    Maintenance > .below { height: 18; margin: 1 0 0 0; }
    Maintenance .left { width: 57%; }
    Maintenance .right { width: 1fr; }
    Maintenance Pane { padding: 0 1; }
    Maintenance #kept { height: 1fr; margin: 1 0 0 0; }
    Maintenance #conflicts { height: 4; }
    Maintenance #waiting { height: 5; margin: 0 0 1 0; }
    Maintenance #week { height: 1fr; }
    Maintenance.-l > .below { height: 24; }
    Maintenance.-l #conflicts { height: 7; }
    Maintenance.-l #waiting { height: 8; }
    Maintenance.-s > .below { height: 7; margin: 0; }
    Maintenance.-s .left { width: 1fr; }
    Maintenance.-s .right { display: none; }
    Maintenance.-s #kept { display: none; }
    """
    SCOPED_CSS = False
    BINDINGS: ClassVar[list[BindingType]] = bindings("zoom_in", "zoom_out", "pan_back", "pan_on", "mails")
    OFFERS = (
        "open", "pan", "zoom", "acts", "filter", "severity", "sorts", "choose_columns", "columns", "mails", "panes",
        "maximise", "time", "export", "copy", "command", "screens", "quit",
    )  # fmt: skip

    def __init__(self, clock: Callable[[], float], sorts: dict[str, tuple[str, bool]]) -> None:
        super().__init__(clock, sorts, id="maintenance")
        keys = {c.key for c in (*work_rows.COLUMNS, *work_rows.SPARE)}
        sort = self.sort_of("works-table", work_rows.SORT, keys)
        self._pane = TablePane(work_rows.columns(False, ""), sort, clock, id="works")
        self._facts = WorkFacts(id="work-facts")
        self._conflicts, self._waiting = Conflicts(id="conflicts"), WaitingMails(id="waiting")
        self._week, self._record = Week(id="week"), Kept(id="kept")
        self._works = Question(self, self._fail)
        self._mail_question = Question(self, lambda _said: None)
        self._record_question = Question(self, lambda said: self._record.tell(None, said))
        self._moment: Moment | None = None
        self._zoom = USUAL
        self._moved = 0.0  # seconds by which the axis was panned
        self._found: tuple[float, Found] | None = None
        self._failed = ""
        self._read: tuple[float, Read] | None = None
        self._made: tuple[object, work_rows.WorkRows] | None = None
        self._titled: tuple[str, bool] | None = None

    def compose(self) -> ComposeResult:
        yield self._pane
        with Horizontal(classes="below"):
            with Vertical(classes="left"):
                yield self._facts
                yield self._record
            with Vertical(classes="right"):
                yield self._conflicts
                yield self._waiting
                yield self._week

    @property
    def main(self) -> TablePane:
        return self._pane

    def leave(self) -> None:
        super().leave()
        for question in (self._works, self._mail_question, self._record_question):
            question.forget()

    def axis(self, moment: Moment) -> Axis:
        zoom = ZOOMS[self._zoom]
        start = begin_of(moment.at, zoom) + self._moved
        wide = (self._pane.size.width or self.size.width or 80) - MARGIN
        placed = place(self._pane.table.arranged, wide)
        cells = next((at.width for at in placed if at.column.key == "time"), LEAST)
        return Axis(start, start + zoom, max(cells, LEAST), moment.at)

    def show(self, moment: Moment) -> None:
        self._moment = moment
        scene, axis = moment.scene, self.axis(moment)
        range_ = Range(axis.start, axis.end)
        stamp = id(moment.view.works) if scene.live else moment.at
        key = axis.start, axis.end, stamp, int(moment.at // HOUR) if scene.live else moment.at
        self._works.ask(key, lambda: _found(scene, range_), lambda found: self._take(moment, found))
        self._mail_question.ask(
            (moment.view.seq, moment.at), lambda: _mails(scene), lambda r: self._take_mails(moment, r)
        )
        if moment.size is not Size.S:
            hour = int(moment.at // HOUR) if scene.live else moment.at
            self._record_question.ask((stamp, hour), lambda: _record(scene), self._record.tell)
        for pane in (self._conflicts, self._waiting, self._week, self._record):
            pane.show(moment)
        self._draw()

    def on_resize(self) -> None:
        self.call_after_refresh(self._draw)

    def _take(self, moment: Moment, found: Found) -> None:
        self._found, self._failed = (moment.at, found), ""
        self._draw()
        self.post_message(self.Told())

    def _fail(self, said: str) -> None:
        self._failed = said
        self._draw()
        self.post_message(self.Told())

    def _take_mails(self, moment: Moment, found: Read) -> None:
        self._read = moment.at, found
        self._waiting.tell(found[0])
        self._draw()
        self.post_message(self.Told())

    @staticmethod
    def _fits(moment: Moment, at: float) -> bool:
        """Whether an answer of `at` may be shown: the past shows its own, now the newest that there is."""
        return at <= moment.at if moment.scene.live else at == moment.at

    def _known(self, moment: Moment, axis: Axis) -> tuple[tuple[Work, ...], tuple[Outage, ...] | None]:
        """Works of the axis' time: what was read, else those that the View has. Nothing of a later instant."""
        if self._found is not None and self._fits(moment, self._found[0]):
            works, outages = self._found[1]
        else:
            works, outages = moment.view.works.works, None
        within = tuple(
            w for w in works if any(x.start < axis.end and x.end > axis.start for x in w.maintenance.windows)
        )
        return within, outages

    def _rows(self, moment: Moment) -> work_rows.WorkRows:
        axis = self.axis(moment)
        works, outages = self._known(moment, axis)
        key = (works, id(outages), axis, moment.look_key)
        if self._made is None or self._made[0] != key:
            made = work_rows.WorkRows(works, moment.view, axis, moment.signs, moment.grey, outages)
            self._made = key, made
        return self._made[1]

    def _draw(self) -> None:
        moment = self._moment
        if moment is None:
            return
        rows = self._rows(moment)
        wide = moment.size is Size.L
        titled = work_timeline.title(rows.axis), wide
        if titled != self._titled:
            self._titled = titled
            self._pane.table.set_columns(work_rows.columns(wide, titled[0]), work_rows.spare(wide))
        result = filtered(
            moment.filter, moment.severities, None, len(rows), lambda: work_rows.subject(rows),
            lambda chosen: work_rows.of_severity(rows, chosen),
        )  # fmt: skip
        self.fill(moment, rows, result, self._words())
        self._pane.table.say_when_empty(self._empty(moment, rows, result))
        self._week.tell(moment.view.works.works or rows.works)
        self._detail()

    def _empty(self, moment: Moment, rows: work_rows.WorkRows, result: Filtered) -> tuple[str, ...]:
        if self._failed:
            return (f"The windows {self._failed}.",)
        if len(rows):
            return nothing_matches(moment.filter.text, moment.severities, result.alone)
        if self._found is None:
            return ("Reading the windows.",)
        usual = self._zoom == USUAL and not self._moved
        if usual and (told := self.headline()) is not None:
            return (told.text,)
        return ("No windows in this time.", "{ } pan, - shows more time")

    @property
    def current(self) -> Work | None:
        """The work under the cursor."""
        row, rows = self._pane.table.cursor_row, self._pane.table.rows
        return rows.works[row] if isinstance(rows, work_rows.WorkRows) and row is not None else None

    def _detail(self) -> None:
        moment = self._moment
        if moment is None:
            return
        work, rows = self.current, self._made[1] if self._made is not None else None
        outages = self._known(moment, rows.axis)[1] if rows is not None else None
        self._facts.show(work, outages, moment)
        self._conflicts.tell(conflicts_of(self._all(moment), moment.at), work)

    def _all(self, moment: Moment) -> Sequence[Work]:
        """What the sentence and the conflicts speak of: all that the View knows; before it knows any, what was read."""
        if moment.view.works.works or self._found is None:
            return moment.view.works.works
        return self._found[1][0]

    def headline(self) -> Headline | None:
        moment = self._moment
        if moment is None:
            return None
        waiting, many, newest = (
            self._read[1] if self._read is not None and self._read[0] <= moment.at else ((), 0, None)
        )
        return planned_headline(self._all(moment), moment.at, len(waiting), many, newest)

    def standing(self) -> Standing | None:
        """The conflicts of the work under the cursor, and alarms that it holds."""
        moment, work = self._moment, self.current
        if moment is None or work is None:
            return None
        return Standing(alarms_of(work, moment.view), work.name)

    def _words(self) -> tuple[str, str]:
        moment = self._moment
        if moment is None:
            return "windows", ""
        return "windows", f"{work_timeline.words(self.axis(moment))}, {{ }} pan, + - zoom"

    def retitle(self, words: tuple[str, str]) -> None:
        self._pane.entitle(self._words())

    # -- keys ---------------------------------------------------------------------------------------------------------

    def _look(self) -> None:
        if self._moment is not None:
            self._pane.table.hold()
            self.show(self._moment)

    def action_zoom_in(self) -> None:
        self._step(-1)

    def action_zoom_out(self) -> None:
        self._step(1)

    def _step(self, by: int) -> None:
        to = min(max(self._zoom + by, 0), len(ZOOMS) - 1)
        if to == self._zoom:
            self.post_message(self.Say("This is the shortest time." if by < 0 else "This is the longest time."))
            return
        self._zoom = to
        self._look()

    def action_pan_back(self) -> None:
        self._moved -= ZOOMS[self._zoom] / 2
        self._look()

    def action_pan_on(self) -> None:
        self._moved += ZOOMS[self._zoom] / 2
        self._look()

    def let_go(self) -> bool:
        """Esc: back to where now is."""
        moved = bool(self._moved)
        self._moved = 0.0
        if moved:
            self._look()
        return moved

    def action_mails(self) -> None:
        """The mails that work was read in."""
        self.post_message(self.Goto(MAILS))

    def on_live_table_moved(self, message: LiveTable.Moved) -> None:
        super().on_live_table_moved(message)
        self._detail()

    def on_live_table_opened(self, message: LiveTable.Opened) -> None:
        work = self.current
        if work is not None:
            self.post_message(self.Goto(of_work((work.maintenance.provider, work.maintenance.maintenance_id))))

    def export(self) -> Exported | None:
        rows = self._pane.table.rows
        if not isinstance(rows, work_rows.WorkRows):
            return None
        return work_rows.exported(rows, self._pane.table.shown_rows.tolist())
