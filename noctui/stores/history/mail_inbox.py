"""Mails that another process read, on their way to the leader: files in the inbox, each with some mails."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from noctui.model.mails import MailIn
from noctui.stores.history import inbox
from noctui.stores.history.faults import faults
from noctui.stores.history.mail_rows import KEPT

if TYPE_CHECKING:
    from noctui.stores.history.writer import Writer

log = logging.getLogger(__name__)

KIND = "mails"
MOST_BYTES = 256 * 1024 * 1024
_encode = msgspec.msgpack.Encoder().encode
_decoder = msgspec.msgpack.Decoder(tuple[MailIn, ...])


def deposit_mails(folder: Path, mails: Sequence[MailIn]) -> str:
    """Leave mails for whoever leads the data folder; the file's id. A blocking call. Raises HistoryFault."""
    kept = [m if m.body is None else msgspec.structs.replace(m, body=m.body[:KEPT]) for m in mails]
    return inbox.deposit(folder, KIND, _encode(kept))


def mails_left(w: Writer) -> tuple[str, tuple[MailIn, ...]] | None:
    """The oldest file that waits, and what is in it; None when there is none. One that cannot be read is set aside.
    Raises HistoryFault."""
    for waiting in inbox.pending_of(w.folder, KIND):
        with faults():
            done = w.db.execute("SELECT 1 FROM applied WHERE id = ?", (waiting.id,)).fetchone() is not None
        if done:
            drop(w, (waiting.id,))
            continue
        try:
            if waiting.path.stat().st_size > MOST_BYTES:
                raise msgspec.DecodeError("too long")
            return waiting.id, _decoder.decode(waiting.path.read_bytes())
        except FileNotFoundError:
            continue
        except (msgspec.DecodeError, OSError) as error:
            reason = str(error)
            try:
                inbox.refuse(waiting)
            except OSError as more:
                reason = f"{reason}; cannot be set aside: {more.strerror}"
            log.error("inbox.refused", extra={"file": waiting.path.name, "reason": reason})
    return None


def drop(w: Writer, ids: Iterable[str]) -> None:
    """They are in history: off the inbox with them. A file that stays is known by its id."""
    for key in ids:
        path = inbox.folder_of(w.folder) / f"{key}.{KIND}"
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            log.warning("inbox.stays", extra={"file": path.name, "reason": str(error)})
