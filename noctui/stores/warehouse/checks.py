"""What a day of a table adds up to, here and there, in whole numbers: nothing is rounded twice, so equal means equal.

Of each column that is sent as a whole number its sum; of all of them together a sum in which every row has a weight
made of its circuit and hour, so that rows that changed places are found too. A row there that another history tells,
since it knew more of that hour, is none of ours: it is left out on both sides. So are rows of days, weeks and months of
which nothing was known: a circuit gets them, or not, by whether it was in the inventory when they were sent.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from noctui.stores.warehouse.connect import Session
from noctui.stores.warehouse.tables import Feed, Table
from noctui.stores.warehouse.texts import I8, NULL

_PART = 1_000_003
"""A prime: of each number the rest by it goes into the weighted sum, which stays small enough to be exact."""
_NULL = 7
_EMPTY = b",%d," % NULL
_HEX = b"0123456789abcdef"
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
"""YYYYMMDD, or the key of a week or month → sums."""
Key = tuple[str, str]
"""Circuit or region, hour or period."""


@dataclass(frozen=True, slots=True)
class Way:
    """How a feed's rows are told apart: by the columns `who` and `at`, whose first eight signs are a day, or a period.
    `known` is the staged number without which nothing is known of a row, `there` the same in the table."""

    who: str
    at: str
    known: str = ""
    there: str = ""


def way_of(feed: Feed) -> Way | None:
    """None: its rows are compared one by one (`checks_rows`), or not at all."""
    if feed.bounded:
        return Way("CIRCUIT_ID", feed.bounded)
    if any(column.name == "PERIOD_KEY" for column in feed.stage) and "COVERED_MS" in (c.name for c in feed.stage):
        return Way(feed.stage[0].name, "PERIOD_KEY", "COVERED_MS", "COVERED_SECONDS > 0")
    return None


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


def there(
    session: Session, feed: Feed, way: Way, table: Table, org_id: str, source: str, first: str, last: str
) -> Days:
    """Days of the table in the warehouse, of hours (or periods) in [first, last], keys. Raises WarehouseFault."""
    at, key = way.at, f"{way.who} || {way.at}"
    columns = checked(feed, table)
    # What is added up is a NUMBER, and sums come as texts: one of more than 53 bits must not become a float on its way.
    whole = {name: f"ROUND({name} * {scale})::NUMBER(18,0)" for name, (_, scale) in columns.items()}
    weight = " + ".join(f"{128**i} * ASCII(SUBSTR(MD5({key}), {i + 1}, 1))" for i in range(3))
    mixed = " + ".join(f"{i} * COALESCE(MOD({text}, {_PART}), {_NULL})" for i, text in enumerate(whole.values(), 1))
    rows = session.rows(
        f"SELECT SUBSTR({at}, 1, 8), COUNT(*), COUNT(DISTINCT {key}),"
        f" SUM((({weight}) * ({mixed}))::NUMBER(38,0))::VARCHAR,"
        f" {', '.join(f'SUM({text}::NUMBER(38,0))::VARCHAR' for text in whole.values())} FROM {table.name}"
        f" WHERE ORG_ID = %s AND SOURCE_ID = %s AND {at} >= %s AND {at} <= %s{_and(way.there)} GROUP BY 1",
        (org_id, source, first, last),
    )
    return {
        str(day): Sums(int(count), {n: int(v or 0) for n, v in zip(columns, sums, strict=True)}, int(mixed_ or 0),
                       int(count) - int(keys))
        for day, count, keys, mixed_, *sums in rows
    }  # fmt: skip


def _and(condition: str) -> str:
    return f" AND {condition}" if condition else ""


def others(
    session: Session, feed: Feed, way: Way, table: Table, org_id: str, source: str, first: str, last: str
) -> set[Key]:
    """Hours or periods that another history tells. Raises WarehouseFault."""
    at = way.at
    rows = session.rows(
        f"SELECT {way.who}, {at} FROM {table.name} WHERE ORG_ID = %s AND SOURCE_ID <> %s AND {at} >= %s AND {at} <= %s",
        (org_id, source, first, last),
    )
    return {(str(circuit), str(hour)) for circuit, hour in rows}


class Here:
    """Adds up what a feed would send, table by table, a day at a time: what is held is a day's numbers. A row that
    comes again under a higher version replaces what it said before."""

    def __init__(
        self, feed: Feed, way: Way, not_ours: Mapping[str, set[Key]], first: str = "", last: str = "~"
    ) -> None:
        """`not_ours` by table: hours that are left out. Others than those in [first, last] (keys) are none of it."""
        self._way, self._not_ours, self._within = way, not_ours, (first, last)
        names = [column.name for column in feed.stage]
        texts = next(i for i, column in enumerate(feed.stage) if column.type.startswith("NUMBER"))
        self._numbers = names[texts:]
        self._tail = re.compile(rb"((?:,-?\d*){%d})\n" % len(self._numbers))
        self._who, self._at = names.index(way.who), names.index(way.at)
        self._at_is_number = self._at >= texts
        self._columns = {
            table.name: [(name, names.index(staged) - texts) for name, (staged, _) in checked(feed, table).items()]
            for table in feed.tables
        }
        self.days: dict[str, Days] = {table.name: {} for table in feed.tables}
        self._keys: list[Key] = []
        self._parts: list[I8] = []

    def add(self, file: bytes) -> None:
        """One file's rows. Texts are read row by row, numbers all at once: there are ten times as many of them."""
        text = gzip.decompress(file)
        heads, tails, end = list[str](), list[bytes](), 0
        for found in self._tail.finditer(text):
            heads.append(text[end : found.start()].decode())
            tails.append(found[1])
            end = found.end()
        if not tails:
            return
        flat = b"".join(tails).replace(b",,", _EMPTY).replace(b",,", _EMPTY) + b","
        flat = flat.replace(b",,", _EMPTY)[1:-1]
        numbers: I8 = np.fromstring(flat.decode(), np.int64, sep=",").reshape(len(tails), len(self._numbers))
        cells = list(csv.reader(io.StringIO("\n".join(heads), newline="")))
        if self._at_is_number:
            ats = list(map(str, numbers[:, self._at - len(cells[0])].tolist()))
        else:
            ats = [row[self._at] for row in cells]
        self._keys += [(row[self._who], at) for row, at in zip(cells, ats, strict=True)]
        self._parts.append(numbers)

    def day_done(self) -> None:
        """All files of the day were added."""
        if not self._parts:
            return
        numbers = np.concatenate(self._parts)
        keys, self._keys, self._parts = self._keys, [], []
        first, last = self._within
        newest: dict[Key, int] = {}
        for row in np.argsort(numbers[:, self._numbers.index("REV")], kind="stable").tolist():
            if first <= keys[row][1] <= last:
                newest[keys[row]] = row
        rows = np.fromiter(newest.values(), np.intp, len(newest))
        if self._way.known:
            known = numbers[rows, self._numbers.index(self._way.known)]
            rows = rows[(known != NULL) & (known != 0)]
        mine = [keys[row] for row in rows.tolist()]
        weights = np.array([_weight(key) for key in mine], np.int64)
        days = np.array([at[:8] for _, at in mine])
        for table, columns in self._columns.items():
            not_ours = self._not_ours.get(table, set())
            there = np.array([key not in not_ours for key in mine], np.bool_)
            for day in sorted(set(days[there].tolist())):
                own = there & (days == day)
                _count(self.days[table].setdefault(day, Sums()), columns, numbers[rows[own]], weights[own])


def _weight(key: Key) -> int:
    digest = hashlib.md5("".join(key).encode(), usedforsecurity=False).digest()
    return _HEX[digest[0] >> 4] + 128 * _HEX[digest[0] & 15] + 16_384 * _HEX[digest[1] >> 4]


def _count(into: Sums, columns: Sequence[tuple[str, int]], numbers: I8, weights: I8) -> None:
    mixed = np.zeros(len(numbers), np.int64)
    for i, (name, place) in enumerate(columns, 1):
        values = numbers[:, place]
        known = values != NULL
        into.sums[name] = into.sums.get(name, 0) + int(values[known].sum())
        mixed += i * np.where(known, np.remainder(values, _PART), _NULL)
    product = weights * mixed
    into.rows += len(numbers)
    into.weighted += (int((product >> 32).sum()) << 32) + int(
        (product & 0xFFFF_FFFF).sum()
    )  # more than one number holds
