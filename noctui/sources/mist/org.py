"""Which organisation the tokens are for."""

from __future__ import annotations

import re
from collections.abc import Iterable

from noctui.sources.mist.errors import SettingsError
from noctui.sources.mist.settings import OrgInfo
from noctui.sources.mist.structs import Self
from noctui.sources.mist.text import clean, one_line

_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{0,63}")


def orgs_of(account: Self) -> dict[str, OrgInfo]:
    """The organisations an account has rights in, by id; a right on the whole org names its role."""
    who = clean(account.email or account.name)
    found: dict[str, OrgInfo] = {}
    for right in sorted(account.privileges or (), key=lambda p: p.scope == "org"):
        org_id = right.org_id or ""
        if _ID.fullmatch(org_id):
            name = right.org_name or (right.name if right.scope == "org" else "")
            found[org_id] = OrgInfo(
                org_id, clean(name) or found.get(org_id, OrgInfo("", "")).name, clean(right.role), who
            )
    return found


def sees_many(account: Self) -> bool:
    """Rights over a group of organisations (msp, orggroup) do not list them."""
    return any(right.scope in ("msp", "orggroup") for right in account.privileges or ())


def choose(account: Self, wanted: str) -> OrgInfo:
    """The organisation to watch. Raises SettingsError when it must be named, or the account cannot see it."""
    found = orgs_of(account)
    if wanted:
        if wanted in found:
            return found[wanted]
        if sees_many(account) and _ID.fullmatch(wanted):
            return OrgInfo(wanted, wanted, who=clean(account.email or account.name))
        raise SettingsError(f"The token cannot see org {one_line(wanted, 60)}; it sees: {listed(found.values())}.")
    if len(found) == 1:
        return next(iter(found.values()))
    if found:
        raise SettingsError(f"The token sees {len(found)} orgs: set MIST_ORG_ID to one of: {listed(found.values())}.")
    raise SettingsError("The token sees no org: make one with read rights on the org to watch.")


def listed(orgs: Iterable[OrgInfo]) -> str:
    """`id (name), …`, in order of name."""
    told = [f"{o.org_id} ({one_line(o.name, 40)})" for o in sorted(orgs, key=lambda o: (o.name.casefold(), o.org_id))]
    return ", ".join(told) or "none"
