"""What hangs on what: a gateway over its circuits, a dark site over its circuits, a hub over the tunnels to it.

What hangs on an open alarm is no matter of its own; it stays quiet for a while after its parent's return, too, since
lines come back one after another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from noctui.model.alarms import ENGINE, MIST, Condition

Alternatives = tuple[tuple[str, ...], ...]
"""Keys of alarms that explain another one when all of a tuple are open; the best explanation first."""

_OF_LOST = ("down", "away", "no_data", "no_path")
_OF_VALUES = ("utilisation", "loss", "jitter", "latency")


def parents_of(condition: Condition, hubs_of: Callable[[str], tuple[str, ...]]) -> Alternatives:
    """What this may hang on. `hubs_of` gives the hubs that a circuit has tunnels to."""
    gateways = tuple(f"gateway/{gateway}/away" for gateway in condition.gateway_ids)
    found: list[tuple[str, ...]] = []
    if condition.source == MIST:
        found = [gateways, *((f"circuit/{c}/down",) for c in condition.circuit_ids[:1])]
    elif condition.source == ENGINE and condition.key.startswith("circuit/"):
        if condition.type in _OF_LOST:
            found = [gateways, (f"site/{condition.site_id}/dark",)]
            if condition.type == "no_path" and condition.circuit_ids:
                found.append(tuple(f"hub/{name}" for name in hubs_of(condition.circuit_ids[0])))
        elif condition.type in _OF_VALUES:
            found = [gateways]
    elif condition.source == ENGINE and condition.type == "dark":
        found = [gateways]
    elif condition.source == ENGINE and condition.type == "failover":
        found = [(f"circuit/{c}/{t}",) for c in condition.circuit_ids for t in ("down", "away", "no_data")]
    return tuple([keys for keys in found if keys])


class Dependencies:
    """Who may hang on whom, and which parents have returned a short while ago."""

    def __init__(self, hold_down: float) -> None:
        self.hold_down = hold_down
        self._children: dict[str, dict[str, None]] = {}
        self._returned: dict[str, tuple[str, float]] = {}

    def add(self, key: str, alternatives: Alternatives) -> None:
        for keys in alternatives:
            for parent in keys:
                self._children.setdefault(parent, {})[key] = None

    def remove(self, key: str, alternatives: Alternatives) -> None:
        for keys in alternatives:
            for parent in keys:
                those = self._children.get(parent)
                if those is not None:
                    those.pop(key, None)
                    if not those:
                        del self._children[parent]

    def opened(self, key: str) -> Iterable[str]:
        """An alarm opened: gives those that may hang on it."""
        self._returned.pop(key, None)
        return self._children.get(key, ())

    def cleared(self, key: str, alarm_id: str, at: float) -> Iterable[str]:
        """An alarm cleared: gives those that may have hung on it."""
        self._returned[key] = (alarm_id, at)
        return self._children.get(key, ())

    def let_go(self, at: float) -> list[str]:
        """Those whose parents have been back for long enough."""
        over = [key for key, (_, back) in self._returned.items() if at - back >= self.hold_down]
        for key in over:
            del self._returned[key]
        return [child for key in over for child in self._children.get(key, ())]

    def parent(self, alternatives: Alternatives, open_id: Callable[[str], str]) -> str:
        """The alarm_id of what it hangs on, "" nothing. `open_id` gives that of an open key, or ""."""
        for keys in alternatives:
            ids = [open_id(key) or self._returned.get(key, ("", 0.0))[0] for key in keys]
            if all(ids):
                return ids[0]
        return ""
