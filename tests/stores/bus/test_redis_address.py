"""Addresses of the bus: every form that is meant, one clear line for every wrong one, and no secret in any of them."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noctui.stores.bus.redis_address import Address, AddressError, parse_url, read_address
from noctui.stores.bus.redis_errors import BusLostError, BusRefusedError, named
from noctui.stores.bus.redis_lease import Lease
from noctui.stores.bus.redis_server import Server, binaries
from tests.redis_server import address, free_port, server

SECRET = "s3cr3t/?#@:"
QUOTED = "s3cr3t%2F%3F%23%40%3A"


@pytest.mark.parametrize(
    ("url", "meant"),
    [
        ("redis://bus", Address("one", (("bus", 6379),))),
        ("redis://bus:7000/3", Address("one", (("bus", 7000),), db=3)),
        ("redis://bus?db=3", Address("one", (("bus", 6379),), db=3)),
        (f"redis://:{QUOTED}@bus", Address("one", (("bus", 6379),), password=SECRET)),
        (f"rediss://noc:{QUOTED}@bus/0", Address("one", (("bus", 6379),), tls=True, user="noc", password=SECRET)),
        ("redis://[fd00::7]:7000", Address("one", (("fd00::7", 7000),))),
        (
            "rediss://bus?ssl_ca_certs=/etc/ca.pem",
            Address("one", (("bus", 6379),), tls=True, options=(("ssl_ca_certs", "/etc/ca.pem"),)),
        ),
        ("unix:///run/bus/s", Address("one", path="/run/bus/s")),
        (f"unix://noc:{QUOTED}@/run/a%20b?db=2", Address("one", path="/run/a b", db=2, user="noc", password=SECRET)),
        (
            f"redis+sentinel://:{QUOTED}@a:1,b/noc/2",
            Address("sentinel", (("a", 1), ("b", 26379)), service="noc", db=2, password=SECRET),
        ),
        ("rediss+cluster://a:7000,b:7001", Address("cluster", (("a", 7000), ("b", 7001)), tls=True)),
    ],
    ids=lambda value: value.split("@")[-1] if isinstance(value, str) else "",
)
def test_forms_of_a_url(url: str, meant: Address) -> None:
    got = parse_url(url)
    assert got == meant
    assert got.password == meant.password
    assert "s3cr3t" not in repr(got) + got.text


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("bus:6379", "begins with no scheme of a bus; write redis://HOST:PORT/0"),
        ("http://bus", "begins with no scheme"),
        ("redis:bus", "begins with no scheme"),
        ("redis://", "names no host"),
        ("redis://bus:abc", "the port is no number"),
        ("redis://bus:70000", "the port is no number from 1 to 65535"),
        ("redis://bus/x", "the database is no number"),
        ("redis://bus/1/2", "too long a path"),
        ("redis://bus/1?db=2", "twice"),
        ("redis://a,b", "several hosts; that is redis+sentinel:// or redis+cluster://"),
        ("redis://bus?retry=1", "an option that is not known"),
        ("redis://bus?x", "NAME=VALUE"),
        ("redis://bus?ssl_ca_certs=/x", "without TLS; begin it with rediss"),
        ("rediss://bus?ssl_cert_reqs=perhaps", "none, optional or required"),
        ("redis://[fd00::7", "no URL"),
        ("redis://b us", "a space"),
        ("redis://bus#1", "holds a #: in a password write it as %23"),
        ("unix://run/s", "three slashes"),
        ("unix:///", "names no socket"),
        ("redis+sentinel://a,b", "names no service"),
        ("redis+cluster://a/1", "database 0 alone"),
        ("redis://:s3cr3t/x@bus", "in a password write / as %2F"),
        ("redis://:s3cr3t?x@bus", "? as %3F"),
        ("redis://:s3cr3t#x@bus", "as %23"),
        ("redis://noc:s3cr3t@x@bus", "as %40"),
    ],
)
def test_wrong_forms_have_one_clear_line_without_secrets(url: str, words: str) -> None:
    with pytest.raises(AddressError) as caught:
        parse_url(url)
    text = str(caught.value)
    assert text.startswith("REDIS_URL")
    assert words in text
    assert "s3cr3t" not in text
    assert "\n" not in text


def _said(url: str) -> str:
    try:
        return parse_url(url).kind
    except AddressError as error:
        return str(error)


@given(st.text(max_size=40), st.text(max_size=10))
def test_whatever_is_written_is_an_address_or_one_line(rest: str, scheme: str) -> None:
    for url in (f"redis://{rest}", f"{scheme}://{rest}", f"unix://{rest}", f"redis+sentinel://{rest}", rest):
        assert _said(url).isprintable()


def test_host_port_and_password_are_the_other_way() -> None:
    assert read_address({}) is None, "localhost is never tried unasked"
    assert read_address({"REDIS_URL": " ", "REDIS_HOST": ""}) is None
    assert read_address({"REDIS_HOST": "bus"}) == Address("one", (("bus", 6379),))
    full = read_address({"REDIS_HOST": "bus", "REDIS_PORT": "7000", "REDIS_PASSWORD": "s3cr3t"})
    assert full == Address("one", (("bus", 7000),), password="s3cr3t")
    url = read_address({"REDIS_URL": "redis://a", "REDIS_HOST": "b", "REDIS_PASSWORD": "s3cr3t"})
    assert url == Address("one", (("a", 6379),), password="s3cr3t")


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ({"REDIS_PORT": "7000"}, "REDIS_PORT is set without REDIS_HOST"),
        ({"REDIS_HOST": "redis://bus"}, "REDIS_HOST is no host name"),
        ({"REDIS_HOST": "bus", "REDIS_PORT": "x"}, "REDIS_PORT: the port is no number"),
    ],
)
def test_wrong_names_are_told(names: dict[str, str], words: str) -> None:
    with pytest.raises(AddressError, match=words):
        read_address(names)


async def test_a_password_and_a_user_are_used(org: str) -> None:
    with server(tcp=True, password="s3cr3t") as one:
        url = f"redis://:s3cr3t@127.0.0.1:{one.port}"
        admin = parse_url(url).client()
        await admin.acl_setuser("noc", enabled=True, passwords=["+other"], keys=["{noctui:*"], categories=["+@all"])
        user = parse_url(f"redis://noc:other@127.0.0.1:{one.port}").client()
        assert await Lease(user, org, "the bus").acquire()
        for wrong in (
            "",
            "s3cr3",
        ):
            client = parse_url(f"redis://:{wrong}@127.0.0.1:{one.port}").client(tries=0)
            with pytest.raises(BusRefusedError, match="refuses the user or password") as caught:
                await Lease(client, org, "the bus").acquire()
            assert "s3cr3" not in str(caught.value)
            await client.aclose()
        await user.aclose()
        await admin.aclose()


async def test_nobody_there_is_said_within_the_time() -> None:
    where = Address("one", (("127.0.0.1", free_port()),))
    client = where.client(answer_seconds=0.2, tries=1)
    began = time.monotonic()
    with pytest.raises(BusLostError, match=r"^redis://127.0.0.1:\d+ cannot be reached"), named(where.text):
        await client.ping()
    assert time.monotonic() - began < 5
    await client.aclose()


async def test_a_server_without_tls_is_named(org: str) -> None:
    with server(tcp=True) as one:
        where = parse_url(f"rediss://127.0.0.1:{one.port}")
        client = where.client(answer_seconds=0.3, tries=0)
        with pytest.raises((BusRefusedError, BusLostError), match=where.text):
            await Lease(client, org, where.text).acquire()
        await client.aclose()


async def test_a_dead_connection_is_made_again(bus: Server, org: str) -> None:
    """Whoever closed it: the next command goes through."""
    client, other = address(bus).client(), address(bus).client()
    lease = Lease(client, org, "the bus")
    await lease.acquire()
    await other.client_kill_filter(_type="normal", skipme=True)
    assert await lease.renew()
    await client.aclose()
    await other.aclose()


@pytest.mark.soak  # a node waits 2 s before it writes
async def test_a_cluster_has_all_keys_of_an_org_in_one_place(org: str) -> None:
    """One node with all slots is a cluster, too: it refuses a script whose keys are in two."""
    with server(tcp=True, cluster_enabled="yes", cluster_port=str(free_port())) as one:
        node = address(one).client()
        await node.execute_command("CLUSTER", "ADDSLOTSRANGE", 0, 16383)  # type: ignore[no-untyped-call]
        while b"cluster_state:ok" not in await node.execute_command("CLUSTER", "INFO"):  # type: ignore[no-untyped-call]
            await asyncio.sleep(0.01)
        client = parse_url(f"redis+cluster://127.0.0.1:{one.port}").client()
        assert type(client).__name__ == "RedisCluster"
        lease = Lease(client, org, "the bus")
        assert await lease.acquire()
        await lease.fenced([("SET", lease.keys.snapshot, "1"), ("XADD", lease.keys.polls, "1-1", "b", "2")])
        assert await lease.renew()
        await client.aclose()
        await node.aclose()


@contextmanager
def _sentinel(folder: Path, watched: int) -> Iterator[int]:
    """One that watches that port under the name `noc`: its own port."""
    port, config = free_port(), folder / "sentinel.conf"
    config.write_text(f'port {port}\nbind 127.0.0.1\ndir "{folder}"\nsentinel monitor noc 127.0.0.1 {watched} 1\n')
    process = subprocess.Popen([str(binaries()[0]), str(config), "--sentinel"], stdout=subprocess.DEVNULL)
    try:
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.005)
        yield port
    finally:
        process.kill()
        process.wait()


async def test_sentinel_says_where_the_server_is(org: str, tmp_path: Path) -> None:
    with server(tcp=True) as one, _sentinel(tmp_path, one.port) as watcher:
        client = parse_url(f"redis+sentinel://127.0.0.1:{watcher}/noc").client()
        assert await Lease(client, org, "the bus").acquire()
        await client.aclose()
        lost = parse_url(f"redis+sentinel://127.0.0.1:{watcher}/other").client(answer_seconds=0.5, tries=0)
        with pytest.raises(BusLostError, match="cannot be reached"):
            await Lease(lost, org, "the bus").acquire()
        await lost.aclose()
