"""Rows to columns: one numpy array per name, float64, NaN for unknown, yes and no as 1 and 0."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter

import numpy as np

from noctui.model.batch import CIRCUIT_COLUMNS, PATH_COLUMNS, Batch, Column
from noctui.sources.mist.odd import AHEAD, Odd, shown, shown_time, whose
from noctui.sources.mist.structs import DeviceRow, PeerRow, PortRow

_ABSURD = 1e18  # no rate, counter, percentage or time of ours is larger

RANGES: Mapping[str, tuple[float, float]] = {
    "loss": (0.0, 100.0), "cpu": (0.0, 100.0), "memory": (0.0, 100.0),  # percent
    "jitter": (0.0, 60_000.0), "latency": (0.0, 60_000.0),  # ms: beyond a minute nothing is a delay
    "mos": (1.0, 5.0),  # ITU-T P.800
    "rx_bps": (0.0, 1e13), "tx_bps": (0.0, 1e13), "rx_bytes": (0.0, _ABSURD), "tx_bytes": (0.0, _ABSURD),
    "uptime": (0.0, 4e9),  # seconds
    "speed": (0.0, 1e6),  # Mbit/s
}  # fmt: skip
"""Column → what can be; anything else is unknown."""
_TIMES = ("last_flapped", "last_seen")

_PORT = {name: name for name in CIRCUIT_COLUMNS}
_PATH = {name: "is_active" if name == "active" else name for name in PATH_COLUMNS}
LastSeen = Callable[[str | None], float | None]
"""When a gateway was last heard (epoch seconds), by the mac as a row writes it."""
Making = Generator[None, None, Batch]


@dataclass(frozen=True, slots=True)
class Judge:
    """Counts what cannot be true in a feed's columns. `now` (UTC epoch seconds) tells what lies in the future."""

    odd: Odd = field(default_factory=Odd)
    now: float = _ABSURD

    def column(self, values: Iterable[float | None], name: str, rows: Sequence[object]) -> Column:
        """As `column`; times that are not after 1970, or in the future, are unknown."""
        told = list(values)
        found = column(told, name)
        if name in _TIMES:
            with np.errstate(invalid="ignore"):
                found[(found < 0) | (found > self.now + AHEAD)] = np.nan
        unknown = np.isnan(found)
        wrong = int(unknown.sum()) - told.count(None)
        if wrong > 0:
            first = next(i for i in np.flatnonzero(unknown).tolist() if told[i] is not None)
            value = float(told[first] or 0.0)
            said = shown_time(value) if name in _TIMES else shown(value)
            self.odd.add(f"{name} {said}", whose(rows[first]), wrong)
        if name in _TIMES:
            found[found == 0] = np.nan  # never: no time, but nothing wrong either
        return found


def column(values: Iterable[float | None], name: str = "") -> Column:
    """Numbers, yes/no and None as float64; what is infinite, absurd or outside the range of `name` is unknown."""
    found = np.array(list(values), np.float64)
    low, high = RANGES.get(name, (-_ABSURD, _ABSURD))
    with np.errstate(invalid="ignore"):
        found[~((found >= low) & (found <= high))] = np.nan
    return found


def positive(values: Iterable[float | None]) -> Column:
    """As `column`, for times: what is not after 1970 is unknown."""
    found = column(values)
    with np.errstate(invalid="ignore"):
        found[found <= 0] = np.nan
    return found


def stable_ids(found: Iterable[str], before: tuple[str, ...]) -> tuple[str, ...]:
    """The ids in order; the very same tuple as before when nothing came or went."""
    ids = tuple(sorted(found))
    return before if ids == before else ids


def circuit_batch(
    ids: tuple[str, ...],
    rows: Mapping[str, PortRow],
    carried: Callable[[], Mapping[str, float]],
    last_seen: LastSeen,
    whole: bool,
    judge: Judge | None = None,
) -> Making:
    """Port rows as the circuits feed. `observed_at` is when the gateway was last heard. A row that does not say whether
    it is active takes it from `carried` (`peers_active`)."""
    ordered, judge = [rows[i] for i in ids], judge or Judge()
    observed = positive(last_seen(r.mac) for r in ordered)
    yield
    columns = {}
    for name, values in _taken(ordered, _PORT, judge):
        columns[name] = values
        yield
    judge.column((r.speed for r in ordered), "speed", ordered)
    yield
    quiet = np.isnan(columns["active"])
    if quiet.any():
        by_peers = carried()
        columns["active"][quiet] = [by_peers.get(ids[i], np.nan) for i in np.flatnonzero(quiet).tolist()]
    return Batch("circuits", ids, observed, columns, whole)


def path_batch(
    ids: tuple[str, ...],
    rows: Mapping[str, PeerRow],
    last_seen: LastSeen,
    whole: bool,
    judge: Judge | None = None,
) -> Making:
    """Peer rows as the paths feed. `observed_at` is the row's own `last_seen`, else its gateway's."""
    ordered, judge = [rows[i] for i in ids], judge or Judge()
    observed = judge.column((r.last_seen for r in ordered), "last_seen", ordered)
    for i in np.flatnonzero(np.isnan(observed)).tolist():
        observed[i] = last_seen(ordered[i].mac) or np.nan
    yield
    columns = {}
    for name, values in _taken(ordered, _PATH, judge):
        columns[name] = values
        yield
    return Batch("paths", ids, observed, columns, whole)


def gateway_batch(
    ids: tuple[str, ...],
    rows: Mapping[str, DeviceRow],
    stock: Mapping[str, bool | None],
    whole: bool,
    judge: Judge | None = None,
) -> Batch:
    """Device stats as the gateways feed; of a gateway that they do not list, what the inventory says (`stock`)."""
    nothing, judge = DeviceRow(), judge or Judge()
    ordered = [rows.get(i, nothing) for i in ids]
    columns = {
        "connected": column(_connected(r) if i in rows else stock.get(i) for i, r in zip(ids, ordered, strict=True)),
        "uptime": judge.column((r.uptime for r in ordered), "uptime", ordered),
        "cpu": judge.column((_cpu(r) for r in ordered), "cpu", ordered),
        "memory": judge.column((r.memory_stat.usage if r.memory_stat else None for r in ordered), "memory", ordered),
    }
    return Batch("gateways", ids, judge.column((r.last_seen for r in ordered), "last_seen", ordered), columns, whole)


def peers_active(circuit_of_path: Mapping[str, str], rows: Mapping[str, PeerRow]) -> dict[str, float]:
    """Circuit id → 1 when one of its peer paths is up and active, 0 when all that speak say no. `rows` are by path."""
    found: dict[str, float] = {}
    for path_id, row in rows.items():
        if row.up is not None and row.is_active is not None:
            circuit_id = circuit_of_path[path_id]
            found[circuit_id] = max(found.get(circuit_id, 0.0), float(row.up and row.is_active))
    return found


def _taken(rows: Sequence[object], names: Mapping[str, str], judge: Judge) -> Iterable[tuple[str, Column]]:
    for name, attribute in names.items():
        yield name, judge.column(map(attrgetter(attribute), rows), name, rows)


def _connected(row: DeviceRow) -> bool | None:
    return {"connected": True, "disconnected": False}.get(row.status or "")


def _cpu(row: DeviceRow) -> float | None:
    if row.cpu_stat is None:
        return None
    if row.cpu_stat.usage is not None:
        return row.cpu_stat.usage
    return None if row.cpu_stat.idle is None else 100.0 - row.cpu_stat.idle
