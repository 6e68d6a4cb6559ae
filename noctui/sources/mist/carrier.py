"""Who sells a circuit: whom its address belongs to, else what the configuration calls the port."""

from __future__ import annotations

import re

from noctui.sources.mist.config import resolved
from noctui.sources.mist.structs import PortConfig
from noctui.sources.mist.text import clean

_GENERIC = re.compile(
    r"^(?:wan|lte|inet|internet|isp|dia|mpls|uplink|broadband|dsl|port|ge|xe|mge)[\s_\-/]*[\d/]*$", re.I
)


def carrier(provider: str, config: PortConfig | None, port_desc: str) -> str:
    """`provider` is if_stat's `servp_info.org`. Names that only number a port (`wan0`) are no carrier."""
    if provider:
        return provider
    told = (resolved(config.name), resolved(config.description)) if config else ()
    for text in (*told, clean(port_desc).strip()):
        if text and not _GENERIC.match(text):
            return str(text)
    return ""
