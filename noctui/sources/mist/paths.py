"""Peer paths: each row of vpn_peers with the circuit it runs over."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping

from noctui.model.batch import Found, FoundPath
from noctui.sources.mist.odd import Odd
from noctui.sources.mist.ports import as_mac, split_unit
from noctui.sources.mist.structs import PeerRow
from noctui.sources.mist.text import clean, shared

SLICE = 400
CircuitOf = Callable[[str, str], str]
_Key = tuple[str | None, ...]


class PathJoiner:
    """Remembers the paths of the sweep before, so that an unchanged one is the same object."""

    def __init__(self) -> None:
        self.paths: tuple[FoundPath, ...] = ()
        self.rows: dict[str, PeerRow] = {}
        self.unmatched = 0  # rows whose port is no circuit
        self._known: dict[str, FoundPath] = {}
        self._ids: dict[_Key, tuple[_Key, str, str]] = {}

    def join(
        self,
        rows: Iterable[PeerRow],
        whole: bool,
        circuit_of: CircuitOf,
        circuits: Mapping[str, Found],
        odd: Odd,
    ) -> Generator[None, None, None]:
        """Fills `rows` by path id; of two rows for one path the last counts. One that says nothing, not even where it
        leads, goes to `odd`: it may be that of any path without a row."""
        ids: dict[_Key, tuple[_Key, str, str]] = {}
        known: dict[str, FoundPath] = {}
        self.rows, self.unmatched = {}, 0
        for n, row in enumerate(rows, 1):
            if row.mac is None or (row.up is None and row.is_active is None and row.peer_mac is None):
                odd.empty(row, named=False)
                continue
            circuit_id = circuit_of(as_mac(row.mac), clean(row.port_id))
            if not circuit_id:
                self.unmatched += 1
            else:
                # building an id costs more than remembering it; the circuit may have got another id since
                key = (circuit_id, row.port_id, row.peer_mac, row.peer_port_id)
                made = self._ids.get(key)
                if made is None:
                    key = (circuit_id, shared(row.port_id), shared(row.peer_mac), shared(row.peer_port_id))
                    made = (key, *_path_id(row, circuits.get(circuit_id), circuit_id))
                # by the key of old: a row's own texts go with the row
                ids[made[0]] = made
                _, path_id, hub_port = made
                hub = clean(row.peer_router_name) or as_mac(row.peer_mac)
                path = self._known.get(path_id)
                if path is None or (path.hub != hub and (row.peer_router_name is not None or not path.hub)):
                    path = FoundPath(path_id=path_id, circuit_id=circuit_id, hub=hub, hub_port=hub_port)
                known[path_id] = path
                self.rows[path_id] = row
            if n % SLICE == 0:
                yield
        whole = whole and not odd.nameless
        self._ids = ids if whole else {**self._ids, **ids}
        known = known if whole else {**self._known, **known}
        yield
        told = self.paths
        if known.keys() != self._known.keys():
            told = tuple(known[i] for i in sorted(known))
        elif any(p is not self._known[i] for i, p in known.items()):
            told = tuple(known[p.path_id] for p in self.paths)
        self._known, self.paths = known, told


def _path_id(row: PeerRow, circuit: Found | None, circuit_id: str) -> tuple[str, str]:
    """(`{circuit_id}>{peer_mac}:{peer_port_id}`, peer port). A path over a sub-interface that is not the circuit's own
    gets its unit (`…@100`): two VLANs of one port may reach the same peer."""
    hub_port = clean(row.peer_port_id)
    unit = split_unit(clean(row.port_id))[1]
    own = circuit is None or unit in ("", "0", circuit.unit) or circuit.port_id == clean(row.port_id)
    return f"{circuit_id}>{as_mac(row.peer_mac)}:{hub_port}" + ("" if own else f"@{unit}"), hub_port
