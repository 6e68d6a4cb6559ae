"""Measurements of the warehouse as verdicts, and beside those of history here: of each promise and period the one that
knows of more time. Pure.

A measurement has a verdict's sums, not its outages: how many counted is known, which ones is not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction

from noctui.model.inventory import Circuit, Inventory
from noctui.model.scores import ScoreLine
from noctui.model.sla import Promise, PromisePeriod, Service, share_down
from noctui.model.verdicts import Credit, Outcome, Verdict
from noctui.runtime.scoring import Score, Scores
from noctui.runtime.services import Promised
from noctui.sla.periods import from_turn_up, midnight
from noctui.stores.warehouse.far_events import FarScore

DAY = 86_400
_FINEST = 1_000_000
"""Seconds that periods are divided by are fractions with at most so large a divisor."""
Key = tuple[str, str, str]


def bounds(month: date) -> tuple[float, float]:
    """[start, end) of a calendar month in UTC."""
    return float(midnight(month, "UTC")), float(midnight(from_turn_up(month, 1), "UTC"))


def verdict_of(row: FarScore) -> Verdict:
    """Raises ValueError, ArithmeticError: it is of a kind that nobody knows, or no number at all."""
    period, uptime = _period(row), f"{row.uptime:.12g}"
    known_at = round(row.known_at)
    to_come = max(0, period.end - max(known_at, period.start))
    down, unknown, disabled = round(row.down), round(row.unknown), round(row.disabled)
    share = share_down(uptime)
    divisor = Fraction(repr(row.budget)) / share if share and row.budget else Fraction(period.seconds)
    return Verdict(
        promise=row.promise, uptime=uptime, service_id=row.service_id, period=period, outcome=Outcome(row.outcome),
        known_at=known_at, version=row.version, up=max(0, period.seconds - down - unknown - disabled - to_come),
        down=down, unknown=unknown, disabled=disabled, to_come=to_come, uncertain=round(row.uncertain),
        counted=round(row.counted), counted_at_most=round(row.counted_at_most), excused=round(row.excused),
        divisor=str(divisor.limit_denominator(_FINEST)),
        broke_at=None if row.broke_at is None else round(row.broke_at), credit=_credit(row),
        counted_outages=row.outages,
    )  # fmt: skip


def _period(row: FarScore) -> PromisePeriod:
    """The whole one is not told where the service's life cut it: then it is the calendar's, in UTC."""
    start, end = round(row.start), round(row.end)
    whole = start, end
    if row.partial:
        first = date.fromisoformat(row.key if len(row.key) == 10 else f"{row.key}-01")
        low, high = bounds(first)
        whole = min(start, round(low)), max(end, round(high))
    return PromisePeriod(
        start=start, end=end, whole_start=whole[0], whole_end=whole[1], key=row.key,
        days=round((whole[1] - whole[0]) / DAY),
    )  # fmt: skip


def _credit(row: FarScore) -> Credit | None:
    """The most in percent follows from the amounts; where there are none, none is told beyond what is sure."""
    if row.credit_percent is None:
        return None
    percent = at_most = Fraction(repr(row.credit_percent))
    if row.credit is not None and row.credit_at_most is not None and Fraction(row.credit):
        at_most = percent * Fraction(row.credit_at_most) / Fraction(row.credit)
    return Credit(
        percent=str(percent), percent_at_most=str(at_most), amount=row.credit, amount_at_most=row.credit_at_most,
        currency=row.currency, claim_by=None if row.claim_by is None else round(row.claim_by),
    )  # fmt: skip


def lines_of(rows: Iterable[FarScore], known_by: float, told: str) -> tuple[ScoreLine, ...]:
    """Those that were known by then; one that cannot be read is left out."""
    found = []
    for row in rows:
        try:
            line = ScoreLine(
                verdict=verdict_of(row), carrier=row.carrier, circuits=row.circuit_ids, site_ids=row.site_ids, told=told
            )
        except (ValueError, ArithmeticError):
            continue
        if row.known_at <= known_by:
            found.append(line)
    return tuple(found)


def together(near: Sequence[ScoreLine], far: Sequence[ScoreLine]) -> tuple[ScoreLine, ...]:
    """Those of here in their order, each replaced where the warehouse knew of more of its time; then what is there
    alone: circuits that are gone."""
    there = {_key(line.verdict): line for line in far}
    found = []
    for line in near:
        other = there.pop(_key(line.verdict), None)
        found.append(other if other is not None and _open(other.verdict) < _open(line.verdict) else line)
    return (*found, *there.values())


def _key(verdict: Verdict) -> Key:
    return verdict.service_id, verdict.promise, verdict.period.key


def _open(verdict: Verdict) -> int:
    """Seconds of the period of which nothing is known."""
    return verdict.unknown + verdict.to_come


def scores_with(scores: Scores, lines: Sequence[ScoreLine], promises: Mapping[str, Promise], told: str) -> Scores:
    """The same for reports: verdicts of the warehouse where they know of more, and those of circuits that are gone."""
    there = {_key(line.verdict): line for line in lines}
    found = []
    for one in scores.scores:
        line = there.pop(_key(one.verdict), None)
        more = line is not None and _open(line.verdict) < _open(one.verdict)
        found.append(Score(one.of, line.verdict) if more and line is not None else one)
    found += [Score(_promised(line, scores.inventory, promises), line.verdict) for line in there.values()]
    return replace(scores, scores=tuple(found), told=told)


def _promised(line: ScoreLine, inventory: Inventory, promises: Mapping[str, Promise]) -> Promised:
    """Of a circuit that nobody knows any more its id alone."""
    v = line.verdict
    ids = line.circuits or (v.service_id,)
    members = () if ids == (v.service_id,) else ids
    promise = promises.get(v.promise) or Promise(name=v.promise, uptime=v.uptime)
    circuits = tuple(_circuit(circuit_id, inventory) for circuit_id in ids)
    return Promised(Service(service_id=v.service_id, members=members, carrier=line.carrier), promise, circuits,
                    line.site_ids)  # fmt: skip


def _circuit(circuit_id: str, inventory: Inventory) -> Circuit:
    row = inventory.circuit_row.get(circuit_id)
    if row is not None:
        return inventory.circuits[row]
    site, _, port = circuit_id.partition(":")
    return Circuit(circuit_id=circuit_id, circuit_no=-1, site_id=site, port_id=port)
