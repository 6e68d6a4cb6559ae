"""A network whose circuits are lost and come back, and the incidents made of it: what worked cases are told with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from msgspec import structs

from noctui.engine.alarms.incidents import Correlated, Incidents
from noctui.model.alarms import ENGINE, Alarm
from noctui.model.inventory import Circuit, Inventory, PeerPath
from noctui.model.view import View
from noctui.model.words import Role, Severity
from tests.engine.build import circuit, network, table, view

T0 = 1763866260.0
"""02:51 UTC on Nov 23, 2025."""
CARRIERS = ("Lumen", "Comcast", "Zayo", "AT&T", "Spectrum", "Frontier")
REGIONS = ("East", "Mountain", "South", "West")
SEVERITIES = {"down": Severity.DOWN, "away": Severity.AWAY, "no_path": Severity.CRITICAL, "no_data": Severity.UNKNOWN}


def chain(each: int = 30, carriers: Iterable[str] = CARRIERS, regions: Iterable[str] = REGIONS) -> Inventory:
    """`each` sites per region with a circuit of every carrier; ids are `{region}-{n}:{carrier}`."""
    circuits: list[Circuit] = []
    where: dict[str, str] = {}
    for region in regions:
        for n in range(each):
            site = f"{region}-{n}"
            where[site] = region
            circuits.extend(
                circuit(site, carrier, Role.PRIMARY if i == 0 else Role.SECONDARY, carrier)
                for i, carrier in enumerate(carriers)
            )
    return network(circuits, where)


def ids(inventory: Inventory, carrier: str = "", region: str = "") -> list[str]:
    """Circuits of a carrier and a region; "" is any."""
    return [
        c.circuit_id
        for c in inventory.circuits
        if carrier in ("", c.carrier) and (not region or c.site_id.startswith(f"{region}-"))
    ]


def with_hubs(inventory: Inventory, hub_of: Mapping[str, str]) -> Inventory:
    """With a path of each circuit named to its hub."""
    paths = [PeerPath(path_id=f"{c}>{h}", path_no=n, circuit_id=c, hub=h) for n, (c, h) in enumerate(hub_of.items())]
    return structs.replace(inventory, paths=tuple(paths))


def quiet(inventory: Inventory, at: float = T0) -> View:
    """All up."""
    return view(inventory, table(len(inventory.circuits)), at)


class Cut:
    """Polls of a network; times are seconds since `T0`. Alarms stay open until they are told to be back."""

    def __init__(self, inventory: Inventory) -> None:
        self.inventory = inventory
        self.view = quiet(inventory)
        self.incidents = Incidents()
        self.open: dict[str, Alarm] = {}
        self.found = Correlated()
        self._of = {c.circuit_id: c for c in inventory.circuits}
        self._region = {s.site_id: s.region for s in inventory.sites}

    def alarm(self, circuit_id: str, t: float, type: str = "down", **more: object) -> Alarm:
        """The alarm of a circuit."""
        found: Circuit = self._of[circuit_id]
        key = f"circuit/{circuit_id}/{type}"
        return Alarm(
            alarm_id=f"{key}@{int(T0 + t)}", key=key, source=ENGINE, type=type,
            severity=more.pop("severity", SEVERITIES.get(type, Severity.CRITICAL)),  # type: ignore[arg-type]
            opened=T0 + t, changed=T0 + t, known_at=T0 + t, site_id=found.site_id, carrier=found.carrier,
            region=self._region[found.site_id], circuit_ids=(circuit_id,),
            gateway_ids=(found.attachments[-1].gateway_id,), **more,  # type: ignore[arg-type]
        )  # fmt: skip

    def lose(self, circuits: Iterable[str], t: float, type: str = "down", spread: float = 0.0, **more: object) -> None:
        """Circuits are lost from `t` on, one after another over `spread` seconds."""
        those = list(circuits)
        for n, one in enumerate(those):
            alarm = self.alarm(one, t + np.floor(spread * n / max(len(those), 1)), type, **more)
            self.open[alarm.alarm_id] = alarm

    def back(self, circuits: Iterable[str]) -> None:
        """Their alarms clear."""
        those = set(circuits)
        self.open = {i: a for i, a in self.open.items() if not those.intersection(a.circuit_ids)}

    def poll(self, t: float) -> list[Alarm]:
        """The incidents at `t`."""
        self.found = self.incidents.correlate(list(self.open.values()), self.view, T0 + t)
        return list(self.found.incidents)

    def members(self, incident: Alarm) -> set[str]:
        """Its open members' circuits."""
        return {
            c
            for alarm_id, parent in self.found.parent.items()
            if parent == incident.alarm_id
            for c in self.open[alarm_id].circuit_ids
        }


def told(incidents: Iterable[Alarm]) -> list[tuple[int, str, int]]:
    """(number, text, open members) of those that are open."""
    return [(i.number, i.text, i.open_members) for i in incidents if i.open]
