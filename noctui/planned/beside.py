"""What another parser read in a message, put beside our own reading of it.

A parser that knows a carrier's own form counts before labels and tables, and after iCalendar. But its windows are
believed only as far as nothing in the message speaks against them: where both readings have windows and these differ,
ours stay; a zone that the other one takes no notice of stops it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

import msgspec
from msgspec import structs

from noctui.model.notices import Affected, Fault, Impact, Maintenance, Notice, Outcome, Source, Status, Window
from noctui.planned import zones
from noctui.planned.providers import plain
from noctui.planned.windows import LONG, MAX_DAYS, MAX_WINDOWS

FAR = 400 * 86_400
READER = "circuit-maintenance-parser"
NAMES: Mapping[str, str] = {
    "AT&T": "att", "Aqua Comms": "aquacomms", "Crown Castle": "crowncastle", "EXA Infrastructure": "gtt",
    "Global Cloud Xchange": "globalcloudxchange", "PCCW Global": "pccw", "Summit IG": "summitig",
    "Tata Communications": "tata",
}  # fmt: skip
"""What it calls carriers whom it calls otherwise than we do."""

_UTC = re.compile(r"\b(?:utc|gmt|zulu|coordinated universal)\b", re.IGNORECASE)
_TIMED = re.compile(r"\d{1,2}[:h.]\d{2}(?::\d{2})?(?:\s*[ap]\.?m\.?)?\s*[(\[]?\s*", re.IGNORECASE)


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One maintenance as the other parser tells it: one window, times in UTC epoch seconds. `by` are its parsers;
    `guessed`: nobody knows the sender, one carrier's form fits."""

    maintenance_id: str
    status: str
    start: int
    end: int
    circuits: tuple[tuple[str, str], ...] = ()
    account: str = ""
    stamp: int | None = None
    sequence: int | None = None
    summary: str = ""
    by: str = ""
    guessed: bool = False


def name_of(provider: str) -> str:
    """What the other parser calls a carrier of ours; it may know no such."""
    return NAMES.get(provider, plain(provider))


def together(own: Notice, rows: Sequence[Row], parts: Mapping[str, Sequence[str]]) -> Notice:
    """One notice of both readings. `parts` are the lines of the message by part, for where things stand in it."""
    works = [w for same in _grouped(rows).values() if (w := _work(own, same, parts)) is not None]
    if not works:
        return own
    mine = list(own.maintenances)
    joined: list[Maintenance] = []
    for work in works:
        other = next((m for m in mine if m.key[1] == work.key[1]), None)
        other = other or (mine[0] if len(mine) == len(works) == 1 else None)
        if other is not None:
            mine.remove(other)
            joined.append(_joined(work, other))
            continue
        zone = _unheard(parts)
        if zone and not own.maintenances:
            line = Fault(f"{READER} reads it alone, and takes no notice of a zone", zone.part, zone.line, zone.text)
            return structs.replace(own, faults=tuple(dict.fromkeys((*own.faults, line))))
        why = [f"read by {READER} alone", *(fault.said for fault in own.faults)]
        joined.append(_looked_at(work, *why, *([f"which zone? {zone.text}"] if zone else [])))
    joined += [_looked_at(m, f"{READER} does not tell of it") for m in mine]
    outcome = Outcome.PARSED if own.provider else Outcome.UNKNOWN_PROVIDER
    return structs.replace(own, outcome=outcome, reader=READER, maintenances=tuple(joined), faults=())


def _grouped(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Several windows of one work come one by one, under one id."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault("".join(row.maintenance_id.split()).casefold(), []).append(row)
    return found


def _work(own: Notice, rows: Sequence[Row], parts: Mapping[str, Sequence[str]]) -> Maintenance | None:
    """One work of its rows; None where a window cannot be."""
    first = rows[0]
    ours = {(c.circuit, m.key[1]) for m in own.maintenances for c in m.circuits}
    if any(not _possible(row, own.date) for row in rows) or len(rows) > MAX_WINDOWS or not first.maintenance_id.strip():
        return None
    circuits: dict[str, Affected] = {}
    for row in rows:
        for name, impact in row.circuits:
            circuits.setdefault(name, Affected(circuit=name, impact=_impact(impact)))
    windows = {
        Window(start=r.start, end=r.end, circuits=() if {c for c, _ in r.circuits} == set(circuits) else _names(r))
        for r in rows
    }
    review = [f"a window longer than {LONG // 3600} hours" for w in windows if w.end - w.start > LONG][:1]
    review += ["nobody knows its sender; one carrier's form fits"] if first.guessed else []
    where = [_found("maintenance_id", first.maintenance_id, parts)]
    where += [_found("circuit", name, parts) for name in circuits if (name, first.maintenance_id) not in ours]
    return Maintenance(
        provider=own.provider,
        maintenance_id=first.maintenance_id.strip(),
        status=_status(first.status),
        windows=tuple(sorted(windows)),
        circuits=tuple(circuits.values()),
        account=first.account,
        stamp=first.stamp if first.stamp is not None else own.date,
        sequence=first.sequence,
        summary=first.summary[:400],
        sources=(Source("reader", "cmp", 0, f"{READER}: {first.by}"[:200]), *(s for s in where if s is not None)),
        review=tuple(review),
    )


def _names(row: Row) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name, _ in row.circuits))


def _possible(row: Row, date: int | None) -> bool:
    """Within what our own reading would believe."""
    length = row.end - row.start
    return 0 < length <= MAX_DAYS * 86_400 and (date is None or abs(row.start - date) <= FAR)


def _joined(work: Maintenance, mine: Maintenance) -> Maintenance:
    """The other's reading with what it has no words for; windows that are not the same in both are ours."""
    told = {c.circuit: c for c in mine.circuits}
    circuits = tuple(_filled(c, told.get(c.circuit)) for c in work.circuits) or mine.circuits
    why = [w for w in mine.review if not w.startswith("has no reference")]  # it has one now
    if {(w.start, w.end) for w in work.windows} != {(w.start, w.end) for w in mine.windows}:
        why.append(f"{READER} reads other windows: {', '.join(_span(w) for w in work.windows)}"[:300])
        windows = mine.windows
    else:
        windows = mine.windows if any(w.backup for w in mine.windows) else work.windows
    if mine.circuits and {plain(c.circuit) for c in work.circuits} != {plain(c.circuit) for c in mine.circuits}:
        why.append(f"read otherwise: circuits {', '.join(c.circuit for c in mine.circuits)}"[:300])
        windows = tuple(structs.replace(w, circuits=()) for w in windows)
    if mine.status not in (work.status, Status.NO_CHANGE):
        why.append(f"read otherwise: {mine.status}")
    return structs.replace(
        work,
        windows=windows or work.windows,
        circuits=circuits,
        account=work.account or mine.account,
        sequence=mine.sequence if mine.sequence is not None else work.sequence,
        supersedes=mine.supersedes,
        summary=mine.summary or work.summary,
        location=mine.location,
        zone=mine.zone,
        sources=(*work.sources, *mine.sources),
        review=tuple(dict.fromkeys((*work.review, *why))),
    )


def _filled(one: Affected, other: Affected | None) -> Affected:
    if other is None:
        return one
    impact = other.impact if one.impact is Impact.UNKNOWN else one.impact
    return structs.replace(one, impact=impact, seconds=other.seconds, aliases=other.aliases)


def _unheard(parts: Mapping[str, Sequence[str]]) -> Source | None:
    """A line in which a time is in a zone, where no word of the message says UTC: the other parser reads such a time
    as UTC."""
    found: Source | None = None
    for part, lines in parts.items():
        for number, line in enumerate(lines, 1):
            if _UTC.search(line):
                return None
            for m in _TIMED.finditer(line[:2000]) if found is None else ():
                if zones.ZONE.match(line, m.end()):
                    found = Source("zone", part, number, line.strip()[:200])
                    break
    return found


def _found(field: str, value: str, parts: Mapping[str, Sequence[str]]) -> Source | None:
    """The first line that holds a value as it stands."""
    for part, lines in parts.items():
        for number, line in enumerate(lines, 1):
            if value and value in line:
                return Source(field, part, number, line.strip()[:200])
    return None


def _looked_at(one: Maintenance, *why: str) -> Maintenance:
    return structs.replace(one, review=tuple(dict.fromkeys((*one.review, *why))))


def _status(word: str) -> Status:
    return next((s for s in Status if s.value == word.strip().upper()), Status.NO_CHANGE)


def _impact(word: str) -> Impact:
    return next((i for i in Impact if i.value == word.strip().upper()), Impact.UNKNOWN)


def _span(w: Window) -> str:
    begin, end = (datetime.fromtimestamp(at, UTC) for at in (w.start, w.end))
    return f"{begin:%Y-%m-%d %H:%M} – {end:%Y-%m-%d %H:%M}"
