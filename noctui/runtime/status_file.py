"""The leader's word for those who follow by the folder: `status.json`, how the data comes in.

It holds while the folder is led in the epoch that wrote it: what an earlier leader left says nothing.
"""

from __future__ import annotations

import asyncio
import json
import logging
import math
import os
from pathlib import Path
from typing import Any

import msgspec

from noctui.model.scene import Status

log = logging.getLogger("noctui.status")

NAME = "status.json"
SECONDS = 1.0
"""It is written at most so often, unless a fault comes or goes."""


class StatusFile:
    """Writes what was told last, when it changed. On one loop."""

    def __init__(self, folder: Path, epoch: int) -> None:
        self._path = folder / NAME
        self._epoch = epoch
        self._told: Status | None = None
        self._waiting: asyncio.TimerHandle | None = None
        self._written = b""
        self._failed = False

    def tell(self, status: Status) -> None:
        changed = self._told is None or status.fault != self._told.fault
        self._told = status
        if changed and self._waiting is not None:  # a fault that comes or goes does not wait
            self._waiting.cancel()
            self._waiting = None
        if self._waiting is None:
            self._write()
            self._waiting = asyncio.get_running_loop().call_later(SECONDS, self._again)

    def stop(self) -> None:
        """No more."""
        if self._waiting is not None:
            self._waiting.cancel()
        self._told = None

    def _again(self) -> None:
        self._waiting = None
        if self._told is not None and self._line(self._told) != self._written:
            self.tell(self._told)

    def _line(self, status: Status) -> bytes:
        return msgspec.json.encode({"epoch": self._epoch, "pid": os.getpid(), "status": status})

    def _write(self) -> None:
        assert self._told is not None
        line = self._line(self._told)
        if line == self._written:
            return
        draft = self._path.with_suffix(".json.new")
        try:
            draft.write_bytes(line)
            draft.replace(self._path)
            self._written, self._failed = line, False
        except OSError as error:  # a full disk costs the followers this word, and the leader nothing
            if not self._failed:
                log.warning("status.unwritten", extra={"reason": error.strerror})
            self._failed = True


class LeaderStatus:
    """Reads what the leader of a folder says of itself."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        self._seen: tuple[int, int] = (0, 0)
        self._said: tuple[int, Status] | None = None

    def read(self, epoch: int) -> Status | None:
        """What the leader of this epoch said last; None when it has not said anything. A blocking call."""
        try:
            found = self._path.stat()
            seen = found.st_mtime_ns, found.st_ino
            if seen != self._seen:
                self._said, self._seen = _parsed(self._path.read_bytes()), seen
        except OSError:
            self._said, self._seen = None, (0, 0)
        return self._said[1] if self._said is not None and self._said[0] == epoch else None


MAYBE = ("bus", "sync")
"""Parts of Health that there may not be."""


def _parsed(text: bytes) -> tuple[int, Status] | None:
    """Epoch and status; None for what is no such file, or a newer noctui's."""
    try:
        told = json.loads(text)
        health = told["status"].get("health")
        if health is not None:
            there = {name: part for name, part in health.items() if part is not None or name not in MAYBE}
            told["status"]["health"] = _unknown(there)
        return int(told["epoch"]), msgspec.convert(told["status"], Status)
    except (ValueError, TypeError, KeyError, AttributeError, msgspec.ValidationError):
        return None


def _unknown(value: Any) -> Any:
    """JSON knows no NaN and says null: in Health that is an unknown number, but for parts that there may not be."""
    if value is None:
        return math.nan
    if isinstance(value, dict):
        return {k: _unknown(v) for k, v in value.items()}
    return [_unknown(v) for v in value] if isinstance(value, list) else value
