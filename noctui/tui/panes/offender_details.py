"""What is known of the offender under the cursor: every threshold, where it is going, its week, its availability."""

from __future__ import annotations

from noctui.model.figures import GAUGE
from noctui.model.words import THRESHOLDS, Severity
from noctui.runtime.ranking import CHRONIC
from noctui.tui.look.numbers import (
    NONE,
    availability,
    availability_between,
    bandwidth,
    count,
    duration,
    duration_prose,
    event_time,
    tone,
)
from noctui.tui.look.signs import level_role, severity_role, word
from noctui.tui.look.text import clean
from noctui.tui.moment import Moment, Size
from noctui.tui.panes import cells
from noctui.tui.panes.offender_failovers import FailoverRows
from noctui.tui.panes.offender_rows import NUMBER, UNIT, OffenderRows
from noctui.tui.panes.offender_states import COVERED
from noctui.tui.panes.offender_trends import trend_words
from noctui.tui.panes.provenance import SOURCES
from noctui.tui.panes.sheet import Sheet
from noctui.tui.runs import Line, Run, beside, labelled, title

_LABEL = 11
Pairs = list[tuple[str, Line]]


def detail_lines(rows: OffenderRows, row: int, wide: int, late: tuple[str, str] = ("", "")) -> list[Line]:
    """Two columns where there is room; else the ranking's own first. `late` is why days and trend are not there."""
    above = ("run/total" if rows.of_circuits else "above", _above(rows, row))
    first: Pairs = [("newest", _newest(rows, row)) if isinstance(rows, FailoverRows) else above]
    first += [
        ("window", _window(rows, row)),
        ("trend", _trend(rows, row, late[1])),
        ("7 days", _days(rows, row, late[0])),
    ]
    then: Pairs = [("now", _now(rows, row)), ("available", _available(rows, row)), ("flaps", _flaps(rows, row)),
                   ("bandwidth", _bandwidth(rows, row))]  # fmt: skip
    if not rows.of_circuits:
        first = [pair for pair in first if pair[0] != "trend"]
        then = [pair for pair in then if pair[0] != "bandwidth"]
    if wide < 100:
        states = rows.asked.by.family == "states"
        return labelled([*then, *first] if states else [*first, *then], _LABEL)
    half = (wide - 3) * 58 // 100
    return beside([labelled(first, _LABEL), labelled(then, _LABEL)], [half, wide - 3 - half])


def _above(rows: OffenderRows, row: int) -> Line:
    """`≥ 70 40m/1h04m  ≥ 80 …`: the longest run above each threshold, and all the time above it."""
    metric, f = rows.asked.by.metric, rows.figures
    at = int(rows.view_rows[row])
    limits = rows.view.limits_of(at, metric) if at >= 0 else THRESHOLDS[metric] if rows.view.limits is None else None
    if not f.known[row, GAUGE[rows.asked.by.gauge]] > 0:
        return ((NONE, "faint"),)
    runs: list[Run] = []
    for level in range(3):
        name = f"{limits[level]:g}" if limits else ("warn", "high", "critical")[level]
        total, longest = float(f.above[row, metric, level]), float(f.longest[row, metric, level])
        runs.append((f"{'  ' if level else ''}{rows.signs.at_least} {name} ", "dim"))
        if total and rows.of_circuits:
            runs.append((f"{duration(longest)}/", "text"))
        runs.append((duration(total) if total else "0", level_role(level + 1) if total else "faint"))
    first = () if rows.asked.by.family == "above" else (("util  ", "dim"),)
    return (*first, *runs, (f" {UNIT[metric]}", "dim"))


def _window(rows: OffenderRows, row: int) -> Line:
    metric, f, gauge = rows.asked.by.metric, rows.figures, GAUGE[rows.asked.by.gauge]
    number = NUMBER[metric]
    runs: list[Run] = []
    for name, values in (("avg", f.average), ("p95", f.p95), ("max", f.highest)):
        text = number(float(values[row, gauge]))
        near = rows.signs.approximate if name == "p95" and f.p95_error > 0 and text != NONE else ""
        runs += [(f"{name} ", "dim"), (f"{near}{text}", tone(text)), ("  ", "text")]
    return (*runs, (f"{UNIT[metric]} in {rows.asked.range.word}", "dim"))


def _trend(rows: OffenderRows, row: int, late: str) -> Line:
    trend, at = rows.ranked.trend, rows.trend_at(row)
    if trend is None or at < 0:
        return ((late if trend is None else NONE, "dim"),)
    unit = UNIT[rows.asked.by.metric]
    return ((trend_words(trend, at, unit), "text"),)


def _days(rows: OffenderRows, row: int, late: str) -> Line:
    days = rows.ranked.days
    if days is None:
        return ((late, "dim"),)
    if not rows.of_circuits:
        chronic = int(days.chronic[row])
        return (*_runs(rows.cell(row, "days")), (f"  share of circuits bad; {count(chronic)} chronic now", "text"))
    bad = int(days.count[row])
    said = f"  bad on {bad} of 7" + (": chronic" if bad >= CHRONIC else "") if bad else "  none bad"
    return (*_runs(rows.cell(row, "days")), (said, "high" if bad >= CHRONIC else "text"))


def _runs(cell: object) -> tuple[Run, ...]:
    assert isinstance(cell, tuple)
    return cell if cell and isinstance(cell[0], tuple) else (cell,)


def _now(rows: OffenderRows, row: int) -> Line:
    if not rows.of_circuits:
        found = rows.counts[row]
        told = [(f"{rows.signs.severity(s)} {count(int(found[s]))}  ", severity_role(s)) for s in Severity if found[s]]
        return tuple(told) or ((NONE, "faint"),)
    at = int(rows.view_rows[row])
    if at < 0:
        return (("not in the network now", "dim"),)
    t = rows.view.circuits
    severity = int(t.severity[at])
    lasted = duration_prose(max(rows.view.at - float(t.since[at]), 0.0) // 60 * 60)
    active = ", standing in" if cells.stands_in(rows.view, at) else ", carries traffic" if t.active[at] else ""
    return (
        (f"{rows.signs.severity(severity)} {word(severity)}", severity_role(severity)), (f" {lasted}{active}", "text")
    )  # fmt: skip


def _available(rows: OffenderRows, row: int) -> Line:
    f = rows.figures
    text = availability(float(f.available[row]))
    runs: list[Run] = [(text, tone(text)), (" %", "dim")]
    if f.coverage[row] < COVERED:
        between = availability_between(float(f.at_least[row]), float(f.at_most[row]))
        runs.append((f"  cover {availability(float(f.coverage[row]), 1)} %  {between}", "unk"))
    return tuple(runs)


def _flaps(rows: OffenderRows, row: int) -> Line:
    f = rows.figures
    text, down = count(int(f.flaps[row])), float(f.down[row])
    return ((text, tone(text)), (f"  down {duration(down) if down else '0'}", "text"), ("", "dim"))


def _bandwidth(rows: OffenderRows, row: int) -> Line:
    circuit = rows.circuit(row)
    if circuit is None:
        return ((NONE, "faint"),)
    text = bandwidth(circuit.down_bps)
    source = SOURCES.get(circuit.bandwidth_source, "")
    return ((text, tone(text)), (f" {source}" if source else "", "dim"), (f"  {circuit.role.word}", "text"))


def _newest(rows: FailoverRows, row: int) -> Line:
    """`02:51:44 → Comcast, now 22m, down, 24 s to switch`."""
    episode = rows.newest(row)
    if episode is None:
        return ((NONE, "faint"),)
    at = rows.asked.at
    active = rows.view.inventory.circuit_row.get(episode.active_id)
    name = cells.carrier(rows.view.inventory.circuits[active]) if active is not None else episode.active_id or NONE
    length = duration_prose((at if episode.ended is None else episode.ended) - episode.began)
    lasted = f"now {length}" if episode.ended is None else length
    switch = f", {duration_prose(episode.took)} to switch" if episode.took >= 0 else ""
    return (
        (f"{event_time(episode.began, at)} ", "dim"), (f"{rows.signs.arrow} ", "accent"), (clean(name), "text"),
        (f", {lasted}, {episode.cause}{switch}", "text"),
    )  # fmt: skip


class OffenderDetails(Sheet):
    """The pane under the table."""

    DEFAULT_CSS = """
    OffenderDetails { height: 5; padding: 0 1; margin: 1 0 0 0; }
    .-s OffenderDetails { height: 6; margin: 0; }
    """
    SCOPED_CSS = False

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._shown: tuple[OffenderRows | None, int | None, Moment, tuple[str, str]] | None = None

    def show(
        self, rows: OffenderRows | None, row: int | None, moment: Moment, late: tuple[str, str] = ("", "")
    ) -> None:
        """Tell of this row; None: none is under the cursor. `late` is why days and trend are not there."""
        self._shown = rows, row, moment, late
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        if self._shown is None or not self.size.width:
            return
        rows, row, moment, late = self._shown
        wide = self.size.width
        rule = " " if moment.size is Size.S else moment.signs.rule
        if rows is None or row is None:
            self.paint([title("details", "", wide, rule=rule)])
            return
        place, of = int(rows.ranked.place[row]), len(rows.ranked.order)
        head = title(clean(rows.name(row)), f"{place:,} of {of:,}", wide, rule=rule)
        lines = detail_lines(rows, row, wide, late)
        self.paint([head, *(cells.faded(line) if moment.grey else line for line in lines)])
