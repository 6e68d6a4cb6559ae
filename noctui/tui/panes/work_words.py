"""Planned work as screens tell it: its state in a word, its windows, its impact, who is hit. Pure; texts are as they
came, not cleaned yet."""

from __future__ import annotations

from collections.abc import Sequence

from noctui.model.inventory import Inventory
from noctui.model.notices import Impact, Status, Window
from noctui.model.view import View
from noctui.model.words import Role, State
from noctui.model.works import CUTS, Conflict, Outage, Work
from noctui.tui.look.numbers import clock, count, day, duration, duration_prose
from noctui.tui.panes import cells

CALM = (Impact.NO_IMPACT, Impact.REDUCED_REDUNDANCY)
"""What takes nothing down."""
DAY = 86_400.0
STATES = ("now", "confirmed", "tentative", "moved", "unmatched", "no impact", "done", "replaced", "cancelled")
_ROLES = {
    "now": "maint bold", "confirmed": "text", "tentative": "dim", "moved": "warn", "unmatched": "unk",
    "no impact": "dim", "done": "dim", "replaced": "faint", "cancelled": "faint",
}  # fmt: skip
_IMPACT = {
    Impact.NO_IMPACT: "none", Impact.REDUCED_REDUNDANCY: "less redundancy", Impact.DEGRADED: "degraded",
    Impact.OUTAGE: "outage", Impact.UNKNOWN: "not told",
}  # fmt: skip


def first(work: Work) -> int:
    """When the earliest window begins."""
    return min((w.start for w in work.maintenance.windows), default=0)


def last(work: Work) -> int:
    """When the latest window ends."""
    return max((w.end for w in work.maintenance.windows), default=0)


def running(work: Work, at: float) -> Window | None:
    """The window that it is in at the instant, if it is to be reckoned with; a backup only when there is no other."""
    if not work.sure or work.maintenance.status is Status.COMPLETED:
        return None
    found = [w for w in work.maintenance.windows if w.start <= at < w.end]
    return min(found, key=lambda w: w.backup, default=None)


def harmless(work: Work) -> bool:
    """Whether it takes no circuit down, by its notice."""
    return bool(work.maintenance.circuits) and all(a.impact in CALM for a in work.maintenance.circuits)


def state_of(work: Work, at: float) -> str:
    """One of STATES."""
    status = work.maintenance.status
    if status is Status.CANCELLED:
        return "cancelled"
    if work.superseded_by:
        return "replaced"
    if status is Status.COMPLETED or (work.maintenance.windows and last(work) <= at):
        return "done"
    if not work.circuit_ids:
        return "unmatched"
    if harmless(work):
        return "no impact"
    if running(work, at) is not None:
        return "now"
    if status is Status.RE_SCHEDULED:
        return "moved"
    return "tentative" if status is Status.TENTATIVE else "confirmed"


def state_role(state: str) -> str:
    return _ROLES[state]


def impact_word(impact: Impact) -> str:
    return _IMPACT[impact]


def impact_words(work: Work) -> str:
    """`outage, 45m in all`, or `45m each window`; of several kinds the worst; `not told`."""
    given = work.maintenance.circuits
    if not given:
        return _IMPACT[Impact.UNKNOWN]
    worst = max((a.impact for a in given), key=list(Impact).index)
    told = max(((a.seconds, a.each) for a in given if a.seconds is not None), default=None)
    if told is None:
        return _IMPACT[worst]
    return f"{_IMPACT[worst]}, {duration_prose(told[0])} {'each window' if told[1] else 'in all'}"


def stamp(at: float, near: float | None = None) -> str:
    """`Nov 24 06:00`; on the day of `near` `06:00`."""
    time = clock(at, seconds=False)
    return time if near is not None and day(at) == day(near) else f"{day(at)} {time}"


def span(start: float, end: float, near: float | None = None) -> str:
    """`Nov 23 03:05–06:00`, of several days `Nov 23 23:00–Nov 24 05:00`; on the day of `near` without the day."""
    return f"{stamp(start, near)}–{stamp(end, start)}"


def hours(start: float, end: float, near: float) -> str:
    """`05–06` of whole hours on the day of `near`, else as `span`."""
    if start % 3600 or end % 3600 or day(start) != day(near) or day(end) != day(near):
        return span(start, end, near)
    return f"{clock(start, seconds=False)[:2]}–{clock(end, seconds=False)[:2]}"


def window_words(window: Window) -> str:
    """`Nov 23 03:05–06:00 UTC, 2h55m`."""
    backup = ", in reserve" if window.backup else ""
    return f"{span(window.start, window.end)} UTC, {duration_prose(window.end - window.start)}{backup}"


def next_of(works: Sequence[Work], at: float) -> tuple[Work, Window] | None:
    """The work whose window runs, else the next one, of those that are not called off and may take something."""
    found = [
        (w.start, work, w)
        for work in works
        if state_of(work, at) in ("now", "confirmed", "tentative", "moved")
        for w in work.maintenance.windows
        if w.end > at
    ]
    best = min(found, key=lambda x: x[0], default=None)
    return (best[1], best[2]) if best is not None else None


def when_words(window: Window, at: float) -> str:
    """`to 06:00` while it runs, else `Nov 24 06:00–10:00`."""
    if window.start <= at < window.end:
        return f"to {stamp(window.end, at)}"
    return span(window.start, window.end, at)


def circuit_words(work: Work) -> str:
    """`13 matched, 1 unknown`; how many of ours, and ids that mean none."""
    unknown = sum(not m.circuit_ids for m in work.matched)
    missing = len(work.maintenance.circuits) - len(work.matched)
    return f"{count(len(work.circuit_ids))} matched, {count(unknown + max(missing, 0))} unknown"


def role_words(work: Work, inventory: Inventory) -> str:
    """`11 primary, 2 secondary`."""
    told: dict[Role, int] = {}
    for circuit_id in work.circuit_ids:
        row = inventory.circuit_row.get(circuit_id)
        if row is not None:
            told[inventory.circuits[row].role] = told.get(inventory.circuits[row].role, 0) + 1
    return ", ".join(
        f"{count(n)} {'of no role' if role is Role.UNKNOWN else role.word}" for role, n in sorted(told.items())
    )


def taken(work: Work, circuit_id: str) -> bool:
    """Whether one of its windows may take the circuit."""
    return any(impact in CUTS for _, _, _, impact in work.windows_of(circuit_id))


def so_far(work: Work, view: View, at: float) -> str:
    """`11 down since 03:06, 2 still up`; empty before its window."""
    if running(work, at) is None:
        return ""
    inv, rows = view.inventory, [r for c in work.circuit_ids if (r := view.inventory.circuit_row.get(c)) is not None]
    down = [r for r in rows if view.circuits.state[r] in (State.DOWN, State.AWAY)]
    if not down:
        return f"{count(len(rows))} still up" if rows else f"none of {len(inv.circuits):,} circuits is meant"
    since = clock(min(float(view.circuits.since[r]) for r in down), seconds=False)
    return f"{count(len(down))} down since {since}, {count(len(rows) - len(down))} still up"


def site_words(work: Work, view: View) -> str:
    """`11 on secondary, 0 dark`, of the sites whose circuits it takes."""
    inv = view.inventory
    sites = {int(inv.circuit_site[r]) for c in work.circuit_ids if (r := inv.circuit_row.get(c)) is not None}
    sites.discard(-1)
    over = sum(bool(view.sites.failed_over[s]) for s in sites)
    dark = sum(bool(view.sites.dark[s]) for s in sites)
    return f"{count(len(sites))}; {count(over)} failed over, {count(dark)} dark"


def conflict_site(conflict: Conflict, inventory: Inventory) -> str:
    """`1033 Toledo OH`, of a protection group its name."""
    row = inventory.site_row.get(conflict.name) if conflict.kind == "site" else None
    if row is None:
        return conflict.name
    site = inventory.sites[row]
    return f"{cells.site_number(site)} {cells.site_town(site)}".strip()


def conflict_circuits(conflict: Conflict, inventory: Inventory) -> str:
    """`pri Zayo + sec AT&T`."""
    parts: list[str] = []
    for circuit_id in conflict.circuits:
        row = inventory.circuit_row.get(circuit_id)
        circuit = inventory.circuits[row] if row is not None else None
        role = (
            {Role.PRIMARY: "pri ", Role.SECONDARY: "sec ", Role.BACKUP: "bkp "}.get(circuit.role, "") if circuit else ""
        )
        parts.append(f"{role}{cells.carrier(circuit) if circuit else circuit_id}")
    mark = ", its only one" if conflict.alone else ""
    return " + ".join(parts) + mark + (", if the reserve is used" if conflict.backup else "")


def used(work: Work, outages: Sequence[Outage], at: float) -> tuple[float, float]:
    """Seconds from the first outage to the last one's end inside its windows, and of the windows that are over or run.

    Only outages of its own circuits count.
    """
    mine = set(work.circuit_ids)
    took = planned = 0.0
    for window in work.maintenance.windows:
        if window.backup or window.start > at:
            continue
        planned += window.end - window.start
        inside = [
            (max(o.began, window.start), min(at if o.ended is None else o.ended, window.end))
            for o in outages
            if o.circuit_id in mine and o.began < window.end and (o.ended is None or o.ended > window.start)
        ]
        if inside:
            took += max(max(e for _, e in inside) - min(s for s, _ in inside), 0.0)
    return took, planned


def took_words(work: Work, outages: Sequence[Outage], at: float) -> str:
    """`took 1h02m of 2h12m`; `nothing seen down`."""
    took, planned = used(work, outages, at)
    return f"took {duration(took)} of {duration(planned)}" if took else "nothing seen down"
