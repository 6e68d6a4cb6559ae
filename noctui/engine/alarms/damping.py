"""Flap damping after RFC 2439: which circuits flap so much that their going down is no news any more.

Only notification is damped, never the ledger. Times are UTC epoch seconds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from noctui.engine.alarms.rules import Damping
from noctui.model.edges import Edge
from noctui.model.words import State

REMEMBERED = 7200.0
"""Seconds after its last down edge that a circuit that is not damped is remembered."""


@dataclass(slots=True)
class Penalty:
    """A circuit's penalty as of `at`, its latest down edge; `damped_at` since when it is damped, None: it is not."""

    value: float
    at: float
    damped_at: float | None = None


def decayed(value: float, seconds: float, half_life: float) -> float:
    """What is left of a penalty after so many seconds."""
    return float(value * 2.0 ** (-max(0.0, seconds) / half_life))


class Damper:
    """The penalties of all circuits that went down of late."""

    def __init__(self, rules: Damping) -> None:
        self.rules = rules
        self._penalties: dict[str, Penalty] = {}
        self.damped: dict[str, float] = {}  # circuit_id → since when

    def take(self, edges: Iterable[Edge]) -> None:
        """New edges of the ledger, in the order they were learned. What painted the past anew is no flap of now."""
        for edge in edges:
            if edge.state is State.DOWN and edge.until is None:
                self.fell(edge.circuit_id, edge.event_time)

    def fell(self, circuit_id: str, at: float) -> None:
        """One down edge. One that is learned late adds to the penalty as it stands."""
        rules, before = self.rules, self._penalties.get(circuit_id)
        if before is None:
            before = self._penalties[circuit_id] = Penalty(0.0, at)
        else:
            if before.damped_at is not None and self.value(circuit_id, at) < rules.reuse:
                before.damped_at = None  # it was free again before this edge
                self.damped.pop(circuit_id, None)
            before.value = decayed(before.value, at - before.at, rules.half_life)
            before.at = max(at, before.at)
        before.value = min(rules.ceiling, before.value + rules.penalty)
        if before.damped_at is None and before.value > rules.suppress:
            before.damped_at = before.at
        if before.damped_at is not None:
            self.damped[circuit_id] = before.damped_at

    def value(self, circuit_id: str, at: float) -> float:
        """The penalty now."""
        known = self._penalties.get(circuit_id)
        return 0.0 if known is None else decayed(known.value, at - known.at, self.rules.half_life)

    def settle(self, at: float) -> None:
        """Let go of those whose penalty has fallen below `reuse`, and forget what is long past."""
        rules = self.rules
        for circuit_id in [c for c in self.damped if self.value(c, at) < rules.reuse]:
            self._penalties[circuit_id].damped_at = None
            del self.damped[circuit_id]
        gone = [c for c, p in self._penalties.items() if p.damped_at is None and at - p.at > REMEMBERED]
        for circuit_id in gone:
            del self._penalties[circuit_id]

    def fell_at(self, circuit_id: str) -> float | None:
        """When it last went down; None: not of late."""
        known = self._penalties.get(circuit_id)
        return None if known is None else known.at
