"""The collector's process: `python -m noctui.runtime.child`, started by the screen with a socket as standard input.

It obeys what comes over the socket and ends when the other end is closed, however the screen's process ended; a thread
sees to that even if the loop hangs. It is a session of its own: what a terminal sends to its programs (an interrupt, a
hang-up, a suspension) is the screen's alone, so that collecting goes on while the screen is stopped.
"""

from __future__ import annotations

import asyncio
import logging
import os
import select
import signal
import socket
import stat
import sys
import threading
from pathlib import Path

from noctui.clock import SystemClock
from noctui.model.stores import HistoryError
from noctui.runtime import child_log, garbage
from noctui.runtime.bus_address import place_of
from noctui.runtime.child_outbox import Outbox
from noctui.runtime.child_words import (
    AboveIs,
    AskAbove,
    AskDetail,
    Begin,
    DetailIs,
    Failed,
    Forget,
    FromChild,
    OrgIs,
    Reload,
    Resigned,
    Take,
    Taken,
    ToChild,
    WhichOrg,
    arrived,
)  # fmt: skip
from noctui.runtime.frames import FrameReader, Unpacker
from noctui.runtime.published import Published
from noctui.runtime.source import Source, SourceError
from noctui.runtime.term import Term
from noctui.settings import Settings

log = logging.getLogger("noctui.child")

LAST_SECONDS = 3.0
"""A process that has not ended in order so long after its screen was gone is ended."""

NICE = 5
"""Where processors are few the screen goes first: a sweep may take a little longer, a key may not."""

Request = WhichOrg | Take | AskAbove | AskDetail


class Child:
    """One connection, one `Term`."""

    def __init__(self) -> None:
        self._unpack = Unpacker[ToChild](ToChild)
        self._ended = asyncio.Event()
        self._running: dict[int, asyncio.Task[None]] = {}
        self._term: Term | None = None
        self._out: Outbox | None = None
        self._over: asyncio.Task[None] | None = None

    async def run(self, sock: socket.socket) -> None:
        """Until the other end closes, or SIGTERM."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            loop.add_signal_handler(number, self._ended.set)
        await loop.create_connection(
            lambda: FrameReader(self._connected, self._frame, self._ended.set, self._room), sock=sock
        )
        await self._ended.wait()
        for task in self._running.values():
            task.cancel()
        if self._over is not None:
            self._over.cancel()
        if self._term is not None:
            await self._term.rest(patient=False)

    def _connected(self, transport: asyncio.Transport) -> None:
        self._out = Outbox(transport)

    def _room(self, there_is: bool) -> None:
        if self._out is not None:
            self._out.room(there_is)

    def _frame(self, frame: bytearray) -> None:
        match self._unpack.unpack(frame):
            case Begin(settings):
                self._begin(settings)
            case Forget(id):
                if id in self._running:
                    self._running[id].cancel()
            case Reload(settings):
                child_log.level(settings.log_level)
                if self._term is not None:
                    self._term.reload(settings)
            case WhichOrg() | Take() | AskAbove() | AskDetail() as request:
                task = asyncio.create_task(self._answer(request))
                self._running[request.id] = task
                task.add_done_callback(lambda _: self._running.pop(request.id, None))

    def _begin(self, settings: Settings) -> None:
        assert self._out is not None
        child_log.use(child_log.Sent(self._out.log), settings.log_level)
        clock = SystemClock()

        def new_source() -> Source:
            from noctui.runtime.mist import mist_source

            return mist_source(settings, clock)

        days = float(settings.raw_days), float(settings.path_days)
        self._term = Term(
            new_source,
            settings.poll_seconds,
            clock,
            settings.thresholds,
            days,
            settings.inventory_file,
            settings.zone,
            settings.alarms,
            settings.roles,
            place_of(settings),
            settings.mails,
            arrived(settings.promises),
        )

    async def _answer(self, request: Request) -> None:
        assert self._out is not None
        try:
            answer = await self._found(request)
        except SourceError as error:
            answer = Failed(request.id, "source", error.text, error.retry_at, error.resting, error.final)
        except HistoryError as error:
            answer = Failed(request.id, "history", str(error))
        except OSError as error:
            answer = Failed(request.id, "os", str(error))
        except Exception as error:  # the boundary: who asked must not wait for ever
            log.exception("child.broke")
            answer = Failed(
                request.id, "broke", f"the collector broke ({type(error).__name__}); the log has the details"
            )
        self._out.say(answer)

    async def _resign(self) -> None:
        assert self._term is not None
        assert self._out is not None
        self._out.say(Resigned(await self._term.over()))

    def _publish(self, published: Published) -> None:
        assert self._out is not None
        self._out.publish(published)
        if published.view is not None:
            garbage.give_back_soon()

    async def _found(self, request: Request) -> FromChild:
        assert self._term is not None, "Begin comes first"
        assert self._out is not None
        match request:
            case WhichOrg(id):
                org = await self._term.org()
                return OrgIs(id, org.org_id, org.name)
            case Take(id, folder, org_id):
                ok = await self._term.lead(Path(folder), org_id, self._publish)
                if ok:
                    self._over = asyncio.create_task(self._resign(), name="resign")
                return Taken(id, ok)
            case AskAbove(id, hours, at):
                return AboveIs(id, await self._term.above(hours, at))
            case AskDetail(id, question):
                return DetailIs(id, await self._term.detail(question))


def _watch_over(sock: socket.socket) -> None:
    """End this process when the other end is gone and the loop has not seen to it."""
    gone = select.poll()
    gone.register(os.dup(sock.fileno()), 0)  # a hang-up is always told
    gone.poll()
    threading.Event().wait(LAST_SECONDS)
    os._exit(1)


def main() -> int:
    """Exit codes: 0 the screen is gone, or it was told to end; 1 it broke; 2 nobody that could be obeyed started it."""
    if not stat.S_ISSOCK(os.fstat(0).st_mode):
        print("noctui.runtime.child: the screen starts it; run noctui instead", file=sys.stderr)
        return 2
    sock = socket.socket(fileno=os.dup(0))
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    garbage.look_seldom()
    os.nice(NICE)
    threading.Thread(target=_watch_over, args=(sock,), name="watch over", daemon=True).start()
    asyncio.run(_run(sock))
    return 0


async def _run(sock: socket.socket) -> None:
    await Child().run(sock)
    sys.stderr.flush()
    os._exit(0)  # what still runs on threads reads alone: nothing is waited for


if __name__ == "__main__":
    raise SystemExit(main())
