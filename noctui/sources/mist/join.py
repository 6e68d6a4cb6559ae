"""The join: ports, `if_stat` and configuration become circuits; peers become their paths.

A `Joiner` remembers the sweep before: an unchanged gateway costs a comparison, unchanged tuples are the same objects
again, and rows of lost pages keep what was known of them. The work is a generator that stops every `SLICE` rows, so
that whoever drives it on an event loop can let others run.
"""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterable, Mapping
from dataclasses import dataclass, field

from noctui.model.batch import Found, FoundPath
from noctui.model.inventory import Gateway
from noctui.sources.mist.bandwidth import Measured, bandwidth, link_speed
from noctui.sources.mist.carrier import carrier
from noctui.sources.mist.config import Config, resolved
from noctui.sources.mist.enrich_own import Owns
from noctui.sources.mist.gates import NO_WAN, Gate, Wan, gate_of_inventory, gate_of_stats
from noctui.sources.mist.numbering import Key, Numbering
from noctui.sources.mist.odd import Odd
from noctui.sources.mist.paths import PathJoiner
from noctui.sources.mist.ports import as_mac, is_lte
from noctui.sources.mist.roles import RoleFound, roles
from noctui.sources.mist.statics import Statics
from noctui.sources.mist.structs import DeviceRow, PeerRow, PortConfig, PortRow
from noctui.sources.mist.text import clean

SLICE = 400
Steps = Generator[None, None, None]


@dataclass(slots=True)
class Line:
    """A WAN port as last seen, and the circuit made of it."""

    site_id: str
    link_bps: float = 0.0
    desc: str = ""  # the port row's own description
    name: str = ""  # the configuration's name of the WAN
    up: bool | None = None
    disabled: bool = False
    signs: tuple[object, ...] = ()
    found: Found | None = None


@dataclass(slots=True)
class Joined:
    """What is known after a sweep. The tuples are the same objects as before while nothing in them changed."""

    gateways: tuple[Gateway, ...] = ()
    circuits: tuple[Found, ...] = ()
    port_rows: dict[str, PortRow] = field(default_factory=dict)  # circuit_id → this sweep's row
    path_rows: dict[str, PeerRow] = field(default_factory=dict)  # path_id → this sweep's row
    paths: tuple[FoundPath, ...] = ()
    unmatched_paths: int = 0


class Joiner:
    """Keeps what earlier sweeps said. Call `gateways`, then `ports`, then `peers`; each only when its feed answered."""

    def __init__(self, statics: Statics | None = None) -> None:
        self.statics = statics or Statics()
        self.owns = Owns()
        self.owns.learn(self.statics)
        self._pairs = _pairs(self.statics)
        self.joined = Joined()
        self.gates: dict[str, Gate] = {}
        self.stats: dict[str, DeviceRow] = {}  # this sweep's rows by mac
        self._lines: dict[Key, Line] = {}
        self._ids: dict[Key, str] = {}
        self._numbering = Numbering()
        self._paths = PathJoiner()

    def learn(self, statics: Statics) -> None:
        """Sites, templates and inventory anew: every circuit is made again."""
        self.statics = statics
        self.owns.learn(statics)
        self._pairs = _pairs(statics)
        for line in self._lines.values():
            line.signs = ()

    def forget_rows(self) -> None:
        """Let go of a sweep's rows, once its batches are made or as the next begins: they are most of the memory that
        a sweep takes, and the next one would stand beside them."""
        self.joined.port_rows, self.joined.path_rows, self.stats = {}, {}, {}
        self._paths.rows = {}

    def gateways(self, rows: Iterable[DeviceRow], whole: bool, odd: Odd | None = None) -> Steps:
        """Where the gateways are. With `whole`, those that neither stats nor inventory have are gone, unless some row
        does not say whose it is. `odd` counts rows that say nothing."""
        stock, odd = self.statics.inventory, odd or Odd()
        gates: dict[str, Gate] = {}
        for n, row in enumerate(rows, 1):
            mac = as_mac(row.mac)
            if mac:
                gates[mac] = gate_of_stats(row, self.gates.get(mac), stock.get(mac))
                self.stats[mac] = row
            if not mac or (row.status is None and row.last_seen is None and row.model is None):
                odd.empty(row, bool(mac))
            if n % SLICE == 0:
                yield
        if not whole or odd.nameless:
            gates = {**self.gates, **gates}
        for mac, item in stock.items():
            if mac not in gates and not self._is_half(mac, gates):
                known = self.gates.get(mac)
                stays = known is not None and known.site_id == clean(item.site_id)
                gates[mac] = known if known is not None and stays else gate_of_inventory(item)
        self.gates = gates
        told = tuple(gates[mac].gateway for mac in sorted(gates) if gates[mac].site_id)
        if told != self.joined.gateways:
            self.joined.gateways = told

    def ports(self, rows: Iterable[PortRow], whole: bool, odd: Odd | None = None) -> Steps:
        """Circuits of this sweep's port rows; of two rows for one port the last counts. `odd` counts rows that say
        nothing; one that does not even say whose it is may be that of any circuit without a row."""
        odd = odd or Odd()
        wan: dict[Key, PortRow] = {}
        heard: set[str] = set()
        for n, row in enumerate(rows, 1):
            mac, port = self._mac(row.mac), clean(row.port_id)
            if mac and port:
                heard.add(mac)
                if self._is_wan(mac, port, row):
                    wan[mac, port] = row
                else:
                    self._lines.pop((mac, port), None)
            if (row.up is None and row.port_usage is None) or not (mac and port):
                odd.empty(row, bool(mac and port))
            if n % SLICE == 0:
                yield
        if whole and not odd.nameless:
            self._forget(wan, heard)
        for n, (key, row) in enumerate(wan.items(), 1):
            self._see(key, row)
            if n % SLICE == 0:
                yield
        yield from self._circuits()
        ids = self._ids
        self.joined.port_rows = {ids[key]: row for key, row in wan.items() if key in ids}

    def peers(self, rows: Iterable[PeerRow], whole: bool, odd: Odd | None = None) -> Steps:
        """Peer paths of this sweep, each with the circuit it runs over. `odd` counts rows that say nothing."""
        circuits = {f.circuit_id: f for f in self.joined.circuits}
        yield from self._paths.join(rows, whole, self.circuit_of, circuits, odd or Odd())
        self.joined.paths, self.joined.path_rows = self._paths.paths, self._paths.rows
        self.joined.unmatched_paths = self._paths.unmatched

    def circuit_of(self, mac: str, port: str) -> str:
        """The circuit a peer row or an event speaks of: by exact port, without its unit, by WAN name; "" for none."""
        return self._numbering.find(self._mac(mac), port)

    @property
    def pairs(self) -> Mapping[str, str]:
        """Half of an HA pair → the mac that the pair goes by."""
        return self._pairs

    def placed(self) -> Iterable[tuple[str, str]]:
        """(mac, site id) of each WAN port as last seen; macs as rows say them."""
        return ((mac, line.site_id) for (mac, _), line in self._lines.items())

    def last_seen(self, mac: str | None) -> float | None:
        """When a gateway was last heard (epoch seconds); None when nobody knows."""
        gate = self.gates.get(self._mac(mac))
        return gate.last_seen if gate else None

    def _mac(self, text: str | None) -> str:
        """The gateway that a row speaks of: the halves of an HA pair go by the pair's mac."""
        mac = as_mac(text)
        return mac if not self._pairs or mac in self.gates else self._pairs.get(mac, mac)

    def _is_half(self, mac: str, gates: Collection[str]) -> bool:
        """Is it one half of an HA pair that stands in the list itself?"""
        pair = self._pairs.get(mac)
        return pair is not None and (pair in gates or pair in self.statics.inventory)

    def _is_wan(self, mac: str, port: str, row: PortRow) -> bool:
        if row.port_usage == "wan" or is_lte(port):
            return True
        if row.port_usage is None and (mac, port) in self._lines:
            return True  # nothing says that it is another kind of port now
        gate = self.gates.get(mac)
        if gate is not None and port in gate.wans:
            return True
        config = self._config(mac, self._site(mac, row)).port(port)
        return config is not None and config.usage == "wan"

    def _config(self, mac: str, site_id: str) -> Config:
        gate = self.gates.get(mac)
        return self.owns.config(mac, site_id, gate.profile_id if gate else "")

    def config(self, mac: str) -> Config:
        """What a gateway is set up to be, as far as that is known."""
        gate = self.gates.get(mac)
        return self._config(mac, gate.site_id if gate else "")

    def line(self, mac: str, port: str) -> Line | None:
        """A WAN port as last seen."""
        return self._lines.get((mac, port))

    def _site(self, mac: str, row: PortRow) -> str:
        """Where the gateway stands by its own word; a port row of a gateway that nobody lists speaks for itself."""
        gate = self.gates.get(mac)
        return clean(row.site_id) if gate is None else gate.site_id

    def _see(self, key: Key, row: PortRow) -> None:
        site = self._site(key[0], row)
        if not site:  # the gateway is attached to no site: in a box, or on a shelf
            self._lines.pop(key, None)
            return
        line = self._lines.get(key)
        if line is None or line.site_id != site:
            line = self._lines[key] = Line(site)
        # a port that is down may report no speed or the lowest one: its line is as fast as it was
        if row.up or not line.link_bps:
            line.link_bps = link_speed(row.speed) or line.link_bps
        if row.port_desc is not None or row.port_usage is not None:  # else the row says nothing of what it is
            line.desc = row.port_desc or ""
        config = self._config(key[0], site).port(key[1])
        line.name = resolved(config.name) if config else ""
        if row.disabled is None and config is not None and config.disabled:
            row.disabled = True  # the port does not say; who set it up does
        line.up, line.disabled = row.up, bool(row.disabled)

    def _forget(self, wan: Collection[Key], heard: Collection[str]) -> None:
        """Circuits without a row are gone, but not those of a gateway that is still placed and silent altogether."""
        for key, line in list(self._lines.items()):
            gate = self.gates.get(key[0])
            silent = key[0] not in heard and gate is not None and gate.site_id == line.site_id
            if key not in wan and not silent:
                del self._lines[key]

    def _circuits(self) -> Steps:
        of_gate: dict[str, list[str]] = {}
        for mac, port in self._lines:
            of_gate.setdefault(mac, []).append(port)
        self._numbering.number(
            {key: line.site_id for key, line in self._lines.items()},
            {key: self._wan(key).name or line.name for key, line in self._lines.items()},
        )
        self._ids = self._numbering.ids
        for n, (mac, ports) in enumerate(of_gate.items(), 1):
            self._gateway_circuits(mac, sorted(ports))
            if n % SLICE == 0:
                yield
        made = {line.found.circuit_id: line.found for line in self._lines.values() if line.found}
        told = tuple(made[i] for i in sorted(made))
        if told != self.joined.circuits:
            self.joined.circuits = told

    def _gateway_circuits(self, mac: str, ports: list[str]) -> None:
        """Make the circuits of one gateway, unless nothing that they are made of has changed."""
        lines = [self._lines[mac, p] for p in ports]
        wans = [self._wan((mac, p)) for p in ports]
        config = self._config(mac, lines[0].site_id)
        tests = self._tests(mac, lines[0].site_id)
        signs = [
            (self._ids[mac, p], line.link_bps, line.desc, wan, config, tests.get(self._ids[mac, p]), ports)
            for p, line, wan in zip(ports, lines, wans, strict=True)
        ]
        if all(line.signs == sign for line, sign in zip(lines, signs, strict=True)):
            return
        found_roles = roles(
            config,
            {p: w.name for p, w in zip(ports, wans, strict=True)},
            {p: w.type for p, w in zip(ports, wans, strict=True)},
        )
        for port, line, wan, sign in zip(ports, lines, wans, signs, strict=True):
            line.signs = sign
            circuit_id = self._ids[mac, port]
            test = tests.get(circuit_id)
            line.found = _found(circuit_id, mac, port, line, wan, config.port(port), found_roles[port], test)

    def _tests(self, mac: str, site_id: str) -> dict[str, Measured]:
        """Circuit id → its newest good speed test; tests call ports as they like."""
        tested = self.owns.tested(mac, site_id)
        if not tested:
            return {}
        found: dict[str, Measured] = {}
        for port, test in tested.items():
            circuit_id = self.circuit_of(mac, port)
            if circuit_id and (circuit_id not in found or found[circuit_id].at < test.at):
                found[circuit_id] = test
        return found

    def _wan(self, key: Key) -> Wan:
        gate = self.gates.get(key[0])
        return gate.wans.get(key[1], NO_WAN) if gate else NO_WAN


def _pairs(statics: Statics) -> dict[str, str]:
    """Half of an HA pair → the mac that the pair goes by."""
    pairs = ((mac, as_mac(item.vc_mac)) for mac, item in statics.inventory.items())
    return {mac: pair for mac, pair in pairs if pair and pair != mac}


def _found(
    circuit_id: str,
    mac: str,
    port: str,
    line: Line,
    wan: Wan,
    config: PortConfig | None,
    role: RoleFound,
    test: Measured | None,
) -> Found:
    speed = bandwidth(line.link_bps, config, test)
    return Found(
        circuit_id=circuit_id,
        site_id=line.site_id,
        gateway_id=mac,
        port_id=port,
        unit=wan.unit,
        wan_name=wan.name or line.name,
        carrier=carrier(wan.carrier, config, line.desc),
        role=role[0],
        role_source=role[1],
        down_bps=speed.down_bps,
        up_bps=speed.up_bps,
        bandwidth_source=speed.source,
        up_source=speed.up_source,
        speed_test_at=speed.tested_at,
        link_bps=speed.link_bps,
        wan_type=wan.type or resolved(config.wan_type if config else None),
        description=resolved(config.description if config else None) or clean(line.desc).strip(),
    )
