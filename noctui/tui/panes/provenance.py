"""Where figures and roles come from, spelled out: `300M speed test, 6d old`, `100M shaped up / 1.0G link down`."""

from __future__ import annotations

from noctui.model.inventory import Circuit
from noctui.model.words import BandwidthSource, QualitySource, RoleSource
from noctui.tui.look.numbers import NONE, bandwidth, duration
from noctui.tui.runs import Line

SOURCES = {
    BandwidthSource.FILE: "inventory", BandwidthSource.SHAPING: "shaped", BandwidthSource.SPEEDTEST: "speed test",
    BandwidthSource.LINK: "link speed", BandwidthSource.NONE: "",
}  # fmt: skip
_BRIEF = SOURCES | {BandwidthSource.LINK: "link", BandwidthSource.FILE: "file"}
ROLE_SOURCES = {
    RoleSource.FILE: "inventory", RoleSource.PATH_ORDER: "path order", RoleSource.VPN_PREFERENCE: "VPN preference",
    RoleSource.LTE: "LTE mark", RoleSource.NONE: "",
}  # fmt: skip
QUALITY = {QualitySource.PORT: "of the port", QualitySource.PEERS: "worst of peer paths", QualitySource.NONE: ""}


def age(seconds: float) -> str:
    """`6d`, `3h`, `12m`: how old a figure is, in one unit."""
    if seconds >= 86_400:
        return f"{int(seconds // 86_400)}d"
    return f"{int(seconds // 3600)}h" if seconds >= 3600 else duration(max(seconds, 0.0))


def bandwidth_line(circuit: Circuit, at: float, *, short: bool = False) -> Line:
    """The bandwidth and where it comes from; each way for itself where figures or sources differ."""
    down, up = bandwidth(circuit.down_bps), bandwidth(circuit.up_bps)
    source, other = BandwidthSource(circuit.bandwidth_source), BandwidthSource(circuit.up_source)
    if other is BandwidthSource.NONE:  # told for both ways at once
        other = source
    if down == NONE and up == NONE:
        return ((NONE, "faint"), ("  unknown", "dim"))
    old = ""
    if circuit.speed_test_at > 0 and BandwidthSource.SPEEDTEST in (source, other) and not short:
        old = f", {age(at - circuit.speed_test_at)}"
    if up in (down, NONE) and source is other:
        return ((down, "text"), (f" {SOURCES[source]}{old} old" if old else f" {SOURCES[source]}", "dim"))
    if short:
        return ((f"{up}/{down}", "text"), (f" {_BRIEF[other]}/{_BRIEF[source]}", "dim"))
    if source is other:
        return ((f"{up} up / {down} down", "text"), (f" {_BRIEF[source]}{old}", "dim"))
    first = f" {_BRIEF[other]} up / " if up != NONE else " up / "
    return ((up, "text" if up != NONE else "faint"), (first, "dim"), (down, "text" if down != NONE else "faint"),
            (f" {_BRIEF[source]} down{old}", "dim"))  # fmt: skip
