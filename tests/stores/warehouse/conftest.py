"""One fakesnow server for all tests of the warehouse, and a database of its own for each."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest

from noctui.stores.warehouse.login import Login
from tests.stores.warehouse.snow import Snow

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def running_snow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snow]:
    snow = Snow(tmp_path_factory.mktemp("snow"))
    snow.start()
    yield snow
    snow.stop(kill=True)


@pytest.fixture
def snow(running_snow: Snow) -> Iterator[Snow]:
    """The server, well again and with nothing said so far."""
    running_snow.well()
    yield running_snow
    running_snow.well()


@pytest.fixture
def database(snow: Snow) -> str:
    """The name of a new database with the schema RETAIL_WAN, empty."""
    import snowflake.connector

    name = f"WAN_{next(_numbers)}"
    with snowflake.connector.connect(**snow.keywords()) as made, made.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
        cursor.execute(f"CREATE SCHEMA {name}.RETAIL_WAN")
    return name


@pytest.fixture
def connection(snow: Snow, database: str) -> Iterator[Any]:
    """The real connector's, to the test's own database."""
    import snowflake.connector

    with snowflake.connector.connect(**snow.keywords(database)) as made:
        yield made


@pytest.fixture
def login(snow: Snow, database: str) -> Login:
    """To the test's own database, over noctui's way of logging in. The server has not been asked anything yet."""
    snow.well()
    return login_of(snow, database)


def login_of(snow: Snow, database: str) -> Login:
    return Login(
        account="fakesnow", user="NOCTUI", password="any", role="NOCTUI_SYNC", warehouse="NOCTUI_WH",
        database=database, schema="RETAIL_WAN", host="127.0.0.1", port=snow.port, protocol="http", timeout=10.0,
    )  # fmt: skip
