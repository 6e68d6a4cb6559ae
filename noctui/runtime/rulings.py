"""Rulings on who is who, kept beside the history: one small file each, written once by whoever rules, never changed.

They are read by the leader at every poll, so that a ruling made beside a running noctui holds a poll later. Nothing is
deleted: taking a ruling back is another ruling.
"""

from __future__ import annotations

import logging
import os
import re
import secrets
from collections.abc import Callable
from pathlib import Path

import msgspec

from noctui.model.identity import Place, Ruling, Rulings, mint, place_of_circuit
from noctui.model.inventory import Attachment, Circuit, Inventory

log = logging.getLogger("noctui.rulings")
_NAME = re.compile(r"(\d{20})-[0-9a-f]{16}\.json")
_LARGEST = 1_000_000


class RulingError(Exception):
    """What was asked cannot be: one clear line."""


def folder_of(folder: Path) -> Path:
    """Where the rulings of an org's folder lie."""
    return folder / "rulings"


def load(folder: Path) -> Rulings:
    """All that can be read, oldest first. One that cannot be read is logged and left where it is."""
    found: list[Ruling] = []
    for path in _files(folder):
        try:
            with path.open("rb") as file:
                found.append(msgspec.json.decode(file.read(_LARGEST), type=Ruling))
        except (OSError, msgspec.DecodeError) as error:
            log.error("ruling.unreadable", extra={"file": path.name, "reason": str(error)})
    return Rulings(found)


def add(folder: Path, ruling: Ruling) -> Path:
    """Write a ruling; when this returns it survives a power cut. Raises RulingError when the disk refuses."""
    box = folder_of(folder)
    try:
        box.mkdir(parents=True, exist_ok=True)
        order = max((int(p.name[:20]) for p in _files(folder)), default=0) + 1
        path = box / f"{order:020}-{secrets.token_hex(8)}.json"
        partial = path.with_suffix(".part")
        with partial.open("xb") as file:
            file.write(msgspec.json.format(msgspec.json.encode(ruling)) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        partial.rename(path)
        fd = os.open(box, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)
    except OSError as error:
        raise RulingError(f"the ruling cannot be written: {error.strerror}") from error
    return path


def _files(folder: Path) -> list[Path]:
    try:
        return sorted(p for p in folder_of(folder).iterdir() if _NAME.fullmatch(p.name))
    except FileNotFoundError:
        return []
    except OSError as error:
        log.error("ruling.unreadable", extra={"file": str(folder), "reason": str(error)})
        return []


class KeptRulings:
    """The rulings of a folder, read anew when there are others. Blocking, and quick: one listing of a small folder."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._names: tuple[str, ...] = ()
        self.rulings = Rulings()

    def look(self) -> None:
        names = tuple(p.name for p in _files(self._folder)) if self._folder is not None else ()
        if names != self._names and self._folder is not None:
            self._names, self.rulings = names, load(self._folder)


def separate(
    inventory: Inventory, rulings: Rulings, circuit_id: str, at: float, used: Callable[[str], bool], who: str = ""
) -> Ruling:
    """What stands where this circuit is now shall be a circuit of its own; `at` is the poll this is ruled upon.

    Raises RulingError: no such circuit, or it was never carried on from another place.
    """
    circuit, place = _standing(inventory, rulings, circuit_id)
    if len({(a.gateway_id, a.port_id) for a in circuit.attachments}) < 2:
        raise RulingError(
            f"{circuit_id} has stood at one gateway and port since it is known: there is nothing to separate"
        )
    taken = {c.circuit_id for c in inventory.circuits} | rulings.ids
    becomes = mint(f"{circuit.site_id}:{place[2]}", lambda i: i not in taken and not used(i))
    return _ruling(circuit, place, becomes, at, who)


def join(
    inventory: Inventory,
    rulings: Rulings,
    circuit_id: str,
    onto: str,
    at: float,
    used: Callable[[str], bool],
    who: str = "",
) -> Ruling:
    """This circuit shall carry `onto` on, which has lost its place; without `onto` a separation is taken back.

    Raises RulingError: no such circuit, another site's, or `onto` still stands somewhere else.
    """
    circuit, place = _standing(inventory, rulings, circuit_id)
    if not onto:
        parted = [r for r in rulings.all if r.becomes == circuit_id and r.place == place]
        if not parted:
            raise RulingError(f"{circuit_id} was not separated from any other; say which circuit it carries on")
        onto = parted[-1].before
    if onto == circuit_id:
        raise RulingError(f"{circuit_id} is that circuit already")
    row = inventory.circuit_row.get(onto)
    if row is None and not used(onto) and onto not in rulings.ids:
        raise RulingError(f"no circuit {onto} was ever known here")
    if not onto.startswith(f"{circuit.site_id}:"):
        raise RulingError(f"{onto} is a circuit of another site")
    if row is not None and place_of_circuit(inventory.circuits[row]) in _stands(inventory, circuit_id):
        raise RulingError(f"{onto} still stands at a gateway of its own: only one that is gone can be carried on")
    return _ruling(circuit, place, onto, at, who)


def _standing(inventory: Inventory, rulings: Rulings, circuit_id: str) -> tuple[Circuit, Place]:
    row = inventory.circuit_row.get(circuit_id)
    circuit = inventory.circuits[row] if row is not None else None
    place = place_of_circuit(circuit) if circuit is not None else None
    if circuit is None or place is None:
        raise RulingError(f"no circuit {circuit_id} is known; see noctui inventory replaced")
    ruled = rulings.at(place, circuit_id)
    if ruled != circuit_id:
        raise RulingError(f"{circuit_id} is ruled to be {ruled} already, from the next poll on")
    return circuit, place


def _stands(inventory: Inventory, but: str) -> set[Place | None]:
    """Places of circuits whose gateway is still at their site."""
    stands = {(g.site_id, g.gateway_id) for g in inventory.gateways}
    places = [place_of_circuit(c) for c in inventory.circuits if c.circuit_id != but]
    return {p for p in places if p is not None and p[:2] in stands}


def _ruling(circuit: Circuit, place: Place, becomes: str, at: float, who: str) -> Ruling:
    return Ruling(
        ruling_id=secrets.token_hex(8),
        at=at,
        site_id=place[0],
        gateway_id=place[1],
        port_id=place[2],
        before=circuit.circuit_id,
        becomes=becomes,
        who=who,
        attachments=tuple(_ended(a, at) for a in circuit.attachments if a.since < at or a.until is not None),
    )


def _ended(one: Attachment, at: float) -> Attachment:
    return one if one.until is not None else msgspec.structs.replace(one, until=at)
