"""A hole as polls: one at the end of every bucket, and one before the first that says nobody had looked until then.

They go through the engine for severities, levels and trends; states, and the figures of 24 hours, are those of the
timeline. A bucket's mean is the sample of the time that the bucket covers, where the port was up at its end; a bucket
without a value is a row without one, so that the next one's sample does not reach back over it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from noctui.engine.engine import Engine
from noctui.engine.timeline import Line
from noctui.model.batch import Batch, FeedReport, Poll
from noctui.model.inventory import Inventory
from noctui.model.view import F4, F8, U1, View
from noctui.model.words import State
from noctui.model.work import PollRecord
from noctui.runtime.backfill_evidence import METRICS, Table
from noctui.runtime.backfill_figures import DayFigures, day_figures
from noctui.runtime.backfill_plan import Hole

FEED = "back-fill"
BESIDE = 0.001
"""Seconds before its instant at which a poll stands when the instant is taken."""
NOTHING = Line(float("-inf"), State.UNKNOWN)


def records(
    engine: Engine,
    hole: Hole,
    inventory: Inventory,
    table: Table,
    lines: Mapping[str, Line],
    seq: int,
    begun: bool,
    taken: Collection[float] = (),
) -> Iterator[PollRecord]:
    """Oldest first, without edges, failovers and notes.

    `lines`: timelines with all that is known now; `seq`: the number of all of them, since between two live polls none
    is free; `begun`: a poll stands at the beginning of the first bucket already; `taken`: instants at which a poll that
    brought nothing stands, so that none of ours may.
    """
    ends: F8 = hole.first + hole.grain.seconds * np.arange(int(begun), hole.buckets + 1, dtype=np.float64)
    circuits = inventory.circuits
    figures = day_figures([lines.get(c.circuit_id, NOTHING) for c in circuits], ends)
    values = _values(hole, inventory, table, ends)
    ids = tuple(c.circuit_id for c in circuits)
    gateways = tuple(g.gateway_id for g in inventory.gateways)
    for i, end in enumerate(ends.tolist()):
        at = end if end not in taken else end - BESIDE
        state = figures.state[i]
        told = Batch(
            "circuits",
            ids,
            np.full(len(ids), at),
            {
                "up": _said(state, State.UP, State.DOWN),
                "disabled": (state == State.DISABLED).astype(np.float64),
                **{name: values[m, i].astype(np.float64) for m, name in enumerate(METRICS)},
            },
        )
        connected = _connected(state, inventory.circuit_gateway, len(gateways))
        poll = Poll(
            seq=seq,
            at=at,
            tick=round(end / hole.grain.seconds),
            interval=hole.grain.seconds,
            circuits=told,
            gateways=Batch("gateways", gateways, np.full(len(gateways), at), {"connected": connected}),
            paths=None,
            reports=(FeedReport(FEED, rows=int(np.isfinite(values[:2, i]).any(axis=0).sum())),),
        )
        record = engine.apply(poll, inventory)
        yield replace(record, view=_with(record, figures, i, told), edges=(), failovers=(), notes=())


def _values(hole: Hole, inventory: Inventory, table: Table, ends: F8) -> F4:
    """[metrics, instants, circuits]: what the bucket that ends there holds; nothing for the poll before the first."""
    out = np.full((len(METRICS), len(ends), len(inventory.circuits)), np.nan, np.float32)
    rows = [(i, table.rows[c.circuit_id]) for i, c in enumerate(inventory.circuits) if c.circuit_id in table.rows]
    if not rows:
        return out
    here, there = (np.array(column) for column in zip(*rows, strict=True))
    first = round((hole.first - table.grid.start) / hole.grain.seconds)
    cut = table.values[:, first : first + hole.buckets][:, :, there]
    out[:, len(ends) - hole.buckets :, here] = cut
    return out


def _said(state: U1, yes: State, no: State) -> F8:
    return np.where(state == yes, 1.0, np.where(state == no, 0.0, np.nan))


def _connected(state: U1, owner: NDArray[np.int32], gateways: int) -> F8:
    """Away when any of its circuits is; heard when one of them is up or down; else nobody knows."""
    found = np.full(gateways + 1, np.nan)  # the last one is for circuits without a gateway
    found[owner[(state == State.UP) | (state == State.DOWN)]] = 1.0
    found[owner[state == State.AWAY]] = 0.0
    return found[:-1]


def _with(record: PollRecord, figures: DayFigures, i: int, told: Batch) -> View:
    """The View with the timeline's figures, and without values that are not this bucket's own: the engine goes on
    showing the last ones for a while, but a bucket without a value is a gap."""
    circuits = record.view.circuits
    lasting = (circuits.state == figures.state[i]) & (circuits.state != State.UP)
    since = np.where(lasting, np.floor(figures.since[i]), circuits.since)
    own = {name: getattr(circuits, name) for name in METRICS}
    own = {n: np.where(v == told.column(n).astype(np.float32), v, np.float32(np.nan)) for n, v in own.items()}
    percents = {
        f"{way}_pct": np.where(np.isnan(own[f"{way}_bps"]), np.float32(np.nan), getattr(circuits, f"{way}_pct"))
        for way in ("rx", "tx")
    }
    return replace(
        record.view,
        circuits=replace(
            circuits,
            since=np.where(np.isnan(since), circuits.since, since),
            flaps_24h=figures.flaps[i],
            avail_24h=figures.available[i],
            coverage_24h=figures.covered[i],
            **own,
            **percents,
        ),
    )
