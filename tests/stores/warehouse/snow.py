"""A Snowflake of our own for tests: fakesnow behind HTTP, in a process of its own, and how to reach it.

`FAKESNOW_PYTHON` names another Python to run it with, where this one has a connector of the 5.x line.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest

OTHER = os.environ.get("FAKESNOW_PYTHON", "")
_HERE = all(importlib.util.find_spec(name) for name in ("snowflake.connector", *(() if OTHER else ("fakesnow",)))) \
    if importlib.util.find_spec("snowflake") else False  # fmt: skip
needs_snowflake = pytest.mark.skipif(not _HERE, reason="no Snowflake here: pip install 'noctui[dev]'")


class Snow:
    """A running server. `folder` holds its databases: a server that is begun again has them still."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = 0
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Begin it; at the port it had, when it had one."""
        script = Path(__file__).with_name("fake_server.py")
        words = [OTHER or sys.executable, str(script), str(self.port), str(self.folder), "--with-parent"]
        own = {k: v for k, v in os.environ.items() if "PROXY" not in k.upper() and k != "PYTHONPATH"}
        env = own | {"TMPDIR": str(self.folder)}
        self._process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env)
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line.strip().isdigit(), "the server did not begin"
        self.port = int(line)

    def stop(self, kill: bool = False) -> None:
        if self._process is not None:
            self._process.kill() if kill else self._process.terminate()
            self._process.wait(10)
            for pipe in (self._process.stdin, self._process.stdout):
                assert pipe is not None
                pipe.close()
            self._process = None

    def spoil(self, match: str, **plan: Any) -> None:
        """See fake_server: `times`, `status`, `code`, `message`, `slow`, `after`."""
        self._ask("__plan", {"match": match, **plan})

    def well(self) -> None:
        """Forget what was to be spoilt, and what was said."""
        self._ask("__clear", {})

    def said(self) -> list[str]:
        """Every SQL text that came, and LOGIN and PUT, oldest first."""
        return [str(text) for text in self._ask("__said") if text]

    def keywords(self, database: str = "", schema: str = "RETAIL_WAN") -> dict[str, Any]:
        """What makes the real connector talk to this server."""
        return {
            "host": "127.0.0.1", "port": self.port, "protocol": "http", "account": "fakesnow", "user": "noctui",
            "password": "any", "database": database, "schema": schema, "login_timeout": 5, **_timeouts(),
            "session_parameters": {"CLIENT_OUT_OF_BAND_TELEMETRY_ENABLED": False},
        }  # fmt: skip

    def _ask(self, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/{path}", data)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=10) as answer:
            return json.load(answer)


def _timeouts() -> dict[str, Any]:
    """The two lines of the connector call them otherwise."""
    import snowflake.connector

    if snowflake.connector.__version__ >= "5":
        return {"query_timeout": 5, "request_timeout": 5, "enable_server_session_keep_alive_auto_detection": False}
    return {"network_timeout": 5}
