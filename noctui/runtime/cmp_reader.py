"""A second reading of each mail by circuit-maintenance-parser (`pip install 'noctui[providers]'`), where it is here.

It runs in a process of its own (`cmp_child`), as it needs a second to start and 60 MB, and may stall; one that breaks
or takes too long changes nothing: our own reading stands.
"""

from __future__ import annotations

import importlib.util
import logging
import os
import subprocess
import time
from collections.abc import Sequence

import msgspec

from noctui.model.notices import Notice, Outcome
from noctui.runtime.mail_reader import START_SECONDS, MailReader, Reads, _BrokenError
from noctui.runtime.spawning import bare, python

log = logging.getLogger("noctui.mail")

SECONDS = 30.0
"""Most take 0.1 s; a form that looks up a city's time zone needs 2 s for its map, and 7 s on a busy machine."""
MODULE = "circuit_maintenance_parser"


class Ask(msgspec.Struct, frozen=True):
    """A mail's bytes, and what we read in it."""

    data: bytes
    own: Notice


def asks(own: Notice) -> bool:
    """Whether another reading may help: not of what is about something else, nor of what iCalendar tells for sure."""
    if own.outcome is Outcome.IGNORED:
        return False
    return own.reader != "icalendar" or own.outcome not in (Outcome.PARSED, Outcome.UNKNOWN_PROVIDER)


def beside(reader: Reads) -> Reads:
    """The reader with a second one where there is one; else the same."""
    return SecondReader(reader) if importlib.util.find_spec(MODULE) is not None else reader


class SecondReader(MailReader):
    """`first` reads; what it could not tell for sure is read again and put together. `command` starts the process."""

    def __init__(self, first: Reads, seconds: float = SECONDS, command: Sequence[str] = ()) -> None:
        super().__init__(seconds=seconds)
        self._first = first
        self.broke = ""  # why the last mail was not read a second time
        self._command = list(command) or [*python(), "-m", "noctui.runtime.cmp_child"]

    def read(self, data: bytes, sender: str = "") -> Notice:
        own = self._first.read(data, sender)
        if not asks(own):
            return own
        with self._guard:
            self.broke = ""
            try:
                return self._asked(Ask(data, own))
            except _BrokenError as error:
                self._end()
                self.broke = str(error)
                log.warning("mail.second_broke", extra={"text": str(error), "key": own.key})
                return own

    def rest(self) -> None:
        super().rest()
        self._first.rest()

    def _asked(self, ask: Ask) -> Notice:
        seconds = self._seconds
        if self._process is None or self._process.poll() is not None:
            self._start()
            seconds += START_SECONDS
        until = time.monotonic() + seconds
        try:
            self._send(msgspec.msgpack.encode(ask), until)
            length = int.from_bytes(self._receive(4, until), "big")
            return self._decoder.decode(self._receive(length, until))
        except (OSError, msgspec.DecodeError) as error:
            raise _BrokenError(f"its reader broke: {error}") from error

    def _start(self) -> None:
        self._end()
        env = {k: v for k, v in bare(os.environ).items() if not k.lower().endswith("_proxy")}
        try:
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0,
                env={**env, "TZ": "UTC"}, start_new_session=True,
            )  # fmt: skip
        except OSError as error:
            raise _BrokenError(f"its reader does not start: {error.strerror}") from error
        assert self._process.stdin is not None
        os.set_blocking(self._process.stdin.fileno(), False)
