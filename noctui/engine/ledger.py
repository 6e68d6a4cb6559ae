"""The painted timelines of all circuits, and flaps and availability of the last 24 h folded from them at every poll.

Most circuits have lasted in one state for longer than a day: for them two columns say all. A circuit that changed has a
`Line`; the stretches of all lines that ended within the day stand in flat arrays, so that a poll folds them in one go
and Python looks only at lines that changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from noctui.engine.state import NOTHING, Circuits
from noctui.engine.timeline import Line
from noctui.model.view import F4, F8, U2
from noctui.model.words import State

DAY = 86400.0
_STATES = len(State)
_UP, _DOWN, _DISABLED = int(State.UP), int(State.DOWN), int(State.DISABLED)
_SWEEP_EVERY = 256
"""Polls between looking for stretches that have left the day."""


class Ledger:
    """Edges in, figures out. Rows are those of the `Circuits` handed in."""

    def __init__(self) -> None:
        self._lines: dict[str, Line] = {}
        self._changed: set[str] = set()
        self._polls = 0
        self._clear()

    def _clear(self) -> None:
        self._rows: NDArray[np.intp] = np.zeros(0, np.intp)
        self._starts: F8 = np.zeros(0)
        self._ends: F8 = np.zeros(0)
        self._kinds: NDArray[np.intp] = np.zeros(0, np.intp)
        self._flaps: NDArray[np.bool_] = np.zeros(0, np.bool_)
        self._touched: NDArray[np.intp] | None = None  # rows of these, each once; `_place`: places there
        self._place: NDArray[np.intp] = np.zeros(0, np.intp)

    def open(self, state: Circuits, row: int, circuit_id: str, start: float, kind: State) -> None:
        """An edge without an end: from `start` on the circuit is in `kind`."""
        before = int(state.ledger[row])
        if before == NOTHING:
            state.painted[row] = start
        else:
            self._line(state, row, circuit_id).open(start, int(kind))
        state.ledger[row] = kind
        state.opened[row] = start

    def paint(self, state: Circuits, row: int, circuit_id: str, start: float, until: float, kind: State) -> None:
        """An edge with an end."""
        self._line(state, row, circuit_id).paint(start, until, int(kind))

    def hold(self, state: Circuits, row: int, circuit_id: str, start: float, until: float) -> None:
        """From `start` on may be painted again, `until` then."""
        self._line(state, row, circuit_id).hold(start, until)

    def lasting_since(self, state: Circuits, row: int, circuit_id: str) -> float:
        """When the unbroken stretch of the present state began, as of the latest edge."""
        line = self._lines.get(circuit_id)
        return float(state.painted[row]) if line is None else line.starts[-1]

    def _line(self, state: Circuits, row: int, circuit_id: str) -> Line:
        self._changed.add(circuit_id)
        line = self._lines.get(circuit_id)
        if line is None:
            line = self._lines[circuit_id] = Line(float(state.painted[row]), int(state.ledger[row]))
        return line

    def moved(self) -> None:
        """The rows have changed: lay all lines into the flat arrays anew at the next `settle`."""
        self._clear()
        self._changed.update(self._lines)

    def settle(self, state: Circuits, row_of: Mapping[str, int], at: float) -> None:
        """Bring the flat arrays in line with what was written since."""
        self._polls += 1
        low = at - DAY
        if self._changed:
            self._lay(state, row_of, self._changed, low)
            self._changed.clear()
        elif self._polls % _SWEEP_EVERY == 0 and len(self._ends):
            self._keep(self._ends > low)

    def _keep(self, kept: NDArray[np.bool_]) -> None:
        self._rows, self._starts, self._ends = self._rows[kept], self._starts[kept], self._ends[kept]
        self._kinds, self._flaps = self._kinds[kept], self._flaps[kept]
        self._touched = None

    def _lay(self, state: Circuits, row_of: Mapping[str, int], changed: Iterable[str], low: float) -> None:
        rows: list[int] = []
        starts: list[float] = []
        ends: list[float] = []
        kinds: list[int] = []
        flaps: list[bool] = []
        touched: list[int] = []
        lasting: list[float] = []
        lasting_flap: list[bool] = []
        for circuit_id in changed:
            row = row_of.get(circuit_id)
            if row is None:
                continue  # gone: its line waits for it
            line = self._lines[circuit_id]
            line.forget(low, low + DAY)
            flap = line.flaps()
            closed = len(line.starts) - 1
            touched.append(row)
            lasting.append(line.starts[-1])
            lasting_flap.append(flap[-1])
            rows.extend([row] * closed)
            starts.extend(line.starts[:-1])
            ends.extend(line.starts[1:])
            kinds.extend(line.states[:-1])
            flaps.extend(flap[:-1])
        state.painted[touched] = lasting
        state.painted_flap[touched] = lasting_flap
        if len(self._rows):
            stays = np.ones(len(state), np.bool_)
            stays[touched] = False
            self._keep(stays[self._rows] & (self._ends > low))
        if rows:
            self._touched = None
            self._rows = np.concatenate([self._rows, np.array(rows, np.intp)])
            self._starts = np.concatenate([self._starts, np.array(starts, np.float64)])
            self._ends = np.concatenate([self._ends, np.array(ends, np.float64)])
            self._kinds = np.concatenate([self._kinds, np.array(kinds, np.intp)])
            self._flaps = np.concatenate([self._flaps, np.array(flaps, np.bool_)])

    def figures(self, state: Circuits, at: float) -> tuple[U2, F4, F4]:
        """Flaps, availability and coverage (percent) over the 24 h that end at `at`."""
        count, low = len(state), at - DAY
        lasted = at - np.maximum(state.painted, low)
        up = lasted * (state.ledger == _UP)
        down = lasted * (state.ledger == _DOWN)
        off = lasted * (state.ledger == _DISABLED)
        flaps = (state.painted_flap & (state.painted > low)).astype(np.uint16)
        if len(self._rows):
            inside = np.maximum(self._ends - np.maximum(self._starts, low), 0.0)
            if self._touched is None:
                self._touched, self._place = np.unique(self._rows, return_inverse=True)
            touched = self._touched
            sums = np.bincount(self._place * _STATES + self._kinds, inside, len(touched) * _STATES)
            for total, kind in ((up, _UP), (down, _DOWN), (off, _DISABLED)):
                total[touched] += sums[kind::_STATES]
            flapped = self._rows[self._flaps & (self._starts > low)]
            if len(flapped):
                flaps = (flaps + np.bincount(flapped, minlength=count)).astype(np.uint16)
        known = up + down
        left = DAY - off
        available, covered = 100.0 * up / known, 100.0 * known / left
        available[~(known > 0)] = np.nan
        covered[~(left > 0)] = np.nan
        return flaps, available.astype(np.float32), covered.astype(np.float32)

    def adopt(self, circuit_id: str, line: Line) -> None:
        """Take over a timeline that was painted elsewhere (from history)."""
        self._lines[circuit_id] = line
        self._changed.add(circuit_id)
