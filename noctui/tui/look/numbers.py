"""Numbers and times as the screens write them (the formats of the screens' number table): pure, right for columns.

Unknown (None, NaN, or a negative measure) is `–`, zero is `0`; both are drawn faint (`tone`). No formatter ever returns
more cells than its column has.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime, tzinfo

from noctui.model.words import BandwidthSource

NONE = "–"
UNIT_STEPS = ((1e3, "k"), (1e6, "M"), (1e9, "G"), (1e12, "T"))
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_FLOAT32_SLACK = 4e-6
"""Half a float32 step below 100: a stored 99.946 must not be cut to 99.945."""

Number = float | int | None


def _unknown(value: Number) -> bool:
    return value is None or not value >= 0 or math.isinf(value)


def utilisation(percent: Number) -> str:
    """`93.4`, `102.6`: 5 cells. Never capped."""
    if percent is None or _unknown(percent):
        return NONE
    if percent == 0:
        return "0"
    if percent < 999.95:
        return f"{percent:.1f}"
    return f"{percent:.0f}" if percent < 99_999.5 else "99999"


def loss(percent: Number) -> str:
    """`0.62`, `12.40`, `100`: 5 cells. Only total loss is written 100."""
    if percent is None or _unknown(percent):
        return NONE
    if percent == 0:
        return "0"
    return "100" if percent >= 100 else f"{min(percent, 99.99):.2f}"


def milliseconds(value: Number) -> str:
    """`47.2`, from 100 on `118`, `1204`: 4 cells."""
    if value is None or _unknown(value):
        return NONE
    if value == 0:
        return "0"
    if value < 99.95:
        return f"{value:.1f}"
    return f"{value:.0f}" if value < 9_999.5 else f"{min(value, 999_000) / 1000:.0f}k"


def mos(value: Number) -> str:
    """`4.31`: 4 cells."""
    return NONE if value is None or _unknown(value) else f"{min(value, 9.99):.2f}"


def availability(percent: Number, decimals: int = 3) -> str:
    """`99.946`, cut and not rounded, so that nothing looks better than it is: 7 cells. Only 100 is written 100."""
    if percent is None or _unknown(percent):
        return NONE
    if percent >= 100:
        return f"{100:.{decimals}f}"
    scale = 10**decimals
    return f"{min(math.floor((percent + _FLOAT32_SLACK) * scale), 100 * scale - 1) / scale:.{decimals}f}"


def availability_between(low: Number, high: Number) -> str:
    """`99.93–99.97` while unknown time decides, the bounds rounded outwards; 11 cells."""
    if low is None or high is None or _unknown(low) or _unknown(high):
        return NONE
    first = availability(low, 2)
    last = "100" if high >= 100 else f"{math.ceil((high - _FLOAT32_SLACK) * 100) / 100:.2f}"
    return f"{first}–{'100' if last == '100.00' else last}"


def duration(seconds: Number) -> str:
    """For tables: `47s`, `22m`, `3h04m`, `10h00`, `2d07h`, `41d`: 5 cells, cut to whole units."""
    if seconds is None or _unknown(seconds):
        return NONE
    s = int(seconds)
    if s < 60:
        return f"{s}s"
    if s < 3600:
        return f"{s // 60}m"
    if s < 86_400:
        return f"{s // 3600}h{s % 3600 // 60:02d}" + ("m" if s < 36_000 else "")
    if s < 864_000:
        return f"{s // 86_400}d{s % 86_400 // 3600:02d}h"
    return f"{min(s // 86_400, 9999)}d"


def duration_prose(seconds: Number) -> str:
    """For sentences: `47s`, `22m47s`, `3h04m`, `2d07h`; whole minutes stand without seconds (`18m`)."""
    if seconds is None or _unknown(seconds):
        return NONE
    s = int(seconds)
    if 60 <= s < 3600:
        return f"{s // 60}m{s % 60:02d}s" if s % 60 else f"{s // 60}m"
    if 36_000 <= s < 86_400:
        return f"{s // 3600}h{s % 3600 // 60:02d}m"
    return duration(s)


def rate(bps: Number) -> str:
    """Bits per second in 3 digits and unit: `1.24G`, `87.3M`, `912k`, `0`: 5 cells."""
    if bps is None or _unknown(bps):
        return NONE
    if bps < 999.5:
        return f"{bps:.0f}"
    for step, unit in UNIT_STEPS:
        shown = bps / step
        for digits, below in ((2, 9.995), (1, 99.95), (0, 999.5)):
            if shown < below:
                return f"{shown:.{digits}f}{unit}"
    return "999T"


def bandwidth(bps: Number) -> str:
    """A capacity: `50M`, `500M`, `1.0G`, `1.5M`: 4 cells, its mark follows. 0 is unknown."""
    if bps is None or _unknown(bps) or bps == 0:
        return NONE
    if bps < 999.5:
        return f"{bps:.0f}"
    for step, unit in UNIT_STEPS:
        shown = bps / step
        if shown < 9.95:
            bare = unit != "G" and abs(shown - round(shown)) < 0.05
            return f"{shown:.0f}{unit}" if bare else f"{shown:.1f}{unit}"
        if shown < 999.5:
            return f"{shown:.0f}{unit}"
    return "999T"


_BANDWIDTH_MARK = {BandwidthSource.SHAPING: "s", BandwidthSource.SPEEDTEST: "t", BandwidthSource.LINK: "l"}


def bandwidth_mark(source: int) -> str:
    """Where a bandwidth comes from, one cell: blank for the inventory file, `s` shaping, `t` speed test, `l` link."""
    return _BANDWIDTH_MARK.get(BandwidthSource(source), " ")


def count(value: Number) -> str:
    """`9,525`, above 5 cells `99.2k`, `1.24M`: cut, not rounded, so that a count never claims more than there is."""
    if value is None or _unknown(value):
        return NONE
    n = int(value)
    if n < 10_000:
        return f"{n:,}"
    if n < 100_000:
        return f"{n // 100 / 10:.1f}k"
    if n < 1_000_000:
        return f"{n // 1000}k"
    return f"{n // 10_000 / 100:.2f}M" if n < 10_000_000 else f"{min(n // 1_000_000, 9999)}M"


def money(value: Number) -> str:
    """`1,240.00`; the currency stands in the title or after it."""
    return NONE if value is None or not math.isfinite(value) else f"{value:,.2f}"


def clock(at: float, zone: tzinfo = UTC, seconds: bool = True) -> str:
    """`03:14:07` or `03:14`."""
    return datetime.fromtimestamp(at, zone).strftime("%H:%M:%S" if seconds else "%H:%M")


def day(at: float, zone: tzinfo = UTC) -> str:
    """`Nov 24`."""
    t = datetime.fromtimestamp(at, zone)
    return f"{MONTHS[t.month - 1]} {t.day:02d}"


def event_time(at: Number, now: float, zone: tzinfo = UTC) -> str:
    """Today `03:13:52`, else `Nov 22 21:54`; another year `Nov 22 2025`: 12 cells."""
    if at is None or _unknown(at):
        return NONE
    t, today = datetime.fromtimestamp(at, zone), datetime.fromtimestamp(now, zone)
    if t.date() == today.date():
        return t.strftime("%H:%M:%S")
    return f"{day(at, zone)} {t.year:04d}" if t.year != today.year else f"{day(at, zone)} {t:%H:%M}"


def tone(text: str, role: str = "text") -> str:
    """The colour role of a formatted number: unknown and zero are faint, everything else is `role`."""
    return "faint" if text in (NONE, "0") else role
