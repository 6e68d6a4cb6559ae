"""Reading mails in another process, with a limit of time: one that breaks or stalls its reader waits for a person, the
rest of the mailbox goes on."""

from __future__ import annotations

import logging
import os
import select
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, Protocol

import msgspec

from noctui.model.notices import Fault, Notice, Outcome
from noctui.runtime.mail_child import MOST, Begin, Job
from noctui.runtime.spawning import bare, python

log = logging.getLogger("noctui.mail")

SECONDS = 20.0
"""A mail that takes longer is given up; the longest of our samples takes 60 ms."""
START_SECONDS = 20.0
"""More for the first one: the process has to start."""


class Reads(Protocol):
    """What reads mails. Calls block, and raise nothing."""

    def read(self, data: bytes, sender: str = "") -> Notice:
        """Bytes of a mail → its notice; `sender` stands in for a missing From."""
        ...

    def rest(self) -> None:
        """Nothing is to be read for now: hold no memory for it."""
        ...


class MailReader:
    """One process, begun at the first mail and again after each that broke it; `rest` ends it. For one thread at a
    time: others wait."""

    def __init__(self, providers: Sequence[Mapping[str, Any]] = (), seconds: float = SECONDS) -> None:
        self._begin = msgspec.msgpack.encode(Begin(tuple(dict(p) for p in providers)))
        self._seconds = seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._guard = threading.Lock()
        self._decoder = msgspec.msgpack.Decoder(Notice)

    def read(self, data: bytes, sender: str = "") -> Notice:
        with self._guard:
            try:
                try:
                    return self._read(data, sender)
                except _EndedError:  # somebody ended it, perhaps for another's sake: what breaks it again is to blame
                    self._end()
                    return self._read(data, sender)
            except _BrokenError as error:
                self._end()
                log.warning("mail.broke", extra={"text": str(error)})
                key = f"sha256:{sha256(data).hexdigest()}"
                return Notice(key=key, outcome=Outcome.FAILED, sender=sender, faults=(Fault(str(error)),))

    def rest(self) -> None:
        with self._guard:
            self._end()

    def _read(self, data: bytes, sender: str) -> Notice:
        seconds = self._seconds
        if self._process is None or self._process.poll() is not None:
            self._start()
            seconds += START_SECONDS
        until = time.monotonic() + seconds
        try:
            self._send(msgspec.msgpack.encode(Job(data, sender)), until)
            head = self._receive(4, until)
            length = int.from_bytes(head, "big")
            if length > MOST:
                raise _BrokenError("its reader broke: an answer without end")
            return self._decoder.decode(self._receive(length, until))
        except BrokenPipeError as error:
            raise _EndedError("its reader broke: it ended") from error
        except (OSError, msgspec.DecodeError) as error:
            raise _BrokenError(f"its reader broke: {error}") from error

    def _start(self) -> None:
        self._end()
        command = [*python(), "-m", "noctui.runtime.mail_child"]
        env = {**bare(os.environ), "TZ": "UTC"}
        try:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=env, bufsize=0,
                start_new_session=True,
            )  # fmt: skip
        except OSError as error:
            raise _BrokenError(f"its reader does not start: {error.strerror}") from error
        assert self._process.stdin is not None
        os.set_blocking(self._process.stdin.fileno(), False)
        self._send(self._begin, time.monotonic() + START_SECONDS)

    def _send(self, payload: bytes, until: float) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        pipe = self._process.stdin.fileno()
        left = memoryview(len(payload).to_bytes(4, "big") + payload)
        while left:
            if not select.select([], [pipe], [], max(0.0, until - time.monotonic()))[1]:
                raise _BrokenError(f"it was not read in {self._seconds:g} s")
            left = left[os.write(pipe, left) :]

    def _receive(self, length: int, until: float) -> bytes:
        assert self._process is not None
        assert self._process.stdout is not None
        pipe = self._process.stdout.fileno()
        found = bytearray()
        while len(found) < length:
            if not select.select([pipe], [], [], max(0.0, until - time.monotonic()))[0]:
                raise _BrokenError(f"it was not read in {self._seconds:g} s")
            part = os.read(pipe, min(length - len(found), 1 << 20))
            if not part:
                raise _EndedError("its reader broke: the log of the system may tell why")
            found += part
        return bytes(found)

    def _end(self) -> None:
        if self._process is None:
            return
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        self._process.wait()
        self._process = None


class _BrokenError(Exception):
    """In one line, for a person."""


class _EndedError(_BrokenError):
    """The process is gone."""
