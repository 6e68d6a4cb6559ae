"""One way to ask on drill-down: counted against its share, a few at a time, with one more try, within a deadline."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from noctui.clock import Clock
from noctui.model.detail import Answer as Reply
from noctui.model.detail import Ports
from noctui.sources.mist.detail_values import an_object
from noctui.sources.mist.endpoints import Session
from noctui.sources.mist.errors import MistError
from noctui.sources.mist.planner import Share
from noctui.sources.mist.retry import Deadline, retried
from noctui.sources.mist.session import Answer, Caller, MistSession

TRIES = 2
"""Fewer than a sweep has: somebody can press the key again."""
AT_A_TIME = 3
"""Sweeps use the same connections: drill-down never takes all of them."""

Call = Callable[[Session], Awaitable[Answer]]
PortsOf = Callable[[str, Deadline], Awaitable[Ports]]
"""Whoever enriches: a site's ports, asked for at once where they are not known, within the deadline."""


_PATH = re.compile(r"^[A-Z]+ /\S*: ")


class Work(Protocol):
    """One question being answered. `answer` gives what came so far; `errors` say what did not."""

    @property
    def errors(self) -> list[str]: ...

    @property
    def seconds(self) -> float:
        """How long a whole answer may be kept; 0: not at all."""
        ...

    async def run(self, asker: Asker) -> None:
        """Ask. Raises no MistError: what failed is in `errors`."""
        ...

    def answer(self, error: str = "") -> Reply: ...


class Asker:
    """Makes the calls of drill-down."""

    def __init__(self, session: MistSession, share: Share, clock: Clock, concurrency: int, seconds: float) -> None:
        """`concurrency` is the session's; `seconds` the time one question may take in all."""
        self._session = session
        self._share = share
        self._clock = clock
        self._seconds = seconds
        self._gate = asyncio.Semaphore(max(1, min(AT_A_TIME, concurrency - 1)))

    def deadline(self) -> Deadline:
        return Deadline(self._clock, self._seconds)

    async def object(self, call: Call, deadline: Deadline) -> dict[str, Any]:
        """The JSON object that `call` brings. Raises a MistError: ShareUsed before any call is made."""

        async def once() -> dict[str, Any]:
            counted = _Counted(self._session.caller(deadline), self._share)
            return an_object((await call(counted)).body)

        async with self._gate:
            return await retried(once, deadline, tries=TRIES)


def reason(error: MistError) -> str:
    """Why, without the path that was asked for: the pane says what it is about, and the path is in the log."""
    return _PATH.sub("", str(error), 1)


class _Counted:
    """A session whose calls are counted as drill-down's."""

    def __init__(self, caller: Caller, share: Share) -> None:
        self._caller = caller
        self._share = share

    async def mist_get(self, uri: str, query: Mapping[str, str] | None = None) -> Answer:
        self._share.take()
        try:
            return await self._caller.mist_get(uri, query)
        finally:
            self._share.count(self._caller.calls - 1)
