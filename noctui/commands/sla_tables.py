"""`noctui sla tables`: outages, forecasts, circuits, promises and verdicts as nine CSV files, each a table of a
database: for whoever keeps one of the kind that maintenance evaluators have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from noctui.commands.exports.writing import sink
from noctui.commands.sla_forecast import Looked
from noctui.commands.sla_rows import at, percent
from noctui.model.inventory import Circuit, Inventory
from noctui.model.notices import Window
from noctui.model.works import Matched, Outage, Work
from noctui.promise_settings import PromiseSettings
from noctui.runtime.scoring import Score, Scores
from noctui.tui.export import FORMS, Row, instant

HEADERS: Mapping[str, tuple[str, ...]] = {
    "CircuitOutageEvent": (
        "circuitOutageEventId", "internalCircuitId", "beginOutage", "endOutage", "duration", "confirmed", "maintenance",
    ),
    "MaintForecastEvent": (
        "maintForecastEventId", "notificationHelpdeskTicketId", "beginWindow", "endWindow", "impactDuration",
        "parsedVendorCircuitId", "internalCircuitId", "vendorId", "maintenanceId", "status", "impact",
    ),
    "Circuit": ("internalCircuitId", "vendorCircuitId", "slaEpoch", "slaId", "vendorId"),
    "Sla": ("slaId", "CodeClass", "PromisedUptimePct", "IntervalDuration"),
    "SlaMeasurements": (
        "internalCircuitId", "slaId", "beginInterval", "endInterval", "unforecastDuration", "forecastDuration",
        "unknownDuration", "uptimePct", "outcome", "version", "creditDue", "currency", "claimBefore",
    ),
    "SlaPromises": ("internalCircuitId", "slaId"),
    "SlaVendorApplicability": ("slaId", "vendorId", "since", "until"),
    "EquipmentPort": ("equipment", "port", "internalCircuitId", "since", "until"),
    "Vendor": ("vendorId", "circuits"),
}  # fmt: skip
"""Durations are seconds. Ids are ours, or the carrier's own words; the same thing has the same id in every run."""


def write_tables(
    folder: Path, looked: Looked, scores: Scores | None, settings: PromiseSettings, inventory: Inventory
) -> list[Path]:
    """All nine, each whole or not there at all. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    made = list(scores.scores) if scores is not None else []
    rows: Mapping[str, Iterable[Row]] = {
        "CircuitOutageEvent": (_outage(o) for o in sorted(looked.outages, key=lambda o: (o.began, o.circuit_id))),
        "MaintForecastEvent": (row for work in looked.works for row in _forecasts(work)),
        "Circuit": _circuits(inventory, made),
        "Sla": _slas(settings),
        "SlaMeasurements": (_measurement(s) for s in made),
        "SlaPromises": sorted({(s.verdict.service_id, s.verdict.promise) for s in made}),
        "SlaVendorApplicability": _applies(settings),
        "EquipmentPort": (row for c in inventory.circuits for row in _ports(c)),
        "Vendor": _vendors(inventory),
    }
    written = []
    for name, headers in HEADERS.items():
        path = folder / f"{name}.csv"
        writer = FORMS["csv"]()
        with sink(path) as write:
            write(writer.begin(headers, None) + writer.rows(list(rows[name])) + writer.end())
        written.append(path)
    return written


def _outage(one: Outage) -> Row:
    ended = None if one.ended is None else instant(one.ended)
    lasted = None if one.ended is None else one.ended - one.began
    return (
        f"{one.circuit_id}@{one.began}", one.circuit_id, instant(one.began), ended, lasted, one.confirmed,
        "; ".join(one.works),
    )  # fmt: skip


def _forecasts(work: Work) -> Iterator[Row]:
    """A row for each window of each id that the notice names; one that is none of ours has no internal id."""
    for matched in work.matched:
        for window in work.maintenance.windows_of(matched.said):
            for circuit_id in matched.circuit_ids or (None,):
                yield _forecast(work, matched, window, circuit_id)


def _forecast(work: Work, matched: Matched, window: Window, circuit_id: str | None) -> Row:
    one = work.maintenance
    name = f"{one.provider}/{one.maintenance_id}/{matched.said}/{window.start}"
    return (
        name if circuit_id is None else f"{name}/{circuit_id}", work.notice, instant(window.start), instant(window.end),
        matched.seconds, matched.said, circuit_id, one.provider, one.maintenance_id, one.status.value,
        matched.impact.value,
    )  # fmt: skip


def _circuits(inventory: Inventory, scores: Iterable[Score]) -> Iterator[Row]:
    promised = {s.verdict.service_id: s for s in scores if len(s.of.circuits) == 1}
    for circuit in inventory.circuits:
        score = promised.get(circuit.circuit_id)
        epoch = score.of.service.epoch or score.of.service.turn_up if score is not None else None
        yield (
            circuit.circuit_id, circuit.carrier_circuit_id, circuit.turn_up if epoch is None else epoch.isoformat(),
            circuit.sla if score is None else score.verdict.promise, circuit.carrier,
        )  # fmt: skip


def _slas(settings: PromiseSettings) -> Iterator[Row]:
    for name, promise in sorted(settings.promises.items()):
        yield name, promise.algorithm, promise.uptime, promise.interval


def _measurement(score: Score) -> Row:
    verdict, due = score.verdict, score.verdict.credit
    return (
        verdict.service_id, verdict.promise, instant(verdict.period.start), instant(verdict.period.end),
        verdict.counted, verdict.excused, verdict.unknown, percent(verdict.achieved), verdict.outcome.value,
        verdict.version, due.amount if due else None, due.currency if due else None, at(due.claim_by) if due else None,
    )  # fmt: skip


def _applies(settings: PromiseSettings) -> Iterator[Row]:
    for row in settings.applies:
        if row.carrier:
            yield (
                row.promise, row.carrier, row.since.isoformat() if row.since else None,
                row.until.isoformat() if row.until else None,
            )  # fmt: skip


def _ports(circuit: Circuit) -> Iterator[Row]:
    for one in circuit.attachments:
        port = f"{one.port_id}.{one.unit}" if one.unit else one.port_id
        since = instant(one.since) if one.since else None
        yield one.gateway_id, port, circuit.circuit_id, since, None if one.until is None else instant(one.until)


def _vendors(inventory: Inventory) -> Iterator[Row]:
    counts: dict[str, int] = {}
    for circuit in inventory.circuits:
        if circuit.carrier:
            counts[circuit.carrier] = counts.get(circuit.carrier, 0) + 1
    yield from sorted(counts.items())
