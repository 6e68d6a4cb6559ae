"""The collector's log goes through the screen's process: one process alone writes the file and turns it over."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable

from noctui.runtime.child_words import LogRecord

_PLAIN = set(logging.LogRecord("", 0, "", 0, "", (), None).__dict__) | {"message", "asctime", "taskName"}


class Sent(logging.Handler):
    """Hands records to `send`, on the loop, from whatever thread they come."""

    def __init__(self, send: Callable[[LogRecord], None]) -> None:
        super().__init__()
        self._send = send
        self._loop = asyncio.get_running_loop()

    def emit(self, record: logging.LogRecord) -> None:
        extra = {k: v for k, v in record.__dict__.items() if k not in _PLAIN}
        if record.exc_info:
            extra["error"] = (self.formatter or logging.Formatter()).formatException(record.exc_info)
        try:
            event, fields = record.getMessage(), json.dumps(extra, default=str)
        except (TypeError, ValueError):  # a record that cannot be said is said without its parts
            event, fields = str(record.msg), "{}"
        told = LogRecord(record.name, record.levelno, record.created, event, fields)
        try:
            here = asyncio.get_running_loop() is self._loop
        except RuntimeError:
            here = False
        if here:
            self._send(told)
        elif not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._send, told)


def level(name: str) -> None:
    """How much is logged, from now on."""
    logging.getLogger("noctui").setLevel(name)


def use(handler: logging.Handler, name: str) -> None:
    """All logs of noctui to `handler`, and the warnings of what it stands on."""
    ours, others = logging.getLogger("noctui"), logging.getLogger()
    ours.handlers[:] = others.handlers[:] = [handler]
    ours.propagate = False
    level(name)
    others.setLevel("WARNING")
    logging.captureWarnings(True)


def write(told: LogRecord) -> None:
    """Into this process's log, as if it had been said here."""
    fields = json.loads(told.extra)
    record = logging.makeLogRecord(
        {
            **fields,
            "name": told.logger,
            "levelno": told.level,
            "levelname": logging.getLevelName(told.level),
            "msg": told.event,
            "args": (),
            "created": told.created,
            "msecs": (told.created - int(told.created)) * 1000,
        }
    )
    logging.getLogger(told.logger).handle(record)
