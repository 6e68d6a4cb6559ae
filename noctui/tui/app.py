"""The app: one Scene, one place, one clock. It routes keys and messages; frame, boards and panes make what is seen."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.driver import Driver
from textual.widget import Widget
from textual.worker import WorkerFailed

from noctui.clock import Clock
from noctui.model.scene import Scene, Scenes
from noctui.settings import read_path
from noctui.tui import copying, export
from noctui.tui.columns import Chosen, exactly
from noctui.tui.commands.history import History
from noctui.tui.filter import Filter, FilterError, parse
from noctui.tui.frame.columns import ColumnChooser
from noctui.tui.frame.counts import Counts
from noctui.tui.frame.entry import Entry
from noctui.tui.frame.frame import Frame
from noctui.tui.frame.header import is_grey
from noctui.tui.frame.typed import Typed
from noctui.tui.keys import bindings
from noctui.tui.layouts import LAYOUTS, after, begin_with, board_of
from noctui.tui.look import Look
from noctui.tui.look.signs import Signs, wants_ascii
from noctui.tui.look.themes import load
from noctui.tui.look.wire import thinned
from noctui.tui.moment import Moment, heard_at, size_of
from noctui.tui.options import Options
from noctui.tui.place import ALARMS, CIRCUITS, COLLECTOR, OFFENDERS, OVERVIEW, SITES, Place, Trail
from noctui.tui.screens import make
from noctui.tui.screens.board import Board
from noctui.tui.screens.tabled import TabledBoard
from noctui.tui.state import Memory
from noctui.tui.timemachine import TimeMachine
from noctui.tui.widgets.live_table import LiveTable

if TYPE_CHECKING:
    from noctui.tui.commands.here import Here

log = logging.getLogger("noctui.tui")

TICK = 1.0
"""Seconds between paints of data: changes in between are painted together."""
NOTE_SECONDS = 6.0
_SCREENS = {p.kind: p for p in (OVERVIEW, SITES, CIRCUITS, OFFENDERS, ALARMS, COLLECTOR)}


def hang_up() -> None:
    """End as by the signal that comes with a lost line. It does not reach a program in a session of its own (`su -c`),
    nor one that was told to ignore it: that would wait for keys for ever, with a processor to itself."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    os.kill(os.getpid(), signal.SIGHUP)


class NoctuiApp(App[None]):
    """The screen over `scenes`. Times come from `clock`; the terminal's timer only says when to look."""

    TITLE = "noctui"
    ENABLE_COMMAND_PALETTE = False
    AUTO_FOCUS = None
    CSS = """
    Screen { background: $role-bg; color: $role-text; overflow: hidden; }
    ModalScreen { background: transparent; }
    * { scrollbar-size: 0 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(
            "filter", "command", "severity", "earlier", "later", "live", "export", "copy", "maximise",
            "pane", "choose_columns",
            "pane_back", "last", "out", "overview", "sites", "circuits", "offenders", "alarms", "collector", "help",
            "quit",
        ),
        Binding("ctrl+z", "suspend_process", show=False),  # what a shell's user expects; collecting goes on
    ]  # fmt: skip

    def __init__(self, scenes: Scenes, clock: Clock, options: Options | None = None) -> None:
        self.options = options or Options()
        themes = self._themes = load(self.options.themes)
        no_color = self._no_color = self.options.no_color or bool(os.environ.get("NO_COLOR"))
        ascii_only = wants_ascii(os.environ, sys.__stdout__.encoding if sys.__stdout__ else None, self.options.ascii)
        self.look = Look(themes.palette(self.options.theme, no_color=no_color), Signs(ascii_only))
        super().__init__(ansi_color=self.look.palette.roles.ansi or no_color)
        self._scenes = scenes
        self._clock = clock
        self._memory = Memory(self.options.state)
        self._trail = Trail(self._memory.state.trail)
        self._layout = begin_with(self.options.layout, self._memory.state.layout, self._memory.state.layout_over)
        self._machine = TimeMachine(scenes)
        self._scene: Scene | None = None
        self._new_data = False
        self._painted_at = -TICK
        self._chosen: dict[Place, tuple[Filter, frozenset[int]]] = {}
        self._before_editing: tuple[Filter, frozenset[int]] | None = None
        self._problem = ""
        self._note = themes.problems[0] if themes.problems else themes.missing(self.options.theme)
        self._note_until = clock.monotonic() + NOTE_SECONDS
        self._boards: dict[str, Board] = {}
        self.broke = ""
        """What broke the screen, in one line; for whoever ran it to say once the terminal is free."""
        self.frame = Frame()
        self.frame.command.history = History(self._memory.state.commands)
        self._here: Callable[[], Here | None] = lambda: None
        self._stood: Widget | None = None  # what had the cursor before a command was typed
        self._arranging: LiveTable | None = None  # the table whose columns are being chosen
        self._columns_before: Chosen | None = None
        self._on_terminal = os.isatty(0)

    # -- start and ticking --------------------------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        yield self.frame

    def get_driver_class(self) -> type[Driver]:
        return thinned(super().get_driver_class())

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return dict(self.look.palette.theme().variables)

    async def on_mount(self) -> None:
        theme = self.look.palette.theme()
        self.register_theme(theme)
        self.theme = theme.name
        self._scenes.subscribe(self._changed)
        self.set_interval(TICK, self.beat)
        with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):  # no such signals here
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self.exit)
        self._take()
        await self._arrive()
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        """Collecting starts after the first paint."""
        start: Any = self._scenes.start  # no coroutine: one that is cancelled before it begins is never awaited
        self.run_worker(start, group="scenes", exit_on_error=True)

    async def on_unmount(self) -> None:
        self._memory.again()
        await self._scenes.stop()

    def _handle_exception(self, error: Exception) -> None:
        """The screen itself broke: the traceback goes to the log and never to the terminal, where one line will do."""
        self._return_code = 1
        cause = error.error if isinstance(error, WorkerFailed) else error
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
        log.error("app.broke", exc_info=cause)
        self.broke = self.broke or f"the screen broke ({type(cause).__name__}); the log has the details"
        self._close_messages_no_wait()

    def _changed(self) -> None:
        """The live Scene is another: painted at once when the last paint is a second old, else with the next tick."""
        first = self._scene is None
        self._new_data = True
        if first or self._clock.monotonic() - self._painted_at >= TICK:
            self.call_later(self.beat)

    async def beat(self) -> None:
        """One tick: take new data, and let the clock and everything that counts seconds go on."""
        if not self.frame.is_attached:
            return
        if self._on_terminal and not os.isatty(0):
            hang_up()
        self._memory.again()
        fresh = self._new_data
        if fresh:
            self._take()
        if self._note and self._clock.monotonic() >= self._note_until:
            self._note = ""
        if fresh:
            await self._arrive(same=True)
        else:
            self._paint(board=False)

    def _take(self) -> None:
        self._new_data = False
        if not self._machine.past:
            self._scene = self._scenes.live()
        self._painted_at = self._clock.monotonic()

    # -- painting -----------------------------------------------------------------------------------------------------

    @property
    def place(self) -> Place:
        """Where one is."""
        return self._trail.here

    @property
    def board(self) -> Board | None:
        """The board that is shown; None before there is data."""
        return self._boards.get(board_of(self.place.kind, self._layout)) if self._scene is not None else None

    @property
    def scene(self) -> Scene | None:
        """What is shown: the live Scene, or the one that the time machine stands at."""
        return self._scene

    def _moment(self, scene: Scene) -> Moment:
        chosen, severities = self._chosen.get(self.place, (Filter(), frozenset()))
        now = self._clock.now()
        grey = scene.live and is_grey(scene.status, heard_at(scene), now, scene.view.silent)
        size = size_of(*(self.frame.size or self.size))
        corrected = self._machine.corrected and not scene.live
        return Moment(scene, now, size, self.place, chosen, severities, self.look.signs, grey, corrected)

    def _paint(self, board: bool = True) -> None:
        scene, shown = self._scene, self.board
        if scene is None:
            self.frame.show_waiting(self._scenes.status(), self._clock.now(), self.options.read_only)
            return
        moment = self._moment(scene)
        if shown is not None and board:
            shown.resize_to(moment.size)
            shown.show(moment)
        elif shown is not None:
            shown.tick(moment)
        if isinstance(shown, TabledBoard):
            self._problem = self._problem or shown.problem()
        matches = shown.matches() if shown is not None else None
        offers = shown.OFFERS if shown is not None else ()
        told = shown.headline() if shown is not None else None
        self.frame.show(moment, matches, offers, self._note, self._problem, self.options.read_only, told)

    async def _arrive(self, same: bool = False) -> None:
        """Show the board of this place; `same`: only its data is new."""
        if self._scene is None:
            self._paint()
            return
        kind = board_of(self.place.kind, self._layout)
        board = self._boards.get(kind)
        if board is None:
            board = self._boards[kind] = make(kind, self._clock.monotonic, dict(self._memory.state.sorts),
                                              self._memory.state.window, self.options.zone)  # fmt: skip
            board.display = False
            await self.frame.body.mount(board)
            self._restore_columns(board)
        switched = not board.display
        if switched:
            self._switch(board)
        self._problem = ""
        self._paint()
        if (switched or self.focused is None) and not self.frame.editing:
            self._focus_board()
        if not same:
            self._memory.keep(trail=self._trail.places)

    def _switch(self, board: Board) -> None:
        for other in self._boards.values():
            if other is not board and other.display:
                other.leave()
                other.display = False
        board.display = True

    def on_frame_resized(self) -> None:
        self._paint()

    def say(self, text: str) -> None:
        """A line at the bottom for some seconds."""
        self._note, self._note_until = text, self._clock.monotonic() + NOTE_SECONDS
        self._paint(board=False)

    # -- going places -------------------------------------------------------------------------------------------------

    async def on_board_goto(self, message: Board.Goto) -> None:
        self._chosen.pop(message.place, None)
        if message.filter:
            with contextlib.suppress(FilterError):  # a name from outside may be none that a filter can say
                self._chosen[message.place] = parse(message.filter), frozenset()
        self._trail.enter(message.place)
        await self._arrive()

    async def go(self, place: Place, filter: str | None) -> None:
        """To a place by its name; there with this filter (None: the one that it has). A screen's way back starts there,
        as by its number; a thing is gone into."""
        if filter is not None:
            self._chosen[place] = parse(filter), frozenset()
        if place in _SCREENS.values():
            self._trail.jump(place)
        else:
            self._trail.enter(place)
        await self._arrive(same=False)
        if filter is not None:
            self._set_filter(*self._chosen[place])

    async def on_board_next_layout(self) -> None:
        await self._lay_out(after(self._layout))

    async def arrange(self, layout: str) -> None:
        """Screen 1 in this layout; empty: the next one."""
        if self.place != OVERVIEW:
            self._trail.jump(OVERVIEW)
            await self._arrive()
        await self._lay_out(layout or after(self._layout))

    async def _lay_out(self, layout: str) -> None:
        """The same place looked at otherwise; a filter belongs to the rows that it was made for."""
        self._layout = layout
        self._memory.keep(layout=self._layout, layout_over=self.options.layout)
        self._chosen.pop(self.place, None)
        self.frame.counts.set_chosen(frozenset())
        await self._arrive(same=True)
        self.say(f"Layout: {'NOC' if self._layout == 'noc' else self._layout}.")

    def on_board_told(self, message: Board.Told) -> None:
        self._paint(board=False)

    def on_board_say(self, message: Board.Say) -> None:
        self.say(message.text)

    async def on_board_at(self, message: Board.At) -> None:
        await self._show_past(await self._machine.go(message.at))

    def on_board_window(self, message: Board.Window) -> None:
        self._memory.keep(window=message.word)

    def on_tabled_board_resorted(self, message: TabledBoard.Resorted) -> None:
        self._memory.keep(sorts={**self._memory.state.sorts, message.table: message.sort})

    async def action_screen(self, kind: str) -> None:
        self._trail.jump(_SCREENS[kind])
        await self._arrive()

    async def action_out(self) -> None:
        """Esc: what is maximised, then the filter, then one level out."""
        if self.board is not None and self.board.restore():
            return
        chosen, severities = self._chosen.get(self.place, (Filter(), frozenset()))
        if severities or chosen:
            left = (chosen, frozenset[int]()) if severities else (Filter(), frozenset[int]())
            self._set_filter(*left)
        elif self._scene is not None and self._trail.out(self._scene.view.inventory):
            await self._arrive()

    async def action_last(self) -> None:
        if self._trail.back():
            await self._arrive()

    # -- filter -------------------------------------------------------------------------------------------------------

    def _set_filter(self, chosen: Filter, severities: frozenset[int]) -> None:
        self._chosen[self.place] = (chosen, severities)
        self._problem = ""
        self.frame.counts.set_chosen(severities)
        self._paint()

    def action_filter(self) -> None:
        if self.board is None or not self.board.FILTERS:
            self.say("Nothing to filter here.")
            return
        self._before_editing = self._chosen.get(self.place, (Filter(), frozenset()))
        self.frame.edit(self._before_editing[0].text)

    def on_entry_changed(self, message: Entry.Changed) -> None:
        _, severities = self._chosen.get(self.place, (Filter(), frozenset()))
        try:
            chosen = parse(message.text)
        except FilterError as error:
            self._problem = str(error)
            self._paint(board=False)
            return
        self._set_filter(chosen, severities)

    def action_end_filter(self, kept: bool) -> None:
        self.frame.edit(None)
        if not kept and self._before_editing is not None:
            self._set_filter(*self._before_editing)
        self._focus_board()
        self._problem = ""
        self._paint(board=False)

    def on_key(self, event: events.Key) -> None:
        """A key that nothing below took: typed in one burst with the one that opened a line, it belongs into that."""
        focused = self.focused
        if isinstance(focused, Typed) and event.is_printable and event.character is not None:
            focused.take(event.character)
            event.prevent_default()

    def filter_by(self, text: str) -> None:
        _, severities = self._chosen.get(self.place, (Filter(), frozenset()))
        self._set_filter(parse(text), severities)

    # -- commands -----------------------------------------------------------------------------------------------------

    def action_command(self, text: str = "") -> None:
        """Type a command. Nothing is changed before Enter."""
        from noctui.tui.commands.here import Here
        from noctui.tui.commands.suggest import Suggested, suggest

        self._stood = self.focused
        board = self.board
        table = board.table() if board is not None else None

        def here() -> Here | None:
            if self._scene is None or board is None:
                return None
            columns = {c.key: c.title for c in table.offered} if table is not None else {}
            return Here(
                self._scene.view, self._clock.now(), self.place, self.look.signs, board.subject(), columns,
                board.windows(), tuple(self._themes.roles), LAYOUTS,
            )  # fmt: skip

        def suggested(line: str) -> Suggested:
            known = here()
            return suggest(line, known) if known is not None else Suggested()

        self._here = here
        self.frame.ask(suggested, text)

    def action_leave_command(self) -> None:
        self.frame.ask(None)
        self._stand_again()

    def _stand_again(self) -> None:
        """The cursor goes back to what had it."""
        stood = self._stood
        if stood is not None and stood.is_attached and stood.display and self.board in stood.ancestors:
            self.screen.set_focus(stood)
        else:
            self._focus_board()

    async def action_run_command(self) -> None:
        from noctui.tui.commands.asked import CommandError
        from noctui.tui.commands.decide import decide
        from noctui.tui.deeds import do

        line, here = self.frame.command.text.strip(), self._here()
        if not line or here is None:
            self.action_leave_command()
            return
        try:
            asked = decide(line, here)
        except CommandError as error:
            self.frame.command.say(str(error))
            return
        self.frame.command.history.add(line)
        self._memory.keep(commands=self.frame.command.history.lines)
        self.action_leave_command()
        await do(asked, self)

    def look_back(self, window: str) -> None:
        if self.board is not None:
            self.board.look_back(window)

    async def dress(self, theme: str) -> None:
        """Draw with another theme, at once; the setting stays as it is."""
        palette = self._themes.palette(theme, no_color=self._no_color)
        self.look = Look(palette, self.look.signs)
        self.ansi_color = palette.roles.ansi or self._no_color
        made = palette.theme()
        self.register_theme(made)
        self.theme = made.name
        for widget in self.frame.walk_children():
            widget.refresh()
        await self._arrive(same=True)
        self.say(f"Theme: {theme}. screen.theme in noctui.toml keeps it.")

    def explain(self, verb: str) -> None:
        from noctui.tui.commands.about import about
        from noctui.tui.frame.help import Help

        if verb:
            self.push_screen(Help(verb, (), self.look.signs, about(verb)))
        else:
            self.action_help()

    # -- columns ------------------------------------------------------------------------------------------------------

    def action_choose_columns(self) -> None:
        """Choose the columns of the table that the keys speak of."""
        table = self.board.table() if self.board is not None else None
        if table is None:
            self.say("No table here whose columns could be chosen.")
            return
        self._stood = self._arranging = table
        self._columns_before = table.chosen
        self.frame.choose(table)

    def on_column_chooser_changed(self, message: ColumnChooser.Changed) -> None:
        if self._arranging is not None:
            self._arranging.choose(message.chosen)
            self.frame.columns.fits(self._arranging.visible_columns)

    def action_end_columns(self, kept: bool) -> None:
        table = self._arranging
        if table is not None and not kept:
            table.choose(self._columns_before)
        elif table is not None:
            self._keep_columns(table)
        self.frame.choose(None)
        self._arranging = None
        self._stand_again()

    def choose_columns(self, keys: tuple[str, ...], usual: bool) -> None:
        """These columns of the table shown, in this order; none: let them be chosen."""
        table = self.board.table() if self.board is not None else None
        if table is None or not (keys or usual):
            self.action_choose_columns()
            return
        table.choose(None if usual else exactly(keys, table.offered))
        self._keep_columns(table)

    def _keep_columns(self, table: LiveTable) -> None:
        others = {name: chosen for name, chosen in self._memory.state.columns.items() if name != table.id}
        mine = {table.id or "": table.chosen} if table.chosen is not None else {}
        self._memory.keep(columns={**others, **mine})

    def _restore_columns(self, board: Board) -> None:
        """What was chosen of a new board's tables."""
        for table in board.query(LiveTable):
            chosen = self._memory.state.columns.get(table.id or "")
            if chosen is None:
                continue
            table.choose(chosen)
            if not chosen.names(table.offered):
                self.say(f"The columns kept for {table.id} name none of it: the usual ones are shown.")

    def action_severity(self) -> None:
        if self.board is None or not self.board.FILTERS:
            self.say("Nothing to filter here.")
            return
        self.frame.counts.focus()

    def on_counts_toggled(self, message: Counts.Toggled) -> None:
        chosen, _ = self._chosen.get(self.place, (Filter(), frozenset()))
        self._set_filter(chosen, message.chosen)

    def on_counts_left(self) -> None:
        self._focus_board()

    def _focus_board(self) -> None:
        wanted = self.board.first_focus() if self.board is not None else None
        if wanted is not None:
            self.screen.set_focus(wanted)  # at once: keys that are already on their way belong to it

    # -- time ---------------------------------------------------------------------------------------------------------

    def action_step(self, direction: int) -> None:
        """A poll back or forward. Steps asked for while one is read add up, so that a key held down queues nothing."""
        if self._scene is not None and self._machine.ask(direction):
            self.run_worker(self._step(), group="time")

    async def _step(self) -> None:
        while self._scene is not None and (steps := self._machine.take()):
            await self._show_past(await self._machine.step(steps, self._scene))

    def go_at(self, at: float, corrected: bool) -> None:
        """To the newest poll at that time; one that is still the newest is now."""
        live = self._scenes.live()
        if live is not None and at >= live.at and not corrected:
            self.say("That is the newest poll.")
            self.call_later(self.action_live)
            return
        self.workers.cancel_group(self, "time")
        self.run_worker(self._go_at(at, corrected), group="time")

    async def _go_at(self, at: float, corrected: bool) -> None:
        await self._show_past(await self._machine.go(at, corrected))

    async def action_live(self) -> None:
        self.workers.cancel_group(self, "time")
        self._machine.leave()
        self._take()
        await self._arrive(same=True)

    async def _show_past(self, scene: Scene | None) -> None:
        if scene is None:
            if self._machine.said:
                self.say(self._machine.said)
            return
        self._scene = scene
        await self._arrive(same=True)
        if self._machine.said:
            self.say(self._machine.said)

    # -- panes, files, the rest ---------------------------------------------------------------------------------------

    def action_pane(self, step: int) -> None:
        """The next or previous pane; the counts are not one."""
        if self.board is not None:
            self.board.walk(step)

    def action_maximise(self) -> None:
        if self.board is not None and not self.board.restore():
            self.board.maximise()

    async def action_export(self) -> None:
        self.export_as("")

    def export_as(self, file: str) -> None:
        """Write the table shown; to this file, or (empty) to one that is named by table and time."""
        table = self.board.export() if self.board is not None else None
        if table is None:
            self.say("There is no table to export here.")
            return
        folder = self.options.exports
        try:
            if file:
                where = export.write_as(table, folder / read_path(file))
            else:
                where = export.write(table, folder, self._clock.now())
        except (OSError, ValueError) as error:
            self.say(f"Not exported: {getattr(error, 'strerror', None) or error} ({file or folder})")
            return
        rows = f"{len(table.rows):,} row{'' if len(table.rows) == 1 else 's'}"
        self.say(f"{rows} in {where}")

    def action_copy(self) -> None:
        text = self.board.copied() if self.board is not None else ""
        if not text:
            self.say("There is nothing to copy here.")
        elif copying.takes(os.environ, text):
            self.copy_to_clipboard(text)
            self.say(f"Copied: {text}")
        else:
            try:
                where = copying.write(text, self.options.exports)
            except OSError as error:
                self.say(f"Not copied: {error.strerror or error} ({self.options.exports})")
                return
            self.say(f"This terminal takes no copy: it is in {where}")

    def action_help(self) -> None:
        from noctui.tui.frame.help import Help

        if self.board is not None:
            self.push_screen(Help(self.place.kind, self.board.OFFERS, self.look.signs))

    async def action_quit(self) -> None:
        self.exit()


__all__ = ["NoctuiApp", "Options"]
