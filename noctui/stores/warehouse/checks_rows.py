"""Rows of what happened, held against each other one by one: they are few, and most of what they say is text.

What is here is what a feed would leave in an empty table. What a row says of when it was told, and by which version, is
not compared: that depends on how often was sent.
"""

from __future__ import annotations

import csv
import gzip
import io
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from noctui.stores.warehouse.connect import Session
from noctui.stores.warehouse.tables import REAL, TIME, TRUTH, Column, Feed, Table
from noctui.stores.warehouse.texts import stamp

NOT_COMPARED = ("KNOWN_AT", "REV", "GONE")
Row = tuple[str, ...]
Rows = dict[Row, Row]
"""By key."""


@dataclass(frozen=True, slots=True)
class Kind:
    """`at` is the column that says when. `aside` are columns of the key that are not compared either: what is matched
    by the inventory of now was matched by that of then. `until` is a column: rows of what is not over change daily."""

    table: Table
    at: str
    aside: tuple[str, ...] = ()
    until: str = ""

    @property
    def key(self) -> tuple[str, ...]:
        return tuple(name for name in self.table.key if name not in ("ORG_ID", *self.aside))

    def columns(self, feed: Feed) -> tuple[Column, ...]:
        """Those that are sent as they are."""
        staged = {column.name for column in feed.stage}
        left = (*NOT_COMPARED, *self.key, *self.aside)
        return tuple(c for c in self.table.columns if c.name in staged and not c.of and c.name not in left)


class Told:
    """What a feed leaves in a table, batch by batch."""

    def __init__(self, feed: Feed, kind: Kind) -> None:
        self._names = [column.name for column in feed.stage]
        types = {column.name: column.type for column in feed.stage}
        self._key = [(self._names.index(name), types[name]) for name in kind.key]
        self._cells = [(self._names.index(c.name), c.type) for c in kind.columns(feed)]
        self._whole = [self._names.index(name) for name in kind.table.key if name != "ORG_ID"]
        self._gone = self._names.index("GONE") if feed.gone else None
        self._rows: dict[Row, tuple[Row, Row]] = {}

    def add(self, file: bytes) -> None:
        for cells in csv.reader(io.StringIO(gzip.decompress(file).decode(), newline="")):
            whole = tuple(cells[i] for i in self._whole)
            if self._gone is not None and cells[self._gone] == "1":
                self._rows.pop(whole, None)
                continue
            key = tuple(plain(cells[i] or None, type_) for i, type_ in self._key)
            self._rows[whole] = key, tuple(plain(cells[i] or None, type_) for i, type_ in self._cells)

    def rows(self) -> Rows:
        return dict(self._rows.values())


def there(
    session: Session, feed: Feed, kind: Kind, org_id: str, source: str, start: float, end: float
) -> tuple[Rows, set[Row], int]:
    """Rows with a time in [start, end), keys that another history tells, and how many rows there are twice. Raises
    WarehouseFault."""
    columns = (*(c for name in kind.key for c in kind.table.columns if c.name == name), *kind.columns(feed))
    asked = ", ".join(f"{c.name}::VARCHAR" if _is(c.type, TIME) else c.name for c in columns)
    found = session.rows(
        f"SELECT SOURCE_ID, {asked} FROM {kind.table.name} WHERE ORG_ID = %s AND {kind.at} >= %s::TIMESTAMP_NTZ"
        f" AND {kind.at} < %s::TIMESTAMP_NTZ",
        (org_id, stamp(start), stamp(end)),
    )
    rows: Rows = {}
    others, double, seen = set[Row](), 0, set[tuple[Any, ...]]()
    width = len(kind.key)
    for told_by, *cells in found:
        said = tuple(plain(cell, column.type) for cell, column in zip(cells, columns, strict=True))
        key = said[:width]
        if str(told_by) != source:
            others.add(key)
            continue
        double += not kind.aside and key in seen
        seen.add(key)
        rows[key] = said[width:]
    return rows, others, double


def differing(here: Rows, there: Rows, day_of: Callable[[Row], str]) -> dict[str, str]:
    """Day → in what it differs, in a few words."""
    lacking = Counter(day_of(key) for key in here.keys() - there.keys())
    beyond = Counter(day_of(key) for key in there.keys() - here.keys())
    other = Counter(day_of(key) for key in here.keys() & there.keys() if here[key] != there[key])
    found = {}
    for day in sorted(lacking.keys() | beyond.keys() | other.keys()):
        words = (f"{lacking[day]:,} missing there", f"{beyond[day]:,} more there", f"{other[day]:,} say something else")
        found[day] = ", ".join(word for word in words if not word.startswith("0 "))
    return found


def within(rows: Rows, day_of: Callable[[Row], str], days: Iterable[str]) -> Rows:
    those = set(days)
    return {key: row for key, row in rows.items() if day_of(key) in those}


def day_of(kind: Kind) -> Callable[[Row], str]:
    """YYYYMMDD of a key, in UTC."""
    place: Sequence[str] = kind.key
    at = place.index(kind.at)

    def of(key: Row) -> str:
        return f"{datetime.fromtimestamp(int(key[at]) / 1000, UTC):%Y%m%d}"

    return of


def plain(value: Any, type_: str) -> str:
    """A cell, of a file or of a row, as the same text; times are milliseconds since 1970, numbers whole thousandths."""
    if value is None or value == "":
        return ""
    if _is(type_, TIME):
        return f"{round(datetime.fromisoformat(str(value)).replace(tzinfo=UTC).timestamp() * 1000)}"
    if _is(type_, TRUTH):
        return str(value).upper()
    if _is(type_, REAL) or type_.startswith("NUMBER"):
        return f"{round(float(value) * 1000)}"
    return str(value)


def _is(type_: str, kind: str) -> bool:
    return type_.partition(" ")[0] == kind
