"""Claim sheets: for each carrier and period what it owes, why, and until when it must be asked for. Markdown."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path

from noctui.commands.exports.cells import site_of
from noctui.commands.exports.writing import sink
from noctui.commands.sla_rows import money
from noctui.model.claims import Claimed
from noctui.model.verdicts import Outcome, Verdict, thousandths
from noctui.runtime.score_totals import Reliability, added
from noctui.runtime.scoring import Score, Scores
from noctui.tui.export import Cell, Row

_MARKUP = str.maketrans({c: f"\\{c}" for c in "\\`*_{}[]<>|#~!"})
NOBODY = "unknown carrier"


def write_claims(folder: Path, scores: Scores, claims: Mapping[str, Claimed] | None = None) -> list[Path]:
    """A sheet for each carrier with a promise. Raises OSError; a sheet is whole or not there at all."""
    folder.mkdir(parents=True, exist_ok=True)
    of: dict[str, list[Score]] = {}
    for score in scores.scores:
        of.setdefault(score.of.service.carrier, []).append(score)
    written: list[Path] = []
    for carrier in sorted(of):
        path = folder / sheet_name(carrier, scores.period, written)
        with sink(path) as write:
            write(claim_sheet(carrier, of[carrier], scores, (claims or {}).get(carrier)))
        written.append(path)
    return written


def sheet_name(carrier: str, period: str, taken: Sequence[Path]) -> str:
    """`claim-lumen-2026-10.md`; carriers whose names are alike get a number."""
    plain = re.sub(r"[^a-z0-9]+", "-", carrier.lower()).strip("-")[:60] or "unknown"
    names = {path.name for path in taken}
    found, number = f"claim-{plain}-{period}.md", 1
    while found in names:
        number += 1
        found = f"claim-{plain}-{number}-{period}.md"
    return found


def claim_sheet(carrier: str, scores: Sequence[Score], told: Scores, asked: Claimed | None = None) -> str:
    """How reliable the carrier was, how fast it repaired, and each credit with its outages and deadline."""
    return "\n".join(_sheet(carrier, scores, told, asked))


def _sheet(carrier: str, scores: Sequence[Score], told: Scores, asked: Claimed | None) -> Iterator[str]:
    (sums,) = added(scores, lambda _: ("",))
    org = told.inventory.org_name
    yield f"# Service levels of {md(carrier or NOBODY)}, {told.period}"
    yield ""
    yield f"{f'{md(org)}, a' if org else 'A'}s known at {when(told.at)}. Times are UTC, percentages are cut off."
    yield ""
    yield from _figures(sums)
    due = [s for s in scores if s.verdict.credit and Fraction(s.verdict.credit.percent)]
    doubt = [s for s in scores if s not in due and s.verdict.credit and Fraction(s.verdict.credit.percent_at_most)]
    yield "## Credits due"
    yield ""
    if asked is not None:
        yield f"Asked for {when(int(asked.at))} by {md(asked.who)}: {md(asked.how)}."
        yield ""
    if due:
        yield from table(_DUE, (_due(s) for s in due))
    else:
        yield "None."
    yield ""
    if doubt:
        yield "## Due if what nobody saw was down"
        yield ""
        yield from table(_DUE, (_due(s, at_most=True) for s in doubt))
        yield ""
    shown = [s for s in scores if s in due or s in doubt or s.verdict.outcome in (Outcome.BROKEN, Outcome.BREAKS)]
    for score in shown:
        if not score.verdict.outages:
            continue
        yield from _outages(score, told)


def _figures(sums: Reliability) -> Iterator[str]:
    total = sums.total
    said = ", ".join(f"{total.outcomes[o]:,} {o.value}" for o in Outcome if total.outcomes[o])
    yield f"- Promises: {total.promises:,} ({said})"
    low = thousandths(sums.achieved_at_least)
    yield f"- Availability: {thousandths(sums.achieved)} %, at least {low} % with what nobody saw ({coverage(sums)})"
    mean = "–" if sums.to_repair is None else lasted(round(sums.to_repair))
    longest = "–" if sums.longest is None else lasted(sums.longest)
    yield f"- Outages that counted: {total.outages:,}; time to repair: mean {mean}, longest {longest}"
    yield f"- Credits due: {md(money(total.credits)) or 'none'}; at most: {md(money(total.credits_at_most)) or 'none'}"
    if total.unpriced:
        yield f"- Without a monthly charge in the inventory file: {total.unpriced:,}"
    if sums.claim_by is not None:
        yield f"- **To be claimed before {when(sums.claim_by)}**"
    yield ""


def coverage(sums: Reliability) -> str:
    return f"{thousandths(sums.coverage)} % of the time is known"


_DUE = ("circuit", "carrier's id", "promise", "period", "promised", "achieved", "counted", "credit", "claim before")


def _due(score: Score, at_most: bool = False) -> Row:
    verdict, credit = score.verdict, score.verdict.credit
    assert credit is not None
    share = thousandths(Fraction(credit.percent_at_most if at_most else credit.percent))
    amount = credit.amount_at_most if at_most else credit.amount
    charge = f"{share} % of the monthly charge" + (f": {amount} {credit.currency}".rstrip() if amount else "")
    achieved = verdict.achieved_at_least if at_most else verdict.achieved
    return (
        verdict.service_id, ", ".join(c.carrier_circuit_id for c in score.of.circuits if c.carrier_circuit_id),
        verdict.promise, verdict.period.key, f"{verdict.uptime} %", f"{thousandths(achieved)} %",
        lasted(verdict.counted_at_most if at_most else verdict.counted), charge,
        "–" if credit.claim_by is None else when(credit.claim_by),
    )  # fmt: skip


def _outages(score: Score, told: Scores) -> Iterator[str]:
    verdict = score.verdict
    site = site_of(told.inventory, score.of.circuits[0].site_id)
    yield f"## Outages of {md(verdict.service_id)}, {md(site.name)}"
    yield ""
    yield f"Period {when(verdict.period.start)} to {when(verdict.period.end)}{_version(verdict)}."
    yield ""
    cells = (
        (when(o.began), "–" if o.ended is None else when(o.ended), lasted(o.down), lasted(o.counted), lasted(o.excused),
         ", ".join(o.excused_by))
        for o in verdict.outages
    )  # fmt: skip
    yield from table(("began", "ended", "down in the period", "counted", "excused", "by"), cells)
    yield ""


def _version(verdict: Verdict) -> str:
    partial = ", which is not a whole one" if verdict.partial else ""
    return partial + (f"; scored anew, version {verdict.version}" if verdict.version > 1 else "")


def table(headers: Sequence[str], rows: Iterator[Row]) -> Iterator[str]:
    yield f"| {' | '.join(headers)} |"
    yield "| --- " * len(headers) + "|"
    for row in rows:
        yield f"| {' | '.join(md(said(cell)) for cell in row)} |"


def said(cell: Cell) -> str:
    """A cell for people: unknown is a dash."""
    if cell is None:
        return "–"
    if isinstance(cell, dt.datetime):
        return when(int(cell.timestamp()))
    return f"{cell:.3f}" if isinstance(cell, float) else str(cell)


def md(text: str) -> str:
    """What comes from outside cannot break a table or become markup."""
    return "".join(c if c.isprintable() else "·" for c in text).translate(_MARKUP)


def when(at: int) -> str:
    """`2026-11-23 03:14:07`"""
    return f"{dt.datetime.fromtimestamp(at, dt.UTC):%Y-%m-%d %H:%M:%S}"


def lasted(seconds: int) -> str:
    """`2592 s (0:43:12)`: exact, and readable."""
    return f"{seconds} s ({seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02})"


_NAMES: Mapping[str, str] = {
    "site_name": "site", "circuit_id": "circuit", "achieved_pct": "achieved %", "coverage_pct": "known %",
    "counted_s": "counted s", "left_s": "left s", "to_repair_s": "to repair s", "claim_by": "claim before",
}  # fmt: skip


def report(headers: Sequence[str], columns: Sequence[str], rows: Sequence[Row], title: str, lead: str) -> str:
    """A table of `noctui sla report` as Markdown."""
    places = [headers.index(column) for column in columns]
    names = [_NAMES.get(column, column.replace("_", " ")) for column in columns]
    lines = table(names, ([row[i] for i in places] for row in rows))
    return "\n".join([f"# {md(title)}", "", md(lead), "", *lines, ""])
