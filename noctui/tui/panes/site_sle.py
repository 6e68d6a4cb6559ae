"""Mist's service levels of a site: percent now, the day behind it, and what took the rest."""

from __future__ import annotations

import math
from collections.abc import Sequence

from noctui.model.cloud import SleTable
from noctui.model.detail import Answer, AskSle, SiteSle, SleMetric, SleShare
from noctui.tui.look.numbers import NONE, clock
from noctui.tui.look.signs import Signs
from noctui.tui.look.text import clip, fit
from noctui.tui.moment import Moment
from noctui.tui.panes.asking import Question
from noctui.tui.panes.pane import Content, Pane, asked
from noctui.tui.runs import Line, Run

DEGRADED, BAD = 90.0, 70.0
"""Percent below which a service level is degraded, and bad."""
METRICS = (
    ("gateway", "gateway-health", "gateway_health"), ("WAN link", "wan-link-health", "wan_link_health"),
    ("application", "application-health", "application_health"),
)  # fmt: skip
"""Label, Mist's name, column of the table."""
_LABEL = 12
_TREND = 24
_AGAIN = 60.0


def percent_run(value: float, cells: int = 6) -> Run:
    """`62.4`, in the colour of how degraded it is."""
    if not math.isfinite(value):
        return (f"{NONE:>{cells}}", "faint")
    role = "crit bold" if value < BAD else "warn" if value < DEGRADED else "text"
    return (f"{math.floor(value * 10 + 1e-4) / 10:>{cells}.1f}", role)


def trend_runs(values: Sequence[float], cells: int, signs: Signs) -> Line:
    """0–100 % per bucket, the newest last; below 70 % red, a blank where nothing is known. Folds to the worst."""
    if not values:
        return ((" " * cells, "text"),)
    size = min(cells, len(values))
    runs: list[Run] = [(" " * (cells - size), "text")] if size < cells else []
    steps = len(signs.trend)
    for i in range(size):
        part = values[i * len(values) // size : (i + 1) * len(values) // size]
        known = [v for v in part if math.isfinite(v)]
        if not known:
            runs.append((" ", "text"))
            continue
        worst = min(max(min(known), 0.0), 100.0)
        runs.append((signs.trend[min(int(worst * steps / 100), steps - 1)], "crit" if worst < BAD else "graph"))
    return tuple(runs)


def shares(found: Sequence[SleShare], most: int) -> str:
    """`interface-port-down 31.0 %, network-loss 4.4 %`, what took nothing left out."""
    return ", ".join(f"{s.name} {s.percent:.1f} %" for s in [s for s in found if s.percent > 0][:most])


def of_site(table: SleTable | None, site_id: str) -> dict[str, float]:
    """Mist's metric name → percent now; NaN where none was told."""
    row = table.site_ids.index(site_id) if table is not None and site_id in table.site_ids else None
    return {name: float(getattr(table, column)[row]) if row is not None else math.nan for _, name, column in METRICS}


def sle_lines(now: dict[str, float], day: SiteSle | None, wide: int, room: int, signs: Signs) -> list[Line]:
    """A line per metric; with room for it, what degraded it and where, below each."""
    told = {m.metric: m for m in day.metrics} if day is not None else {}
    rich = room >= 9
    lines: list[Line] = []
    if rich:
        lines.append(((f"{'':<{_LABEL}}{'now':>6}  {'24 h':>6}  hours", "dim"),))
    for label, name, _ in METRICS:
        metric = told.get(name)
        line: list[Run] = [(fit(label, _LABEL), "dim"), percent_run(now[name]), ("  ", "text")]
        if rich:
            line += [percent_run(metric.percent if metric is not None else math.nan), ("  ", "text")]
        cells = _TREND if wide >= 70 else 8
        line += trend_runs(metric.trend if metric is not None else (), cells, signs)
        if rich and metric is not None and metric.threshold:
            line.append((f"  threshold {metric.threshold}", "dim"))
        elif metric is not None and not rich:
            line.append((f"  {_worst(metric)}", "dim"))
        lines.append(tuple(line))
        if rich:
            lines += _reasons(metric, wide, signs)
    return lines


def _worst(metric: SleMetric) -> str:
    """The worst classifier and the worst interface, where something degraded."""
    first = [s for s in metric.classifiers if s.percent > 0][:1]
    where = [s for s in metric.interfaces if s.percent > 0][:1]
    return shares(first, 1) + (f", {where[0].name}" if first and where else "")


def _reasons(metric: SleMetric | None, wide: int, signs: Signs) -> list[Line]:
    """Two lines, always: so nothing moves when the answer comes."""
    why = shares(metric.classifiers, 4) if metric is not None else ""
    where = ", ".join(
        part for part in (shares(metric.interfaces, 3), shares(metric.gateways, 2)) if part
    ) if metric is not None else ""  # fmt: skip
    cut = signs.cut
    return [
        (("  by ", "dim"), (clip(why, wide - 5, cut), "text")) if why else (),
        (("  on ", "dim"), (clip(where, wide - 5, cut), "text")) if where else (),
    ]


class ServiceLevels(Pane):
    """The percent now is from the table that is fetched for all sites; the day behind it is asked for."""

    SCOPED_CSS = False  # its look depends on the size, which is a class of the board around it
    DEFAULT_CSS = """
    ServiceLevels { height: 4; padding: 0 1; margin: 1 0 0 0; }
    .-l ServiceLevels { height: 11; }
    .-s ServiceLevels { height: 1; margin: 0; }
    """
    HEADING = "service levels"

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._table_question = Question(self, self._fail)
        self._day_question = Question(self, self._fail)
        self._table: SleTable | None = None
        self._day: SiteSle | None = None
        self._failed = ""
        self._live = True

    def reset(self) -> None:
        self._table, self._day, self._failed = None, None, ""

    def inquire(self, moment: Moment) -> None:
        if moment.scene.live != self._live:
            self._live = moment.scene.live
            self.reset()
        site, read = moment.place.site_id, moment.scene.read
        self._table_question.ask((site, moment.at), read.sle, self._take_table)
        key = (site, self._live, moment.at // _AGAIN)
        self._day_question.ask(key, lambda: read.detail(AskSle(site)), self._take_day)

    def _take_table(self, table: SleTable | None) -> None:
        self._table = table
        self.draw()

    def _take_day(self, answer: Answer) -> None:
        if isinstance(answer, SiteSle):
            self._day, self._failed = answer, ""
            self.draw()

    def _fail(self, said: str) -> None:
        self._failed = said
        self.draw()

    def content(self, moment: Moment, wide: int, room: int) -> Content:
        if self._failed:
            return Content([((self._failed, "warn"),)])
        now = of_site(self._table, moment.place.site_id)
        lines = sle_lines(now, self._day, wide, room, moment.signs)
        if moment.grey:
            lines = [tuple((t, r if r in ("faint", "dim") else "stale") for t, r in line) for line in lines]
        return Content(lines, self._note(moment))

    def in_a_line(self, moment: Moment, wide: int) -> Line:
        if self._failed:
            return (("SLE      ", "dim"), (self._failed, "warn"))
        now = of_site(self._table, moment.place.site_id)
        runs: list[Run] = [("SLE      ", "dim")]
        told = {m.metric: m for m in self._day.metrics} if self._day is not None else {}
        for label, name, _ in METRICS:
            number, role = percent_run(now[name], 0)
            runs += [(f"{label} ", "dim"), (f"{number}  ", role)]
        worst = told.get("wan-link-health")
        runs.append((_worst(worst) if worst is not None else "", "dim"))
        return tuple((t, "stale" if moment.grey and r not in ("faint", "dim") else r) for t, r in runs)

    def _note(self, moment: Moment) -> str:
        at = self._table.at if self._table is not None else 0.0
        now = f"now: {clock(at, seconds=False)}" if at else "none told yet"
        day = self._day
        live = moment.scene.live
        said = asked(day.asked_at, moment.now, day.error, False, live) if day else asked(0.0, moment.now, "", True)
        return f"{now}, 24 h: {said}"
