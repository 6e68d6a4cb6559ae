"""The simulated network itself: sites, gateways, circuits and peer paths in rows and columns, all drawn from one seed.

Row i of the gateways is the gateway of site i. Circuits stand in the order of their sites and, within a site, of their
roles. The two paths of circuit c are rows 2c and 2c + 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noctui.sim.carriers import CARRIER_ROW, CARRIERS, KINDS, sellers
from noctui.sim.designs import DESIGNS, FIBER_TWICE, TRIPLE, Line
from noctui.sim.idents import macs, named_uuid, uuids
from noctui.sim.noise import F8, draw
from noctui.sim.places import HUBS, REGIONS, STORE_TYPES, TIMEZONES, City

I4 = NDArray[np.int32]
B1 = NDArray[np.bool_]

_SITE, _NUMBER, _REGION, _CITY, _DESIGN, _STORE, _SELLER, _PHASE = 11, 12, 13, 14, 15, 16, 17, 18
_FIRST_NUMBER = 417  # the store of the sample night


@dataclass(frozen=True, slots=True)
class Network:
    """What never changes. Bandwidths are the contracted ones, bits/s."""

    seed: int
    org_id: str
    org_name: str
    # sites, and their gateways
    site_id: list[str]
    site_name: list[str]
    site_city: list[City]
    site_region: I4
    site_zone: I4  # row of places.TIMEZONES
    site_store: I4  # row of places.STORE_TYPES
    site_design: I4  # row of designs.DESIGNS
    site_first: I4  # [sites + 1] first circuit row of each site
    mac: list[str]
    gateway_name: list[str]
    phase: F8  # 0…1, where in a report period the gateway reports
    # circuits
    line: list[Line]
    circuit_site: I4
    circuit_rank: I4  # 0 is the site's first choice
    circuit_carrier: I4  # row of carriers.CARRIERS
    down_bps: F8
    up_bps: F8
    plain: B1  # as fast as its port
    share: F8  # of the site's demand that may use it
    port_quality: B1  # the port rows carry loss, jitter and latency
    no_rate: B1  # the port rows carry counters but null rates
    ranks: tuple[tuple[I4, I4], ...]  # per rank: the sites that have such a circuit, and its row
    # paths
    path_circuit: I4
    path_hub: I4  # row of places.HUBS
    path_offset: F8  # ms on top of the circuit's latency
    path_quality: B1  # the peer rows carry figures

    @property
    def sites(self) -> int:
        return len(self.site_id)

    @property
    def circuits(self) -> int:
        return len(self.line)

    @property
    def paths(self) -> int:
        return 2 * len(self.line)

    def circuit_id(self, row: int) -> str:
        """`{site_id}:{port_id}`."""
        return f"{self.site_id[self.circuit_site[row]]}:{self.line[row].port}"

    def path_id(self, row: int) -> str:
        """`{circuit_id}>{peer_mac}:{peer_port_id}`."""
        return f"{self.circuit_id(row // 2)}>{hub_mac(int(self.path_hub[row]))}:{HUB_PORT}"

    def rows(self, *, region: str | None = None, carrier: str | None = None, site: int | None = None,
             rank: int | None = None) -> list[int]:  # fmt: skip
        """Circuit rows that fit everything given."""
        fits = np.ones(self.circuits, np.bool_)
        if region is not None:
            fits &= self.site_region[self.circuit_site] == [r.name for r in REGIONS].index(region)
        if carrier is not None:
            fits &= self.circuit_carrier == CARRIER_ROW[carrier]
        if site is not None:
            fits &= self.circuit_site == site
        if rank is not None:
            fits &= self.circuit_rank == rank
        found: list[int] = np.flatnonzero(fits).tolist()
        return found

    def carrier(self, row: int) -> str:
        """Who sells circuit `row`."""
        return CARRIERS[int(self.circuit_carrier[row])].name


HUB_PORT = "ge-0/0/1"


def hub_mac(hub: int) -> str:
    """The mac of a hub's router; hubs stand in data centres and belong to no store."""
    return f"020001c0{hub + 1:04x}"


def _pick(shares: F8, numbers: F8) -> I4:
    """Rows of `shares` so that each is picked as often as its share says."""
    edges = np.cumsum(shares / shares.sum())
    return np.minimum(np.searchsorted(edges, numbers, side="right"), len(shares) - 1).astype(np.int32)


def _numbers(seed: int, count: int) -> list[int]:
    """Distinct store numbers in rising order, the sample night's among them."""
    low, high = (100, 10_000) if count <= 9_000 else (10_000, 100_000)
    order = low + np.argsort(draw(seed, _NUMBER, high - low), kind="stable")
    chosen = order[:count]
    if low <= _FIRST_NUMBER < high and _FIRST_NUMBER not in chosen:
        chosen[0] = _FIRST_NUMBER
    return sorted(chosen.tolist())


def _carrier(region: str, kind: str, number: float) -> int:
    for name, share in sellers(region, kind):
        number -= share
        if number < 0:
            return CARRIER_ROW[name]
    return CARRIER_ROW[sellers(region, kind)[0][0]]


def build_network(seed: int, sites: int, org_name: str) -> Network:
    """Draw a network. `sites` may be anything from 1 to 89,999."""
    numbers = _numbers(seed, sites)
    width = 4 if numbers[-1] < 10_000 else 5
    region = _pick(np.array([r.share for r in REGIONS]), draw(seed, _REGION, sites))
    if sites >= len(REGIONS):  # every region has a store, however few there are
        region[np.linspace(0, sites - 1, len(REGIONS)).astype(np.int64)] = np.arange(len(REGIONS))
    design = _pick(np.array([d.share for d in DESIGNS]), draw(seed, _DESIGN, sites))
    store = _pick(np.array([share for _, share in STORE_TYPES]), draw(seed, _STORE, sites))
    city_draw = draw(seed, _CITY, sites).tolist()

    mountain = np.flatnonzero(region == 0)
    design[mountain[len(mountain) // 2 :: 40]] = (
        FIBER_TWICE  # stores that trust one carrier twice: a cut makes them dark
    )
    sample = numbers.index(_FIRST_NUMBER) if _FIRST_NUMBER in numbers else int(mountain[0]) if len(mountain) else 0
    region[sample], design[sample] = 0, TRIPLE
    trusting = set(mountain[len(mountain) // 2 :: 40].tolist()) - {sample}

    cities = [
        REGIONS[r].cities[int(u * len(REGIONS[r].cities))] for r, u in zip(region.tolist(), city_draw, strict=True)
    ]
    cities[sample] = REGIONS[0].cities[0]
    counts = np.array([len(d.lines) for d in DESIGNS])[design]
    first = np.zeros(sites + 1, np.int32)
    np.cumsum(counts, out=first[1:])
    total = int(first[-1])
    circuit_site = np.repeat(np.arange(sites, dtype=np.int32), counts)
    circuit_rank = (np.arange(total, dtype=np.int32) - first[circuit_site]).astype(np.int32)

    line: list[Line] = [one for d in design.tolist() for one in DESIGNS[d].lines]
    seller = draw(seed, _SELLER, total).tolist()
    carrier = np.empty(total, np.int32)
    region_of = region[circuit_site].tolist()
    for row, site in enumerate(circuit_site.tolist()):
        carrier[row] = _carrier(REGIONS[region_of[row]].name, line[row].kind, seller[row])
        if site in trusting:
            carrier[row] = CARRIER_ROW["Lumen"]
    head = int(first[sample])
    carrier[head : head + 3] = [CARRIER_ROW[name] for name in ("Lumen", "Comcast", "Verizon LTE")]

    zone = {name: i for i, name in enumerate(TIMEZONES)}
    hub = {name: i for i, name in enumerate(HUBS)}
    path_circuit = np.repeat(np.arange(total, dtype=np.int32), 2)
    region_hubs = np.array([[hub[h] for h in r.hubs] for r in REGIONS], np.int32)
    path_hub = region_hubs[region[circuit_site]].reshape(-1)
    ranks = tuple(
        (np.flatnonzero(counts > k).astype(np.int32), (first[:-1][counts > k] + k).astype(np.int32))
        for k in range(int(counts.max()))
    )
    ssr = np.array([d.model.startswith("SSR") for d in DESIGNS])[design][circuit_site]
    return Network(
        seed=seed,
        org_id=named_uuid("org", seed, org_name),
        org_name=org_name,
        site_id=uuids(seed, _SITE, sites),
        site_name=[f"{n:0{width}d} {c.name} {c.state}" for n, c in zip(numbers, cities, strict=True)],
        site_city=cities,
        site_region=region,
        site_zone=np.array([zone[c.timezone] for c in cities], np.int32),
        site_store=store,
        site_design=design,
        site_first=first,
        mac=macs("90ec77", seed, sites),
        gateway_name=[f"STORE-{n:0{width}d}-GW" for n in numbers],
        phase=np.floor(draw(seed, _PHASE, sites) * 10.0) / 10.0,
        line=line,
        circuit_site=circuit_site,
        circuit_rank=circuit_rank,
        circuit_carrier=carrier,
        down_bps=np.array([one.down for one in line]),
        up_bps=np.array([one.up for one in line]),
        plain=np.array([one.down == one.link * 1e6 for one in line]),
        share=np.array([KINDS[one.kind].share for one in line]),
        port_quality=~ssr | (draw(seed, 21, total) < 0.5),
        no_rate=draw(seed, 22, total) < 0.03,
        ranks=ranks,
        path_circuit=path_circuit,
        path_hub=path_hub,
        path_offset=np.round(1.0 + 9.0 * draw(seed, 23, 2 * total) ** 2, 1),
        path_quality=draw(seed, 24, 2 * total) >= 0.06,
    )
