"""API tokens: their hourly budget, and what each may see and do."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping

import msgspec

from noctui.sim.mist.clock import SimClock

HOUR = 3600.0
ROLES = ("read", "write", "admin", "helpdesk", "installer")
WRITERS = ("write", "admin")


class Access(msgspec.Struct, frozen=True, kw_only=True):
    """What one token may do. `orgs` and `sites` are ids; empty `orgs` are all of the server, `sites` narrow the token
    to those sites, with no view of an org as a whole."""

    role: str = "read"
    orgs: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()

    @property
    def writes(self) -> bool:
        return self.role in WRITERS

    def sees_org(self, org: str) -> bool:
        return not self.sites and (not self.orgs or org in self.orgs)

    def sees_site(self, org: str, site: str) -> bool:
        return site in self.sites if self.sites else self.sees_org(org)


class Tokens:
    """Counts calls per token and clock hour. `access` may be changed at any time; who is not in it has `default`."""

    def __init__(
        self,
        tokens: Iterable[str],
        clock: SimClock,
        limit: int = 5000,
        access: Mapping[str, Access] | None = None,
        default: Access | None = None,
    ) -> None:
        self.access: dict[str, Access] = dict(access or {})
        self.default = default or Access()
        self.known = {*tokens, *self.access}
        self.limit = limit
        self._clock = clock
        self._hour = -1
        self._used: Counter[str] = Counter()

    def of(self, token: str) -> Access:
        return self.access.get(token, self.default)

    def _turn(self) -> None:
        hour = int(self._clock.now() // HOUR)
        if hour != self._hour:
            self._hour = hour
            self._used.clear()

    def spend(self, token: str) -> bool:
        """Count a call; False when the hour's budget is used up."""
        self._turn()
        if self._used[token] >= self.limit:
            return False
        self._used[token] += 1
        return True

    def used(self, token: str) -> int:
        """Calls of this clock hour."""
        self._turn()
        return self._used[token]

    def retry_after(self) -> int:
        """Whole seconds of the caller's time until the hour turns (of the clock's, when it stands still)."""
        left = HOUR - self._clock.now() % HOUR
        return max(1, math.ceil(left / (self._clock.speed or 1.0)))


def access_of(text: str) -> tuple[str, Access]:
    """`TOKEN=ROLE[,org:ID][,site:ID]…` → the token and its access. Raises ValueError with the reason."""
    token, _, rest = text.partition("=")
    role, *scopes = rest.split(",")
    if not token or role not in ROLES:
        raise ValueError(f"must be TOKEN=ROLE[,org:ID][,site:ID], with a role of {', '.join(ROLES)}")
    kinds: dict[str, list[str]] = {"org": [], "site": []}
    for scope in scopes:
        kind, _, ident = scope.partition(":")
        if kind not in kinds or not ident:
            raise ValueError(f"not a scope: {scope[:60]}")
        kinds[kind].append(ident)
    return token, Access(role=role, orgs=tuple(kinds["org"]), sites=tuple(kinds["site"]))
