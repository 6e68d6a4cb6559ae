"""What carriers' notices bring, in words: notes of what was announced or changed, and conflicts as alarms. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from noctui.model.alarms import PLANNED, Condition
from noctui.model.edges import Note
from noctui.model.inventory import Inventory
from noctui.model.notices import Status
from noctui.model.words import Severity
from noctui.model.works import Conflict, Work

CONFLICT = "conflict"
"""The kind of the notes, and the type of the alarms, that tell of windows which take a whole site together."""


MOST = 12
"""Works that are told one by one, when notices come together; more are counted."""


def of_works(works: Sequence[Work], inventory: Inventory, at: float) -> tuple[Note, ...]:
    """What notices have brought: a line about each work, and one about what it takes together with others.

    `Zayo CHG-20881 announced: Nov 24 06:00–10:00, 36 circuits, 2 ids unknown`
    """
    if len(works) <= MOST:
        return tuple(note for work in works for note in (_note(work, _said(work), at), *_taken(work, inventory, at)))
    first = max(works, key=lambda w: w.known_at)
    clashes = {(c.kind, c.name, c.start) for w in works for c in w.conflicts if _counts(c, at)}
    many = f", {len(clashes):,} conflict{'' if len(clashes) == 1 else 's'}" if clashes else ""
    return (_note(first, f"notices of {len(works):,} works came{many}", at),)


def _note(work: Work, text: str, at: float) -> Note:
    when = min(work.known_at, at)
    return Note(event_time=when, known_at=at, kind="maintenance", severity=Severity.MAINTENANCE, text=text)


def _taken(work: Work, inventory: Inventory, at: float) -> Iterator[Note]:
    mine = [c for c in work.conflicts if _counts(c, at)]
    if not mine:
        return
    first = mine[0]
    others = [name for name in dict.fromkeys(n for c in mine for n in c.works) if name != work.name]
    together = f" with {others[0]}{f' and {len(others) - 1} more' if len(others) > 1 else ''}" if others else ""
    one = len({c.name for c in mine}) == 1
    what = _what(first, inventory) if one else f"everything at {len({c.name for c in mine})} sites"
    may = "may take" if all(c.unsure for c in mine) else "takes"
    yield Note(
        event_time=min(work.known_at, at), known_at=at, kind=CONFLICT, severity=min(_severity(c) for c in mine),
        site_id=first.name if one and first.kind == "site" else "",
        text=f"conflict: {work.name}{together} {may} {what}, {when(first.start, first.end)}",
    )  # fmt: skip


def conflict_conditions(works: Sequence[Work], inventory: Inventory, at: float) -> tuple[Condition, ...]:
    """The conflicts that go on or are to come, as long as they are; those of the same works at the same time are one. A
    site that has but one circuit is no news."""
    found: dict[tuple[object, ...], dict[tuple[str, str], Conflict]] = {}
    since: dict[tuple[object, ...], int] = {}
    for work in works:
        for one in work.conflicts:
            if _counts(one, at):
                key = one.kind, one.works, one.start, one.end
                found.setdefault(key, {})[one.kind, one.name] = one
                since[key] = max(since.get(key, 0), work.known_at)
    made = (_condition(tuple(those.values()), inventory, min(since[key], at)) for key, those in found.items())
    return tuple(sorted(made, key=lambda c: c.key))


def _counts(one: Conflict, at: float) -> bool:
    return one.end > at and not one.alone


def _condition(those: Sequence[Conflict], inventory: Inventory, since: float) -> Condition:
    """Of conflicts that have all but their places in common."""
    one, alone = those[0], len(those) == 1
    row = inventory.site_row.get(one.name) if one.kind == "site" and alone else None
    site = None if row is None else inventory.sites[row]
    circuits = tuple(sorted({c for conflict in those for c in conflict.circuits}))
    rows = [inventory.circuit_row[c] for c in circuits if c in inventory.circuit_row]
    carriers = {inventory.circuits[r].carrier for r in rows}
    unsure, backup = all(c.unsure for c in those), all(c.backup for c in those)
    take = "may take" if unsure else "take"
    reserve = ", if a night in reserve is used" if backup else ""
    names = " and ".join(one.works) if len(one.works) < 4 else f"{len(one.works)} works"
    takes = f"{take}s" if len(one.works) == 1 and not unsure else take
    places = "sites" if one.kind == "site" else "groups"
    what = _what(one, inventory) if alone else f"all circuits of {len(those):,} {places}"
    return Condition(
        key=one.key,
        source=PLANNED,
        type=CONFLICT,
        severity=int(min(_severity(c) for c in those)),
        since=since,
        text=f"{names} {takes} {what}, {when(one.start, one.end)}{reserve}",
        site_id=site.site_id if site is not None else "",
        region=site.region if site is not None else "",
        carrier=carriers.pop() if len(carriers) == 1 else "",
        circuit_ids=circuits,
    )


def _severity(one: Conflict) -> Severity:
    """It is planned, and may still be moved: never worse than high."""
    return Severity.WARN if one.backup or one.unsure else Severity.HIGH


def _what(one: Conflict, inventory: Inventory) -> str:
    """`all 2 circuits of 0417 Grand Junction`, `2 circuits of group ring-a`."""
    if one.kind != "site":
        return f"{len(one.circuits)} circuits of group {one.name}"
    row = inventory.site_row.get(one.name)
    return f"all {len(one.circuits)} circuits of {one.name if row is None else inventory.sites[row].name}"


def _said(work: Work) -> str:
    many = len(work.circuit_ids)
    parts = [_windows(work), f"{many:,} circuit{'' if many == 1 else 's'}"]
    unknown = sum(not m.circuit_ids for m in work.matched)
    if unknown:
        parts.append(f"{unknown:,} id{'' if unknown == 1 else 's'} unknown")
    if work.version == 1 and not work.said:
        how = "announced" if work.maintenance.status in (Status.CONFIRMED, Status.RE_SCHEDULED) else ""
        how = how or work.maintenance.status.lower()
        return f"{work.name} {how}: {', '.join(p for p in parts if p)}"
    late = ", after its window had begun" if work.late else ""
    return f"{work.name}: {'; '.join(work.said) or 'told again'}{late} ({', '.join(p for p in parts if p)})"


def _windows(work: Work) -> str:
    windows = sorted(work.maintenance.windows)
    if not windows:
        return "no date yet"
    more = f" and {len(windows) - 1} more" if len(windows) > 1 else ""
    return f"{when(windows[0].start, windows[0].end)}{more}"


def when(start: int, end: int) -> str:
    """`Nov 24 06:00–10:00`, UTC; an end on another day says so."""
    low, high = datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(end, UTC)
    day = "" if low.date() == high.date() else f"{high:%b} {high.day} "
    return f"{low:%b} {low.day} {low:%H:%M}–{day}{high:%H:%M}"
