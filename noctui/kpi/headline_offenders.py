"""The sentence over the offenders: what is chronic and who leads, then who is first in the list shown. Pure rules."""

from __future__ import annotations

import math
from dataclasses import dataclass

from noctui.kpi.offenders import CHRONIC, CHRONIC_DAYS
from noctui.model.headline import Clause, Headline
from noctui.model.words import Severity

FIRST = {
    "utilisation": "Longest", "loss": "Longest", "jitter": "Longest", "latency": "Longest", "flaps": "Most flaps",
    "availability": "Least available", "failovers": "Most failovers", "worsening": "Worsens most",
    "improving": "Improves most", "congested": "First to be full",
}  # fmt: skip
"""How the first of each list is called."""


@dataclass(frozen=True, slots=True)
class Chronic:
    """How many circuits are chronic, who leads, and on how many of the last seven days that one was bad."""

    count: int
    leader: str = ""
    days: int = 0


def offenders_headline(
    chronic: Chronic | None, by: str, window: str, first: str = "", said: str = "", nobody: str = ""
) -> Headline:
    """`9 circuits are chronic: bad in 3 or more of the last 7 days. 2044 Waco Lumen leads for 5 days.`

    `chronic` is None while the days are not known. `first` is who leads the list shown, with its figure in `said`;
    where the list is empty `nobody` says so.
    """
    clauses: list[Clause] = []
    severity = Severity.OK
    if chronic is not None and chronic.count:
        severity = Severity.HIGH
        many = "1 circuit is chronic" if chronic.count == 1 else f"{chronic.count:,} circuits are chronic"
        clauses.append(Clause(many, strong=True, severity=Severity.HIGH))
        if chronic.count == 1:
            days = f"bad on {chronic.days} of the last {CHRONIC_DAYS} days"
            clauses.append(Clause(f": {chronic.leader}, {days}." if chronic.leader else f": {days}."))
        else:
            clauses.append(Clause(f": bad in {CHRONIC} or more of the last {CHRONIC_DAYS} days."))
            if chronic.leader:
                clauses.append(Clause(f" {chronic.leader} leads for {chronic.days} days."))
    elif chronic is not None:
        clauses.append(Clause("No circuit is chronic.", strong=True))
    lead = " " if clauses else ""
    if first:
        severity = min(severity, Severity.OK if by == "improving" else Severity.WARN)
        where = "" if by in ("worsening", "improving", "congested") else f" in {window}"
        about = f" above high {by}" if FIRST[by] == "Longest" else ""
        clauses.append(Clause(f"{lead}{FIRST[by]}{about}{where}: {first}{f', {said}' if said else ''}.",
                              strong=not clauses))  # fmt: skip
    elif nobody:
        clauses.append(Clause(f"{lead}{nobody}", strong=not clauses))
    return Headline(severity=severity, clauses=tuple(clauses) or (Clause("Offenders", strong=True),))


def nobody_words(by: str, things: str, window: str, coverage: float) -> str:
    """What an empty list says: `Nobody was above a threshold in 24 h (coverage 99.1 %).`

    `things` are what is ranked (`circuits`); `coverage` is the known share of the time in percent: where nothing is
    known nothing is claimed.
    """
    if by not in ("worsening", "improving", "congested", "failovers") and not coverage > 0:
        return f"Nothing is known of {window}."
    known = f" (coverage {math.floor(coverage * 10) / 10:g} %)" if math.isfinite(coverage) else ""
    match by:
        case "utilisation":
            return f"Nobody was above a threshold in {window}{known}."
        case "loss" | "jitter" | "latency":
            return f"Nobody was above a threshold of {by} in {window}{known}."
        case "flaps":
            return f"Nobody flapped in {window}{known}."
        case "availability":
            return f"Nobody was seen down in {window}{known}."
        case "failovers":
            return f"No site ran without its primary in {window}."
        case "worsening":
            return f"No {things[:-1]} gets worse beyond the ordinary."
        case "improving":
            return f"No {things[:-1]} gets better beyond the ordinary."
    return f"No {things[:-1]} is congested and getting worse."
