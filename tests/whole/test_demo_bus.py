"""The demo brings a Valkey of its own, which others can follow, and which dies with it."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.whole.ended import still_running
from tests.whole.terminal import Terminal


@pytest.fixture
def terminals() -> Iterator[list[Terminal]]:
    opened: list[Terminal] = []
    yield opened
    for terminal in opened:
        terminal.close()


def test_a_screen_follows_the_demo_by_its_own_bus_until_it_is_killed(terminals: list[Terminal], tmp_path: Path) -> None:
    homes = [tmp_path / name for name in ("a", "b")]
    for home in homes:
        home.mkdir()
    demo = Terminal(["--demo", "--days", "0", "--sites", "12", "--poll-seconds", "1"], homes[0])
    terminals.append(demo)
    demo.wait_for(r"live \d+s +leader")
    (where,) = homes[0].rglob("bus.url")
    url = where.read_text().strip()
    assert url.startswith("unix://"), "no port is open"
    follower = Terminal([], homes[1], env={"REDIS_URL": url})
    terminals.append(follower)
    follower.wait_for(r"live \d+s +follows \S+:\d+")
    demo.type("0")
    demo.wait_for(r"bus ─")
    demo.wait_for(r"in use")  # the server has said how it is
    assert "appendonly" not in demo.text, "of a server that ends with the demo nothing has to survive"
    children = psutil.Process(demo.pid).children(recursive=True)
    assert any("valkey" in " ".join(one.cmdline()) or "redis" in " ".join(one.cmdline()) for one in children)
    demo.kill(signal.SIGKILL)
    demo.wait()
    assert not still_running(children, 5)
    follower.wait_for(r"live \d+s|bus lost|was last heard")
    follower.type("q")
    assert follower.wait() == 0
    assert "Traceback" not in follower.text
