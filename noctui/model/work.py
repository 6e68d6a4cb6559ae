"""What the engine gives for one poll, as the history stores it."""

from __future__ import annotations

from dataclasses import dataclass

from noctui.model.edges import Edge, Failover, Note
from noctui.model.view import U1, View


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
