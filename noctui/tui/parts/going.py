"""Going places: in, out, back, by a screen's number; and screen 1 laid out otherwise."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType

from noctui.tui.keys import ACTIONS, bindings
from noctui.tui.layouts import after
from noctui.tui.place import ALARMS, CIRCUITS, COLLECTOR, MAINTENANCE, OFFENDERS, OVERVIEW, SITES, SLA, Place
from noctui.tui.shell import Shell

if TYPE_CHECKING:
    from noctui.tui.frame.frame import Frame
    from noctui.tui.screens.board import Board
    from noctui.tui.screens.tabled import TabledBoard

_SCREENS = {p.kind: p for p in (OVERVIEW, SITES, CIRCUITS, OFFENDERS, ALARMS, MAINTENANCE, SLA, COLLECTOR)}


class Going(Shell):
    """Where one is."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(
        "last", "out", "overview", "sites", "circuits", "offenders", "alarms", "maintenance", "sla", "collector"
    )

    async def on_board_goto(self, message: Board.Goto) -> None:
        from noctui.tui.filter import FilterError, parse

        self._chosen.pop(message.place, None)
        if message.filter:
            with contextlib.suppress(FilterError):  # a name from outside may be none that a filter can say
                self._chosen[message.place] = parse(message.filter), frozenset()
        self._trail.enter(message.place)
        await self.arrive()

    async def on_frame_crumb(self, message: Frame.Crumb) -> None:
        """Out to that level; the way in between is left, as by esc."""
        self._trail.out_to(message.place)
        await self.arrive()

    async def go(self, place: Place, filter: str | None) -> None:
        """To a place by its name; there with this filter (None: the one that it has). A screen's way back starts there,
        as by its number; a thing is gone into."""
        from noctui.tui.filter import parse

        if filter is not None:
            self._chosen[place] = parse(filter), frozenset()
        if place in _SCREENS.values():
            self._trail.jump(place)
        else:
            self._trail.enter(place)
        await self.arrive(same=False)
        if filter is not None:
            self.set_filter(*self._chosen[place])

    def find_incident(self, number: int) -> None:
        """To an incident that is over, once it is found."""
        self.run_worker(self._find_incident(number), group="find", exclusive=True)

    async def _find_incident(self, number: int) -> None:
        from noctui.model.faults import HistoryError
        from noctui.tui.alarm_happenings import DAYS, incident_numbered
        from noctui.tui.place import of_incident

        scene, here = self._scene, self.place
        if scene is None:
            return
        try:
            found = await incident_numbered(scene.read, number, scene.at)
        except (HistoryError, OSError) as error:
            self.say(f"Incidents that are over cannot be read: {error}")
            return
        if found is None:
            self.say(f"No incident {number} is known of the last {DAYS} days.")
        elif self.place == here:
            await self.go(of_incident(found.alarm_id), None)

    async def on_board_next_layout(self) -> None:
        await self._lay_out(after(self._layout))

    async def arrange(self, layout: str) -> None:
        """Screen 1 in this layout; empty: the next one."""
        if self.place != OVERVIEW:
            self._trail.jump(OVERVIEW)
            await self.arrive()
        await self._lay_out(layout or after(self._layout))

    async def _lay_out(self, layout: str) -> None:
        """The same place looked at otherwise; a filter belongs to the rows that it was made for."""
        self._layout = layout
        self._memory.keep(layout=self._layout, layout_over=self.options.layout)
        self._chosen.pop(self.place, None)
        self.frame.counts.set_chosen(frozenset())
        await self.arrive(same=True)
        self.say(f"Layout: {'NOC' if self._layout == 'noc' else self._layout}.")

    def on_board_told(self, message: Board.Told) -> None:
        self.paint(board=False)

    def on_board_say(self, message: Board.Say) -> None:
        self.say(message.text)

    def on_board_window(self, message: Board.Window) -> None:
        self._memory.keep(window=message.word)

    def on_tabled_board_resorted(self, message: TabledBoard.Resorted) -> None:
        self._memory.keep(sorts={**self._memory.state.sorts, message.table: message.sort})

    async def action_screen(self, kind: str) -> None:
        if self.place == _SCREENS[kind]:
            self.say(f"This is {ACTIONS[kind].word}.")
        self._trail.jump(_SCREENS[kind])
        await self.arrive()

    async def action_out(self) -> None:
        """Esc: what is maximised, then what is marked, then the filter, then one level out."""
        if self.board is not None and (self.board.restore() or self.board.let_go()):
            return
        chosen, severities = self.chosen_here()
        if severities or chosen:
            self.set_filter(chosen if severities else None, frozenset())
        elif self._scene is not None and self._trail.out(self._scene.view.inventory):
            await self.arrive()
        elif self._scene is not None:
            self.say("This is the outermost screen: q quits.")

    async def action_last(self) -> None:
        if self._trail.back():
            await self.arrive()
        else:
            self.say("There is no view before this one.")
