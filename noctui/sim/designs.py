"""How stores are wired: a few designs, each of which is one gateway template in the Mist organisation.

A design decides ports, WAN names, kinds and bandwidths; the region decides who sells the lines.
"""

from __future__ import annotations

from typing import NamedTuple

from noctui.model.words import Role

M = 1_000_000.0


class Line(NamedTuple):
    port: str
    wan: str
    kind: str  # a key of carriers.KINDS
    role: Role
    down: float  # bits/s
    up: float
    link: int  # Mbps
    shaped: bool = False  # the template caps what is sent
    vlan: int = 0


class Design(NamedTuple):
    name: str
    model: str
    share: float  # of all sites
    lines: tuple[Line, ...]
    order: str = "paths"  # where the order of the lines is told: paths (path_preferences), vpn (vpn_paths) or nowhere
    ha: bool = False


_P, _S, _B = Role.PRIMARY, Role.SECONDARY, Role.BACKUP


def _srx(number: int, kind: str, role: Role, down: float, up: float, link: int, *, shaped: bool = False) -> Line:
    return Line(f"ge-0/0/{number}", f"wan{number}", kind, role, down * M, up * M, link, shaped)


def _ssr(port: int, letter: str, kind: str, role: Role, down: float, up: float, link: int, *, shaped: bool = False,
         vlan: int = 0) -> Line:  # fmt: skip
    return Line(f"ge-0/0/{port}", f"ISP-{letter}", kind, role, down * M, up * M, link, shaped, vlan)


_SRX_LTE = Line("lte-0/0/0", "lte", "lte", _B, 50 * M, 10 * M, 100)
_SSR_LTE = Line("cl-1/0/0", "Lte", "lte", _B, 40 * M, 8 * M, 100)

DESIGNS: tuple[Design, ...] = (
    Design("Standard SRX triple", "SRX345", 0.12, (
        _srx(0, "fiber", _P, 100, 100, 100, shaped=True), _srx(1, "cable", _S, 100, 20, 100), _SRX_LTE)),
    Design("Standard SRX dual", "SRX345", 0.18, (
        _srx(0, "fiber", _P, 100, 100, 100), _srx(1, "cable", _S, 100, 20, 100))),
    Design("Small SRX dual", "SRX345", 0.10, (
        _srx(0, "fiber", _P, 50, 50, 100, shaped=True), _srx(1, "cable", _S, 200, 20, 1000))),
    Design("Fiber twice", "SRX345", 0.04, (
        _srx(0, "fiber", _P, 100, 100, 100), _srx(1, "fiber", _S, 100, 100, 100))),
    Design("Fiber alone", "SRX345", 0.05, (_srx(0, "fiber", _P, 100, 100, 100),), order="nowhere"),
    Design("Cable and LTE", "SRX345", 0.09, (_srx(0, "cable", _P, 300, 30, 1000), _SRX_LTE)),
    Design("Rural DSL and satellite", "SRX345", 0.04, (
        _srx(0, "dsl", _P, 50, 10, 100), _srx(1, "satellite", _S, 100, 20, 100))),
    Design("Large SRX cluster", "SRX380", 0.04, (
        _srx(0, "fiber", _P, 1000, 1000, 1000), _srx(1, "fiber", _S, 500, 500, 1000, shaped=True), _SRX_LTE), ha=True),
    Design("Express SSR dual", "SSR130", 0.16, (
        _ssr(0, "A", "fiber", _P, 100, 100, 100), _ssr(1, "B", "cable", _S, 100, 10, 100)), order="vpn"),
    Design("Express SSR triple", "SSR130", 0.06, (
        _ssr(0, "A", "fiber", _P, 200, 200, 1000, shaped=True), _ssr(1, "B", "cable", _S, 200, 20, 1000), _SSR_LTE),
        order="vpn"),
    Design("Express SSR cable and LTE", "SSR130", 0.05, (_ssr(0, "A", "cable", _P, 100, 20, 100), _SSR_LTE)),
    Design("SSR tagged hand-off", "SSR130", 0.04, (
        _ssr(0, "A", "fiber", _P, 100, 100, 100, vlan=210), _ssr(1, "B", "dsl", _S, 20, 4, 100))),
    Design("SSR cable alone", "SSR130", 0.03, (_ssr(0, "A", "cable", _P, 300, 30, 1000),), order="nowhere"),
)  # fmt: skip

TRIPLE = 0
FIBER_TWICE = next(i for i, d in enumerate(DESIGNS) if d.name == "Fiber twice")
