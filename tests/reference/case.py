"""One site with its circuits, poll by poll in seconds since `T0`: what worked cases are told with."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import msgspec

from noctui.model.batch import Poll, PortEvent
from noctui.model.edges import Edge
from noctui.model.inventory import Attachment, Circuit, Gateway, Inventory, PeerPath, Site
from noctui.model.words import Role
from tests.reference.answers import RefCircuit, RefPoll
from tests.reference.painting import Stretch
from tests.reference.reference import Reference
from tests.reference.stories import batch_of

T0 = 1_699_999_200.0
"""A whole quarter hour, and a whole poll."""
CIRCUIT = Circuit(
    circuit_id="c", circuit_no=0, site_id="s", port_id="p", role=Role.PRIMARY, down_bps=100e6, up_bps=50e6,
    link_bps=1e9, attachments=(Attachment(gateway_id="g", port_id="p"),),
)  # fmt: skip
UP = {"up": 1.0, "disabled": 0.0, "active": 1.0}
DOWN = {"up": 0.0, "disabled": 0.0, "active": 0.0}
DISABLED = {"up": 0.0, "disabled": 1.0}

Row = Mapping[str, float]


class Case:
    """Polls of a small network. Times go in and come out as seconds since `T0`; a poll's tick is its minute."""

    def __init__(self, *circuits: Circuit, paths: Sequence[str] = ()) -> None:
        self.inventory = Inventory(
            org_id="o",
            sites=(Site(site_id="s", name="Site"),),
            gateways=(Gateway(gateway_id="g", site_id="s"), Gateway(gateway_id="h", site_id="s")),
            circuits=circuits or (CIRCUIT,),
            paths=tuple(PeerPath(path_id=p, path_no=i, circuit_id="c") for i, p in enumerate(paths)),
        )
        self.reference = Reference()
        self.edges: list[Edge] = []

    def poll(
        self, t: float, row: Row | None = UP, *, seen: float | None = None, connected: float | None = 1.0,
        uptime: float = float("nan"), reported: float | None = None, events: Sequence[tuple[float, bool]] = (),
        paths: Mapping[str, Row] | None = None,
        rows: Mapping[str, Row] | None = None, silent: bool = False, held: Collection[str] = (), interval: float = 60.0,
    ) -> RefPoll:  # fmt: skip
        """`row` is circuit `c`'s (None: absent) observed at `seen`; `connected` None: no gateway row.

        `reported`: when the gateway told its row, else at the poll.
        """
        at = T0 + t
        told = rows if rows is not None else {} if row is None else {"c": row}
        observed = at if seen is None else T0 + seen
        gateways = (
            []
            if connected is None
            else [("g", at if reported is None else T0 + reported, {"connected": connected, "uptime": uptime})]
        )
        answer = self.reference.poll(
            Poll(
                seq=0,
                at=at,
                tick=int(at // interval),
                interval=interval,
                circuits=None
                if silent
                else batch_of("circuits", [(cid, observed, dict(r)) for cid, r in told.items()]),
                gateways=batch_of("gateways", gateways),
                paths=batch_of("paths", [(p, at, dict(r)) for p, r in (paths or {}).items()]),
                events=tuple(PortEvent("c", T0 + time, up) for time, up in events),
            ),
            self.inventory,
            held,
        )
        self.edges += answer.edges
        return answer

    def circuit(self, t: float, row: Row | None = UP, **more: object) -> RefCircuit:
        """Circuit `c` of the poll."""
        return self.poll(t, row, **more).circuits["c"]  # type: ignore[arg-type]

    def change(self, **fields: object) -> None:
        """The inventory has circuit `c` with other fields from now on."""
        circuits = tuple(
            msgspec.structs.replace(c, **fields) if c.circuit_id == "c" else c for c in self.inventory.circuits
        )
        self.only(*circuits)

    def only(self, *circuits: Circuit) -> None:
        """The inventory has these circuits from now on."""
        self.inventory = msgspec.structs.replace(self.inventory, circuits=circuits)

    def told(self) -> list[tuple[float, str, str, float]]:
        """The edges of circuit `c`: (event time, state, source, uncertainty)."""
        return [
            (e.event_time - T0, e.state.name.lower(), e.source, e.uncertainty)
            for e in self.edges
            if e.circuit_id == "c" and e.until is None
        ]

    def line(self, start: float, end: float, known_at: float = 1e9) -> list[tuple[float, float, str]]:
        """Circuit `c`'s timeline."""
        stretches: list[Stretch] = self.reference.timeline("c", T0 + start, T0 + end, T0 + known_at)
        return [(began - T0, ended - T0, state.name.lower()) for began, ended, state in stretches]
