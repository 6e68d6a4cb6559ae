"""Outages out of the ledger of edges, with the planned work they lie in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from math import ceil, inf

from noctui.model.edges import Edge
from noctui.model.notices import Impact
from noctui.model.words import State
from noctui.model.works import CUTS, Outage, Work
from noctui.sla.outages import CONFIRM_DOWN, cuts
from noctui.stores.history.timeline import line_of

MERGE_GAP = 60
"""Seconds of up between two downs that make them one outage."""
_HEARD = (State.UP, State.DISABLED)
Planned = tuple[int, int, str]


def outages_of(
    edges: Iterable[Edge], works: Sequence[Work], start: float, end: float, now: float, limit: int
) -> tuple[Outage, ...]:
    """Those that touch [start, end], newest first. `edges` in the order they were learned; `now` ends what goes on."""
    of: dict[str, list[Edge]] = defaultdict(list)
    for edge in edges:
        of[edge.circuit_id].append(edge)
    planned = _planned(works)
    found: list[Outage] = []
    for circuit_id, mine in of.items():
        if any(edge.state == State.DOWN for edge in mine):
            found += _of_circuit(circuit_id, mine, planned.get(circuit_id, ()), start, end, now)
    found.sort(key=lambda o: (-o.began, o.circuit_id))
    return tuple(found[: max(0, limit)])


def _of_circuit(
    circuit_id: str, edges: Sequence[Edge], planned: Sequence[Planned], start: float, end: float, now: float
) -> Iterable[Outage]:
    """What is silent after it was down is down still, until it is heard of."""
    line = line_of(edges)
    ends = [*line.starts[1:], now]
    down = tuple(
        (ceil(began), ceil(ended))
        for began, ended, state in zip(line.starts, ends, line.states, strict=True)
        if state == State.DOWN and ended > began
    )
    heard = max((began for began, state in zip(line.starts, line.states, strict=True) if state in _HEARD), default=-inf)
    for cut in cuts(down, MERGE_GAP):
        open_ = heard < cut.parts[-1][0]
        ended = max(cut.ended, ceil(now)) if open_ else cut.ended
        if cut.began > end or ended < start:
            continue
        yield Outage(
            circuit_id=circuit_id,
            began=cut.began,
            ended=None if open_ else cut.ended,
            confirmed=cut.down >= CONFIRM_DOWN,
            works=tuple(dict.fromkeys(name for s, e, name in planned if s < ended and e > cut.began)),
        )


def _planned(works: Sequence[Work]) -> dict[str, list[Planned]]:
    """Windows that may take a circuit, of sure works; backups are none."""
    found: dict[str, list[Planned]] = defaultdict(list)
    for work in works:
        for circuit_id in work.circuit_ids if work.sure else ():
            found[circuit_id] += (
                (start, end, work.name)
                for start, end, backup, impact in work.windows_of(circuit_id)
                if not backup and Impact(impact) in CUTS
            )
    return found
