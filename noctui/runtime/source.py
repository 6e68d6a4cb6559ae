"""What the collector asks of a source, and the ways a source may fail."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from noctui.model.batch import Sweep
    from noctui.model.cloud import MistAlarm
    from noctui.model.detail import Answer, Question
    from noctui.model.health import PlanLine, TokenHealth
    from noctui.sources.mist.shares import Division, Share, Tokens


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
    accounts: tuple[tuple[int, int], ...] = ()
    """Of a sweep that several fetched: (its calls, calls an hour) of each account that paid; () when one did alone."""
    elsewhere: int = 0  # calls of the last sweep that others paid for


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


class Helping(Protocol):
    """Others who fetch shares of sweeps, and what that costs whom."""

    async def divide(
        self, sites: Mapping[str, str], tokens: Tokens, seconds: float, usual: float, besides: float
    ) -> Division | None: ...

    def accounts(self, own: int, shared: Mapping[str, int]) -> tuple[tuple[int, int], ...]:
        """(calls of a sweep, calls an hour) of each account, when the leader spent `own` calls and members `shared`."""
        ...


@runtime_checkable
class Shareable(Protocol):
    """A source whose sweeps several may fetch together, each with tokens of its own."""

    async def open(self) -> Org: ...

    def share_with(self, helpers: Helping | None) -> None:
        """From the next sweep on these fetch parts of it; None: nobody."""
        ...

    def tokens(self) -> Tokens:
        """What there is to pay with, as fingerprints."""
        ...

    async def share(self, macs: Sequence[str], seconds: float) -> Share:
        """The rows of these gateways, for whoever leads. Never raises for what the cloud refuses."""
        ...

    def budget(self) -> Budget: ...
