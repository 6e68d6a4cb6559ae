"""The ledger of carriers' mails: what became of each, and why those that wait do."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

import numpy as np
from textual.app import ComposeResult
from textual.binding import BindingType

from noctui.model.headline import Clause, Headline
from noctui.model.scene import WINDOWS, Range, Scene
from noctui.model.words import Severity
from noctui.model.works import Mail
from noctui.tui.export import Exported
from noctui.tui.frame.sentence import nothing_matches
from noctui.tui.keys import bindings
from noctui.tui.look.numbers import duration_prose
from noctui.tui.moment import Moment
from noctui.tui.panes import mail_rows
from noctui.tui.panes.asking import Question
from noctui.tui.panes.table_pane import TablePane
from noctui.tui.panes.thing_rows import ThingRows
from noctui.tui.place import of_mail
from noctui.tui.screens.mail_keys import MailKeys
from noctui.tui.screens.tabled import Filtered, TabledBoard, filtered
from noctui.tui.widgets.live_table import LiveTable

MOST = 5000
"""Mails asked for; more than these are said to be there."""
_WAITING = "waiting"
"""The first of the windows: those that wait for a person, of whatever time."""
WORDS = (_WAITING, "24h", "7d", "31d", "13mo")


async def _asked(scene: Scene, word: str) -> tuple[Mail, ...]:
    if word == _WAITING:
        return await scene.read.mails(Range(0.0, scene.at), MOST, True)
    return await scene.read.mails(Range(scene.at - WINDOWS[word], scene.at, word), MOST)


class Mails(MailKeys, TabledBoard):
    """`:mails`, and Enter on those that wait."""

    SCOPED_CSS = False
    DEFAULT_CSS = """
    Mails > TablePane { height: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings("window", "reparse", "fill")
    OFFERS = (
        "open", "reparse", "fill", "window", "filter", "sorts", "choose_columns", "columns", "time", "export", "copy",
        "command", "out", "quit",
    )  # fmt: skip

    def __init__(self, clock: Callable[[], float], sorts: dict[str, tuple[str, bool]]) -> None:
        super().__init__(clock, sorts, id="mails")
        keys = {c.key for c in (*mail_rows.COLUMNS, *mail_rows.SPARE)}
        self._pane = TablePane(
            mail_rows.COLUMNS, self.sort_of("mails-pane-table", mail_rows.SORT, keys), clock, id="mails-pane"
        )
        self._pane.table.set_columns(mail_rows.COLUMNS, mail_rows.SPARE)
        self._question = Question(self, self._fail)
        self._window = _WAITING
        self._moment: Moment | None = None
        self._found: tuple[float, str, tuple[Mail, ...]] | None = None
        self._failed = ""
        self._rows: tuple[object, ThingRows[Mail]] | None = None

    def compose(self) -> ComposeResult:
        yield self._pane

    @property
    def main(self) -> TablePane:
        return self._pane

    def leave(self) -> None:
        super().leave()
        self._question.forget()

    def show(self, moment: Moment) -> None:
        self._moment = moment
        scene, word = moment.scene, self._window
        of = (moment.at, word)
        self._question.ask((moment.view.seq, *of), lambda: _asked(scene, word), lambda found: self._take(of, found))
        self._draw()

    def windows(self) -> tuple[str, ...]:
        return WORDS

    def action_window(self) -> None:
        self.look_back(WORDS[(WORDS.index(self._window) + 1) % len(WORDS)])

    def look_back(self, word: str) -> None:
        self._window = word
        if self._moment is not None:
            self.show(self._moment)

    def _take(self, of: tuple[float, str], found: tuple[Mail, ...]) -> None:
        self._found, self._failed = (*of, found), ""
        self._draw()
        self.post_message(self.Told())

    def _fail(self, said: str) -> None:
        self._failed = said
        self._draw()
        self.post_message(self.Told())

    def _known(self, moment: Moment) -> tuple[Mail, ...]:
        """The answer, if it is not of a later instant than the one shown."""
        return self._found[2] if self._found is not None and self._found[0] <= moment.at else ()

    def _draw(self) -> None:
        moment = self._moment
        if moment is None:
            return
        mails = self._known(moment)
        key = (mails, moment.look_key, moment.at)
        if self._rows is None or self._rows[0] != key:
            self._rows = key, mail_rows.rows_of(mails, moment.at, moment.signs, moment.grey)
        rows = self._rows[1]
        result = filtered(
            moment.filter, frozenset(), None, len(rows), lambda: mail_rows.subject(rows),
            lambda _chosen: np.ones(len(rows), np.bool_),
        )  # fmt: skip
        self.fill(moment, rows, result, self._words())
        self._pane.table.say_when_empty(self._empty(moment, rows, result))

    def _empty(self, moment: Moment, rows: ThingRows[Mail], result: Filtered) -> tuple[str, ...]:
        if self._failed:
            return (f"The mails {self._failed}.",)
        if self._found is None:
            return ("Reading the mails.",)
        if len(rows):
            return nothing_matches(moment.filter.text, frozenset(), result.alone)
        if self._window == _WAITING:
            return ("All mails were understood.", "w shows those that were read")
        return (f"No mail was read in {self._window}.", "w looks further back")

    def headline(self) -> Headline | None:
        moment = self._moment
        if moment is None or self._found is None:
            return None
        waiting = [m for m in self._known(moment) if m.waits]
        if not waiting:
            return Headline(severity=Severity.OK, clauses=(Clause("No mail waits for a person.", strong=True),))
        many = f"{len(waiting):,} mail{' waits' if len(waiting) == 1 else 's wait'} for a person"
        oldest = max(moment.at - min(m.read_at for m in waiting), 0.0)
        return Headline(
            severity=Severity.UNKNOWN,
            clauses=(
                Clause(many, strong=True, severity=Severity.UNKNOWN),
                Clause(f", the oldest {duration_prose(oldest // 60 * 60)}."),
            ),
        )

    def _words(self) -> tuple[str, str]:
        table = self._pane.table
        cut = self._found is not None and len(self._found[2]) >= MOST
        parts = [f"the newest {MOST:,}"] if cut else []
        title = "mails that wait" if self._window == _WAITING else f"mails, {self._window}"
        return title, ", ".join([*parts, f"row {table.position:,} of {table.shown:,}"])

    def retitle(self, words: tuple[str, str]) -> None:
        self._pane.entitle(self._words())

    @property
    def current(self) -> Mail | None:
        """The mail under the cursor."""
        row, rows = self._pane.table.cursor_row, self._rows[1] if self._rows is not None else None
        return rows.things[row] if rows is not None and row is not None and row < len(rows) else None

    def mail(self) -> Mail | None:
        return self.current

    def on_live_table_moved(self, message: LiveTable.Moved) -> None:
        super().on_live_table_moved(message)
        self._pane.entitle(self._words())

    def on_live_table_opened(self, message: LiveTable.Opened) -> None:
        self.post_message(self.Goto(of_mail(message.key)))

    def export(self) -> Exported | None:
        return mail_rows.exported(self._rows[1], self._pane.table.shown_rows.tolist()) if self._rows else None
