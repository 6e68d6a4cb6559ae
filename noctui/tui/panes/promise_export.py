"""Promises as rows of a CSV file: every figure of their verdicts."""

from __future__ import annotations

from collections.abc import Sequence

from noctui.model.scores import ScoreLine
from noctui.model.view import View
from noctui.tui.export import Exported, instant
from noctui.tui.export import Row as CsvRow
from noctui.tui.panes import promise_words as words
from noctui.tui.panes.promise_rows import place_of

HEADERS = (
    "service_id", "carrier", "site", "name", "region", "promise", "uptime_pct", "period", "start", "end", "partial",
    "verdict", "achieved_pct", "achieved_at_least_pct", "coverage_pct", "budget_s", "counted_s", "counted_at_most_s",
    "excused_s", "unknown_s", "left_s", "used_pct", "broke_at", "breaks_at", "outages", "credit_pct",
    "credit_at_most_pct", "credit", "currency", "claim_by", "version", "at",
)  # fmt: skip


def exported(lines: Sequence[ScoreLine], view: View, name: str = "sla") -> Exported:
    """All of the verdicts' figures."""
    return Exported(name, HEADERS, [_csv(line, view) for line in lines])


def _percent(value: int | None) -> float | None:
    return None if value is None else value / 1000


def _csv(line: ScoreLine, view: View) -> CsvRow:
    v, c = line.verdict, line.verdict.credit
    site, name, region = place_of(line, view)
    breaks = words.breaks_at(v)
    return (
        v.service_id, line.carrier, site, name, region, v.promise, float(v.uptime), v.period.key,
        instant(v.period.start), instant(v.period.end), v.partial, v.outcome.value, _percent(words.achieved(v)),
        _percent(words.at_least(v)), words.coverage(v), words.budget(v.divisor, v.uptime), v.counted, v.counted_at_most,
        v.excused, v.unknown, words.left(v), None if (used := words.used(v)) is None else 100 * used,
        None if v.broke_at is None else instant(v.broke_at), None if breaks is None else instant(breaks),
        len(v.outages) if v.counted_outages is None else v.counted_outages, c.percent if c else "",
        c.percent_at_most if c else "", c.amount if c else None, c.currency if c else "",
        instant(c.claim_by) if c and c.claim_by is not None else None, v.version, instant(v.known_at),
    )  # fmt: skip
