"""How long things are kept, and by whose calendar days are counted."""

from __future__ import annotations

from dataclasses import dataclass

HOUR = 3600.0
DAY = 86400.0


@dataclass(frozen=True, slots=True)
class Retention:
    """In days. `instants` is how long hour tiles are kept: an older instant is read, slower, from day tiles.
    Five-minute averages are kept as long as raw samples, histograms of days as long as hours, days for ever.
    `zone` is the time zone of calendar days, weeks and months (an IANA name)."""

    raw: float = 40.0
    paths: float = 7.0
    instants: float = 40.0
    hourly: float = 397.0
    open_seconds: float = 7200.0
    vectors_seconds: float = 172800.0
    zone: str = "UTC"
