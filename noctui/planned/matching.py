"""A carrier's circuit id → our circuits: exactly as written, else the only one that differs in blanks, dashes and case.

Never by likeness: a wrong match would excuse an outage of a circuit that nobody worked on. What stands in an id (`*`,
`%`, `[b]`) is part of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from noctui.model.inventory import Circuit
from noctui.model.notices import Affected, Maintenance

_DROPPED = frozenset(" \t\u00a0\u202f-‐‑‒–—−_/.,:")


@dataclass(frozen=True, slots=True)
class Match:
    """`how` is exact, alias, normalised, ambiguous (several that are not the same, none is taken) or unknown."""

    said: str
    circuit_ids: tuple[str, ...]
    how: str


def normal(carrier_id: str) -> str:
    """`/OGYX/000 000/ /ZYO /` → `OGYX000000ZYO`."""
    return "".join(c for c in carrier_id if c not in _DROPPED).upper()


class Index:
    """Circuits by their carrier's id. A carrier may have one id for several of our circuits."""

    def __init__(self, circuits: Iterable[Circuit]) -> None:
        self._exact: dict[str, list[Circuit]] = {}
        self._normal: dict[str, set[str]] = {}
        for circuit in circuits:
            written = circuit.carrier_circuit_id.strip()
            if written:
                self._exact.setdefault(written, []).append(circuit)
                self._normal.setdefault(normal(written), set()).add(written)
        self._normal.pop("", None)

    def match(self, said: str, of_carrier: Callable[[str], bool] | None = None, aliases: Iterable[str] = ()) -> Match:
        """The circuits an id means. `of_carrier` tells whether a circuit's carrier is the notice's: it decides only
        between circuits of several carriers that share the id."""
        for how, name in [("exact", said.strip()), *(("alias", a.strip()) for a in aliases)]:
            if name in self._exact:
                return self._taken(said, self._exact[name], how, of_carrier)
        written = self._normal.get(normal(said), set())
        if len(written) > 1:
            return Match(said, (), "ambiguous")
        for one in written:
            return self._taken(said, self._exact[one], "normalised", of_carrier)
        return Match(said, (), "unknown")

    def of(self, maintenance: Maintenance, of_carrier: Callable[[str], bool] | None = None) -> tuple[Match, ...]:
        """One Match for each circuit a notice names, in its order; unknown ones are kept."""
        return tuple(self._of(one, of_carrier) for one in maintenance.circuits)

    def _of(self, one: Affected, of_carrier: Callable[[str], bool] | None) -> Match:
        return self.match(one.circuit, of_carrier, one.aliases)

    @staticmethod
    def _taken(said: str, found: list[Circuit], how: str, of_carrier: Callable[[str], bool] | None) -> Match:
        carriers = {c.carrier for c in found if c.carrier}
        if len(carriers) > 1:
            found = [c for c in found if of_carrier is not None and of_carrier(c.carrier)]
            if len({c.carrier for c in found}) != 1:
                return Match(said, (), "ambiguous")
        return Match(said, tuple(c.circuit_id for c in found), how)
