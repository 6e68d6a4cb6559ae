"""What every part of the app stands on: one Scene, one place, one clock; ticking, painting, and where the cursor is."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.driver import Driver
from textual.widget import Widget
from textual.worker import WorkerFailed

from noctui.tui.commands.history import History
from noctui.tui.frame.frame import Frame
from noctui.tui.frame.header import is_grey
from noctui.tui.frame.typed import Typed
from noctui.tui.keys import ACTIONS, bindings, rebind
from noctui.tui.layouts import begin_with, board_of
from noctui.tui.look import Look
from noctui.tui.look.narrow import NarrowScreen
from noctui.tui.look.signs import Signs, wants_ascii
from noctui.tui.look.themes import load
from noctui.tui.look.wire import thinned
from noctui.tui.moment import Moment, heard_at, size_of
from noctui.tui.options import Options
from noctui.tui.place import ALARMS, CIRCUITS, COLLECTOR, OFFENDERS, OVERVIEW, SITES, Place, Trail
from noctui.tui.state import Memory
from noctui.tui.timemachine import TimeMachine

if TYPE_CHECKING:
    from noctui.clock import Clock
    from noctui.model.scene import Scene, Scenes
    from noctui.tui.filter import Filter
    from noctui.tui.screens.board import Board


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


class Shell(App[None]):
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
        *bindings("quit"),
        Binding("ctrl+z", "suspend_process", show=False),  # what a shell's user expects; collecting goes on
    ]

    def __init__(self, scenes: Scenes, clock: Clock, options: Options | None = None) -> None:
        self.options = options or Options()
        themes = self._themes = load(self.options.themes)
        no_color = self._no_color = self.options.no_color or bool(os.environ.get("NO_COLOR"))
        ascii_only = wants_ascii(os.environ, sys.__stdout__.encoding if sys.__stdout__ else None, self.options.ascii)
        self.look = Look(themes.palette(self.options.theme, no_color=no_color), Signs(ascii_only))
        super().__init__(ansi_color=self.look.palette.roles.ansi or no_color)
        self._begin_dressed()
        self._scenes = scenes
        self._clock = clock
        self._memory = Memory(self.options.state)
        self._trail = Trail(self._memory.state.trail)
        self._layout = begin_with(self.options.layout, self._memory.state.layout, self._memory.state.layout_over)
        self._machine = TimeMachine(scenes)
        self._scene: Scene | None = None
        self._new_data = False
        self._painted_at = -TICK
        self._shown_grey = False  # whether the board was painted as old data
        self._chosen: dict[Place, tuple[Filter, frozenset[int]]] = {}
        self._problem = ""
        self._note = themes.problem or themes.missing(self.options.theme)
        self._note_until = clock.monotonic() + NOTE_SECONDS
        self._boards: dict[str, Board] = {}
        self.broke = ""
        """What broke the screen, in one line; for whoever ran it to say once the terminal is free."""
        self.frame = Frame()
        self.frame.command.history = History(self._memory.state.commands)
        self._stood: Widget | None = None  # what had the cursor before a command was typed
        self._on_terminal = os.isatty(0)

    # -- start and ticking --------------------------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        yield self.frame

    def get_default_screen(self) -> NarrowScreen:
        return NarrowScreen(id="_default")

    def get_driver_class(self) -> type[Driver]:
        return thinned(super().get_driver_class())

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return dict(self.look.palette.theme().variables)

    def _begin_dressed(self) -> None:
        """In the theme that is wanted: set later, it would have every style sheet read and applied once more."""
        theme = self.look.palette.theme()
        self.register_theme(theme)
        self.set_reactive(App.theme, theme.name)
        classes = {f"-theme-{theme.name}": True, "-dark-mode": theme.dark, "-light-mode": not theme.dark}
        self.update_classes(classes, update=False)
        self.stylesheet.set_variables(self.get_css_variables())

    async def on_mount(self) -> None:
        self._scenes.subscribe(self._changed)
        self.set_interval(TICK, self.beat)
        with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):  # no such signals here
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self.exit)
        self._use_own_keys()
        self.take_data()
        await self.arrive()
        self.call_after_refresh(self._begin)

    def _use_own_keys(self) -> None:
        """The user's keys, and what of them could not be."""
        rebind({})
        if not self.options.keys:
            return
        from noctui.tui.keymap import read_keymap, rebound

        taken, said = read_keymap(self.options.keys)
        rebind({name: rebound(ACTIONS[name], keys) for name, keys in taken.items()})
        self.set_keymap({name: ",".join(keys) for name, keys in taken.items()})
        for line in said:
            log.warning("keys.left_out", extra={"reason": line})
        if said:
            self._note = said[0] + (f" (and {len(said) - 1} more: see the log)" if len(said) > 1 else "")

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
            self.take_data()
        if self._note and self._scene is not None and self._clock.monotonic() >= self._note_until:
            self._note = ""
        if fresh:
            await self.arrive(same=True)
        else:
            self.paint(board=False)

    def take_data(self) -> None:
        self._new_data = False
        first = self._scene is None
        if not self._machine.past:
            self._scene = self._scenes.live()
        if first and self._scene is not None:  # what was said before there was a screen is read from now on
            self._note_until = self._clock.monotonic() + NOTE_SECONDS
            self._load_boards_soon()
        self._painted_at = self._clock.monotonic()

    def _load_boards_soon(self) -> None:
        from noctui.tui.screens.ahead import AFTER, load_boards

        self.set_timer(AFTER, lambda: threading.Thread(target=load_boards, name="boards", daemon=True).start())

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
        chosen, severities = self.chosen_here()
        now = self._clock.now()
        grey = scene.live and is_grey(scene.status, heard_at(scene), now, scene.view.silent)
        size = size_of(*(self.frame.size or self.size))
        corrected = self._machine.corrected and not scene.live
        return Moment(scene, now, size, self.place, chosen, severities, self.look.signs, grey, corrected,
                      self.replay_word())  # fmt: skip

    def paint(self, board: bool = True) -> None:
        scene, shown = self._scene, self.board
        if scene is None:
            self.frame.show_waiting(self._scenes.status(), self._clock.now(), self.options.read_only)
            return
        moment = self._moment(scene)
        aged = moment.grey != self._shown_grey  # colour leaves what no poll renews
        if shown is not None and (board or aged):
            self._shown_grey = moment.grey
            shown.resize_to(moment.size)
            shown.show(moment)
        elif shown is not None:
            shown.tick(moment)
        if shown is not None:
            self._problem = self._problem or shown.problem()
        matches = shown.matches() if shown is not None else None
        offers = shown.OFFERS if shown is not None else ()
        told = shown.headline() if shown is not None else None
        self.frame.show(moment, matches, offers, self._note, self._problem, self.options.read_only, told, self.aside())

    async def arrive(self, same: bool = False) -> None:
        """Show the board of this place; `same`: only its data is new."""
        if self._scene is None:
            self.paint()
            return
        kind = board_of(self.place.kind, self._layout)
        board = self._boards.get(kind)
        if board is None:
            from noctui.tui.screens import make

            board = self._boards[kind] = make(kind, self._clock.monotonic, dict(self._memory.state.sorts),
                                              self._memory.state.window, self.options.zone)  # fmt: skip
            board.display = False
            await self.frame.body.mount(board)
            self.furnish(board)
        switched = not board.display
        if switched:
            self._switch(board)
        self._problem = ""
        self.paint()
        if (switched or self.focused is None) and not self.frame.editing:
            self.focus_board()
        if not same:
            self._memory.keep(trail=self._trail.places)

    def _switch(self, board: Board) -> None:
        for other in self._boards.values():
            if other is not board and other.display:
                other.leave()
                other.display = False
        board.display = True

    def furnish(self, board: Board) -> None:
        """A board was made: what was kept of it comes back. Parts that keep something say so."""

    def on_frame_resized(self) -> None:
        self.paint()

    def replay_word(self) -> str:
        """What the header says while the past goes by itself; empty while it does not."""
        return ""

    def aside(self) -> str:
        """Words at the right of the footer, beside the keys."""
        return ""

    def say(self, text: str) -> None:
        """A line at the bottom for some seconds."""
        self._note, self._note_until = text, self._clock.monotonic() + NOTE_SECONDS
        self.paint(board=False)

    # -- what all parts of the screen need -----------------------------------------------------------------------------

    def chosen_here(self) -> tuple[Filter, frozenset[int]]:
        """Filter and severities of this place."""
        from noctui.tui.filter import Filter

        return self._chosen.get(self.place, (Filter(), frozenset()))

    def set_filter(self, chosen: Filter | None, severities: frozenset[int]) -> None:
        """Filter this place so; `chosen` None: by no text."""
        from noctui.tui.filter import Filter

        self._chosen[self.place] = chosen or Filter(), severities
        self._problem = ""
        self.frame.counts.set_chosen(severities)
        self.paint()

    def focus_board(self) -> None:
        wanted = self.board.first_focus() if self.board is not None else None
        if wanted is not None:
            self.screen.set_focus(wanted)  # at once: keys that are already on their way belong to it

    def stand_again(self) -> None:
        """The cursor goes back to what had it."""
        stood = self._stood
        if stood is not None and stood.is_attached and stood.display and self.board in stood.ancestors:
            self.screen.set_focus(stood)
        else:
            self.focus_board()

    def on_key(self, event: events.Key) -> None:
        """A key that nothing below took: typed in one burst with the one that opened a line, it belongs into that."""
        focused = self.focused
        if isinstance(focused, Typed) and event.is_printable and event.character is not None:
            focused.take(event.character)
            event.prevent_default()

    async def action_quit(self) -> None:
        self.exit()
