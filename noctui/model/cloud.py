"""What the cloud itself tells beyond samples: its alarms, its devices' events, its own service levels (SLE).

All times are UTC epoch seconds. Texts come from outside: data, never markup.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

F4 = NDArray[np.float32]


class MistAlarm(msgspec.Struct, frozen=True, kw_only=True):
    """One alarm as Mist told it at `known_at`; a later telling of the same `alarm_id` replaces it from then on.

    `severity` is Mist's own word: `critical`, `warn` or `info`. Source: API path `/orgs/{org_id}/alarms/search`.
    """

    alarm_id: str
    type: str
    severity: str
    opened: float  # Mist's `timestamp`
    last_seen: float
    known_at: float
    group: str = ""  # infrastructure, marvis, security …
    count: int = 1
    site_id: str = ""
    gateway_ids: tuple[str, ...] = ()
    circuit_ids: tuple[str, ...] = ()  # those that its ports were joined to
    hostnames: tuple[str, ...] = ()
    text: str = ""  # its reasons, in one line
    resolved: float | None = None  # when; None: open
    acked: bool = False
    acked_at: float | None = None
    acked_by: str = ""
    note: str = ""


class DeviceEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One event of a gateway (`GW_CONNECTED`, `GW_VPN_PATH_DOWN` …). Source: `/orgs/{org_id}/devices/events/search`.

    (type, gateway_id, port_id, event_time) names it: the same one told twice is one.
    """

    type: str
    event_time: float
    known_at: float
    gateway_id: str
    site_id: str = ""
    port_id: str = ""
    circuit_id: str = ""  # "": of no circuit
    text: str = ""


@dataclass(frozen=True, slots=True)
class SleTable:
    """Mist's service levels per site as of one fetch, percent 0..100; NaN is unknown.

    Source: `/orgs/{org_id}/insights/sites-sle?sle=wan` (0..1 there). A site whose gateway is away keeps a stale figure.
    """

    at: float
    site_ids: tuple[str, ...]
    gateway_health: F4
    wan_link_health: F4
    application_health: F4
