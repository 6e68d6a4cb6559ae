"""Who fetches which sites of a shared sweep: stable by site, fair by what each token can pay for. Pure.

Sites fall into shards by a hash of their ids; each shard goes to one member by rendezvous hashing. So a site stays
where it is when others come, and when a member joins or leaves nothing moves but what it takes or had.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

SHARDS = 1024
"""So many, whoever shares: what each of five gets differs from a fifth by some 6 %, and assigning takes 5 ms."""
LEAST = 0.05
"""Of its weight stays with a leader, whatever else it has to ask: its share shows that lists of macs are taken."""
_WHOLE = float(1 << 64)


@dataclass(frozen=True, slots=True)
class Means:
    """What a member can pay with: its tokens as (fingerprint, calls an hour). `able` False: not now."""

    tokens: tuple[tuple[str, int], ...] = ()
    able: bool = True


def shard_of(site_id: str) -> int:
    """0 … SHARDS - 1; the same on every host and in every version."""
    return int.from_bytes(hashlib.blake2b(site_id.encode(), digest_size=4).digest(), "big") % SHARDS


def weights(members: Mapping[str, Means]) -> dict[str, float]:
    """Calls an hour that each able member may count on: those of a token that several hold are parted among them."""
    held: Counter[str] = Counter()
    for means in members.values():
        if means.able:
            held.update({print_ for print_, _ in means.tokens})
    return {
        name: sum(limit / held[print_] for print_, limit in dict(means.tokens).items() if limit > 0)
        for name, means in members.items()
        if means.able
    }


def lightened(weight: Mapping[str, float], leader: str, besides: float) -> dict[str, float]:
    """The same with less for the leader, who has other calls to make in a sweep, `besides` as many as there are to
    divide: so that all spend the same part of what they have."""
    others = sum(w for name, w in weight.items() if name != leader)
    own = weight.get(leader, 0.0)
    return {**weight, leader: max(LEAST * own, (own - besides * others) / (1.0 + besides))}


def assigned(weight: Mapping[str, float]) -> tuple[str, ...]:
    """The member of each shard, in proportion to the weights; () when nobody has any."""
    able = {name: w for name, w in weight.items() if w > 0}
    if not able:
        return ()
    return tuple(max(able, key=lambda name: (_score(shard, name, able[name]), name)) for shard in range(SHARDS))


def divided(assignment: tuple[str, ...], sites: Mapping[str, str]) -> dict[str, list[str]]:
    """Macs of each member, in order. `sites` is mac → site; a mac without a site stands for itself."""
    found: dict[str, list[str]] = {name: [] for name in dict.fromkeys(assignment)}
    of_site: dict[str, list[str]] = {}
    for mac in sorted(sites):
        site = sites[mac] or mac
        macs = of_site.get(site)
        if macs is None:
            macs = of_site[site] = found[assignment[shard_of(site)]]
        macs.append(mac)
    return found


def accounts(spent: Iterable[tuple[Means, int]]) -> tuple[tuple[int, int], ...]:
    """(calls of a sweep, calls an hour) of each account: members that hold a token in common are one, and each token
    counts once. `spent`: what each member has, and its calls of a sweep."""
    groups: list[tuple[dict[str, int], int]] = []
    for means, calls in spent:
        limits = dict(means.tokens)
        apart = [group for group in groups if not group[0].keys() & limits.keys()]
        for joined, more in (group for group in groups if group[0].keys() & limits.keys()):
            limits, calls = {**joined, **limits}, calls + more
        groups = [*apart, (limits, calls)]
    return tuple((calls, sum(limits.values())) for limits, calls in groups)


def _score(shard: int, name: str, weight: float) -> float:
    """Weighted rendezvous: -w / ln u, u uniform in (0, 1)."""
    digest = hashlib.blake2b(f"{shard} {name}".encode(), digest_size=8).digest()
    return -weight / math.log((int.from_bytes(digest, "big") + 0.5) / _WHOLE)
