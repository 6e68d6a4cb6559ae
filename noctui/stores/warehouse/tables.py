"""What the warehouse's tables are made of, as data: columns, keys, who wins of two rows, and what they are staged by.

A *feed* is one kind of rows that history sends: it is staged once, in one file, and merged into one table or several.
Statements are made of this in `statements`; the tables themselves are in `tables_*`.
"""

from __future__ import annotations

from dataclasses import dataclass

TEXT, WHOLE, REAL, TRUTH, TIME = "VARCHAR", "NUMBER(38,0)", "FLOAT", "BOOLEAN", "TIMESTAMP_NTZ"
"""Snowflake's types. Times are UTC."""
KEY = "VARCHAR NOT NULL"


@dataclass(frozen=True, slots=True)
class Column:
    """`of` is SQL over the staged columns (and ORG_ID, SOURCE_ID, SENT_AT); "": the staged column of the same name.
    `kept`: what the first row said stays."""

    name: str
    type: str
    of: str = ""
    kept: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """`key` names a row: never two of one key. Rows of one history follow each other by REV; of two histories' rows
    the one with more `worth` (a column) wins. `after` is SQL that follows a merge and may be done any number of times:
    `{table}` is the table. `only` and `when`: nothing but rows that are there are changed, those for which both hold
    (t is there, s is sent)."""

    name: str
    key: tuple[str, ...]
    worth: str
    columns: tuple[Column, ...]
    after: tuple[str, ...] = ()
    only: str = ""
    when: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)


@dataclass(frozen=True, slots=True)
class Staged:
    """A column of a feed's file. Numbers are written as whole ones: see `of` of who uses them."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class Feed:
    """`stage` is in the order of the file's columns. `bounded` is a column by which rows of a file lie close together:
    its least and greatest value bound what a merge looks at. `gone`: rows with GONE = 1 are taken back."""

    name: str
    stage: tuple[Staged, ...]
    tables: tuple[Table, ...]
    bounded: str = ""
    gone: bool = False


def tail(stamp: str) -> tuple[Column, ...]:
    """What every row ends with: which history told it, by which of its versions, and when it was sent."""
    return Column("SOURCE_ID", KEY), Column("REV", WHOLE), Column(stamp, TIME, "SENT_AT")


def scaled(name: str, by: str, staged: str = "") -> Column:
    """A fraction that is staged as a whole number of so many parts."""
    return Column(name, REAL, f"{staged or name} / {by}")


ORG = Column("ORG_ID", KEY)
SITE = Column("SITE_ID", TEXT)
CIRCUIT = Column("CIRCUIT_ID", KEY)
PARTS = "10000"
"""Percentages and milliseconds are staged in parts of this: the fixed point that figures are added up in."""
MS = "1000"
MS_MINUTE = "60000"
MS_HOUR = "3600000"
