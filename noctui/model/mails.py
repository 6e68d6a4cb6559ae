"""What goes into the ledger of mails, and what a person says of a mail that no reader could read."""

from __future__ import annotations

import msgspec

from noctui.model.notices import Affected, Impact, Maintenance, Notice, Status, Window
from noctui.model.works import Mail, Work

REPARSE, FILL = "reparse", "fill"
MAIL_ACTS = (REPARSE, FILL)
"""What people do about mails (`alarms.Act`): its `alarm_ids` are keys of mails, `why` is required for `fill`, whose
`detail` is a `Filled` in JSON. Both need an operator, as acts on alarms do."""
MOST_FILLED = 100_000
"""Bytes of JSON."""
_LONGEST = 14 * 86_400


class Filled(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Planned work as a person read it in a mail. Times are UTC epoch seconds."""

    provider: str
    maintenance_id: str
    status: Status = Status.CONFIRMED
    windows: tuple[Window, ...] = ()
    circuits: tuple[Affected, ...] = ()
    summary: str = ""
    location: str = ""

    def faults(self) -> tuple[str, ...]:
        """What keeps it from being filed, each in one line; a form shows them beside its fields."""
        found = []
        if not self.provider.strip():
            found.append("say whose work it is")
        if not self.maintenance_id.strip():
            found.append("give the carrier's number of the work")
        if self.status is Status.NO_CHANGE:
            found.append("say how far it is")
        if self.status is not Status.CANCELLED and not self.windows:
            found.append("give at least one window")
        if self.status is not Status.CANCELLED and not self.circuits:
            found.append("name at least one circuit, as the carrier writes it")
        found += [f"window {n} ends before it begins" for n, w in enumerate(self.windows, 1) if w.end <= w.start]
        found += [
            f"window {n} is longer than 14 days" for n, w in enumerate(self.windows, 1) if w.end - w.start > _LONGEST
        ]
        found += ["a circuit without an id"] if any(not c.circuit.strip() for c in self.circuits) else []
        return tuple(found)

    def maintenance(self, stamp: int | None) -> Maintenance:
        """As a notice tells of it; `stamp` is when the carrier wrote the mail."""
        return Maintenance(
            provider=self.provider.strip(),
            maintenance_id=self.maintenance_id.strip(),
            status=self.status,
            windows=tuple(sorted(self.windows)),
            circuits=self.circuits,
            stamp=stamp,
            summary=self.summary,
            location=self.location,
        )


def said(filled: Filled) -> str:
    """For an Act's `detail`."""
    return msgspec.json.encode(filled).decode()


def filled_of(detail: str) -> Filled:
    """What an Act's `detail` says. Raises ValueError: in one line, why it cannot be filed."""
    if len(detail) > MOST_FILLED:
        raise ValueError(f"more than {MOST_FILLED} characters")
    try:
        made = msgspec.json.decode(detail, type=Filled)
    except msgspec.DecodeError as error:
        raise ValueError(f"not what a form fills in: {error}") from error
    faults = made.faults()
    if faults:
        raise ValueError("; ".join(faults))
    return made


class MailIn(msgspec.Struct, frozen=True, kw_only=True):
    """A mail that was read, or tried to, on its way into the ledger.

    `place` and `stamp` are where it lies (`sources.mail.box.Letter`); `size` its bytes there. `body` are the bytes as
    they came, None: they are stored already. `again`: it is known, and was read anew or filled in `by` somebody.
    """

    notice: Notice
    mailbox: str
    place: str
    tried_at: float
    stamp: str = ""
    size: int = 0
    arrived: int | None = None
    body: bytes | None = None
    again: bool = False
    by: str = ""


class Filed(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a mail: its line in the ledger, and the versions of works that it made. `new`: it was not known."""

    mail: Mail
    works: tuple[Work, ...] = ()
    new: bool = True


class Body(msgspec.Struct, frozen=True, kw_only=True):
    """A mail's bytes as they came, and what the ledger knows of it. `size` is how long it was; `data` may be less."""

    mail: Mail
    data: bytes
    size: int


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """What the ledger knows of a place in a mailbox: the mail that lay there when it was looked at."""

    stamp: str
    key: str
    outcome: str


__all__ = [
    "FILL", "MAIL_ACTS", "MOST_FILLED", "REPARSE", "Affected", "Body", "Filed", "Filled", "Impact", "MailIn", "Place",
    "Status", "Window", "filled_of", "said",
]  # fmt: skip
