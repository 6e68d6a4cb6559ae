"""Stories: polls with their inventories, told from a seed.

Every poll and thing has its own stream of chance, so that a shorter story with the same seed begins
like the longer one.
"""

from __future__ import annotations

import math
from dataclasses import replace
from random import Random

import msgspec
import numpy as np

from noctui.model.batch import CIRCUIT_COLUMNS, GATEWAY_COLUMNS, PATH_COLUMNS, Batch, Poll, PortEvent
from noctui.model.inventory import Attachment, Circuit, Gateway, Inventory, PeerPath, Site
from noctui.model.words import Role
from tests.reference.story_lives import GatewayLife, PortLife, Row
from tests.reference.story_values import (
    ALL,
    BANDWIDTHS,
    INTERVAL,
    JITTER,
    LINKS,
    MOS,
    NAN,
    QUALITY,
    TICKS,
    Quirk,
)  # fmt: skip

Story = list[tuple[Poll, Inventory]]
COLUMNS = {"circuits": CIRCUIT_COLUMNS, "gateways": GATEWAY_COLUMNS, "paths": PATH_COLUMNS}
FIRST_TICK = 28_333_320


def random_story(seed: int, circuits: int = 6, polls: int = 40, quirks: frozenset[Quirk] = ALL) -> Story:
    """A story of so many circuits (1 to 3 a site) and polls."""
    return Teller(seed, circuits, quirks).tell(polls)


def network(rng: Random, circuits: int, quirks: frozenset[Quirk] = ALL) -> Inventory:
    """A network of so many circuits; each site has two gateways, and all circuits begin on the first."""
    sites: list[Site] = []
    made: list[Circuit] = []
    while len(made) < circuits:
        site_id = f"s{len(sites)}"
        sites.append(Site(site_id=site_id, name=f"{len(sites):04} Site", region=rng.choice(("", "East", "West"))))
        for port in range(min(rng.choice((1, 2, 2, 3)), circuits - len(made))):
            made.append(
                Circuit(
                    circuit_id=f"{site_id}:ge-0/0/{port}",
                    circuit_no=len(made),
                    site_id=site_id,
                    port_id=f"ge-0/0/{port}",
                    role=rng.choice((Role.PRIMARY, Role.SECONDARY, Role.BACKUP, Role.UNKNOWN, Role.PRIMARY)),
                    down_bps=rng.choice(BANDWIDTHS),
                    up_bps=rng.choice(BANDWIDTHS),
                    link_bps=rng.choice(LINKS),
                    attachments=(Attachment(gateway_id=f"{site_id}a", port_id=f"ge-0/0/{port}"),),
                )
            )
    paths = [(c.circuit_id, f"hub{n}") for c in made for n in range(rng.choice((0, 1, 2, 3)))]
    return Inventory(
        org_id="org",
        sites=tuple(sites),
        gateways=tuple(Gateway(gateway_id=f"{s.site_id}{x}", site_id=s.site_id) for s in sites for x in "ab"),
        circuits=tuple(made),
        paths=tuple(
            PeerPath(path_id=f"{cid}>{hub}", path_no=i, circuit_id=cid, hub=hub)
            for i, (cid, hub) in enumerate(paths)
            if Quirk.PATHS in quirks
        ),
    )


def batch_of(feed: str, rows: list[tuple[str, float, Row]], without: frozenset[str] = frozenset()) -> Batch:
    """Rows (id, observed_at, values) as a batch; columns named in `without` are not carried."""
    return Batch(
        feed=feed,
        ids=tuple(row_id for row_id, _, _ in rows),
        observed_at=np.array([observed for _, observed, _ in rows], np.float64),
        columns={
            name: np.array([row.get(name, NAN) for _, _, row in rows], np.float64)
            for name in COLUMNS[feed]
            if name not in without
        },
    )


class Teller:
    """The network of a story, and what of it the inventory knows."""

    def __init__(self, seed: int, circuits: int, quirks: frozenset[Quirk]) -> None:
        self.seed = seed
        self.quirks = quirks
        self.whole = network(self.chance("network"), circuits, quirks)
        self.inventory = self.whole
        start = FIRST_TICK + self.chance("start").randrange(1440)
        self.tick, self.at = start, start * INTERVAL
        self.gateways = {g.gateway_id: GatewayLife(self.at - 1e6, quirks=quirks) for g in self.whole.gateways}
        self.ports = {c.circuit_id: self._port(c.circuit_id) for c in self.whole.circuits}

    def chance(self, *of: object) -> Random:
        return Random(f"{self.seed}:{of}")

    def _port(self, circuit_id: str) -> PortLife:
        """Some are down since before the story."""
        rng = self.chance("first", circuit_id)
        down = Quirk.LINE in self.quirks and rng.random() < 0.2
        flapped = self.at - rng.choice((0.0, 40.0, 1380.0, 90_000.0, NAN)) if down else NAN
        return PortLife(circuit_id, not down, flapped, quirks=self.quirks)

    def tell(self, polls: int) -> Story:
        return [self.turn(number) for number in range(polls)]

    def turn(self, number: int) -> tuple[Poll, Inventory]:
        before = self.at
        rng = self.chance("time", number)
        gaps = Quirk.GAPS in self.quirks
        self.tick += rng.choice(TICKS) if gaps and rng.random() < 0.12 else 1
        self.at = self.tick * INTERVAL + (rng.choice(JITTER) if gaps and rng.random() < 0.3 else 0.0)
        self._change(self.chance("change", number), number)
        for gid, gateway in self.gateways.items():
            gateway.live(self.chance("gateway", gid, number), number, self.at, before)
        circuits, events = self._circuits(number, before)
        gateways = [
            (gid, seen, row)
            for gid, life in self.gateways.items()
            for seen in (self._heard_at(self.chance("gateway heard", gid, number)),)
            if (row := life.row(self.chance("gateway row", gid, number), seen if seen <= self.at else self.at))
        ]
        feeds = {"circuits": circuits, "gateways": gateways, "paths": self._paths(number)}
        batches = {feed: self._batch(self.chance("batch", feed, number), feed, rows) for feed, rows in feeds.items()}
        poll = Poll(
            seq=number + 1, at=self.at, tick=self.tick, interval=INTERVAL, events=tuple(events),
            circuits=batches["circuits"], gateways=batches["gateways"], paths=batches["paths"],
        )  # fmt: skip
        return poll, self.inventory

    def _heard_at(self, rng: Random) -> float:
        """When a gateway's row was measured."""
        odd = Quirk.AWAY in self.quirks and rng.random() < 0.4
        return self.at - rng.choice((1.0, 30.0, 59.0, -5.0, NAN)) if odd else self.at

    def _circuits(self, number: int, before: float) -> tuple[list[tuple[str, float, Row]], list[PortEvent]]:
        rows: list[tuple[str, float, Row]] = []
        events: list[PortEvent] = []
        nowhere = GatewayLife(0.0)
        for circuit in self.whole.circuits:
            cid = circuit.circuit_id
            now = self.inventory.circuit_row.get(cid)
            circuit = circuit if now is None else self.inventory.circuits[now]
            gateway = self.gateways[circuit.attachment.gateway_id] if circuit.attachment else nowhere
            rng = self.chance("port", cid, number)
            events += self.ports[cid].live(rng, number, self.at, before, gateway)
            told = self.ports[cid].row(rng, self.at, circuit, gateway)
            if told is not None:
                rows.append((cid, *told))
        return rows, events

    def _paths(self, number: int) -> list[tuple[str, float, Row]]:
        rows: list[tuple[str, float, Row]] = []
        for path in self.whole.paths:
            rng = self.chance("path", path.path_id, number)
            if rng.random() < 0.85:
                row = {name: rng.choice(values) for name, values in QUALITY.items()}
                row |= {"up": rng.choice((1.0, 1.0, 1.0, 0.0, NAN)), "active": 1.0, "mos": rng.choice(MOS)}
                rows.append((path.path_id, self.at, row))
        return rows

    def _batch(self, rng: Random, feed: str, rows: list[tuple[str, float, Row]]) -> Batch | None:
        if Quirk.SILENT in self.quirks and rng.random() < 0.06:
            return None
        without: frozenset[str] = frozenset()
        if Quirk.ROWS in self.quirks:
            rng.shuffle(rows)
            if rows and rng.random() < 0.2:
                first = rng.choice(rows)
                rows.insert(0, (first[0], first[1] - 7, {**first[2], "up": 0.0, "loss": 50.0, "connected": 0.0}))
            if rng.random() < 0.2:
                rows.append(("stranger", self.at, {"up": 1.0, "connected": 0.0}))
            if rng.random() < 0.05:
                without = frozenset({"mos", "rx_bps", "cpu", "jitter"})
        batch = batch_of(feed, rows, without)
        return replace(batch, whole=rng.random() < 0.5) if Quirk.ROWS in self.quirks else batch

    def _change(self, rng: Random, number: int) -> None:
        """Now and then another version of the inventory."""
        now = self.inventory
        if Quirk.CHANGES in self.quirks and rng.random() < 0.12:
            now = self._come_and_go(rng, now)
        if Quirk.MOVES in self.quirks and now.circuits and rng.random() < 0.1:
            circuit = rng.choice(now.circuits)
            gateway_id = rng.choice((f"{circuit.site_id}a", f"{circuit.site_id}b", ""))
            attachment = Attachment(gateway_id=gateway_id, port_id=circuit.port_id, since=math.floor(self.at))
            moved = msgspec.structs.replace(circuit, attachments=(attachment,) if gateway_id else ())
            now = _with(now, circuits=tuple(moved if c is circuit else c for c in now.circuits))
        if now is not self.inventory:
            self.inventory = msgspec.structs.replace(now, rev=number + 1, event_time=self.at, known_at=self.at)

    def _come_and_go(self, rng: Random, now: Inventory) -> Inventory:
        what = rng.choice(("circuit", "circuit", "circuit", "bandwidth", "role", "site", "gateway"))
        if what == "site":
            return _with(now, sites=_toggled(self.whole.sites, now.sites, rng.choice(self.whole.sites)))
        if what == "gateway":
            return _with(now, gateways=_toggled(self.whole.gateways, now.gateways, rng.choice(self.whole.gateways)))
        circuit = rng.choice(self.whole.circuits)
        row = now.circuit_row.get(circuit.circuit_id)
        if what == "circuit" or row is None:
            circuits = list(now.circuits)
            if row is None:
                circuits.append(circuit)
            else:
                del circuits[row]
            return _with(now, circuits=tuple(sorted(circuits, key=lambda c: c.circuit_no)))
        change = {"down_bps": rng.choice(BANDWIDTHS)} if what == "bandwidth" else {"role": rng.choice(tuple(Role))}
        changed = msgspec.structs.replace(now.circuits[row], **change)
        return _with(now, circuits=tuple(changed if i == row else c for i, c in enumerate(now.circuits)))


def _with(inventory: Inventory, **changes: object) -> Inventory:
    """Another version; paths without their circuit are left out of none: an engine must bear them."""
    return msgspec.structs.replace(inventory, **changes)


def _toggled(whole: tuple[object, ...], now: tuple[object, ...], one: object) -> tuple[object, ...]:
    """`now` with `one` when it lacked it, else without, in the order of `whole`."""
    return tuple(x for x in whole if (x in now) != (x == one))
