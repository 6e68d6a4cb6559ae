"""Carriers' mails to store: written as a carrier writes them, read as noctui reads them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import format_datetime

from msgspec import structs

from noctui.model.inventory import Inventory
from noctui.model.mails import MailIn
from noctui.planned.reading import read
from tests.stores.made import START, network

DAY = 86_400


def carried(inventory: Inventory | None = None) -> Inventory:
    """The made-up network with carriers' ids: circuit i is `IC-1000i` of Zayo."""
    found = inventory or network()
    circuits = tuple(
        structs.replace(c, carrier="Zayo", carrier_circuit_id=f"IC-1000{c.circuit_no}") for c in found.circuits
    )
    return structs.replace(found, circuits=circuits)


def written(
    number: str = "CHG-1",
    windows: Sequence[tuple[float, float]] = ((START + DAY, START + DAY + 7200),),
    circuits: Sequence[str] = ("IC-10000",),
    *,
    at: float = START,
    sender: str = "mr@zayo.com",
    status: str = "Planned",
    message_id: str = "",
    more: str = "",
) -> bytes:
    """A mail about planned work."""
    name = message_id or f"{number}.{at:.0f}@zayo.com"
    lines = [
        f"From: Change Control <{sender}>",
        f"Date: {format_datetime(datetime.fromtimestamp(at, UTC))}",
        f"Message-ID: <{name}>",
        f"Subject: {status} maintenance {number}",
        "",
        f"Maintenance reference: {number}",
    ]
    for start, end in windows:
        lines += [f"Start Date and Time: {_time(start)}", f"End Date and Time: {_time(end)}"]
    for one in circuits:
        lines += [f"Service ID: {one}", "Impact: 1 x 30 minutes interruption"]
    return "\r\n".join([*lines, more, ""]).encode()


def came(data: bytes, at: float = START, place: str = "1.eml", *, again: bool = False, stamp: str = "") -> MailIn:
    """As it is handed to the history's writer."""
    return MailIn(
        notice=read(data), mailbox="noc", place=place, stamp=stamp, tried_at=at, size=len(data),
        body=None if again else data, again=again,
    )  # fmt: skip


def _time(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%b-%d %H:%M} UTC"
