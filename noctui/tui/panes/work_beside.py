"""Beside the work under the cursor: conflicts, mails that nobody understood, the next 7 days, how carriers kept to
their words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import ClassVar

from textual.binding import BindingType

from noctui.model.works import Conflict, Mail, Work
from noctui.tui.keys import bindings
from noctui.tui.look.numbers import count, duration, event_time, tone
from noctui.tui.look.text import clean, clip, fit
from noctui.tui.moment import Moment
from noctui.tui.panes import work_words as words
from noctui.tui.panes.pane import Content, Pane
from noctui.tui.panes.work_record import Record
from noctui.tui.place import MAILS
from noctui.tui.runs import Line, apart

DAY = 86_400
DAYS = 7
_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def conflicts_of(works: Sequence[Work], at: float) -> tuple[Conflict, ...]:
    """Those that go on or come, each once, the earliest first."""
    found = {
        (c.start, c.end, c.kind, c.name): c
        for w in works
        if words.state_of(w, at) in ("now", "confirmed", "moved")
        for c in w.conflicts
        if c.end > at
    }
    return tuple(found[key] for key in sorted(found))


class Conflicts(Pane):
    """Sites and protection groups that windows take together; those of the chosen work stand out."""

    HEADING = "conflicts"

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._found: tuple[Conflict, ...] = ()
        self._chosen = ""

    def tell(self, found: tuple[Conflict, ...], chosen: Work | None) -> None:
        self._found, self._chosen = found, chosen.name if chosen is not None else ""
        self.draw()

    def content(self, moment: Moment, wide: int, room: int) -> Content:
        if not self._found:
            return Content([(("No two windows take a site together.", "dim"),)], "0")
        return Content([self._line(c, moment, wide) for c in self._found], count(len(self._found)))

    def _line(self, c: Conflict, moment: Moment, wide: int) -> Line:
        inv, mine = moment.view.inventory, self._chosen in c.works
        loud = "crit" if not (c.backup or c.alone) else "warn"
        where = clip(words.conflict_site(c, inv), 16, moment.signs.cut)
        left: Line = (
            (f"{moment.signs.critical} ", loud), (f"{where:<16}  ", "hi" if mine else "text"),
            (clean(words.conflict_circuits(c, inv)), "text" if mine else "dim"),
        )  # fmt: skip
        unsure = "? " if c.unsure else ""
        return apart(left, ((f"{unsure}{words.hours(c.start, c.end, moment.at)}", loud),), wide)


class WaitingMails(Pane):
    """Enter lists them."""

    HEADING = "mail not understood"
    BINDINGS: ClassVar[list[BindingType]] = [*Pane.BINDINGS, *bindings("open")]

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._mails: tuple[Mail, ...] = ()

    def tell(self, mails: tuple[Mail, ...]) -> None:
        self._mails = mails
        self.draw()

    def content(self, moment: Moment, wide: int, room: int) -> Content:
        if not self._mails:
            return Content([(("All mails were understood.", "dim"),)], "0")
        return Content([self._line(m, moment, wide) for m in self._mails], count(len(self._mails)))

    def _line(self, mail: Mail, moment: Moment, wide: int) -> Line:
        when = event_time(mail.read_at, moment.at)
        short = when[:5] if when[2:3] == ":" else when[:6]
        who = mail.provider or "unknown sender"
        return (
            (f"{moment.signs.unknown} ", "unk"), (f"{short:<6}  ", "dim"),
            (f"{clip(who, 14, moment.signs.cut):<14}  ", "hi" if mail.provider else "text"), (clean(mail.why), "dim"),
        )  # fmt: skip

    def action_open(self) -> None:
        from noctui.tui.screens.board import Board

        self.post_message(Board.Goto(MAILS))


def week(works: Sequence[Work], at: float) -> list[tuple[float, int, int]]:
    """(begin of the UTC day, windows that begin on it, those that are only tentative), from today on."""
    today = at // DAY * DAY
    days = [[0, 0] for _ in range(DAYS)]
    for work in works:
        state = words.state_of(work, at)
        if state not in ("now", "confirmed", "moved", "tentative", "done"):
            continue
        for window in work.maintenance.windows:
            at_day = int((window.start - today) // DAY)
            if 0 <= at_day < DAYS and not window.backup:
                days[at_day][0] += 1
                days[at_day][1] += state == "tentative"
    return [(today + i * DAY, n, t) for i, (n, t) in enumerate(days)]


class Week(Pane):
    """How many windows begin each day."""

    HEADING = "next 7 days"

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._works: Sequence[Work] = ()

    def tell(self, works: Sequence[Work]) -> None:
        self._works = works
        self.draw()

    def content(self, moment: Moment, wide: int, room: int) -> Content:
        return Content([self._line(*each, moment, wide) for each in week(self._works, moment.at)])

    def _line(self, begin: float, many: int, tentative: int, moment: Moment, wide: int) -> Line:
        date = dt.datetime.fromtimestamp(begin, dt.UTC)
        name = f"{_NAMES[date.weekday()]} {date.day:02d}  "
        most = max(wide - 20, 4)
        drawn = min(many, most)
        soft = min(tentative, drawn)
        return (
            (name, "dim"), (moment.signs.maintenance * (drawn - soft), "maint"),
            (moment.signs.tentative * soft, "dim"), (f"{' ' if many else ''}{count(many)}", tone(count(many))),
        )  # fmt: skip


class Kept(Pane):
    """Windows announced against what went down."""

    HEADING = "carriers"
    DAYS_BACK: ClassVar[int] = 90

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._records: tuple[Record, ...] | None = None
        self._failed = ""

    def tell(self, records: tuple[Record, ...] | None, failed: str = "") -> None:
        self._records, self._failed = records, failed
        self.draw()

    def content(self, moment: Moment, wide: int, room: int) -> Content:
        note = f"announced against fact, {self.DAYS_BACK} d"
        if self._records is None:
            return Content([((f"The carriers' record {self._failed}." if self._failed else "Reading …", "dim"),)], note)
        if not self._records:
            return Content([(("No window was over in this time.", "dim"),)], note)
        name = max(wide - 45, 9)
        head: Line = (
            (f"{'carrier':<{name}}{'windows':>8}{'kept to':>9}{'time used':>11}{'ahead':>8}{'late':>7}", "dim"),
        )
        return Content([head, *[self._line(r, name, moment) for r in self._records]], note, head=1)

    def _line(self, r: Record, name: int, moment: Moment) -> Line:
        share = f"{100 * r.took / r.planned:.0f} %" if r.planned else "–"
        low = bool(r.windows) and r.kept < r.windows
        return (
            (fit(r.carrier or "–", name, cut=moment.signs.cut), "hi"), (f"{count(r.windows):>8}", "text"),
            (f"{count(r.kept):>9}", "warn" if low else "text"), (f"{share:>11}", tone(share)),
            (f"{duration(r.ahead) if r.ahead == r.ahead and r.ahead > 0 else '–':>8}", "dim"),
            (f"{count(r.late):>7}", "warn" if r.late else "faint"),
        )  # fmt: skip
