from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.sources.mist.cloud import Cloud


@pytest.fixture
async def cloud() -> AsyncIterator[Cloud]:
    made = Cloud()
    await made.start()
    yield made
    await made.server.close()
