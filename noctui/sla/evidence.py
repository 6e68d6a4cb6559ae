"""What a promise is scored by, and what of it was known at an instant. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import ceil

from noctui.model.edges import Edge
from noctui.model.sla import Planned, Ticket


@dataclass(frozen=True, slots=True)
class Evidence:
    """Edges of a service's circuits from before the period on, planned work (all versions), tickets; in any order.

    `watched_until` is the time of the last poll there was: what came after nobody has seen. None: up to the instant
    that is asked from. `silences` are stretches (last poll before, first one after) in which nobody looked: asked from
    within one, what came after its begin nobody has seen.
    """

    edges: tuple[Edge, ...] = ()
    planned: tuple[Planned, ...] = ()
    tickets: tuple[Ticket, ...] = ()
    watched_until: int | None = None
    silences: tuple[tuple[int, int], ...] = ()

    def known(self, at: int) -> Evidence:
        """What had been learned by then."""
        seen = at if self.watched_until is None else min(at, self.watched_until)
        seen = min((start for start, end in self.silences if start < seen < end), default=seen)
        return Evidence(
            tuple(e for e in self.edges if e.known_at <= at),
            tuple(p for p in self.planned if p.known_at <= at),
            tuple(t for t in self.tickets if t.known_at <= at),
            seen,
            self.silences,
        )

    def learned(self, before: int) -> list[int]:
        """The instants at which something was learned that speaks of the time before `before`, each once, in order."""
        found = {ceil(e.known_at) for e in self.edges if e.event_time < before}
        found |= {p.known_at for p in self.planned} | {t.known_at for t in self.tickets if t.opened_at < before}
        return sorted(found)

    def edges_of(self, circuits: Iterable[str]) -> Mapping[str, list[Edge]]:
        found: dict[str, list[Edge]] = {circuit_id: [] for circuit_id in circuits}
        for edge in self.edges:
            if edge.circuit_id in found:
                found[edge.circuit_id].append(edge)
        return found
