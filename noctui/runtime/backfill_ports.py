"""Whose series are asked for a circuit, and whose events speak of it, by its dated attachments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from noctui.model.inventory import Attachment, Circuit, Inventory
from noctui.sources.mist.backfill import Port
from noctui.sources.mist.ports import as_mac, split_unit
from noctui.sources.mist.structs import EventRow


def attached(circuit: Circuit, start: float, end: float) -> tuple[Attachment, ...]:
    """Where the circuit was plugged in during [start, end], oldest first. Its first attachment holds for all time
    before it, too: when it was plugged in nobody saw. One that was first seen at the end may have begun before."""
    found = []
    for i, one in enumerate(circuit.attachments):
        since = one.since if i else float("-inf")
        if since <= end and (one.until is None or one.until > start):
            found.append(one)
    return tuple(found)


def ports_of(
    circuits: Iterable[Circuit], newest: Mapping[str, Circuit], start: float, end: float
) -> dict[str, tuple[Port, ...]]:
    """Circuit id → the ports that it was on in [start, end), oldest first. `newest`: circuits as they are now, which
    know of gateways that were replaced since."""
    found = {}
    for circuit in circuits:
        known = newest.get(circuit.circuit_id, circuit)
        ports = (Port(circuit.site_id, a.gateway_id, a.port_id) for a in attached(known, start, end))
        found[circuit.circuit_id] = tuple(dict.fromkeys(p for p in ports if p.askable))
    return found


@dataclass(frozen=True, slots=True)
class Names:
    """Finds the circuit that an event or alarm speaks of. `strangers` are the sites of macs that no inventory knows:
    the second half of a pair, a gateway from before the first look."""

    by_port: Mapping[tuple[str, str], str]
    by_site: Mapping[tuple[str, str], str]
    known: frozenset[str]
    only: Mapping[str, str]  # site → its only gateway
    strangers: Mapping[str, str]

    def circuit(self, mac: str, port: str) -> str:
        """By exact port, without its unit, by WAN name; of a stranger by its site, where that is plain. "" for none."""
        for name in dict.fromkeys((port, split_unit(port)[0])):
            found = self.by_port.get((mac, name))
            if found is None and mac in self.strangers:
                found = self.by_site.get((self.strangers[mac], name))
            if found:
                return found
        return ""

    def gateway(self, mac: str) -> str:
        """The gateway that an event is of: a stranger's are those of the only gateway of its site."""
        return mac if mac in self.known else self.only.get(self.strangers.get(mac, ""), mac)


def names_of(inventories: Iterable[Inventory], told: Iterable[EventRow]) -> Names:
    """Of several versions the later ones win. `told` are the events that may come from strangers."""
    by_port: dict[tuple[str, str], str] = {}
    by_site: dict[tuple[str, str], str] = {}
    twice: set[tuple[str, str]] = set()
    gateways: dict[str, set[str]] = {}
    for inventory in inventories:
        for gateway in inventory.gateways:
            gateways.setdefault(gateway.site_id, set()).add(gateway.gateway_id)
        for circuit in inventory.circuits:
            for name in filter(None, (circuit.wan_name, circuit.port_id)):
                key = (circuit.site_id, name)
                if by_site.setdefault(key, circuit.circuit_id) != circuit.circuit_id:
                    twice.add(key)
            for one in circuit.attachments:
                for name in filter(None, (circuit.wan_name, one.port_id)):
                    by_port[one.gateway_id, name] = circuit.circuit_id
    for key in twice:
        by_site.pop(key, None)
    known = frozenset(mac for macs in gateways.values() for mac in macs)
    strangers = {mac: row.site_id or "" for row in told if (mac := as_mac(row.mac)) and mac not in known}
    only = {site: next(iter(macs)) for site, macs in gateways.items() if len(macs) == 1}
    return Names(by_port, by_site, known, only, strangers)
