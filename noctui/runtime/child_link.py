"""One collector's process as the screen's process sees it: started, asked, heard, ended."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import socket
import subprocess
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from noctui.model.alarms import NO_ALARMS, Alarms
from noctui.model.inventory import Inventory
from noctui.model.stores import HistoryError
from noctui.model.works import NO_WORKS, Works
from noctui.runtime import child_alarms, child_log, child_works
from noctui.runtime.child_alarms import AlarmsTold
from noctui.runtime.child_rows import Rows, look_up
from noctui.runtime.child_words import (
    AboveIs,
    Begin,
    DetailIs,
    Failed,
    Forget,
    FromChild,
    LogRecord,
    OrgIs,
    Pieces,
    Resigned,
    Taken,
    ToChild,
    Told,
    Version,
    for_collector,
)  # fmt: skip
from noctui.runtime.child_works import WorksTold
from noctui.runtime.frames import FrameReader, Unpacker, pack
from noctui.runtime.source import SourceError
from noctui.runtime.spawning import python, without_secrets
from noctui.settings import Settings

log = logging.getLogger("noctui.child")

END_SECONDS = 2.0
"""How long a process may take to end in order."""
A = TypeVar("A", OrgIs, Taken, AboveIs, DetailIs)


class GoneError(SourceError):
    """The process ended before it had answered."""


class Link:
    """A running process. `told` gets what it publishes, in order; `lost` is done, with its words, once it has ended."""

    def __init__(self, told: Callable[[Told, Inventory | None], None]) -> None:
        self._told = told
        self._loop = asyncio.get_running_loop()
        self._unpack = Unpacker[FromChild](FromChild)
        self._rows = Rows()
        self._inventory: Inventory | None = None
        self._alarms: Alarms = NO_ALARMS
        self._works: Works = NO_WORKS
        self._ready: asyncio.Task[None] | None = None
        self._waits: Told | None = None
        self._answers: dict[int, asyncio.Future[FromChild]] = {}
        self._number = 0
        self._transport: asyncio.Transport | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._closing = False
        self.resigned = asyncio.Event()
        """Its term is over: another process leads by the bus."""
        self.lost: asyncio.Future[str] = self._loop.create_future()

    @property
    def pid(self) -> int:
        return self._process.pid if self._process is not None else 0

    async def start(self, settings: Settings, words: tuple[str, ...]) -> None:
        """Raises OSError when it cannot be started."""
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                await asyncio.to_thread(self._spawn, words, theirs)
            await self._loop.create_connection(
                lambda: FrameReader(self._connected, self._frame, self._disconnected), sock=ours
            )
        except BaseException:
            ours.close()
            raise
        self.say(Begin(for_collector(settings)))

    def say(self, message: ToChild) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.writelines(pack(message))

    async def ask(self, made: Callable[[int], ToChild], kind: type[A]) -> A:
        """Raises what the other side failed with: SourceError, HistoryError, OSError."""
        self._number += 1
        number = self._number
        future: asyncio.Future[FromChild] = self._loop.create_future()
        if self.lost.done() or self._closing:
            raise GoneError("the collector has ended")
        self._answers[number] = future
        self.say(made(number))
        try:
            answer = await future
        except asyncio.CancelledError:
            self.say(Forget(number))
            raise
        finally:
            self._answers.pop(number, None)
        if isinstance(answer, Failed):
            raise _error(answer)
        assert isinstance(answer, kind)
        return answer

    async def close(self) -> None:
        """End it: in order, else by force."""
        self._closing = True
        if self._ready is not None:
            self._ready.cancel()
        if self._transport is not None:
            self._transport.close()
        if self._process is None:
            return
        done, _ = await asyncio.wait({self.lost}, timeout=END_SECONDS)
        if not done:
            log.warning("child.killed", extra={"pid": self.pid})
            self._process.kill()
            await asyncio.wait({self.lost}, timeout=END_SECONDS)

    # what it says

    def _connected(self, transport: asyncio.Transport) -> None:
        self._transport = transport

    def _frame(self, frame: bytearray) -> None:
        match self._unpack.unpack(frame):
            case LogRecord() as record:
                child_log.write(record)
            case Pieces() as piece:
                self._rows.take(piece)
            case Version() as version:
                self._inventory = self._rows.version(version)
                self._ready = asyncio.create_task(self._prepare(self._inventory))
            case AlarmsTold() as news:
                self._alarms = child_alarms.taken(self._alarms, news)
            case WorksTold() as news:
                self._works = child_works.taken(self._works, news)
            case Told() as told:
                told = self._whole(told)
                if told.view is not None and self._ready is not None:
                    self._waits = told
                else:
                    self._told(told, self._inventory)
            case Resigned():
                self.resigned.set()
            case OrgIs(id) | Taken(id) | AboveIs(id) | DetailIs(id) | Failed(id) as answer:
                future = self._answers.get(id)
                if future is not None and not future.done():
                    future.set_result(answer)

    def _whole(self, told: Told) -> Told:
        """With the alarms and works that were told before it."""
        if told.view is None:
            return told
        return Told(told.status, replace(told.view, alarms=self._alarms, works=self._works))

    async def _prepare(self, inventory: Inventory) -> None:
        """What panes look up in a version takes long for a large network: it is worked out before it is shown."""
        await asyncio.to_thread(look_up, inventory)
        if inventory is self._inventory:
            self._ready = None
            if self._waits is not None:
                told, self._waits = self._waits, None
                self._told(told, inventory)

    def _disconnected(self) -> None:
        """It closes its end only when it ends; a process that lives on without us is of no use."""
        if self._process is not None and not self.lost.done() and not self._closing:
            self._loop.call_later(END_SECONDS, self._end_by_force, self._process)

    def _end_by_force(self, process: subprocess.Popen[bytes]) -> None:
        if not self.lost.done():
            process.kill()

    # the process

    def _spawn(self, words: tuple[str, ...], theirs: socket.socket) -> None:
        """On a thread. Nothing that it prints reaches our terminal, and no signal of the terminal reaches it."""
        process = self._process = subprocess.Popen(
            [*python(), *words],
            stdin=theirs.fileno(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=without_secrets(os.environ),
            start_new_session=True,
        )
        threading.Thread(target=self._attend, args=(process,), name="noctui-child", daemon=True).start()

    def _attend(self, process: subprocess.Popen[bytes]) -> None:
        """What it prints goes to the log; then it has ended."""
        assert process.stderr is not None
        with process.stderr:
            for line in process.stderr:
                log.warning("child.said", extra={"text": line.decode(errors="replace").rstrip()})
        status = process.wait()
        with contextlib.suppress(RuntimeError):  # the loop has ended before it
            self._loop.call_soon_threadsafe(self._ended, status)

    def _ended(self, status: int) -> None:
        if self._transport is not None:
            self._transport.close()
        text = ending(status)
        if not self._closing:
            log.error("child.ended", extra={"pid": self.pid, "status": status})
        if not self.lost.done():
            self.lost.set_result(text)
        for future in self._answers.values():
            if not future.done():
                future.set_exception(GoneError(text))


def ending(status: int) -> str:
    """How the process ended, in one line."""
    if status >= 0:
        return f"The collector ended by itself (exit code {status})"
    try:
        return f"The collector was ended by {signal.Signals(-status).name}"
    except ValueError:
        return f"The collector was ended by signal {-status}"


def _error(failed: Failed) -> Exception:
    match failed.kind:
        case "source":
            return SourceError(failed.text, failed.retry_at, failed.resting, failed.final)
        case "history":
            return HistoryError(failed.text)
        case "os":
            return OSError(failed.text)
        case _:
            return SourceError(failed.text)
