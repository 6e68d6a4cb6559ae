"""Sessions over the real connector: opened, refused, tried again, and what a statement's failure is."""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from noctui.stores.warehouse.connect import connected, open_session
from noctui.stores.warehouse.faults import WarehouseFault
from noctui.stores.warehouse.login import Login
from tests.redis_server import free_port
from tests.stores.warehouse.snow import Snow, needs_snowflake

pytestmark = needs_snowflake


class Short:
    """Time that passes without being waited for."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return time.monotonic() + sum(self.slept)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


def fault(login: Login, schema: bool = True) -> WarehouseFault:
    with pytest.raises(WarehouseFault) as found:
        open_session(login, schema, waiting=Short())
    return found.value


def test_rows_come_back_and_values_are_bound(login: Login) -> None:
    with connected(login) as session:
        session.run("CREATE TABLE T (A NUMBER, B TEXT)")
        assert session.run("INSERT INTO T VALUES (%s, %s), (2, NULL)", (1, "it's; drop table T --")) == 2
        assert session.rows("SELECT A, B FROM T ORDER BY A") == [(1, "it's; drop table T --"), (2, None)]
        assert session.rows("SELECT B FROM T WHERE A = %(a)s", {"a": 1}) == [("it's; drop table T --",)]


def test_nothing_is_told_to_anybody_else(login: Login, snow: Snow) -> None:
    with connected(login) as session:
        session.rows("SELECT 1")
    assert snow.said() == ["LOGIN", "SELECT CURRENT_DATABASE(), CURRENT_SCHEMA()", "SELECT 1"]


def test_a_key_logs_in(login: Login, tmp_path: Path) -> None:
    from cryptography.hazmat.primitives import serialization as ways
    from cryptography.hazmat.primitives.asymmetric import rsa

    path = tmp_path / "key"
    locked = ways.BestAvailableEncryption(b"phrase")
    made = rsa.generate_private_key(65537, 2048)
    path.write_bytes(made.private_bytes(ways.Encoding.PEM, ways.PrivateFormat.PKCS8, locked))
    path.chmod(0o600)
    with connected(replace(login, password="", key_file=path, passphrase="phrase")) as session:
        assert session.rows("SELECT 1") == [(1,)]


def test_database_and_schema_that_are_not_there_are_named(login: Login) -> None:
    assert fault(replace(login, database="NOWHERE")).kind == "missing"
    said = fault(replace(login, schema="ELSEWHERE"))
    assert f"no schema {login.database}.ELSEWHERE" in said.text
    with connected(replace(login, schema="ELSEWHERE"), schema=False) as session:
        assert session.rows("SELECT 1") == [(1,)]


def test_who_is_refused_does_not_knock_again(login: Login, snow: Snow) -> None:
    snow.spoil("LOGIN", code="390144", message="JWT token is invalid. [0ce9]", times=9)
    said = fault(login)
    assert said.kind == "authentication"
    assert "refuses user NOCTUI: JWT token is invalid. [0ce9]; is its public key set" in said.text
    assert snow.said() == ["LOGIN"]


def test_a_server_that_is_busy_for_a_moment_is_asked_again(login: Login, snow: Snow) -> None:
    waiting = Short()
    snow.spoil("LOGIN", status=503, times=3)
    with connected(replace(login, timeout=20.0), waiting=waiting) as session:
        assert session.rows("SELECT 1") == [(1,)]


def test_nobody_there_is_said_when_the_time_is_up(login: Login) -> None:
    waiting, port = Short(), free_port()
    with pytest.raises(WarehouseFault) as found:
        open_session(replace(login, port=port, timeout=4.0), waiting=waiting, chance=lambda: 1.0)
    assert found.value.kind == "network"
    assert found.value.text.startswith(f"Snowflake at 127.0.0.1:{port} does not answer")
    assert sum(waiting.slept) < 4.0


def test_a_statement_that_fails_says_of_what_kind_it_is(login: Login, snow: Snow) -> None:
    with connected(login) as session:
        for match, plan, kind in (
            ("SELECT 11", {"code": "000606", "state": "57P03", "message": "No active warehouse selected"}, "suspended"),
            ("SELECT 12", {"code": "002003", "message": "Table 'T' does not exist or not authorized."}, "missing"),
            ("SELECT 13", {"code": "100038", "message": "Numeric value 'x' is not recognized"}, "data"),
        ):
            snow.spoil(match, **plan)
            with pytest.raises(WarehouseFault) as found:
                session.rows(match)
            assert found.value.kind == kind
            assert session.rows(match) == [(int(match[-2:]),)]


def test_without_the_connector_it_says_how_to_get_it(login: Login, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "snowflake.connector", None)
    assert fault(login).text == "Snowflake: pip install 'noctui[snowflake]'"
