"""What the alarm book asks of correlation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from noctui.model.alarms import Alarm
from noctui.model.view import View


class Linked(Protocol):
    """`incidents`: all that are open or have just cleared; `parent`: alarm_id of a member → its incident's."""

    @property
    def incidents(self) -> tuple[Alarm, ...]: ...

    @property
    def parent(self) -> Mapping[str, str]: ...


class Correlator(Protocol):
    """Puts alarms together that have one cause."""

    def warm(self, alarms: Iterable[Alarm], highest: int = 0) -> None: ...

    def correlate(self, open_alarms: Sequence[Alarm], view: View, at: float) -> Linked: ...
