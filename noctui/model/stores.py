"""What the stores promise to the floors above: protocols only."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from noctui.model.alarms import Act, Alarm, Alarms, AuditEntry, Message
from noctui.model.cloud import MistAlarm
from noctui.model.edges import Edge, Failover, Note
from noctui.model.faults import HistoryError
from noctui.model.inventory import Inventory
from noctui.model.mails import Body, Filed, MailIn, Place
from noctui.model.scene import Reader
from noctui.model.scores import ScoreBoard
from noctui.model.view import F8, View
from noctui.model.work import Memory, PollRecord
from noctui.model.works import Mail, MailRead, Work, Works


@dataclass(frozen=True, slots=True)
class Taken:
    """What one `apply_inbox` did: `more` is left to do; `history`: polls of the past came in."""

    more: bool = False
    history: bool = False


class HistoryWriter(Protocol):
    """The one writer of a data folder. Blocking calls: run them on the writer's own thread.

    One `write` is one transaction: after kill -9 either all of a poll is there or nothing of it.
    """

    def learn(self, inventory: Inventory) -> None:
        """Store a new inventory version."""
        ...

    def write(self, record: PollRecord) -> None:
        """Store one poll with its edges, failovers, notes and what the cloud told."""
        ...

    def alarms(self, since: float) -> Sequence[MistAlarm]:
        """The newest version of each of Mist's alarms that is open, or was opened after `since`."""
        ...

    def alarms_known(self, since: float) -> Sequence[Alarm]:
        """The newest version of each alarm that is open, or cleared after `since`: for warming the alarm book."""
        ...

    def highest_incident(self) -> int:
        """The highest number that an incident ever had; 0 none."""
        ...

    def acts(self) -> Sequence[Act]:
        """What people left in the inbox to be done to alarms, oldest first; they stay there until `write_acts`. The
        author of each is whoever owns the file, whatever it says."""
        ...

    def acted(self, act_id: str) -> bool:
        """The audit tells of this act already."""
        ...

    def write_acts(
        self, acts: Sequence[Act], alarms: Sequence[Alarm], audit: Sequence[AuditEntry], notes: Sequence[Note]
    ) -> None:
        """Store what came of these acts, in one transaction that also takes them off the inbox."""
        ...

    def write_messages(self, messages: Sequence[Message]) -> None:
        """Store new or changed notifications."""
        ...

    def messages_known(self, since: float, alarm_ids: Sequence[str] = ()) -> Sequence[Message]:
        """Those made after `since` or about these alarms, and all that still wait or are tried again, oldest first."""
        ...

    def write_mails(
        self,
        mails: Sequence[MailIn],
        notes: Sequence[Note] = (),
        acts: Sequence[Act] = (),
        audit: Sequence[AuditEntry] = (),
        left: Sequence[str] = (),
    ) -> tuple[Filed, ...]:
        """Store mails and what they tell of planned work, each once, in one transaction; `acts` that asked for it, and
        `left`, ids of files that mails lay in, leave the inbox with it."""
        ...

    def mails_left(self) -> tuple[str, tuple[MailIn, ...]] | None:
        """What another process read and left in the inbox: the oldest file's id and its mails; None: nothing."""
        ...

    def mail_places(self, mailbox: str) -> dict[str, Place]:
        """What the ledger knows of a mailbox, by place."""
        ...

    def mail(self, key: str) -> MailRead | None:
        """A mail of the ledger and what was read in it last; without its lines."""
        ...

    def mail_body(self, key: str) -> Body | None:
        """Its bytes; None: no such mail, or they are older than is kept."""
        ...

    def mails_waiting(self, limit: int = 10_000) -> Sequence[Mail]:
        """The dead letters, newest first."""
        ...

    def works_near(self, at: float) -> tuple[Work, ...]:
        """The newest version of each work whose windows end less than a day before an instant, or begin in the weeks
        after it; as stored: not matched to circuits."""
        ...

    def close_due(self, now: float) -> bool:
        """Close one hour or day that is over (one transaction); True while there is more to close."""
        ...

    def prune(self, now: float) -> bool:
        """Drop some of what is older than its retention; True while there is more to drop."""
        ...

    def apply_inbox(self) -> Taken:
        """Take in some of what other processes left in the inbox, each thing once, in short transactions."""
        ...


class HistoryReader(Protocol):
    """Any number of readers, in any process. Blocking calls: run them on a reader thread."""

    limits_of: Callable[[Inventory], F8 | None]
    """[circuits, metrics, 3] thresholds of an inventory, None: the defaults; its owner may say."""

    scores_of: Callable[[float, bool, str], Awaitable[ScoreBoard | None]] | None
    """Promises as known at an instant (of a live Scene?) over a period; its owner may say. None: nothing is promised.
    """

    def version(self) -> int:
        """A number that changes when another connection has committed (`PRAGMA data_version`)."""
        ...

    def latest(self) -> float | None:
        """`at` of the newest poll."""
        ...

    def step(self, at: float, direction: int, corrected: bool = True) -> float | None:
        """`at` of the poll before (-1) or after (+1) `at`; not `corrected`: of those known when they were taken."""
        ...

    def view(self, at: float, corrected: bool = False) -> View | None:
        """The View of the newest poll at or before `at`, as it was then, with the alarms that were open; of one that
        became known later only when `corrected`."""
        ...

    def alarms_now(self, before: Alarms | None = None) -> Alarms:
        """The open alarms as they are known now, with what people did since the newest poll; `before` itself while
        nothing has changed."""
        ...

    def works_now(self, inventory: Inventory, at: float, before: Works | None = None) -> Works:
        """Planned work near `at` as it is known now, matched to the circuits of this inventory; `before` itself while
        nothing has changed."""
        ...

    def works_known(self, since: float, at: float) -> tuple[Work, ...]:
        """All versions, known at `at`, of works with a window after `since`, by work, the oldest first; as stored."""
        ...

    def inventory(self, at: float) -> Inventory | None:
        """The version that was known at `at`."""
        ...

    def share(self, inventory: Inventory) -> None:
        """This version is here already, from the writer itself: it need not be read again."""
        ...

    def edges_known(self, at: float, since: float) -> Sequence[Edge]:
        """Edges known at `at` that matter after `since`: for warming an engine."""
        ...

    def memory(self, at: float) -> Memory | None:
        """What an engine needs to go on from the newest poll at or before `at`; None when there is none."""
        ...

    def reader(self, at: float, corrected: bool = False, live: bool = False) -> Reader:
        """A Reader whose answers end at `at`; of a `live` Scene those about alarms, audit and messages end now."""
        ...

    def close(self) -> None:
        """Wait for running reads and close the file."""
        ...


__all__ = ["Edge", "Failover", "HistoryError", "HistoryReader", "HistoryWriter", "Note", "Taken"]
