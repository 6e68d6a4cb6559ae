"""A command without a screen as a process: what it said, what it wrote, how it ended."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from noctui.sim.mist.server import MistServer
from noctui.stores.history.schema import meta, schema_of
from tests.walk.walk import TOKEN
from tests.whole import forked
from tests.whole.terminal import ROOT

PATIENCE = 30.0
"""Real seconds after which a test gives up."""


@dataclass(frozen=True)
class Ended:
    """`told` are the objects of standard output."""

    code: int
    told: list[dict[str, Any]]
    errors: str

    def last(self, event: str) -> dict[str, Any]:
        """The newest of that name."""
        return [line for line in self.told if line["event"] == event][-1]


class Host:
    """A machine: a home, a data folder, and noctui on it."""

    def __init__(self, home: Path, server: MistServer | None = None, poll_seconds: float = 1.0) -> None:
        self.home, self.data = home, home / "data"
        self.env = {k: v for k, v in os.environ.items() if not k.startswith(("NOCTUI_", "MIST_", "XDG_"))}
        self.env |= {"HOME": str(home), "PYTHONPATH": str(ROOT), "NOCTUI_DATA": str(self.data)}
        self.env |= {"NOCTUI_POLL_SECONDS": str(poll_seconds), "NOCTUI_ENRICH": "false"}
        if server is not None:
            self.env |= {"MIST_API_TOKEN": TOKEN, "MIST_HOST": server.url, "NOCTUI_INSECURE_HOST": "true"}

    def start(self, *words: str, env: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "noctui", *words], env=self.env | dict(env or {}), cwd=self.home, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def run(self, *words: str, env: Mapping[str, str] | None = None) -> Ended:
        """Until it ends, without importing everything again; `ended(start(...))` is a whole new process."""
        code, out, errors = forked.run(words, self.env | dict(env or {}), self.home, PATIENCE)
        return _told(code, out, errors)

    @property
    def folder(self) -> Path:
        """The org's, with a history."""
        (found,) = self.data.glob("*/history.db")
        return found.parent

    def polls(self) -> list[tuple[int, float]]:
        """What the history holds: (seq, at), oldest first."""
        found = list(self.data.glob("*/history.db"))
        if not found:
            return []
        with closing(sqlite3.connect(found[0])) as db:
            if not schema_of(db):  # the file is there, its tables are not yet
                return []
            return [(int(seq), float(at)) for seq, at in db.execute("SELECT seq, at FROM polls ORDER BY at")]

    def closed_in_order(self) -> bool:
        with closing(sqlite3.connect(self.folder / "history.db")) as db:
            return meta(db, "clean") == 1

    def written(self) -> dict[Path, bytes]:
        """All files but the empty ones that any reader of SQLite makes beside a history."""
        found = [p for p in self.home.rglob("*") if p.is_file() and not p.name.endswith(("-shm", "-wal"))]
        return {path: path.read_bytes() for path in found}

    def log(self) -> str:
        return "".join(file.read_text() for file in self.data.rglob("noctui.log"))


def ended(process: subprocess.Popen[str], patience: float = PATIENCE) -> Ended:
    """Wait for its end. Every line of its standard output has to be an object that says what and when."""
    out, errors = process.communicate(timeout=patience)
    return _told(process.returncode, out, errors)


def _told(code: int, out: str, errors: str) -> Ended:
    told = [json.loads(line) for line in out.splitlines()]
    assert all(list(line)[:2] == ["event", "at"] for line in told), out
    assert "Traceback" not in errors, errors
    return Ended(code, told, errors)


def stop(process: subprocess.Popen[str], number: int = signal.SIGTERM) -> Ended:
    process.send_signal(number)
    return ended(process)


def until(holds: Callable[[], bool]) -> None:
    """Wait for what another process brings about."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.05)
