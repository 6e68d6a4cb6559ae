"""What a day of a table adds up to, here and there, in whole numbers: nothing is rounded twice, so equal means equal.

Of each column that is sent as a whole number its sum; of all of them together a sum in which every row has a weight
made of its circuit and hour, so that rows that changed places are found too. A row there that another history tells,
since it knew more of that hour, is none of ours: it is left out on both sides.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from noctui.stores.warehouse.connect import Session
from noctui.stores.warehouse.tables import Feed, Table

_PART = 1_000_003
"""A prime: of each number the rest by it goes into the weighted sum, which stays small enough to be exact."""
_NULL = 7
_TEXTS = 2
"""Columns at the begin of a file that are texts: circuit and site."""
_SCALED = re.compile(r"(\w+) / (\d+)")
NOT_CHECKED = ("REV",)


@dataclass(slots=True)
class Sums:
    """Of one day of one table. `sums` are in parts of the staged numbers; `double` are rows more than keys."""

    rows: int = 0
    sums: dict[str, int] = field(default_factory=dict)
    weighted: int = 0
    double: int = 0

    def differs(self, other: Sums) -> str:
        """What is not the same, in a few words; "": all is. `other` is what is there."""
        if other.double:
            return f"{other.double:,} rows twice there"
        if self.rows != other.rows:
            return f"{self.rows:,} rows here, {other.rows:,} there"
        for name in sorted(self.sums.keys() | other.sums.keys()):
            if self.sums.get(name, 0) != other.sums.get(name, 0):
                return f"{name} adds up to other figures"
        return "rows have changed places" if self.weighted != other.weighted else ""


Days = dict[str, Sums]
"""YYYYMMDD → sums."""
Key = tuple[str, str]
"""Circuit, hour."""


def checked(feed: Feed, table: Table) -> dict[str, tuple[str, int]]:
    """Column of the table → (staged number, parts): those that are a staged number, or one in parts."""
    staged = {column.name for column in feed.stage if column.type.startswith("NUMBER")}
    found = {}
    for column in table.columns:
        parts = _SCALED.fullmatch(column.of)
        name, scale = (parts[1], int(parts[2])) if parts else (column.of or column.name, 1)
        if name in staged and column.name not in (*table.key, *NOT_CHECKED):
            found[column.name] = name, scale
    return found


def there(session: Session, feed: Feed, table: Table, org_id: str, source: str, first: str, last: str) -> Days:
    """Days of the table in the warehouse, of hours in [first, last] (keys). Raises WarehouseFault."""
    at = feed.bounded
    columns = checked(feed, table)
    whole = {name: f"ROUND({name} * {scale})::NUMBER(18,0)" for name, (_, scale) in columns.items()}
    weight = " + ".join(f"{128**i} * ASCII(SUBSTR(MD5(CIRCUIT_ID || {at}), {i + 1}, 1))" for i in range(3))
    mixed = " + ".join(f"{i} * COALESCE(MOD({text}, {_PART}), {_NULL})" for i, text in enumerate(whole.values(), 1))
    rows = session.rows(
        f"SELECT SUBSTR({at}, 1, 8), COUNT(*), COUNT(DISTINCT CIRCUIT_ID || {at}), SUM(({weight}) * ({mixed})),"
        f" {', '.join(f'SUM({text})' for text in whole.values())} FROM {table.name}"
        f" WHERE ORG_ID = %s AND SOURCE_ID = %s AND {at} >= %s AND {at} <= %s GROUP BY 1",
        (org_id, source, first, last),
    )
    return {
        str(day): Sums(int(count), {n: int(v or 0) for n, v in zip(columns, sums, strict=True)}, int(mixed_ or 0),
                       int(count) - int(keys))
        for day, count, keys, mixed_, *sums in rows
    }  # fmt: skip


def others(session: Session, feed: Feed, table: Table, org_id: str, source: str, first: str, last: str) -> set[Key]:
    """Hours that another history tells. Raises WarehouseFault."""
    at = feed.bounded
    rows = session.rows(
        f"SELECT CIRCUIT_ID, {at} FROM {table.name}"
        f" WHERE ORG_ID = %s AND SOURCE_ID <> %s AND {at} >= %s AND {at} <= %s",
        (org_id, source, first, last),
    )
    return {(str(circuit), str(hour)) for circuit, hour in rows}


class Here:
    """Adds up what a feed would send, table by table, a day at a time: what is held is a day's lines. A row that comes
    again under a higher version replaces what it said before."""

    def __init__(self, feed: Feed, not_ours: Mapping[str, set[Key]]) -> None:
        """`not_ours` by table: hours that are left out."""
        self._feed, self._not_ours = feed, not_ours
        self._names = [column.name for column in feed.stage]
        self._columns = {
            table.name: [
                (name, self._names.index(staged) - _TEXTS) for name, (staged, _) in checked(feed, table).items()
            ]
            for table in feed.tables
        }
        self.days: dict[str, Days] = {table.name: {} for table in feed.tables}
        self._newest: dict[Key, tuple[int, str]] = {}

    def add(self, file: bytes) -> None:
        """One file's rows."""
        circuit, hour, rev = (self._names.index(name) for name in ("CIRCUIT_ID", self._feed.bounded, "REV"))
        for cells in csv.reader(io.StringIO(gzip.decompress(file).decode(), newline="")):
            key = cells[circuit], cells[hour]
            before = self._newest.get(key)
            if before is None or before[0] <= int(cells[rev]):
                self._newest[key] = int(cells[rev]), ",".join(cells[_TEXTS:])

    def day_done(self) -> None:
        """All files of the day were added."""
        for key, (_, line) in self._newest.items():
            weight, cells = _weight(key), line.split(",")
            for table, columns in self._columns.items():
                if key not in self._not_ours.get(table, ()):
                    _count(self.days[table].setdefault(key[1][:8], Sums()), columns, cells, weight)
        self._newest.clear()


def _weight(key: Key) -> int:
    digest = hashlib.md5("".join(key).encode(), usedforsecurity=False).hexdigest()
    return sum(128**i * ord(digest[i]) for i in range(3))


def _count(into: Sums, columns: Iterable[tuple[str, int]], cells: list[str], weight: int) -> None:
    mixed = 0
    for i, (name, place) in enumerate(columns, 1):
        text = cells[place]
        value = int(text) if text else None
        into.sums[name] = into.sums.get(name, 0) + (value or 0)
        mixed += i * (_NULL if value is None else value % _PART)
    into.rows += 1
    into.weighted += weight * mixed
