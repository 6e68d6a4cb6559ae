"""Which circuit of a gateway is primary, secondary or backup, and how we know. Never from a port's number.

Best first: the order of path preferences, VPN path preferences, LTE marks. What contradicts itself says nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from noctui.model.words import Role, RoleSource
from noctui.sources.mist.config import Config
from noctui.sources.mist.ports import is_lte

Rank = Mapping[str, int]
RoleFound = tuple[Role, RoleSource]
UNKNOWN: RoleFound = (Role.UNKNOWN, RoleSource.NONE)


def roles(config: Config, names: Mapping[str, str], types: Mapping[str, str]) -> dict[str, RoleFound]:
    """Role of each port of one gateway. `names`: port → WAN name as the gateway reports it ("" unknown), `types`:
    port → WAN type."""
    marked = {p for p in names if _lte(p, config, types.get(p, ""))}
    by_order = _by_order(config, names)
    by_vpn = _ranked(_vpn_orders(config, names))
    found: dict[str, RoleFound] = {}
    for port in names:
        if port in by_order:
            found[port] = _role(by_order[port], port in marked), RoleSource.PATH_ORDER
        elif port in by_vpn:
            found[port] = _role(by_vpn[port], port in marked), RoleSource.VPN_PREFERENCE
        else:
            found[port] = (Role.BACKUP, RoleSource.LTE) if port in marked else UNKNOWN
    return found


def _role(rank: int, lte: bool) -> Role:
    """First is primary; after it an LTE line is a backup, any other the secondary; third and later are backups."""
    if rank == 0:
        return Role.PRIMARY
    return Role.BACKUP if lte or rank > 1 else Role.SECONDARY


def _lte(port: str, config: Config, wan_type: str) -> bool:
    set_up = config.port(port)
    marks = set_up is not None and (bool(set_up.lte_backup) or set_up.wan_type == "lte")
    return marks or is_lte(port) or wan_type.lower() == "lte"


def _by_order(config: Config, names: Mapping[str, str]) -> Rank:
    """Ranks by the ordered preferences, which name WANs: as configured, else as the gateway reports them.

    A WAN that is configured but has no row in this sweep keeps its place: the next one is not primary for that.
    """
    named: dict[str, set[str]] = {}
    for port, reported in names.items():
        set_up = config.port(port)
        named[port] = {(set_up.name if set_up else None) or reported, reported} - {""}
    there = {p.name for p in config.ports.values() if p.usage == "wan" and not p.disabled}.union(*named.values())
    by_name = _ranked([frozenset((n,)) for n in order if n in there] for order in config.orders)
    ranks = {port: min(by_name[n] for n in own if n in by_name) for port, own in named.items() if own & by_name.keys()}
    return ranks if sum(r == 0 for r in ranks.values()) <= 1 else {}


def _vpn_orders(config: Config, names: Mapping[str, str]) -> list[Sequence[frozenset[str]]]:
    """One order per VPN, by preference (lower is preferred)."""
    wanted: dict[str, dict[float, set[str]]] = {}
    for port in names:
        set_up = config.port(port)
        for vpn, path in ((set_up.vpn_paths if set_up else None) or {}).items():
            if path.preference is not None:
                wanted.setdefault(vpn, {}).setdefault(path.preference, set()).add(port)
    return [[frozenset(at[p]) for p in sorted(at)] for at in wanted.values()]


def _ranked(orders: Iterable[Sequence[frozenset[str]]]) -> Rank:
    """The ranks that all orders agree on: how many better ones there are at least, in the longest chain.

    {} when orders contradict each other, or when it stays open which is first.
    """
    better: dict[str, set[str]] = {}
    for order in orders:
        for place, equals in enumerate(order):
            for one in equals:
                better.setdefault(one, set()).update(*order[:place])
    ranks: dict[str, int] = {}
    while better:
        free = {p for p, above in better.items() if above <= ranks.keys()}
        if not free:
            return {}
        level = {p: 1 + max((ranks[a] for a in better[p]), default=-1) for p in free}
        for p in free:
            del better[p]
        ranks.update(level)
    return ranks if sum(r == 0 for r in ranks.values()) == 1 else {}
