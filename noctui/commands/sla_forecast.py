"""`noctui sla forecast`: how carriers' announcements came true, by window or by carrier."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from noctui.commands.sla_claims import report
from noctui.model.inventory import Inventory
from noctui.model.scene import Range
from noctui.model.works import Outage, Work, told_of
from noctui.planned import accuracy as words
from noctui.planned.accuracy import Accuracy, Measured, accuracy, measured
from noctui.runtime.reading import Reading
from noctui.runtime.scoring import month_of
from noctui.settings import Settings
from noctui.sla.periods import from_turn_up, midnight
from noctui.tui.export import FORMS, Row, instant

DAY = 86_400.0
MOST = 1_000_000
"""Outages that are looked at."""
HEADERS: Mapping[str, tuple[str, ...]] = {
    "work": (
        "carrier", "maintenance_id", "begins", "ends", "outcome", "circuits", "hit", "announced_s", "down_s", "over_s",
        "longest_s", "notice_s", "versions", "late", "emergency",
    ),
    "carrier": (
        "carrier", "windows", "as_told", "longer_than_told", "over_window", "nothing_down", "called_off",
        "called_off_late", "not_sure", "moved", "told_windows", "announced_s", "took_s", "down_s", "over_s", "notice_s",
    ),
}  # fmt: skip
BRIEF: Mapping[str, tuple[str, ...]] = {
    "work": ("carrier", "maintenance_id", "begins", "ends", "outcome", "hit", "circuits", "announced_s", "down_s",
             "over_s"),
    "carrier": ("carrier", "windows", "as_told", "longer_than_told", "over_window", "nothing_down", "called_off",
                "called_off_late", "moved", "announced_s", "took_s"),
}  # fmt: skip
_OF_WORDS = (words.AS_TOLD, words.LONGER, words.OVERRAN, words.NOTHING, words.OFF, words.OFF_LATE, words.UNSURE)


@dataclass(frozen=True, slots=True)
class Looked:
    """Planned work with a window in [start, end), all that is known of it, and what went down around then. `told`:
    where outages are from that history here does not hold, or why they are missing."""

    inventory: Inventory
    start: float
    end: float
    at: int
    works: tuple[Work, ...]
    lives: Mapping[tuple[str, str], tuple[Work, ...]]
    outages: tuple[Outage, ...]
    told: str = ""

    @property
    def org(self) -> str:
        return self.inventory.org_name

    @property
    def measured(self) -> tuple[Measured, ...]:
        """Windows in the range."""
        found = measured(self.works, self.lives, self.outages, self.at)
        return tuple(m for m in found if m.window.start < self.end and m.window.end > self.start)


async def look(settings: Settings, at: float | None, month: str, days: float) -> Looked:
    """What begins in a month (UTC), or was in the last `days`. Raises ValueError, NothingToRead, HistoryError."""
    from noctui.clock import SystemClock

    with Reading(settings) as reading:
        scene = reading.scene(at)
        until = SystemClock().now() if at is None else at
        start, end = bounds(month) if month else (until - days * DAY, until)
        works = await scene.read.works(Range(start, end))
        outages = await scene.read.outages(Range(start - DAY, min(end + DAY, until)), MOST)
        lives: dict[tuple[str, str], tuple[Work, ...]] = {}
        for version in reading.history.works_known(start - DAY, until):
            lives[version.maintenance.key] = (*lives.get(version.maintenance.key, ()), version)
        inventory = scene.view.inventory
    return Looked(inventory, start, end, int(until), works, lives, outages, told_of(outages))


def bounds(month: str) -> tuple[int, int]:
    """[start, end) of `2026-10`, UTC. Raises ValueError."""
    first = month_of(month)
    return midnight(first, "UTC"), midnight(from_turn_up(first, 1), "UTC")


def forecast(looked: Looked, by: str, form: str) -> str:
    """The table as text."""
    found = looked.measured
    made = accuracy(found, looked.lives)
    rows = [_of_window(m, looked) for m in found] if by == "work" else [_of_carrier(one) for one in made]
    if form == "md":
        when = f"{_day(looked.start)} to {_day(looked.end)}"
        title = f"Announced and kept, {when}{f', {looked.org}' if looked.org else ''}"
        return report(HEADERS[by], BRIEF[by], rows, title, lead(made))
    writer = FORMS[form]()
    meta = {"report": "forecast", "org": looked.org, "from": _iso(looked.start), "to": _iso(looked.end), "by": by}
    return writer.begin(HEADERS[by], meta if form != "csv" else None) + writer.rows(rows) + writer.end()


def lead(found: Sequence[Accuracy]) -> str:
    """`42 windows are over: 31 as told, 3 over their ends by 2,400 s together.`"""
    windows, told = sum(a.windows for a in found), sum(a.words.get(words.AS_TOLD, 0) for a in found)
    late, over = sum(a.words.get(words.OVERRAN, 0) for a in found), sum(a.over for a in found)
    if not windows:
        return "No window of planned work on our circuits is over."
    be = "window is" if windows == 1 else "windows are"
    more = f", {late:,} over {'its end' if late == 1 else 'their ends'} by {over:,} s together" if late else ""
    return f"{windows:,} {be} over: {told:,} as told{more}."


def _of_window(one: Measured, looked: Looked) -> Row:
    work = one.work
    return (
        work.maintenance.provider, work.maintenance.maintenance_id, instant(one.window.start), instant(one.window.end),
        one.word, one.circuits, one.hit, one.announced, one.down, one.over, one.longest, one.notice,
        len(looked.lives.get(work.maintenance.key, (work,))), work.late, work.emergency,
    )  # fmt: skip


def _of_carrier(one: Accuracy) -> Row:
    return (
        one.carrier, one.windows, *(one.words.get(word, 0) for word in _OF_WORDS), one.moved, one.told,
        one.announced if one.told else None, one.took if one.told else None, one.down, one.over,
        None if one.notice is None else float(one.notice),
    )  # fmt: skip


def _day(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d}"


def _iso(at: float) -> str:
    from noctui.commands.exports.writing import stamp

    return stamp(at)
