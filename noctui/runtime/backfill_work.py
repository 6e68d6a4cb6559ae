"""Planning a back-fill: from what history does not have to what Mist must be asked, and what cannot be had."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor, inf
from pathlib import Path

import numpy as np

from noctui.model.inventory import Circuit, Inventory
from noctui.runtime.backfill_before import SLACK
from noctui.runtime.backfill_plan import COARSE, FINE, BackfillError, Hole
from noctui.runtime.backfill_ports import ports_of
from noctui.sources.mist.backfill import Grid, Port
from noctui.stores.history import HistoryReader
from noctui.stores.history.holes import holes, polls_around, polls_waiting

DAY, HOUR = 86_400.0, 3600.0
FINE_AT_MOST = 12 * HOUR
"""Ten-minute buckets are gone after a day: where fetching them would take longer than this, hours are asked for."""
EARLIER = 3 * HOUR
"""Polls so long before the range tell how far its first hole reaches."""


def stamp(at: float) -> str:
    """`2025-11-23 04:10 UTC`"""
    return f"{dt.datetime.fromtimestamp(at, dt.UTC):%Y-%m-%d %H:%M} UTC"


def span_words(seconds: float) -> str:
    """`25 min`, `3 h`, `9 d`: at most two figures that say something."""
    if seconds < 2 * HOUR:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / HOUR:.0f} h" if seconds < 2 * DAY else f"{seconds / DAY:.0f} d"


NO_PORT = Port("", "", "")


@dataclass(frozen=True, slots=True)
class Ask:
    """One question to Mist. `kind` is `traffic`, `quality`, `events` or `alarms`; the last two have no port."""

    kind: str
    start: float
    seconds: float  # of a bucket; of `events` and `alarms` the length of the stretch
    count: int = 1
    port: Port = NO_PORT

    @property
    def grid(self) -> Grid:
        return Grid(self.start, self.seconds, self.count)

    @property
    def key(self) -> str:
        """What it is kept under."""
        where = f"{self.port.site_id}/{self.port.mac}/{self.port.port_id}" if self.port.mac else ""
        return f"{self.kind} {self.start:.3f}+{self.seconds:.3f}x{self.count} {where}"


@dataclass(frozen=True, slots=True)
class Work:
    """Holes that will be filled, oldest first, the inventory that was in force in each, and what is asked for them.

    `ports` are those of every circuit, all holes together; `grids` the buckets that are asked for, by their length;
    `versions` all inventories that matter, oldest first.
    """

    start: float
    end: float
    holes: tuple[Hole, ...]
    inventories: tuple[Inventory, ...]  # as `holes`
    versions: tuple[Inventory, ...]
    ports: Mapping[str, tuple[Port, ...]]
    grids: Mapping[float, Grid]
    asks: tuple[Ask, ...]

    @property
    def circuits(self) -> int:
        return len(self.ports)

    @property
    def gateways(self) -> int:
        return len({port.mac for ports in self.ports.values() for port in ports})


@dataclass(frozen=True, slots=True)
class Looked:
    """What history says of a range. `newest` is its newest poll; `found` are (begin, end, fill) as `holes` gives."""

    newest: float
    found: tuple[tuple[float, float, float], ...]


def checked(start: float, end: float, now: float, raw_days: float) -> tuple[float, list[str]]:
    """The earliest time of the range that can be had, with lines for what cannot. Raises BackfillError (usage)."""
    if not (np.isfinite(start) and np.isfinite(end)):
        raise BackfillError("--start and --end must be times.", usage=True)
    if start >= end:
        raise BackfillError(f"--start ({stamp(start)}) must be before --end ({stamp(end)}).", usage=True)
    if start >= now:
        raise BackfillError(
            f"{stamp(start)} to {stamp(end)} lies in the future: nothing happened there yet.", usage=True
        )
    lines = []
    held = now - COARSE.held
    kept = now - raw_days * DAY
    earliest, why = (held, "Mist keeps hours of a port for 14 days") if held >= kept else (
        kept, f"history keeps samples for {raw_days:g} days (data.raw_days)"
    )  # fmt: skip
    if end <= earliest:
        text = f"{stamp(start)} to {stamp(end)} cannot be filled: {why}, that is since {stamp(earliest)}."
        raise BackfillError(text, usage=True)
    if start < earliest:
        lines.append(f"{stamp(start)} to {stamp(earliest)} cannot be filled: {why}.")
    return max(start, earliest), lines


def look(history: HistoryReader, folder: Path, start: float, end: float) -> Looked:
    """A blocking call. Raises BackfillError when there is no history, HistoryError when it cannot be read."""
    waiting_at, waiting_every = polls_waiting(folder)  # first, so that nothing slips through between the two looks
    at, every = polls_around(history, start - EARLIER, end)
    newest = history.latest()
    if newest is None:
        raise BackfillError(
            f"There is no history in {folder} yet: run `noctui collect` once, so that the network is known."
        )
    mine = (waiting_at >= start - EARLIER) & (waiting_at <= max(end, at[-1] if len(at) else end))
    at, every = np.concatenate([at, waiting_at[mine]]), np.concatenate([every, waiting_every[mine]])
    order = np.argsort(at, kind="stable")
    return Looked(newest, tuple(holes(at[order], every[order], start, end)))


def grained(found: Iterable[tuple[float, float, float]], fine_from: float, coarse_from: float) -> Iterator[Hole]:
    """Each hole as one or two: hours before `fine_from` (a whole hour), ten minutes from there on."""
    for begin, end, fill in found:
        for grain, low, high in ((COARSE, coarse_from, fine_from), (FINE, fine_from, inf)):
            start, until, last = max(begin, low), min(end, high), min(fill, high)
            if last > start:
                first = ceil(start / grain.seconds) * grain.seconds
                past = max(first, floor(last / grain.seconds) * grain.seconds)
                yield Hole(start, until, grain, first, past)


def fine_and_coarse(now: float, ports: int, calls_an_hour: int) -> tuple[float, float]:
    """From when on ten-minute buckets, and hours, will still be there when they are fetched."""
    each = 2.0 * ports * HOUR / max(1, calls_an_hour)  # seconds that one grain of all ports takes
    fine = now - FINE.held + each
    fine_from = ceil(fine / HOUR) * HOUR if each <= FINE_AT_MOST else inf
    return fine_from, ceil((now - COARSE.held + (2.0 if fine_from < inf else 1.0) * each) / HOUR) * HOUR


def work_of(history: HistoryReader, start: float, end: float, chosen: Sequence[Hole]) -> Work:
    """What these holes need. A blocking call."""
    first = history.step(0.0, 1) or 0.0
    inventories = [history.inventory(hole.start) or history.inventory(first) for hole in chosen]
    newest = history.inventory(inf)
    known = [i for i in (*inventories, newest) if i is not None]
    versions = tuple(sorted({i.rev: i for i in known}.values(), key=lambda i: (i.known_at, i.rev)))
    filled = [(hole, i) for hole, i in zip(chosen, inventories, strict=True) if i is not None and hole.buckets]
    circuits: dict[str, Circuit] = {c.circuit_id: c for _, i in filled for c in i.circuits}
    now = {c.circuit_id: c for c in newest.circuits} if newest else {}
    low = min((hole.start for hole, _ in filled), default=start)
    high = max((hole.end for hole, _ in filled), default=end)
    ports = ports_of(circuits.values(), now, low, high)
    grids = {}
    for grain in (FINE, COARSE):
        mine = [hole for hole, _ in filled if hole.grain is grain]
        if mine:
            begin = floor((mine[0].start - SLACK) / grain.seconds) * grain.seconds
            count = ceil(max(h.end for h in mine) / grain.seconds) - round(begin / grain.seconds)
            grids[grain.seconds] = Grid(begin, grain.seconds, count)
    return Work(
        start=start,
        end=end,
        holes=tuple(hole for hole, _ in filled),
        inventories=tuple(i for _, i in filled),
        versions=versions,
        ports=ports,
        grids=grids,
        asks=tuple(_asks([hole for hole, _ in filled], ports, grids)),
    )


def _asks(chosen: Sequence[Hole], ports: Mapping[str, tuple[Port, ...]], grids: Mapping[float, Grid]) -> Iterator[Ask]:
    """What is gone soonest comes first; a gateway's questions follow one another."""
    for kind in ("events", "alarms"):
        for hole in chosen:
            at = hole.start - SLACK if kind == "events" else hole.start
            while at < hole.end:
                until = min(hole.end, (floor(max(at, hole.start) / DAY) + 1) * DAY)
                yield Ask(kind, at, until - at)
                at = until
    each = sorted({p for some in ports.values() for p in some}, key=lambda p: (p.site_id, p.mac, p.port_id))
    for seconds in sorted(grids):
        grid = grids[seconds]
        for port in each:
            for kind in ("traffic", "quality"):
                yield Ask(kind, grid.start, seconds, grid.count, port)
