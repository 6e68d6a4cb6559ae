"""Our acknowledgements in Mist: taken and given back over HTTP; a token that only reads is said."""

from __future__ import annotations

from noctui.sim.mist.clock import SimClock
from noctui.sim.mist.server import serve
from noctui.sim.mist.tokens import Access
from noctui.sim.world import World
from noctui.sources.mist.settings import MistSettings
from noctui.sources.mist.source import MistSource
from tests.sources.mist.cloud import TOKENS

READER, WRITER = TOKENS[:2]


async def asked(tokens: tuple[str, ...]) -> tuple[str, str, list[bool], list[str]]:
    """What taking and giving back came to, and what Mist says of the alarms after each."""
    world = World()
    clock = SimClock(0, world.anchor)
    access = {READER: Access(role="read"), WRITER: Access(role="write")}
    server = await serve(world, tokens=tokens, clock=clock, access=access)
    source = MistSource(MistSettings(tokens=tokens, host=server.url, insecure_host=True), clock)
    try:
        alarms = (await source.sweep()).told.alarms[:3]
        ids = [a.alarm_id for a in alarms]
        taken = await source.acknowledge(ids, "fibre cut", True)
        source.recall(())
        after = {a.alarm_id: a for a in (await source.sweep()).told.alarms}
        back = await source.acknowledge(ids, "", False)
        return taken, back, [after[i].acked for i in ids], [after[i].note for i in ids]
    finally:
        await source.close()
        await server.close()


async def test_a_token_that_may_write_takes_them_and_gives_them_back() -> None:
    """With a token that may only read beside it: Mist refuses that one, and the other is tried."""
    taken, back, acked, notes = await asked((READER, WRITER))
    assert (taken, back) == ("", "")
    assert acked == [True] * 3
    assert notes == ["fibre cut"] * 3


async def test_a_token_that_may_only_read_is_said() -> None:
    taken, _, acked, _ = await asked((READER,))
    assert taken == "Mist lets this token read alone: ack_to_mist needs one that may write"
    assert acked == [False] * 3


async def test_before_mist_has_answered_it_is_said() -> None:
    source = MistSource(MistSettings(tokens=TOKENS, host="http://127.0.0.1:1", insecure_host=True), SimClock(0, 1e9))
    assert "not said yet" in await source.acknowledge(("a",), "", True)
    await source.close()
