"""How an incident went: how many of its members were open in each stretch of its time, as a small picture."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from noctui.model.alarms import Alarm
from noctui.tui.look.numbers import clock, count
from noctui.tui.look.signs import Signs
from noctui.tui.runs import Line


def open_in(members: Sequence[Alarm], start: float, end: float, slots: int) -> NDArray[np.int64]:
    """[slots] the most members that were open at once in each stretch of [start, end]."""
    edges = np.linspace(start, max(end, start + 1.0), slots + 1)
    opened = np.sort([a.opened for a in members])
    cleared = np.sort([a.cleared for a in members if a.cleared is not None])
    began = np.searchsorted(opened, edges[1:], side="right")
    ended = np.searchsorted(cleared, edges[:-1], side="right")
    return np.asarray(began - ended, np.int64)


def course_line(members: Sequence[Alarm], start: float, end: float, wide: int, signs: Signs) -> Line:
    """`02:51 ▂▅▇▇▇▇▆▅  03:14  at most 36 open`; full is the most that were open at once."""
    if not members:
        return ()
    first, last = clock(start, seconds=False), clock(end, seconds=False)
    cells = max(min(wide - len(first) - len(last) - 22, 60), 8)
    counts = open_in(members, start, end, cells)
    most = int(counts.max())
    steps = len(signs.trend)
    drawn = "".join(signs.trend[min(max(-(-int(n) * steps // max(most, 1)) - 1, 0), steps - 1)] for n in counts)
    return (
        (f"{first} ", "dim"), (drawn, "graph"), (f" {last}", "dim"),
        (f"  at most {count(most)} open", "text"),
    )  # fmt: skip
