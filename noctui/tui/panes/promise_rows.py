"""Promises as rows of the live table, of a CSV file, and as what a filter looks through."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from noctui.model.scores import ScoreBoard, ScoreLine
from noctui.model.verdicts import Outcome
from noctui.model.view import View
from noctui.tui.filter import Lines, Mask, Subject
from noctui.tui.look.numbers import NONE, availability, duration, tone
from noctui.tui.look.signs import Signs
from noctui.tui.look.text import clean
from noctui.tui.moment import Size
from noctui.tui.panes import cells
from noctui.tui.panes import promise_words as words
from noctui.tui.panes.thing_rows import ThingRows, Told
from noctui.tui.place import region_name
from noctui.tui.widgets.bar import budget_bar, budget_role
from noctui.tui.widgets.columns import Cell, Column

BAR = 14
COLUMNS = (
    Column("verdict", "verdict", 9), Column("site", "site", 4), Column("name", "name", 16, flex=True, drop=4),
    Column("carrier", "carrier", 9), Column("promise", "promise", 7, "right", drop=1),
    Column("so_far", "so far", 11, "right"), Column("used", "budget used", BAR + 6, drop=2),
    Column("left", "left", 6, "right"), Column("breaks", "breaks at", 9, "right"),
    Column("credit", "credit", 8, "right", drop=3),
)  # fmt: skip
SPARE = (
    Column("region", "region", 13, drop=6), Column("circuit", "circuit", 18, drop=8),
    Column("named", "promised as", 14, drop=8), Column("cover", "cover %", 7, "right", drop=7),
    Column("excused", "excused", 7, "right", drop=7), Column("claim", "claim by", 8, "right", drop=5),
)  # fmt: skip
_WIDE = ("region", "claim", "cover", "excused")
SORT = ("verdict", True)
_NUMBERS = frozenset({"verdict", "promise", "so_far", "used", "left", "breaks", "credit", "cover", "excused", "claim"})


def columns(size: Size) -> tuple[Column, ...]:
    """On a large terminal with region, coverage, what was excused, and until when a credit must be claimed; on a small
    one without bars."""
    if size in (Size.S, Size.TINY):
        return tuple(Column("used", "used", 5, "right", drop=1) if c.key == "used" else c for c in COLUMNS)
    if size is Size.M:
        return COLUMNS
    more = {c.key: c for c in SPARE}
    made: list[Column] = []
    for column in COLUMNS:
        made.append(replace(column, width=14) if column.key == "carrier" else column)
        made += [more["region"]] if column.key == "name" else []
        made += [more["cover"], more["excused"]] if column.key == "so_far" else []
        made += [more["claim"]] if column.key == "credit" else []
    return tuple(made)


def spare(wide: bool) -> tuple[Column, ...]:
    return tuple(c for c in SPARE if not (wide and c.key in _WIDE))


def line_key(line: ScoreLine) -> str:
    return f"{line.verdict.service_id}\t{line.verdict.promise}\t{line.verdict.period.key}"


def place_of(line: ScoreLine, view: View) -> tuple[str, str, str]:
    """(site number, name, region); of a group over several sites how many."""
    rows = [r for s in line.site_ids if (r := view.inventory.site_row.get(s)) is not None]
    if len(rows) > 1:
        return "", f"{line.verdict.service_id}, {len(rows)} sites", ""
    if not rows:
        return "", line.verdict.service_id, ""
    site = view.inventory.sites[rows[0]]
    return cells.site_number(site), cells.site_town(site), region_name(site.region)


def told_of(view: View, now: float, signs: Signs, bars: bool = True) -> Told[ScoreLine]:
    def cell(line: ScoreLine, column: str) -> Cell:
        v = line.verdict
        match column:
            case "verdict":
                return words.verdict_run(v.outcome, signs)
            case "site" | "name" | "region":
                text = clean(place_of(line, view)[("site", "name", "region").index(column)])
                return (text, "hi" if column == "name" else "dim" if column == "region" else "text")
            case "carrier":
                return (clean(line.carrier) or NONE, "text" if line.carrier else "faint")
            case "circuit" | "named":
                return (clean(v.service_id if column == "circuit" else v.promise), "dim")
            case "promise":
                return (v.uptime, "dim")
            case "so_far":
                text = words.so_far(v)
                role = {Outcome.BROKEN: "crit", Outcome.UNSURE: "unk"}.get(v.outcome, "text")
                return (text, tone(text, role))
            case "used":
                if not bars:
                    text = words.percent_used(v)
                    role = budget_role(words.used(v), burning=v.outcome is Outcome.BREAKS)
                    return (text, tone(text.strip("%"), "text" if role == "bargood" else role))
                bar = budget_bar(words.used(v), BAR, signs, burning=v.outcome is Outcome.BREAKS)
                text = words.percent_used(v)
                return (*bar, (f"{text:>6}", tone(text.strip("%"), "text")))
            case "left":
                text = words.left_words(v)
                return (text, "crit" if v.outcome is Outcome.BROKEN else tone(text))
            case "breaks":
                text = words.instant_words(words.breaks_at(v), now)
                return (text, tone(text, "crit" if v.outcome is Outcome.BREAKS else "text"))
            case "credit":
                text = words.credit_words(v.credit)
                return (text, tone(text, "hi"))
            case "cover":
                text = availability(words.coverage(v), 1)
                return (text, tone(text, "dim" if text == "100.0" else "text"))
            case "excused":
                text = duration(v.excused) if v.excused else "0"
                return (text, tone(text, "maint"))
            case "claim":
                at = v.credit.claim_by if v.credit is not None and words.due(v.credit) else None
                text = words.instant_words(at, now - 2 * words.DAY)
                return (text, tone(text, "warn"))
        raise KeyError(column)

    def value(line: ScoreLine, column: str) -> float | str:
        v = line.verdict
        found: float | None
        match column:
            case "verdict":
                return -words.ORDER.index(v.outcome) - min(max(words.left(v), -1e8), 1e8) / 1e9
            case "promise":
                return float(v.uptime)
            case "so_far":
                found = words.achieved(v)
            case "used":
                found = words.used(v)
            case "left":
                found = words.left(v)
            case "breaks":
                found = words.breaks_at(v)
            case "credit":
                found = float(v.credit.amount) if v.credit is not None and v.credit.amount is not None else None
            case "cover":
                found = words.coverage(v)
            case "excused":
                found = float(v.excused)
            case "claim":
                found = v.credit.claim_by if v.credit is not None and words.due(v.credit) else None
            case "carrier":
                return line.carrier
            case "circuit" | "named":
                return v.service_id if column == "circuit" else v.promise
            case _:
                return place_of(line, view)[("site", "name", "region").index(column)]
        return float("nan") if found is None else float(found)

    return Told(line_key, cell, value, _NUMBERS)


def rows_of(board: ScoreBoard | None, view: View, signs: Signs, grey: bool, bars: bool = True) -> ThingRows[ScoreLine]:
    """`bars`: budgets are drawn, not only written."""
    lines = board.lines if board is not None else ()
    return ThingRows(lines, told_of(view, float(board.at) if board is not None else view.at, signs, bars), grey)


_SAID = tuple(f"{o.value} {o.value.replace(' ', '')}" for o in words.ORDER)


def subject(rows: ThingRows[ScoreLine], view: View) -> Subject:
    """Site, name, region, carrier, promise; the verdict in words; `used>80`, `left<30` (minutes), `promise>=99.9`."""
    places = [place_of(line, view) for line in rows.things]
    made = {
        "site": [p[0] for p in places], "name": [p[1] for p in places], "region": [p[2] for p in places],
        "carrier": [line.carrier for line in rows.things],
        "port": [line.verdict.service_id.partition(":")[2] for line in rows.things],
        "type": [line.verdict.promise for line in rows.things],
    }  # fmt: skip
    nan = float("nan")
    verdicts = [line.verdict for line in rows.things]
    return Subject(
        text=Lines(["\t".join(t) for t in zip(*made.values(), strict=True)]),
        columns={key: Lines(texts) for key, texts in made.items()},
        numbers={
            "used": np.array([nan if (u := words.used(v)) is None else 100 * u for v in verdicts], np.float64),
            "left": np.array([words.left(v) / 60 for v in verdicts], np.float64),
            "promise": np.array([float(v.uptime) for v in verdicts], np.float64),
            "avail": np.array([nan if (n := words.achieved(v)) is None else n / 1000 for v in verdicts], np.float64),
        },
        words=_SAID,
        code=np.array([words.ORDER.index(v.outcome) for v in verdicts], np.intp),
    )


def of_severity(rows: ThingRows[ScoreLine], view: View, chosen: frozenset[int]) -> Mask:
    """[rows] those with a circuit of one of these severities."""
    row_of, severity = view.inventory.circuit_row, view.circuits.severity
    found = [
        any((r := row_of.get(c)) is not None and int(severity[r]) in chosen for c in line.circuits)
        for line in rows.things
    ]
    return np.array(found, np.bool_)
