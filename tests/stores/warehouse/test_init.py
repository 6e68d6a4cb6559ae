"""`noctui warehouse init`: what it makes, what it leaves to an administrator, and what it will not touch."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from noctui.cli import main
from noctui.commands import codes
from noctui.commands.warehouse_init import init
from noctui.stores.warehouse import migrate as steps
from noctui.stores.warehouse import setup
from noctui.stores.warehouse.connect import connected
from noctui.stores.warehouse.ddl import TABLES
from noctui.stores.warehouse.faults import WarehouseFault
from noctui.stores.warehouse.login import Login
from noctui.stores.warehouse.migrate import check, differences, migrate, version
from noctui.stores.warehouse.statements import created
from noctui.stores.warehouse.tables_hours import HOURS
from tests.stores.warehouse.snow import Snow, needs_snowflake

LOGIN = Login("myorg-a1", user="NOCTUI", role="ETL", warehouse="WH", database="WAN", schema="RETAIL")


def quiet(_: str) -> None:
    """Nobody is told."""


def test_the_script_gives_the_least_rights_and_a_small_warehouse_that_sleeps() -> None:
    said = setup.script(LOGIN, "MIIB")
    assert "CREATE WAREHOUSE IF NOT EXISTS WH WAREHOUSE_SIZE = XSMALL AUTO_SUSPEND = 60 AUTO_RESUME = TRUE" in said
    grants = [line for line in said.splitlines() if line.startswith("GRANT")]
    assert grants == [
        "GRANT USAGE ON WAREHOUSE WH TO ROLE ETL;",
        "GRANT USAGE ON DATABASE WAN TO ROLE ETL;",
        "GRANT USAGE ON SCHEMA WAN.RETAIL TO ROLE ETL;",
        "GRANT CREATE STAGE ON SCHEMA WAN.RETAIL TO ROLE ETL;",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA WAN.RETAIL TO ROLE ETL;",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON FUTURE TABLES IN SCHEMA WAN.RETAIL TO ROLE ETL;",
        "GRANT ROLE ETL TO USER NOCTUI;",
    ]
    assert "TYPE = SERVICE DEFAULT_ROLE = ETL" in said
    assert "ALTER USER NOCTUI SET RSA_PUBLIC_KEY = 'MIIB';" in said
    assert all(f"CREATE TABLE IF NOT EXISTS {table.name} (" in said for table in TABLES)


def test_a_users_name_cannot_end_its_statement() -> None:
    assert 'TO USER "x""; DROP DATABASE WAN; --";' in setup.script(replace(LOGIN, user='x"; DROP DATABASE WAN; --'))


def test_print_asks_nobody_and_has_the_public_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("cryptography")
    from cryptography.hazmat.primitives import serialization as ways
    from cryptography.hazmat.primitives.asymmetric import rsa

    made = rsa.generate_private_key(65537, 2048)
    path = tmp_path / "key"
    path.write_bytes(made.private_bytes(ways.Encoding.PEM, ways.PrivateFormat.PKCS8, ways.NoEncryption()))
    path.chmod(0o600)
    for name, value in (("HOME", str(tmp_path)), ("SNOWFLAKE_PRIVATE_KEY_FILE", str(path)), ("SNF_ACCOUNT", "a-b")):
        monkeypatch.setenv(name, value)
    assert main(["warehouse", "init", "--print"]) == 0
    said = capsys.readouterr()
    public = made.public_key().public_bytes(ways.Encoding.PEM, ways.PublicFormat.SubjectPublicKeyInfo).decode()
    assert f"RSA_PUBLIC_KEY = '{''.join(public.splitlines()[1:-1])}'" in said.out
    assert said.err == ""


@needs_snowflake
class TestOverTheConnector:
    @pytest.fixture(autouse=True)
    def few(self, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
        """The hourly tables alone, as if there were no others."""
        if "soak" not in request.keywords:
            monkeypatch.setattr(steps, "TABLES", HOURS.tables)
            for module in (steps, setup):
                monkeypatch.setattr(module, "MIGRATIONS", (tuple(map(created, HOURS.tables)),))
            monkeypatch.setattr(steps, "VERSION", 1)

    @pytest.mark.soak
    def test_the_script_is_sql_that_runs_and_may_run_twice(self, login: Login) -> None:
        login = replace(login, database=f"{login.database}_S")
        with connected(login, schema=False) as session:
            for _ in range(2):
                for line in setup.script(login).splitlines():
                    if line and not line.startswith(("--", "USE ROLE")):
                        session.run(line.removesuffix(";"))
        with connected(login) as session:
            check(session)
            assert differences(session) == []

    def test_what_is_missing_is_made_and_a_second_time_nothing(self, login: Login) -> None:
        login, said = replace(login, database=f"{login.database}_NEW"), list[str]()
        assert init(login, said.append) == codes.OK
        assert [line for line in said if ": made" in line] == [
            f"database {login.database}: made", f"schema {login.tables}: made"
        ]  # fmt: skip
        said.clear()
        assert init(login, said.append) == codes.OK
        assert "tables: of this noctui's version already" in said
        with connected(login) as session:
            check(session)

    def test_who_may_not_make_a_database_is_sent_to_an_administrator(self, login: Login, snow: Snow) -> None:
        login, said = replace(login, database="NOT_OURS"), list[str]()
        refusal = "SQL access control error: Insufficient privileges to operate on account"
        for match in ("CREATE DATABASE", "CREATE SCHEMA"):
            snow.spoil(match, code="003001", message=refusal)
        assert init(login, said.append) == codes.MISSING
        assert any("not ours to make" in line and "Insufficient privileges" in line for line in said)
        assert said[-1] == "Let an administrator run what noctui warehouse init --print says."

    def test_a_newer_noctuis_schema_is_not_touched(self, login: Login, snow: Snow) -> None:
        with connected(login) as session:
            migrate(session, quiet)
            session.run(f"INSERT INTO SCHEMA_VERSION SELECT {2}, NULL, 'someone'")
        snow.well()
        with pytest.raises(WarehouseFault, match=f"schema version {2}, this noctui knows 1"):
            init(login, quiet)
        assert not [text for text in snow.said() if text.startswith(("CREATE", "INSERT", "ALTER"))]

    def test_a_migration_that_was_cut_off_goes_on(self, login: Login, snow: Snow) -> None:
        snow.spoil(
            f"CREATE TABLE IF NOT EXISTS {HOURS.tables[-1].name}", code="000604", message="SQL execution canceled"
        )
        with connected(login) as session:
            with pytest.raises(WarehouseFault):
                migrate(session, quiet)
            assert version(session) == 0
            assert migrate(session, quiet) == 1
            assert version(session) == 1
            assert differences(session) == []

    def test_without_tables_a_sync_is_told_what_to_run(self, login: Login) -> None:
        with connected(login) as session, pytest.raises(WarehouseFault, match="run noctui warehouse init"):
            check(session)

    def test_what_somebody_altered_is_named(self, login: Login) -> None:
        one, two, three = HOURS.tables
        with connected(login) as session:
            migrate(session, quiet)
            session.run(f"ALTER TABLE {one.name} DROP COLUMN {one.columns[-1].name}")
            session.run(f"ALTER TABLE {two.name} ADD COLUMN MINE VARCHAR")
            session.run(f"DROP TABLE {three.name}")
            said = {(d.table, d.text, d.harmful) for d in differences(session)}
        todo = f"ALTER TABLE {one.name} ADD COLUMN COLLECTED_AT TIMESTAMP_NTZ"
        assert said == {
            (one.name, f"has no column COLLECTED_AT: {todo}", True),
            (two.name, "has a column MINE that noctui leaves alone", False),
            (three.name, "is not there, dropped by hand: noctui warehouse init --print has it", True),
        }
        assert init(login, quiet) == codes.PARTIAL
