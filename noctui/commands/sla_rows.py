"""Tables of `noctui sla report`: a row for each promise, carrier or site. Percentages are cut off, never rounded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

from noctui.commands.exports.cells import site_of
from noctui.model.claims import Claimed
from noctui.model.verdicts import Outcome, thousandths
from noctui.runtime.score_totals import Reliability, added
from noctui.runtime.scoring import Score, Scores
from noctui.tui.export import Cell, Row, instant

_SUMS = (
    "promises", "broken", "breaks", "at_risk", "unsure", "met", "outages", "counted_s", "achieved_pct",
    "achieved_at_least_pct", "coverage_pct", "repaired", "to_repair_s", "longest_s", "credits", "credits_at_most",
    "unpriced", "claim_by",
)  # fmt: skip
HEADERS: Mapping[str, tuple[str, ...]] = {
    "circuit": (
        "period", "period_start", "period_end", "partial", "promise", "uptime_pct", "carrier", "carrier_circuit_id",
        "site", "site_name", "circuit_id", "role", "outcome", "version", "achieved_pct", "achieved_at_least_pct",
        "coverage_pct", "budget_s", "counted_s", "counted_at_most_s", "left_s", "excused_s", "down_s", "unknown_s",
        "disabled_s", "uncertain_s", "outages", "broke_at", "breaks_at", "credit_pct", "credit_pct_at_most", "credit",
        "credit_at_most", "currency", "claim_by", "too_late",
    ),
    "carrier": ("carrier", *_SUMS, "claimed_at", "claimed_by", "claimed_how"),
    "site": ("site", "site_name", "region", "store_type", "site_id", *_SUMS),
}  # fmt: skip
BRIEF: Mapping[str, tuple[str, ...]] = {
    "circuit": ("site_name", "circuit_id", "carrier", "promise", "outcome", "achieved_pct", "counted_s", "left_s",
                "outages", "credit", "currency", "claim_by"),
    "carrier": ("carrier", "promises", "broken", "unsure", "met", "achieved_pct", "coverage_pct", "outages",
                "to_repair_s", "credits", "claim_by", "claimed_at"),
    "site": ("site", "site_name", "promises", "broken", "unsure", "met", "achieved_pct", "outages", "to_repair_s",
             "credits", "claim_by"),
}  # fmt: skip
"""Columns of the Markdown."""


def rows(scores: Scores, by: str, claims: Mapping[str, Claimed] | None = None) -> list[Row]:
    """By circuit: by carrier, then least left first; else most broken first. `claims`: what was asked of carriers."""
    if by == "circuit":
        ordered = sorted(scores.scores, key=lambda s: (s.verdict.left_at_least, s.verdict.service_id))
        return [of_circuit(scores, score) for score in ordered]
    keys: dict[str, Callable[[Score], tuple[str, ...]]] = {
        "carrier": lambda score: (score.of.service.carrier,), "site": lambda score: score.of.site_ids,
    }  # fmt: skip
    found = added(scores.scores, keys[by])
    if by == "carrier":
        return [(one.total.carrier, *_sums(one), *_claimed((claims or {}).get(one.total.carrier))) for one in found]
    return [(*_who(scores, one.total.carrier), *_sums(one)) for one in found]


def of_circuit(scores: Scores, score: Score) -> Row:
    verdict, service, first = score.verdict, score.of.service, score.of.circuits[0]
    site, alone = site_of(scores.inventory, first.site_id), len(score.of.circuits) == 1
    due = verdict.credit
    return (
        verdict.period.key, instant(verdict.period.start), instant(verdict.period.end), verdict.partial,
        verdict.promise, float(Fraction(verdict.uptime)), service.carrier, first.carrier_circuit_id if alone else "",
        site.number, site.name, verdict.service_id, first.role.word if alone else "", verdict.outcome.value,
        verdict.version, percent(verdict.achieved), percent(verdict.achieved_at_least), percent(verdict.coverage),
        float(verdict.budget), verdict.counted, verdict.counted_at_most, float(verdict.left), verdict.excused,
        verdict.down, verdict.unknown, verdict.disabled, verdict.uncertain,
        verdict.many_outages, at(verdict.broke_at), at(verdict.breaks_at),
        percent(Fraction(due.percent)) if due else None, percent(Fraction(due.percent_at_most)) if due else None,
        due.amount if due else None, due.amount_at_most if due else None, due.currency if due else None,
        at(due.claim_by) if due else None, score.too_late,
    )  # fmt: skip


def percent(value: Fraction | None) -> float | None:
    """Cut off after three decimals: what breaks 99.9 is never 99.9."""
    return None if value is None else float(thousandths(value))


def at(seconds: int | None) -> Cell:
    return None if seconds is None else instant(seconds)


def money(sums: Mapping[str, str]) -> str:
    """`1240.00 USD; 30.00 EUR`"""
    return "; ".join(f"{amount} {currency}".rstrip() for currency, amount in sums.items())


def _claimed(one: Claimed | None) -> Row:
    return (None, None, None) if one is None else (instant(one.at), one.who, one.how)


def _who(scores: Scores, key: str) -> Row:
    site = site_of(scores.inventory, key)
    return (site.number, site.name, site.region, site.store_type, key)


def _sums(one: Reliability) -> Row:
    total = one.total
    order = (Outcome.BROKEN, Outcome.BREAKS, Outcome.AT_RISK, Outcome.UNSURE, Outcome.MET)
    return (
        total.promises, *(total.outcomes[outcome] for outcome in order), total.outages, total.counted,
        percent(one.achieved), percent(one.achieved_at_least), percent(one.coverage), one.repaired,
        None if one.to_repair is None else float(one.to_repair), one.longest, money(total.credits),
        money(total.credits_at_most), total.unpriced, at(one.claim_by),
    )  # fmt: skip
