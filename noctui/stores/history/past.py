"""Past polls built into tiles by a process that does not hold the lock, for the writer to take in through the inbox."""

from __future__ import annotations

from collections.abc import Iterator
from math import floor

import msgspec
import numpy as np

from noctui.kpi.hourly import fives
from noctui.model.cloud import DeviceEvent, MistAlarm
from noctui.model.edges import Edge
from noctui.model.inventory import Inventory
from noctui.model.view import F8
from noctui.model.words import State
from noctui.model.work import PollRecord
from noctui.stores.history.blocks import DAYS, HOURS
from noctui.stores.history.catalog import Version, pack_times
from noctui.stores.history.codec import SMALL, Values
from noctui.stores.history.columns import CIRCUITS, COLUMNS, NUMBER, PATHS, TABLES, slots_of, values_of
from noctui.stores.history.faults import HistoryFault
from noctui.stores.history.hourly import SAMPLED, hour_figures, hour_fives, hour_samples, hour_vector
from noctui.stores.history.painted import Painted
from noctui.stores.history.quarters import QUARTER, quarter_pack
from noctui.stores.history.rows import (
    EdgeRow,
    FailoverRow,
    NoteRow,
    PollValues,
    edge_row,
    failover_row,
    note_row,
    poll_values,
)
from noctui.stores.history.sampled import REACH_BACK
from noctui.stores.history.settings import DAY, HOUR
from noctui.stores.history.tiles import day_tiles, hour_tiles
from noctui.stores.history.told import SleRow, sle_row


class PastHour(msgspec.Struct, array_like=True):
    """What an hour adds up to, made of so many `polls` around it: up to `reach` seconds after it."""

    start: float
    polls: int
    reach: float
    vector: bytes
    fives: bytes


class PastPeriod(msgspec.Struct, array_like=True):
    """A closed hour or day with its tiles (table, block, data). `day` is the index of the hour's day here."""

    kind: int
    start: float
    first: float
    last: float
    n: int
    times: bytes
    tables: int
    day: int | None
    tiles: list[tuple[int, int, bytes]]


class Chunk(msgspec.Struct, array_like=True):
    """All rows of a day, or of a part of one, ready to be inserted."""

    org_id: str
    numbers: tuple[dict[str, int], dict[str, int], dict[str, int]]  # circuits, gateways, paths: id → number
    inventories: list[tuple[int, bytes]]  # (rev, msgpack of an Inventory)
    polls: list[PollValues]
    periods: list[PastPeriod]
    quarters: list[tuple[int, bytes]]
    hours: list[PastHour]
    edges: list[tuple[str, EdgeRow]]
    failovers: list[FailoverRow]
    notes: list[NoteRow]
    alarms: list[MistAlarm] = []
    events: list[DeviceEvent] = []
    sle: list[SleRow] = []
    known_at: float = 0.0  # since when its polls are known; 0: since they were taken


encode = msgspec.msgpack.Encoder().encode
decode = msgspec.msgpack.Decoder(Chunk).decode


class PastBuilder:
    """Takes past polls, oldest first, and gives a chunk per UTC day.

    `numbers` are the registries of the history (`HistoryReader.numbers()`): everything in the polls' inventories must
    have its number there. Hour tiles and paths are only made for polls at or after `instants_from` and `paths_from`:
    older instants are then read from day tiles, and older paths are unknown.
    """

    def __init__(
        self,
        numbers: tuple[dict[str, int], dict[str, int], dict[str, int]],
        org_id: str,
        instants_from: float = float("-inf"),
        paths_from: float = float("-inf"),
    ) -> None:
        self._numbers, self._org_id = numbers, org_id
        self._instants_from, self._paths_from = instants_from, paths_from
        self._slots = tuple(max(n.values(), default=-1) + 1 for n in numbers)
        self._versions: dict[int, Version] = {}
        self._polls: list[PollRecord] = []
        self._columns: list[list[dict[int, Values]]] = [[], [], []]
        self._painted = Painted(self._slots[CIRCUITS])
        self._tail: tuple[F8, F8, dict[str, Values], F8, F8] | None = None
        self._rolled = float("-inf")
        self._fresh = True
        self._first: list[Edge] = []

    def add(self, record: PollRecord) -> Iterator[Chunk]:
        """Take a poll; gives the chunk of the day before when a new day begins."""
        at = record.view.at
        if self._polls and floor(self._polls[-1].view.at / DAY) != floor(at / DAY):
            yield self._chunk(last=False)
        self._version(record.view.inventory)
        if self._fresh:
            self._fresh = False
            self._begin(record)
        self._polls.append(record)
        for table in TABLES:
            if table != PATHS or at >= self._paths_from:
                self._columns[table].append(values_of(table, record))

    def _begin(self, record: PollRecord) -> None:
        """A circuit of which the first poll has no edge was in its state before: its edges are in an earlier past, or
        in none. Its state is one more edge, so that the ledger alone says what hours and days say."""
        new = {e.circuit_id for e in record.edges}
        at = record.view.at
        for circuit, state in zip(record.view.inventory.circuits, record.view.circuits.state.tolist(), strict=True):
            if circuit.circuit_id not in new:
                self._first.append(Edge(circuit_id=circuit.circuit_id, event_time=at, state=State(state), known_at=at))

    def finish(self) -> Iterator[Chunk]:
        """The chunk of what is left."""
        if self._polls:
            yield self._chunk(last=True)

    def _version(self, inventory: Inventory) -> Version:
        found = self._versions.get(inventory.rev)
        if found is None:
            circuits, gateways, paths = self._numbers
            for have, ids in (
                (circuits, ((c.circuit_id, c.circuit_no) for c in inventory.circuits)),
                (paths, ((p.path_id, p.path_no) for p in inventory.paths)),
            ):
                for key, no in ids:
                    if have.get(key) != no:
                        raise HistoryFault(f"the past speaks of {key!r} by a number that the history does not know")
            try:
                gateway_no = np.array([gateways[g.gateway_id] for g in inventory.gateways], np.int32)
            except KeyError as error:
                raise HistoryFault(f"the past speaks of gateway {error} that the history does not know") from None
            found = self._versions[inventory.rev] = Version(inventory, slots_of(inventory, gateway_no))
        return found

    def _table(self, table: int) -> dict[int, Values]:
        """[polls, slots] of the collected polls that have this table (the newest ones, for paths)."""
        rows = self._columns[table]
        if not rows:
            return {}
        polls = self._polls[-len(rows) :]
        out = {}
        slots = [self._version(p.view.inventory).slots[table] for p in polls]
        one = len({p.view.inventory.rev for p in polls}) == 1
        straight = one and np.array_equal(slots[0], np.arange(self._slots[table]))
        for c in COLUMNS[table]:
            if straight:
                out[c.number] = np.stack([r[c.number] for r in rows]).astype(c.dtype, copy=False)
            else:
                out[c.number] = values = np.full((len(rows), self._slots[table]), c.fill, c.dtype)
                for i, row in enumerate(rows):
                    values[i, slots[i]] = row[c.number]
        return out

    def _chunk(self, last: bool) -> Chunk:
        polls = self._polls
        times = np.array([p.view.at for p in polls])
        intervals = np.array([p.view.interval for p in polls])
        tables = {table: values for table in TABLES if (values := self._table(table))}
        chunk = Chunk(
            org_id=self._org_id,
            numbers=self._numbers,
            inventories=[(rev, encode(v.inventory)) for rev, v in self._versions.items()],
            polls=[poll_values(p) for p in polls],
            periods=list(self._periods(times, intervals, tables)),
            quarters=self._quarters(times),
            hours=self._hours(times, intervals, tables[CIRCUITS], last) if CIRCUITS in tables else [],
            edges=[(e.circuit_id, edge_row(e)) for e in self._edges()],
            failovers=[failover_row(f) for p in polls for f in p.failovers],
            notes=[note_row(n) for p in polls for n in p.notes],
            alarms=[a for p in polls for a in p.told.alarms],
            events=[e for p in polls for e in p.told.events],
            sle=[sle_row(p.told.sle) for p in polls if p.told.sle is not None],
        )
        newest = polls[-1].view.inventory.rev
        self._versions = {newest: self._versions[newest]}
        self._polls, self._columns, self._first = [], [[], [], []], []
        return chunk

    def _edges(self) -> list[Edge]:
        """Of the collected polls, in the order they were learned."""
        return [*self._first, *(e for p in self._polls for e in p.edges)]

    def _periods(self, times: F8, intervals: F8, tables: dict[int, dict[int, Values]]) -> Iterator[PastPeriod]:
        def period(kind: int, start: float, cut: slice, day: int | None) -> PastPeriod:
            make = day_tiles if kind == DAYS else hour_tiles
            tiles, held = [], 0
            for table, values in tables.items():
                missing = len(times) - len(next(iter(values.values())))
                if cut.start < missing:
                    continue
                part = {n: v[cut.start - missing : cut.stop - missing] for n, v in values.items()}
                tiles += [(table, block, data) for block, data in make(part, 0, SMALL)]
                held |= 1 << table
            at = times[cut]
            stamp = pack_times(at, intervals[cut])
            return PastPeriod(kind, start, float(at[0]), float(at[-1]), len(at), stamp, held, day, tiles)

        yield period(DAYS, floor(times[0] / DAY) * DAY, slice(0, len(times)), None)
        hours = np.floor(times / HOUR)
        for hour in np.unique(hours).tolist():
            begin, end = np.searchsorted(hours, (hour, hour + 1))
            cut = slice(int(begin), int(end))
            if times[cut.start] >= self._instants_from:
                yield period(HOURS, hour * HOUR, cut, 0)

    def _quarters(self, times: F8) -> list[tuple[int, bytes]]:
        """Of each quarter hour what its last poll knew."""
        quarter = np.floor(times / QUARTER).astype(np.int64)
        ends = np.flatnonzero(np.diff(quarter, append=quarter[-1] + 1))
        out = []
        for i in ends.tolist():
            view = self._polls[i].view
            if len(view.circuits):
                out.append((int(quarter[i]), quarter_pack(self._versions[view.inventory.rev], view.circuits)))
        return out

    def _hours(self, times: F8, intervals: F8, values: dict[int, Values], last: bool) -> list[PastHour]:
        """The vectors of the hours that are over by now; samples near the end of the last one wait for the next day."""
        columns = {name: values[NUMBER[name]] for name in SAMPLED}
        down, up = self._bandwidth("down_bps"), self._bandwidth("up_bps")
        if self._tail is not None:
            before = self._tail
            times, intervals = np.concatenate([before[0], times]), np.concatenate([before[1], intervals])
            columns = {name: np.concatenate([before[2][name], columns[name]]) for name in SAMPLED}
            down, up = np.concatenate([before[3], down]), np.concatenate([before[4], up])
        out: list[PastHour] = []
        known = 0
        edges = self._edges()
        for hour in np.unique(np.floor(times / HOUR)).tolist():
            start, end = hour * HOUR, (hour + 1) * HOUR
            reach = _reach_after(times, intervals, end)
            if start <= self._rolled or (times[-1] < end + reach and not last):
                continue
            stop = known
            while stop < len(edges) and edges[stop].known_at <= end + reach:
                stop += 1
            number = self._numbers[CIRCUITS]
            self._painted.lay((number[e.circuit_id], e.event_time, e.until, e.state) for e in edges[known:stop])
            known = stop
            a, b = np.searchsorted(times, (start - max(REACH_BACK, reach), end + reach), side="right")
            cut = slice(int(a), int(b))
            part = {name: column[cut] for name, column in columns.items()}
            samples = hour_samples(times[cut], intervals[cut], part, down[cut], up[cut], start, end)
            figures = hour_figures(samples, self._painted, start, end)
            out.append(PastHour(start, len(times[cut]), reach, hour_vector(figures), hour_fives(fives(samples))))
            self._rolled = start
            self._painted.forget(start - DAY)
        number = self._numbers[CIRCUITS]
        self._painted.lay((number[e.circuit_id], e.event_time, e.until, e.state) for e in edges[known:])
        keep = int(np.searchsorted(times, self._rolled + HOUR - max(REACH_BACK, 3.0 * float(intervals.max()))))
        self._tail = (
            times[keep:], intervals[keep:], {n: c[keep:] for n, c in columns.items()}, down[keep:], up[keep:]
        )  # fmt: skip
        return out

    def _bandwidth(self, name: str) -> F8:
        """[polls, slots]"""
        made: dict[int, F8] = {}
        for rev, version in self._versions.items():
            made[rev] = np.zeros(self._slots[CIRCUITS])
            made[rev][version.slots[CIRCUITS]] = getattr(version.inventory, name)
        return np.array([made[p.view.inventory.rev] for p in self._polls])


def _reach_after(times: F8, intervals: F8, end: float) -> float:
    """As `sampled.reach_after`."""
    first = int(np.searchsorted(times, end))
    later = times[first:] - 3.0 * intervals[first:] < end
    return 3.0 * float(max(intervals[first - 1] if first else 0.0, intervals[first:][later].max(initial=0.0)))
