"""Mist's clouds, and the base URL of a host."""

from __future__ import annotations

from urllib.parse import urlsplit

from noctui.sources.mist.errors import SettingsError
from noctui.sources.mist.text import one_line

HOSTS = (
    "api.mist.com", "api.gc1.mist.com", "api.ac2.mist.com", "api.gc2.mist.com", "api.gc4.mist.com",
    "api.eu.mist.com", "api.gc3.mist.com", "api.ac6.mist.com", "api.gc6.mist.com",
    "api.ac5.mist.com", "api.gc5.mist.com", "api.gc7.mist.com",
    "api.us.mist-federal.com",
)  # fmt: skip
"""REST hosts of the public clouds: Global 01 to 05, EMEA 01 to 04, APAC 01 to 03, federal."""


def base_url(host: str, insecure_host: bool = False) -> str:
    """`https://api.mist.com` for `api.mist.com`, `manage.mist.com` or an URL of it.

    Raises SettingsError for a host that is no Mist cloud, unless `insecure_host`.
    """
    given = host.strip().rstrip("/")
    try:
        parts = urlsplit(given if "://" in given else f"https://{given}")
        name, port, scheme = (parts.hostname or "").lower(), parts.port, parts.scheme
    except ValueError:
        name, port, scheme = "", None, ""
    known = "api." + name.removeprefix("manage.") if name.startswith("manage.") else name
    if known in HOSTS and port in (None, 443):
        return f"https://{known}"
    shown = one_line(given, 60)
    if not name or scheme not in ("http", "https") or parts.username or parts.query or parts.path not in ("", "/"):
        raise SettingsError(f"{name or shown!r} is not a host name or URL such as api.mist.com.")
    if not insecure_host:
        raise SettingsError(
            f"{one_line(name, 60)!r} is not a known Mist cloud ({', '.join(HOSTS)}); see --insecure-host."
        )
    bracketed = f"[{name}]" if ":" in name else name
    return f"{scheme}://{bracketed}" + (f":{port}" if port else "")
