"""Mails that wait: whoever leads reads one again, or files it as a person filled it in."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from noctui.tui.parts.acting import Acting

if TYPE_CHECKING:
    from noctui.model.works import Mail
    from noctui.tui.screens.mail_keys import MailKeys


class Filing(Acting):
    """Read again, fill in. Who may act on alarms may do this."""

    _mail: Mail | None = None

    async def on_mail_keys_wanted(self, message: MailKeys.Wanted) -> None:
        from noctui.model.mails import FILL

        why = self.may_not_act()
        if why:
            self.say(why.replace("alarms", "mails"))
            return
        mail = message.mail
        if message.kind != FILL:
            await self._hand_mail(message.kind, mail)
            return
        from noctui.tui.filling import known_fields
        from noctui.tui.look.text import clip

        name = clip(mail.subject or mail.key, 40)
        if self.show_form(FILL, name, known_fields(message.read)):
            self._mail = mail

    async def action_send_form(self) -> None:
        """Enter: a mail's form is checked and handed over; all others as alarms' are."""
        from noctui.model.mails import FILL, said
        from noctui.tui.filling import WrongFieldError, filled_from

        form, mail = self._form, self._mail
        if form is None or form.kind != FILL or mail is None:
            await super().action_send_form()
            return
        filled = form.filled()
        if filled is None:
            return
        try:
            made = filled_from(filled.fields)
        except WrongFieldError as error:
            form.mend(error.field, str(error))
            return
        self.action_leave_form()
        await self._hand_mail(FILL, mail, filled.fields.get("why", ""), said(made))

    async def _hand_mail(self, kind: str, mail: Mail, why: str = "", detail: str = "") -> None:
        from noctui.model.alarms import Act

        not_so = self.may_not_act()
        if not_so:
            self.say(not_so.replace("alarms", "mails"))
            return
        await self.send(Act(
            act_id=uuid.uuid4().hex, kind=kind, alarm_ids=(mail.key,), who=self._who(), at=self._clock.now(),
            saw=(float(mail.tried_at),), why=why, detail=detail,
        ))  # fmt: skip
