"""The engine: one poll in, one record out. Pure: no I/O and no clock of its own.

It works in vectors over all circuits and looks at single ones only where something changed, so a poll in which a whole
network changes state costs more than a quiet one. At 100,000 circuits run it on a thread of its own.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from noctui.engine import trend
from noctui.engine.book import Book
from noctui.engine.changes import LOST, Changes, Written, hear
from noctui.engine.choose import choose, keep
from noctui.engine.devices import Kept, of_circuits
from noctui.engine.failover import Failovers
from noctui.engine.freshness import Samples, find_samples, judge, line_states, with_news
from noctui.engine.ledger import Ledger
from noctui.engine.levels import held_over, next_levels, packed, raw_levels, severities
from noctui.engine.notes import of_changes, of_failovers, of_levels
from noctui.engine.quality import PathRows, Paths, no_path, paths_of
from noctui.engine.rates import Capacity, capacity_of
from noctui.engine.regions import fold_regions
from noctui.engine.rows import Placed, Placer
from noctui.engine.rules import Rules, Thresholds, thresholds_of
from noctui.engine.sites import fold_sites
from noctui.engine.state import LEVELLED, NOTHING, SHOWN, Circuits
from noctui.engine.tables import circuit_table, gateway_table, path_table
from noctui.engine.values import Measured, Reported, measure, show
from noctui.engine.warm import gateway_columns, observed_at, path_columns, warm_circuits, warm_ledger, warm_ring
from noctui.model.batch import GATEWAY_COLUMNS, PATH_COLUMNS, Batch, Poll
from noctui.model.inventory import Inventory
from noctui.model.scene import Above
from noctui.model.view import B1, F8, U1, View
from noctui.model.words import BAD, Severity, State
from noctui.model.work import Memory, PollRecord

_NO_CIRCUITS = Batch("circuits", (), np.zeros(0), {})
_BAD_BELOW = max(BAD) + 1
_UTILISATION = SHOWN.index("utilisation")
_SAMPLE = np.uint8(128)
_METRICS = np.uint8(15)
_UNKNOWN, _UP, _DOWN, _AWAY = (int(state) for state in tuple(State)[:4])


class _Last(NamedTuple):
    """What was known of each circuit's sample before this poll."""

    observed: F8
    base: F8
    base_at: F8
    base_untold: B1
    tick: NDArray[np.int64]
    sampled: F8


class Engine:
    """Works out, poll by poll, what is wrong now. Not to be used from two threads at once."""

    def __init__(self, rules: Rules | None = None) -> None:
        self._rules = rules or Rules()
        self._inventory: Inventory | None = None
        self._thresholds: Thresholds
        self._capacity: Capacity
        self._paths: Paths
        self._book = Book()
        self._gateways = Kept(GATEWAY_COLUMNS)
        self._peers = Kept(PATH_COLUMNS, np.float32)
        self._placer = Placer()
        self._ledger = Ledger()
        self._changes = Changes(self._ledger)
        self._failovers = Failovers()

    def apply(self, poll: Poll, inventory: Inventory, held: B1 | None = None) -> PollRecord:
        """Take one poll in; its rows, and those of the record, are those of `inventory`.

        `held`: circuits inside their own maintenance window now. `poll.tick` and `poll.at` must rise from poll to poll.
        Raises ValueError when they do not.
        """
        ring = self._book.ring
        if ring is not None and ring.interval == poll.interval and poll.tick <= ring.tick:
            raise ValueError(f"tick {poll.tick} does not follow {ring.tick}")
        with np.errstate(all="ignore"):  # unknown is NaN, and absurd values become so
            return self._apply(poll, inventory, held)

    def warm(self, memory: Memory) -> None:
        """Go on from what history holds, in a new engine: see `engine.warm` for what history does not hold.

        Raises ValueError when this engine has seen a poll.
        """
        if self._inventory is not None:
            raise ValueError("only a new engine can be warmed")
        view = memory.view
        with np.errstate(all="ignore"):
            self._follow(view.inventory)
            warm_circuits(self._book, memory)
            self._book.ring = warm_ring(memory)
            warm_ledger(self._book, self._ledger, self._changes, memory)
            self._gateways.adopt(gateway_columns(view), observed_at(view.at, view.gateways.age))
            self._peers.adopt(path_columns(view), observed_at(view.at, view.paths.age))
            self._failovers.adopt(view.inventory, view.sites, view.circuits)

    def above(self, hours: int) -> Above:
        """Time above thresholds in the window of 3, 12 or 24 h that ends with the latest poll, rows as in its View.

        Raises LookupError before the first poll.
        """
        if self._book.ring is None:
            raise LookupError("no poll yet")
        return self._book.ring.above(hours)

    def _apply(self, poll: Poll, inventory: Inventory, held: B1 | None) -> PollRecord:
        at, written = poll.at, Written()
        gone = self._follow(inventory) if inventory is not self._inventory else 0
        ring = self._book.advance(at, poll.tick, poll.interval)
        known, row_of = self._book.known, inventory.circuit_row

        # 1, 2: what came in, and which of it is new
        batch = poll.circuits if poll.circuits is not None else _NO_CIRCUITS
        placed = self._placer.place(batch.ids, row_of)
        reported = _reported(batch, placed)
        last = _Last(known.observed, known.base, known.base_at, known.base_untold, known.sample_tick, known.sampled)
        samples = find_samples(
            placed.present, placed.lay(batch.observed_at), reported.counters, at, last.observed, known.counters
        )
        _take_samples(known, batch, placed, reported, samples, at, poll.tick)
        self._gateways.take(poll.gateways, inventory.gateway_row, at)
        connected = of_circuits(self._gateways.column("connected"), inventory.circuit_gateway)
        uptime = of_circuits(self._gateways.column("uptime"), inventory.circuit_gateway)
        peers = self._peers.take(poll.paths, inventory.path_row, at)
        paths = None
        if poll.paths is not None and peers is not None:
            torn = None
            if not poll.paths.whole and peers.present is not None:
                torn = _in_part(inventory.path_circuit, ~peers.present, len(known))
            paths = PathRows(poll.paths, peers, torn)

        # 3, 4: states and edges
        longest = self._rules.stale_intervals * poll.interval
        age = at - known.observed
        stale = ~(age <= longest)
        silent = poll.circuits is None or (len(stale) > 0 and bool(stale.all()))
        news = hear(known, poll.events, row_of, at) if poll.events else {}
        line, by_event = with_news(known.line, known.observed, known.heard, known.heard_line)
        state = judge(line, stale, connected)
        if gone:
            self._leave(gone, at, written)
        boot = of_circuits(self._gateways.observed - self._gateways.column("uptime"), inventory.circuit_gateway)
        moves = self._changes.write(known, self._book.ids, state, last.observed, boot, news, at)
        written.edges.extend(moves.edges)
        self._ledger.settle(known, row_of, at)
        known.prev = keep(np.full(len(known), at), known.prev, np.flatnonzero(stale | (state == _AWAY)))

        # 5, 6: values, levels, severity
        if paths is not None:
            known.no_path = no_path(self._paths, paths.up(), known.no_path)
        seconds = samples.observed - last.base_at
        unsure = samples.moved | (samples.untold != last.base_untold)
        if unsure.any():
            seconds[unsure] = np.nan
        up = state == _UP
        told_up = up if by_event is None else up & (known.line == _UP)
        measured = measure(
            reported, samples.fresh, told_up, seconds, last.base, uptime, self._capacity, self._paths, paths
        )
        show(known, measured, samples.fresh, state, at, longest, last.sampled)
        levels_before = known.levels
        raw, valid = self._level(known, measured, samples, state)
        judged = severities(state, known.levels, known.no_path)
        kept = silent & (known.unheld != NOTHING) & (state != _AWAY)
        _grade(known, judged, kept, state, held, at)
        graded = known.since.copy()
        _date(known, moves)
        active = known.carries & up
        if silent:
            known.since = np.where(kept, graded, known.since)
            active = np.where(kept, known.active, active)
        known.active_since = known.active_since.copy()
        turned = (active != known.active) | np.isnan(known.active_since)
        known.active_since[np.flatnonzero(turned)] = math.floor(at)
        known.active = active

        # 7, 8, 9: windows, trend, sites
        raw_byte = packed(raw)
        ring.put(raw_byte, valid & _METRICS, last.tick)
        outage = (state == _DOWN) | (state == _AWAY)
        bad = held_over(judged, held) < _BAD_BELOW
        known.trend, known.bad_quarters = trend.with_poll(
            known.trend, known.bad_quarters, measured.values[_UTILISATION], outage, bad
        )
        circuits = circuit_table(known, self._ledger, state, stale | silent, age, at)
        sites = fold_sites(inventory, circuits, known.unheld)
        failovers = self._failovers.write(inventory, sites, at)
        hushed, settled = _hush(known, moves, silent)
        notes = of_changes(moves.changes, hushed, settled, inventory, circuits, sites, at)
        notes += of_levels(levels_before, known.levels, valid, inventory, circuits, self._thresholds, at)
        notes += of_failovers(failovers, inventory, sites, circuits)
        known.settled = choose((state == _UNKNOWN) | (state == _AWAY), known.settled, state)
        view = View(
            seq=poll.seq,
            at=at,
            interval=poll.interval,
            inventory=inventory,
            circuits=circuits,
            gateways=gateway_table(self._gateways, at),
            paths=path_table(self._peers, at),
            sites=sites,
            regions=fold_regions(inventory, circuits, sites),
            whole=poll.whole,
            silent=silent,
            reports=poll.reports,
        )
        return PollRecord(
            view=view,
            tick=poll.tick,
            raw_levels=raw_byte,
            valid=valid,
            edges=tuple(written.edges),
            failovers=failovers,
            notes=tuple(notes),
            rejected=measured.rejected,
        )

    def _follow(self, inventory: Inventory) -> int:
        """Bring all rows in line with a new inventory version; gives how many circuits are newly gone."""
        old, self._inventory = self._inventory, inventory
        self._thresholds = thresholds_of(self._rules, inventory)
        self._capacity = capacity_of(inventory)
        self._paths = paths_of(inventory)
        self._failovers.follow(inventory)
        self._gateways.follow(tuple(g.gateway_id for g in inventory.gateways), {} if old is None else old.gateway_row)
        self._peers.follow(tuple(p.path_id for p in inventory.paths), {} if old is None else old.path_row)
        moved, gone = self._book.follow(inventory)
        if moved:
            self._ledger.moved()
        return gone

    def _leave(self, gone: int, at: float, written: Written) -> None:
        """Circuits that are newly gone (the first of the parked) are unknown, one last time (docs/values.md 10)."""
        parked, rows = self._book.parked, np.arange(gone)
        self._changes.gone(parked, self._book.parked_ids, rows.tolist(), at, written)
        parked.unheld[rows] = parked.severity[rows] = Severity.UNKNOWN
        ids = self._book.parked_ids
        parked.since[rows] = np.floor([self._ledger.lasting_since(parked, row, ids[row]) for row in rows.tolist()])
        parked.active_since[rows] = np.where(parked.active[rows], math.floor(at), parked.active_since[rows])
        parked.active[rows] = False

    def _level(self, known: Circuits, measured: Measured, samples: Samples, state: U1) -> tuple[U1, U1]:
        """Sets the levels; gives the raw ones of this poll's samples and the validity byte."""
        values = measured.levelled
        has = values == values
        raw = raw_levels(values, self._thresholds)
        levels = next_levels(values, has, raw, known.levels, self._thresholds)
        # What is not shown has no level, but in the unknown the last one stays.
        stays = (known.shown[LEVELLED] == known.shown[LEVELLED]) | (state == _UNKNOWN)
        known.levels = levels * stays
        bits = has.view(np.uint8)
        valid = bits[0] | (bits[1] << 1) | (bits[2] << 2) | (bits[3] << 3) | samples.fresh * _SAMPLE
        return raw, valid


def _in_part(owner: NDArray[np.int32], absent: B1, circuits: int) -> B1:
    """The paths of circuits of which a lost page had some: the others alone would tell another story."""
    torn = np.zeros(circuits + 1, np.bool_)  # the last one is for paths of no circuit
    torn[owner[absent]] = True
    found: B1 = torn[owner]
    return found


def _reported(batch: Batch, placed: Placed) -> Reported:
    column = placed.column
    return Reported(
        rx_bps=column(batch, "rx_bps"),
        tx_bps=column(batch, "tx_bps"),
        counters=np.array([column(batch, "rx_bytes"), column(batch, "tx_bytes")]),
        loss=column(batch, "loss"),
        jitter=column(batch, "jitter"),
        latency=column(batch, "latency"),
        mos=column(batch, "mos"),
    )


def _take_samples(
    known: Circuits, batch: Batch, placed: Placed, reported: Reported, samples: Samples, at: float, tick: int
) -> None:
    """Make this poll's samples the last ones."""
    if not samples.fresh.any():
        return
    line = line_states(placed.column(batch, "up"), placed.column(batch, "disabled"))
    carries = placed.column(batch, "active") == 1.0
    flapped = placed.column(batch, "last_flapped")
    fresh, count = samples.fresh, len(samples.fresh)
    old = np.flatnonzero(~fresh)
    unsure = np.flatnonzero(~fresh | samples.moved) if samples.moved.any() else old
    # As long as every time is sure, the base of rates is the sample before, and need not be kept beside it.
    alike = unsure is old and (not len(old) or known.base is known.counters)
    base, base_at = known.base, known.base_at
    known.observed = keep(samples.observed.copy(), known.observed, old)
    known.counters = keep(reported.counters.copy(), known.counters, old)
    known.base = known.counters if alike else keep(reported.counters.copy(), base, unsure)
    known.base_at = known.observed if alike else keep(samples.observed.copy(), base_at, unsure)
    known.base_untold = keep(samples.untold.copy(), known.base_untold, unsure)
    known.flapped = keep(flapped.copy(), known.flapped, old)
    known.line, known.carries = keep(line, known.line, old), keep(carries, known.carries, old)
    known.sampled = keep(np.full(count, at), known.sampled, old)
    known.sample_tick = keep(np.full(count, tick, np.int64), known.sample_tick, old)


def _grade(known: Circuits, judged: U1, kept: B1, state: U1, held: B1 | None, at: float) -> None:
    """Severity as the View has it: `kept` in silence, maintenance laid over last. `since` if it changed."""
    unheld = choose(kept, known.unheld, judged)
    severity = held_over(unheld, held)
    known.since = known.since.copy()
    changed = np.flatnonzero(severity != known.severity)
    known.since[changed] = math.floor(at)
    # What the state says counts from when the state began, also when a hold was all that changed.
    lasting = changed[state[changed] != _UP]
    if len(lasting):
        lasting = lasting[severity[lasting] == judged[lasting]]
        known.since[lasting] = np.floor(known.painted[lasting])
    known.unheld, known.severity = unheld, severity


def _date(known: Circuits, moves: Written) -> None:
    """A circuit that is up is since its latest edge's time so, any other one since its painted stretch began.

    `known.since` is this poll's own.
    """
    if moves.first is None and not moves.changes and not moves.repainted:
        return
    rows = np.array([*(change.row for change in moves.changes), *moves.repainted], np.intp)
    if moves.first is not None:
        rows = np.concatenate([rows, moves.first])
        known.since[moves.first] = np.floor(known.opened[moves.first])
    if moves.changes:
        known.since[rows[: len(moves.changes)]] = np.floor([change.began for change in moves.changes])
    rows = rows[known.ledger[rows] != _UP]
    known.since[rows] = np.floor(known.painted[rows])


def _hush(known: Circuits, moves: Written, silent: bool) -> tuple[list[bool], list[int]]:
    """Per change: whether it belongs to a silence of the whole feed, and the state before the circuit was lost."""
    hushed: list[bool] = []
    settled: list[int] = []
    for change in moves.changes:
        row = change.row
        if change.after in LOST:
            if change.before not in LOST:
                known.hushed[row] = silent
            hushed.append(bool(known.hushed[row]) and change.after is State.UNKNOWN)
        else:
            hushed.append(bool(known.hushed[row]))
            known.hushed[row] = False
        settled.append(int(known.settled[row]))
    return hushed, settled
