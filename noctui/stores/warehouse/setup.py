"""What an administrator runs once: database, schema, a small computing warehouse, a role with the least rights, a user.

Text alone; nothing is connected to anything here. Tables belong to who runs it: the role that syncs reads and changes
rows, brings files, and can neither alter nor drop what they lie in. Temporary tables need no right beyond the use of
the schema (Snowflake's documentation of CREATE TABLE).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from noctui.stores.warehouse.ddl import MIGRATIONS
from noctui.stores.warehouse.login import Login
from noctui.stores.warehouse.migrate import VERSIONS, version_row

ROLE = "NOCTUI_SYNC"
"""Where the settings name none."""
USER = "NOCTUI"
AUTO_SUSPEND = 60
"""Seconds. Snowflake bills whole minutes at every start: with 600 an hourly sync costs nine times as much."""
RIGHTS = "SELECT, INSERT, UPDATE, DELETE"
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_$]*")


def database(login: Login) -> str:
    return f"CREATE DATABASE IF NOT EXISTS {login.database} COMMENT = 'WAN circuits: noctui'"


def schema(login: Login) -> str:
    return f"CREATE SCHEMA IF NOT EXISTS {login.tables}"


def warehouse(login: Login) -> str:
    return (
        f"CREATE WAREHOUSE IF NOT EXISTS {login.warehouse} WAREHOUSE_SIZE = XSMALL AUTO_SUSPEND = {AUTO_SUSPEND}"
        " AUTO_RESUME = TRUE INITIALLY_SUSPENDED = TRUE"
    )


def script(login: Login, public_key: str = "") -> str:
    """All of it as SQL for a worksheet. `public_key` is the user's, the base64 between the marks of its PEM file."""
    return "\n".join(_lines(login, public_key)) + "\n"


def _lines(login: Login, public_key: str) -> Iterator[str]:
    role, user = login.role or ROLE, identifier(login.user or USER)
    yield "-- noctui's warehouse. Whoever runs this owns the tables: SYSADMIN, with SECURITYADMIN for role and user."
    yield "-- Each statement may be run again. Read it first."
    yield "USE ROLE SYSADMIN;"
    for text in (database(login), schema(login), warehouse(login)):
        yield f"{text};"
    yield f"USE SCHEMA {login.tables};"
    yield ""
    yield f"CREATE TABLE IF NOT EXISTS {VERSIONS};"
    for number, step in enumerate(MIGRATIONS, 1):
        yield f"-- schema version {number}"
        for statement in step:
            yield f"{statement};"
        yield f"{version_row(number)};"
    yield ""
    yield "-- the role that syncs and reads: rows of these tables, nothing else"
    yield "USE ROLE SECURITYADMIN;"
    yield f"CREATE ROLE IF NOT EXISTS {role};"
    for right in (
        f"USAGE ON WAREHOUSE {login.warehouse}",
        f"USAGE ON DATABASE {login.database}",
        f"USAGE ON SCHEMA {login.tables}",
        f"CREATE STAGE ON SCHEMA {login.tables}",
        f"{RIGHTS} ON ALL TABLES IN SCHEMA {login.tables}",
        f"{RIGHTS} ON FUTURE TABLES IN SCHEMA {login.tables}",
    ):
        yield f"GRANT {right} TO ROLE {role};"
    yield ""
    yield "-- the user: no password, no person"
    yield (
        f"CREATE USER IF NOT EXISTS {user} TYPE = SERVICE DEFAULT_ROLE = {role}"
        f" DEFAULT_WAREHOUSE = {login.warehouse} DEFAULT_NAMESPACE = {login.tables};"
    )
    yield f"GRANT ROLE {role} TO USER {user};"
    if public_key:
        yield f"ALTER USER {user} SET RSA_PUBLIC_KEY = '{public_key}';"
    else:
        yield f"-- ALTER USER {user} SET RSA_PUBLIC_KEY = 'the lines of snowflake.pub between its marks';"


def identifier(name: str) -> str:
    """As Snowflake takes it: plain, or in quotes."""
    return name if _PLAIN.fullmatch(name) else '"' + name.replace('"', '""') + '"'
