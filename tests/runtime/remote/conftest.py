"""One server for each file of tests, emptied before each test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from noctui.stores.bus.redis_address import Client
from noctui.stores.bus.redis_server import Server
from tests.redis_server import address, server
from tests.runtime.remote.stage import Leading


@pytest.fixture(scope="module")
def bus() -> Iterator[Server]:
    with server() as one:
        yield one


@pytest_asyncio.fixture
async def client(bus: Server) -> AsyncIterator[Client]:
    one = address(bus).client(answer_seconds=5)
    await one.flushall()
    yield one
    await one.aclose()


@pytest_asyncio.fixture
async def leader(client: Client) -> AsyncIterator[Leading]:
    one = await Leading(client).begin()
    yield one
    await one.end(release=False)
