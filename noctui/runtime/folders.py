"""Which folder holds what: one folder per org below the data folder."""

from __future__ import annotations

import re
from pathlib import Path

_ORG = re.compile(r"[0-9A-Za-z][0-9A-Za-z_.-]{0,63}")


def org_folder(data: Path, org_id: str) -> Path:
    """The org's folder. `org_id` comes from outside: anything but a plain name is refused (ValueError)."""
    if not _ORG.fullmatch(org_id):
        raise ValueError(f"org id {org_id[:64]!r} is not a plain id")
    return data / org_id


def sole_org(data: Path) -> str | None:
    """The one org that has a history here, when there is exactly one."""
    try:
        orgs = [p.parent.name for p in data.glob("*/history.db")]
    except OSError:
        return None
    return orgs[0] if len(orgs) == 1 else None
