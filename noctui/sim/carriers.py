"""Who sells the simulated circuits, by kind of line and region, and how such lines behave when nothing is wrong."""

from __future__ import annotations

from typing import NamedTuple


class Carrier(NamedTuple):
    name: str
    asn: int


class Kind(NamedTuple):
    """What is usual for a kind of line: ranges (low, high) that each circuit draws its own value from."""

    wan_type: str  # as the gateway's configuration calls it
    latency: tuple[float, float]  # ms
    jitter: tuple[float, float]  # ms
    loss: tuple[float, float]  # percent, the most that a quiet minute shows
    share: float  # of a site's demand that may use it when it carries the site


CARRIERS: tuple[Carrier, ...] = (
    Carrier("Lumen", 209), Carrier("AT&T", 7018), Carrier("Comcast", 7922), Carrier("Spectrum", 20115),
    Carrier("Verizon", 701), Carrier("Frontier", 5650), Carrier("Zayo", 6461), Carrier("Cox", 22773),
    Carrier("Starlink", 14593), Carrier("Verizon LTE", 6167), Carrier("AT&T LTE", 20057),
    Carrier("T-Mobile LTE", 21928),
)  # fmt: skip
CARRIER_ROW: dict[str, int] = {c.name: i for i, c in enumerate(CARRIERS)}

KINDS: dict[str, Kind] = {
    "fiber": Kind("broadband", (4.0, 19.0), (0.3, 1.8), (0.0, 0.03), 1.0),
    "cable": Kind("broadband", (11.0, 29.0), (1.0, 4.5), (0.0, 0.06), 1.0),
    "dsl": Kind("dsl", (18.0, 34.0), (1.5, 5.0), (0.01, 0.06), 1.0),
    "lte": Kind("lte", (27.0, 38.0), (2.5, 6.0), (0.02, 0.07), 0.18),
    "satellite": Kind("broadband", (27.0, 38.0), (2.5, 6.0), (0.02, 0.07), 0.6),
}

_ELSEWHERE: dict[str, tuple[tuple[str, float], ...]] = {
    "fiber": (("AT&T", 0.4), ("Lumen", 0.25), ("Zayo", 0.2), ("Verizon", 0.15)),
    "cable": (("Spectrum", 0.5), ("Comcast", 0.4), ("Cox", 0.1)),
    "dsl": (("Frontier", 0.5), ("AT&T", 0.3), ("Lumen", 0.2)),
    "lte": (("Verizon LTE", 0.5), ("AT&T LTE", 0.3), ("T-Mobile LTE", 0.2)),
    "satellite": (("Starlink", 1.0),),
}
_BY_REGION: dict[tuple[str, str], tuple[tuple[str, float], ...]] = {
    ("Mountain", "fiber"): (("Lumen", 0.72), ("Zayo", 0.18), ("AT&T", 0.1)),
    ("Mountain", "cable"): (("Comcast", 0.7), ("Spectrum", 0.3)),
    ("Mountain", "dsl"): (("Lumen", 0.8), ("Frontier", 0.2)),
    ("Northeast", "fiber"): (("Verizon", 0.6), ("Lumen", 0.2), ("Zayo", 0.2)),
    ("Northeast", "cable"): (("Comcast", 0.55), ("Spectrum", 0.45)),
    ("Mid-Atlantic", "fiber"): (("Verizon", 0.65), ("Zayo", 0.2), ("Lumen", 0.15)),
    ("Mid-Atlantic", "cable"): (("Comcast", 0.85), ("Cox", 0.15)),
    ("Southwest", "cable"): (("Cox", 0.8), ("Comcast", 0.2)),
    ("West", "cable"): (("Comcast", 0.6), ("Spectrum", 0.4)),
    ("Midwest", "cable"): (("Spectrum", 0.6), ("Comcast", 0.4)),
}


def sellers(region: str, kind: str) -> tuple[tuple[str, float], ...]:
    """(carrier, share) of those who sell this kind of line in this region; the shares add up to 1."""
    return _BY_REGION.get((region, kind), _ELSEWHERE[kind])
