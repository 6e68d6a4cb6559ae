"""The frame around every board: header, counts, sentence, footer. It is told what to show and shows it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widget import Widget

from noctui.model.words import Severity
from noctui.tui.frame.columns import ColumnChooser
from noctui.tui.frame.command import CommandLine
from noctui.tui.frame.counts import Counts
from noctui.tui.frame.entry import Entry
from noctui.tui.frame.footer import footer_line
from noctui.tui.frame.header import header, past_side, right_side
from noctui.tui.frame.palette import Palette
from noctui.tui.frame.sentence import data_headline, filter_line, headline_line, with_rest
from noctui.tui.frame.spots import action_at, crumb_at
from noctui.tui.keys import ACTIONS, Action, footer_words
from noctui.tui.look.numbers import clock, count, duration_prose
from noctui.tui.moment import Moment, Size, size_of
from noctui.tui.panes.sheet import Sheet
from noctui.tui.place import ON_THE_WALL, Place, crumb_places, crumbs
from noctui.tui.runs import Line

if TYPE_CHECKING:
    from noctui.model.headline import Headline
    from noctui.model.status import Status
    from noctui.model.view import View
    from noctui.tui.commands.entries import Entry as Found
    from noctui.tui.commands.suggest import Suggested
    from noctui.tui.look.signs import Signs
    from noctui.tui.widgets.live_table import LiveTable


class Frame(Vertical):
    """Rows 0 to 3, the body, and the last row."""

    DEFAULT_CSS = """
    Frame { width: 1fr; height: 1fr; layers: default over; }
    Frame > #header, Frame > #sentence, Frame > #footer, Frame > #tiny { height: 1; }
    Frame > #gap { height: 1; }
    Frame > #body { height: 1fr; }
    Frame > #waiting { height: 1fr; padding: 0 1; display: none; }
    Frame > #tiny, Frame > Entry { display: none; }
    Frame.-waiting > #waiting { display: block; }
    Frame.-waiting > #body { display: none; }
    Frame.-editing > #sentence { display: none; }
    Frame.-editing > Entry { display: block; }
    Frame.-s > #gap { display: none; }
    Frame.-wall > #gap, Frame.-wall > #sentence, Frame.-wall > Counts { display: none; }
    Frame.-tiny > * { display: none; }
    Frame.-tiny > #tiny { display: block; }
    """

    class Resized(Message):
        """There is another amount of room."""

    class Pressed(Message):
        """A key of the footer was clicked."""

        def __init__(self, action: Action) -> None:
            super().__init__()
            self.action = action

    class Crumb(Message):
        """A part of the breadcrumb was clicked."""

        def __init__(self, place: Place) -> None:
            super().__init__()
            self.place = place

    class Left(Message):
        """Something else was given the cursor while a line was typed."""

        def __init__(self, towards: Widget) -> None:
            super().__init__()
            self.towards = towards

    def __init__(self) -> None:
        super().__init__(id="frame")
        self._told: tuple[tuple[View, Place, int], Headline] | None = None
        self._ways: tuple[Place, ...] = ()
        self._offers: tuple[str, ...] = ()
        self._foot: tuple[tuple[object, ...], Line] | None = None
        self._past = False
        self._header = Sheet(id="header", ground="bar")
        self.counts = Counts()
        self._sentence = Sheet(id="sentence")
        self._entry = Entry(id="entry")
        self.body = Vertical(id="body")
        self._waiting = Sheet(id="waiting")
        self._footer = Sheet(id="footer")
        self._tiny = Sheet(id="tiny")
        self.command = CommandLine(id="command")
        self.columns = ColumnChooser(id="columns")
        self.palette = Palette(id="palette")
        self.form: Widget | None = None
        """What is filled in over the panes; made when it is first opened."""

    def compose(self) -> ComposeResult:
        yield self._header
        yield self.counts
        yield self._sentence
        yield self._entry
        yield Sheet(id="gap")
        yield self._waiting
        yield self.body
        yield self._footer
        yield self._tiny
        yield self.command
        yield self.columns
        yield self.palette

    def on_resize(self) -> None:
        self.post_message(self.Resized())

    def on_click(self, event: events.Click) -> None:
        """The rows of the frame; the counts and what is typed know themselves."""
        head, foot = event.get_content_offset(self._header), event.get_content_offset(self._footer)
        if head is not None:
            at = crumb_at(self._header.lines[0], head.x, len(self._ways)) if self._header.lines else None
            if at is not None and 0 <= at < len(self._ways) - 1:
                self.post_message(self.Crumb(self._ways[at]))
            elif at is None and self._past:
                self.post_message(self.Pressed(ACTIONS["live"]))  # it says `L = live` there
        elif foot is not None and self._footer.lines:
            action = action_at(self._footer.lines[0], foot.x, self._offers)
            if action is not None:
                self.post_message(self.Pressed(action))

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        if self.editing and event.widget not in (self._entry, self.command, self.columns, self.palette, self.form):
            self.post_message(self.Left(event.widget))

    def edit(self, text: str | None) -> None:
        """Let the filter be typed, beginning with `text`; None ends it."""
        self.set_class(text is not None, "-editing")
        if text is not None:
            self._entry.begin(text)
            self.screen.set_focus(self._entry)  # now, not when its turn comes: what is typed next belongs to it

    @property
    def editing(self) -> bool:
        """Whether something is being typed or chosen, so that the cursor is not on the board."""
        typed = self.has_class("-editing") or self.command.display or self.columns.display or self.palette.display
        return typed or self.filling

    @property
    def filling(self) -> bool:
        """Whether a form lies over the panes."""
        return self.form is not None and self.form.display

    def ask(self, suggest: Callable[[str], Suggested] | None, text: str = "") -> None:
        """Let a command be typed, beginning with `text`; None ends it."""
        self.command.display = suggest is not None
        if suggest is not None:
            self.command.ask(suggest, text)
            self.screen.set_focus(self.command)

    def find(self, entries: tuple[Found, ...] | None) -> None:
        """Let one of these be looked for; None ends it."""
        self.palette.display = entries is not None
        if entries is not None:
            self.palette.open(entries)
            self.screen.set_focus(self.palette)

    def choose(self, table: LiveTable | None) -> None:
        """Let the columns of this table be chosen; None ends it."""
        self.columns.display = table is not None
        if table is not None:
            self.columns.begin(table.columns, table.offered, table.arranged)
            self.columns.fits(table.visible_columns)
            self.screen.set_focus(self.columns)

    def show(
        self, moment: Moment, matches: tuple[int, int] | None, offers: tuple[str, ...], note: str, problem: str,
        read_only: bool, told: Headline | None = None, aside: str = "",
    ) -> None:  # fmt: skip
        """Paint the frame of this moment; `told` is the board's own headline, `aside` for the footer."""
        wide = (self.size or self.app.size).width
        scene, view = moment.scene, moment.view
        self._dress(moment.size, waiting=False, wall=moment.place.kind in ON_THE_WALL)
        self._ways, self._offers, self._past = crumb_places(moment.place, view.inventory), offers, not scene.live
        side: Line
        if scene.live:
            side = right_side(scene.status, moment.heard_at, moment.now, read_only=read_only, silent=view.silent)
            self._header.paint([header(crumbs(moment.place, view.inventory), side, wide)], ground="bar")
        else:
            side = past_side(scene.at, moment.now, view.seq, moment.corrected, moment.replay)
            self._header.paint([header(crumbs(moment.place, view.inventory), side, wide)], ground="past")
        self.counts.show(view, moment.size, moment.grey, moment.severities)
        if self.has_class("-editing"):
            self._entry.say(matches, problem)
        elif moment.filter or moment.severities:
            line = filter_line(moment.filter.text, moment.severities, matches, wide, problem)
            self._sentence.paint([line])
        else:
            said = self._headline(moment, told)
            said = with_rest(said, scene.status, wide) if scene.live else said
            self._sentence.paint([headline_line(said, wide, moment.grey)])
        self._show_footer(offers, wide, note, moment.signs, aside, "bg" if scene.live else "past")
        if moment.size is Size.TINY:
            self._show_tiny(moment)

    def _show_footer(
        self, offers: tuple[str, ...], wide: int, note: str, signs: Signs, aside: str, ground: str
    ) -> None:
        """The last row; put together anew when it says something else, not with every second."""
        says = (offers, wide, note, id(signs), aside)
        if self._foot is None or self._foot[0] != says:
            self._foot = says, footer_line(footer_words(offers), wide, note, signs, aside)
        self._footer.paint([self._foot[1]], ground=ground)

    def _show_tiny(self, moment: Moment) -> None:
        """All there is room for."""
        scene, view = moment.scene, moment.view
        down, dark = int(view.counts()[Severity.DOWN]), int(view.sites.dark.sum())
        age = duration_prose(max(0.0, moment.now - moment.heard_at) // 5 * 5)
        how = f"live {age}" if scene.live and not moment.grey else f"{age} old"
        self._tiny.paint([((f"{moment.signs.down} {count(down)}", "down"), (f"  {count(dark)} dark  {how}", "text"))])

    def _headline(self, moment: Moment, told: Headline | None) -> Headline:
        """What is worst with the data, else with the network; asked for once a second while its durations go on."""
        scene = moment.scene
        if scene.live:
            news = data_headline(scene.status, moment.heard_at, moment.now, moment.grey and not scene.view.silent)
            if news is not None:
                return news
        if told is not None:
            return told
        known = (scene.view, moment.place, int(moment.now) if scene.live else 0)
        if self._told is None or self._told[0][0] is not known[0] or self._told[0][1:] != known[1:]:
            self._told = known, _headline(moment)
        return self._told[1]

    def show_waiting(self, status: Status, now: float, read_only: bool) -> None:
        """Before there is any data."""
        wide, high = self.size or self.app.size
        size = size_of(wide, high)
        self._dress(size, waiting=True)
        self._ways, self._offers, self._past = (), ("quit",), False
        side = right_side(status, None, now, read_only=read_only)
        self._header.paint([header(("noctui", "overview"), side, wide)], ground="bar")
        self.counts.show(None, size, False)
        self._sentence.paint([])
        self._waiting.paint(waiting_words(status))
        self._footer.paint([footer_line(footer_words(("quit",)), wide)], ground="bg")
        self._tiny.paint([(("no data yet", "dim"),)])

    def _dress(self, size: Size, waiting: bool, wall: bool = False) -> None:
        """The classes of this room and state, at once: styles are applied once."""
        classes = {f"-{other.value}": other is size for other in Size}
        self.update_classes({**classes, "-waiting": waiting, "-wall": wall})


def waiting_words(status: Status) -> list[Line]:
    """What the body says before the first data."""
    if status.fault == "lost":
        text = f": {status.fault_text}" if status.fault_text else ""
        return [((f"Nothing is known yet{text}.", "hi"),), (("noctui goes on trying.", "dim"),)]
    if status.fault == "resting":
        when = f"Next call {clock(status.retry_at, seconds=False)}; " if status.retry_at else ""
        said = (f"{when}noctui goes on by itself. Another token would not have to wait.", "dim")
        return [(("Nothing is known yet: all tokens used their hour.", "hi"),), (said,)]
    if status.history_text and not status.pages_expected:
        return [((f"Nothing can be shown: {status.history_text}.", "hi"),), (("noctui goes on trying.", "dim"),)]
    if status.bus in ("lost", "unread") and status.mode == "follower":
        return [((f"Nothing is known yet: {status.bus_text}.", "hi"),), (("noctui goes on trying.", "dim"),)]
    if status.mode == "follower":
        if status.fault_text and not status.leader:
            return [((status.fault_text, "hi"),), (("noctui waits for one.", "dim"),)]
        who = status.leader or "the leader"
        return [((f"Waiting for the first poll of {who}.", "hi"),)]
    if status.pages_expected:
        done = f"First sweep: {status.pages_done} of {status.pages_expected} calls."
        return [((done, "hi"), (" Nothing is known yet.", "text"))]
    return [(("First sweep begins. Nothing is known yet.", "hi"),)]


def _headline(moment: Moment) -> Headline:
    place, scene, now = moment.place, moment.scene, moment.now
    if place.kind == "sites":
        return scene.headline(region=place.region or "", now=now)
    if place.kind == "site":
        return scene.headline(site_id=place.site_id, now=now)
    if place.kind == "circuit":
        return scene.headline(circuit_id=place.circuit_id, now=now)
    return scene.headline(now=now)
