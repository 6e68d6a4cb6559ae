"""The closed sets of words that code, tables, keys, exports and screens share (DESIGN 3)."""

from __future__ import annotations

from enum import IntEnum


class State(IntEnum):
    """What is known of a circuit's line. Stored as a small integer; never renumbered."""

    UNKNOWN = 0
    UP = 1
    DOWN = 2
    AWAY = 3
    DISABLED = 4


class Severity(IntEnum):
    """How loud a circuit is, worst first: sorting by the number sorts by severity."""

    DOWN = 0
    AWAY = 1
    CRITICAL = 2
    HIGH = 3
    UNKNOWN = 4
    WARN = 5
    MAINTENANCE = 6
    OK = 7
    DISABLED = 8

    @property
    def word(self) -> str:
        """The whole word, lower case, as filters and exports spell it."""
        return self.name.lower()


BAD = (Severity.DOWN, Severity.AWAY, Severity.CRITICAL, Severity.HIGH)
"""A circuit is *bad* while its severity is one of these."""


class Role(IntEnum):
    """What a circuit is for at its site. Derived or from the inventory file; never guessed from a port's number."""

    PRIMARY = 0
    SECONDARY = 1
    BACKUP = 2
    UNKNOWN = 3

    @property
    def word(self) -> str:
        return self.name.lower()


class BandwidthSource(IntEnum):
    """Where a circuit's bandwidth figure comes from; a higher number is a better source."""

    NONE = 0
    LINK = 1
    SPEEDTEST = 2
    SHAPING = 3
    FILE = 4


class RoleSource(IntEnum):
    """Where a circuit's role comes from; a higher number is a better source."""

    NONE = 0
    LTE = 1
    VPN_PREFERENCE = 2
    PATH_ORDER = 3
    FILE = 4


class QualitySource(IntEnum):
    """Where loss, jitter and latency of a circuit come from."""

    NONE = 0
    PEERS = 1
    PORT = 2


class Metric(IntEnum):
    """The four thresholded metrics, in the order of the level byte (two bits each, lowest first)."""

    UTILISATION = 0
    LOSS = 1
    JITTER = 2
    LATENCY = 3


class Level(IntEnum):
    """How many thresholds a value reaches (`>=` breaches)."""

    NONE = 0
    WARN = 1
    HIGH = 2
    CRITICAL = 3


THRESHOLDS: dict[Metric, tuple[float, float, float]] = {
    Metric.UTILISATION: (70.0, 80.0, 90.0),  # percent
    Metric.LOSS: (0.1, 0.5, 1.0),  # percent
    Metric.JITTER: (10.0, 30.0, 50.0),  # milliseconds
    Metric.LATENCY: (50.0, 100.0, 150.0),  # milliseconds
}
"""Defaults for warn, high, critical (DESIGN 5)."""

CLEAR_SHARE = 0.05
"""A level clears below its threshold less this share of it."""
