"""What is a sample, and its rates, utilisation and quality (docs/values.md 2 and 5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from noctui.model.inventory import Circuit
from noctui.model.words import QualitySource
from tests.reference.intake import NAN, Row, known, single

WRAP = 2.0**32
QUALITY = ("loss", "jitter", "latency", "mos")


@dataclass(frozen=True)
class Sample:
    """A circuit's row that told something new."""

    observed_at: float
    tick: int
    row: Row
    rx_bytes: float  # the counters apart from the row: a moved circuit forgets them
    tx_bytes: float
    untold: bool = False  # the feed did not say when, so at the poll
    moved: bool = False  # it did, but its counters know better: so at the poll too


def sample_of(row: Row | None, last: Sample | None, at: float, tick: int) -> Sample | None:
    """The row as a sample; None when it is absent or a repeat."""
    if row is None:
        return None
    untold, moved = not row["observed_at"] <= at, False  # unknown and later: at
    observed = at if untold else row["observed_at"]
    if last is not None and not observed > last.observed_at:
        counted = ((row["rx_bytes"], last.rx_bytes), (row["tx_bytes"], last.tx_bytes))
        if not any(known(new) and known(old) and new != old for new, old in counted):
            return None
        observed, moved = at, True
    return Sample(observed, tick, row, row["rx_bytes"], row["tx_bytes"], untold, moved)


def counted_rate(new: float, old: float, seconds: float, link_bps: float, uptime: float) -> float:
    """Bits per second from two readings of a byte counter, NaN after a reset."""
    if not (known(new) and known(old)):
        return NAN
    if known(uptime) and uptime < seconds:
        return NAN
    difference = new - old
    if difference < 0:
        fits = link_bps > 0 and (difference + WRAP) * 8 / seconds <= link_bps
        if not (old < WRAP and new < WRAP and fits):
            return NAN
        difference += WRAP
    return single(difference * 8 / seconds)


def rate(
    sample: Sample, base: Sample | None, direction: str, circuit: Circuit, uptime: float
) -> tuple[float, bool]:  # fmt: skip
    """(bits per second or NaN, whether it was rejected) of one direction, `rx` or `tx`."""
    value = sample.row[f"{direction}_bps"]
    if not known(value) and base is not None and not sample.moved and sample.untold == base.untold:
        new, old = (s.rx_bytes if direction == "rx" else s.tx_bytes for s in (sample, base))
        value = counted_rate(new, old, sample.observed_at - base.observed_at, circuit.link_bps, uptime)
    if circuit.link_bps > 0 and 100 * value > 110 * circuit.link_bps:
        return NAN, True
    return (NAN if value < 0 else value), False


def share(bps: float, bandwidth: float) -> float:
    """Percent of the bandwidth, NaN when either is unknown."""
    return 100 * bps / bandwidth if bandwidth > 0 else NAN


def highest(values: Sequence[float]) -> float:
    """The highest known one, NaN when none is."""
    return max((v for v in values if known(v)), default=NAN)


def quality(row: Row, paths: Sequence[Row]) -> tuple[dict[str, float], QualitySource]:
    """Loss, jitter, latency and mos of a sample, and where they come from."""
    if any(known(row[name]) for name in ("loss", "jitter", "latency")):
        return {name: row[name] for name in QUALITY}, QualitySource.PORT
    up = [p for p in paths if p["up"] == 1]
    told = {name: [p[name] for p in up if known(p[name])] for name in QUALITY}
    found = {
        "loss": max(told["loss"], default=NAN),
        "jitter": median(told["jitter"]) if told["jitter"] else NAN,
        "latency": median(told["latency"]) if told["latency"] else NAN,
        "mos": min(told["mos"], default=NAN),
    }
    return found, QualitySource.PEERS if any(known(v) for v in found.values()) else QualitySource.NONE
