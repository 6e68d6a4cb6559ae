"""Who offends most: circuits, sites, regions or carriers, by any metric, over any window."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

import numpy as np
from textual.app import ComposeResult
from textual.binding import BindingType

from noctui.model.figures import Daily, Trend
from noctui.model.headline import Headline
from noctui.tui.export import Exported
from noctui.tui.filter import Mask
from noctui.tui.frame.sentence import nothing_matches
from noctui.tui.keys import bindings
from noctui.tui.moment import Moment, Size
from noctui.tui.panes import offender_table, offender_words, subjects
from noctui.tui.panes.alarm_places import standing_at
from noctui.tui.panes.keeping import Keeping
from noctui.tui.panes.offender_answers import TREND_DAYS, Answer, Asked, Ranked, answer, ranked
from noctui.tui.panes.offender_chooser import Choice, Chooser
from noctui.tui.panes.offender_details import OffenderDetails
from noctui.tui.panes.offender_kinds import OFFERED, THINGS, TOPS, UTILISATION, WINDOW_WORDS, By, after, bys_of
from noctui.tui.panes.offender_rows import Nobody, OffenderRows, who
from noctui.tui.panes.table_pane import TablePane
from noctui.tui.place import Place, of_chart, of_circuit, of_region, of_site
from noctui.tui.screens.tabled import Filtered, TabledBoard, filtered
from noctui.tui.standing import Standing
from noctui.tui.widgets.live_table import LiveTable

_TOP = {Size.TINY: 10, Size.S: 10, Size.M: 25, Size.L: 50}
"""How many are shown until a person asks for more or fewer."""


class Offenders(TabledBoard):
    """Key 4."""

    SCOPED_CSS = False
    DEFAULT_CSS = """
    Offenders > TablePane { height: 1fr; }
    Offenders > TablePane > .title { display: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings(
        "by", "by_left", "by_right", "by_back", "things", "window", "more", "fewer"
    )
    OFFERS = (
        "open", "by", "things", "window", "top", "filter", "severity", "sorts", "choose_columns", "columns", "chart",
        "time", "export", "copy", "command", "screens", "quit",
    )  # fmt: skip

    def __init__(self, clock: Callable[[], float], sorts: dict[str, tuple[str, bool]]) -> None:
        super().__init__(clock, sorts, id="offenders")
        self._by: By = UTILISATION
        self._things = THINGS[0]
        self._window = "24h"
        self._most: int | None = None
        self._chooser = Chooser(id="offenders-chooser")
        self._pane = TablePane(who(self._things, Size.S), offender_table.sort_of(self._by), clock, id="offenders-pane")
        self._details = OffenderDetails(id="offenders-details")
        self._figures: Keeping[Answer] = Keeping(self, clock, self._came)
        self._daily: Keeping[Daily] = Keeping(self, clock, self._came)
        self._trend: Keeping[Trend] = Keeping(self, clock, self._came)
        self._moment: Moment | None = None
        self._made: tuple[object, OffenderRows] | None = None
        self._columns: object = None
        self._sorted_for: By | None = None
        self._stood_on: str | None = None

    def compose(self) -> ComposeResult:
        yield self._chooser
        yield self._pane
        yield self._details

    @property
    def main(self) -> TablePane:
        return self._pane

    # -- asking -------------------------------------------------------------------------------------------------------

    def show(self, moment: Moment) -> None:
        self._moment = moment
        self._ask(moment)
        self._draw()

    def _ask(self, moment: Moment) -> None:
        read, live, at = moment.scene.read, moment.scene.live, moment.at
        asked = Asked(self._things, self._by, self._window, at)
        what = (asked.things, asked.by, asked.window)
        self._figures.want(what, at, live, lambda: answer(read, asked))
        gauge, days = self._by.gauge, TREND_DAYS if self._by.family == "trends" else 7
        self._daily.want((gauge, days), at, live, lambda: read.daily(gauge, days))
        if self._things == "circuits":
            self._trend.want(gauge, at, live, lambda: read.trend(gauge))

    def _came(self) -> None:
        """Something that was asked for is here."""
        self._draw()
        self.post_message(self.Told())

    # -- painting -----------------------------------------------------------------------------------------------------

    def _rows(self, moment: Moment) -> OffenderRows | None:
        """Rows of this moment: the same object while answers, data and look are the same."""
        found = self._figures.known(moment.at)
        if found is None:
            return None
        daily, trend = self._daily.known(moment.at), self._trend.known(moment.at)
        key = (id(found), id(daily), id(trend), moment.look_key)
        if self._made is None or self._made[0] != key:
            standing: Ranked = ranked(found, moment.view, daily, trend if self._things == "circuits" else None)
            self._made = key, offender_table.rows_of(standing, moment.view, moment.signs, moment.grey)
        return self._made[1]

    def _draw(self) -> None:
        moment = self._moment
        if moment is None:
            return
        rows, table = self._rows(moment), self._pane.table
        if rows is None:
            self._draw_nothing(moment)
            return
        result = _left_by(moment, rows)
        mask = offender_table.top_of(rows, result.mask, self.most(moment))
        if self._sorted_for is not self._by:
            self._sorted_for = self._by
            self._clear()
            table.sort_by(*offender_table.sort_of(self._by))
        self._set_columns(rows, moment)
        self._result = result
        table.say_when_empty(self._empty(moment, rows, result))
        self._pane.show_rows(rows, mask, ("", ""))
        if self._stood_on is not None:
            table.go_to(self._stood_on)
            self._stood_on = None
        self._at = moment.place
        self._entitle()
        self._detail()

    def _draw_nothing(self, moment: Moment) -> None:
        """Nothing has come yet, or it cannot be read."""
        self._result = None
        said = f"The figures {self._figures.failed}." if self._figures.failed else "Asking …"
        self._pane.table.say_when_empty((said,))
        self._clear()
        self._entitle()
        self._details.show(None, None, moment)

    def _clear(self) -> None:
        """No rows: those of another ranking do not know the columns of this one. The cursor goes back to its row."""
        table = self._pane.table
        self._stood_on = table.cursor_key or self._stood_on
        table.show(Nobody())

    def _set_columns(self, rows: OffenderRows, moment: Moment) -> None:
        columns = rows.columns(moment.size)
        if columns != self._columns:
            self._columns = columns
            self._pane.table.set_columns(columns)

    def most(self, moment: Moment) -> int:
        """How many rows are shown; 0: all."""
        return _TOP[moment.size] if self._most is None else self._most

    def _empty(self, moment: Moment, rows: OffenderRows, result: Filtered) -> tuple[str, ...]:
        if len(rows.ranked.order):
            return nothing_matches(moment.filter.text, moment.severities, result.alone)
        if self._by.family == "trends" and rows.ranked.trend is None:
            return (f"The trend {self._trend.failed}.",) if self._trend.failed else ("Asking …",)
        further = "m ranks by the next" if self._by.family == "trends" else "w looks further back, m ranks by the next"
        return (offender_words.nobody(rows), further)

    def _entitle(self) -> None:
        """The lines over the table; they also say that the order is held, and that figures are of an earlier poll."""
        moment = self._moment
        if moment is None:
            return
        rows = self._rows(moment)
        shown = self._pane.table.shown if rows is not None else 0
        of = self._result.left if rows is not None and self._result is not None else None
        told = offender_words.told(rows, moment.at) if rows is not None else ""
        choice = Choice(self._by, self._things, self._window, shown, of, self._pane.table.sort_held, told)
        self._chooser.show(choice, moment.size)

    def tick(self, moment: Moment) -> None:
        self._entitle()

    def _detail(self) -> None:
        if self._moment is None:
            return
        rows = self._rows(self._moment)
        row = self._pane.table.cursor_row if rows is not None and self._pane.table.rows is rows else None
        late = (self._daily.failed or "Asking …", self._trend.failed or "Asking …")
        self._details.show(rows, row, self._moment, late)

    def headline(self) -> Headline | None:
        moment = self._moment
        rows = self._rows(moment) if moment is not None else None
        if moment is None or rows is None:
            return None
        return offender_words.sentence(rows, self._daily.known(moment.at), moment.view)

    # -- choosing -----------------------------------------------------------------------------------------------------

    def _choose(self) -> None:
        self._pane.table.hold()
        if self._moment is not None:
            self.show(self._moment)
        self.post_message(self.Told())

    def action_by(self, step: int) -> None:
        """Rank by the next metric, or by the one before."""
        self._by = after(bys_of(self._things), self._by, step)
        self._choose()

    def on_chooser_picked(self, message: Chooser.Picked) -> None:
        """A word of the lines over the table was clicked."""
        word = message.word
        if word in THINGS:
            self._rank(word)
        elif word in ("window", WINDOW_WORDS[self._window]):
            self.action_window()
        else:
            for by in bys_of(self._things):
                if word in (by.name, by.word):
                    self._by = by
                    self._choose()

    def action_things(self) -> None:
        self._rank(after(THINGS, self._things))

    def _rank(self, things: str) -> None:
        self._things = things
        if self._by not in bys_of(self._things):
            self._by = UTILISATION
        self._stood_on = None
        self._choose()

    def action_window(self) -> None:
        self._window = after(OFFERED, self._window)
        self._choose()

    def windows(self) -> tuple[str, ...]:
        return OFFERED

    def look_back(self, word: str) -> None:
        self._window = word
        self._choose()

    def action_top(self, step: int) -> None:
        """Show more rows, or fewer."""
        if self._moment is None:
            return
        now = TOPS.index(self.most(self._moment))
        self._most = TOPS[min(max(now + step, 0), len(TOPS) - 1)]
        self._draw()
        self.post_message(self.Told())

    # -- the table's messages -----------------------------------------------------------------------------------------

    def on_live_table_moved(self, message: LiveTable.Moved) -> None:
        self._detail()

    def on_live_table_sorted(self, message: LiveTable.Sorted) -> None:
        """Each ranking has its own order: none is remembered."""
        self._entitle()

    def on_live_table_opened(self, message: LiveTable.Opened) -> None:
        place = self._place_of(message.key)
        if place is None:
            self.post_message(self.Say("A carrier has no screen of its own: t ranks its circuits."))
        else:
            self.post_message(self.Goto(place))

    def standing(self) -> Standing | None:
        moment, key = self._moment, self._pane.table.cursor_key
        place = self._place_of(key) if key is not None else None
        return standing_at(place, moment.view) if place is not None and moment is not None else None

    def _place_of(self, key: str) -> Place | None:
        inventory = self._moment.view.inventory if self._moment is not None else None
        if self._things == "circuits" and inventory is not None and key in inventory.circuit_row:
            return of_circuit(key)
        if self._things == "sites" and inventory is not None and key in inventory.site_row:
            return of_site(key)
        return of_region(key) if self._things == "regions" else None

    def charted(self) -> Place | None:
        """Of the circuit or site under the cursor; of a region or carrier all circuits, spread."""
        key = self._pane.table.cursor_key
        place = self._place_of(key) if key is not None else None
        if place is None or place.kind == "sites":
            return of_chart()
        return of_chart(site_id=place.site_id, circuit_id=place.circuit_id)

    def export(self) -> Exported | None:
        """All that rank and that the filter leaves, in the order shown."""
        rows = self._rows(self._moment) if self._moment is not None else None
        if rows is None or self._moment is None:
            return None
        mask = _left_by(self._moment, rows).mask
        order = rows.ranked.order
        return offender_table.exported(rows, order if mask is None else order[mask[order]])


def _left_by(moment: Moment, rows: OffenderRows) -> Filtered:
    """Who ranks and is left by the filter. Circuits are filtered as the table of all circuits is."""
    ranks, view = offender_table.ranking_mask(rows), moment.view
    if not rows.of_circuits:
        return filtered(
            moment.filter, moment.severities, ranks, len(rows), lambda: offender_table.group_subject(rows),
            lambda chosen: offender_table.with_severity(rows, chosen),
        )  # fmt: skip
    at = rows.view_rows
    base: Mask = np.zeros(len(view.circuits), np.bool_)
    base[at[ranks & (at >= 0)]] = True
    result = filtered(
        moment.filter, moment.severities, base, len(base), lambda: subjects.circuits(view),
        lambda chosen: subjects.of_severity(view.circuits.severity, chosen),
    )  # fmt: skip
    if result.mask is base or result.mask is None:
        total = int(ranks.sum())
        return Filtered(ranks, total, total, None, result.problem, result.subject)
    here = np.zeros(len(rows), np.bool_)
    here[at >= 0] = result.mask[at[at >= 0]]
    return Filtered(here, result.left, int(ranks.sum()), result.alone, result.problem, result.subject)
