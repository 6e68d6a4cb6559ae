"""`noctui inventory …`: the operator's file checked against what is known, a template to fill in, and rulings on who
carries on whom."""

from __future__ import annotations

import argparse
import csv
import getpass
import io
import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from noctui.config import ConfigError, load
from noctui.model.identity import place_of_circuit
from noctui.model.inventory import Attachment, Circuit, Inventory
from noctui.model.words import BandwidthSource, Role, RoleSource

OK, FAILED, USAGE, PARTIAL = 0, 1, 2, 3


class _NothingError(Exception):
    """Nothing is known to work on: one clear line."""


def main(words: Sequence[str]) -> int:
    """Run `noctui inventory` with the words after it. Exit codes: 0 ok, 1 failed, 2 usage, 3 some lines did not
    match."""
    args = _parser().parse_args(list(words))
    if args.kind == "columns":
        return _print(_columns())
    try:
        flags = {} if args.data is None else {"data": str(args.data)}
        config = load(flags, config_file=args.config, env_file=args.env_file)
    except ConfigError as error:
        print(f"noctui: {error}", file=sys.stderr)
        return USAGE
    data = Path(os.path.abspath(config.settings.data))
    if args.demo:
        data = data.parent / f"{data.name or 'noctui'}-demo"
    try:
        match args.kind:
            case "check":
                return _check(args.file or config.settings.inventory_file, data, config.settings.org_id)
            case "template":
                return _print(template(_Known(data, config.settings.org_id).inventory))
            case "replaced":
                return _print(_replaced(_Known(data, config.settings.org_id)))
            case _:
                onto = args.onto if args.kind == "join" else ""
                return _rule(args.kind, args.circuit_id, onto, _Known(data, config.settings.org_id))
    except _NothingError as error:
        print(f"noctui: {_plain(str(error))}", file=sys.stderr)
        return FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="noctui inventory", description="What only you know of your circuits.")
    kinds = parser.add_subparsers(dest="kind", required=True)
    every = argparse.ArgumentParser(add_help=False)
    every.add_argument("--data", type=Path, metavar="FOLDER", help="where history is kept")
    every.add_argument("--demo", action="store_true", help="the demo's network")
    every.add_argument("--config", type=Path, metavar="FILE", help="noctui.toml to read")
    every.add_argument("--env-file", type=Path, metavar="FILE", help=".env to read")
    check = kinds.add_parser("check", parents=[every], help="what of a file is understood, and which lines match")
    check.add_argument("file", type=Path, nargs="?", metavar="FILE", help="else the one that inventory.file names")
    kinds.add_parser("template", parents=[every], help="a file of all known circuits, to fill in")
    kinds.add_parser("columns", help="the columns, and what they may be called")
    kinds.add_parser("replaced", parents=[every], help="circuits that were carried on, and rulings on them")
    separate = kinds.add_parser("separate", parents=[every], help="the new gateway's port is a circuit of its own")
    separate.add_argument("circuit_id", metavar="CIRCUIT_ID")
    join = kinds.add_parser("join", parents=[every], help="take a separation back, or carry another circuit on")
    join.add_argument("circuit_id", metavar="CIRCUIT_ID")
    join.add_argument("onto", nargs="?", default="", metavar="CARRIES_ON", help="the circuit that has lost its place")
    return parser


class _Known:
    """The newest inventory of the org that this data folder holds. Raises _NothingError when there is none."""

    def __init__(self, data: Path, org_id: str) -> None:
        from noctui.model.stores import HistoryError
        from noctui.runtime.folders import org_folder, sole_org
        from noctui.stores.history import open_reader

        found = org_id or sole_org(data)
        if not found or not (org_folder(data, found) / "history.db").is_file():
            raise _NothingError(f"no history of one org in {data}; start noctui once, or see --data and --demo")
        self.folder = org_folder(data, found)
        reader = open_reader(self.folder)
        try:
            self.at = reader.latest() or 0.0
            inventory = reader.inventory(self.at)
            self.had = frozenset(reader.numbers()[0])
        except HistoryError as error:
            raise _NothingError(str(error)) from error
        finally:
            reader.close()
        if inventory is None:
            raise _NothingError(f"the history in {self.folder} has no poll yet")
        self.inventory: Inventory = inventory


def _check(path: Path | None, data: Path, org_id: str) -> int:
    """Print the report."""
    from noctui.runtime.overlay_match import match
    from noctui.sources.inventory_file import FileError, read

    if path is None:
        print("noctui: no file: name one, or set inventory.file", file=sys.stderr)
        return USAGE
    try:
        file = read(path)
    except FileError as error:
        print(f"noctui: {_plain(str(path))} {_plain(str(error))}", file=sys.stderr)
        return FAILED
    lines = [f"{path}: {len(file.rows)} lines understood, columns: {', '.join(file.columns)}"]
    if file.unknown:
        lines.append(f"columns that mean nothing here: {', '.join(file.unknown)}")
    try:
        inventory = _Known(data, org_id).inventory
    except _NothingError as error:
        lines += [str(p) for p in file.problems]
        lines.append(f"format only: {error}")
        _print(lines)
        return PARTIAL if file.problems else OK
    told = match(file, inventory.sites, inventory.circuits)
    lines += [str(p) for p in told.problems]
    lines.append(f"{told.matched} of {told.lines} lines matched; {told.without} circuits are not in the file")
    _print(lines)
    return PARTIAL if told.problems else OK


def template(inventory: Inventory) -> list[str]:
    """CSV lines of all circuits with what Mist tells; what only a person can know is blank."""
    from noctui.sources.inventory_file.cells import protected
    from noctui.sources.inventory_file.columns import COLUMNS

    columns = [c for c in COLUMNS if c not in ("bandwidth_mbps", "note")]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["note", *columns])
    for rows in inventory.site_circuits:
        ports = [inventory.circuits[row].port_id for row in rows]
        for row in rows:
            circuit = inventory.circuits[row]
            site = inventory.sites[inventory.site_row[circuit.site_id]]
            said = _said(circuit, ports.count(circuit.port_id) == 1)
            said |= {"site": _site_key(inventory, site.site_id), "region": site.region, "store_type": site.store_type}
            writer.writerow([protected(site.name), *(protected(said.get(c, "")) for c in columns)])
    return out.getvalue().splitlines()


def _said(circuit: Circuit, alone: bool) -> dict[str, str]:
    """What is known of a circuit beyond a guess: a link's speed is no bandwidth that anybody sold."""
    end = circuit.circuit_id.removeprefix(f"{circuit.site_id}:")
    told = BandwidthSource.SPEEDTEST
    return {
        "port": circuit.port_id if alone else end,
        "carrier": circuit.carrier,
        "carrier_circuit_id": circuit.carrier_circuit_id,
        "down_mbps": _mbps(circuit.down_bps) if circuit.bandwidth_source >= told else "",
        "up_mbps": _mbps(circuit.up_bps) if circuit.up_source >= told else "",
        "role": circuit.role.word if circuit.role is not Role.UNKNOWN and circuit.role_source > RoleSource.NONE else "",
        "sla": circuit.sla,
        "protection_group": circuit.protection_group,
        "monthly_cost": f"{circuit.monthly_cost:.2f}" if circuit.monthly_cost is not None else "",
        "currency": circuit.currency,
        "turn_up": circuit.turn_up,
    }


def _site_key(inventory: Inventory, site_id: str) -> str:
    """The site's number where that is nobody else's, else its id."""
    number = inventory.sites[inventory.site_row[site_id]].number
    others = sum(s.number.lstrip("0") == number.lstrip("0") for s in inventory.sites) if number else 0
    return number if others == 1 else site_id


def _mbps(bps: float) -> str:
    return f"{bps / 1e6:.6f}".rstrip("0").rstrip(".")


def _columns() -> list[str]:
    from noctui.sources.inventory_file.columns import COLUMNS, NEEDED

    wide = max(len(c) for c in COLUMNS)
    lines = [
        f"{column:<{wide}}{'*' if column in NEEDED else ' '} {', '.join(words[1:])}"
        for column, words in COLUMNS.items()
    ]
    return ["column, and what else it may be called (* needed); case, blanks, - and _ do not matter", *lines]


def _replaced(known: _Known) -> list[str]:
    from noctui.runtime.rulings import load as load_rulings

    lines = [
        f"{circuit.circuit_id}  {'  then  '.join(_attached(a) for a in circuit.attachments)}"
        for circuit in known.inventory.circuits
        if len(circuit.attachments) > 1
    ]
    for ruling in load_rulings(known.folder).all:
        place = f"{ruling.gateway_id} {ruling.port_id}"
        lines.append(f"ruled {_when(ruling.at)} {ruling.who}: {place} is {ruling.becomes}, was {ruling.before}")
    return lines or ["No circuit was ever carried on from one gateway or port to another."]


def _attached(one: Attachment) -> str:
    until = "now" if one.until is None else _when(one.until)
    return f"{one.gateway_id} {one.port_id} {_when(one.since)} to {until}"


def _rule(kind: str, circuit_id: str, onto: str, known: _Known) -> int:
    from noctui.runtime import rulings

    there = rulings.load(known.folder)
    who = getpass.getuser()
    try:
        if kind == "separate":
            ruling = rulings.separate(known.inventory, there, circuit_id, known.at, known.had.__contains__, who)
        else:
            ruling = rulings.join(known.inventory, there, circuit_id, onto, known.at, known.had.__contains__, who)
        rulings.add(known.folder, ruling)
    except rulings.RulingError as error:
        raise _NothingError(str(error)) from error
    row = known.inventory.circuit_row[circuit_id]
    place = place_of_circuit(known.inventory.circuits[row])
    where = f"{place[1]} {place[2]}" if place is not None else "its place"
    _print(
        [
            f"From the next poll on {where} is circuit {ruling.becomes}; {ruling.before} ends.",
            f"To take it back: noctui inventory join {ruling.becomes} {ruling.before}"
            if kind == "separate"
            else f"To take it back: noctui inventory separate {ruling.becomes}",
        ]
    )
    return OK


def _when(at: float) -> str:
    from datetime import UTC, datetime

    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M}"


def _print(lines: Iterable[str]) -> int:
    text = "\n".join(_plain(line) for line in lines)
    try:
        print(text, flush=True)
    except UnicodeEncodeError:  # a terminal that has no … has ASCII
        print(text.encode("ascii", "replace").decode(), flush=True)
    except BrokenPipeError:
        return FAILED
    return OK


def _plain(text: str) -> str:
    return "".join(c if c.isprintable() else "·" for c in text)
