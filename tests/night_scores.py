"""Promises of the sample night: November so far and the months before. Fixed to the last digit."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

from noctui.model.scores import ScoreBoard, ScoreLine
from noctui.model.sla import PromisePeriod
from noctui.model.verdicts import Credit, Outcome, Scored, Verdict
from tests.night_works import at
from tests.night_world import HOT, LOST, inventory

_DOWN = {"s3874:ge-0/0/0": 6713, "s1774:ge-0/0/1": 5180, "s4500:ge-0/0/0": 2230, "s5200:ge-0/0/1": 1570}
"""Seconds down in November, by circuit; what is not named was not."""
_BEFORE = {"2026-10": "s4500:ge-0/0/0", "2026-09": HOT}
"""Whose promise was broken in a month that is over."""


def _month(key: str) -> PromisePeriod:
    year, month = map(int, key.split("-"))
    start = dt.datetime(year, month, 1, tzinfo=dt.UTC)
    end = dt.datetime(year + month // 12, month % 12 + 1, 1, tzinfo=dt.UTC)
    a, b = int(start.timestamp()), int(end.timestamp())
    return PromisePeriod(start=a, end=b, whole_start=a, whole_end=b, key=key, days=(b - a) // 86_400)


def _outages(circuit_id: str, down: int, when: int, period: PromisePeriod) -> tuple[Scored, ...]:
    found: list[Scored] = []
    if circuit_id == "s0417:ge-0/0/0":
        began = at(6, 2, 18)
        found += [
            Scored(began=at(11, 15, 4), ended=at(11, 15, 4) + 20, down=20, counted=0, excused=0, confirmed=False),
            Scored(began=began, ended=began + 6480, down=6480, counted=0, excused=6480,
                   excused_by=("Lumen 29811002",)),
        ]  # fmt: skip
        found = [o for o in found if period.start <= o.began < period.end]
    carrier = next(c.carrier for c in inventory().circuits if c.circuit_id == circuit_id)
    if carrier == "Lumen" and when >= LOST and period.key == "2026-11":
        began = int(LOST)
        found.append(Scored(began=began, ended=None, down=when - began, counted=when - began, excused=0, over=False))
    elif down:
        began = period.start + 5 * 86_400
        found.append(Scored(began=began, ended=began + down, down=down, counted=down, excused=0))
    return tuple(found)


def _verdict(circuit_id: str, uptime: str, down: int, unknown: int, period: PromisePeriod, when: int) -> Verdict:
    outages = _outages(circuit_id, down, when, period)
    counted, excused = sum(o.counted for o in outages), sum(o.excused for o in outages)
    burns = any(o.ended is None for o in outages)
    budget = Fraction(period.seconds) * (1 - Fraction(uptime) / 100)
    come = max(period.end - when, 0)
    if counted > budget:
        outcome = Outcome.BROKEN
    elif burns:
        outcome = Outcome.BREAKS
    elif counted + unknown > budget:
        outcome = Outcome.UNSURE
    else:
        outcome = Outcome.AT_RISK if come and counted > budget * 3 // 4 else Outcome.MET
    broken = outcome is Outcome.BROKEN
    amount = {"s3874:ge-0/0/0": "410.00", "s1774:ge-0/0/1": "310.00"}.get(circuit_id, "280.00")
    credit = Credit(percent="10" if broken else "0", percent_at_most="10" if broken else "0",
                    amount=amount if broken else "0.00", amount_at_most=amount if broken else "0.00", currency="USD",
                    claim_by=period.end + 30 * 86_400 if broken else None)  # fmt: skip
    elapsed = period.seconds - come
    return Verdict(
        promise=f"gold {uptime}", uptime=uptime, service_id=circuit_id, period=period, outcome=outcome, known_at=when,
        up=elapsed - counted - excused - unknown, down=counted + excused, unknown=unknown, disabled=0, to_come=come,
        counted=counted, counted_at_most=counted + unknown, excused=excused, divisor=str(period.seconds),
        breaks_at=when + int(budget) - counted if burns and not broken else None,
        broke_at=period.start + 5 * 86_400 + int(budget) if broken else None, outages=outages, credit=credit,
    )  # fmt: skip


def board_at(when: float, period: str, site_id: str = "", circuit_id: str = "") -> ScoreBoard | None:
    """All primaries and the hot secondary have a promise; a month before September has none."""
    key = "2026-11" if period == "running" else period
    if key not in ("2026-11", *_BEFORE):
        return None
    lines: list[ScoreLine] = []
    for circuit in inventory().circuits:
        primary = circuit.port_id == "ge-0/0/0"
        named = circuit.circuit_id in _DOWN or circuit.circuit_id == HOT
        if not (primary or named) or site_id not in ("", circuit.site_id) or circuit_id not in ("", circuit.circuit_id):
            continue
        uptime = "99.5" if circuit.circuit_id == HOT else "99.90"
        down = _DOWN.get(circuit.circuit_id, 0) if key == "2026-11" else 0
        down = 14_000 if _BEFORE.get(key) == circuit.circuit_id else down
        unknown = 2000 if circuit.circuit_id == "s5237:ge-0/0/0" and key == "2026-11" else 0
        down = 1560 if circuit.circuit_id == "s5237:ge-0/0/0" and key == "2026-11" else down
        made = _verdict(circuit.circuit_id, uptime, down, unknown, _month(key), int(when))
        lines.append(ScoreLine(verdict=made, carrier=circuit.carrier, circuits=(circuit.circuit_id,),
                               site_ids=(circuit.site_id,)))  # fmt: skip
    return ScoreBoard(at=int(when), period=period, lines=tuple(lines))
