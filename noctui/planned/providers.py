"""Who sent a notice: a sender's domain → the provider, and how that provider writes times.

Only what is sure is here: an order of day and month, or what `CST` means, is left empty where a carrier serves several
countries. Settings add to it, or stand in for it; the first that fits counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

import msgspec

from noctui.planned import zones
from noctui.planned.times import Hand


class Provider(msgspec.Struct, frozen=True, kw_only=True):
    """`domains` count with all below them (`noc.example.net` is of `example.net`). `ignored` are subjects that are no
    notices (regular expressions, without case). `zone` is that of times without one; `region` and `zones` tell what
    unsure names of zones mean."""

    name: str
    domains: tuple[str, ...] = ()
    names: tuple[str, ...] = ()  # how X-MAINTNOTE-PROVIDER and inventories call it, besides `name`
    order: str = ""
    zone: str = ""
    region: str = ""
    zones: Mapping[str, str] = {}
    ignored: tuple[str, ...] = ()

    def hand(self) -> Hand:
        """How it writes times."""
        return Hand(self.order, self.zone, {**zones.REGIONS.get(self.region, {}), **self.zones})

    def called(self, name: str) -> bool:
        """Whether a name means it: without case, blanks and punctuation."""
        return plain(name) in {plain(n) for n in (self.name, *self.names, *self.domains)}


@lru_cache(4096)
def plain(name: str) -> str:
    return "".join(c for c in name.casefold() if c.isalnum())


def _us(name: str, *domains: str, names: tuple[str, ...] = ()) -> Provider:
    """A carrier of the USA alone: month first, and central time is its own."""
    return Provider(name=name, domains=domains, names=names, order="mdy", region="us")


def _world(name: str, *domains: str, order: str = "", region: str = "", names: tuple[str, ...] = ()) -> Provider:
    return Provider(name=name, domains=domains, order=order, region=region, names=names)


DEFAULT: tuple[Provider, ...] = (
    _us("AT&T", "att.com", "att-mail.com", names=("att",)),
    _us("Verizon", "verizon.com", "verizonbusiness.com"),
    _us("Comcast", "comcast.com", "comcast.net", "comcastbusiness.com", names=("Comcast Business", "xfinity")),
    _us("Spectrum", "charter.com", "spectrum.com", "charter.net", names=("Charter", "Spectrum Enterprise")),
    _us("Cox", "cox.com", "coxbusiness.com", names=("Cox Business",)),
    _us("Windstream", "windstream.com", "uniti.com"),
    _us("Frontier", "ftr.com", "frontier.com"),
    _us("Brightspeed", "brightspeed.com"),
    _us("Ziply", "ziply.com", "ziplyfiber.com", names=("Ziply Fiber",)),
    _us("Segra", "segra.com"),
    _us("Crown Castle", "crowncastle.com", "crowncastlefiber.com", names=("lightower",)),
    _us("Consolidated", "consolidated.com", "fidium.com"),
    _us("Optimum", "alticeusa.com", "optimum.com", names=("Altice", "Lightpath")),
    _us("Mediacom", "mediacomcc.com", "mediacombusiness.com"),
    _us("Astound", "astound.com", "rcn.com", "rcn.net", "wavebroadband.com"),
    _us("TDS", "tdstelecom.com", "tdsmetrocom.com"),
    _us("Granite", "granitenet.com"),
    _us("Sparklight", "cableone.biz", "sparklight.com"),
    _us("T-Mobile US", "t-mobile.com", names=("T-Mobile",)),
    _us("MetTel", "mettel.net"),
    _us("Lumos", "lumosfiber.com", "lumosnetworks.com"),
    _us("GCI", "gci.com"),
    _us("Hawaiian Telcom", "hawaiiantel.com"),
    _us("Summit IG", "summitig.com"),
    _us("FirstLight", "firstlight.net"),
    _us("Everstream", "everstream.net"),
    _us("Momentum", "gomomentum.com", "momentumtelecom.com"),
    _world(
        "Lumen",
        "lumen.com",
        "centurylink.com",
        "level3.com",
        "qwest.com",
        region="us",
        names=("CenturyLink", "Level 3"),
    ),
    _world("Zayo", "zayo.com", region="us"),
    _world("Cogent", "cogentco.com", region="us"),
    _world("GTT", "gtt.net"),
    _world("NTT", "ntt.net", "ntt.com"),
    _world("Arelion", "arelion.com", "teliacarrier.com", "telia.com", "twelve99.net", names=("Telia", "Telia Carrier")),
    _world("Tata Communications", "tatacommunications.com", names=("Tata",)),
    _world("Colt", "colt.net", order="dmy"),
    _world("euNetworks", "eunetworks.com", order="dmy"),
    _world("Equinix", "equinix.com"),
    _world("Megaport", "megaport.com"),
    _world("PacketFabric", "packetfabric.com"),
    _world("Hurricane Electric", "he.net"),
    _world("EXA Infrastructure", "exainfra.net", names=("EXA",)),
    _world("RETN", "retn.net"),
    _world("Telxius", "telxius.com"),
    _world("Sparkle", "tisparkle.com"),
    _world("Seaborn", "seabornnetworks.com", "seaborn.com", order="mdy"),
    _world("Aqua Comms", "aquacomms.com", order="dmy"),
    _world("BSO", "bso.co"),
    _world("HGC", "hgc.com.hk", "hgc-intl.com"),
    _world("PCCW Global", "pccwglobal.com", "consoleconnect.com", names=("PCCW", "Console Connect")),
    _world("Cirion", "ciriontechnologies.com"),
    _world("Turkcell", "turkcell.com.tr"),
    _world("FLAG", "flagtel.com", "globalcloudxchange.com", names=("GCX", "Global Cloud Xchange")),
    _world("Orange", "orange.com"),
    _world("Deutsche Telekom", "telekom.de", "t-systems.com", "telekom.com"),
    _world("Vodafone", "vodafone.com"),
    _world("BT", "bt.com", order="dmy"),
    _world("Virgin Media", "virginmedia.co.uk", "virginmediao2.co.uk", order="dmy"),
    _world("Telstra", "telstra.com", "team.telstra.com"),
    _world("Bell Canada", "bell.ca", names=("Bell",)),
    _world("Rogers", "rogers.com", "rci.rogers.com", "sjrb.ca", names=("Shaw",)),
    _world("TELUS", "telus.com"),
    _world("Starlink", "starlink.com", "spacex.com"),
    _world("Fiber Provider", "fiberprovider.com"),  # of the example that parsers of notices are compared by
)
"""Carriers and the domains they send from."""

_KEYS = frozenset(("name", "domains", "names", "order", "zone", "region", "zones", "ignored"))


class ProviderError(ValueError):
    """One clear line about an entry of the settings."""


def with_own(own: Iterable[Provider], default: Iterable[Provider] = DEFAULT) -> tuple[Provider, ...]:
    """The map with a house's own entries before it; one of the same name stands in for the default's."""
    mine = tuple(own)
    taken = {plain(p.name) for p in mine}
    return (*mine, *(p for p in default if plain(p.name) not in taken))


def of_settings(rows: Iterable[Mapping[str, object]]) -> tuple[Provider, ...]:
    """Entries such as `{name = "Acme", domains = ["acme.example"], order = "dmy"}`. Raises ProviderError."""
    found = []
    for number, row in enumerate(rows, 1):
        where = f"provider {row.get('name') or number}"
        odd = sorted(row.keys() - _KEYS)
        if odd:
            raise ProviderError(f"{where}: no key {odd[0]}; there are {', '.join(sorted(_KEYS))}")
        try:
            one = msgspec.convert(dict(row), Provider)
        except msgspec.ValidationError as error:
            raise ProviderError(f"{where}: {error}") from error
        if not one.name or not one.domains:
            raise ProviderError(f"{where}: needs a name and domains")
        if one.order not in ("", "dmy", "mdy"):
            raise ProviderError(f"{where}: order is dmy or mdy, not {one.order}")
        if one.region and one.region not in zones.REGIONS:
            raise ProviderError(f"{where}: region is one of {', '.join(zones.REGIONS)}, not {one.region}")
        for name in filter(None, (one.zone if one.zone.lower() not in zones.SURE else "", *one.zones.values())):
            if not zones.known(name):
                raise ProviderError(f"{where}: no zone {name}")
        for pattern in one.ignored:
            try:
                re.compile(pattern)
            except re.error as error:
                raise ProviderError(f"{where}: ignored {pattern}: {error}") from error
        found.append(msgspec.structs.replace(one, zones={k.lower(): v for k, v in one.zones.items()}))
    return tuple(found)


def of_sender(sender: str, providers: Iterable[Provider]) -> Provider | None:
    """Whose address this is: its domain or one below it, never one that merely looks like it."""
    domain = sender.rpartition("@")[2].strip().strip(">.").lower()
    if not domain:
        return None
    parts = domain.split(".")
    ends = {".".join(parts[i:]) for i in range(len(parts))}
    return next((p for p in providers if any(d.lower() in ends for d in p.domains)), None)


def of_name(name: str, providers: Iterable[Provider]) -> Provider | None:
    """Who is called so."""
    return next((p for p in providers if p.called(name)), None) if name.strip() else None
