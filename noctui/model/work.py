"""What the engine gives for one poll, as the history stores it, and what history gives back to warm an engine."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from noctui.model.alarms import Alarm, AuditEntry
from noctui.model.batch import Told
from noctui.model.edges import Edge, Failover, Note
from noctui.model.view import F8, U1, View


@dataclass(frozen=True, slots=True)
class PollRecord:
    """One poll: its View and what changed. Rows as in `view.inventory.circuits`.

    `raw_levels` is the level byte without hysteresis of this poll's samples, `valid` has bit m set when metric m had a
    value in a sample of this poll, bit 7 when the row was a sample at all: with these two the windows of
    `docs/values.md` 7 can be rebuilt from history exactly. `tick` as in `Poll`.
    """

    view: View
    tick: int
    raw_levels: U1
    valid: U1
    edges: tuple[Edge, ...] = ()
    failovers: tuple[Failover, ...] = ()
    notes: tuple[Note, ...] = ()
    rejected: int = 0  # rates above 110 % of the link speed
    told: Told = field(default_factory=Told)  # put in by the collector; the engine does not look at it
    alarms: tuple[Alarm, ...] = ()  # new versions, by the alarm book (`engine.alarms`)
    audit: tuple[AuditEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class Memory:
    """What history holds of the last 24 h, for an engine that goes on after a restart or a takeover.

    `view` is the newest stored View and `tick` its tick. Polls are oldest first, the last one is the View's; columns of
    `raw_levels` and `valid` stand as in `view.inventory.circuits` (a circuit that a poll did not have: 0, no sample).
    `edges` are in the order they were learned: each circuit's open edge in force 24 h ago, and all since.
    """

    view: View
    tick: int
    at: F8  # [polls]
    ticks: NDArray[np.int64]  # [polls] as each poll had it: in units of its own interval
    intervals: F8  # [polls] seconds
    raw_levels: U1  # [polls, circuits]
    valid: U1  # [polls, circuits]
    edges: tuple[Edge, ...] = ()
