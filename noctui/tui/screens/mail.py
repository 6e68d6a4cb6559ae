"""One mail: why it could not be read, or what was read in it, beside the mail itself."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.widget import Widget

from noctui.model.headline import Clause, Headline
from noctui.model.words import Severity
from noctui.model.works import Mail, MailRead
from noctui.tui.export import Exported
from noctui.tui.keys import bindings
from noctui.tui.look.numbers import count, event_time
from noctui.tui.look.text import clean
from noctui.tui.moment import Moment
from noctui.tui.panes import mail_rows
from noctui.tui.panes.asking import Question
from noctui.tui.panes.notice_lines import Fields, Mailed, fault_lines
from noctui.tui.panes.thing_rows import ThingRows
from noctui.tui.place import Place, of_work
from noctui.tui.runs import Line
from noctui.tui.screens.mail_keys import MailKeys


class MailBoard(MailKeys):
    """What Enter on a mail opens."""

    SCOPED_CSS = False
    DEFAULT_CSS = """
    MailBoard > Horizontal { height: 1fr; }
    MailBoard #faults { width: 48%; height: 1fr; padding: 0 2 0 1; }
    MailBoard #mail-text { width: 1fr; height: 1fr; padding: 0 1; }
    MailBoard.-s > Horizontal { layout: vertical; }
    MailBoard.-s #faults { width: 1fr; height: 8; }
    MailBoard.-s #mail-text { height: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings("reparse", "fill", "open")
    OFFERS = ("reparse", "fill", "open", "panes", "maximise", "time", "export", "copy", "command", "out", "quit")

    def __init__(self) -> None:
        super().__init__(id="mail")
        self._fields, self._text = Fields(id="faults"), Mailed(id="mail-text")
        self._question = Question(self, self._fail)
        self._moment: Moment | None = None
        self._place: Place | None = None
        self._read: MailRead | None = None
        self._failed = ""
        self._came = False

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield self._fields
            yield self._text

    def leave(self) -> None:
        super().leave()
        self._question.forget()

    def show(self, moment: Moment) -> None:
        if moment.place != self._place:
            self._place, self._read, self._failed, self._came = moment.place, None, "", False
        self._moment = moment
        scene, key = moment.scene, moment.place.mail
        self._question.ask((key, moment.view.seq, moment.at), lambda: scene.read.mail(key), self._take)
        self._fields.show(moment)
        self._text.show(moment)
        self._draw()

    def _take(self, read: MailRead | None) -> None:
        self._read, self._failed, self._came = read, "", True
        self._draw()
        self.post_message(self.Told())

    def _fail(self, said: str) -> None:
        self._failed = said
        self._draw()

    def _draw(self) -> None:
        moment, read = self._moment, self._read
        if moment is None:
            return
        if read is None:
            said = f"The mail {self._failed}." if self._failed else ""
            said = said or ("This mail is not known." if self._came else "Reading the mail.")
            self._fields.tell((), "", lambda _wide: [((said, "dim"),)])
            self._text.tell(None, said)
            return
        self._fields.tell(read.notice.maintenances, _became(read.mail), lambda wide: _facts(read, moment, wide))
        self._text.tell(read)

    def mail(self) -> Mail | None:
        return self._read.mail if self._read is not None else None

    def mail_read(self) -> MailRead | None:
        return self._read

    def headline(self) -> Headline | None:
        read = self._read
        if read is None:
            return None
        mail = read.mail
        who = mail.provider or "Nobody known"
        if mail.waits:
            said = clean(mail.why) or _became(mail)
            clauses = (
                Clause(f"{who}: {said}.", strong=True, severity=Severity.UNKNOWN),
                Clause(" r tries again, i fills it in."),
            )
            return Headline(severity=Severity.UNKNOWN, clauses=clauses)
        works = ", ".join(f"{p} {n}" for p, n in mail.works) or "nothing about planned work"
        return Headline(severity=Severity.OK, clauses=(Clause(f"{_became(mail).capitalize()}: {works}.", strong=True),))

    def action_open(self) -> None:
        """The work that was read in it."""
        works = self._read.mail.works if self._read is not None else ()
        if works:
            self.post_message(self.Goto(of_work(works[0])))
        else:
            self.post_message(self.Say("No work was read in this mail."))

    def first_focus(self) -> Widget | None:
        return self._fields

    def copied(self) -> str:
        return self._text.text

    def lacking(self) -> str:
        return "The mail is being read."

    def export(self) -> Exported | None:
        if self._read is None or self._moment is None:
            return None
        rows: ThingRows[Mail] = mail_rows.rows_of((self._read.mail,), self._moment.at, self._moment.signs, False)
        return mail_rows.exported(rows, [0])


def _became(mail: Mail) -> str:
    return {"sender?": "sender not known", "circuit?": "circuit not known", "older": "older than what is known"}.get(
        mail_rows.outcome_word(mail.outcome), mail_rows.outcome_word(mail.outcome)
    )


def _facts(read: MailRead, moment: Moment, wide: int) -> list[Line]:
    """What became of the mail, and why."""
    mail = read.mail
    by = f" by {mail.by}" if mail.by else ""
    tried = f"tried {count(mail.tried)} times, last {event_time(mail.tried_at, moment.at)}"
    lines: list[Line] = [
        (("became     ", "dim"), (f"{_became(mail)}{by}", "unk" if mail.waits else "text")),
        (("read       ", "dim"), (event_time(mail.read_at, moment.at), "text"),
         (f"; {tried}" if mail.tried > 1 else "", "dim")),
        (("reader     ", "dim"), (read.notice.reader or "none", "text")),
    ]  # fmt: skip
    if mail.waits:
        lines += [(), *fault_lines(read.notice.faults, mail.why, wide)]
    return lines
