"""Which line of the inventory file speaks of which circuit: by exact ids and names, never by likeness."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from noctui.model.inventory import Site
from noctui.sources.inventory_file import InventoryFile, Problem, Row


class Line(Protocol):
    """A circuit, as a source found it or as the inventory has it."""

    @property
    def circuit_id(self) -> str: ...
    @property
    def site_id(self) -> str: ...
    @property
    def port_id(self) -> str: ...
    @property
    def wan_name(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Matched:
    """`rows`: circuit id → its line; `regions` and `store_types`: by site id; `without`: circuits that no line names.

    `lines` counts the file's lines that say something, `matched` those of them that found their site (and circuit).
    """

    rows: dict[str, Row] = field(default_factory=dict)
    regions: dict[str, str] = field(default_factory=dict)
    store_types: dict[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    unmatched: tuple[Problem, ...] = ()  # of problems: lines whose site or circuit is not known
    lines: int = 0
    matched: int = 0
    without: int = 0


def match(file: InventoryFile, sites: Iterable[Site], circuits: Sequence[Line]) -> Matched:
    """Join the file's rows with these sites and circuits."""
    at_site, at_port = _Sites(sites), _Ports(circuits)
    rows: dict[str, Row] = {}
    attributes: dict[str, dict[str, Row]] = {"region": {}, "store_type": {}}
    problems: list[Problem] = []
    unmatched: list[Problem] = []
    matched = 0
    for row in file.rows:
        site_id, fault = at_site.find(row.site)
        if not site_id:
            unmatched.append(Problem(row.line, fault))
            continue
        for name, of_site in attributes.items():
            problems += _attribute(row, name, site_id, of_site)
        if not row.port:
            matched += 1
            if _speaks_of_a_circuit(row):
                problems.append(Problem(row.line, "no port: only the site's region and store type count"))
            continue
        circuit_id, fault = at_port.find(site_id, row.port)
        if not circuit_id:
            unmatched.append(Problem(row.line, f"{fault} at site {_shown(row.site)}"))
            continue
        matched += 1
        if circuit_id in rows:
            problems.append(Problem(row.line, f"the same circuit as line {rows[circuit_id].line}, which counts"))
        else:
            rows[circuit_id] = row
    every = [*file.problems, *problems, *unmatched]
    return Matched(
        rows=rows,
        regions={s: r.region for s, r in attributes["region"].items()},
        store_types={s: r.store_type for s, r in attributes["store_type"].items()},
        problems=tuple(sorted(every, key=lambda p: p.line)),
        unmatched=tuple(unmatched),
        lines=len(file.rows),
        matched=matched,
        without=len(circuits) - len(rows),
    )


def _attribute(row: Row, name: str, site_id: str, known: dict[str, Row]) -> list[Problem]:
    """A site has one region and one store type: the first line that says one counts."""
    value = getattr(row, name)
    if not value:
        return []
    first = known.setdefault(site_id, row)
    before = getattr(first, name)
    if before == value:
        return []
    word = name.replace("_", " ")
    text = f"{word} {_shown(value)}, but line {first.line} says {_shown(before)} for the same site"
    return [Problem(row.line, f"{text}; line {first.line} counts")]


def _speaks_of_a_circuit(row: Row) -> bool:
    return bool(
        row.carrier or row.carrier_circuit_id or row.down_bps or row.up_bps or row.role is not None or row.sla
        or row.protection_group or row.monthly_cost is not None or row.turn_up
    )  # fmt: skip


class _Sites:
    """Sites by id, by number (spreadsheets drop leading zeros: 417 is 0417) and by exact name, case aside."""

    def __init__(self, sites: Iterable[Site]) -> None:
        self._levels: tuple[dict[str, list[str]], ...] = ({}, {}, {}, {})
        for site in sites:
            keys = (site.site_id.casefold(), site.number, _plain(site.number), site.name.casefold())
            for level, key in zip(self._levels, keys, strict=True):
                if key:
                    level.setdefault(key, []).append(site.site_id)

    def find(self, text: str) -> tuple[str, str]:
        """(site id, "") or ("", why not)."""
        for level, key in zip(self._levels, (text.casefold(), text, _plain(text), text.casefold()), strict=True):
            found = level.get(key, []) if key else []
            if len(found) == 1:
                return found[0], ""
            if found:
                return "", f"site {_shown(text)} could be {len(found)} sites; write its id"
        return "", f"no site {_shown(text)}"


class _Ports:
    """Circuits of a site by port, by the end of their id (`ge-0/0/0@2`), by WAN name, case aside."""

    def __init__(self, circuits: Iterable[Line]) -> None:
        self._by: tuple[dict[tuple[str, str], list[str]], ...] = ({}, {}, {})
        for circuit in circuits:
            end = circuit.circuit_id.removeprefix(f"{circuit.site_id}:")
            for level, key in zip(self._by, (circuit.port_id, end, circuit.wan_name), strict=True):
                if key:
                    level.setdefault((circuit.site_id, key.casefold()), []).append(circuit.circuit_id)

    def find(self, site_id: str, text: str) -> tuple[str, str]:
        """(circuit id, "") or ("", why not). Of two gateways with that port the id's end tells which is meant."""
        ports, ends, wans = (level.get((site_id, text.casefold()), []) for level in self._by)
        for found in (ports, ends, wans):
            if len(found) == 1:
                return found[0], ""
        if wans or ports:
            return "", f"port {_shown(text)} could be {max(len(wans), len(ports))} circuits; write its port"
        return "", f"no circuit on port {_shown(text)}"


def _plain(number: str) -> str:
    return number.lstrip("0") or "0" if number.isascii() and number.isdecimal() else ""


def _shown(text: str) -> str:
    """A value for a message: short, on one line, without control signs."""
    plain = "".join(c if c.isprintable() else "·" for c in text)
    return f"'{plain if len(plain) <= 40 else plain[:39] + '…'}'"
