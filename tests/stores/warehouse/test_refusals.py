"""What the connector raises, in its 4.x and its 5.x line, as one line and a kind.

The errors are as the two raised them against a local server; those a local server cannot make are from Snowflake's
documentation and knowledge base.
"""

from __future__ import annotations

import pytest

from noctui.stores.warehouse.login import Login
from noctui.stores.warehouse.refusals import explained, plain

LOGIN = Login("myorg-a1", user="NOCTUI", role="NOCTUI_SYNC", warehouse="NOCTUI_WH", token="s3cr3t-t0ken")


class Error(Exception):
    def __init__(self, text: str, errno: int = -1, sqlstate: str = "n/a") -> None:
        super().__init__(text)
        self.msg, self.errno, self.sqlstate = text, errno, sqlstate


class DatabaseError(Error): ...


class OperationalError(DatabaseError): ...


class ProgrammingError(DatabaseError): ...


class InternalServerError(Error): ...


class ForbiddenError(Error): ...


class HttpError(Error): ...


AT_LOGIN = [
    (DatabaseError("390144 (28000): Failed to connect to DB: 127.0.0.1:1. JWT token is invalid. [a]", 390144, "28000"),
     "authentication", "myorg-a1 refuses user NOCTUI: JWT token is invalid. [a]; is its public key set"),
    (DatabaseError("390144 (28000): Failed to login: Login error: JWT token is invalid. [a], code: 390144", 390144,
                   "28000"), "authentication", "refuses user NOCTUI: JWT token is invalid. [a]; is its public key"),
    (DatabaseError("390100 (28000): Failed to connect to DB: x.y:443. Incorrect username or password was specified.",
                   390100, "28000"), "authentication", "Incorrect username or password was specified"),
    (DatabaseError("394304 (08001): Failed to login: Login error: Programmatic access token is invalid., code: 394304",
                   394304, "08001"), "authentication", "token is invalid; make a new token"),
    (DatabaseError("390422 (08001): Failed to connect to DB: x. Incoming request with IP/Token 192.0.2.1 is not allowed"
                   " to access Snowflake.", 390422, "08001"), "authentication", "192.0.2.1 is not allowed"),
    (DatabaseError("390189 (08001): Failed to login: Login error: Role 'R' specified in the connect string does not"
                   " exist or not authorized., code: 390189", 390189, "08001"),
     "missing", "role NOCTUI_SYNC is not there, or not granted to user NOCTUI"),
    (OperationalError("250001: Could not connect to Snowflake backend after 2 attempt(s).Aborting", 250001),
     "network", "Snowflake at myorg-a1 does not answer"),
    (DatabaseError("250001 (08001): Failed to login: HTTP request failed after retries: login request. max attempts (6)"
                   " reached; last status 503 Service Unavailable", 250001, "08001"), "network", "503"),
    (OperationalError("000014 (HYT00): Failed to login: login timed out after 5s", 14, "HYT00"), "network", "answer"),
    (ForbiddenError("540001 (08001): Failed to connect to DB. Verify the account name is correct: 127.0.0.1:1. 290000:"
                    " HTTP 403: Forbidden", 540001, "08001"), "missing", "knows no account myorg-a1"),
    (DatabaseError("250001 (08001): Failed to login: Invalid Snowflake response. Snowflake responded with error status:"
                   " 403 Forbidden, message: Unexpected response, body length 6.", 250001, "08001"),
     "missing", "knows no account myorg-a1"),
]  # fmt: skip

LATER = [
    (InternalServerError("290500: HTTP 500: Internal Server Error", 580500), "network", "does not answer: HTTP 500"),
    (OperationalError("000014 (HYT00): Query timed out after 5s (request_id=82a97)", 14, "HYT00"), "network", "does"),
    (ProgrammingError("000606 (57P03): No active warehouse selected in the current session.  Select an active warehouse"
                      " with the 'use warehouse' command.", 606, "57P03"),
     "suspended", "warehouse NOCTUI_WH rests, and NOCTUI_SYNC may not wake it"),
    (ProgrammingError("090073 (22000): Warehouse 'NOCTUI_WH' cannot be resumed because resource monitor 'M' has"
                      " exceeded its quota.", 90073, "22000"), "suspended", "resource monitor"),
    (HttpError("290404 (08001): 404 Not Found: post 127.0.0.1:1/session/token", 290404, "08001"), "network", ""),
    (DatabaseError("390112 (08001): Your session has expired. Please login again.", 390112, "08001"),
     "authentication", "session has expired"),
    (ProgrammingError("002003 (42S02): 002003 (42S02): SQL compilation error:\nObject 'A.B.C' does not exist or not"
                      " authorized. (request_id=1ba96fab)", 2003, "42S02"),
     "missing", "not for NOCTUI_SYNC: SQL compilation error: Object 'A.B.C' does not exist or not authorized; see"),
    (ProgrammingError("003001 (42501): SQL access control error:\nInsufficient privileges to operate on schema", 3001,
                      "42501"), "missing", "Insufficient privileges"),
    (ProgrammingError("001003 (42000): SQL compilation error:\nsyntax error", 1003, "42000"), "data", "syntax error"),
    (ProgrammingError("100038 (22018): Numeric value 'x' is not recognized", 100038, "22018"), "data", "'x' is not"),
    (ConnectionResetError(104, "Connection reset by peer"), "network", "Connection reset"),
    (ValueError("odd"), "data", "odd"),
]  # fmt: skip


@pytest.mark.parametrize(("error", "kind", "says"), AT_LOGIN)
def test_what_is_said_at_login(error: Exception, kind: str, says: str) -> None:
    fault = explained(error, LOGIN, at_login=True)
    assert fault.kind == kind
    assert says in fault.text
    assert "\n" not in fault.text


@pytest.mark.parametrize(("error", "kind", "says"), LATER)
def test_what_is_said_later(error: Exception, kind: str, says: str) -> None:
    fault = explained(error, LOGIN)
    assert fault.kind == kind
    assert says in fault.text
    assert "\n" not in fault.text
    assert "request_id" not in fault.text


def test_secrets_controls_and_novels_are_not_repeated() -> None:
    said = plain("token s3cr3t-t0ken was \x1b[31m refused\r\n" + "x" * 10_000, LOGIN)
    assert "s3cr3t" not in said
    assert "\x1b" not in said
    assert len(said) <= 240
