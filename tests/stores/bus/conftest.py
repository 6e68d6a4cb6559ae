"""One server for each file of tests, and an org of its own for each test."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from noctui.stores.bus.redis_address import Client
from noctui.stores.bus.redis_server import Server
from tests.redis_server import address, server

_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def bus() -> Iterator[Server]:
    with server() as one:
        yield one


@pytest_asyncio.fixture
async def client(bus: Server) -> AsyncIterator[Client]:
    one = address(bus).client()
    yield one
    await one.aclose()


@pytest.fixture
def org() -> str:
    """An org that no other test has."""
    return f"org-{next(_numbers)}"
