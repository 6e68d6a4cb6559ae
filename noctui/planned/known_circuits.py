"""Whether a notice is about any circuit of ours."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import structs

from noctui.model.notices import Fault, Notice, Outcome, Status
from noctui.planned.matching import Index
from noctui.planned.providers import Provider, of_name, plain

SHOWN = 3
"""Ids that are named."""


def judged(notice: Notice, index: Index, providers: Iterable[Provider]) -> Notice:
    """The notice; one none of whose circuits is ours waits for a person: the inventory does not know the carrier's ids
    yet, or it is somebody else's. One that names no circuit, or is cancelled, does not."""
    if notice.outcome is not Outcome.PARSED:
        return notice
    said: list[str] = []
    carriers = tuple(providers)
    for one in notice.maintenances:
        provider = of_name(one.provider, carriers)

        def of_carrier(carrier: str, name: str = one.provider, whose: Provider | None = provider) -> bool:
            return plain(carrier) == plain(name) or (whose is not None and whose.called(carrier))

        if one.status is Status.CANCELLED:
            return notice
        matches = index.of(one, of_carrier)
        if any(m.circuit_ids for m in matches):
            return notice
        said += [m.said for m in matches]
    if not said:
        return notice
    more = f" and {len(said) - SHOWN} more" if len(said) > SHOWN else ""
    why = Fault(f"no circuit of ours: {', '.join(said[:SHOWN])}{more}")
    return structs.replace(notice, outcome=Outcome.UNKNOWN_CIRCUIT, faults=(why,))
