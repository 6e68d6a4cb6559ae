"""Dropping what mails were read from, when nobody will read them again. The ledger and the works stay for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING

from noctui.stores.history.settings import DAY, Retention

if TYPE_CHECKING:
    from noctui.stores.history.writer import Writer

AT_ONCE = 200
_OTHERS = (
    "DELETE FROM mail_bodies WHERE id IN (SELECT id FROM mail_bodies INDEXED BY mail_bodies_others"
    f" WHERE others = 1 AND known_at < ? LIMIT {AT_ONCE})"
)
_ALL = f"DELETE FROM mail_bodies WHERE id IN (SELECT id FROM mail_bodies WHERE known_at < ? LIMIT {AT_ONCE})"


def prune_mails(w: Writer, now: float, keep: Retention) -> bool:
    """Bytes of mails about something else are kept as long as samples are, those of notices as long as hourly figures.
    One short transaction each; True while there is more."""
    more = False
    for query, days in ((_OTHERS, keep.raw), (_ALL, keep.hourly)):
        with w.transaction() as db:
            more |= db.execute(query, (now - days * DAY,)).rowcount == AT_ONCE
    return more
