"""Opening: each token says whom it is for and what it has used; the org is found or must be named."""

from __future__ import annotations

import asyncio
import logging

from noctui.sources.mist import facade
from noctui.sources.mist.budget import Token, TokenBook
from noctui.sources.mist.decode import decode_object
from noctui.sources.mist.errors import Garbled, MistError, Rejected, SettingsError, TokenRefused
from noctui.sources.mist.org import choose
from noctui.sources.mist.retry import Deadline, retried
from noctui.sources.mist.session import MistSession
from noctui.sources.mist.settings import OrgInfo
from noctui.sources.mist.structs import Self, Usage
from noctui.sources.mist.text import one_line

log = logging.getLogger("noctui.mist")

MOST_CALLS = 1e7
"""Calls an hour beyond which a limit is none."""


async def find_org(session: MistSession, book: TokenBook, wanted: str, deadline: Deadline) -> OrgInfo:
    """The org that the first accepted token leads to; a token that cannot see it is refused by us.

    Raises SettingsError, AllTokensRefused, AllTokensRest, or what kept Mist from answering.
    """
    tokens = book.to_check()
    accounts = await asyncio.gather(*(_account(session, t, deadline) for t in tokens))
    known = [(t, a) for t, a in zip(tokens, accounts, strict=True) if a is not None]
    if not known:
        book.pick()  # says whether all are refused or rest
        raise MistError("No token could be checked.")
    org: OrgInfo | None = None
    first_error: SettingsError | None = None
    strangers: list[tuple[Token, SettingsError]] = []
    for token, account in known:
        try:
            found = choose(account, wanted or (org.org_id if org else ""))
        except SettingsError as error:
            if not wanted and org is None:
                raise
            first_error = first_error or error
            strangers.append((token, error))
        else:
            org = org or found
            token.role = one_line(found.role, 20)
    if org is None:
        raise first_error or SettingsError("No token sees the org.")
    for token, _ in strangers:
        log.warning("mist.token_refused", extra={"why": book.refuse(token, f"it cannot see org {org.org_id}.", True)})
    await count_usage(session, book, deadline)
    return org


async def count_usage(session: MistSession, book: TokenBook, deadline: Deadline) -> None:
    """Ask Mist what it counted this hour for each accepted token. A token that cannot be asked keeps our own count."""

    async def ask(token: Token) -> None:
        caller = session.caller(deadline, token)
        try:
            usage = decode_object((await facade.get_usage(caller)).body, Usage)
        except MistError as error:
            log.info("mist.usage", extra={"token": token.number, "why": str(error)})
        else:
            limit = usage.request_limit
            if limit is not None and not 0 < limit <= MOST_CALLS:
                limit = None
            used = usage.requests
            if used is not None and not 0 <= used <= 2 * max(limit or 0, token.limit):
                used = None  # somebody's nonsense must not put a token to rest
            if (used, limit) != (usage.requests, usage.request_limit):
                log.warning("mist.usage", extra={"token": token.number, "why": "its count cannot be true"})
            book.learn(token, used, limit)

    free = [s.number for s in book.states() if s.state in ("in use", "spare")]
    await asyncio.gather(*(ask(t) for t in book.tokens if t.number in free))


async def _account(session: MistSession, token: Token, deadline: Deadline) -> Self | None:
    """Who a token is; None when it is refused or rests."""
    caller = session.caller(deadline, token)

    async def once() -> Self:
        account = decode_object((await facade.get_self(caller)).body, Self)
        if account.privileges is None or (
            account.privileges and all(right.scope is None for right in account.privileges)
        ):
            raise Garbled("Mist does not say what the token may see")  # a broken answer, not a token without rights
        return account

    try:
        return await retried(once, deadline)
    except TokenRefused:
        return None
    except Rejected as error:
        if error.status == 429:
            return None
        raise
