"""Promises for panes: verdicts of a history, scored when somebody looks, kept while nothing changes."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass

from noctui.model.scores import ScoreBoard, ScoreLine
from noctui.promise_settings import PromiseSettings
from noctui.runtime.score_running import Growing, Marks, Running
from noctui.runtime.scoring import RUNNING, Scores, gather, month_of
from noctui.sla.versions import REOPEN

AGAIN, LEAST = 60.0, 50.0
"""Live, a board is made anew once it is as old (seconds), or as many times as old as making it took, if that is sooner:
it never takes more than a fiftieth of a processor."""
KEPT = 6
"""Boards of months and of past instants."""


@dataclass(frozen=True, slots=True)
class _Made:
    board: ScoreBoard | None
    at: float
    wait: float
    marks: Marks = (0, 0)
    closed: bool = False


class Boards:
    """Of one history and one set of promises; it works on the history's threads, on one of them at a time."""

    def __init__(self, history: Growing, settings: PromiseSettings) -> None:
        self._history, self._settings = history, settings
        self._running = Running(history, settings)
        self._guard, self._turn = threading.Lock(), asyncio.Lock()
        self._live: _Made | None = None
        self._made: OrderedDict[tuple[str, float | None], _Made] = OrderedDict()

    async def ask(self, at: float, live: bool, period: str = RUNNING) -> ScoreBoard | None:
        """As `board`; for `HistoryReader.scores_of`."""
        async with self._turn:
            return await asyncio.get_running_loop().run_in_executor(
                self._history.pool, self.board, at, live, period
            )  # fmt: skip

    def board(self, at: float, live: bool, period: str = RUNNING) -> ScoreBoard | None:
        """As known at `at`, of a `live` Scene at most a minute before. None: nothing was known then, or nothing is
        promised. Raises ValueError (no such month, or not yet), HistoryError."""
        if not self._settings.promises:
            return None
        if period != RUNNING:
            month_of(period)
        with self._guard:
            return self._live_board(at) if live and period == RUNNING else self._kept(at, live, period)

    def _live_board(self, at: float) -> ScoreBoard | None:
        had = self._live
        if had is not None and had.at <= at < had.at + had.wait:
            return had.board
        began = time.perf_counter()
        board = self._board(self._running.scored(at))
        wait = min(AGAIN, LEAST * (time.perf_counter() - began))
        self._live = _Made(board, at, wait)
        return board

    def _kept(self, at: float, live: bool, period: str) -> ScoreBoard | None:
        """What was known at a past instant does not change; a month of a live Scene does when something is learned, or
        by time while it is not closed."""
        key, marks = (period, None if live else at), self._history.marks()
        had = self._made.get(key)
        if had is not None and had.marks[0] <= marks[0]:
            self._made.move_to_end(key)
            if not live or had.at <= at < had.at + had.wait or (had.closed and had.marks == marks):
                return had.board
        began = time.perf_counter()
        found = gather(self._history, self._settings, at, None if period == RUNNING else month_of(period))
        scores = None
        if found is not None:
            made = tuple(found.scored(found.planned()))
            scores = Scores(found.now, found.period, found.inventory, made, found.faults)
        board = self._board(scores)
        wait = max(AGAIN, LEAST * (time.perf_counter() - began))
        self._made[key] = _Made(board, at, wait, marks, board is not None and _closed(board))
        while len(self._made) > KEPT:
            self._made.popitem(last=False)
        return board

    @staticmethod
    def _board(scores: Scores | None) -> ScoreBoard | None:
        if scores is None:
            return None
        lines = tuple(
            ScoreLine(
                verdict=s.verdict, carrier=s.of.service.carrier, circuits=s.of.service.circuits, site_ids=s.of.site_ids
            )
            for s in scores.scores
        )
        return ScoreBoard(at=scores.at, period=scores.period, lines=lines, faults=scores.faults)


def _closed(board: ScoreBoard) -> bool:
    """Time alone changes nothing of it any more."""
    return all(line.verdict.period.end + REOPEN < board.at for line in board.lines)
