"""Service levels of the network: gateway, WAN link and application health, and how many sites are degraded."""

from __future__ import annotations

import math
from collections.abc import Callable

from noctui.model.cloud import SleTable
from noctui.tui.look.numbers import clock as clock_of
from noctui.tui.look.numbers import count, tone
from noctui.tui.moment import Moment, Size
from noctui.tui.panes.keeping import Keeping
from noctui.tui.panes.pane import Content, Pane
from noctui.tui.panes.site_sle import BAD, DEGRADED, percent_run
from noctui.tui.panes.sle_figures import Level, Levels, levels_of
from noctui.tui.runs import Line, Run

_LABEL = 12


def card_lines(found: Levels) -> list[Line]:
    """A header, a line for each level, and who was left out."""
    head = f"{'':<{_LABEL}}{'mean %':>6}  {f'< {DEGRADED:g} %':>7}  {f'< {BAD:g} %':>7}  {'sites':>6}"
    lines: list[Line] = [((head, "dim"),)]
    for level in found.levels:
        low, bad, sites = count(level.degraded), count(level.bad), count(level.sites)
        lines.append(
            (
                (f"{level.label:<{_LABEL}}", "dim"), percent_run(level.mean), (f"  {low:>7}", tone(low, "warn")),
                (f"  {bad:>7}", tone(bad, "crit bold")), (f"  {sites:>6}", tone(sites, "dim")),
            )
        )  # fmt: skip
    if found.left_out:
        one = found.left_out == 1
        said = f"{found.left_out:,} {'site' if one else 'sites'} left out: gateway offline, the figure is stale"
        lines.append(((said, "dim"),))
    return lines


def cards_line(found: Levels) -> Line:
    """All of it in one line: `gateway 98.4  WAN link 97.1, 31 < 90 %  application 95.0`."""
    runs: list[Run] = []
    for level in found.levels:
        text, role = percent_run(level.mean, 0)
        runs += [(f"{level.label} ", "dim"), (text, role), *_degraded(level), ("  ", "text")]
    return tuple(runs)


def _degraded(level: Level) -> list[Run]:
    if not level.degraded:
        return []
    return [(f", {level.degraded:,} < {DEGRADED:g}", "crit" if level.bad else "warn")]


class SleCards(Pane):
    """Of the newest table that Mist gave (it is fetched every ten minutes)."""

    SCOPED_CSS = False  # its look depends on the size, which is a class of the board around it
    DEFAULT_CSS = """
    SleCards { height: 6; padding: 0 1; }
    .-s SleCards { height: 1; }
    """
    HEADING = "service levels"

    def __init__(self, clock: Callable[[], float], *, id: str) -> None:
        super().__init__(id=id)
        self._asked: Keeping[SleTable | None] = Keeping(self, clock, self.draw)

    def inquire(self, moment: Moment) -> None:
        self._asked.want("sle", moment.at, moment.scene.live, moment.scene.read.sle)

    def _said(self) -> Line:
        if self._asked.failed:
            return ((f"Service levels {self._asked.failed}.", "warn"),)
        return (("Asking …" if math.isnan(self._asked.of) else "Mist has told none yet.", "dim"),)

    def content(self, moment: Moment, wide: int, room: int) -> Content:
        table = self._asked.known(moment.at)
        if table is None:
            return Content([self._said()])
        lines = card_lines(levels_of(table, moment.view))
        note = f"Mist, WAN, {clock_of(table.at, seconds=False)}, mean of sites"
        return Content([_stale(line) for line in lines] if moment.grey else lines, note)

    def in_a_line(self, moment: Moment, wide: int) -> Line:
        label: Run = (f"{'SLE %':<10}" if moment.size is Size.S else "SLE %  ", "dim")
        table = self._asked.known(moment.at)
        if table is None:
            return (label, *self._said())
        line = (label, *cards_line(levels_of(table, moment.view)))
        return _stale(line) if moment.grey else line


def _stale(line: Line) -> Line:
    return tuple((text, role if role in ("faint", "dim") else "stale") for text, role in line)
