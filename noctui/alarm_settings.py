"""What may be set about alarms, who is told of them, and who may do what: `[alarms]`, `[[notify]]` and `[roles]`.

Plain values alone: `alarm_toml` reads them from noctui.toml, the engine and the runtime make their rules of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

LEVELS = ("warn", "high", "critical", "away", "down")
"""Words of severities that a rule may name, the mildest first."""
ROLES = ("viewer", "operator", "admin")
"""What a person may do, the least first: look; act on alarms; act for others and change what runs."""
OSC = ("off", "9", "777")
"""How a terminal is told of an alarm: OSC 9 (iTerm2, ConEmu, Windows Terminal), OSC 777 (urxvt, foot, Ghostty)."""


@dataclass(frozen=True, slots=True)
class Notify:
    """One `[[notify]]`: which alarms, from which age on, are told to whom. Seconds; empty tuples mean all."""

    name: str
    url: str = field(repr=False)  # apprise's; holds secrets
    severity: str = "critical"  # of LEVELS: at least so bad
    after: float = 0.0  # seconds unacknowledged before it is told; with several rules: escalation
    again: float = 0.0  # seconds between reminders while nobody takes it; 0: none
    cleared: bool = True  # tell the end, too
    sources: tuple[str, ...] = ()  # engine, mist, planned, self
    types: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    carriers: tuple[str, ...] = ()
    hours: str = ""  # `mon-fri 07:00-19:00`, in the calendar's zone; "": always. Outside it waits
    quiet: str = ""  # `22:00-06:00`: only `quiet_severity` breaks through
    quiet_severity: str = "down"
    per_hour: int = 20  # messages an hour; more are counted in the next one


@dataclass(frozen=True, slots=True)
class Damping:
    """RFC 2439 with its usual figures: penalty a down edge, seconds of half-life, suppress, reuse, longest (seconds);
    a down that lasts `breaks_through` seconds is told all the same."""

    penalty: float = 1000.0
    half_life: float = 900.0
    suppress: float = 2000.0
    reuse: float = 750.0
    longest: float = 3600.0
    breaks_through: float = 600.0


@dataclass(frozen=True, slots=True)
class Roles:
    """Users (`jmo`) and groups (`@noc`) of this machine by role; `*` is everybody. The highest that fits holds."""

    viewer: tuple[str, ...] = ()
    operator: tuple[str, ...] = ("*",)
    admin: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AlarmSettings:
    """`[alarms]`, with `[[notify]]`."""

    least: str = "warn"  # of LEVELS: the mildest that opens an alarm
    confirm: Mapping[str, float] = field(default_factory=dict)  # type → seconds it must last, over the defaults
    clear: Mapping[str, float] = field(default_factory=dict)  # type → seconds it must be gone
    damping: Damping = field(default_factory=Damping)
    hold_down: float = 300.0  # seconds after a gateway's or hub's return in which what hangs on it stays held
    incident_least: int = 5  # circuits
    incident_together: float = 900.0  # seconds
    ack_longest: float = 86_400.0  # seconds
    ack_to_mist: bool = False
    runbook: Mapping[str, str] = field(default_factory=dict)  # type → text or link
    settle: float = 60.0  # seconds that a new matter waits before it is told to anybody
    bell: str = "off"  # of LEVELS, or off: rings the terminal's bell
    osc: str = "off"  # of OSC
    notify: tuple[Notify, ...] = ()


USUAL = AlarmSettings()
EVERYBODY = Roles()
"""Where the settings say nothing: the defaults, and everybody may act."""
