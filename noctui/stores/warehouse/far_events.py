"""What happened and what promises came to, read back from the warehouse: outages with the planned work around them,
and the measurements of a month.

Times come as text and are read here: of a NULL among timestamps not every server and connector makes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import msgspec

from noctui.model.works import CUTS, SURE
from noctui.stores.warehouse.connect import Session
from noctui.stores.warehouse.texts import stamp

MOST = 20_000
"""Outages an answer, the newest."""


class FarOutage(msgspec.Struct, frozen=True, array_like=True):
    """[began, ended) in which a circuit was down, UTC epoch seconds; `ended` None: it went on when it was told."""

    circuit_id: str
    began: float
    ended: float | None
    confirmed: bool
    known_at: float


class FarWindow(msgspec.Struct, frozen=True, array_like=True):
    """[start, end) of sure planned work that may take the circuit, UTC epoch seconds; `name` as people call it."""

    circuit_id: str
    start: float
    end: float
    name: str
    known_at: float


class FarScore(msgspec.Struct, frozen=True, array_like=True):
    """What a promise came to in a period, as its history told it last. Seconds and UTC epoch seconds; `outages` are how
    many counted, `credit` and `credit_at_most` amounts as text. What was not known is None."""

    service_id: str
    promise: str
    start: float
    end: float
    key: str
    partial: bool
    carrier: str
    site_ids: tuple[str, ...]
    circuit_ids: tuple[str, ...]
    uptime: float
    outcome: str
    version: int
    budget: float
    counted: float
    counted_at_most: float
    excused: float
    down: float
    unknown: float
    disabled: float
    uncertain: float
    outages: int
    broke_at: float | None
    credit_percent: float | None
    credit: str | None
    credit_at_most: str | None
    currency: str
    claim_by: float | None
    known_at: float


@dataclass(frozen=True, slots=True)
class FarOutages:
    """Outages that touch [start, end), newest first, at most MOST, and windows that touch it; `read_at` is when."""

    start: float
    end: float
    read_at: float
    rows: tuple[FarOutage, ...]
    windows: tuple[FarWindow, ...]


@dataclass(frozen=True, slots=True)
class FarScores:
    """All measurements of the periods that begin in a month, [start, end) in UTC."""

    start: float
    end: float
    read_at: float
    rows: tuple[FarScore, ...]


def outages(session: Session, org_id: str, start: float, end: float, read_at: float) -> FarOutages:
    """Raises WarehouseFault."""
    within = (org_id, stamp(end), stamp(start))
    found = session.rows(
        "SELECT CIRCUIT_ID, BEGIN_OUTAGE::VARCHAR, END_OUTAGE::VARCHAR, CONFIRMED, KNOWN_AT::VARCHAR"
        " FROM FACT_CIRCUIT_OUTAGE WHERE ORG_ID = %s AND BEGIN_OUTAGE < %s::TIMESTAMP_NTZ"
        f" AND (END_OUTAGE IS NULL OR END_OUTAGE > %s::TIMESTAMP_NTZ) ORDER BY BEGIN_OUTAGE DESC LIMIT {MOST}",
        within,
    )
    rows = tuple(
        FarOutage(str(circuit), _at(began), _maybe(ended), confirmed is None or bool(confirmed), _maybe(known) or 0.0)
        for circuit, began, ended, confirmed, known in found
    )
    planned = session.rows(
        "SELECT CIRCUIT_ID, BEGIN_WINDOW::VARCHAR, END_WINDOW::VARCHAR, PROVIDER, MAINTENANCE_ID, KNOWN_AT::VARCHAR"
        " FROM FACT_MAINTENANCE WHERE ORG_ID = %s AND BEGIN_WINDOW < %s::TIMESTAMP_NTZ"
        " AND END_WINDOW > %s::TIMESTAMP_NTZ AND SUPERSEDED_AT IS NULL AND CIRCUIT_ID <> '-' AND NOT IS_BACKUP"
        f" AND STATUS IN ({_words(SURE)}) AND IMPACT IN ({_words(CUTS)})",
        within,
    )
    windows = tuple(
        FarWindow(str(circuit), _at(began), _at(ended), f"{provider} {name}", _maybe(known) or 0.0)
        for circuit, began, ended, provider, name, known in planned
    )
    return FarOutages(start, end, read_at, rows, windows)


_SCORE = (
    "SERVICE_ID", "PROMISE", "PERIOD_START::VARCHAR", "PERIOD_END::VARCHAR", "PERIOD_KEY", "IS_PARTIAL", "PROVIDER",
    "SITE_ID", "CIRCUIT_IDS", "PROMISED_UPTIME_PCT", "OUTCOME", "VERSION", "BUDGET_SECONDS", "COUNTED_SECONDS",
    "COUNTED_AT_MOST_SECONDS", "EXCUSED_SECONDS", "DOWN_SECONDS", "UNKNOWN_SECONDS", "DISABLED_SECONDS",
    "UNCERTAIN_SECONDS", "OUTAGES", "BROKE_AT::VARCHAR", "CREDIT_PCT", "CREDIT::VARCHAR", "CREDIT_AT_MOST::VARCHAR",
    "CURRENCY", "CLAIM_BY::VARCHAR", "KNOWN_AT::VARCHAR",
)  # fmt: skip


def scores(session: Session, org_id: str, month: str, start: float, end: float, read_at: float) -> FarScores:
    """`month` is `2025-09`: calendar months have it as their key, other periods the day that they begin on. Raises
    WarehouseFault."""
    found = session.rows(
        f"SELECT {', '.join(_SCORE)} FROM FACT_SLA_MEASUREMENT WHERE ORG_ID = %s AND SUBSTR(PERIOD_KEY, 1, 7) = %s"
        " ORDER BY SERVICE_ID, PROMISE, PERIOD_START",
        (org_id, month),
    )
    return FarScores(start, end, read_at, tuple(map(_score, found)))


def _score(row: tuple[Any, ...]) -> FarScore:
    (service, promise, start, end, key, partial, carrier, sites, circuits, uptime, outcome, version, budget, counted,
     at_most, excused, down, unknown, disabled, uncertain, outages_, broke_at, percent, credit, credit_at_most,
     currency, claim_by, known_at) = row  # fmt: skip
    return FarScore(
        str(service), str(promise), _at(start), _at(end), str(key), bool(partial), str(carrier or ""), _several(sites),
        _several(circuits), float(uptime), str(outcome), int(version or 1), float(budget or 0.0), float(counted or 0.0),
        float(at_most or 0.0), float(excused or 0.0), float(down or 0.0), float(unknown or 0.0), float(disabled or 0.0),
        float(uncertain or 0.0), int(outages_ or 0), _maybe(broke_at), None if percent is None else float(percent),
        _text(credit), _text(credit_at_most), str(currency or ""), _maybe(claim_by), _maybe(known_at) or 0.0,
    )  # fmt: skip


def _words(those: Iterable[StrEnum]) -> str:
    return ", ".join(f"'{one.value}'" for one in those)


def _several(text: Any) -> tuple[str, ...]:
    return tuple(word for word in str(text or "").split(",") if word)


def _text(value: Any) -> str | None:
    return None if value is None else f"{float(value):.2f}"


def _maybe(text: Any) -> float | None:
    return None if text is None else _at(text)


def _at(text: Any) -> float:
    """UTC epoch seconds of `2025-12-01 00:00:00.000`, as any number of digits after the point. Raises ValueError."""
    return datetime.fromisoformat(str(text)).replace(tzinfo=UTC).timestamp()
