"""What the collector asks of a source, and the ways a source may fail."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from noctui.model.batch import Sweep
    from noctui.model.cloud import MistAlarm
    from noctui.model.detail import Answer, Question
    from noctui.model.health import PlanLine, TokenHealth


Progress = Callable[[int, int], None]
"""(calls done, calls expected) of the running sweep."""


@dataclass(frozen=True, slots=True)
class Org:
    org_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Budget:
    """API calls of this hour over all tokens; `resting_until` when none may call (UTC epoch seconds, else 0)."""

    used: int = 0
    limit: int = 0
    resting_until: float = 0.0
    notes: tuple[str, ...] = ()  # a line per token that was refused or rests
    tokens: tuple[TokenHealth, ...] = ()
    plan: tuple[PlanLine, ...] = ()  # what the source's own work beside sweeps needs an hour
    enriched: int = 0  # sites whose own settings are known
    enrich_total: int = 0
    enrich_text: str = ""


class SourceError(Exception):
    """One clear line: what, where, what to do. `retry_at` is when to try again (UTC epoch seconds; 0: soon);
    `final` means that no later try can go better: the settings must change. `kind` is what it is a matter of:
    `settings`, `refused` (no token is accepted), `resting` (calls are used up), `unreachable` (no true answer) or
    ""."""

    def __init__(
        self, text: str, retry_at: float = 0.0, resting: bool = False, final: bool = False, kind: str = ""
    ) -> None:
        super().__init__(text)
        self.text = text
        self.retry_at = retry_at
        self.resting = resting
        self.final = final
        self.kind = kind


class Source(Protocol):
    """Something that can be swept: the Mist cloud."""

    async def open(self) -> Org: ...

    async def sweep(self, progress: Progress | None = None) -> Sweep: ...

    def recall(self, alarms: Iterable[MistAlarm]) -> None:
        """`alarms` are what is kept of the cloud's alarms; all else that was told is told again."""
        ...

    def budget(self) -> Budget: ...

    async def detail(self, question: Question) -> Answer:
        """Never raises for what the cloud refuses: the answer's `error` says it."""
        ...

    async def acknowledge(self, alarm_ids: Sequence[str], note: str, taken: bool) -> str:
        """Take the cloud's alarms there, by its ids, or give them back; "" or, in one line, why not. Never raises."""
        ...

    async def close(self) -> None: ...
