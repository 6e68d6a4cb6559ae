"""One promise of one circuit: its figures, all its outages and why they count, the months before."""

from __future__ import annotations

from typing import ClassVar

from msgspec import structs
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.widget import Widget

from noctui.model.headline import Headline
from noctui.model.scene import Scene
from noctui.model.scores import ScoreLine
from noctui.model.verdicts import Verdict
from noctui.runtime.headlines import promises_headline
from noctui.tui.export import Exported
from noctui.tui.keys import bindings
from noctui.tui.moment import Moment
from noctui.tui.panes.asking import Question, landed
from noctui.tui.panes.pane import Pane
from noctui.tui.panes.promise_export import exported
from noctui.tui.panes.promise_facts import AllOutages, Months, PromiseFacts
from noctui.tui.place import Place, of_circuit, of_outages
from noctui.tui.runs import text_of
from noctui.tui.screens.board import Board
from noctui.tui.screens.sla import RUNNING, months_before

MONTHS = 6
"""Months before that are read."""


async def _line(scene: Scene, place: Place, period: str) -> ScoreLine | None:
    """This promise in that period: asked for by its circuit; a protection group is looked for among all."""
    known = place.circuit_id in scene.view.inventory.circuit_row
    board = await scene.read.scores(period, circuit_id=place.circuit_id if known else "")
    lines = board.lines if board is not None else ()
    mine = [x for x in lines if x.verdict.service_id == place.circuit_id]
    found = next((x for x in mine if x.verdict.promise == place.promise), mine[0] if mine else None)
    if found is None or board is None or not board.told:
        return found
    return structs.replace(found, told=found.told or board.told)


class PromiseBoard(Board):
    """What Enter on a promise opens."""

    SCOPED_CSS = False
    DEFAULT_CSS = """
    PromiseBoard > .top { height: 1fr; }
    PromiseBoard #promise-facts { width: 52%; height: 1fr; padding: 0 2 0 1; }
    PromiseBoard #all-outages { width: 1fr; height: 1fr; padding: 0 1; }
    PromiseBoard > #months { height: 8; padding: 0 1; margin: 1 0 0 0; }
    PromiseBoard.-s > .top { layout: vertical; }
    PromiseBoard.-s #promise-facts { width: 1fr; height: 1fr; }
    PromiseBoard.-s #all-outages { width: 1fr; height: 5; }
    PromiseBoard.-s > #months { height: 3; margin: 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings("pan_back", "pan_on", "open", "things")
    OFFERS = (
        "open", "months", "panes", "maximise", "time", "export", "copy", "command", "screens", "out", "quit",
    )  # fmt: skip

    def __init__(self) -> None:
        super().__init__(id="promise")
        self._facts, self._outages = PromiseFacts(id="promise-facts"), AllOutages(id="all-outages")
        self._months = Months(id="months")
        self._now = Question(self, self._fail)
        self._past = Question(self, lambda _said: None)
        self._moment: Moment | None = None
        self._place: Place | None = None
        self._line: ScoreLine | None = None
        self._before: dict[str, ScoreLine | None] = {}
        self._chosen = RUNNING
        self._failed = ""
        self._came = False

    def compose(self) -> ComposeResult:
        with Horizontal(classes="top"):
            yield self._facts
            yield self._outages
        yield self._months

    @property
    def _panes(self) -> tuple[Pane, ...]:
        return self._facts, self._outages, self._months

    def leave(self) -> None:
        super().leave()
        self._now.forget()
        self._past.forget()

    def show(self, moment: Moment) -> None:
        if moment.place != self._place:
            self._place, self._line, self._before, self._chosen = moment.place, None, {}, RUNNING
            self._failed, self._came = "", False
        self._moment = moment
        scene, place = moment.scene, moment.place
        self._now.ask((place, moment.view.seq, moment.at), lambda: _line(scene, place, RUNNING), self._take)
        months = months_before(moment.at, MONTHS)
        past = (place, months, None if scene.live else moment.at, landed(scene.read))
        self._past.ask(past, lambda: self._read(scene, place, months), lambda _: self._draw())
        for pane in self._panes:
            pane.show(moment)
        self._draw()

    async def _read(self, scene: Scene, place: Place, months: tuple[str, ...]) -> None:
        """Month by month: each is shown as it comes. What was read before stays until then."""
        if not set(self._before) <= set(months):
            self._before = {}
        for month in months:
            found = await _line(scene, place, month)
            if place == self._place:
                self._before[month] = found
                self._draw()

    def _take(self, line: ScoreLine | None) -> None:
        self._line, self._failed, self._came = line, "", True
        self._draw()
        self.post_message(self.Told())

    def _fail(self, said: str) -> None:
        self._failed = said
        self._draw()

    @property
    def line(self) -> ScoreLine | None:
        """The period shown."""
        return self._line if self._chosen == RUNNING else self._before.get(self._chosen)

    def _draw(self) -> None:
        line = self.line
        said = f"The promise {self._failed}." if self._failed else ""
        said = said or ("Nothing is known of it." if self._came else "Working it out.")
        self._facts.tell(line, said)
        self._outages.tell(line.verdict if line is not None else None)
        every: list[tuple[str, Verdict | None]] = [(RUNNING, self._line.verdict if self._line is not None else None)]
        every += [(m, found.verdict if found is not None else None) for m, found in self._before.items()]
        self._months.tell(every, self._chosen, len(self._before) < MONTHS)

    def headline(self) -> Headline | None:
        line = self.line
        return promises_headline([(line.carrier, line.verdict)], line.verdict.known_at) if line is not None else None

    def first_focus(self) -> Widget | None:
        return self._outages

    def action_pan_back(self) -> None:
        self._choose(1)

    def action_pan_on(self) -> None:
        self._choose(-1)

    def _choose(self, by: int) -> None:
        every = [RUNNING, *self._before]
        to = every.index(self._chosen) + by if self._chosen in every else 0
        if not 0 <= to < len(every):
            self.post_message(self.Say("This is the period that runs." if by < 0 else "No month before it was read."))
            return
        self._chosen = every[to]
        self._draw()
        self.post_message(self.Told())

    def action_open(self) -> None:
        """The circuit."""
        moment = self._moment
        circuits = self._line.circuits if self._line is not None else ()
        known = [c for c in circuits if moment is not None and c in moment.view.inventory.circuit_row]
        if known:
            self.post_message(self.Goto(of_circuit(known[0])))
        else:
            self.post_message(self.Say("Its circuit is not known."))

    def action_things(self) -> None:
        """All outages of the circuit, whatever the period."""
        circuits = self._line.circuits if self._line is not None else ()
        if circuits:
            self.post_message(self.Goto(of_outages(circuit_id=circuits[0])))

    def copied(self) -> str:
        """The pane that has the cursor, as text."""
        return next((text_of(p.lines) for p in self._panes if p.has_focus), "")

    def lacking(self) -> str:
        return "The promise is being worked out."

    def export(self) -> Exported | None:
        """The period that runs and the months before, a row each."""
        moment = self._moment
        every = [x for x in (self._line, *self._before.values()) if x is not None]
        return exported(every, moment.view, "promise") if moment is not None and every else None
