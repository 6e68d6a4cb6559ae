"""One work: what was read in its notice beside the notice itself, the circuits that it means, and its versions."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal

from noctui.model.headline import Clause, Headline
from noctui.model.scene import Scene
from noctui.model.words import Severity
from noctui.model.works import MailRead, Work
from noctui.tui.export import Exported
from noctui.tui.keys import bindings
from noctui.tui.moment import Moment
from noctui.tui.panes import work_rows, work_words
from noctui.tui.panes.asking import Question
from noctui.tui.panes.list_pane import ListPane
from noctui.tui.panes.notice_lines import Fields, Mailed
from noctui.tui.panes.own_works import alarms_of
from noctui.tui.panes.work_circuits import WorkCircuits
from noctui.tui.panes.work_life import Versions
from noctui.tui.place import Place
from noctui.tui.screens.listing import ListingBoard
from noctui.tui.standing import Standing


class WorkBoard(ListingBoard):
    """What Enter on a work opens."""

    SCOPED_CSS = False
    DEFAULT_CSS = """
    WorkBoard > .notice { height: 1fr; }
    WorkBoard #fields { width: 52%; height: 1fr; padding: 0 2 0 1; }
    WorkBoard #mailed { width: 1fr; height: 1fr; padding: 0 1; }
    WorkBoard > #work-circuits { height: 10; margin: 1 0 0 0; }
    WorkBoard > #versions { height: 5; padding: 0 1; margin: 1 0 0 0; }
    WorkBoard.-l > #work-circuits { height: 18; }
    WorkBoard.-l > #versions { height: 8; }
    WorkBoard.-s > .notice { layout: vertical; }
    WorkBoard.-s #mailed { width: 1fr; height: 1fr; }
    WorkBoard.-s #fields { width: 1fr; height: 7; }
    WorkBoard.-s > #work-circuits { height: 5; margin: 0; }
    WorkBoard.-s > #versions { height: 3; margin: 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings("pan_back", "pan_on")
    OFFERS = (
        "open", "versions", "acts", "sorts", "columns", "panes", "maximise", "time", "export", "copy", "command",
        "out", "quit",
    )  # fmt: skip

    def __init__(self, clock: Callable[[], float], sorts: dict[str, tuple[str, bool]]) -> None:
        super().__init__(id="work")
        self._fields, self._mailed = Fields(id="fields"), Mailed(id="mailed")
        self._circuits = WorkCircuits(clock, sorts, id="work-circuits")
        self._versions = Versions(id="versions")
        self._life = Question(self, self._fail)
        self._mail = Question(self, lambda said: self._mailed.tell(None, f"The mail {said}."))
        self._moment: Moment | None = None
        self._place: Place | None = None
        self._works: tuple[Work, ...] = ()
        self._chosen: int | None = None
        self._failed = ""

    def compose(self) -> ComposeResult:
        with Horizontal(classes="notice"):
            yield self._fields
            yield self._mailed
        yield self._circuits
        yield self._versions

    def lists(self) -> tuple[ListPane, ...]:
        return (self._circuits,)

    def leave(self) -> None:
        super().leave()
        self._life.forget()
        self._mail.forget()

    def show(self, moment: Moment) -> None:
        if moment.place != self._place:
            self._place, self._works, self._chosen, self._failed = moment.place, (), None, ""
        self._moment = moment
        provider, number = moment.place.work
        stamp = id(moment.view.works) if moment.scene.live else moment.at
        scene = moment.scene
        self._life.ask((moment.place, stamp), lambda: scene.read.work_versions(provider, number), self._take)
        for pane in (self._fields, self._mailed, self._versions):
            pane.show(moment)
        self._circuits.show(moment)
        self._draw()

    def _take(self, works: tuple[Work, ...]) -> None:
        self._works, self._failed = works, ""
        if self._chosen is not None and self._chosen >= len(works):
            self._chosen = None
        self._draw()
        self.post_message(self.Told())

    def _fail(self, said: str) -> None:
        self._failed = said
        self._draw()

    @property
    def work(self) -> Work | None:
        """The version shown: the newest, unless another was chosen. Before they are read, what the View knows."""
        if self._works:
            return self._works[self._chosen if self._chosen is not None else -1]
        moment = self._moment
        if moment is None:
            return None
        provider, number = moment.place.work
        key = provider, "".join(number.split()).casefold()
        return next((w for w in moment.view.works.works if w.maintenance.key == key), None)

    def _draw(self) -> None:
        moment, work = self._moment, self.work
        if moment is None:
            return
        if work is None:
            said = f"It {self._failed}." if self._failed else "Reading the work."
            self._fields.tell((), "", lambda _wide: [((said, "dim"),)])
            return
        scene, notice = moment.scene, work.notice
        self._mail.ask((notice, None if scene.live else moment.at), lambda: _mail(scene, notice), self._mailed_came)
        self._fields.tell((work.maintenance,), work_words.state_of(work, moment.at))
        self._circuits.tell(work)
        at = self._chosen if self._chosen is not None else len(self._works) - 1
        self._versions.tell(self._works, max(at, 0))

    def _mailed_came(self, read: MailRead | None) -> None:
        self._mailed.tell(read, "" if read is not None else "The mail is not kept any more.")

    def standing(self) -> Standing | None:
        """Its conflicts, and alarms that it holds."""
        moment, work = self._moment, self.work
        return Standing(alarms_of(work, moment.view), work.name) if moment is not None and work is not None else None

    def headline(self) -> Headline | None:
        moment, work = self._moment, self.work
        if moment is None or work is None:
            return None
        return work_headline(work, moment)

    # -- keys ---------------------------------------------------------------------------------------------------------

    def action_pan_back(self) -> None:
        self._choose(-1)

    def action_pan_on(self) -> None:
        self._choose(1)

    def _choose(self, by: int) -> None:
        last = len(self._works) - 1
        at = self._chosen if self._chosen is not None else last
        to = min(max(at + by, 0), last)
        if to == at or last < 0:
            self.post_message(self.Say("This is the first notice." if by < 0 else "This is the newest notice."))
            return
        self._chosen = None if to == last else to
        self._draw()
        self.post_message(self.Told())

    def export(self) -> Exported | None:
        moment, work = self._moment, self.work
        if moment is None or work is None:
            return None
        rows = work_rows.csv_rows(work, work_words.state_of(work, moment.at), moment.view)
        return Exported("work", work_rows.HEADERS, rows)

    def copied(self) -> str:
        """The mail while the cursor is in it, else the row."""
        return self._mailed.text if self._mailed.has_focus else super().copied()

    def lacking(self) -> str:
        return "The work is being read."


async def _mail(scene: Scene, key: str) -> MailRead | None:
    return await scene.read.mail(key) if key else None


def work_headline(work: Work, moment: Moment) -> Headline:
    """`Zayo CHG-20881 works to 06:00 at 4 sites, splice, Topeka: 4 circuits. 2 sites lose every circuit.`"""
    state, at = work_words.state_of(work, moment.at), moment.at
    window = work_words.next_of((work,), at)
    when = f" {work_words.when_words(window[1], at)}" if window is not None else ""
    many = len(work.circuit_ids)
    clauses = [
        Clause(work.name, strong=True), Clause(f" is {state}{when}" if state != "now" else f" goes on{when}"),
        Clause(f": {many:,} circuit{'' if many == 1 else 's'} of ours" if many else ": no circuit of ours is known"),
        Clause("."),
    ]  # fmt: skip
    hit = (
        {c.name for c in work.conflicts if c.end > at and not c.backup and not c.alone} if window is not None else set()
    )
    severity = Severity.UNKNOWN if state == "unmatched" else Severity.MAINTENANCE if state == "now" else Severity.OK
    if hit:
        severity = Severity.CRITICAL
        sites = f"{len(hit):,} site{' loses' if len(hit) == 1 else 's lose'}"
        clauses.append(Clause(f" {sites} every circuit together with other work.", strong=True, severity=severity))
    return Headline(severity=severity, clauses=tuple(clauses))
