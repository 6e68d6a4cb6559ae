"""Which promise holds for a circuit, and which ones its carrier offers at all. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from noctui.model.sla import Applicability, Promise, Service


def offered(
    promises: Mapping[str, Promise], rows: Iterable[Applicability], carrier: str, at: int
) -> tuple[Promise, ...]:
    """What a carrier offers at an instant, by name; carriers are told apart without case."""
    names = {r.promise for r in rows if r.carrier and _same(r.carrier, carrier) and _holds(r, at)}
    return tuple(promises[name] for name in sorted(names) if name in promises)


def promise_of(
    promises: Mapping[str, Promise], rows: Iterable[Applicability], service: Service, named: str, at: int
) -> Promise | None:
    """The promise of a service at an instant; None: nobody made one.

    Best first: a row of the circuit itself, the newest; the name the inventory file gives it (`named`); the one its
    carrier offers. Raises ValueError, one line, for a name that is no promise, one that the carrier does not offer, and
    when a carrier offers several and nothing says which.
    """
    every = list(rows)
    kept = [r for r in every if _holds(r, at)]
    own = max((r for r in kept if r.circuit_id == service.service_id), key=lambda r: r.since, default=None)
    name = own.promise if own else named
    if name and name not in promises:
        known = ", ".join(sorted(promises)) or "none"
        raise ValueError(f"{service.service_id}: no promise {name!r}; there are {known}")
    offers = offered(promises, kept, service.carrier, at)
    if own:
        return promises[name]
    if name:
        limited = any(r.promise == name and r.carrier for r in every)
        if limited and promises[name] not in offers:
            listed = ", ".join(p.name for p in offers) or "none"
            raise ValueError(f"{service.service_id}: {service.carrier} does not offer {name!r} (it offers {listed})")
        return promises[name]
    if len(offers) > 1:
        listed = ", ".join(p.name for p in offers)
        raise ValueError(f"{service.service_id}: {service.carrier} offers {listed}; say which in the inventory file")
    return offers[0] if offers else None


def _same(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()


def _holds(row: Applicability, at: int) -> bool:
    return row.since <= at and (row.until is None or at < row.until)
