"""An alarm book told poll by poll, with a fake clock: what worked cases of alarms are told with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from msgspec import structs

from noctui.engine.alarms.book import Acted, AlarmBook, Judged
from noctui.engine.alarms.rules import AlarmRules
from noctui.engine.sites import fold_sites
from noctui.model.alarms import Act, Alarm, Condition
from noctui.model.cloud import MistAlarm
from noctui.model.edges import Edge
from noctui.model.inventory import Circuit, Inventory, PeerPath
from noctui.model.view import CircuitTable, GatewayTable, PathTable, View
from noctui.model.words import Level, Metric, Role, Severity, State
from noctui.model.works import Over
from tests.engine.build import circuit, network, table

T0 = 1_700_000_000.0
"""A poll's time; 22:13:20 UTC."""
_SEVERITY = {
    State.UP: Severity.OK,
    State.DOWN: Severity.DOWN,
    State.AWAY: Severity.AWAY,
    State.UNKNOWN: Severity.UNKNOWN,
    State.DISABLED: Severity.DISABLED,
}


def shop(number: str, *carriers: str) -> tuple[Circuit, ...]:
    """A site with a circuit of each carrier, the primary first; `{number}:{port}` are their ids."""
    roles = (Role.PRIMARY, Role.SECONDARY, Role.BACKUP)
    return tuple(circuit(number, str(port), roles[port], carrier) for port, carrier in enumerate(carriers))


class Watch:
    """Polls a minute apart; times are seconds since `T0`. What is not named is up, idle and known."""

    def __init__(
        self, *circuits: Circuit, rules: AlarmRules | None = None, hubs: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        inventory = network(circuits or shop("0417", "Lumen", "Comcast"))
        paths = [
            PeerPath(path_id=f"{c}>{hub}:0", path_no=0, circuit_id=c, hub=hub)
            for c, those in (hubs or {}).items()
            for hub in those
        ]
        self.inventory: Inventory = structs.replace(inventory, paths=tuple(paths))
        self.rules = rules or AlarmRules()
        self.book = AlarmBook(self.rules)
        self._since: dict[str, tuple[State, float]] = {}
        self.versions: dict[str, Alarm] = {}
        self.told: list[Alarm] = []

    def view(
        self,
        t: float,
        states: Mapping[str, State],
        levels: Mapping[str, Mapping[Metric, Level]],
        values: Mapping[str, Mapping[str, float]],
        flaps: Mapping[str, int],
        lost_hubs: Iterable[str],
        silent: bool,
    ) -> View:
        ids = [c.circuit_id for c in self.inventory.circuits]
        at, count = T0 + t, len(ids)
        state = np.array([states.get(i, State.UP) for i in ids], np.uint8)
        since = []
        for name, now in zip(ids, state.tolist(), strict=True):
            if name not in self._since or self._since[name][0] != now:
                self._since[name] = (State(now), at)
            since.append(self._since[name][1])
        byte = np.array([sum(level << 2 * m for m, level in levels.get(i, {}).items()) for i in ids], np.uint8)
        owners = [p.circuit_id for p in self.inventory.paths]
        lost = set(lost_hubs)
        up = np.array([0.0 if p.hub in lost else 1.0 for p in self.inventory.paths], np.float32)
        alive = {o for o, u in zip(owners, up.tolist(), strict=True) if u}
        active = np.zeros(count, np.bool_)
        for mine in self.inventory.site_circuits:
            carrying = next((i for i in mine if state[i] == State.UP), None)
            if carrying is not None:
                active[carrying] = True
        circuits = table(
            count,
            state=state,
            severity=[_SEVERITY[State(s)] for s in state.tolist()],
            since=since,
            active=active,
            active_since=np.full(count, at),
            levels=byte,
            flaps_24h=[flaps.get(i, 0) for i in ids],
            no_path=[i in owners and i not in alive for i in ids],
            **{name: [values.get(i, {}).get(name, np.nan) for i in ids] for name in ("rx_pct", "tx_pct")},
        )
        return self._whole(at, circuits, up, silent)

    def _whole(self, at: float, circuits: CircuitTable, up: np.ndarray[tuple[int], np.dtype[np.float32]],
               silent: bool) -> View:  # fmt: skip
        inventory = self.inventory
        away = {inventory.circuit_gateway[i] for i in np.flatnonzero(circuits.state == State.AWAY)}
        connected = np.array([0.0 if i in away else 1.0 for i in range(len(inventory.gateways))], np.float32)
        gateways = GatewayTable(connected, connected, connected, connected, connected)
        sites = fold_sites(inventory, circuits)
        from noctui.engine.regions import fold_regions

        return View(
            seq=1, at=at, interval=60.0, inventory=inventory, circuits=circuits, gateways=gateways,
            paths=PathTable(up, up, up, up, up, up, up), sites=sites,
            regions=fold_regions(inventory, circuits, sites), silent=silent,
        )  # fmt: skip

    def poll(
        self,
        t: float,
        *,
        down: Iterable[str] = (),
        away: Iterable[str] = (),
        unknown: Iterable[str] = (),
        off: Iterable[str] = (),
        levels: Mapping[str, Mapping[Metric, Level]] | None = None,
        values: Mapping[str, Mapping[str, float]] | None = None,
        flaps: Mapping[str, int] | None = None,
        lost_hubs: Iterable[str] = (),
        silent: bool = False,
        edges: Sequence[Edge] = (),
        mist: Sequence[MistAlarm] = (),
        own: Sequence[Condition] = (),
        holds: Mapping[str, str] | None = None,
        over: Mapping[str, Over] | None = None,
    ) -> Judged:
        """One poll at `t`."""
        states = {
            **dict.fromkeys(down, State.DOWN),
            **dict.fromkeys(away, State.AWAY),
            **dict.fromkeys(unknown, State.UNKNOWN),
            **dict.fromkeys(off, State.DISABLED),
        }
        view = self.view(t, states, levels or {}, values or {}, flaps or {}, lost_hubs, silent)
        judged = self.book.judge(view, edges, mist, own, holds, over=over)
        self._keep(judged.changed)
        return judged

    def act(self, t: float, kind: str, *alarms: Alarm | str, who: str = "jmo", **more: float | str) -> Acted:
        """One act on these alarms (records or ids), as one who saw their present versions does it."""
        ids = tuple(a if isinstance(a, str) else a.alarm_id for a in alarms)
        given: dict[str, object] = {
            "act_id": f"{kind} {who} {t} {ids}", "why": "fibre cut", "until": T0 + t + 3600.0, "at": T0 + t,
            "saw": tuple(a.known_at for a in alarms if not isinstance(a, str)), **more,
        }  # fmt: skip
        acted = self.book.act([Act(kind=kind, alarm_ids=ids, who=who, **given)], T0 + t)  # type: ignore[arg-type]
        self._keep(acted.changed)
        return acted

    def _keep(self, changed: Iterable[Alarm]) -> None:
        for alarm in changed:
            self.told.append(alarm)
            self.versions[alarm.alarm_id] = alarm

    def open(self) -> dict[str, Alarm]:
        """The open alarms by key."""
        return {a.key: a for a in self.book.alarms.alarms}

    def held(self) -> dict[str, str]:
        """What keeps each open alarm quiet, by key."""
        return {a.key: a.held_by for a in self.book.alarms.alarms}

    def newest(self, key: str) -> Alarm:
        """The newest version of any alarm of this key."""
        return max((a for a in self.versions.values() if a.key == key), key=lambda a: a.opened)


def fell(circuit_id: str, t: float) -> Edge:
    """A down edge that the ledger learned when it happened."""
    return Edge(circuit_id=circuit_id, event_time=T0 + t, state=State.DOWN, known_at=T0 + t)


def rose(circuit_id: str, t: float) -> Edge:
    """An up edge."""
    return Edge(circuit_id=circuit_id, event_time=T0 + t, state=State.UP, known_at=T0 + t)
