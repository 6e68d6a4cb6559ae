"""A session in Snowflake. The connector is imported here, when one is opened, and nowhere else.

Nothing is told to anybody but Snowflake: no telemetry, no looking for a cloud around. A login that nobody answers is
tried again, with growing waits that two machines do not share, until its time is up.
"""

from __future__ import annotations

import importlib
import logging
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from noctui.stores.warehouse.faults import WarehouseFault
from noctui.stores.warehouse.login import Login
from noctui.stores.warehouse.refusals import explained

log = logging.getLogger("noctui.warehouse")

MISSING_EXTRA = "Snowflake: pip install 'noctui[snowflake]'"
LONGEST_WAIT = 15.0
LONGEST = 10
"""Times the timeout that a statement may take: a large MERGE is answered in parts."""
_QUIET = {
    "CLIENT_OUT_OF_BAND_TELEMETRY_ENABLED": False,
    "CLIENT_TELEMETRY_ENABLED": False,
    "QUERY_TAG": "noctui",
    "TIMEZONE": "UTC",
    "STATEMENT_TIMEOUT_IN_SECONDS": 3600,
}
"""And nothing of ours goes on for ever there when we are killed."""


class Waiting(Protocol):
    """Time, as a login spends it: `monotonic` seconds, and a sleep."""

    def monotonic(self) -> float: ...

    def sleep(self, seconds: float) -> None: ...


class Session:
    """An open session. What goes wrong in it is raised as WarehouseFault."""

    def __init__(self, raw: Any, login: Login) -> None:
        self.raw = raw
        """The connector's own connection."""
        self.login = login

    def rows(self, sql: str, values: Sequence[Any] | dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """All rows of a query. `values` fill %s, or %(name)s."""
        found: list[tuple[Any, ...]] = self._done(sql, values, lambda cursor: [tuple(row) for row in cursor.fetchall()])
        return found

    def run(self, sql: str, values: Sequence[Any] | dict[str, Any] | None = None) -> int:
        """Do a statement; the rows it concerned, 0 where that means nothing."""
        return int(self._done(sql, values, lambda cursor: max(cursor.rowcount or 0, 0)))

    def place(self) -> tuple[bool, bool]:
        """Whether the login's database and its schema are there, for us. Needs no computing."""
        ((database, schema),) = self.rows("SELECT CURRENT_DATABASE(), CURRENT_SCHEMA()")
        there = database == self.login.database
        return there, there and schema == self.login.schema

    def put(self, path: Path, stage: str) -> None:
        """Bring a file, compressed already, into a stage."""
        where = str(path).replace("\\", "\\\\").replace("'", "\\'")
        self.run(f"PUT 'file://{where}' @{stage} AUTO_COMPRESS = FALSE SOURCE_COMPRESSION = GZIP OVERWRITE = TRUE")

    def _done(self, sql: str, values: Any, of: Callable[[Any], Any]) -> Any:
        try:
            with self.raw.cursor() as cursor:
                cursor.execute(sql, values) if values else cursor.execute(sql)
                return of(cursor)
        except WarehouseFault:
            raise
        except Exception as error:
            raise explained(error, self.login) from None

    def close(self) -> None:
        try:
            self.raw.close()
        except Exception as error:  # it is over either way
            log.debug("warehouse.close", extra={"text": explained(error, self.login).text})


@contextmanager
def connected(login: Login, schema: bool = True, waiting: Waiting = time) -> Iterator[Session]:
    """A session, closed at the end. `schema`: raises WarehouseFault (missing) without the database and schema in it."""
    session = open_session(login, schema, waiting)
    try:
        yield session
    finally:
        session.close()


def open_session(
    login: Login, schema: bool = True, waiting: Waiting = time, chance: Callable[[], float] = random.random
) -> Session:
    """Log in, trying again until `login.timeout` while nobody answers. `chance` is in 0…1. Raises WarehouseFault."""
    connector = _connector()
    given = login.keywords()
    until = waiting.monotonic() + login.timeout
    attempt = 0
    while True:
        left = until - waiting.monotonic()
        try:
            session = Session(_raw(connector, login, given, left), login)
            break
        except Exception as error:
            fault = explained(error, login, at_login=True)
        wait = min(LONGEST_WAIT, 2.0**attempt) * (0.5 + 0.5 * chance())
        attempt += 1
        if fault.kind != "network" or waiting.monotonic() + wait >= until:
            raise fault
        log.info("warehouse.again", extra={"attempt": attempt, "wait": round(wait, 1), "text": fault.text})
        waiting.sleep(wait)
    if schema:
        try:
            _see_that_there(session)
        except WarehouseFault:
            session.close()
            raise
    return session


def _connector() -> Any:
    try:
        connector = importlib.import_module("snowflake.connector")
    except ImportError:
        raise WarehouseFault(MISSING_EXTRA, "usage") from None
    logging.getLogger("snowflake.connector").setLevel(logging.CRITICAL)  # what goes wrong is said here, once
    return connector


def _raw(connector: Any, login: Login, given: dict[str, Any], left: float) -> Any:
    """One try. A try gets a third of the whole time, so that a stuck one is not the only one."""
    once = max(1, round(min(left, max(5.0, login.timeout / 3.0))))
    whole = max(1, round(login.timeout))
    more: dict[str, Any] = {
        "login_timeout": once,
        "session_parameters": dict(_QUIET),
        "client_session_keep_alive": False,
    }
    if int(str(connector.__version__).partition(".")[0]) >= 5:
        more |= {
            "query_timeout": LONGEST * whole,
            "request_timeout": whole,
            "enable_server_session_keep_alive_auto_detection": False,
        }
    else:
        more |= {
            "network_timeout": whole,
            "socket_timeout": whole,
            "platform_detection_timeout_seconds": 0.0,
            "log_imported_packages_in_telemetry": False,
        }
    return connector.connect(**given, **more)


def _see_that_there(session: Session) -> None:
    """Snowflake logs in to a database that is not there, too: it then has none."""
    login = session.login
    database, schema = session.place()
    todo = f"noctui warehouse init makes what is missing; it may need a GRANT to {login.role or 'the role'}"
    if not database:
        raise WarehouseFault(f"Snowflake has no database {login.database}, or not for us: {todo}", "missing")
    if not schema:
        raise WarehouseFault(f"Snowflake has no schema {login.tables}, or not for us: {todo}", "missing")
