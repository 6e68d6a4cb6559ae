"""A circuit's own planned work and promise, each in one line. Pure."""

from __future__ import annotations

from noctui.model.alarms import Alarm
from noctui.model.scores import ScoreBoard, ScoreLine
from noctui.model.verdicts import Outcome
from noctui.model.view import View
from noctui.model.works import Work, Works
from noctui.tui.look.numbers import NONE, duration
from noctui.tui.look.signs import Signs
from noctui.tui.panes import promise_words as words
from noctui.tui.panes import work_words
from noctui.tui.runs import Line
from noctui.tui.widgets.bar import budget_bar

BAR = 10


def work_line(works: Works, circuit_id: str, at: float, signs: Signs, named: bool = True) -> Line:
    """`≡ to 06:00 Zayo CHG-20881` in a window, else the next one: `≡ Nov 24 06:00–10:00 Comcast CM-7744`."""
    found = work_words.next_of([w for w in works.of_circuit.get(circuit_id, ()) if _takes(w, circuit_id)], at)
    if found is None:
        return ((NONE, "faint"),)
    work, window = found
    now = window.start <= at < window.end
    sure = work_words.state_of(work, at) != "tentative"
    sign = signs.maintenance if sure else signs.tentative
    when: Line = ((f"{sign} {work_words.when_words(window, at)}", "maint bold" if now else "maint" if sure else "dim"),)
    return (*when, (f" {work.name}", "dim")) if named else when


def _takes(work: Work, circuit_id: str) -> bool:
    return work_words.taken(work, circuit_id)


def by_circuit(board: ScoreBoard | None) -> dict[str, ScoreLine]:
    """Circuit → its promise; of several the one that is worst."""
    found: dict[str, ScoreLine] = {}
    for line in board.lines if board is not None else ():
        for circuit_id in line.circuits:
            known = found.get(circuit_id)
            if known is None or _rank(line) < _rank(known):
                found[circuit_id] = line
    return found


def _rank(line: ScoreLine) -> tuple[int, float]:
    return words.ORDER.index(line.verdict.outcome), words.left(line.verdict)


def promise_line(line: ScoreLine, now: float, signs: Signs, cells: int = 34) -> Line:
    """`99.90 ━━━━━───── 3h22m left`; while it is down `99.90 ━━━━━─── breaks 03:34 (20m)`. The bar takes what
    is left of so many cells."""
    v = line.verdict
    burning = v.outcome is Outcome.BREAKS
    said, role = f" {words.left_words(v)} left", "text"
    if v.outcome is Outcome.BROKEN:
        said, role = f" broken, {words.percent_used(v)}", "crit bold"
    elif v.outcome is Outcome.UNSURE:
        said, role = f" unsure, {words.so_far(v)}", "unk"
    elif burning and (at := words.breaks_at(v)) is not None:
        said, role = f" breaks {words.instant_words(at, now)} ({duration(at - now)})", "crit"
    track = max(min(BAR, cells - len(v.uptime) - 1 - len(said)), 3)
    bar = budget_bar(words.used(v), track, signs, burning=burning)
    return ((f"{v.uptime} ", "dim"), *bar, (said, role))


def alarms_of(work: Work, view: View) -> tuple[Alarm, ...]:
    """What is open about a work: conflicts that it is part of, and what it holds quiet."""
    keys = {c.key for c in work.conflicts}
    held = f"maintenance {work.name}"
    return tuple(a for a in view.alarms.alarms if a.key in keys or a.held_by == held)
