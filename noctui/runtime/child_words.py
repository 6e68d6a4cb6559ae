"""What the screen's process and the collector's say to each other. Every message is a tagged struct."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from noctui.model.detail import Answer, Question
from noctui.model.inventory import Circuit, Gateway, PeerPath, Site
from noctui.model.scene import Above, Status
from noctui.model.view import View
from noctui.promise_settings import NOTHING, PromiseSettings
from noctui.runtime.child_alarms import AlarmsTold
from noctui.runtime.child_works import WorksTold
from noctui.settings import Settings

# from the screen


def for_collector(settings: Settings) -> Settings:
    """What the collector needs of the settings: of promises followers ask it over a bus alone."""
    return settings if settings.has_bus else replace(settings, promises=NOTHING)


def arrived(promises: PromiseSettings) -> PromiseSettings:
    """Promises on their way have lost their type."""
    from noctui.model.sla import Promise

    return replace(promises, promises={n: msgspec.convert(p, Promise) for n, p in promises.promises.items()})


class Begin(msgspec.Struct, frozen=True, tag="begin"):
    """The first message: all settings, tokens too. They travel here alone, never by argument or environment."""

    settings: Settings


class WhichOrg(msgspec.Struct, frozen=True, tag="org?"):
    """Which org do the tokens belong to? → `OrgIs` or `Failed`."""

    id: int


class Take(msgspec.Struct, frozen=True, tag="lead"):
    """Take this folder's lock, and the lease of the bus if there is one, and collect → `Taken` or `Failed`."""

    id: int
    folder: str
    org_id: str


class AskAbove(msgspec.Struct, frozen=True, tag="above?"):
    id: int
    hours: int
    at: float


class AskDetail(msgspec.Struct, frozen=True, tag="detail?"):
    id: int
    question: Question


class Forget(msgspec.Struct, frozen=True, tag="forget"):
    """Nobody waits for that answer any more."""

    id: int


class Reload(msgspec.Struct, frozen=True, tag="reload"):
    """What may change while it runs, changed: thresholds, seconds between polls, level of the log."""

    settings: Settings


ToChild = Begin | WhichOrg | Take | AskAbove | AskDetail | Forget | Reload


# from the collector


class OrgIs(msgspec.Struct, frozen=True, tag="org"):
    id: int
    org_id: str
    name: str


class Taken(msgspec.Struct, frozen=True, tag="taken"):
    """`ok` False: another process has the lock."""

    id: int
    ok: bool


class Resigned(msgspec.Struct, frozen=True, tag="resigned"):
    """The term is over: another process leads by the bus. The process waits for what it is told next."""

    leader: str


class AboveIs(msgspec.Struct, frozen=True, tag="above"):
    id: int
    above: Above | None


class DetailIs(msgspec.Struct, frozen=True, tag="detail"):
    id: int
    answer: Answer


class Failed(msgspec.Struct, frozen=True, tag="failed"):
    """No answer, in one line. `kind`: `source` (a SourceError, with its fields), `history`, `os` or `broke`."""

    id: int
    kind: str
    text: str
    retry_at: float = 0.0
    resting: bool = False
    final: bool = False


class Pieces(msgspec.Struct, frozen=True, tag="pieces"):
    """Rows of a new inventory version from `start` on; only pieces that differ from those of the version before come.

    Small enough that taking one in holds up nobody.
    """

    start: int
    sites: tuple[Site, ...] = ()
    gateways: tuple[Gateway, ...] = ()
    circuits: tuple[Circuit, ...] = ()
    paths: tuple[PeerPath, ...] = ()


class Version(msgspec.Struct, frozen=True, tag="version"):
    """The pieces are complete: how many rows each table has now, and what else the version is."""

    org_id: str
    org_name: str
    rev: int
    event_time: float
    known_at: float
    sites: int
    gateways: int
    circuits: int
    paths: int


class Told(msgspec.Struct, frozen=True, tag="told"):
    """A status, and a View (its inventory, alarms and works left out: they are those told last)."""

    status: Status
    view: View | None = None


class LogRecord(msgspec.Struct, frozen=True, tag="log"):
    """A record of the log: the screen's process writes it, so that one process alone turns the file over."""

    logger: str
    level: int
    created: float
    event: str
    extra: str  # JSON object


FromChild = (
    OrgIs
    | Taken
    | Resigned
    | AboveIs
    | DetailIs
    | Failed
    | Pieces
    | Version
    | AlarmsTold
    | WorksTold
    | Told
    | LogRecord
)
