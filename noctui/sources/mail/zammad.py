"""A Zammad helpdesk: the mails of a group's tickets, as they came. What was read gives its ticket a tag.

Tickets are found by conditions, which Zammad answers from its database: its search by words needs Elasticsearch and is
some seconds behind. A carrier's update often joins a ticket that bears a tag already; so tickets that changed lately
are looked at as well, and the ledger of mails knows which articles were read.
"""

from __future__ import annotations

import math
import select
import socket
import time
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from noctui.mail_settings import MailboxSettings
from noctui.model.notices import Outcome
from noctui.sources.mail.box import MOST, GoneError, Letter, MailboxError, succeeded
from noctui.sources.mail.helpdesk_http import BusyError, Http
from noctui.sources.mail.net import failed

API = "/api/v1"
PAGE = 100
PAGES = 50
"""Pages of tickets that are looked through at once: what is older waits for the marks of these."""
AGAIN = 600.0
"""Seconds until mails are told again that were told and not marked."""
LATELY = 7 * 86_400
"""Seconds back in which a changed ticket is looked at again, after a start; later only those since the last look,"""
OVERLAP = 600
"""and some more: its clock need not be ours."""


class ZammadMailbox:
    """See `box.Mailbox`. `folder` is the group's name, `query` narrows the search in Zammad's own words."""

    def __init__(self, settings: MailboxSettings) -> None:
        self._settings = settings
        self._http = Http(settings, f"Token token={settings.secret}")
        self._group: str = ""  # its number, once a ticket of it was seen
        self._told: dict[int, tuple[int, float]] = {}  # ticket → how many articles it had when they were told, and when
        self._mails_of: dict[int, set[int]] = {}  # ticket → its mails
        self._open: dict[int, set[int]] = {}  # ticket → those of them that were not marked
        self._failed: dict[int, set[int]] = {}  # ticket → those that wait for a person, as far as seen
        self._looked = -math.inf  # when all that is new was told last
        self._rest = 0.0  # seconds it asked to be left alone
        self._woken, self._waker = socket.socketpair()

    @property
    def name(self) -> str:
        return self._settings.name

    def new(self) -> Iterator[Letter]:
        began = time.monotonic()
        seen: set[int] = set()
        for ticket in (*self._tickets(self._unmarked()), *self._tickets(self._changed())):
            number, count = int(ticket["id"]), _whole(ticket.get("article_count")) or 0
            before, at = self._told.get(number, (-1, 0.0))
            known = before == count > 0 and (not self._open.get(number) or time.monotonic() - at < AGAIN)
            if number in seen or known:
                continue
            seen.add(number)
            yield from self._mails(number)
            self._told[number] = count, time.monotonic()
        self._looked = began

    def fetch(self, letter: Letter) -> bytes:
        ticket, article = _numbers(letter.place)
        try:
            data, status = self._http.raw(f"{API}/ticket_article_plain/{article}", most=MOST)
        except MailboxError as error:
            self._told.pop(ticket, None)  # it is told again
            self._rested(error)
            raise
        if status == 204 or not data:
            raise GoneError("its helpdesk kept no original of it")
        return data

    def mark(self, letter: Letter, outcome: Outcome) -> None:
        ticket, article = _numbers(letter.place)
        self._open.get(ticket, set()).discard(article)
        if self._settings.after == "keep":
            return
        waiting = self._failed.setdefault(ticket, set())
        alone = article in waiting or self._mails_of.get(ticket, {article}) == {article}
        waiting.add(article)
        try:
            if succeeded(outcome):
                waiting.discard(article)
                self._tag("add", ticket, self._settings.success)
                if alone and not waiting:  # of another mail's failure before our time nothing is known here
                    self._tag("remove", ticket, self._settings.exception)
            else:
                self._tag("add", ticket, self._settings.exception)
        except GoneError:
            return  # the ticket was deleted, or joined to another

    def wait(self, seconds: float) -> None:
        rest, self._rest = self._rest, 0.0
        select.select([self._woken], [], [], max(seconds, rest))

    def wake(self) -> None:
        try:
            self._waker.send(b"w")
        except OSError:
            return

    def close(self) -> None:
        self._http.close()
        self._woken.close()
        self._waker.close()

    def checked(self) -> tuple[str, int | None]:
        """For `noctui doctor`: whose token it is, and how many tickets of the group wait (None: no ticket of the group
        was ever seen). Raises MailboxError."""
        try:
            me = self._json(f"{API}/users/me")
        except GoneError:
            me = None
        who = str(me.get("email") or me.get("login") or "somebody") if isinstance(me, Mapping) else "somebody"
        found = self._tickets(self._unmarked(), pages=1)
        if not found and not self._tickets({}, pages=1):
            return who, None
        return who, len(found)

    # inside

    def _unmarked(self) -> dict[str, str]:
        names = (self._settings.success, self._settings.exception)
        if self._settings.after == "keep":
            return {}
        return {
            "condition[ticket.tags][operator]": "contains one not",
            "condition[ticket.tags][value]": ",".join(names),
        }

    def _changed(self) -> dict[str, str]:
        at, minutes = (
            "condition[ticket.updated_at]",
            1 + int(min(LATELY, time.monotonic() - self._looked + OVERLAP) // 60),
        )
        return {f"{at}[operator]": "within last (relative)", f"{at}[value]": str(minutes), f"{at}[range]": "minute"}

    def _tickets(self, condition: Mapping[str, str], pages: int = PAGES) -> list[Mapping[str, Any]]:
        """Tickets of the group, oldest first."""
        found: list[Mapping[str, Any]] = []
        for page in range(1, pages + 1):
            query = {
                "expand": "true", "page": str(page), "per_page": str(PAGE), "sort_by": "created_at", "order_by": "asc",
                **condition, **self._where(condition),
            }  # fmt: skip
            try:
                rows = self._json(f"{API}/tickets/search", query)
            except GoneError:
                rows = None
            if not isinstance(rows, list):
                why = f"{self._http.server.said} knows no list of tickets: is this a Zammad?"
                raise failed(self._settings, why, lasting=True)
            found.extend(r for r in rows if isinstance(r, Mapping) and _whole(r.get("id")) and self._ours(r))
            if len(rows) < PAGE:
                break
        return found

    def _where(self, condition: Mapping[str, str]) -> dict[str, str]:
        query = {"query": self._settings.query} if self._settings.query else {}
        if not self._group:
            return query
        return {**query, "condition[ticket.group_id][operator]": "is", "condition[ticket.group_id][value]": self._group}

    def _ours(self, ticket: Mapping[str, Any]) -> bool:
        if not self._settings.folder:
            return True
        name = ticket.get("group")
        if not isinstance(name, str) or name.casefold() != self._settings.folder.casefold():
            return False
        self._group = str(_whole(ticket.get("group_id")) or "")
        return True

    def _mails(self, ticket: int) -> list[Letter]:
        """Mails that came into a ticket. What people of the house sent from it is none."""
        try:
            rows = self._json(f"{API}/ticket_articles/by_ticket/{ticket}", {"expand": "true"})
        except GoneError:
            return []
        found = []
        for row in rows if isinstance(rows, list) else []:
            if not isinstance(row, Mapping) or row.get("type") != "email" or row.get("sender") == "System":
                continue
            preferences = row.get("preferences")
            if isinstance(preferences, Mapping) and any(str(key).startswith("delivery_") for key in preferences):
                continue
            if number := _whole(row.get("id")):
                found.append(Letter(f"{ticket}.{number}", arrived=_instant(row.get("created_at"))))
        mails = {_numbers(letter.place)[1] for letter in found}
        self._open[ticket] = self._open.get(ticket, set()) | mails - self._mails_of.get(ticket, set())
        self._mails_of[ticket] = mails
        return found

    def _tag(self, word: str, ticket: int, name: str) -> None:
        body = {"item": name, "object": "Ticket", "o_id": ticket}
        self._json(f"{API}/tags/{word}", method="POST" if word == "add" else "DELETE", body=body)

    def _json(self, path: str, query: Mapping[str, str] | None = None, method: str = "GET", body: object = None) -> Any:
        try:
            return self._http.json(path, query, method, body)
        except MailboxError as error:
            self._rested(error)
            raise

    def _rested(self, error: MailboxError) -> None:
        self._rest = error.seconds if isinstance(error, BusyError) else 0.0


def _numbers(place: str) -> tuple[int, int]:
    """Ticket and article of a place."""
    ticket, _, article = place.partition(".")
    if not (place.isascii() and ticket.isdigit() and article.isdigit()):
        raise GoneError(f"no place of a helpdesk: {place[:40]}")
    return int(ticket), int(article)


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**53 else None


def _instant(value: object) -> int | None:
    """`2026-03-01T05:00:00.000Z` as UTC epoch seconds."""
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
        return int(found.timestamp()) if found is not None and found.tzinfo is not None else None
    except (ValueError, OverflowError, OSError):
        return None
