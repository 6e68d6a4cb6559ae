"""Names that the systems noctui replaces took from the environment, and what becomes of each: the one table.

Those with a setting of ours are among the setting's names (`settings.ITEMS`), where the first that is set wins; here
stand the rest, so that somebody who brings an old `.env` is told of every line of it.
"""

from __future__ import annotations

from collections.abc import Mapping

_WEB = "noctui is a terminal program: there is no web server to place"
_CACHE = "history on disk takes the place of a cache: nothing expires in it but by data.raw_days"

UNUSED: Mapping[str, str] = {
    "REDIS_CACHE_TTL": _CACHE, "REDIS_HISTORY_TTL": _CACHE,
    "REDIS_STALE_THRESHOLD": "a value is stale when it is older than three polls",
    "STALE_THRESHOLD": "a value is stale when it is older than three polls",
    "USE_CACHED_ON_STARTUP": "noctui always begins with what its history holds",
    "INCREMENTAL_REFRESH": "every sweep asks for all of the org; only what seldom changes is asked for seldom",
    "RATE_LIMIT_DELAY": "calls are paced by the budget of the tokens, not by a fixed delay",
    "API_DELAY_MS": "calls are paced by the budget of the tokens, not by a fixed delay",
    "MAX_RETRIES": "failed calls are tried again until the sweep's time is up",
    "RETRY_DELAY": "waits between tries grow by themselves, with jitter",
    "DASH_HOST": _WEB, "DASH_PORT": _WEB, "DASH_DEBUG": _WEB, "PORT": _WEB,
}  # fmt: skip
"""Name → why it does nothing."""


def unused(names: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """(name, why) of each that is set."""
    return tuple((name, UNUSED[name]) for name in sorted(UNUSED) if names.get(name))
