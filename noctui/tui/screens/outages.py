"""Outages of the network, a site or a circuit, with the planned work that they lie in."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from noctui.model.headline import Clause, Headline
from noctui.model.scene import WINDOWS, Range, Scene
from noctui.model.words import Severity
from noctui.model.works import Outage, told_of
from noctui.tui.export import Exported
from noctui.tui.frame.sentence import nothing_matches
from noctui.tui.keys import bindings
from noctui.tui.look.numbers import duration_prose
from noctui.tui.moment import Moment
from noctui.tui.panes import outage_rows
from noctui.tui.panes.asking import Question, landed
from noctui.tui.panes.table_pane import TablePane
from noctui.tui.panes.thing_rows import ThingRows
from noctui.tui.place import of_circuit
from noctui.tui.screens.tabled import Filtered, TabledBoard, filtered
from noctui.tui.widgets.live_table import LiveTable

MOST = 5000
"""Outages asked for; more than these are said to be there."""


async def _asked(scene: Scene, range_: Range, site_id: str, circuit_id: str) -> tuple[Outage, ...]:
    return await scene.read.outages(range_, MOST, site_id=site_id, circuit_id=circuit_id)


class Outages(TabledBoard):
    """`:outages`."""

    SCOPED_CSS = False
    DEFAULT_CSS = """
    Outages > TablePane { height: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings("window")
    OFFERS = (
        "open", "window", "filter", "severity", "sorts", "choose_columns", "columns", "time", "export", "copy",
        "command", "out", "quit",
    )  # fmt: skip

    def __init__(self, clock: Callable[[], float], sorts: dict[str, tuple[str, bool]]) -> None:
        super().__init__(clock, sorts, id="outages")
        keys = {c.key for c in (*outage_rows.COLUMNS, *outage_rows.SPARE)}
        sort = self.sort_of("outages-pane-table", outage_rows.SORT, keys)
        self._pane = TablePane(outage_rows.COLUMNS, sort, clock, id="outages-pane")
        self._pane.table.set_columns(outage_rows.COLUMNS, outage_rows.SPARE)
        self._question = Question(self, self._fail)
        self._window = "24h"
        self._moment: Moment | None = None
        self._found: tuple[object, float, tuple[Outage, ...]] | None = None
        self._failed = ""
        self._rows: tuple[object, ThingRows[Outage]] | None = None

    def compose(self) -> ComposeResult:
        yield self._pane

    @property
    def main(self) -> TablePane:
        return self._pane

    def leave(self) -> None:
        super().leave()
        self._question.forget()

    def _of(self, moment: Moment) -> tuple[str, str, str]:
        return moment.place.site_id, moment.place.circuit_id, self._window

    def show(self, moment: Moment) -> None:
        self._moment = moment
        of = self._of(moment)
        range_ = Range(moment.at - WINDOWS[self._window], moment.at, self._window)
        scene, at = moment.scene, moment.at
        self._question.ask(
            (moment.view.seq, at, of, landed(scene.read)), lambda: _asked(scene, range_, of[0], of[1]),
            lambda f: self._take(of, at, f),
        )  # fmt: skip
        self._draw()

    def windows(self) -> tuple[str, ...]:
        return tuple(WINDOWS)

    def action_window(self) -> None:
        every = self.windows()
        self.look_back(every[(every.index(self._window) + 1) % len(every)])

    def look_back(self, word: str) -> None:
        self._window = word
        if self._moment is not None:
            self.show(self._moment)

    def _take(self, of: tuple[str, str, str], at: float, found: tuple[Outage, ...]) -> None:
        self._found, self._failed = (of, at, found), ""
        self._draw()
        self.post_message(self.Told())

    def _fail(self, said: str) -> None:
        self._failed = said
        self._draw()
        self.post_message(self.Told())

    def _known(self, moment: Moment) -> tuple[Outage, ...] | None:
        """The answer, if it is of this place and window and not of a later instant; None: not read yet."""
        if self._found is None or self._found[0] != self._of(moment) or self._found[1] > moment.at:
            return None
        return self._found[2]

    def _draw(self) -> None:
        moment = self._moment
        if moment is None:
            return
        found = self._known(moment)
        key = (found, moment.look_key, moment.at)
        if self._rows is None or self._rows[0] != key:
            made = outage_rows.rows_of(found or (), moment.view, moment.at, moment.signs, moment.grey)
            self._rows = key, made
        rows, view = self._rows[1], moment.view
        result = filtered(
            moment.filter, moment.severities, None, len(rows),
            lambda: outage_rows.subject(rows, view, moment.at, moment.signs),
            lambda chosen: outage_rows.of_severity(rows, view, chosen),
        )  # fmt: skip
        self.fill(moment, rows, result, self._words())
        self._pane.table.say_when_empty(self._empty(moment, rows, result))

    def _empty(self, moment: Moment, rows: ThingRows[Outage], result: Filtered) -> tuple[str, ...]:
        if self._failed:
            return (f"The outages {self._failed}.",)
        if self._known(moment) is None:
            return ("Reading the outages.",)
        if len(rows):
            return nothing_matches(moment.filter.text, moment.severities, result.alone)
        return (f"Nothing was down in {self._window}.", self._source() or "w looks further back")

    def _source(self) -> str:
        return told_of(self._found[2]) if self._found is not None else ""

    def headline(self) -> Headline | None:
        moment = self._moment
        found = self._known(moment) if moment is not None else None
        if moment is None or found is None:
            return None
        real = [o for o in found if o.confirmed]
        if not real:
            return Headline(
                severity=Severity.OK, clauses=(Clause(f"Nothing was down in {self._window}.", strong=True),)
            )
        down = [o for o in real if o.ended is None]
        planned = sum(bool(o.works) for o in real)
        longest = max(outage_rows.length(o, moment.at) for o in real)
        many = f"{len(real):,} outage{'' if len(real) == 1 else 's'} in {self._window}"
        loud = Severity.DOWN if any(not o.works for o in down) else Severity.MAINTENANCE if down else Severity.OK
        clauses = [Clause(many, strong=True, severity=loud if down else None)]
        clauses += [Clause(f", {len(down):,} of them go{'es' if len(down) == 1 else ''} on")] if down else []
        clauses += [Clause(f"; the longest {duration_prose(longest)}.")]
        clauses += [Clause(f" {planned:,} lie{'s' if planned == 1 else ''} in planned work.")] if planned else []
        return Headline(severity=loud, clauses=tuple(clauses))

    def _words(self) -> tuple[str, str]:
        table = self._pane.table
        cut = [f"the newest {MOST:,}"] if self._found is not None and len(self._found[2]) >= MOST else []
        told = [said] if (said := self._source()) else []
        return f"outages, {self._window}", ", ".join([*cut, *told, f"row {table.position:,} of {table.shown:,}"])

    def retitle(self, words: tuple[str, str]) -> None:
        self._pane.entitle(self._words())

    def on_live_table_moved(self, message: LiveTable.Moved) -> None:
        super().on_live_table_moved(message)
        self._pane.entitle(self._words())

    def on_live_table_opened(self, message: LiveTable.Opened) -> None:
        circuit_id = message.key.rpartition("@")[0]
        if self._moment is not None and circuit_id in self._moment.view.inventory.circuit_row:
            self.post_message(self.Goto(of_circuit(circuit_id)))
        else:
            self.post_message(self.Say("This circuit is not known any more."))

    def export(self) -> Exported | None:
        moment = self._moment
        if moment is None or self._rows is None:
            return None
        order = self._pane.table.shown_rows.tolist()
        return outage_rows.exported(self._rows[1], order, moment.view, moment.at, moment.signs)
