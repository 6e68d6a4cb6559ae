"""A history that cannot be opened (full disk, another program's lock, a newer noctui's file): one collects without it,
and tries again with every poll."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

from noctui.model.alarms import Act, Alarm, AuditEntry, Message
from noctui.model.cloud import MistAlarm
from noctui.model.edges import Note
from noctui.model.inventory import Inventory
from noctui.model.mails import Body, Filed, MailIn, Place
from noctui.model.stores import HistoryError, Taken
from noctui.model.work import PollRecord
from noctui.model.works import Mail, MailRead, Work
from noctui.stores.history import Writer


class HistoryIsThere(Exception):  # noqa: N818 - no error: the collector begins anew, on top of what history holds
    """It could be opened after all."""

    def __init__(self, writer: Writer) -> None:
        super().__init__("history can be written")
        self.writer = writer


class Unwritten:
    """`HistoryWriter` while there is none. `open_writer` raises HistoryError as long as that is so."""

    def __init__(self, open_writer: Callable[[], Writer]) -> None:
        self._open = open_writer
        self._given: dict[str, dict[str, int]] = defaultdict(dict)
        self._next: dict[str, int] = {}

    def follow(self, inventory: Inventory | None) -> None:
        """The numbers of this inventory, which history gave, are taken."""
        if inventory is not None:
            self._given["circuits"].update((c.circuit_id, c.circuit_no) for c in inventory.circuits)
            self._given["paths"].update((p.path_id, p.path_no) for p in inventory.paths)

    def number(self, kind: str, id: str) -> int:
        """A slot for this run alone; history gives its own once it is there."""
        given = self._given[kind]
        if id not in given:
            given[id] = self._next.get(kind, max(given.values(), default=-1) + 1)
            self._next[kind] = given[id] + 1
        return given[id]

    def learn(self, inventory: Inventory) -> None:
        """Raises HistoryError, or HistoryIsThere."""
        raise HistoryIsThere(self._open())

    def write(self, record: PollRecord) -> None:
        self.learn(record.view.inventory)

    def alarms(self, since: float) -> Sequence[MistAlarm]:
        return ()

    def alarms_known(self, since: float) -> Sequence[Alarm]:
        return ()

    def highest_incident(self) -> int:
        return 0

    def acts(self) -> Sequence[Act]:
        """None: they wait in the inbox for a history that holds what came of them."""
        return ()

    def acted(self, act_id: str) -> bool:
        return False

    def write_acts(
        self, acts: Sequence[Act], alarms: Sequence[Alarm], audit: Sequence[AuditEntry], notes: Sequence[Note]
    ) -> None:
        """Raises HistoryError, or HistoryIsThere."""
        raise HistoryIsThere(self._open())

    def write_messages(self, messages: Sequence[Message]) -> None:
        """Raises HistoryError: the next poll is what finds the history there."""
        raise HistoryError("history is not open yet: notifications are not kept")

    def messages_known(self, since: float, alarm_ids: Sequence[str] = ()) -> Sequence[Message]:
        return ()

    def write_mails(
        self,
        mails: Sequence[MailIn],
        notes: Sequence[Note] = (),
        acts: Sequence[Act] = (),
        audit: Sequence[AuditEntry] = (),
        left: Sequence[str] = (),
    ) -> tuple[Filed, ...]:
        """Raises HistoryError: mails wait in their mailboxes."""
        raise HistoryError("history is not open yet: mails wait in their mailboxes")

    def mails_left(self) -> tuple[str, tuple[MailIn, ...]] | None:
        return None

    def mail_places(self, mailbox: str) -> dict[str, Place]:
        """Raises HistoryError: what is not known to be read is not read."""
        raise HistoryError("history is not open yet: mails wait in their mailboxes")

    def mail(self, key: str) -> MailRead | None:
        return None

    def mail_body(self, key: str) -> Body | None:
        return None

    def mails_waiting(self, limit: int = 10_000) -> Sequence[Mail]:
        return ()

    def works_near(self, at: float) -> tuple[Work, ...]:
        return ()

    def close_due(self, now: float) -> bool:
        return False

    def prune(self, now: float) -> bool:
        return False

    def apply_inbox(self) -> Taken:
        return Taken()
