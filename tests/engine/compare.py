"""One poll of the engine held against the same poll of the plain-Python reference, value by value."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from noctui.engine.engine import Engine
from noctui.model.edges import Edge
from noctui.model.inventory import Inventory
from noctui.model.words import Metric
from noctui.model.work import PollRecord
from tests.reference.answers import RefPoll
from tests.reference.reference import Reference

EXACT = (
    "severity", "state", "since", "stale", "active", "active_since", "suspect", "no_path", "age", "rx_bps", "tx_bps",
    "rx_pct", "tx_pct", "loss", "jitter", "latency", "mos", "quality", "levels", "flaps_24h", "trend", "bad_quarters",
)  # fmt: skip
SUMMED = ("avail_24h", "coverage_24h")
"""Sums of stretches: the order of adding may differ by the last bit."""


def same_poll(record: PollRecord, told: RefPoll, inventory: Inventory) -> None:
    """Every figure, edge and failover of the poll."""
    ids = [c.circuit_id for c in inventory.circuits]
    table, rows = record.view.circuits, [told.circuits[i] for i in ids]
    assert record.view.silent == told.silent
    assert edges_by_circuit(record.edges) == edges_by_circuit(told.edges)
    for name in EXACT:
        _equal(name, ids, np.asarray(getattr(table, name)), np.array([getattr(row, name) for row in rows]))
    for name in SUMMED:
        ours, theirs = getattr(table, name), np.array([getattr(row, name) for row in rows], np.float32)
        np.testing.assert_allclose(ours, theirs, rtol=1e-6, err_msg=f"{name} of {ids}")
    _equal("raw_levels", ids, record.raw_levels, np.array([row.raw_levels for row in rows]))
    _equal("valid", ids, record.valid, np.array([row.valid for row in rows]))
    assert record.rejected == told.rejected
    assert set(record.failovers) == set(told.failovers)
    for row, site in enumerate(inventory.sites):
        ours, theirs_site = record.view.sites, told.sites[site.site_id]
        carrying = ids[ours.carrying[row]] if ours.carrying[row] >= 0 else None
        since = float(ours.since[row])
        assert (ours.severity[row], ours.dark[row], ours.failed_over[row], carrying) == (
            theirs_site.severity, theirs_site.dark, theirs_site.failed_over, theirs_site.carrying,
        ), site.site_id  # fmt: skip
        assert since == theirs_site.since or (since != since and theirs_site.since != theirs_site.since), site.site_id
        assert ours.counts[row].tolist() == theirs_site.counts


def same_windows(engine: Engine, reference: Reference, inventory: Inventory) -> None:
    """The three windows after the latest poll."""
    for hours in (3, 12, 24):
        ours, theirs = engine.above(hours), reference.above(hours)
        for row, circuit in enumerate(inventory.circuits):
            for metric in Metric:
                told = theirs[circuit.circuit_id][metric]
                found = [(float(ours.total[row, metric, n]), float(ours.longest[row, metric, n])) for n in range(3)]
                expected = [told.levels[n] for n in (1, 2, 3)]
                assert (float(ours.known[row, metric]), found) == (told.known, expected), (circuit.circuit_id, metric)


def edges_by_circuit(edges: Iterable[Edge]) -> dict[str, list[Edge]]:
    """Each circuit's edges in the order they were written; what only explains is left out."""
    found: dict[str, list[Edge]] = defaultdict(list)
    for edge in edges:
        found[edge.circuit_id].append(edge)
    return dict(found)


def _equal(name: str, ids: list[str], ours: NDArray[np.generic], theirs: NDArray[np.generic]) -> None:
    if not ids:
        return
    if ours.dtype.kind == "f":
        theirs = theirs.astype(ours.dtype)
    same = np.asarray((ours == theirs) | ((ours != ours) & (theirs != theirs)))
    if not same.all():
        first = int(np.flatnonzero(~same.reshape(len(ids), -1).all(axis=1))[0])
        raise AssertionError(f"{name} of {ids[first]}: engine {ours[first]!r}, reference {theirs[first]!r}")
