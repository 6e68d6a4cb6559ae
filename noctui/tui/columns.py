"""Which columns of a table a person wants to see, and in which order. Kept by the table's id; pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from noctui.tui.widgets.columns import Column


class Chosen(msgspec.Struct, frozen=True):
    """`shown` stand in this order, `hidden` do not; a column in neither (another ranking's, a later version's) is shown
    as it usually is, behind the one that it usually stands behind."""

    shown: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()

    def names(self, columns: Sequence[Column]) -> bool:
        """Whether it says anything of these columns."""
        return not {c.key for c in columns}.isdisjoint((*self.shown, *self.hidden))


def arranged(usual: Sequence[Column], spare: Sequence[Column], chosen: Chosen | None) -> tuple[Column, ...]:
    """The columns to show: `usual` are shown by themselves, `spare` when they are chosen. Never none: a choice that
    leaves no column is none."""
    if chosen is None:
        return tuple(usual)
    by_key = {c.key: c for c in (*usual, *spare)}
    keys = [key for key in dict.fromkeys(chosen.shown) if key in by_key]
    before = ""
    for column in usual:
        if column.key not in chosen.shown and column.key not in chosen.hidden:
            keys.insert(keys.index(before) + 1 if before in keys else 0, column.key)
        before = column.key if column.key in keys else before
    return tuple(by_key[key] for key in keys) or tuple(usual)


def exactly(keys: Sequence[str], offered: Sequence[Column]) -> Chosen:
    """These columns and no others of what the table offers."""
    return Chosen(tuple(keys), tuple(c.key for c in offered if c.key not in keys))


MEANINGS = {
    "state": "how it is", "site": "site number", "name": "site name", "region": "region", "role": "primary, backup",
    "carrier": "who sells it", "port": "port of the gateway", "type": "store type", "bw": "bandwidth and its source",
    "rx %": "received, of the bandwidth", "tx %": "sent, of the bandwidth", "loss %": "packets lost",
    "jit": "jitter, ms", "lat": "latency, ms", "rx 3 h": "received, trend of 3 h", "for": "since its last change",
    "flap": "flaps in 24 h", "P S B": "a sign for each circuit", "traffic on": "the circuit that carries it",
    "util %": "the fuller direction", "avail 24h": "lowest availability, 24 h", "sites": "sites in it",
    "down": "circuits down or away", "crit": "circuits critical", "high": "circuits high", "unkn": "circuits unknown",
    "warn": "circuits at warn", "maint": "circuits in a window", "dark": "sites without a circuit up",
    "f/o": "sites failed over", "bad %": "share that is bad", "bad, 3 h": "share that was bad, 3 h",
    "worst circuit": "the worst of its circuits", "mean %": "mean utilisation", "p95 %": "95th percentile",
    "rx b/s": "received, all circuits", "age": "since it opened", "what": "circuit or device", "alarm": "what it is",
    "text": "what Mist says of it", "×": "how often", "owner": "who has it", "is": "open, seen or cleared",
    "7 days": "bad days of the last 7", "cover": "share of time that is known", "#": "rank",
    "circuits": "circuits of ours", "verdict": "broken, breaks, met", "promise": "percent promised",
    "so far": "percent up so far", "budget used": "downtime used", "used": "downtime used", "left": "downtime left",
    "breaks at": "budget used up", "credit": "what is due", "claim by": "until when", "cover %": "time that is known",
    "excused": "in planned work", "promised as": "name of the promise", "became": "what became of it",
    "read": "when it was read", "why": "why it waits", "tried": "how often", "maintenance": "planned work",
    "planned work": "its window", "began": "when it went down", "summary": "what is done", "impact": "what it takes",
}  # fmt: skip
"""A column by its title, in words."""


def meaning(column: Column) -> str:
    """What a column shows, in words; nothing where its title says it all."""
    return MEANINGS.get(column.title, "")
