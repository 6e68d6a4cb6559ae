"""What the stream says of one site: device statistics as they come, rates from two of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from noctui.model.detail import Streamed, StreamPort
from noctui.sources.mist.detail_values import NAN, an_object, at_least_0, members, under
from noctui.sources.mist.errors import Garbled
from noctui.sources.mist.ports import as_mac

LONGEST = 300.0
"""Seconds between two messages over which a rate still says something of now."""
MOST_DEVICES = 16
MOST_PORTS = 64

CircuitOf = Callable[[str, str], str]
"""(mac, port or interface) → circuit id; "" for none."""


@dataclass(slots=True)
class _Port:
    at: float
    rx_bytes: float
    tx_bytes: float
    told: StreamPort


@dataclass(slots=True)
class _Device:
    at: float = 0.0
    uptime: float = NAN
    connected: bool | None = None
    cpu: float = NAN
    memory: float = NAN
    ports: dict[str, _Port] = field(default_factory=dict)


class SiteFeed:
    """The gateways of one site. Times are UTC epoch seconds of our clock."""

    def __init__(self, site_id: str, circuit_of: CircuitOf) -> None:
        self._site_id = site_id
        self._circuit_of = circuit_of
        self._devices: dict[str, _Device] = {}

    @property
    def at(self) -> float:
        """The newest message's own time; 0 before the first."""
        return max((d.at for d in self._devices.values()), default=0.0)

    def take(self, data: Any, skew: float) -> bool:
        """The `data` of a message: an object, or one as a string, or several. False when it says nothing of a gateway
        of this site. A message that leaves something out leaves what was known of it."""
        rows = [data] if isinstance(data, dict) else members(_opened(data), MOST_DEVICES)
        useful = 0
        for row in rows:
            useful += self._device(row, skew)
        return useful > 0

    def told(self, state: str, error: str = "") -> Streamed:
        """Of several gateways the busiest counts, and all must be connected."""
        devices = self._devices.values()
        known = [d.connected for d in devices if d.connected is not None]
        return Streamed(
            site_id=self._site_id,
            state=state,
            at=self.at,
            connected=all(known) if known else None,
            cpu=max((d.cpu for d in devices if d.cpu == d.cpu), default=NAN),
            memory=max((d.memory for d in devices if d.memory == d.memory), default=NAN),
            ports=tuple(d.ports[i].told for d in devices for i in sorted(d.ports)),
            error=error,
        )

    def _device(self, row: dict[str, Any], skew: float) -> bool:
        mac = as_mac(row["mac"]) if isinstance(row.get("mac"), str) else ""
        if not mac or row.get("type", "gateway") != "gateway" or row.get("site_id", self._site_id) != self._site_id:
            return False
        if mac not in self._devices and len(self._devices) >= MOST_DEVICES:
            return False
        device = self._devices.setdefault(mac, _Device())
        at = next((t for key in ("_time", "timestamp", "last_seen") if (t := at_least_0(row.get(key))) > 0), 0.0)
        if at and at + skew < device.at:  # an older message that took longer
            return True
        device.at = at + skew if at else device.at
        uptime = at_least_0(row.get("uptime"))
        began_anew = uptime < device.uptime
        device.uptime = uptime if uptime == uptime else device.uptime
        status = row.get("status")
        device.connected = status == "connected" if isinstance(status, str) else device.connected
        device.cpu = _first(_cpu(under(row, "cpu_stat")), device.cpu)
        device.memory = _first(_percent(under(row, "memory_stat").get("usage")), device.memory)
        self._ports(device, mac, row, at + skew if at else 0.0, began_anew)
        return True

    def _ports(self, device: _Device, mac: str, row: dict[str, Any], at: float, began_anew: bool) -> None:
        seen: set[str] = set()
        for name in ("if_stat", "if2_stat", "port_stat"):
            found = under(row, name)
            for key in sorted(found)[: MOST_PORTS * 4]:
                stat = found[key]
                if not isinstance(stat, dict):
                    continue
                port = stat.get("port_id")
                circuit = self._circuit_of(mac, key) or (self._circuit_of(mac, port) if isinstance(port, str) else "")
                if not circuit or circuit in seen or len(seen) >= MOST_PORTS:
                    continue
                seen.add(circuit)
                device.ports[circuit] = _port(circuit, stat, at, device.ports.get(circuit), began_anew)


def _port(circuit: str, stat: dict[str, Any], at: float, last: _Port | None, began_anew: bool) -> _Port:
    up = stat.get("up")
    rx_bytes, tx_bytes = at_least_0(stat.get("rx_bytes")), at_least_0(stat.get("tx_bytes"))
    up = up if isinstance(up, bool) else last.told.up if last else None
    if last is not None and (not at or at <= last.at):  # the same statistics once more
        return _Port(last.at, last.rx_bytes, last.tx_bytes, msgspec.structs.replace(last.told, up=up))
    seconds = at - last.at if last is not None and last.at and not began_anew else NAN
    rx, tx = (_rate(rx_bytes, last.rx_bytes, seconds), _rate(tx_bytes, last.tx_bytes, seconds)) if last else (NAN, NAN)
    rx, tx = _first(rx, at_least_0(stat.get("rx_bps"))), _first(tx, at_least_0(stat.get("tx_bps")))
    return _Port(at, rx_bytes, tx_bytes, StreamPort(circuit_id=circuit, up=up, rx_bps=rx, tx_bps=tx))


def _rate(counter: float, last: float, seconds: float) -> float:
    """Bits/s; NaN when either is unknown, the counter fell (it began anew), or too long ago."""
    return (counter - last) * 8 / seconds if counter >= last and 0 < seconds <= LONGEST else NAN


def _first(value: float, otherwise: float) -> float:
    return value if value == value else otherwise


def _cpu(stat: dict[str, Any]) -> float:
    """Percent busy, by what is idle where Mist does not say it."""
    return _first(_percent(stat.get("usage")), 100.0 - _percent(stat.get("idle")))


def _percent(value: Any) -> float:
    found = at_least_0(value)
    return found if found <= 100 else NAN


def _opened(data: Any) -> Any:
    """A string that holds JSON, as what it holds."""
    if not isinstance(data, str):
        return data
    try:
        return [an_object(data.encode("utf-8", "replace"))]
    except Garbled:
        return None
