"""noctui on two hosts, each in a real terminal: one collects and publishes, the other knows the bus's address alone."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from noctui.stores.bus.redis_keys import Keys
from noctui.stores.bus.redis_server import Server
from tests.redis_server import address, server
from tests.whole.terminal import Terminal


@pytest.fixture
def bus() -> Iterator[Server]:
    with server() as one:
        yield one


@pytest.fixture
def terminals() -> Iterator[list[Terminal]]:
    opened: list[Terminal] = []
    yield opened
    for terminal in opened:
        terminal.close()


def started(terminals: list[Terminal], home: Path, bus: Server, *args: str) -> Terminal:
    home.mkdir()
    terminal = Terminal(list(args), home, env={"REDIS_URL": bus.url})
    terminals.append(terminal)
    return terminal


def test_a_second_host_follows_with_nothing_but_the_address(
    terminals: list[Terminal], bus: Server, tmp_path: Path
) -> None:
    """No token, no org, no call, no history: the live screen, the past by request, and what became of the leader."""
    leader = started(terminals, tmp_path / "a", bus, "--demo", "--days", "0", "--sites", "12", "--poll-seconds", "1")
    leader.wait_for(r"live \d+s +leader")
    follower = started(terminals, tmp_path / "b", bus)
    follower.wait_for(r"live \d+s +follows \S+:\d+")
    assert not psutil.Process(follower.pid).children(), "no collector"
    follower.wait_for("worst first")
    follower.type("3")
    follower.wait_for(r"circuits[^\n]*live")
    for _ in range(9):  # the leader may have kept one poll alone so far: then there is none before it
        follower.type("[")
        with contextlib.suppress(AssertionError):
            follower.wait_for(r"PAST \d\d:\d\d:\d\d", 2.0)
            break
    follower.wait_for(r"PAST \d\d:\d\d:\d\d")
    follower.type("L")
    follower.wait_for(r"live \d+s +follows")
    leader.type("q")
    assert leader.wait() == 0
    follower.wait_for(r"was last heard \d+s ago\. Nobody leads yet\.")
    follower.type("q")
    assert follower.wait() == 0
    assert "Traceback" not in follower.text
    assert not list((tmp_path / "b").rglob("*.db"))


async def test_several_orgs_are_listed_and_none_is_guessed(
    terminals: list[Terminal], bus: Server, tmp_path: Path
) -> None:
    client = address(bus).client()
    for org in ("one", "another"):
        await client.set(Keys(org).snapshot, b"x")
    await client.aclose()
    follower = started(terminals, tmp_path / "b", bus)
    assert follower.wait() == 2
    assert "several orgs are on the bus: say which with --org-id: another, one" in follower.text


def test_there_is_nothing_to_keep_without_a_bus(terminals: list[Terminal], tmp_path: Path) -> None:
    terminal = Terminal(["--keep"], tmp_path, env={"MIST_API_TOKEN": "a-token-0123456789"})
    terminals.append(terminal)
    assert terminal.wait() == 2
    assert "--keep keeps what comes by the bus, and there is no bus" in terminal.text
