"""Which incident goes on as which group of alarms, when evidence has put them together anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Matched:
    """`kept[i]`: the incident that goes on as group i, "" for a new one. `swallowed`: incident → the group that has its
    members now."""

    kept: tuple[str, ...]
    swallowed: Mapping[str, int]


def matched(groups: Sequence[Set[str]], incidents: Mapping[str, Set[str]], least: int) -> Matched:
    """By the largest overlap of members; of equal ones the larger group, then the older incident (`incidents` are in
    that order). Each incident goes on as one group at most. One that goes on as none is swallowed by the group that has
    most of its members, unless `least` of them are in no group at all: then it stays what it was.
    """
    place = {name: i for i, name in enumerate(incidents)}
    pairs = [
        (-shared, -len(group), place[name], number, name)
        for name, members in incidents.items()
        for number, group in enumerate(groups)
        if (shared := len(group & members))
    ]
    pairs.sort()
    kept, taken = [""] * len(groups), set[str]()
    for _, _, _, number, name in pairs:
        if not kept[number] and name not in taken:
            kept[number] = name
            taken.add(name)
    swallowed: dict[str, int] = {}
    for _, _, _, number, name in pairs:
        if name not in taken and name not in swallowed:
            outside = set(incidents[name]).difference(*groups)
            if len(outside) < least:
                swallowed[name] = number
    return Matched(tuple(kept), swallowed)
