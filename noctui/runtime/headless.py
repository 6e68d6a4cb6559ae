"""Without a screen: what runs there has in common: how far it is, what came of it, and why it cannot go on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from noctui.model.stores import HistoryError
from noctui.runtime.folders import org_folder, sole_org
from noctui.runtime.source import SourceError
from noctui.settings import Settings

Kind = Literal["usage", "failed", "refused", "unreachable", "resting", "history", "leader"]
"""`usage`: what was asked for, or the settings, can never work. `refused`: no token is accepted. `unreachable`: Mist
does not answer. `resting`: the calls of this hour are used up. `history`: it cannot be read or written. `leader`:
another process leads, and did not do it in time."""


class Stopped(Exception):  # noqa: N818 - no bug: it was stopped by what the line says
    """It cannot go on: one clear line (what, where, what to do), and what it is a matter of."""

    def __init__(self, text: str, kind: Kind = "failed") -> None:
        super().__init__(text)
        self.text, self.kind = text, kind


@dataclass(frozen=True, slots=True)
class Step:
    """How far it is. `phase` is a word such as `waiting` or `sweeping`, `done` of `total` its count (0: there is none),
    `text` what a person reads."""

    phase: str
    text: str
    done: int = 0
    total: int = 0


Tell = Callable[[Step], None]


@dataclass(frozen=True, slots=True)
class Landed:
    """A poll that stands in history. `took` is seconds from its first call to its end, `missing` what it lacks, in one
    line; `led_by` who made it, "" when that is this process."""

    org_id: str
    org: str
    folder: Path
    seq: int
    at: float
    circuits: int
    calls: int
    pages: int
    pages_lost: int
    took: float
    missing: str = ""
    led_by: str = ""


def because(error: SourceError | HistoryError | OSError) -> Stopped:
    """The same as a reason to stop."""
    if isinstance(error, SourceError):
        kinds: dict[str, Kind] = {
            "settings": "usage", "refused": "refused", "resting": "resting", "unreachable": "unreachable",
        }  # fmt: skip
        return Stopped(error.text, kinds.get(error.kind, "failed"))
    if isinstance(error, OSError):
        return Stopped(f"the data folder cannot be written: {error.strerror or error}; see --data", "history")
    return Stopped(str(error), "history")


def known_folder(settings: Settings) -> Path | None:
    """The folder of the org that the settings name, or of the only one with a history; None: who knows the org must be
    asked. The folder need not be there."""
    org_id = settings.org_id or sole_org(settings.data)
    return org_folder(settings.data, org_id) if org_id else None


def history_folder(settings: Settings) -> Path:
    """The org's folder, with a history in it. Raises Stopped."""
    folder = known_folder(settings)
    if folder is not None and (folder / "history.db").is_file():
        return folder
    found = sorted(p.parent.name for p in settings.data.glob("*/history.db"))
    if folder is None and found:
        raise Stopped(f"{settings.data} has histories of {len(found)} orgs: {', '.join(found)}; see --org-id", "usage")
    where = f"of org {settings.org_id} in" if settings.org_id else "in"
    raise Stopped(f"no history {where} {settings.data}: run noctui collect first, or see --data and --demo")
