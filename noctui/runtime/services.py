"""Who has a promise: circuits and protection groups of an inventory, by its file and by `[[applies]]`. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

import msgspec

from noctui.model.inventory import Circuit, Inventory, Site
from noctui.model.sla import Applicability, Promise, Service
from noctui.promise_settings import Applies, PromiseSettings
from noctui.sla.algorithms import Availability, Diversity
from noctui.sla.applicable import promise_of
from noctui.sla.money import amount
from noctui.sla.periods import midnight

SEVERAL = "several carriers"
_ITS = "its carrier"
"""Stands for a carrier that nobody knows, where a promise holds for whatever carrier it is."""


@dataclass(frozen=True, slots=True)
class Promised:
    """A service, what is promised of it, and where it is: sites of a group are several, in the order of circuits."""

    service: Service
    promise: Promise
    circuits: tuple[Circuit, ...]
    site_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """`faults` are clear lines, one for each service of which it cannot be said what is promised."""

    promised: tuple[Promised, ...]
    faults: tuple[str, ...] = ()


def together(newest: Inventory, then: Inventory | None) -> Inventory:
    """The newest version, with the circuits and sites that only the one of then has: what has gone was promised too."""
    if then is None or then.rev == newest.rev:
        return newest
    circuits = tuple(c for c in then.circuits if c.circuit_id not in newest.circuit_row)
    sites = tuple(s for s in then.sites if s.site_id not in newest.site_row)
    return msgspec.structs.replace(newest, circuits=newest.circuits + circuits, sites=newest.sites + sites)


def promised(
    inventory: Inventory,
    settings: PromiseSettings,
    algorithms: Mapping[str, Availability],
    at: int,
    gone: Mapping[str, int] | None = None,
) -> Found:
    """By what holds at an instant. `gone`: circuits that are no more, and since when."""
    gone = gone or {}
    sites = {s.site_id: s for s in inventory.sites}
    found: list[Promised] = []
    faults = list(_strangers(inventory, settings.applies))
    groups: dict[str, Promise] = {
        row.group: settings.promises[row.promise]
        for row in settings.applies
        if row.group and _holds(row, settings.promises[row.promise], at)
    }
    named = {row.circuit for row in settings.applies if row.circuit}
    alike: dict[tuple[object, ...], Promise | None] = {}
    for circuit in inventory.circuits:
        site = sites.get(circuit.site_id)
        try:
            service = _service(circuit, site, gone.get(circuit.circuit_id))
            key = (circuit.carrier, circuit.sla, circuit.role, site.store_type if site else "")
            if circuit.circuit_id in named or circuit.carrier_circuit_id in named:
                promise = _promise_of(settings, service, circuit, site, at)
            elif key in alike:
                promise = alike[key]
            else:
                promise = alike[key] = _promise_of(settings, service, circuit, site, at)
        except ValueError as error:
            faults.append(str(error))
            continue
        if promise is None:
            continue
        if not isinstance(algorithms.get(promise.algorithm), Diversity):
            found.append(Promised(service, promise, (circuit,), (circuit.site_id,)))
        elif circuit.protection_group:
            groups.setdefault(circuit.protection_group, promise)
        else:
            faults.append(f"{circuit.circuit_id}: {promise.name} is of a protection group, and it is in none")
    return Found((*found, *_of_groups(inventory, groups, sites, gone)), tuple(faults))


def _service(circuit: Circuit, site: Site | None, until: int | None) -> Service:
    return Service(
        service_id=circuit.circuit_id,
        carrier=circuit.carrier,
        turn_up=_day(circuit),
        until=until,
        monthly="" if circuit.monthly_cost is None else f"{circuit.monthly_cost:.2f}",
        currency=circuit.currency,
        zone=site.timezone if site else "UTC",
    )


def _day(circuit: Circuit) -> date | None:
    try:
        return date.fromisoformat(circuit.turn_up) if circuit.turn_up else None
    except ValueError:
        raise ValueError(
            f"{circuit.circuit_id}: turn_up {circuit.turn_up[:20]!r} is no day such as 2026-11-28"
        ) from None


def _promise_of(
    settings: PromiseSettings, service: Service, circuit: Circuit, site: Site | None, at: int
) -> Promise | None:
    """The circuit's own row, then the inventory file, then the row that fits with the most words. Raises ValueError."""
    rows, best = [], 0
    kind = site.store_type if site else ""
    for row in settings.applies:
        if row.group or (row.circuit and row.circuit not in (circuit.circuit_id, circuit.carrier_circuit_id)):
            continue
        carried = not row.carrier or _same(row.carrier, circuit.carrier)
        fits = carried and (not row.role or row.role == circuit.role.word)
        fits = fits and (not row.store_type or _same(row.store_type, kind))
        if row.circuit and not fits:
            continue
        words = sum(map(bool, (row.carrier, row.role, row.store_type)))
        holds = _holds(row, settings.promises[row.promise], at)
        rows.append((row, fits and holds, words))
        if fits and holds and not row.circuit:
            best = max(best, words)
    if not rows and not circuit.sla:
        return None
    if not circuit.sla and not any(row.circuit and fits for row, fits, _ in rows):
        rows = [(row, fits, words) for row, fits, words in rows if fits and words == best and not row.circuit]
        if not rows:
            return None
    known = circuit.carrier or _ITS
    return promise_of(
        settings.promises,
        (_applicability(settings, row, service.service_id, known) for row, fits, _ in rows if fits or row.carrier),
        service if circuit.carrier else msgspec.structs.replace(service, carrier=_ITS),
        circuit.sla,
        at,
    )


def _applicability(settings: PromiseSettings, row: Applies, circuit_id: str, carrier: str) -> Applicability:
    since, until = _life(row, settings.promises[row.promise])
    if row.circuit:
        return Applicability(promise=row.promise, circuit_id=circuit_id, since=since, until=until)
    return Applicability(promise=row.promise, carrier=row.carrier or carrier, since=since, until=until)


def _life(row: Applies, promise: Promise) -> tuple[int, int | None]:
    since = midnight(row.since, promise.zone) if row.since else 0
    return since, midnight(row.until + timedelta(days=1), promise.zone) if row.until else None


def _holds(row: Applies, promise: Promise, at: int) -> bool:
    since, until = _life(row, promise)
    return since <= at and (until is None or at < until)


def _same(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()


def _of_groups(
    inventory: Inventory, groups: Mapping[str, Promise], sites: Mapping[str, Site], gone: Mapping[str, int]
) -> Iterator[Promised]:
    members: dict[str, list[Circuit]] = {name: [] for name in groups}
    for circuit in inventory.circuits:
        if circuit.protection_group in members and circuit.circuit_id not in gone:
            members[circuit.protection_group].append(circuit)
    for name, circuits in members.items():
        if not circuits:
            continue
        site = sites.get(circuits[0].site_id)
        carriers, currencies = {c.carrier for c in circuits}, {c.currency for c in circuits}
        costs = [c.monthly_cost for c in circuits]
        priced = len(currencies) == 1 and None not in costs
        charge = sum((Fraction(f"{cost:.2f}") for cost in costs if cost is not None), Fraction(0))
        service = Service(
            service_id=name,
            members=tuple(c.circuit_id for c in circuits),
            carrier=carriers.pop() if len(carriers) == 1 else SEVERAL,
            monthly=amount(charge) if priced else "",
            currency=currencies.pop() if priced else "",
            zone=site.timezone if site else "UTC",
        )
        yield Promised(service, groups[name], tuple(circuits), tuple(dict.fromkeys(c.site_id for c in circuits)))


def _strangers(inventory: Inventory, rows: Iterable[Applies]) -> Iterator[str]:
    """Rows that name a circuit or a group that is not there."""
    named = [row for row in rows if row.circuit or row.group]
    if not named:
        return
    circuits = {c.circuit_id for c in inventory.circuits} | {c.carrier_circuit_id for c in inventory.circuits}
    groups = {c.protection_group for c in inventory.circuits}
    for row in named:
        if row.circuit and row.circuit not in circuits:
            yield f"applies: {row.promise} is promised of circuit {row.circuit!r}, and there is none"
        if row.group and row.group not in groups:
            yield f"applies: {row.promise} is promised of group {row.group!r}, and no circuit is in it"


__all__ = ["SEVERAL", "Found", "Promised", "promised", "together"]
