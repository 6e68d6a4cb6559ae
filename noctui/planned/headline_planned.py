"""The sentence over planned work: what takes every circuit of a site, what runs, what comes next. Pure rules."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from noctui.model.headline import Clause, Headline
from noctui.model.notices import Impact, Status, Window
from noctui.model.words import Severity
from noctui.model.works import CUTS, Conflict, Work

DAY = 86_400
AHEAD = 36 * 3600
"""Seconds ahead in which no window is told to be none."""


def planned_headline(works: Sequence[Work], at: float, waiting: int = 0, read: int = 0,
                     newest: float | None = None) -> Headline:  # fmt: skip
    """`1 conflict: tonight 05:00–06:00 Zayo and AT&T together take every circuit of 2 sites. 3 mails …`

    `at` is the instant, `waiting` mails that nobody understood, `read` those read so far, the last at `newest`.
    """
    told = _conflicts(works, at) or _running(works, at) or _next(works, at)
    clauses = list(told[1]) if told else [Clause("No windows in the next 36 h.", strong=True)]
    severity = told[0] if told else Severity.OK
    if not told and read:
        last = f", the last {_ago(at - newest)} ago" if newest is not None else ""
        clauses.append(Clause(f" {read:,} mail{'' if read == 1 else 's'} read{last}."))
    if waiting:
        many = f"{waiting:,} mail{'' if waiting == 1 else 's'}"
        clauses.append(Clause(f" {many} could not be read.", strong=False, severity=Severity.UNKNOWN))
        severity = Severity.UNKNOWN if severity > Severity.UNKNOWN else severity
    return Headline(severity=severity, clauses=tuple(clauses))


def _conflicts(works: Sequence[Work], at: float) -> tuple[Severity, list[Clause]] | None:
    """The first that is to come or goes on, and how many there are; those of one time and the same works are one."""
    found: dict[tuple[int, int, tuple[str, ...]], set[tuple[str, str]]] = {}
    sample: dict[tuple[int, int, tuple[str, ...]], Conflict] = {}
    for work in works:
        if not _counts(work):
            continue
        for conflict in work.conflicts:
            if conflict.end > at and not conflict.backup and not conflict.alone:
                key = conflict.start, conflict.end, tuple(sorted(conflict.works))
                found.setdefault(key, set()).add((conflict.kind, conflict.name))
                sample[key] = conflict
    if not found:
        return None
    first = min(found)
    carriers = list(dict.fromkeys(name.partition(" ")[0] for name in sample[first].works))
    sites = sum(kind == "site" for kind, _ in found[first])
    groups = len(found[first]) - sites
    what = [f"{sites:,} site{'' if sites == 1 else 's'}"] if sites else []
    what += [f"{groups:,} protection group{'' if groups == 1 else 's'}"] if groups else []
    who = " and ".join(carriers) if len(carriers) < 4 else f"{len(carriers)} carriers"
    verb = "may take" if sample[first].unsure else "take"
    several = (
        f"{who} together {verb}" if len(carriers) > 1 else f"{who} {'may take' if sample[first].unsure else 'takes'}"
    )
    return Severity.CRITICAL, [
        Clause(f"{len(found):,} conflict{'' if len(found) == 1 else 's'}", strong=True, severity=Severity.CRITICAL),
        Clause(f": {_when(first[0], first[1], at)} {several} "),
        Clause(f"every circuit of {' and '.join(what)}", strong=True, severity=Severity.CRITICAL),
        Clause("."),
    ]


def _running(works: Sequence[Work], at: float) -> tuple[Severity, list[Clause]] | None:
    mine = [(work, w) for work in works if _counts(work) and (w := _window(work, at)) is not None]
    if not mine:
        return None
    circuits = len({c for work, _ in mine for c in work.circuit_ids})
    end = max(w.end for _, w in mine)
    names = mine[0][0].name if len(mine) == 1 else f"{len(mine):,} works of {_carriers([w for w, _ in mine])}"
    verb = "is" if circuits == 1 else "are"
    return Severity.MAINTENANCE, [
        Clause(f"{circuits:,} circuit{'' if circuits == 1 else 's'} {verb} in maintenance now", strong=True,
               severity=Severity.MAINTENANCE),
        Clause(f": {names}, to {_hhmm(end, at)}."),
        *_after(works, at),
    ]  # fmt: skip


def _next(works: Sequence[Work], at: float) -> tuple[Severity, list[Clause]] | None:
    after = _after(works, at)
    return (Severity.MAINTENANCE, [Clause("No window now.", strong=True), *after]) if after else None


def _after(works: Sequence[Work], at: float) -> list[Clause]:
    coming = [(w.start, w.end, work) for work in works if _counts(work) for w in work.maintenance.windows
              if at < w.start <= at + AHEAD and not w.backup]  # fmt: skip
    if not coming:
        return []
    start, end, work = min(coming, key=lambda x: x[:2])
    many = len(work.circuit_ids)
    return [Clause(f" Next: {work.name} {_when(start, end, at)}, {many:,} circuit{'' if many == 1 else 's'}.")]


def _counts(work: Work) -> bool:
    """Whether it takes circuits of ours for sure."""
    if not work.sure or work.maintenance.status is Status.COMPLETED:
        return False
    return any(m.circuit_ids and m.impact in (*CUTS, Impact.DEGRADED) for m in work.matched)


def _window(work: Work, at: float) -> Window | None:
    return next((w for w in work.maintenance.windows if w.start <= at < w.end and not w.backup), None)


def _carriers(works: Sequence[Work]) -> str:
    names = list(dict.fromkeys(w.maintenance.provider for w in works))
    return " and ".join(names) if len(names) < 4 else f"{len(names)} carriers"


def _when(start: int, end: int, at: float) -> str:
    """`tonight 05:00–06:00` within 12 h, `Nov 24 06:00–10:00` of another day."""
    night = "tonight " if _near(start, at) else ""
    return f"{night}{_hhmm(start, at if night else None)}–{_hhmm(end, start)}"


def _near(start: int, at: float) -> bool:
    hour = datetime.fromtimestamp(start, UTC).hour
    return start - at < 12 * 3600 and (hour < 8 or hour >= 18)


def _hhmm(at: float, near: float | None) -> str:
    then = datetime.fromtimestamp(at, UTC)
    same = near is not None and then.date() == datetime.fromtimestamp(near, UTC).date()
    return f"{then:%H:%M}" if same else f"{then:%b} {then.day:02} {then:%H:%M}"


def _ago(seconds: float) -> str:
    s = max(int(seconds), 0)
    return (
        f"{s}s"
        if s < 60
        else f"{s // 60}m"
        if s < 3600
        else f"{s // 3600}h{s % 3600 // 60:02}m"
        if s < DAY
        else f"{s // DAY}d"
    )
