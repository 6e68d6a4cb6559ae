"""The warehouse's schema brought to this noctui's version, and compared with what it should be.

Versions are rows of SCHEMA_VERSION: each step leaves one once all of its statements are done. Statements may be done
twice, so that two at once, or one cut off, harm nothing. A newer noctui's schema is never touched.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from noctui.stores.warehouse.connect import Session
from noctui.stores.warehouse.ddl import MIGRATIONS, TABLES, VERSION
from noctui.stores.warehouse.faults import WarehouseFault

TABLE = "SCHEMA_VERSION"
VERSIONS = f"{TABLE} (VERSION NUMBER(38,0) NOT NULL, APPLIED_AT TIMESTAMP_NTZ, APPLIED_BY VARCHAR)"
_SAME = {"VARCHAR": "TEXT", "STRING": "TEXT", "CHAR": "TEXT", "DECIMAL": "NUMBER", "NUMERIC": "NUMBER",
         "INT": "NUMBER", "INTEGER": "NUMBER", "BIGINT": "NUMBER", "DOUBLE": "FLOAT", "REAL": "FLOAT"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Difference:
    """A table that is not as it was made. `harmful`: a sync or a read would fail, or lose something."""

    table: str
    text: str
    harmful: bool = True


def version_row(number: int) -> str:
    """The statement that says: this step is done."""
    return f"INSERT INTO {TABLE} SELECT {number}, SYSDATE(), CURRENT_USER()"


def version(session: Session) -> int:
    """Of the schema there; 0: none yet. Raises WarehouseFault."""
    try:
        rows = session.rows(f"SELECT MAX(VERSION) FROM {TABLE}")
    except WarehouseFault as fault:
        if fault.kind == "missing":
            return 0
        raise
    return int(rows[0][0] or 0) if rows else 0


def made(session: Session) -> str:
    """When the tables were made, in digits; "": that is not known. Raises WarehouseFault."""
    rows = session.rows(f"SELECT MIN(APPLIED_AT)::VARCHAR FROM {TABLE}")
    return re.sub(r"\D", "", str(rows[0][0]))[:14] if rows and rows[0][0] is not None else ""


def check(session: Session) -> None:
    """Raises WarehouseFault: no tables yet (missing), a step behind (missing), or a newer noctui's (usage)."""
    found, tables = version(session), session.login.tables
    if found > VERSION:
        raise WarehouseFault(
            f"Snowflake's {tables} has schema version {found}, this noctui knows {VERSION}: upgrade noctui", "usage"
        )
    if found < VERSION:
        said = f"has schema version {found} of {VERSION}" if found else "has no tables of noctui yet"
        raise WarehouseFault(f"Snowflake's {tables} {said}: run noctui warehouse init", "missing")


def migrate(session: Session, told: Callable[[str], None]) -> int:
    """Apply what is missing; how many steps that were. Raises WarehouseFault; what was done stays done."""
    found = version(session)
    if found > VERSION:
        check(session)
    if not found:
        session.run(f"CREATE TABLE IF NOT EXISTS {VERSIONS}")
    for number, step in enumerate(MIGRATIONS[found:], found + 1):
        for statement in step:
            session.run(statement)
        session.run(_row(session, number))
        told(f"schema version {number}: {len(step)} statements done")
    return VERSION - found


def _row(session: Session, number: int) -> str:
    who = session.login.user.replace("'", "''")
    return f"INSERT INTO {TABLE} SELECT {number}, CURRENT_TIMESTAMP()::TIMESTAMP_NTZ, '{who}'"


def differences(session: Session) -> list[Difference]:
    """What somebody has altered by hand."""
    login = session.login
    rows = session.rows(
        f"SELECT TABLE_NAME, COLUMN_NAME, DATA_TYPE FROM {login.database}.INFORMATION_SCHEMA.COLUMNS"
        " WHERE TABLE_SCHEMA = %s",
        (login.schema,),
    )
    there: dict[str, dict[str, str]] = {}
    for table, column, kind in rows:
        there.setdefault(str(table), {})[str(column)] = _kind(str(kind))
    found = []
    for table in TABLES:
        columns = there.get(table.name)
        if columns is None:
            found.append(Difference(table.name, "is not there, dropped by hand: noctui warehouse init --print has it"))
            continue
        for column in table.columns:
            is_of = columns.get(column.name)
            if is_of is None:
                todo = f"ALTER TABLE {table.name} ADD COLUMN {column.name} {column.type.removesuffix(' NOT NULL')}"
                found.append(Difference(table.name, f"has no column {column.name}: {todo}"))
            elif is_of != _kind(column.type):
                text = f"column {column.name} is {is_of}, and was made {_kind(column.type)}"
                found.append(Difference(table.name, text))
        own = sorted(columns.keys() - set(table.names))
        found += [
            Difference(table.name, f"has a column {name} that noctui leaves alone", harmful=False) for name in own
        ]
    return found


def _kind(text: str) -> str:
    word = text.upper().partition("(")[0].partition(" ")[0]
    return _SAME.get(word, word)
