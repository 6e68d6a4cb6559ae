"""The rankings of the offenders screen: all that rank, with the same figures, in the same order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from noctui.commands.exports.arranging import by_column, mask_of
from noctui.commands.exports.asked import Asked, Made, Refused, whole
from noctui.model.scene import Range
from noctui.tui.filter import Mask
from noctui.tui.look.signs import Signs
from noctui.tui.moment import Size
from noctui.tui.panes import offender_answers, subjects
from noctui.tui.panes.offender_answers import TREND_DAYS
from noctui.tui.panes.offender_kinds import BY, GROUP, bys_of
from noctui.tui.panes.offender_rows import OffenderRows
from noctui.tui.panes.offender_table import exported, group_subject, rows_of

_THINGS = {"circuit": "circuits"} | {group: things for things, group in GROUP.items()}
DAYS = 7


@dataclass(frozen=True, slots=True)
class _Ranking(offender_answers.Asked):
    """One ranking over any range; trends are of whole days, and beside them stands the last day."""

    span: Range

    @property
    def range(self) -> Range:
        return Range(self.at - 86_400.0, self.at, "24 h") if self.by.family == "trends" else self.span


async def offenders(asked: Asked) -> Made:
    view, read, things = asked.scene.view, asked.scene.read, _THINGS[asked.by]
    by = BY[asked.metrics[0]]
    if by not in bys_of(things):
        raise Refused(f"--metric {by.name} ranks circuits alone: leave --by {asked.by} out")
    ranking = _Ranking(things, by, asked.time.word, asked.scene.at, asked.time)
    found = await offender_answers.answer(read, ranking)
    daily = await read.daily(by.gauge, TREND_DAYS if by.family == "trends" else DAYS)
    trend = await read.trend(by.gauge) if things == "circuits" else None
    rows = rows_of(offender_answers.ranked(found, view, daily, trend), view, Signs())
    columns = tuple(c.key for c in rows.columns(Size.L))
    order, sorted_ = rows.ranked.order, asked.sort in columns
    if sorted_:
        all_of_them = by_column(rows, asked.sort, asked.descending)
        order = all_of_them[(rows.ranked.place > 0)[all_of_them]]
    if asked.filter:
        order = order[_left(asked, rows)[order]]
    table = exported(rows, order)
    told = [found.figures.told] if found.figures.told else []
    return Made(table.headers, whole(table), told, filtered=True, sorted=sorted_, columns=columns)


def _left(asked: Asked, rows: OffenderRows) -> Mask:
    """[rows] what the filter leaves. Circuits are filtered as the table of all circuits is."""
    if not rows.of_circuits:
        return mask_of(asked.filter, group_subject(rows))
    found = mask_of(asked.filter, subjects.circuits(asked.scene.view))
    here = np.zeros(len(rows), np.bool_)
    at = rows.view_rows
    here[at >= 0] = found[at[at >= 0]]
    return here
