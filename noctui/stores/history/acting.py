"""What people do about alarms, on its way from their screens to the leader: files in the inbox.

Whoever owns the file did it, whatever it says. An act is done once: its file's id is stored with what came of it, and
the audit holds its own id.
"""

from __future__ import annotations

import errno
import logging
import math
import os
import pwd
import stat
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from noctui.model.alarms import ACTS, Act
from noctui.model.claims import CLAIM_ACTS
from noctui.model.mails import MAIL_ACTS
from noctui.stores.history import inbox
from noctui.stores.history.audit_rows import was_done
from noctui.stores.history.faults import faults

if TYPE_CHECKING:
    from noctui.stores.history.writer import Writer

log = logging.getLogger(__name__)

KIND = "act"
MOST_BYTES = 16_000_000
"""An act on 100,000 alarms is smaller."""
LATEST = 1e11
"""No time of an act lies beyond: there are times that no clock and no calendar can show."""
_KINDS = (*ACTS, *MAIL_ACTS, *CLAIM_ACTS)
_encode = msgspec.msgpack.Encoder().encode
_packed = msgspec.msgpack.Decoder(Act)
_json = msgspec.json.Decoder(Act)


class NoAct(Exception):  # noqa: N818 - no bug: what lies there is not ours to do
    """It cannot be done: why, in a few words."""


def deposit_act(folder: Path, act: Act) -> str:
    """Leave an act for whoever leads the data folder; the file's id. A blocking call. Raises HistoryFault."""
    return inbox.deposit(folder, KIND, _encode(act))


class Acting:
    """The acts that one writer has seen in its inbox and not yet written."""

    def __init__(self) -> None:
        self._read: dict[str, tuple[float, Act]] = {}  # file id → when it was left, what it says
        self._names: dict[int, str] = {}
        self._stay: set[str] = set()

    def look(self, w: Writer) -> tuple[Act, ...]:
        """What waits, in the order it was left. Raises HistoryFault."""
        waiting = inbox.pending_of(w.folder, KIND)
        if not waiting:
            self._read.clear()
            return ()
        found: list[tuple[str, float, str, Act]] = []
        with faults():
            for one in waiting:
                if one.id not in self._read and self._done(w, one):
                    continue
                left, act = self._read[one.id]
                found.append((one.id[:20], left, one.id, act))
        found.sort(key=lambda f: f[:3])  # two that were left at once have one number
        return tuple({act.act_id: act for *_, act in reversed(found)}.values())[::-1]

    def _done(self, w: Writer, one: inbox.Waiting) -> bool:
        """There is nothing to do about this file any more; else it is read."""
        if w.db.execute("SELECT 1 FROM applied WHERE id = ?", (one.id,)).fetchone() is not None:
            self._unlink((one,))
            return True
        try:
            left, act = self._opened(one.path)
        except FileNotFoundError:
            return True
        except (NoAct, msgspec.DecodeError, OSError) as error:
            _refuse(one, str(error))
            return True
        if was_done(w.db, act.act_id):
            self._unlink((one,))
            return True
        self._read[one.id] = left, act
        return False

    def _opened(self, path: Path) -> tuple[float, Act]:
        """Raises NoAct, DecodeError, OSError."""
        try:
            fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            if error.errno == errno.ELOOP:
                raise NoAct("a link: who left it is not known") from error
            raise
        try:
            about = os.fstat(fd)
            if not stat.S_ISREG(about.st_mode):
                raise NoAct("no plain file")
            if about.st_size > MOST_BYTES:
                raise NoAct(f"{about.st_size:,} bytes are no act")
            with os.fdopen(fd, "rb", closefd=False) as file:
                act = decoded(file.read(MOST_BYTES + 1))
        finally:
            os.close(fd)
        owner = self._name(about.st_uid)
        return about.st_mtime, act if act.who == owner else msgspec.structs.replace(act, who=owner)

    def _name(self, uid: int) -> str:
        if uid not in self._names:
            try:
                self._names[uid] = pwd.getpwuid(uid).pw_name
            except KeyError:
                self._names[uid] = f"uid{uid}"  # as `runtime.people` calls them
        return self._names[uid]

    def files(self, acts: Sequence[Act]) -> list[str]:
        """The ids of the files that these acts came in: of each act all that say it."""
        wanted = {act.act_id for act in acts}
        return [key for key, (_, act) in self._read.items() if act.act_id in wanted]

    def written(self, w: Writer, ids: Sequence[str]) -> None:
        """They are in history: off the inbox with them."""
        if ids:
            taken = set(ids)
            self._unlink(one for one in inbox.pending_of(w.folder, KIND) if one.id in taken)
            for key in ids:
                self._read.pop(key, None)

    def _unlink(self, those: Iterable[inbox.Waiting]) -> None:
        for one in those:
            try:
                one.path.unlink(missing_ok=True)
            except OSError as error:  # it is done; that it lies there still is harmless, and known by its id
                if one.id not in self._stay:
                    self._stay.add(one.id)
                    log.warning("inbox.stays", extra={"file": one.path.name, "reason": str(error)})


def decoded(data: bytes) -> Act:
    """MessagePack, or JSON for what people write by hand. Raises NoAct, DecodeError."""
    return checked((_json if data[:1] == b"{" else _packed).decode(data))


def checked(act: Act) -> Act:
    """The act, if it can be done at all. Raises NoAct."""
    if act.kind not in _KINDS:
        raise NoAct(f"{act.kind!r} is none of {', '.join(_KINDS)}")
    if not act.act_id or len(act.act_id) > 200:
        raise NoAct("it has no id of its own")
    if not act.alarm_ids:
        raise NoAct("it names no alarm")
    if act.saw and len(act.saw) != len(act.alarm_ids):
        raise NoAct(f"it saw {len(act.saw)} of {len(act.alarm_ids)} alarms")
    if not all(math.isfinite(t) and 0.0 <= t <= LATEST for t in (act.at, act.until, *act.saw)):
        raise NoAct("a time that is none")
    return act


def _refuse(waiting: inbox.Waiting, reason: str) -> None:
    try:
        inbox.refuse(waiting)
    except OSError as error:
        reason = f"{reason}; cannot be set aside: {error.strerror}"
    log.error("inbox.refused", extra={"file": waiting.path.name, "reason": reason})
