"""Histories for figures: made-up polls with a ledger, written by the real writer, and what plain reading gives."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from noctui.model.edges import Edge
from noctui.model.figures import GAUGES, Figures
from noctui.model.words import Metric, State
from noctui.model.work import PollRecord
from noctui.stores.history import Writer
from tests.reference.figures import RefFigures, RefSample, figures
from tests.stores.made import World

NAMES = ("rx_bps", "tx_bps", "rx_pct", "tx_pct", "loss", "jitter", "latency")
OWN = {"loss": Metric.LOSS, "jitter": Metric.JITTER, "latency": Metric.LATENCY}


def sample_of(record: PollRecord, circuit_id: str) -> RefSample | None:
    """What the poll's record says of one circuit; None when it was no sample of it."""
    row = record.view.inventory.circuit_row.get(circuit_id)
    if row is None or not record.valid[row] & 0x80:
        return None
    valid, table = int(record.valid[row]), record.view.circuits
    values = {name: float(getattr(table, name)[row]) for name in NAMES}
    for name, metric in OWN.items():
        if not valid >> metric & 1:
            values[name] = math.nan
    both = [v for v in (values["rx_pct"], values["tx_pct"]) if not math.isnan(v)]
    values["util"] = max(both, default=math.nan)
    raw = int(record.raw_levels[row])
    levels = {m: raw >> 2 * m & 3 for m in Metric if valid >> m & 1}
    return RefSample(record.view.at, record.view.interval, values, levels)


def samples_of(records: Iterable[PollRecord], circuit_id: str) -> list[RefSample]:
    found = (sample_of(record, circuit_id) for record in records)
    return [s for s in found if s is not None]


def edges_of(records: Iterable[PollRecord], circuit_id: str) -> list[Edge]:
    return [e for record in records for e in record.edges if e.circuit_id == circuit_id]


def ledger(rng: np.random.Generator, world: World, change: float = 0.08, late: float = 0.02) -> tuple[Edge, ...]:
    """Edges of the next poll of a world: now and then a circuit changes, and now and then something of the last hours
    becomes known late."""
    at = world.at + world.interval
    found: list[Edge] = []
    for circuit in world.inventory.circuits:
        if rng.random() < change:
            began = at - float(rng.choice([0.0, 0.25, world.interval / 3, world.interval]))
            found.append(
                Edge(circuit_id=circuit.circuit_id, event_time=began, state=State(int(rng.integers(0, 5))), known_at=at)
            )
        if rng.random() < late:
            began = at - float(rng.random()) * 20_000.0
            found.append(
                Edge(
                    circuit_id=circuit.circuit_id, event_time=began, until=began + float(rng.random()) * 4_000.0,
                    state=State(int(rng.integers(0, 5))), known_at=at, source="refold",
                )
            )  # fmt: skip
    return tuple(found)


def live(world: World, rng: np.random.Generator, count: int) -> Iterator[PollRecord]:
    """Polls with a ledger."""
    for _ in range(count):
        yield world.poll(edges=ledger(rng, world))


def write(writer: Writer, records: Iterable[PollRecord], closing: bool = True) -> list[PollRecord]:
    """Write them, and do what falls due, as a leader does."""
    written = []
    for record in records:
        writer.write(record)
        written.append(record)
        while closing and writer.close_due(record.view.at):
            pass
    return written


def plain(records: Sequence[PollRecord], circuit_id: str, known_at: float, start: float, end: float) -> RefFigures:
    """By plain reading."""
    return figures(samples_of(records, circuit_id), edges_of(records, circuit_id), known_at, start, end, GAUGES)


def check(found: Figures, row: int, expected: RefFigures, percentiles: Sequence[str] = ()) -> None:
    """Times and counts to the millisecond; averages as well as hours keep them (seven digits)."""
    for name in ("up", "down", "unknown", "disabled"):
        assert round(float(getattr(found, name)[row]) * 1000) == getattr(expected, name), (found.ids[row], name)
    assert found.flaps[row] == expected.flaps
    for i, gauge in enumerate(GAUGES):
        assert round(float(found.known[row, i]) * 1000) == expected.known[gauge], (found.ids[row], gauge)
        np.testing.assert_allclose(found.average[row, i], expected.average[gauge], rtol=1e-5, atol=1e-4, err_msg=gauge)
        np.testing.assert_equal(found.highest[row, i], np.float32(expected.highest[gauge]), err_msg=gauge)
        if gauge in percentiles:
            np.testing.assert_allclose(found.p95[row, i], expected.p95[gauge], rtol=1e-6, err_msg=gauge)
        else:
            assert np.isnan(found.p95[row, i])
    for (metric, level), milliseconds in expected.above.items():
        assert round(float(found.above[row, metric, level - 1]) * 1000) == milliseconds, (metric, level)
    for (metric, level), milliseconds in expected.longest.items():
        assert round(float(found.longest[row, metric, level - 1]) * 1000) == milliseconds, (metric, level)
