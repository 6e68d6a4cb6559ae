"""Names of ports: ranges and lists in configuration keys, units, LTE, macs."""

from __future__ import annotations

import re
from functools import lru_cache

from noctui.sources.mist.text import clean

_RANGE = re.compile(r"^(.*?)(\d+)-(\d+)$")
_WIDEST = 128
_HEX = frozenset("0123456789abcdef")


def expand_ports(key: str) -> tuple[str, ...]:
    """`ge-0/0/0-1,ge-0/0/5` → its three ports. A key that holds an unresolved `{{variable}}` names none."""
    if "{{" in key:
        return ()
    ports: list[str] = []
    for part in filter(None, (p.strip() for p in key.split(","))):
        found = _RANGE.match(part)
        first, last = (int(found[2]), int(found[3])) if found else (1, 0)
        # "ge-0" is a name, not a range: a range counts the last figure of a port's path or index
        if found and found[1] and found[1][-1] != "-" and first <= last < first + _WIDEST:
            ports += [f"{found[1]}{n}" for n in range(first, last + 1)]
        else:
            ports.append(part)
    return tuple(ports)


def split_unit(port_id: str) -> tuple[str, str]:
    """`ge-0/0/0.100` → (`ge-0/0/0`, `100`); without a unit → (port_id, ``)."""
    port, dot, unit = port_id.rpartition(".")
    return (port, unit) if dot and port and unit.isdigit() else (port_id, "")


def is_lte(port_id: str) -> bool:
    """Mist names cellular ports `lte…`, in any case."""
    return port_id[:3].lower() == "lte"


@lru_cache(maxsize=1 << 17)
def as_mac(text: str | None) -> str:
    """12 lower-case hex digits; what is no mac is kept as it is, cleaned; "" for none."""
    if not text:
        return ""
    bare = text.lower().replace(":", "").replace("-", "").replace(".", "") if len(text) != 12 else text.lower()
    return bare if len(bare) == 12 and _HEX.issuperset(bare) else clean(text)
