"""When a site ran without its primary."""

from __future__ import annotations

from collections.abc import Sequence

from noctui.model.edges import Failover
from noctui.model.scene import Range
from noctui.model.view import View
from noctui.tui.look.numbers import NONE, count, duration_prose, event_time
from noctui.tui.look.signs import Signs
from noctui.tui.look.text import fit
from noctui.tui.moment import Moment
from noctui.tui.panes import cells
from noctui.tui.panes.asking import Question
from noctui.tui.panes.pane import Content, Pane
from noctui.tui.runs import Line

WEEK = 7 * 86_400.0


def failover_lines(failovers: Sequence[Failover], view: View, at: float, signs: Signs) -> list[Line]:
    """A line per time that the site ran without its primary, the newest first."""
    lines: list[Line] = []
    ended: float | None = None
    for event in sorted(failovers, key=lambda f: -f.event_time):
        if not event.began:
            ended = event.event_time
            continue
        row = view.inventory.circuit_row.get(event.circuit_id)
        name = cells.carrier(view.inventory.circuits[row]) if row is not None else event.circuit_id or NONE
        length = duration_prose((ended if ended is not None else at) - event.event_time)
        lines.append(
            (
                (f"{event_time(event.event_time, at):<12} ", "dim"), (f"{signs.arrow} ", "accent"),
                (f"{fit(name, 11)} ", "text"), (f"now, {length}" if ended is None else length, "text"),
            )
        )  # fmt: skip
        ended = None
    return lines


class Failovers(Pane):
    """Failovers of the last seven days under their title."""

    DEFAULT_CSS = """
    Failovers { height: 4; padding: 0 1; }
    """
    HEADING = "failovers"

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._question = Question(self, self._fail)
        self._failed = ""
        self._found: tuple[Failover, ...] | None = None

    def reset(self) -> None:
        self._found, self._failed = None, ""

    def inquire(self, moment: Moment) -> None:
        site, range_ = moment.place.site_id, Range(moment.at - WEEK, moment.at, "7 d")
        self._question.ask((site, moment.at), lambda: moment.scene.read.failovers(range_, site), self._take)

    def _take(self, found: tuple[Failover, ...]) -> None:
        self._found, self._failed = found, ""
        self.draw()

    def _fail(self, said: str) -> None:
        self._failed = said
        self.draw()

    def content(self, moment: Moment, wide: int, room: int) -> Content:
        if self._failed:
            return Content([((self._failed, "warn"),)])
        if self._found is None:
            return Content([(("Reading …", "dim"),)])
        lines = failover_lines(self._found, moment.view, moment.at, moment.signs)
        return Content(lines or [(("None in 7 d.", "dim"),)], f"{count(len(lines))} in 7 d")
