"""The server that tests of the warehouse talk to: real connector, real HTTP, and faults on request."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.stores.warehouse.snow import Snow, needs_snowflake

pytestmark = needs_snowflake


def test_rows_that_were_sent_are_read(connection: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE T (A NUMBER, B TEXT)")
        cursor.execute("INSERT INTO T SELECT 1, 'it''s'")
        assert cursor.execute("SELECT * FROM T").fetchall() == [(1, "it's")]


def test_a_file_is_put_copied_and_merged(connection: Any, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text('1,"a ""quoted"", name"\n2,\n')
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE T (A NUMBER, B TEXT)")
        cursor.execute("CREATE TABLE S (A NUMBER, B TEXT)")
        cursor.execute("CREATE TEMPORARY STAGE OURS")
        cursor.execute(f"PUT 'file://{tmp_path}/rows.csv' @OURS AUTO_COMPRESS=FALSE")
        cursor.execute(
            "COPY INTO S FROM @OURS FILE_FORMAT=(TYPE=CSV FIELD_OPTIONALLY_ENCLOSED_BY='\"' NULL_IF=('\\\\N'))"
        )
        cursor.execute("MERGE INTO T USING S ON T.A = S.A WHEN NOT MATCHED THEN INSERT (A, B) VALUES (S.A, S.B)")
        assert cursor.execute("SELECT A, B FROM T ORDER BY A").fetchall()[0] == (1, 'a "quoted", name')


def test_what_is_to_be_refused_is_refused_once(snow: Snow, connection: Any) -> None:
    from snowflake.connector.errors import ProgrammingError

    snow.spoil("select 42", code="002003", message="Object 'X' does not exist or not authorized.")
    with connection.cursor() as cursor:
        with pytest.raises(ProgrammingError, match="not authorized"):
            cursor.execute("select 42")
        assert cursor.execute("select 42").fetchall() == [(42,)]
    assert snow.said().count("select 42") == 2


def test_what_a_warehouse_needs_from_its_administrator_does_nothing_here(connection: Any) -> None:
    with connection.cursor() as cursor:
        for text in (
            "CREATE WAREHOUSE W",
            "CREATE ROLE R",
            "GRANT USAGE ON SCHEMA S TO ROLE R",
        ):
            cursor.execute(text)


@pytest.mark.soak
def test_a_server_that_begins_again_has_its_rows_still(tmp_path: Path) -> None:
    import snowflake.connector

    snow = Snow(tmp_path)
    snow.start()
    with snowflake.connector.connect(**snow.keywords()) as made, made.cursor() as cursor:
        cursor.execute("CREATE DATABASE KEPT")
        cursor.execute("CREATE SCHEMA KEPT.S")
        cursor.execute("CREATE TABLE KEPT.S.T (A NUMBER)")
        cursor.execute("INSERT INTO KEPT.S.T SELECT 7")
    snow.stop(kill=True)
    snow.start()
    try:
        with snowflake.connector.connect(**snow.keywords("KEPT", "S")) as made, made.cursor() as cursor:
            assert cursor.execute("SELECT A FROM T").fetchall() == [(7,)]
    finally:
        snow.stop()
