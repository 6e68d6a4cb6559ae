"""A folder of an IMAP server. What was read gets a keyword (or a Gmail label), or is moved to another folder.

Nothing marks a mail as seen: people see it as new as ever. A place is UIDVALIDITY and UID: where the server counts
anew, every mail has a new place, and the ledger knows them by their Message-IDs.
"""

from __future__ import annotations

import imaplib
import random
import select
import socket
import ssl
from collections.abc import Callable, Iterator
from functools import partial
from typing import TypeVar

from noctui.mail_settings import MailboxSettings
from noctui.model.notices import Outcome
from noctui.sources.mail.box import MOST, GoneError, Letter, MailboxError, succeeded
from noctui.sources.mail.imap_session import Session, opened
from noctui.sources.mail.imap_wire import BrokenError
from noctui.sources.mail.imap_words import fetched, numbers, uid_set
from noctui.sources.mail.net import failed, plain, server_of, unreached
from noctui.sources.mail.tokens import Secret

PORTS = {"imaps": 993, "imap": 143}
RENEWED = 25 * 60.0
"""Seconds of idling at a time: servers may hang up after 29 minutes (RFC 2177)."""
TAIL = 512 * 1024
"""Of a mail larger than MOST so much of its end is fetched too: a text may stand behind an attachment."""
TOGETHER = 200
"""Mails whose sizes and dates are asked for at once."""
BREAKS = 3
"""A mail at whose fetching the connection broke so often is left alone until the program starts again."""

T = TypeVar("T")


class ImapMailbox:
    """See `box.Mailbox`."""

    def __init__(self, settings: MailboxSettings) -> None:
        self._settings = settings
        self._server = server_of(settings, PORTS)
        self._secret = Secret(settings)
        self._session: Session | None = None
        self._idles = True
        self._broke: dict[str, int] = {}  # place → connections that broke at it
        self._done: set[str] = set()  # places in the ledger, where no mark tells of them
        self._woken, self._waker = socket.socketpair()

    @property
    def name(self) -> str:
        return self._settings.name

    def new(self) -> Iterator[Letter]:
        validity, uids = self._again(self._listed)
        for i in range(0, len(uids), TOGETHER):
            yield from self._again(partial(self._told, validity, uids[i : i + TOGETHER]))

    def fetch(self, letter: Letter) -> bytes:
        self._again(self._at)  # a server that cannot be reached is not the mail's fault
        try:
            return self._again(lambda: self._fetched(letter))
        except MailboxError:
            self._broke[letter.place] = self._broke.get(letter.place, 0) + 1
            if self._broke[letter.place] < BREAKS:
                raise
            raise GoneError(f"the connection broke {BREAKS} times at this mail: it is left alone") from None

    def mark(self, letter: Letter, outcome: Outcome) -> None:
        if self._settings.after == "keep" or not self._again(lambda: self._marked(letter, succeeded(outcome))):
            self._done.add(letter.place)

    def wait(self, seconds: float) -> None:
        """Where idling fails, it is waited for as long without it: a server that hangs up is not asked at once."""
        session = self._session
        try:
            if session is not None and session.idles and self._idles:
                if session.told:
                    return
                while (
                    seconds > 0 and not self._stopped(0) and not session.wire.idle(min(seconds, RENEWED), self._woken)
                ):
                    seconds -= RENEWED
                return
        except (OSError, BrokenError, imaplib.IMAP4.error, ValueError) as error:
            self._idles = not isinstance(error, BrokenError) or "idle" not in str(error)
            self._drop()
        self._stopped(seconds)

    def wake(self) -> None:
        try:
            self._waker.send(b"w")  # stays in the pipe: every wait from now on ends at once
        except OSError:
            return

    def close(self) -> None:
        if self._session is not None:
            try:
                self._session.wire.allow(patience=0.1)
                self._session.wire.logout()
            except (OSError, BrokenError, imaplib.IMAP4.error, ValueError):
                pass
        self._drop()
        self._woken.close()
        self._waker.close()

    def checked(self) -> Session:
        """Connected and the folder opened, for `noctui doctor`. Raises MailboxError."""
        return self._again(self._at)

    def waiting(self) -> int:
        """How many bear no mark. Raises MailboxError."""
        return len(self._again(self._listed)[1])

    # inside

    def _stopped(self, seconds: float) -> bool:
        return bool(select.select([self._woken], [], [], max(0.0, seconds))[0])

    def _at(self) -> Session:
        if self._session is None:
            self._session = opened(self._settings, self._server, self._secret)
        return self._session

    def _drop(self) -> None:
        if self._session is not None:
            self._session.wire.shutdown()
            self._session = None

    def _again(self, work: Callable[[], T]) -> T:
        """A connection that broke since it was last used is made anew, once, after a moment that differs."""
        used = self._session is not None
        try:
            return self._tried(work)
        except MailboxError as error:
            if not used or error.lasting or self._stopped(random.uniform(0.05, 0.5)):
                raise
            return self._tried(work)

    def _tried(self, work: Callable[[], T]) -> T:
        try:
            return work()
        except imaplib.IMAP4.abort as error:
            self._drop()
            raise failed(self._settings, f"{self._server.said}: the connection broke: {plain(str(error))}") from None
        except imaplib.IMAP4.error as error:
            self._drop()
            raise failed(self._settings, f"{self._server.said} refuses: {plain(str(error))}") from None
        except BrokenError as error:
            self._drop()
            raise failed(self._settings, f"{self._server.said}: {plain(str(error))}") from None
        except (OSError, ssl.SSLError) as error:
            self._drop()
            raise unreached(self._settings, self._server, error) from None
        except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:  # imaplib on nonsense
            self._drop()
            raise failed(self._settings, f"{self._server.said} answers nonsense: {plain(str(error))}") from None
        except MailboxError:
            self._drop()
            raise

    def _listed(self) -> tuple[str, list[int]]:
        session = self._at()
        session.fresh()
        session.wire.allow(patience=4.0)
        uids = numbers(session.uid("SEARCH", "UNDELETED", *session.unmarked))
        return session.validity, [u for u in uids if not self._done or f"{session.validity}.{u}" not in self._done]

    def _told(self, validity: str, uids: list[int]) -> list[Letter]:
        """Letters of those that are still there."""
        session = self._at()
        if session.validity != validity:
            return []
        session.wire.allow()
        told = {m.uid: m for m in fetched(session.uid("FETCH", uid_set(uids), "(RFC822.SIZE INTERNALDATE)"))}
        letters = [Letter(f"{validity}.{u}", "", told[u].size, told[u].arrived) for u in uids if u in told]
        return [one for one in letters if self._broke.get(one.place, 0) < BREAKS]

    def _fetched(self, letter: Letter) -> bytes:
        session = self._at()
        uid = session.uid_of(letter.place)
        if uid is None:
            raise GoneError("the server counts its mails anew")
        found, size = self._part(session, uid, 0, MOST)
        if len(found) < MOST or size is None or size <= MOST:
            return found
        head = MOST - TAIL
        tail, _ = self._part(session, uid, max(size - TAIL + 2, head), TAIL - 2)
        return found[:head] + b"\r\n" + tail

    def _part(self, session: Session, uid: int, begin: int, size: int) -> tuple[bytes, int | None]:
        session.wire.allow(size + 65536, patience=10.0)
        try:
            data = session.uid("FETCH", str(uid), f"(RFC822.SIZE BODY.PEEK[]<{begin}.{size}>)")
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as error:
            raise GoneError(f"it is not given out: {plain(str(error))}") from None
        one = next((m for m in fetched(data) if m.uid == uid and m.body is not None), None)
        if one is None or one.body is None:
            raise GoneError("it is no longer there")
        return one.body[:size], one.size

    def _marked(self, letter: Letter, success: bool) -> bool:
        """Whether it bears a mark now, or is gone."""
        session = self._at()
        uid = session.uid_of(letter.place)
        if uid is None or not session.marks:
            return uid is None
        session.wire.allow()
        ours, other = self._settings.success, self._settings.exception
        ours, other = (ours, other) if success else (other, ours)
        if self._settings.after == "move":
            session.move(uid, ours)
        else:
            session.label(uid, ours, other)
        return True
