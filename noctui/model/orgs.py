"""The orgs that can be looked at from here, a line each: one process collects each of them."""

from __future__ import annotations

import msgspec


class OrgLine(msgspec.Struct, frozen=True, kw_only=True):
    """One org as it was at its newest poll, `at` (UTC epoch seconds; 0: none was ever kept).

    `counts` are circuits per Severity. `leader` is who collects it now (`host:pid`; "": nobody). `fault`: one line when
    nothing can be read of it. `here`: it is on screen; `own`: this process watches it by itself; `bus`: it is on the
    bus between hosts, and followed there.
    """

    org_id: str
    name: str = ""
    at: float = 0.0
    interval: float = 60.0
    sites: int = 0
    circuits: int = 0
    dark: int = 0  # sites
    failed_over: int = 0  # sites
    counts: tuple[int, ...] = ()
    alarms: int = 0  # open ones that wait for a person
    leader: str = ""
    fault: str = ""
    here: bool = False
    own: bool = False
    bus: bool = False

    @property
    def shown(self) -> str:
        """What people call it."""
        return self.name or self.org_id
