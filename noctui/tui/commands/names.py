"""What the network has, by the names that people type: sites, circuits, regions, carriers. Made once an inventory."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from noctui.model.inventory import Inventory
from noctui.model.words import Role
from noctui.tui.filter import Lines
from noctui.tui.look.text import clean
from noctui.tui.panes import cells
from noctui.tui.place import region_name

_KEPT = "_tui_command_names"
_ROLES = {Role.PRIMARY: "primary pri", Role.SECONDARY: "secondary sec", Role.BACKUP: "backup bkp", Role.UNKNOWN: ""}


def names_of(inventory: Inventory) -> Names:
    """The names of this inventory: the same object while it is the same."""
    found: Names | None = inventory.__dict__.get(_KEPT)
    if found is None:
        found = inventory.__dict__[_KEPT] = Names(inventory)
    return found


class Names:
    """Text is foreign, so it is cleaned: what a suggestion puts into the line is found again by what stands there."""

    def __init__(self, inventory: Inventory) -> None:
        self._inventory = inventory
        self.numbers = [clean(cells.site_number(site)) for site in inventory.sites]
        self.towns = [clean(cells.site_town(site)) for site in inventory.sites]
        self.regions = tuple(inventory.regions)

    @cached_property
    def carriers(self) -> tuple[str, ...]:
        """All carriers, by how many circuits they sell."""
        count: dict[str, int] = {}
        for circuit in self._inventory.circuits:
            if circuit.carrier:
                count[clean(circuit.carrier)] = count.get(clean(circuit.carrier), 0) + 1
        return tuple(sorted(count, key=lambda name: (-count[name], name)))

    def site_call(self, row: int) -> str:
        """What a site is called in a command: its number, else its name; its id where others are called so too."""
        call = self.numbers[row] or self.towns[row]
        return call if len(self._called.get(call.lower(), ())) == 1 else self._inventory.sites[row].site_id

    def circuit_call(self, row: int) -> str:
        """`0417 ge-0/0/1`; its id where others are called so too."""
        call = self._circuit_calls[row]
        same = len(self._circuits_called.get(call.lower(), ())) == 1
        return call if same else clean(self._inventory.circuits[row].circuit_id)

    @staticmethod
    def region_call(region: str) -> str:
        """What a region is called in a command."""
        return clean(region_name(region))

    # -- finding ------------------------------------------------------------------------------------------------------

    def exact_sites(self, text: str) -> list[int]:
        """Rows of the sites of this number, name or id."""
        return list(self._called.get(_folded(text), ()))

    def exact_circuits(self, text: str) -> list[int]:
        """Rows of the circuits of this call, id, or id at the carrier."""
        return list(self._circuits_called.get(_folded(text), ()))

    def sites(self, text: str) -> NDArray[np.intp]:
        """Rows of the sites that `text` may mean, likeliest first: its words all stand in number, name or region."""
        rows = np.flatnonzero(_saying(self._site_text, text))
        ranked = [(self._site_rank(row, _folded(text)), self.numbers[row], row) for row in rows.tolist()]
        return np.array([row for _, _, row in sorted(ranked)], np.intp)

    def circuits(self, text: str) -> NDArray[np.intp]:
        """The same of circuits: site, carrier, ids, port, role."""
        rows = np.flatnonzero(_saying(self._circuit_text, text))
        word = _folded(text)
        first = [(not self._circuit_calls[row].lower().startswith(word), row) for row in rows.tolist()]
        return np.array([row for _, row in sorted(first)], np.intp)

    def loose_sites(self, text: str) -> NDArray[np.intp]:
        """Rows of the sites that have its letters in this order."""
        return np.flatnonzero(self._site_text.fuzzy(_folded(text).replace(" ", "")))

    def near_sites(self, text: str) -> list[str]:
        """Numbers or names like this one, for who has mistyped."""
        known = self.numbers if text[:1].isdigit() else [town.lower() for town in self.towns]
        return difflib.get_close_matches(_folded(text), dict.fromkeys(k for k in known if k), 2, 0.6)

    def region(self, text: str) -> str | None:
        """The region of this name, or the only one that begins so or holds it; None for none or several."""
        word = _folded(text)
        shown = {self.region_call(region).lower(): region for region in self.regions}
        if word in shown:
            return shown[word]
        for fits in (str.startswith, str.__contains__):
            found = [region for name, region in shown.items() if fits(name, word)]
            if len(found) == 1:
                return found[0]
        return None

    def regions_like(self, text: str) -> list[str]:
        """Regions whose name holds the text, those that begin so first."""
        word = _folded(text)
        found = [region for region in self.regions if word in self.region_call(region).lower()]
        return sorted(found, key=lambda region: not self.region_call(region).lower().startswith(word))

    # -- made once ----------------------------------------------------------------------------------------------------

    @cached_property
    def _called(self) -> dict[str, list[int]]:
        made: dict[str, list[int]] = {}
        for row, site in enumerate(self._inventory.sites):
            for call in {self.numbers[row], self.towns[row], clean(site.name).strip(), site.site_id}:
                if call:
                    made.setdefault(_folded(call), []).append(row)
        return made

    @cached_property
    def _circuit_calls(self) -> list[str]:
        made = []
        for row, circuit in enumerate(self._inventory.circuits):
            at = int(self._inventory.circuit_site[row])
            site = (self.numbers[at] or self.towns[at]) if at >= 0 else circuit.site_id
            made.append(clean(f"{site} {circuit.port_id}"))
        return made

    @cached_property
    def _circuits_called(self) -> dict[str, list[int]]:
        made: dict[str, list[int]] = {}
        for row, circuit in enumerate(self._inventory.circuits):
            for call in {self._circuit_calls[row], clean(circuit.circuit_id), clean(circuit.carrier_circuit_id)}:
                if call:
                    made.setdefault(_folded(call), []).append(row)
        return made

    @cached_property
    def _site_text(self) -> Lines:
        inv = self._inventory
        return Lines(
            [f"{number}\t{town}\t{clean(site.name)}\t{clean(region_name(site.region))}\t{site.site_id}"
             for number, town, site in zip(self.numbers, self.towns, inv.sites, strict=True)]
        )  # fmt: skip

    @cached_property
    def _circuit_text(self) -> Lines:
        inv = self._inventory
        texts: list[str] = []
        for row, circuit in enumerate(inv.circuits):
            at = int(inv.circuit_site[row])
            site = f"{self.numbers[at]}\t{self.towns[at]}" if at >= 0 else circuit.site_id
            own = (circuit.carrier, circuit.carrier_circuit_id, circuit.wan_name, circuit.port_id, circuit.circuit_id)
            texts.append("\t".join((site, _ROLES[circuit.role], *(clean(text) for text in own))))
        return Lines(texts)

    def _site_rank(self, row: int, word: str) -> int:
        """How near the site's number or name is to what was typed."""
        number, town = self.numbers[row].lower(), self.towns[row].lower()
        fits = (number == word, town == word, number.startswith(word), town.startswith(word))
        return next((rank for rank, fit in enumerate(fits) if fit), len(fits))


def _folded(text: str) -> str:
    return " ".join(text.lower().split())


def _saying(lines: Lines, text: str) -> NDArray[np.bool_]:
    """[rows] whether all words stand somewhere."""
    found = np.ones(len(lines), np.bool_)
    for word in _folded(text).split():
        found &= lines.containing(word)
    return found


def listed(names: Sequence[str], most: int = 3) -> str:
    """`0417, 0418, 0419 …`"""
    return ", ".join(names[:most]) + (" …" if len(names) > most else "")
