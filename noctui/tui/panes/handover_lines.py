"""The handover as lines: what the next shift must look at first, then what is taken, due, over and done."""

from __future__ import annotations

from collections.abc import Callable

from noctui.model.words import Severity
from noctui.runtime.handing_over import NOTHING, SHIFT, TITLES, Handover, Line, hand_over
from noctui.tui.look.numbers import clock, duration
from noctui.tui.look.signs import severity_role
from noctui.tui.look.text import clip
from noctui.tui.moment import Moment
from noctui.tui.panes.keeping import Keeping
from noctui.tui.panes.pane import Content, Pane
from noctui.tui.runs import Line as Runs
from noctui.tui.runs import Run, apart

EVERY = 30.0
"""Seconds after which a live handover is read again."""
DONE = "done"


class HandoverLines(Pane):
    """All sections below each other; `seconds` is how long the shift was."""

    HEADING = "handover"

    def __init__(self, clock: Callable[[], float], changed: Callable[[], None]) -> None:
        super().__init__(id="handover-lines")
        self.seconds = SHIFT
        self._changed = changed
        self._told: Keeping[Handover] = Keeping(self, clock, self._came)

    @property
    def told(self) -> Handover | None:
        """What is shown."""
        return self._told.known(self._moment.at) if self._moment is not None else None

    def _came(self) -> None:
        self.draw()
        self._changed()

    def inquire(self, moment: Moment) -> None:
        scene, seconds = moment.scene, self.seconds
        until = moment.now if scene.live else moment.at
        self._told.want(seconds, moment.at, scene.live, lambda: hand_over(scene, seconds, until), EVERY)

    def content(self, moment: Moment, wide: int, room: int) -> Content:
        told = self.told
        if told is None:
            return Content(
                [((f"The shift {self._told.failed}." if self._told.failed else "Reading the shift.", "dim"),)]
            )
        lines: list[Runs] = [((sentence, "text"),) for sentence in told.summary]
        for section, heading in TITLES.items():
            found = told.of(section)
            lines += [(), ((heading, "hi"), (f"  {len(found):,}" if found else "", "dim"))]
            if not found:
                lines.append(((f" {NOTHING[section]}", "dim"),))
            lines += [line_of(x, moment, told.at, wide) for x in found]
        note = f"{duration(told.at - told.since)} to {clock(told.at)} UTC"
        return Content(lines, note)


def line_of(x: Line, moment: Moment, at: float, wide: int) -> Runs:
    """`▼    22m  0417 Grand Junction CO  Lumen: down     jmo until 07:14`"""
    if x.section == DONE:
        return ((f" {clock(x.began)}  ", "dim"), (f"{x.who} ", "hi"), (f"{x.what} ", "text"), (x.text, "dim"))
    over = x.ended is not None
    role = "dim" if over else severity_role(Severity(x.severity))
    lasted = "" if x.began > at else duration((at if x.ended is None else x.ended) - x.began)
    left: tuple[Run, ...] = (
        (f" {moment.signs.severity(Severity(x.severity))}", role), (f" {lasted:>5}  ", "dim"),
        (f"{clip(x.what, 26):<26}  ", "dim" if over else "hi"), (x.text, "dim" if over else "text"),
    )  # fmt: skip
    parts = [x.who or ("" if over else x.why or "open")]
    if x.until is not None:
        parts.append(f"until {clock(x.until)[:5]}")
    if over:
        parts.append(f"over {clock(x.ended or 0.0)[:5]}")
    return apart(left, ((" ".join(p for p in parts if p), "dim" if over or x.who else "accent"),), wide)
