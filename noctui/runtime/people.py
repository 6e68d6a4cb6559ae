"""Who sits here, in which role, and where from: asked of the system, never of what an environment says.

The one place that decides what a person may do: screens and commands ask `Person.may`, whoever leads asks `role_of` for
the owner of a file that was left in the inbox.
"""

from __future__ import annotations

import contextlib
import grp
import os
import pwd
import socket
from dataclasses import dataclass

from noctui.alarm_settings import ROLES, Roles
from noctui.model.alarms import ACTS
from noctui.model.claims import CLAIM_ACTS
from noctui.model.mails import MAIL_ACTS

LEAST = dict.fromkeys((*ACTS, *MAIL_ACTS, *CLAIM_ACTS), "operator")
"""The least role that may do it, by what is done; what is not named here everybody may."""


@dataclass(frozen=True, slots=True)
class Person:
    """A user of this machine. `origin`: host, terminal, and the address that an SSH client came from."""

    who: str
    role: str
    origin: str

    def may(self, action: str) -> bool:
        return ROLES.index(self.role) >= ROLES.index(LEAST.get(action, "viewer"))

    def why_not(self, action: str) -> str:
        """One line for somebody who may not."""
        return f"{self.who} is {self.role} here: {LEAST.get(action, 'viewer')} may do that ([roles] in noctui.toml)."


def name_of(uid: int) -> str:
    """The user's name; a number where the system has none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid{uid}"


def groups_of(name: str) -> frozenset[str]:
    """The groups of a user, the primary one too."""
    found = {group.gr_name for group in grp.getgrall() if name in group.gr_mem}
    with contextlib.suppress(KeyError):
        found.add(grp.getgrgid(pwd.getpwnam(name).pw_gid).gr_name)
    return frozenset(found)


def role_of(name: str, roles: Roles) -> str:
    """The highest role that the settings give this user; a viewer when they give none."""
    groups: frozenset[str] | None = None
    for role in reversed(ROLES):
        for entry in getattr(roles, role):
            if entry in ("*", name):
                return role
            if entry.startswith("@"):
                groups = groups_of(name) if groups is None else groups
                if entry[1:] in groups:
                    return role
    return "viewer"


def here(roles: Roles, read_only: bool = False) -> Person:
    """Who runs this process; a viewer with `read_only`."""
    name = name_of(os.getuid())
    return Person(name, "viewer" if read_only else role_of(name, roles), _origin())


def _origin() -> str:
    parts = [socket.gethostname() or "?"]
    with contextlib.suppress(OSError):  # no terminal: a service
        parts.append(os.ttyname(0).removeprefix("/dev/"))
    client = os.environ.get("SSH_CONNECTION", "").split(" ")[0]
    if client and all(c in "0123456789abcdefABCDEF.:%" or c.isalnum() for c in client):
        parts.append(f"from {client[:64]}")
    return " ".join(parts)
