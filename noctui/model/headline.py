"""The headline: the one sentence that opens a screen. Made by pure rules of the part it speaks of."""

from __future__ import annotations

import msgspec


class Clause(msgspec.Struct, frozen=True):
    """A part of the sentence that is kept or dropped whole; screens drop clauses from the right when narrow."""

    text: str
    strong: bool = False
    severity: int | None = None  # its colour, when it is not the plain one
    short: str | None = None  # how it is said where all of them do not fit; None: as it is


class Headline(msgspec.Struct, frozen=True):
    """What is worst, where, since when, what it does to sites. `sign` is `failover` where » stands for the severity."""

    severity: int
    clauses: tuple[Clause, ...]
    sign: str = ""
    since: float | None = None  # when it speaks of one thing: its beginning, for the ticking duration in prose

    @property
    def text(self) -> str:
        return "".join(c.text for c in self.clauses)
