"""Outages of the warehouse before those of history here: one list, each outage once. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, inf

from msgspec import structs

from noctui.model.scene import Range
from noctui.model.works import Outage, Outages
from noctui.stores.warehouse.far_events import FarOutage, FarOutages, FarWindow

CLOSE = 3600.0
"""Seconds after history here begins in which an outage that ran then has been seen by it."""
GAP = 60.0
"""Seconds between two downs that are one outage, as history here has it."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which of them: those that touch `range`, of circuits that are `mine`, known by `known_by`; `most` of them."""

    range: Range
    mine: Callable[[str], bool]
    known_by: float
    most: int


def joined(near: Sequence[Outage], far: FarOutages, begins: float, wanted: Wanted, told: str) -> Outages:
    """Newest first. History here knows from `begins` on: what is of before is the warehouse's."""
    first: dict[str, int] = {}
    for row, outage in enumerate(near):
        if outage.began <= begins + CLOSE:
            first[outage.circuit_id] = row  # newest first: the earliest one stays
    windows: dict[str, list[FarWindow]] = defaultdict(list)
    for window in far.windows:
        if window.known_at <= wanted.known_by:
            windows[window.circuit_id].append(window)
    here, found = list(near), list[Outage]()
    for one in far.rows:
        if one.began >= begins or one.known_at > wanted.known_by or not wanted.mine(one.circuit_id):
            continue
        works = tuple(dict.fromkeys(w.name for w in windows[one.circuit_id] if _meet(one, w)))
        row = first.get(one.circuit_id, -1)
        if row >= 0 and (one.ended is None or one.ended >= here[row].began - GAP):  # it went on into what is known here
            its = tuple(dict.fromkeys((*works, *here[row].works)))
            here[row] = structs.replace(here[row], began=ceil(one.began), confirmed=True, works=its)
            continue
        ended = begins if one.ended is None else min(one.ended, begins)  # here it is not down any more
        if ended >= wanted.range.start:
            found.append(
                Outage(circuit_id=one.circuit_id, began=ceil(one.began), ended=ceil(ended), confirmed=one.confirmed,
                       works=works)
            )  # fmt: skip
    every = sorted((*here, *found), key=lambda o: (-o.began, o.circuit_id))
    return Outages(every[: max(0, wanted.most)], told)


def _meet(outage: FarOutage, window: FarWindow) -> bool:
    return window.start < (inf if outage.ended is None else outage.ended) and window.end > outage.began
