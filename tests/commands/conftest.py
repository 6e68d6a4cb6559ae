"""One history for all tests of `noctui export`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.commands.exported import Half, made


@pytest.fixture(scope="session")
def half(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Half]:
    """Nothing of the machine's own settings plays a part."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
        yield made(tmp_path_factory.mktemp("half") / "data")
