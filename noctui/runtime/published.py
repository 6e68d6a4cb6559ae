"""What a leader shows after a poll."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from noctui.model.status import Status
    from noctui.model.view import View


@dataclass(frozen=True, slots=True)
class Published:
    """`view` None: only the status changed."""

    status: Status
    view: View | None = None
