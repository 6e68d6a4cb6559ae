"""What the Mist source is told; it reads no environment and no file by itself."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

_REGION = re.compile(r"^region(?:\s*:\s*|\s+)", re.IGNORECASE)
_TYPE = re.compile(r"^type\s*:\s*", re.IGNORECASE)
_WORD = re.compile(r"^[A-Za-z][\w\-+]{0,15}$")


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """What Mist says of a site that a rule may look at. `groups` are names, in the site's own order."""

    site_id: str
    name: str
    groups: tuple[str, ...] = ()
    country: str = ""
    notes: str = ""
    address: str = ""


Classify = Callable[[SiteFacts], tuple[str, str]]
"""Gives (region, store type) of a site; "" is unknown."""


def classify(site: SiteFacts) -> tuple[str, str]:
    """The rule when none is set.

    Region: the first group called `region …`, else the first group that is no type. Store type: the group `type:x`,
    else the notes when they are one short word.
    """
    named = [g for g in site.groups if _REGION.match(g)]
    other = [g for g in site.groups if not _TYPE.match(g)]
    region = _REGION.sub("", (named or other or [""])[0]).strip()
    types = [_TYPE.sub("", g).strip() for g in site.groups if _TYPE.match(g)]
    notes = site.notes.strip()
    return region, types[0] if types else notes if _WORD.match(notes) else ""


@dataclass(frozen=True, slots=True)
class MistSettings:
    """Times are seconds. `host` is a Mist cloud's name; with `insecure_host` any host or `http://127.0.0.1:port`."""

    tokens: tuple[str, ...] = field(repr=False)
    host: str = "api.mist.com"
    org_id: str = ""
    insecure_host: bool = False
    proxy: str = field(default="", repr=False)  # may hold a password
    timeout: float = 30.0  # of one request, all in all
    concurrency: int = 5
    page_limit: int = 1000
    classify: Classify = classify
    sweep_deadline: float = 90.0  # after that no page is begun and nothing tried again
    refresh_seconds: float = 3600.0  # sites, groups, templates, inventory
    usage_seconds: float = 600.0  # how often Mist is asked what it counted for each token
    events_overlap: float = 300.0
    events_first: float = 3600.0  # how far back the first sweep looks for events
    poll_seconds: float = 60.0  # how often it will be swept, when the budget allows
    enrich: bool = False  # ask each site once for settings of its own
    stream: bool = False  # a live stream for the sites on screen


@dataclass(frozen=True, slots=True)
class OrgInfo:
    """The organisation that is watched, and as whom."""

    org_id: str
    name: str
    role: str = ""  # admin, write, read, helpdesk …
    who: str = ""  # the account's e-mail or the org token's name
