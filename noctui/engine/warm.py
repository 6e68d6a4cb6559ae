"""Going on after a restart from what history holds (`Memory`), as if the engine had not stopped.

What history does not hold is unknown until the next samples bring it: the counters of the last samples (the first
counter delta is unknown), port events that were kept for a gap still open or that changed nothing, the boots in gaps
that closed within the last hour but for each gateway's latest one, the `active` and `last_flapped` of a circuit that
was lost at the time, the up or down before an unknown that began more than 24 h ago, since when a MOS, a rate without a
bandwidth or one rate alone is missing, a failover of a site that nothing carries now when its circuits have come, gone
or changed roles since, and the trend and levels of circuits that are gone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from noctui.engine import trend
from noctui.engine.book import Book
from noctui.engine.changes import LOST, Changes
from noctui.engine.devices import of_circuits
from noctui.engine.ledger import Ledger
from noctui.engine.levels import severities, unpacked
from noctui.engine.rates import TOO_FAST
from noctui.engine.refold import LATE, Gap
from noctui.engine.state import LEVELLED, RX_PCT, TX_PCT, Circuits, blank
from noctui.engine.timeline import Line
from noctui.engine.windows import LONGEST, Ring, moved_tick
from noctui.model.edges import Edge
from noctui.model.view import F8, U1, View
from noctui.model.words import Severity, State
from noctui.model.work import Memory

_SAMPLE = 128


def warm_circuits(book: Book, memory: Memory) -> None:
    """Fill the rows of a book that already follows the View's inventory."""
    view, known = memory.view, book.known
    table = view.circuits
    lost = (table.state == State.UNKNOWN) | (table.state == State.AWAY)
    last, last_at, tick = _last_polls(memory, (memory.valid & _SAMPLE) != 0)
    known.observed = observed_at(view.at, table.age)
    known.sampled = np.where(last >= 0, last_at, np.where(np.isnan(known.observed), np.nan, view.at))
    known.sample_tick = tick
    known.line = np.where(table.state == State.AWAY, np.uint8(State.UNKNOWN), table.state)
    known.carries = table.active.copy()
    known.prev = np.where(lost, known.sampled, view.at)
    known.shown = np.stack(
        [
            table.rx_bps, table.tx_bps, table.rx_pct, table.tx_pct, table.mos,
            np.fmax(table.rx_pct, table.tx_pct), table.loss, table.jitter, table.latency,
        ]
    )  # fmt: skip
    pct = known.shown[RX_PCT : TX_PCT + 1]
    known.over = (pct > TOO_FAST) | (table.suspect & (pct == TOO_FAST))
    _missing(known, memory, last)
    known.source = table.quality.copy()
    known.levels = unpacked(table.levels)
    known.no_path = table.no_path.copy()
    known.severity = table.severity.copy()
    judged = severities(table.state, known.levels, known.no_path)
    known.unheld = np.where(table.severity == Severity.MAINTENANCE, judged, table.severity)
    known.since, known.active = table.since.copy(), table.active.copy()
    known.active_since = table.active_since.copy()
    known.trend = table.trend + np.uint8(1)
    known.bad_quarters = table.bad_quarters.copy()
    known.ledger = table.state.copy()
    known.opened, known.painted = table.since.copy(), table.since.copy()
    known.settled = np.where(lost, known.settled, table.state)
    known.hushed = np.full(len(known), view.silent)
    book.quarter = trend.quarter_of(view.at)


def _missing(known: Circuits, memory: Memory, last: NDArray[np.intp]) -> None:
    """What is shown though the last sample had none, as far as the validity bits tell."""
    bits = memory.valid & 15
    each = [_last_polls(memory, ((bits >> metric) & 1) != 0)[:2] for metric in range(4)]
    some = _last_polls(memory, bits != 0)[:2]
    # A rate is missing with the utilisation it makes; without a bandwidth, and a MOS, when the sample had nothing.
    told = {RX_PCT: each[0], TX_PCT: each[0], 4: some, **{LEVELLED.start + n: one for n, one in enumerate(each)}}
    for row in range(len(known.shown)):
        if row < RX_PCT:
            makes = ~np.isnan(known.shown[row + RX_PCT])
            had, had_at = (np.where(makes, one, other) for one, other in zip(each[0], some, strict=True))
        else:
            had, had_at = told[row]
        known.missing[row] = (had >= 0) & (had < last) & ~np.isnan(known.shown[row])
        known.had[row] = had_at


def observed_at(at: float, age: NDArray[np.float32]) -> F8:
    """From a View's age, which is rounded: never earlier than it was, or a repeated row would look like news."""
    observed: F8 = at - age.astype(np.float64)
    slack = np.spacing(age).astype(np.float64)
    tidy = np.round(observed, 3)
    return np.where(np.abs(tidy - observed) <= slack, tidy, np.minimum(observed + slack, at))


def _last_polls(memory: Memory, had: NDArray[np.bool_]) -> tuple[NDArray[np.intp], F8, NDArray[np.int64]]:
    """Per circuit the newest poll in which `had` is set (-1: none), its `at`, and its tick on the View's clock."""
    count = len(memory.at)
    if not count:
        nothing = np.full(had.shape[1], -1, np.intp)
        return nothing, np.full(had.shape[1], np.nan), nothing.astype(np.int64)
    last = count - 1 - had[::-1].argmax(axis=0)
    last = np.where(had.any(axis=0), last, -1)
    grains = zip(memory.ticks.tolist(), memory.intervals.tolist(), strict=True)
    ticks = np.array([moved_tick(tick, interval, memory.view.interval) for tick, interval in grains])
    return last, np.where(last >= 0, memory.at[last], np.nan), np.where(last >= 0, ticks[last], -1)


def warm_ring(memory: Memory) -> Ring:
    """The ring at the View's interval; polls of another grain stand for the ticks of their own intervals."""
    interval = memory.view.interval
    ring = Ring(len(memory.view.circuits), interval)
    last = np.full(len(memory.view.circuits), -1, np.int64)
    for n, (own_tick, own) in enumerate(zip(memory.ticks.tolist(), memory.intervals.tolist(), strict=True)):
        tick = moved_tick(own_tick, own, interval)
        if tick < ring.tick:
            continue  # a clock that was set back
        ring.advance(tick)
        stands = max(1, round(own / interval))
        fresh = (memory.valid[n] & _SAMPLE) != 0
        valid: U1 = memory.valid[n] & np.uint8(15)
        ring.put(memory.raw_levels[n], valid, last, stands, LONGEST * stands)
        last = np.where(fresh, tick, last)
    return ring


def warm_ledger(book: Book, ledger: Ledger, changes: Changes, memory: Memory) -> None:
    """Paint the timelines from the edges; park the circuits that only they know."""
    view = memory.view
    boots = of_circuits(
        observed_at(view.at, view.gateways.age) - view.gateways.uptime, view.inventory.circuit_gateway
    ).tolist()
    by_circuit: dict[str, list[Edge]] = {}
    for edge in memory.edges:
        by_circuit.setdefault(edge.circuit_id, []).append(edge)
    row_of = view.inventory.circuit_row
    gone = tuple(i for i in by_circuit if i not in row_of)
    book.parked_ids, book.parked = gone, _parked(len(gone))
    for circuit_id, edges in by_circuit.items():
        row = row_of.get(circuit_id)
        known, at_row = (book.known, row) if row is not None else (book.parked, gone.index(circuit_id))
        _paint(known, at_row, circuit_id, edges, ledger)
        for gap in gaps_of(edges, view.at, math.nan if row is None else boots[row]):
            changes.remember(circuit_id, gap)
            ledger.hold(known, at_row, circuit_id, gap.start, gap.end + LATE)
    _reach_back(book.known, view)
    book.parked.since = np.floor(book.parked.painted)


def _reach_back(known: Circuits, view: View) -> None:
    """What is not up may have begun earlier than the View could know: the past may have been filled in since."""
    severity, state = view.circuits.severity, view.circuits.state
    rows = np.flatnonzero((state != State.UP) & (severity == severities(state, known.levels, known.no_path)))
    known.since[rows] = np.fmin(known.since[rows], np.floor(known.painted[rows]))


def _parked(count: int) -> Circuits:
    parked = blank(count)
    parked.severity[:] = parked.unheld[:] = Severity.UNKNOWN
    parked.ledger[:] = State.UNKNOWN
    return parked


def _paint(known: Circuits, row: int, circuit_id: str, edges: Sequence[Edge], ledger: Ledger) -> None:
    first = edges[0]
    line = Line(first.event_time, int(first.state))
    for edge in edges[1:]:
        if edge.until is None:
            line.open(edge.event_time, int(edge.state))
        else:
            line.paint(edge.event_time, edge.until, int(edge.state))
    opened = [e for e in edges if e.until is None]
    heard = max((e for e in opened if e.source == "event"), key=lambda e: e.event_time, default=None)
    if heard is not None:
        known.heard[row], known.heard_line[row] = heard.event_time, heard.state
    if opened:
        known.ledger[row] = opened[-1].state
        known.opened[row] = opened[-1].event_time
        settled = [e.state for e in opened if e.state not in LOST]
        if settled:
            known.settled[row] = settled[-1]
            if known.line[row] == State.UNKNOWN and opened[-1].state is State.AWAY:
                known.line[row] = settled[-1]
    known.painted[row] = line.starts[-1]
    if len(line.starts) > 1:
        ledger.adopt(circuit_id, line)


def gaps_of(edges: Sequence[Edge], at: float, boot: float) -> list[Gap]:
    """Gaps that closed within the last hour, with the evidence that their latest folding was painted by. `boot` is when
    the gateway booted last (NaN: unknown)."""
    found: list[Gap] = []
    opened = [e for e in edges if e.until is None]
    for lost, back in pairwise(opened):
        if lost.state not in LOST or back.state in LOST or at - back.known_at > LATE:
            continue
        gap = Gap(lost.event_time, back.known_at, boot, math.nan, back.state, lost.state)
        inside = [e for e in edges if e.until is not None and gap.start <= e.event_time < gap.end]
        latest = [e for e in inside if e.known_at == inside[-1].known_at and e.state not in LOST]
        if any(edge.evidence for edge in latest):
            latest = []  # painted for want of evidence: see `Gap.steady`
        for n, edge in enumerate(latest):
            derived = edge.event_time == gap.start and edge.state is State.DOWN and n + 1 < len(latest)
            if not derived:
                gap.evidence.append((edge.event_time, edge.state is State.UP))
        gap.touched = bool(inside)
        found.append(gap)
    return found


def gateway_columns(view: View) -> dict[str, NDArray[np.float32]]:
    """The columns a gateway is remembered by."""
    table = view.gateways
    return {"connected": table.connected, "uptime": table.uptime, "cpu": table.cpu, "memory": table.memory}


def path_columns(view: View) -> dict[str, NDArray[np.float32]]:
    """The columns a peer path is remembered by."""
    table = view.paths
    names = ("up", "active", "latency", "jitter", "loss", "mos")
    return {name: getattr(table, name) for name in names}
