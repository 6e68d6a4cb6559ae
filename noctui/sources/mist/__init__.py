"""Juniper Mist: org-wide feeds, polled politely, handed over as a `Sweep`.

Import `noctui.sources.mist.source` only once something is on screen: it brings aiohttp. This package itself and
`settings` are cheap.
"""

from __future__ import annotations

from noctui.sources.mist.settings import MistSettings, OrgInfo, SiteFacts

__all__ = ["MistSettings", "OrgInfo", "SiteFacts"]
