"""Is what lies on the bus safe there: asked of real servers with such settings, and of what a server might say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from noctui.doctor.bus import bus as looked_at
from noctui.settings import Settings
from noctui.stores.bus.redis_keys import Keys
from noctui.stores.bus.redis_kinds import KINDS, foreign
from noctui.stores.bus.redis_server import Server
from noctui.stores.bus.redis_standing import Standing, remarks, standing
from tests.redis_server import address

SAFE = Standing("Valkey", (9, 1, 0), False, True, True, 10, 100, "noeviction", 0.001)


def texts(one: Standing) -> list[str]:
    return [found.text for found in remarks(one)]


def test_a_safe_one_needs_no_remark() -> None:
    assert texts(SAFE) == []


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (replace(SAFE, product="Redis", version=(6, 0, 16)), "Redis 6.0.16 is too old"),
        (replace(SAFE, replica=True), "it is a read-only replica"),
        (replace(SAFE, appends=False, saves=False), "nothing on it would survive its restart"),
        (replace(SAFE, appends=False), "its restart would lose what came since its last snapshot"),
        (replace(SAFE, policy="allkeys-lru"), "when it is full it drops keys silently (allkeys-lru)"),
        (replace(SAFE, used=81), "81% of its maxmemory is used"),
    ],
)
def test_what_should_be_otherwise(one: Standing, said: str) -> None:
    (found,) = texts(one)
    assert found.startswith(said)


@pytest.mark.parametrize(
    "one", [replace(SAFE, appends=False, saves=None), replace(SAFE, most=0, policy="allkeys-lru", used=10**12)]
)
def test_what_is_not_told_is_not_guessed(one: Standing) -> None:
    """A hosted server does not tell whether it saves; without a limit of its own nothing is dropped."""
    assert texts(one) == []


async def test_a_real_server_that_forgets(tmp_path: Path) -> None:
    """And doctor says so, with what to do; the password nowhere."""
    with Server(password="s3cret", options={"maxmemory": "64mb", "maxmemory-policy": "allkeys-lru"}) as server:
        client = address(server).client()
        found = await standing(client, "here")
        await client.aclose()
        assert (found.appends, found.saves, found.policy, found.most) == (False, False, "allkeys-lru", 64 << 20)
        assert found.product in ("Valkey", "Redis")
        settings = Settings(data=tmp_path, bus=server.url, bus_password="s3cret")
        checks = await looked_at(settings)
        assert [c.verdict for c in checks] == ["ok", "warn", "warn"]
        assert "appendonly yes" in checks[1].todo
        assert not any("s3cret" in c.text + c.todo for c in checks)
        (refused,) = await looked_at(replace(settings, bus_password="wrong"))
        assert refused.verdict == "FAIL"
        assert "refuses the user or password" in refused.text
    (gone,) = await looked_at(settings)
    assert gone.verdict == "FAIL"
    assert "cannot be reached" in gone.text


async def test_who_may_not_ask_how_it_is_set_is_told_so_and_no_more(tmp_path: Path) -> None:
    with Server() as server:
        client = address(server).client()
        acl: Any = client
        await acl.execute_command("ACL", "SETUSER", "few", "on", ">pw", "~{noctui:*", "+@read", "+@connection", "+time")
        settings = Settings(data=tmp_path, bus=f"unix://few:pw@{server.socket}")
        assert [c.verdict for c in await looked_at(settings)] == ["ok", "note"]
        await acl.execute_command("ACL", "SETUSER", "few", "+info")
        checks = await looked_at(settings)
        assert checks[0].text.startswith(f"unix://{server.socket}: ")
        assert [c.verdict for c in checks[1:]] == [], "it may not ask for CONFIG: nothing is guessed"
        await client.aclose()


async def test_a_key_that_is_none_of_ours_is_named(tmp_path: Path) -> None:
    """Each of them, by its name; whatever else stands on the server is none of our business."""
    with Server() as server:
        client = address(server).client()
        await client.set("another program's", "x")
        await client.set("{noctui:org-1}:lease", "1 0 a:1/x")
        assert await foreign(client, "org-1", "here") == ()
        names = [name for name, of in vars(Keys).items() if isinstance(of, property)]
        assert sorted(KINDS) == sorted(names)
        for name in names:
            await client.delete(getattr(Keys("org-1"), name))
            await client.lpush(getattr(Keys("org-1"), name), "x")
        assert len(await foreign(client, "org-1", "here")) == len(KINDS)
        await client.delete(*(getattr(Keys("org-1"), name) for name in names if name not in ("news", "lease")))
        found = [c for c in await looked_at(Settings(data=tmp_path, bus=server.url)) if c.verdict == "FAIL"]
        assert [c.text for c in found] == [
            f"the key {{noctui:org-1}}:{name} holds something that is not of noctui" for name in ("lease", "news")
        ]
        await client.aclose()


async def test_none_is_no_fault(tmp_path: Path) -> None:
    assert [c.verdict for c in await looked_at(Settings(data=tmp_path))] == ["note"]
