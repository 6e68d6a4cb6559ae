"""Orgs as rows of the live table, of a CSV file, and as what a filter looks through."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from noctui.model.orgs import OrgLine
from noctui.model.words import Severity
from noctui.tui.export import Exported, instant
from noctui.tui.filter import Lines, Subject
from noctui.tui.look.numbers import NONE, count, duration, tone
from noctui.tui.look.signs import Signs
from noctui.tui.look.text import clean
from noctui.tui.panes.thing_rows import ThingRows, Told
from noctui.tui.widgets.columns import Cell, Column

COLUMNS = (
    Column("here", "", 1), Column("name", "org", 18, flex=True), Column("dark", "dark", 5, "right"),
    Column("down", "down", 5, "right"), Column("away", "away", 5, "right", drop=3),
    Column("critical", "crit", 5, "right", drop=2), Column("failover", "failover", 8, "right", drop=5),
    Column("alarms", "alarms", 6, "right", drop=4), Column("sites", "sites", 6, "right", drop=6),
    Column("circuits", "circuits", 8, "right", drop=7), Column("age", "age", 5, "right"),
    Column("leader", "collected by", 24, drop=1),
)  # fmt: skip
SPARE = (Column("id", "org id", 36, drop=8),)
SORT = ("name", False)
STALE = 3
"""Intervals after which a poll is old."""
_NUMBERS = {"down": Severity.DOWN, "away": Severity.AWAY, "critical": Severity.CRITICAL}
_INKS = {"dark": "crit", "down": "crit", "away": "crit", "critical": "crit", "failover": "high", "alarms": "accent"}


def number(line: OrgLine, column: str) -> float:
    """NaN where nothing is known of it."""
    if not line.at:
        return float("nan")
    if column in _NUMBERS:
        return float(line.counts[_NUMBERS[column]]) if line.counts else float("nan")
    found = {"dark": line.dark, "failover": line.failed_over, "alarms": line.alarms, "sites": line.sites,
             "circuits": line.circuits}  # fmt: skip
    return float(found[column])


def told_of(now: float, signs: Signs) -> Told[OrgLine]:
    def cell(line: OrgLine, column: str) -> Cell:
        match column:
            case "here":
                return (signs.active if line.here else "", "accent")
            case "name":
                return (clean(line.shown), "hi bold" if line.here else "hi")
            case "id":
                return (clean(line.org_id), "dim")
            case "age":
                old = now - line.at > STALE * line.interval
                return (duration(max(0.0, now - line.at)), "unk" if old else "dim") if line.at else (NONE, "faint")
            case "leader":
                if line.fault:
                    return (clean(line.fault), "warn")
                return (clean(line.leader), "dim") if line.leader else ("nobody", "warn")
        found = number(line, column)
        if found != found:
            return (NONE, "faint")
        text = count(int(found))
        return (text, tone(text, _INKS.get(column, "text")))

    def value(line: OrgLine, column: str) -> float | str:
        match column:
            case "here":
                return float(line.here)
            case "name":
                return line.shown
            case "id":
                return line.org_id
            case "age":
                return now - line.at if line.at else float("nan")
            case "leader":
                return line.leader
        return number(line, column)

    numbers = frozenset(c.key for c in COLUMNS) - {"name", "leader"}
    return Told(lambda line: line.org_id, cell, value, numbers)


def rows_of(lines: Sequence[OrgLine], now: float, signs: Signs, grey: bool) -> ThingRows[OrgLine]:
    return ThingRows(lines, told_of(now, signs), grey)


def subject(rows: ThingRows[OrgLine]) -> Subject:
    """Name, id and who collects it; `down>10`, `dark>0`."""
    made = [f"{line.shown}\t{line.org_id}\t{line.leader}" for line in rows.things]
    return Subject(
        text=Lines(made),
        columns={},
        numbers={c: np.array([number(line, c) for line in rows.things]) for c in ("dark", "down", "away", "alarms")},
        words=("watched nobody",),
        code=np.zeros(len(rows.things), np.intp),
    )


HEADERS = ("org_id", "org", "at", "sites", "circuits", "dark", "down", "away", "critical", "failed_over", "alarms",
           "leader", "fault")  # fmt: skip


def exported(rows: ThingRows[OrgLine], order: Sequence[int]) -> Exported:
    """Unknown numbers are empty."""

    def told(line: OrgLine, column: str) -> int | None:
        found = number(line, column)
        return int(found) if found == found else None

    columns = ("sites", "circuits", "dark", "down", "away", "critical", "failover", "alarms")
    made = [
        (line.org_id, line.name, instant(line.at) if line.at else None, *(told(line, c) for c in columns),
         line.leader, line.fault)
        for line in (rows.things[i] for i in order)
    ]  # fmt: skip
    return Exported("orgs", HEADERS, made)
