"""Boards that stand on a mail: it is read again, or filled in by hand."""

from __future__ import annotations

from textual.message import Message

from noctui.model.works import Mail, MailRead
from noctui.tui.screens.board import Board


class MailKeys(Board):
    """`r` and `i`. Who may is decided where it is done."""

    class Wanted(Message):
        """Do this (`mails.REPARSE` or `mails.FILL`) about the mail; `read` is what is known of it, if anything."""

        def __init__(self, kind: str, mail: Mail, read: MailRead | None = None) -> None:
            super().__init__()
            self.kind = kind
            self.mail = mail
            self.read = read

    def mail(self) -> Mail | None:
        """The mail that is meant."""
        raise NotImplementedError

    def mail_read(self) -> MailRead | None:
        """What was read in it, where the board knows."""
        return None

    def action_reparse(self) -> None:
        self._want("reparse")

    def action_fill(self) -> None:
        self._want("fill")

    def _want(self, kind: str) -> None:
        mail = self.mail()
        if mail is None:
            self.post_message(self.Say("There is no mail here."))
        else:
            self.post_message(self.Wanted(kind, mail, self.mail_read()))
