"""docs/bus.md keeps its word: its commands, addresses, keys and rights are the program's, and a real server's."""

from __future__ import annotations

import re
import shlex

import pytest

from noctui import cli
from noctui.commands import collect
from noctui.settings import Settings
from noctui.stores.bus.redis_address import parse_url
from noctui.stores.bus.redis_keys import Keys
from noctui.stores.bus.redis_server import Server
from tests.redis_server import needs_server
from tests.runtime.remote.stage import Leading, view
from tests.whole.terminal import ROOT

DOC = (ROOT / "docs/bus.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(?:sh)?\n(.*?)^```", DOC, re.DOTALL | re.MULTILINE)
LINES = [line for block in BLOCKS for line in block.splitlines()]
RIGHTS = [line.split(" #")[0].split() for line in LINES if line.startswith("ACL SETUSER")]


def test_every_command_in_it_is_one() -> None:
    commands = [shlex.split(line.split(" #")[0])[1:] for line in LINES if line.startswith(".venv/bin/noctui")]
    assert commands
    for words in commands:
        if words:
            assert words[0] in cli.COMMANDS
            assert collect.parser().parse_args(words[1:]).watch


@pytest.mark.parametrize(
    "url",
    [
        *(line.partition("=")[2] for line in LINES if line.startswith("export REDIS_URL=")),
        *(one.replace("PATH", "tmp/s") for one in re.findall(r"`((?:redis\+[a-z]+|unix)://[^`]+)`", DOC)),
    ],
)
def test_every_form_of_an_address_is_one(url: str) -> None:
    assert parse_url(url)


def test_every_key_is_named() -> None:
    keys = [name for name, of in vars(Keys).items() if isinstance(of, property)]
    assert {name for name in keys if f"`{name}`" not in DOC} == set()
    assert Keys("ORG").lease.startswith("{noctui:ORG}:")
    assert f"`bus.lease_seconds` ({Settings().lease_seconds:g})" in DOC


@needs_server
async def test_the_rights_it_gives_are_enough_and_no_more(bus: Server) -> None:
    """One leads and is followed by itself; what only looks is in tests/runtime/remote/test_faults.py."""
    admin = parse_url(bus.url).client()
    for words in RIGHTS:
        await admin.execute_command(*words)  # type: ignore[no-untyped-call]
    lead, wall = (words[2] for words in RIGHTS)
    client = parse_url(f"unix://{lead}:PASSWORD@{bus.socket}").client()
    leader = await Leading(client).begin()
    await leader.poll(view(0))
    assert [one.act for one in await leader.inbox.read(0.01)] == []
    looks = parse_url(f"unix://{wall}:PASSWORD@{bus.socket}").client()
    assert await looks.get(leader.lease.keys.snapshot)
    for one, name in ((client, "another"), (looks, leader.lease.keys.snapshot)):
        with pytest.raises(Exception, match="permission"):
            await one.set(name, b"x")
    await leader.end()
    for one in (admin, client, looks):
        await one.aclose()
