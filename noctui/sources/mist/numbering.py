"""Circuit ids of ports, and the way back from whatever a peer row or an event calls a port."""

from __future__ import annotations

from collections.abc import Iterable

from noctui.sources.mist.ports import split_unit

Key = tuple[str, str]
"""(gateway mac, port id)."""


class Numbering:
    """`{site_id}:{port_id}`; when several gateways of a site have the port, the second by mac is `…@2`."""

    def __init__(self) -> None:
        self.ids: dict[Key, str] = {}
        self._sites: dict[Key, str] = {}
        self._names: dict[Key, str] = {}
        self._bases: dict[Key, str] = {}
        self._wans: dict[Key, str] = {}
        self._met: dict[Key, str] = {}

    def number(self, sites: dict[Key, str], names: dict[Key, str]) -> None:
        """`sites`: port → site id, of every port that is a circuit; `names`: port → WAN name."""
        if sites == self._sites and names == self._names:
            return
        self._sites, self._names, self._met = sites, names, {}
        holders: dict[Key, list[str]] = {}
        for (mac, port), site in sites.items():
            holders.setdefault((site, port), []).append(mac)
        self.ids = {
            (mac, port): f"{site}:{port}" if n == 1 else f"{site}:{port}@{n}"
            for (site, port), macs in holders.items()
            for n, mac in enumerate(sorted(macs), 1)
        }
        self._bases = _unique(((mac, split_unit(port)[0]), i) for (mac, port), i in self.ids.items())
        self._wans = _unique(((mac, names[mac, port].casefold()), i) for (mac, port), i in self.ids.items())

    def find(self, mac: str, port: str) -> str:
        """By exact port, then without `.unit`, then by WAN name; "" when nothing fits or more than one does."""
        key = (mac, port)
        found = self._met.get(key)
        if found is None:
            base = (mac, split_unit(port)[0])
            found = self.ids.get(key) or self.ids.get(base) or self._bases.get(base)
            found = found or (self._wans.get((mac, port.casefold())) if port else "") or ""
            if len(self._met) > 200_000:  # hostile: names without end
                self._met.clear()
            self._met[key] = found
        return found


def _unique(pairs: Iterable[tuple[Key, str]]) -> dict[Key, str]:
    """The pairs whose key names one circuit only."""
    found: dict[Key, str] = {}
    for key, circuit_id in pairs:
        found[key] = "" if key in found else circuit_id
    return found
