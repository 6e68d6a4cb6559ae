"""What people do about alarms: a form is filled in, handed to whoever leads, and one line says what came of it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType

from noctui.tui.keys import bindings
from noctui.tui.shell import Shell

if TYPE_CHECKING:
    from noctui.model.alarms import Act, Alarm
    from noctui.tui.commands.asked import Act as Asked
    from noctui.tui.frame.act_form import ActForm
    from noctui.tui.screens.board import Board

LOOK_EVERY = 0.25
LOOKS = 24
"""Seconds between looks into the audit, and how many until it is said that nobody answered."""


class Acting(Shell):
    """Acknowledge, take back, note, own, snooze."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("acknowledge", "take_back", "note")
    _form: ActForm | None = None
    _targets: tuple[Alarm, ...] = ()

    def action_act(self, kind: str) -> None:
        """Act on what the cursor stands on, or on what is marked."""
        from noctui.tui.standing import none_words, targets

        why = self.may_not_act()
        standing = self.board.standing() if self.board is not None and not why else None
        if standing is None:
            self.say(why or "No row here stands for alarms.")
            return
        chosen = targets(standing, kind)
        if not chosen:
            self.say(none_words(standing, kind))
            return
        self.open_form(kind, chosen, {})

    def may_not_act(self) -> str:
        """Why this screen may not act on alarms; empty where it may. The Scene decides, and is alone in that."""
        scene = self._scene
        if scene is None:
            return "There is no data yet."
        if scene.can.act:
            return ""
        if not scene.live:
            return "The past cannot be acted on: L is live again."
        if self.options.read_only:
            return "Read-only: this screen looks, and does nothing about alarms."
        return "You may not act on alarms: [roles] in noctui.toml say who may."

    def _who(self) -> str:
        """The user of this machine who runs this."""
        from noctui.runtime.people import name_of

        return self.options.who or name_of(os.getuid())

    def open_form(self, kind: str, alarms: tuple[Alarm, ...], fields: Mapping[str, str]) -> None:
        """Let it be filled in. Nothing is done before Enter."""
        from noctui.tui.panes.alarm_facts import call
        from noctui.tui.standing import many_words

        scene = self._scene
        if scene is not None and self.show_form(kind, many_words(alarms, lambda a: call(a, scene.view)), fields):
            self._targets = alarms

    def show_form(self, kind: str, what: str, fields: Mapping[str, str]) -> bool:
        """A form about `what`; False where one may not be opened now."""
        from noctui.tui.frame.act_form import ActForm

        if self.frame.editing:
            return False
        if self._form is None:
            self._form = ActForm(id="act-form")
            self.frame.form = self._form
            self.frame.mount(self._form)
        self._targets = ()
        self._stood = self.focused
        form = self._form
        form.open(kind, what, self._clock.now(), self._who(), fields)
        size = self.frame.size or self.size
        form.place(size.width, size.height)
        form.display = True
        self.screen.set_focus(form)
        return True

    def action_leave_form(self) -> None:
        """Esc: nothing was done."""
        if self._form is not None:
            self._form.display = False
        self.stand_again()

    def on_frame_resized(self) -> None:
        """There is another amount of room; the shell paints."""
        if self._form is not None and self._form.display:
            size = self.frame.size or self.size
            self._form.place(size.width, size.height)

    async def action_send_form(self) -> None:
        """Enter: it is handed over, unless something is missing."""
        form = self._form
        filled = form.filled() if form is not None else None
        if form is None or filled is None:
            return
        fields, alarms = filled.fields, self._targets
        self.action_leave_form()
        why = fields.get("note") or fields.get("reason", "")
        await self.hand_over(form.kind, alarms, why=why, until=filled.until, owner=fields.get("owner", ""),
                             ticket=fields.get("ticket", ""))  # fmt: skip

    async def hand_over(
        self, kind: str, alarms: tuple[Alarm, ...], *, why: str = "", until: float = 0.0, owner: str = "",
        ticket: str = "",
    ) -> None:  # fmt: skip
        """Have it done by whoever leads."""
        from noctui.tui.acting import act_of

        not_so = self.may_not_act()
        if not_so:
            self.say(not_so)
            return
        await self.send(act_of(kind, alarms, self._who(), self._clock.now(), why=why, until=until, owner=owner,
                               ticket=ticket))  # fmt: skip

    async def send(self, act: Act) -> None:
        """Hand the act over, and say what came of it."""
        refused = await self._scenes.act(act)
        if refused:
            self.say(refused)
            return
        if self.board is not None:
            self.board.acted()
        self.run_worker(self._tell_outcome(act), group="acts")

    async def _tell_outcome(self, act: Act) -> None:
        """Look into the audit until it tells of the act."""
        from noctui.model.faults import HistoryError
        from noctui.model.scene import Range
        from noctui.tui.acting import outcome

        range_ = Range(act.at - 3600.0, act.at + 3600.0)
        for _ in range(LOOKS):
            scene = self._scenes.live()
            try:
                entries = await scene.read.audit(range_, len(act.alarm_ids) + 1, act_id=act.act_id) if scene else ()
            except (HistoryError, OSError):  # it may be there the next time
                entries = ()
            if entries:
                self.say(outcome(act, entries))
                return
            await asyncio.sleep(LOOK_EVERY)
        self.say("Handed over, and not done yet: whoever leads has not answered.")

    async def act(self, asked: Asked) -> None:
        """As a command says: on what the table shows, or where the cursor stands; with a form where more is needed."""
        from noctui.tui.acting import OFFERED, WrongTimeError, until_of
        from noctui.tui.standing import Standing, none_words, targets

        board, why = self.board, self.may_not_act()
        standing = None
        if board is not None and not why:
            standing = Standing(board.filtered_alarms(), "") if asked.all_of else board.standing()
        if standing is None:
            self.say(why or "No row here stands for alarms.")
            return
        chosen = targets(standing, asked.kind)
        if not chosen:
            self.say(none_words(standing, asked.kind))
            return
        if not asked.send:
            fields = {"reason": asked.why, "note": asked.why, "owner": asked.owner, "until": asked.until}
            self.open_form(asked.kind, chosen, fields)
            return
        until = 0.0
        try:
            until = until_of(asked.until or OFFERED, self._clock.now()) if asked.kind in ("ack", "snooze") else 0.0
        except WrongTimeError as error:
            self.say(f"Not done: {error}.")
            return
        await self.hand_over(asked.kind, chosen, why=asked.why, until=until, owner=asked.owner)

    def see_all(self) -> None:
        """No alarm is new any more."""
        board = self._boards.get("alarms")
        many = board.see_all() if board is not None else 0
        self.say(f"{many:,} {'was' if many == 1 else 'were'} new; all are seen now." if many else "Nothing was new.")

    # -- what was looked at -------------------------------------------------------------------------------------------

    def furnish(self, board: Board) -> None:
        super().furnish(board)
        board.recall(self._memory.state.seen, self.options.runbook)

    def on_board_looked(self, message: Board.Looked) -> None:
        self._memory.keep(seen=message.seen)
