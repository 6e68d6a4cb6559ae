"""Algorithms by name: noctui's own, and those that installed packages offer by an entry point in `noctui.sla`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from noctui.sla.algorithms import Availability, Diversity, Repair

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "noctui.sla"
OWN: Mapping[str, Availability] = {a.name: a() for a in (Availability, Diversity, Repair)}


@dataclass(frozen=True, slots=True)
class Algorithms:
    """`by_name`, and a line for each that could not be had. Ours cannot be replaced under their own name."""

    by_name: Mapping[str, Availability]
    faults: tuple[str, ...] = ()

    def named(self, name: str) -> Availability:
        """Raises ValueError, one line, for a name nobody has."""
        found = self.by_name.get(name)
        if found is None:
            known = ", ".join(sorted(self.by_name))
            raise ValueError(f"no algorithm {name!r}: there are {known}; a package adds one by entry point {GROUP}")
        return found


def algorithms(offered: Iterable[EntryPoint] | None = None) -> Algorithms:
    """All there are. An entry point that does not load is told of and left out."""
    from importlib.metadata import entry_points  # settings with promises are read before the first paint

    by_name, faults = dict(OWN), []
    for point in entry_points(group=GROUP) if offered is None else offered:
        if point.name in by_name:
            faults.append(f"algorithm {point.name} ({point.value}) is left out: there is one of this name")
            continue
        try:
            made = point.load()()
        except Exception as fault:  # whatever somebody else's module does when it is imported
            faults.append(f"algorithm {point.name} ({point.value}) does not load: {type(fault).__name__}: {fault}")
            continue
        if isinstance(made, Availability):
            by_name[point.name] = made
        else:
            faults.append(f"algorithm {point.name} ({point.value}) is left out: it is no subclass of Availability")
    return Algorithms(by_name, tuple(faults))
