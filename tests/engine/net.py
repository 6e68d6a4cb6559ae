"""A small network told poll by poll in seconds since `T0`: what worked cases of the engine are told with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from noctui.engine.engine import Engine
from noctui.model.batch import Batch, Poll, PortEvent
from noctui.model.edges import Edge
from noctui.model.inventory import Circuit, Inventory, PeerPath
from noctui.model.view import B1
from noctui.model.work import PollRecord
from tests.engine.build import circuit, network

T0 = 1_699_999_200.0
"""A whole quarter hour, and a whole minute."""
NAN = float("nan")
UP = {"up": 1.0, "disabled": 0.0, "active": 1.0}
DOWN = {"up": 0.0, "disabled": 0.0, "active": 0.0}
OFF = {"up": 0.0, "disabled": 1.0, "active": 0.0}

Row = Mapping[str, float]


def batch(feed: str, rows: Sequence[tuple[str, float, Row]]) -> Batch:
    """Rows as (id, observed at, columns)."""
    names = sorted({name for _, _, row in rows for name in row})
    return Batch(
        feed,
        tuple(i for i, _, _ in rows),
        np.array([seen for _, seen, _ in rows], np.float64),
        {name: np.array([row.get(name, NAN) for _, _, row in rows], np.float64) for name in names},
    )


class Net:
    """Polls of a network whose first circuit is `s:0`. Times are seconds since `T0`."""

    def __init__(self, *circuits: Circuit, paths: Sequence[str] = (), engine: Engine | None = None) -> None:
        self.inventory = network(circuits or (circuit("s", "0", link_bps=1e9),))
        if paths:
            self.inventory = Inventory(
                org_id="org",
                sites=self.inventory.sites,
                gateways=self.inventory.gateways,
                circuits=self.inventory.circuits,
                paths=tuple(PeerPath(path_id=p, path_no=n, circuit_id="s:0") for n, p in enumerate(paths)),
            )
        self.engine = engine or Engine()
        self.edges: list[Edge] = []

    def poll(
        self,
        t: float,
        row: Row | None = UP,
        *,
        more: Mapping[str, Row] | None = None,
        seen: float | None = None,
        connected: float = 1.0,
        uptime: float = NAN,
        reported: float | None = None,
        events: Sequence[tuple[float, bool]] = (),
        paths: Mapping[str, Row] | None = None,
        silent: bool = False,
        held: B1 | None = None,
        interval: float = 60.0,
    ) -> PollRecord:
        """`row` is that of `s:0` (None: absent), `more` those of others; `silent`: no circuits batch at all.

        `reported`: when the gateways told their rows, else at the poll.
        """
        at = T0 + t
        rows = {**({} if row is None else {"s:0": row}), **(more or {})}
        observed = at if seen is None else T0 + seen
        told = at if reported is None else T0 + reported
        gateways = [(g.gateway_id, told, {"connected": connected, "uptime": uptime}) for g in self.inventory.gateways]
        record = self.engine.apply(
            Poll(
                seq=1,
                at=at,
                tick=int(at // interval),
                interval=interval,
                circuits=None if silent else batch("circuits", [(i, observed, r) for i, r in rows.items()]),
                gateways=batch("gateways", gateways),
                paths=None if paths is None else batch("paths", [(p, at, r) for p, r in paths.items()]),
                events=tuple(PortEvent("s:0", T0 + time, up) for time, up in events),
            ),
            self.inventory,
            held,
        )
        self.edges.extend(record.edges)
        return record

    def told(self) -> list[tuple[float, str, str, float]]:
        """The open edges of `s:0`: event time, state, source, uncertainty."""
        return [
            (e.event_time - T0, e.state.name.lower(), e.source, e.uncertainty)
            for e in self.edges
            if e.circuit_id == "s:0" and e.until is None
        ]

    def painted(self) -> list[tuple[float, float, str]]:
        """The edges of `s:0` with an end: from, until, state."""
        return [
            (e.event_time - T0, e.until - T0, e.state.name.lower())
            for e in self.edges
            if e.circuit_id == "s:0" and e.until is not None
        ]
