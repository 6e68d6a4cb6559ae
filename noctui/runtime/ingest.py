"""One mailbox read: what is new is fetched, read, stored, and marked once it is stored. Blocking, on its own thread.

A kill between storing and marking costs nothing: the ledger knows the place, so that the mail is only marked.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from noctui.model.mails import Filed, MailIn, Place
from noctui.model.notices import Notice, Outcome
from noctui.model.stores import HistoryError
from noctui.runtime.mail_reader import Reads
from noctui.sources.mail.box import GoneError, Letter, Mailbox, MailboxError

log = logging.getLogger("noctui.mail")

AT_ONCE = 20
"""Mails of one transaction,"""
SECONDS = 1.0
"""or as many as were read in this time."""
Store = Callable[[Sequence[MailIn]], Sequence[Filed]]


@dataclass(frozen=True, slots=True)
class Anew:
    """A mail that was read anew: where it lay, its key, and what became of it."""

    place: str
    key: str
    outcome: Outcome


@dataclass(slots=True)
class Tally:
    """What a round came to. `fault` ended it, `unmarked` is why marks could not be made; each one line or ""."""

    read: int = 0
    new: int = 0
    waits: int = 0  # of the new ones: for a person
    outcomes: dict[Outcome, int] = field(default_factory=dict)
    gone: int = 0
    fault: str = ""
    unmarked: str = ""


class Ingest:
    """What one mailbox needs from round to round."""

    def __init__(
        self,
        box: Mailbox,
        reader: Reads,
        places: Callable[[str], dict[str, Place]],
        store: Store,
        judge: Callable[[Notice], Notice] = lambda notice: notice,
        now: Callable[[], float] = time.time,
        again: deque[Anew] | None = None,
    ) -> None:
        """`places` and `store` are the history's (HistoryError), `judge` says of a notice whether it is ours. `again`
        are mails that were read anew: their marks follow with the next round."""
        self.box = box
        self._reader, self._ask, self._store, self._judge, self._now = reader, places, store, judge, now
        self._places: dict[str, Place] | None = None
        self._again: deque[Anew] = deque() if again is None else again
        self.stopped = False

    def stop(self) -> None:
        """End with the mail that is being read. From any thread."""
        self.stopped = True
        self.box.wake()

    def round(self) -> Tally:
        """All that is new. Raises HistoryError: then nothing more could be stored, and the mailbox waits."""
        tally = Tally()
        try:
            if self._places is None:
                self._places = self._ask(self.box.name)
            self._marked_anew(tally)
            self._read(tally, self._places)
        except MailboxError as error:
            tally.fault = error.text
        return tally

    def _read(self, tally: Tally, places: dict[str, Place]) -> None:
        batch: list[tuple[Letter, MailIn]] = []
        began = time.monotonic()
        try:
            for letter in self.box.new():
                if self.stopped:
                    break
                known = places.get(letter.place)
                if known is not None and known.stamp == letter.stamp:
                    self._mark(letter, Outcome(known.outcome), tally)
                    continue
                try:
                    data = self.box.fetch(letter)
                except GoneError as error:
                    tally.gone += 1
                    log.info("mail.gone", extra={"mailbox": self.box.name, "text": str(error)})
                    continue
                if not batch:
                    began = time.monotonic()
                batch.append((letter, self._mail(letter, data)))
                if len(batch) >= AT_ONCE or time.monotonic() - began >= SECONDS:
                    self._file(batch, tally, places)
                    batch = []
        except MailboxError:
            if batch:
                self._file(batch, tally, places)
            raise
        if batch:
            self._file(batch, tally, places)

    def _mail(self, letter: Letter, data: bytes) -> MailIn:
        notice = self._judge(self._reader.read(data))
        return MailIn(
            notice=notice, mailbox=self.box.name, place=letter.place, stamp=letter.stamp, tried_at=self._now(),
            size=max(letter.size or 0, len(data)), arrived=letter.arrived, body=data,
        )  # fmt: skip

    def _file(self, batch: Sequence[tuple[Letter, MailIn]], tally: Tally, places: dict[str, Place]) -> None:
        filed = self._store([mail for _, mail in batch])
        for (letter, _), one in zip(batch, filed, strict=True):
            outcome = one.mail.outcome
            places[letter.place] = Place(stamp=letter.stamp, key=one.mail.key, outcome=outcome.value)
            tally.read += 1
            tally.new += one.new
            tally.waits += one.new and one.mail.waits
            if one.new:
                tally.outcomes[outcome] = tally.outcomes.get(outcome, 0) + 1
            self._mark(letter, outcome, tally)

    def _marked_anew(self, tally: Tally) -> None:
        while self._again:
            anew = self._again.popleft()
            known = (self._places or {}).get(anew.place)
            if known is not None and known.key == anew.key:  # else another mail lies there by now
                self._mark(Letter(anew.place, known.stamp), anew.outcome, tally)

    def _mark(self, letter: Letter, outcome: Outcome, tally: Tally) -> None:
        """A mark that cannot be made is said; the others are not tried in vain."""
        if tally.unmarked:
            return
        try:
            self.box.mark(letter, outcome)
        except MailboxError as error:
            tally.unmarked = error.text


__all__ = ["Anew", "HistoryError", "Ingest", "Store", "Tally"]
