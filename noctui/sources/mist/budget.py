"""Tokens and their budgets: which one makes the next call, which ones rest, which were refused.

Mist counts calls per token and clock hour and answers 429 above the limit.
"""

from __future__ import annotations

import math
import time
from collections.abc import Container, Iterable
from dataclasses import dataclass, field

from noctui.clock import Clock
from noctui.sources.mist.errors import AllTokensRefused, AllTokensRest, SettingsError
from noctui.sources.mist.text import ending

HOUR = 3600
LIMIT = 5000
LONGEST_REST = 24 * HOUR
ASK_AGAIN = 300.0
"""Seconds after which a refused token is tried with one call: Mist, too, has bad minutes in which it knows nobody."""
ASK_LAST_AGAIN = 60.0
"""The same when no other token is left."""


@dataclass(frozen=True, slots=True)
class TokenState:
    """One token as the collector screen shows it. `state` is `in use`, `spare`, `rests` or `refused`."""

    number: int
    ending: str
    used: int
    limit: int
    state: str
    rests_until: float = 0.0  # UTC epoch seconds, when it rests
    resets_at: float = 0.0  # when its count begins anew
    text: str = ""  # why it was refused
    role: str = ""  # what it may do in the org, in Mist's word


@dataclass(slots=True, eq=False)
class Token:
    """One API token and what it spent this clock hour."""

    number: int
    secret: str = field(repr=False)
    used: int = 0
    limit: int = LIMIT
    hour: int = 0
    rests_until: float = 0.0
    refused: str = ""
    asked_again: float = 0.0  # when a refused one is tried again
    role: str = ""

    @property
    def name(self) -> str:
        """`Token 2 (…09be)`."""
        return f"Token {self.number} ({ending(self.secret)})"

    @property
    def left(self) -> int:
        return self.limit - self.used


class TokenBook:
    """All tokens of a run; the one with most left goes first."""

    def __init__(self, secrets: Iterable[str], clock: Clock) -> None:
        unique = [s for s in dict.fromkeys(s.strip() for s in secrets) if s]
        if not unique:
            raise SettingsError("No Mist token is set: set MIST_API_TOKEN, or run the demo.")
        self.tokens = tuple(Token(i, secret) for i, secret in enumerate(unique, 1))
        self._clock = clock
        self._last: Token | None = None

    @property
    def secrets(self) -> tuple[str, ...]:
        return tuple(t.secret for t in self.tokens)

    def pick(self, but: Container[Token] = ()) -> Token:
        """The accepted, rested token with most left; none of `but`.

        Raises AllTokensRefused when Mist accepts none, AllTokensRest when all others rest.
        """
        now = self._turn()
        for token in self.tokens:
            if token.refused and token.asked_again <= now and token not in but:
                return token
        accepted = [t for t in self.tokens if not t.refused]
        if not accepted:
            raise AllTokensRefused("; ".join(t.refused for t in self.tokens))
        free = [t for t in accepted if self._free_at(t) <= now and t not in but]
        if not free:
            until = min((self._free_at(t) for t in accepted if t not in but), default=now)
            many = f"All {len(accepted)} tokens" if len(accepted) > 1 else accepted[0].name
            at = time.strftime("%H:%M", time.gmtime(until))
            raise AllTokensRest(f"{many} used the hour's calls. Next call {at} UTC.", until)
        self._last = max(free, key=lambda t: (t.left, -t.number))
        return self._last

    def others(self, but: Container[Token]) -> bool:
        """Is there a free token that is none of `but`?"""
        now = self._turn()
        return any(not t.refused and self._free_at(t) <= now and t not in but for t in self.tokens)

    def spend(self, token: Token) -> None:
        """Count one call. A refused token is asked again by this one alone."""
        now = self._turn()
        token.used += 1
        if token.refused and token.asked_again <= now:
            token.asked_again = now + ASK_AGAIN

    def learn(self, token: Token, requests: float | None, limit: float | None) -> None:
        """What Mist itself counted this hour, which includes other users of the same token."""
        self._turn()
        if limit is not None and limit >= 1:
            token.limit = int(limit)
        if requests is not None and requests >= 0:
            token.used = max(token.used, int(requests))

    def rest(self, token: Token, retry_after: float | None = None) -> None:
        """429: not before the next full hour, nor before what Mist asked for (at most a day)."""
        now = self._turn()
        asked = now + min(max(retry_after or 0.0, 0.0), LONGEST_REST)
        token.rests_until = max(token.rests_until, asked, float((now // HOUR + 1) * HOUR))

    def refuse(self, token: Token, why: str, for_good: bool = False) -> str:
        """Use this token no more until it is time to ask again; gives the line that says so."""
        token.refused = f"{token.name} was refused: {why}"
        wait = ASK_AGAIN if any(not t.refused for t in self.tokens) else ASK_LAST_AGAIN
        token.asked_again = math.inf if for_good else self._clock.now() + wait
        return token.refused

    def accept(self, token: Token) -> None:
        """Mist answered it: a refusal, if there was one, is over."""
        token.refused = ""

    def to_check(self) -> list[Token]:
        """The tokens worth asking who they are: accepted ones, and refused ones whose time it is."""
        now = self._turn()
        return [t for t in self.tokens if not t.refused or t.asked_again <= now]

    @property
    def used(self) -> int:
        """Calls of this clock hour, all accepted tokens."""
        self._turn()
        return sum(t.used for t in self.tokens if not t.refused)

    @property
    def limit(self) -> int:
        """Calls allowed per hour, all accepted tokens."""
        return sum(t.limit for t in self.tokens if not t.refused)

    @property
    def resting_until(self) -> float:
        """When the first token is free again, if none is now; else 0."""
        now = self._turn()
        free = [self._free_at(t) for t in self.tokens if not t.refused]
        return min(free) if free and min(free) > now else 0.0

    def states(self) -> tuple[TokenState, ...]:
        now = self._turn()
        resets = float((now // HOUR + 1) * HOUR)
        states = []
        for t in self.tokens:
            free_at = self._free_at(t)
            word = "refused" if t.refused else "rests" if free_at > now else "in use" if t is self._last else "spare"
            rests = free_at if word == "rests" else 0.0
            states.append(
                TokenState(t.number, ending(t.secret), t.used, t.limit, word, rests, resets, t.refused, t.role)
            )
        return tuple(states)

    def _free_at(self, token: Token) -> float:
        """From when on the token may be used; an exhausted one at the next hour, before Mist has to say 429."""
        spent = float((token.hour + 1) * HOUR) if token.left <= 0 else 0.0
        return max(token.rests_until, spent)

    def _turn(self) -> float:
        """Begin anew what belongs to an hour that is over; gives the time."""
        now = self._clock.now()
        hour = int(now // HOUR)
        for t in self.tokens:
            if t.hour != hour:
                t.hour, t.used = hour, 0
        return now
