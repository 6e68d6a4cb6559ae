"""From the file's text to its rows. A row is one line, so that a broken one can never swallow the next."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from typing import Any

from noctui.sources.inventory_file import cells
from noctui.sources.inventory_file.columns import COLUMN_OF, NEEDED, squeezed
from noctui.sources.inventory_file.rows import FileError, InventoryFile, Problem, Row

LONGEST_LINE = 10_000
MOST_LINES = 500_000
MOST_COLUMNS = 200
DELIMITERS = (",", ";", "\t")
_ENDS = re.compile(r"\r\n|\n|\r")

READ: dict[str, tuple[str, Callable[[str], Any]]] = {
    "site": ("site", cells.text),
    "port": ("port", cells.text),
    "carrier": ("carrier", cells.text),
    "carrier_circuit_id": ("carrier_circuit_id", cells.text),
    "down_mbps": ("down_bps", cells.rate),
    "up_mbps": ("up_bps", cells.rate),
    "role": ("role", cells.role),
    "store_type": ("store_type", cells.text),
    "region": ("region", cells.text),
    "sla": ("sla", cells.text),
    "protection_group": ("protection_group", cells.text),
    "monthly_cost": ("monthly_cost", cells.cost),
    "currency": ("currency", cells.currency),
    "turn_up": ("turn_up", cells.day),
}
"""Column → the row's field and how its cell is read; `bandwidth_mbps` fills two fields and is read apart."""


def parse(text: str) -> InventoryFile:
    """What the text says. Raises FileError when it has no header, or not the columns that are needed."""
    lines = _ENDS.split(text.removeprefix("\ufeff"))
    if len(lines) > MOST_LINES:
        raise FileError(f"has {len(lines)} lines; {MOST_LINES} are the most: this is another file")
    at, delimiter, columns, unknown = _header(lines)
    rows: list[Row] = []
    problems: list[Problem] = []
    for number, line in enumerate(lines[at:], at + 1):
        if not line.strip(f"{delimiter} \t"):
            continue
        try:
            row = _row(number, _split(line, delimiter), columns, problems)
        except ValueError as error:
            problems.append(Problem(number, str(error)))
        else:
            rows.append(row)
    return InventoryFile(tuple(rows), tuple(problems), unknown, tuple(c for c in columns if c))


def _header(lines: list[str]) -> tuple[int, str, list[str], tuple[str, ...]]:
    """(lines before the first row, delimiter, column of each cell or "", headers that mean nothing)."""
    at = 0
    delimiters: tuple[str, ...] = DELIMITERS
    while at < len(lines) and (not lines[at].strip() or lines[at].strip().lower().startswith("sep=")):
        if lines[at].strip()[4:5] in ("|", *DELIMITERS):  # a spreadsheet's own first line: sep=;
            delimiters = (lines[at].strip()[4:5], *DELIMITERS)
        at += 1
    if at == len(lines):
        raise FileError("is empty: its first line must name the columns; noctui inventory template writes one")
    best: tuple[int, str, list[str]] = (-1, ",", [])
    fault = "line 1: not understood"
    for delimiter in delimiters:
        try:
            names = _split(lines[at], delimiter)
        except ValueError as error:
            fault = f"line {at + 1}: {error}"
            continue
        known = sum(squeezed(name) in COLUMN_OF for name in names)
        if known > best[0]:
            best = known, delimiter, names
    found, delimiter, names = best
    if found < 0 or len(names) > MOST_COLUMNS:
        raise FileError(fault if found < 0 else f"line {at + 1}: {len(names)} columns; {MOST_COLUMNS} are the most")
    columns = [COLUMN_OF.get(squeezed(name), "") for name in names]
    for place, column in enumerate(columns):
        if column and column in columns[:place]:
            first = names[columns.index(column)]
            raise FileError(
                f"line {at + 1}, column {place + 1}: {_shown(names[place])} means {column}, and so does"
                f" {_shown(first)}; take one of them out"
            )
    for needed in NEEDED:
        if needed not in columns:
            raise FileError(
                f"line {at + 1}: no column for the {needed}; name one {needed!r}, or see noctui inventory columns"
            )
    unknown = tuple(name.strip() for name, column in zip(names, columns, strict=True) if not column and name.strip())
    return at + 1, delimiter, columns, unknown


def _split(line: str, delimiter: str) -> list[str]:
    """The line's cells. ValueError: too long, NUL, quotes that do not close."""
    if len(line) > LONGEST_LINE:
        raise ValueError(f"longer than {LONGEST_LINE} characters; left out")
    if "\0" in line:
        raise ValueError("holds a NUL: this is no text; left out")
    try:
        return next(csv.reader([line], delimiter=delimiter, strict=True), [])
    except csv.Error:
        raise ValueError("a quote is not closed on its line, or stands inside a cell; left out") from None


def _row(number: int, values: list[str], columns: list[str], problems: list[Problem]) -> Row:
    """The line's row; what single cells do not say goes to `problems`. ValueError: the whole line says nothing."""
    if any(v.strip() for v in values[len(columns) :]):
        raise ValueError(f"{len(values)} cells, but {len(columns)} columns: a cell with a comma needs quotes; left out")
    found: dict[str, Any] = {}
    for column, field, value in _cells(number, values, columns, problems):
        if column == "bandwidth_mbps":
            found = {"down_bps": value[0], "up_bps": value[1]} | found
        else:
            found[field] = value
    if not found.get("site"):
        raise ValueError("no site; left out")
    return Row(line=number, **found)


def _cells(
    number: int, values: list[str], columns: list[str], problems: list[Problem]
) -> Iterator[tuple[str, str, Any]]:
    """(column, field, value) of each cell that says something."""
    for column, raw in zip(columns, values, strict=False):
        cell = cells.unprotected(raw)
        if column in ("", "note") or not cell:
            continue
        field, read = READ.get(column, ("", cells.both))
        try:
            yield column, field, read(cell)
        except ValueError as error:
            problems.append(Problem(number, f"{column} {_shown(cell)} {error}"))


def _shown(cell: str) -> str:
    """A cell for a message: short, on one line, without control signs."""
    plain = "".join(c if c.isprintable() else "·" for c in cell.strip())
    return f"'{plain if len(plain) <= 40 else plain[:39] + '…'}'"
