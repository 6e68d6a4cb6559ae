"""What travels over the bus, each in a blob of its own (`redis_blobs`)."""

from __future__ import annotations

import msgspec

from noctui.model.alarms import Alarm, Message
from noctui.model.inventory import Circuit, Gateway, PeerPath, Site
from noctui.model.status import Status
from noctui.model.view import View
from noctui.model.works import Works


class PollIs(msgspec.Struct, frozen=True, tag="poll"):
    """One poll. The View's inventory and alarms are left out: the blob's head says which belong to it."""

    view: View
    status: Status


class StatusIs(msgspec.Struct, frozen=True, tag="status"):
    """What changed between polls. `alarms` newer than those one has are to be fetched; `works` None: as they were."""

    status: Status
    works: Works | None = None


class AlarmsAre(msgspec.Struct, frozen=True, tag="alarms"):
    """All open alarms."""

    alarms: tuple[Alarm, ...]
    held: dict[str, int]
    cleared_at: float


class MessagesAre(msgspec.Struct, frozen=True, tag="messages"):
    """Notifications about open alarms, and those that wait to be sent."""

    messages: tuple[Message, ...]


class VersionIs(msgspec.Struct, frozen=True, tag="version"):
    """One version of the inventory: its tables as the digests of their pieces, in order."""

    org_id: str
    org_name: str
    rev: int
    event_time: float
    known_at: float
    sites: tuple[bytes, ...]
    gateways: tuple[bytes, ...]
    circuits: tuple[bytes, ...]
    paths: tuple[bytes, ...]


class Piece(msgspec.Struct, frozen=True, tag="piece"):
    """Some rows of one table."""

    sites: tuple[Site, ...] = ()
    gateways: tuple[Gateway, ...] = ()
    circuits: tuple[Circuit, ...] = ()
    paths: tuple[PeerPath, ...] = ()


Word = PollIs | StatusIs | AlarmsAre | MessagesAre | VersionIs | Piece
