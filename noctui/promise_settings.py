"""What may be set about promises: `[[promise]]` and `[[applies]]`. Plain values; `promise_toml` reads them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from noctui.model.sla import Promise
else:
    Promise = Any  # msgspec looks names up, when settings are sent to the collector; these stay at home


@dataclass(frozen=True, slots=True)
class Applies:
    """One `[[applies]]`: for whom a promise holds. What is empty does not matter; all that is given must fit.

    `circuit` is a circuit's id or its carrier's, `group` a protection group. `since` and `until` are its first and
    last day, in the promise's zone.
    """

    promise: str
    carrier: str = ""
    circuit: str = ""
    group: str = ""
    role: str = ""  # primary, secondary, backup
    store_type: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class PromiseSettings:
    promises: Mapping[str, Promise] = field(default_factory=dict)  # by name
    applies: tuple[Applies, ...] = ()


NOTHING = PromiseSettings()
"""Where the settings promise nothing."""
