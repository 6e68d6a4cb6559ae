"""The table that is measured, in a process of its own: `python -m bench.table_app noctui|datatable CIRCUITS`.

It obeys the JSON lines of `bench.terminal`: how many rows change every 2 s, and how long taking a poll in takes.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from bench.made import changed, lived_in, network, records
from noctui.clock import SystemClock
from noctui.model.alarms import Act
from noctui.model.orgs import OrgLine
from noctui.model.scene import Can, Changed, Scene, Status
from noctui.model.view import View
from noctui.sim.world import DEFAULT_ANCHOR

PERIOD = 2.0
"""Seconds between polls."""


class Rows(Protocol):
    """What both programs do."""

    def show(self, view: View, rows: Any) -> None:
        """Take a poll in as the program does it: painted when its loop comes to it."""
        ...

    def apply(self, view: View, rows: Any) -> None:
        """Take a poll in and sort, now."""
        ...

    def sort(self, column: str) -> None:
        """Sort by `rx` (biggest first) or `name` from now on."""
        ...


class Feed:
    """Polls of a network of which a share of the rows changes."""

    def __init__(self, circuits: int) -> None:
        world, inventory = network(circuits, DEFAULT_ANCHOR)
        self.rng = np.random.default_rng(7)
        *_, last = records(world, inventory, DEFAULT_ANCHOR, 3)
        self.view = lived_in(last.view, self.rng)
        self.share = 0.0

    def next(self, share: float) -> Any:
        self.view, rows = changed(self.view, self.rng, share, self.view.at + PERIOD)
        return rows


class Obey:
    """Reads the control socket on the program's loop."""

    def __init__(self, feed: Feed, program: Rows, later: Callable[[Callable[[], None]], object]) -> None:
        self._feed, self._program, self._later = feed, program, later
        self.socket = socket.socket(fileno=int(os.environ["BENCH_CONTROL"]))
        self._lines = self.socket.makefile("rw", encoding="utf-8")

    def read(self) -> None:
        told = json.loads(self._lines.readline())
        self._later(lambda: self._do(**told))

    def tick(self) -> None:
        """Every PERIOD."""
        if self._feed.share:
            rows = self._feed.next(self._feed.share)
            self._program.show(self._feed.view, rows)

    def _do(self, what: str, share: float = 0.0, times: int = 1, column: str = "") -> None:
        answer: Any = None
        if what == "share":
            self._feed.share = share
        elif what == "apply":
            answer = []
            for _ in range(times):
                rows = self._feed.next(share)
                began = time.perf_counter()
                self._program.apply(self._feed.view, rows)
                answer.append(1000 * (time.perf_counter() - began))
        elif what == "sort":
            self._program.sort(column)
        elif what == "show":
            rows = self._feed.next(share)
            self._program.show(self._feed.view, rows)
        self._lines.write(json.dumps(answer) + "\n")
        self._lines.flush()


class Clock(SystemClock):
    """The machine's clock, with a stride: the table holds its order for some seconds after a key."""

    ahead = 0.0

    def monotonic(self) -> float:
        return super().monotonic() + self.ahead


class Still:
    """Scenes that hold one View until they are given the next, over a history in which nothing is kept."""

    def __init__(self, view: View) -> None:
        from noctui.stores.history import open_reader

        self.view = view
        self._history = open_reader(Path("no-history"))
        self._changed: list[Changed] = []

    def live(self) -> Scene | None:
        from noctui.runtime.scenes import SceneAt

        return SceneAt(self.view, self._history.reader(self.view.at), Can(), self.status, True)

    def status(self) -> Status:
        return Status(poll_seconds=1e9, api_limit=5000, api_used=900)

    async def past(self, at: float, corrected: bool = False) -> Scene | None:
        return None

    async def step(self, at: float, direction: int, corrected: bool = False) -> float | None:
        return None

    async def orgs(self) -> tuple[OrgLine, ...]:
        return ()

    async def choose(self, org_id: str) -> str:
        return "There is one org alone."

    async def act(self, act: Act) -> str:
        return "nobody collects here"

    def subscribe(self, changed: Changed) -> None:
        self._changed.append(changed)

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    def give(self, view: View) -> None:
        self.view = view
        for told in self._changed:
            told()


def run_noctui(feed: Feed) -> None:
    """The app itself; the table of all circuits is key 3."""
    import asyncio

    from noctui.tui.app import NoctuiApp, Options
    from noctui.tui.panes.circuit_rows import CircuitRows
    from noctui.tui.screens.tabled import TabledBoard
    from noctui.tui.widgets.live_table import LiveTable

    scenes, clock = Still(feed.view), Clock()

    class Program(NoctuiApp):
        async def on_mount(self) -> None:  # beside the app's own, which Textual calls by itself
            obey = Obey(feed, self, self.call_later)
            asyncio.get_running_loop().add_reader(obey.socket, obey.read)
            self.set_interval(PERIOD, obey.tick)

        def show(self, view: View, rows: Any) -> None:
            scenes.give(view)

        def apply(self, view: View, rows: Any) -> None:
            clock.ahead += 10.0
            self._table.show(CircuitRows(view, self.look.signs), None)

        def sort(self, column: str) -> None:
            self._table.sort_by(column, column == "rx")

        @property
        def _table(self) -> LiveTable:
            board = self.board
            assert isinstance(board, TabledBoard)
            return board.main.table

    Program(scenes, clock, Options(exports=Path())).run()


def main() -> None:
    kind, circuits = sys.argv[1], int(sys.argv[2])
    feed = Feed(circuits)
    if kind == "noctui":
        run_noctui(feed)
    else:
        from bench.table_peer import run_datatable

        run_datatable(feed)


if __name__ == "__main__":
    main()
