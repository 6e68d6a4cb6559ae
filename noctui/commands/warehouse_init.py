"""`noctui warehouse init`: what may be made is made; what only an administrator may make is named."""

from __future__ import annotations

from collections.abc import Callable

from noctui.commands import codes
from noctui.stores.warehouse import setup
from noctui.stores.warehouse.connect import Session, connected
from noctui.stores.warehouse.faults import WarehouseFault
from noctui.stores.warehouse.login import Login
from noctui.stores.warehouse.migrate import differences, migrate

Told = Callable[[str], None]


def init(login: Login, told: Told) -> int:
    """The exit code. Raises WarehouseFault."""
    left = []
    with connected(login, schema=False) as session:
        told(f"Snowflake: {login.user or 'this machine'} at {login.place}, role {session.raw.role or 'by default'}")
        database, schema = session.place()
        computing = session.rows(f"SHOW WAREHOUSES LIKE '{login.warehouse}'")
        for there, what, statement in (
            (database, f"database {login.database}", setup.database(login)),
            (schema, f"schema {login.tables}", setup.schema(login)),
            (computing, f"warehouse {login.warehouse}", setup.warehouse(login)),
        ):
            if there:
                told(f"{what}: there")
            elif not _made(session, what, statement, told):
                left.append(what)
    if any("warehouse" not in what for what in left):
        told("Let an administrator run what noctui warehouse init --print says.")
        return codes.MISSING
    with connected(login) as session:
        steps = migrate(session, told)
        if not steps:
            told("tables: of this noctui's version already")
        found = differences(session)
    for difference in found:
        told(f"{'altered' if difference.harmful else 'note'}: {difference.table} {difference.text}")
    altered = any(difference.harmful for difference in found)
    if altered:
        told("When what was altered is mended, noctui sync --since DATE sends once more what rows lack since then.")
    if left:
        told("Not all is as it should be: noctui warehouse init --print says what would make it so.")
    if left or altered:
        return codes.PARTIAL
    told("All there.")
    return codes.OK


def _made(session: Session, what: str, statement: str, told: Told) -> bool:
    try:
        session.run(statement)
    except WarehouseFault as fault:
        if fault.kind not in ("missing", "data"):
            raise
        told(f"{what}: not there, and not ours to make ({fault.text})")
        return False
    told(f"{what}: made")
    return True
