"""What every kind of mailbox can: tell what is new, give a mail's bytes, be marked.

The ledger of mails in the history is what counts; marks are for people, and for other programs that read the mailbox.
So a mark that is lost, or made twice, harms nothing. All calls block, and come from one thread, the mailbox's own;
`wake` alone may come from any.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from noctui.model.notices import Outcome

MOST = 8 * 1024 * 1024
"""Bytes of a mail that are fetched at the most: text comes before attachments, and these are never read."""


class MailboxError(Exception):
    """What is wrong and what to do, in one line without a secret. `lasting`: it will not go by itself (a wrong
    password, no such folder); it is tried again all the same, but rarely."""

    def __init__(self, text: str, lasting: bool = False) -> None:
        super().__init__(text)
        self.text, self.lasting = text, lasting


class GoneError(Exception):
    """This one letter is no longer there, or may not be read: the rest of the mailbox goes on."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail as it lies in a mailbox. `place` names it there as long as it lies there (a file's name, UIDVALIDITY and
    UID, an article's number). `stamp` changes when what lies there is another mail, "" where that cannot be. `arrived`
    is when the mailbox got it (UTC epoch seconds), for a mail without a date of its own."""

    place: str
    stamp: str = ""
    size: int | None = None
    arrived: int | None = None


class Mailbox(Protocol):
    """One `[[mailbox]]` of the settings. It connects at the first need and again when a connection broke."""

    @property
    def name(self) -> str:
        """As in the settings."""
        ...

    def new(self) -> Iterator[Letter]:
        """What bears no mark, oldest first as far as the mailbox knows. Where marks cannot be made (or are not wanted),
        all that lies there: the ledger knows which of them were read. Raises MailboxError."""
        ...

    def fetch(self, letter: Letter) -> bytes:
        """Its bytes as they came, the first MOST at the most; nothing is changed by it. Raises MailboxError,
        GoneError."""
        ...

    def mark(self, letter: Letter, outcome: Outcome) -> None:
        """It stands in the ledger: mark it by its outcome (`succeeded`). Raises MailboxError; a letter that is gone is
        no error."""
        ...

    def wait(self, seconds: float) -> None:
        """Until something may have come, `seconds` have passed, or `wake` was called. A mailbox that is told of new
        mails (IMAP's IDLE) returns at once then. Raises MailboxError."""
        ...

    def wake(self) -> None:
        """End a `wait` that runs, and each one from now on; from any thread."""
        ...

    def close(self) -> None:
        """Hang up. Raises nothing."""
        ...


def succeeded(outcome: Outcome) -> bool:
    """Whether its mark is that of success: nobody needs to look at it. Dead letters get the other one."""
    return outcome in (Outcome.PARSED, Outcome.IGNORED)
