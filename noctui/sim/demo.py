"""The demo: a simulated Mist cloud as a child process, its own data folder, and the days before, made beside it."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from types import TracebackType

from noctui.commands.arguments import DAYS
from noctui.mail_settings import MailboxSettings
from noctui.promise_settings import PromiseSettings
from noctui.resources import folder
from noctui.settings import Settings

POLL_SECONDS = 5.0
TOKENS = ("demo-token-one-a41f", "demo-token-two-09be", "demo-token-three-77c2")
SEED = 1


class Demo:
    """A simulated network to watch. The children end with this process, however it ends: they wait on a pipe of it."""

    def __init__(self, settings: Settings, sites: int, days: int = DAYS) -> None:
        given = Path(os.path.abspath(settings.data))
        data = given.parent / f"{given.name or 'noctui'}-demo"
        self.settings = replace(
            settings,
            tokens=TOKENS,
            org_id="",
            insecure_host=True,
            poll_seconds=POLL_SECONDS,
            data=data,
            log_file=settings.log_file,
            inventory_file=settings.inventory_file or folder("sample_data") / "inventory.csv",
            mails=replace(settings.mails, mailboxes=(MailboxSettings("demo", "folder", data / "mails", seconds=5.0),)),
        )
        self._sites = sites
        self._days = days
        self._children = ExitStack()
        self._url = ""

    def __enter__(self) -> Demo:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._children.close()

    def start_server(self) -> str:
        """Start the simulated cloud; its URL. The socket is bound here, so that it can be called before it is up."""
        if not self._url:
            with socket.create_server(("127.0.0.1", 0), backlog=128) as listening:
                self._url = f"http://127.0.0.1:{listening.getsockname()[1]}"
                self._spawn(
                    ["mist", "--fd", str(listening.fileno()), "--report-seconds", str(POLL_SECONDS), *self._world()]
                    + ["--mails", str(self.settings.data / "mails")]
                    + [word for token in TOKENS for word in ("--token", token)],
                    (listening.fileno(),),
                )
            self._say_where()
        return self._url

    def promises(self) -> PromiseSettings:
        """What the demo's carriers promise, unless the settings say it. Not before it is needed: it loads much."""
        if self.settings.promises.promises:
            return self.settings.promises
        import tomllib

        from noctui.promise_toml import read_promises

        tree = tomllib.loads((folder("sample_data") / "demo.toml").read_text(encoding="utf-8"))
        return read_promises(tree["promise"], tree["applies"])

    def start_bus(self) -> str:
        """Start a Valkey or Redis of the demo's own, for screens that follow it; its URL. It ends with this process.

        Raises ServerError, one line, where there is none. Call it from a thread that lasts.
        """
        from noctui.stores.bus.redis_leftovers import sweep
        from noctui.stores.bus.redis_server import Server

        sweep()
        server = self._children.enter_context(Server())
        with contextlib.suppress(OSError):
            (self.settings.data / "bus.url").write_text(f"{server.url}\n")
        return server.url

    def _say_where(self) -> None:
        """Leave the URL in the demo's folder: `POST {url}/sim/faults` makes the demo's cloud ill."""
        with contextlib.suppress(OSError):  # a full disk: then nobody is told
            self.settings.data.mkdir(parents=True, exist_ok=True)
            (self.settings.data / "sim.url").write_text(f"{self._url}\n")

    def fill_past(self, folder: Path) -> None:
        """Make the days before, at low priority, once the first poll has numbered the circuits."""
        if self._days:
            self._spawn(self._past(folder), ())

    def make_past(self, folder: Path) -> None:
        """The same, and wait until it lies in the inbox."""
        if self._days:
            self._spawn(self._past(folder), ()).wait()

    def _past(self, folder: Path) -> list[str]:
        return ["past", "--folder", str(folder), "--days", str(self._days), *self._world()]

    def _world(self) -> list[str]:
        """The world's arguments: those of the run that is on, so that whoever takes over goes on in the same world."""
        path = self.settings.data / "world.json"
        try:
            world = json.loads(path.read_text())
            if world["sites"] != self._sites or time.time() - world["anchor"] > 86_400:
                raise ValueError("another world")
        except (OSError, ValueError, KeyError, TypeError):
            world = {"seed": SEED, "sites": self._sites, "anchor": int(time.time())}
            with contextlib.suppress(OSError):  # a full disk: then the next run is another world
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(json.dumps(world))
        return [word for name in ("seed", "sites", "anchor") for word in (f"--{name}", str(world[name]))]

    def _spawn(self, words: list[str], fds: tuple[int, ...]) -> subprocess.Popen[bytes]:
        child = subprocess.Popen(
            [sys.executable, "-m", "noctui", "sim", *words, "--until-eof"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=fds,
            env={k: v for k, v in os.environ.items() if not k.startswith("NOCTUI_")},
            start_new_session=True,  # ctrl+c and a hang-up are the screen's; the pipe tells the child
        )
        threading.Thread(target=child.wait, daemon=True).start()  # one that is done must not stay as a zombie
        self._children.callback(_end, child)
        return child


def _end(child: subprocess.Popen[bytes]) -> None:
    if child.stdin is not None:
        child.stdin.close()
    try:
        child.wait(3)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
