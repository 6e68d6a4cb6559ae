"""What a command without a screen says: words and one rewritten line on a terminal, else a JSON object a line.

An event is told under the name that it has in the log, and stands there too. Standard output gets events alone; errors
go to standard error, a clear line each.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import sys
import threading
import time
from typing import IO, Any

from noctui.logs import JsonLine, redacted
from noctui.runtime.headless import Step

log = logging.getLogger("noctui.headless")

STEP_SECONDS = 10.0
"""Where nobody watches, how far it is is told so often."""
REWRITE_SECONDS = 0.1
"""A terminal's line is rewritten at most so often."""


class Telling:
    """One command's voice. Output that nobody reads any more (a closed pipe) is left out, and the work goes on."""

    def __init__(
        self, command: str, as_json: bool = False, steps: bool = True, out: IO[str] | None = None,
        errors: IO[str] | None = None,
    ) -> None:  # fmt: skip
        """`as_json`: objects on a terminal, too; `steps`: say how far it is where objects are told."""
        self._command = command
        self._out = sys.stdout if out is None else out
        self._errors = sys.stderr if errors is None else errors
        watched = self._out is not None and self._out.isatty()
        self.as_json = as_json or not watched
        self._rewrites = watched and not as_json and os.environ.get("TERM", "dumb") != "dumb"
        self._steps = steps
        self._line = 0  # signs of the rewritten line that stands there
        self._next_step = time.monotonic() + (0.0 if self._rewrites else STEP_SECONDS)
        self._phase = ""
        self._speaking = 0

    def event(self, name: str, text: str, /, level: int = logging.INFO, **fields: Any) -> None:
        """Something happened: `text` (a line or some) for a person, name and fields for a program."""
        record = log.makeRecord(log.name, level, "", 0, name, (), None, extra=fields)
        self._speaking = threading.get_ident()
        try:
            if log.isEnabledFor(level):
                log.handle(record)
        finally:
            self._speaking = 0
        self._put(as_object(record) if self.as_json else text)

    def step(self, step: Step) -> None:
        """How far it is."""
        now = time.monotonic()
        if self._rewrites:
            if step.phase == self._phase and now < self._next_step:
                return
            self._next_step = now + REWRITE_SECONDS
            self._rewrite(step.text)
        elif self.as_json and self._steps and now >= self._next_step:
            self._next_step = now + STEP_SECONDS
            fields = {"phase": step.phase, "text": step.text, "done": step.done, "total": step.total}
            record = log.makeRecord(
                log.name, logging.INFO, "", 0, f"{self._command}.progress", (), None, extra=fields
            )  # fmt: skip
            self._put(as_object(record))
        self._phase = step.phase

    def warn(self, text: str) -> None:
        """A line on standard error."""
        self._rewrite("")
        self._write(self._errors, f"noctui: {_plain(redacted(text))}\n")

    def record(self, record: logging.LogRecord) -> None:
        """A record of the log, told as well (`Passing`)."""
        if threading.get_ident() != self._speaking:
            self._put(as_object(record) if self.as_json else _in_words(record))

    def close(self) -> None:
        """Nothing follows."""
        self._rewrite("")

    def _put(self, line: str) -> None:
        self._rewrite("")
        self._write(self._out, "".join(f"{_plain(part)}\n" for part in line.split("\n")))

    def _rewrite(self, text: str) -> None:
        if not self._rewrites or not (text or self._line):
            return
        width = shutil.get_terminal_size().columns - 1
        line = _plain(redacted(text)).encode("ascii", "replace").decode()[: max(0, width)]
        blank = " " * max(0, self._line - len(line))
        self._write(self._out, f"\r{line}{blank}" + ("" if text else "\r"))
        self._line = len(line)

    def _write(self, stream: IO[str] | None, text: str) -> None:
        if stream is None:
            return
        try:
            try:
                stream.write(text)
            except UnicodeEncodeError:  # a terminal that has no … has ASCII
                stream.write(text.encode("ascii", "replace").decode())
            stream.flush()
        except (OSError, ValueError):  # nobody reads any more; what is left in the buffer must not be tried again
            if stream is self._out:
                self._out = None
            else:
                self._errors = None
            _point_at_nothing(stream)


class Passing(logging.Handler):
    """Tells the records of the log, too."""

    def __init__(self, telling: Telling) -> None:
        super().__init__()
        self._telling = telling

    def emit(self, record: logging.LogRecord) -> None:
        self._telling.record(record)


class Damaged(logging.Handler):
    """Says it when a damaged history is set aside: what is in it is out of sight, and not everybody reads the log."""

    def __init__(self, telling: Telling) -> None:
        super().__init__(logging.ERROR)
        self._telling = telling
        self.seen = False

    def emit(self, record: logging.LogRecord) -> None:
        if record.getMessage() == "history.set_aside":
            self.seen = True
            aside = record.__dict__.get("file", "")
            self._telling.warn(f"the history was damaged: it is kept as {aside}, and a new one was begun")


def as_object(record: logging.LogRecord) -> str:
    """The record as one line of ASCII: `event` and `at` first, then what was said with it; without secrets."""
    fields = json.loads(JsonLine().format(record))
    level, logger = fields.pop("level"), fields.pop("logger")
    told = {"event": fields.pop("event"), "at": fields.pop("ts"), **fields}
    if record.levelno != logging.INFO:
        told["level"] = level
    if logger != log.name:
        told["logger"] = logger
    return json.dumps(told)


def _in_words(record: logging.LogRecord) -> str:
    fields = json.loads(as_object(record))
    name, at = fields.pop("event"), fields.pop("at")
    return " ".join([at[11:19], name, *(f"{k}={v}" for k, v in fields.items())])


def _plain(text: str) -> str:
    return "".join(c if c.isprintable() else "·" for c in text)


def _point_at_nothing(stream: IO[str]) -> None:
    """What Python flushes at its end goes nowhere."""
    try:
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, stream.fileno())
        os.close(nothing)
    except (OSError, ValueError):
        return
