"""No network: nobody listens, nobody answers, the name is not known any more. Said which, and everything stays."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from noctui.model.words import State
from tests.faults.shown import header, sentence
from tests.walk.walk import MINUTE, POLL, T0, Walk, walking
from tests.walk.worlds import calm


def port_of(walk: Walk) -> int:
    return int(walk.server.url.rpartition(":")[2])


class Names:
    """The name service of the outside world: it knows `mist.test` until it is gone."""

    def __init__(self, real: Any) -> None:
        self._real = real
        self.gone = False

    def __call__(self, host: Any, *more: Any, **options: Any) -> Any:
        if host == "mist.test":
            if self.gone:
                raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
            host = "127.0.0.1"
        return self._real(host, *more, **options)


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    made = Names(socket.getaddrinfo)
    monkeypatch.setattr(socket, "getaddrinfo", made)
    return made


async def test_a_name_that_stops_resolving_is_said_and_comes_back(
    tmp_path: Path, names: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once the ten seconds are over for which a connector remembers an address: real ones, not ours to pass."""
    monkeypatch.setattr("aiohttp.connector._DNSCacheTable.expired", lambda *_: True)
    async with walking(tmp_path, calm()) as walk:
        port = port_of(walk)
        watch = await walk.watch(host=f"http://mist.test:{port}")
        await walk.clock.run_to(T0 + 2 * MINUTE)
        assert watch.status.fault == ""
        last = watch.view
        names.gone = True
        await walk.server.close()  # with it the connections that were open
        await walk.server.start("127.0.0.1", port, None)
        await walk.clock.run_to(T0 + 4 * MINUTE + 30)
        assert watch.status.fault == "lost"
        assert "the host name is not known here" in watch.status.fault_text
        assert header(watch).startswith(" MIST LOST 1m")
        assert sentence(watch).startswith("No new data since 00:02:00: ")
        assert watch.view.circuits.severity.tolist() == last.circuits.severity.tolist()

        names.gone = False
        await walk.clock.run(POLL)
        assert watch.status.fault == ""
        assert watch.view.at == T0 + 5 * MINUTE


async def test_a_name_that_never_was_is_said_at_the_start(tmp_path: Path, names: Names) -> None:
    names.gone = True
    async with walking(tmp_path, calm()) as walk:
        watch = await walk.watch(host="http://mist.test:1")
        await walk.clock.run(POLL)
        assert watch.status.fault == "lost"
        assert watch.status.fault_text.startswith("GET /api/v1/self: the host name is not known here")
        names.gone = False


@pytest.fixture
def deaf() -> Iterator[int]:
    """A port where connections are taken and nothing is ever read or said."""
    with socket.create_server(("127.0.0.1", 0), backlog=16) as listening:
        yield int(listening.getsockname()[1])


async def test_a_host_that_takes_connections_and_says_nothing_is_given_up(tmp_path: Path, deaf: int) -> None:
    """Each call has its time, and all tries of a sweep together have theirs."""
    async with walking(tmp_path, calm()) as walk:
        watch = await walk.watch(host=f"http://127.0.0.1:{deaf}", timeout=0.1)
        await walk.clock.run(POLL)
        assert watch.status.fault == "lost"
        assert watch.status.fault_text == "GET /api/v1/self: no answer within 0.1 s, 4 tries"


async def test_a_cloud_that_falls_silent_in_the_middle_is_lost_and_found(tmp_path: Path) -> None:
    async with walking(tmp_path, calm()) as walk:
        watch = await walk.watch(timeout=0.15)
        await walk.clock.run_to(T0 + 2 * MINUTE)
        walk.server.faults.slow, walk.server.faults.slow_seconds = 100.0, 30.0
        await walk.clock.run(2 * POLL)
        assert watch.status.fault == "lost"
        assert "no answer within 0.15 s" in watch.status.fault_text
        assert (watch.view.circuits.state == State.UP).all()
        walk.server.faults.slow = 0.0
        await walk.clock.run(2 * POLL)
        assert watch.status.fault == ""


async def test_a_port_where_nobody_listens_is_said(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    async with walking(tmp_path, calm()) as walk:
        watch = await walk.watch(host=f"http://127.0.0.1:{port}")
        await walk.clock.run(POLL)
        assert watch.status.fault == "lost"
        assert "Connect call failed" in watch.status.fault_text
