"""A sweep that several sources fetch together is the sweep of one: over real sockets, on a world that stands still."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from noctui.engine.engine import Engine
from noctui.engine.rules import Rules
from noctui.model.batch import Sweep
from noctui.model.view import View
from noctui.runtime.intake import Intake
from noctui.settings import Thresholds
from noctui.sim.mist.clock import SimClock
from noctui.sim.mist.cloud import Cloud, Kept
from noctui.sim.mist.server import MistServer, serve
from noctui.sim.world import World
from noctui.sources.mist.errors import Garbled
from noctui.sources.mist.listed import LONGEST, Lists, evenly
from noctui.sources.mist.settings import MistSettings
from noctui.sources.mist.shares import Share, ShareLost, Tokens, fingerprint, packed, schema, unpacked
from noctui.sources.mist.source import MistSource
from tests.sources.mist.cloud import TOKENS
from tests.stores.made import difference

SITES = 60
LISTED = ("stats/ports/search", "stats/vpn_peers/search")


@dataclass
class Beside:
    """Others who fetch shares with tokens of their own; what they send goes through bytes, as over a bus. `spoilt` says
    what becomes of a share on its way."""

    sources: dict[str, MistSource]
    spoilt: Callable[[Share], Share] = lambda share: share
    divided: int = 0
    shares: dict[str, list[str]] = field(default_factory=dict)

    async def divide(
        self, sites: Mapping[str, str], tokens: Tokens, seconds: float, usual: float, besides: float
    ) -> Parted | None:
        assert tokens
        assert seconds > 0
        assert besides > 0
        macs, count = sorted(sites), len(self.sources) + 1
        own, *others = (macs[n::count] for n in range(count))
        self.divided += 1
        self.shares = dict(zip(self.sources, others, strict=True))
        return Parted(self, own, self.shares)


@dataclass
class Parted:
    of: Beside
    own: Sequence[str]
    others: Mapping[str, Sequence[str]]
    closed: bool = False

    async def share(self, name: str) -> Share:
        return self.of.spoilt(unpacked(packed(await self.of.sources[name].share(self.others[name], 60.0))))

    def close(self) -> None:
        self.closed = True


@dataclass
class Stage:
    cloud: MistServer
    clock: SimClock
    alone: MistSource
    leader: MistSource
    beside: Beside

    def spent(self) -> list[int]:
        return [self.cloud.tokens.used(token) for token in TOKENS]


@asynccontextmanager
async def stage(members: int = 1, page: int = 100, sites: int = SITES) -> AsyncIterator[Stage]:
    """A leader with the first token, members with the next ones, and beside them one that sweeps alone."""
    world = World(sites=sites)
    clock = SimClock(0, world.anchor)
    async with AsyncExitStack() as stack:
        cloud = await serve(world, tokens=(*TOKENS, "alone-token-for-tests-5e1f"), clock=clock)
        stack.push_async_callback(cloud.close)

        def source(token: str) -> MistSource:
            made = MistSource(MistSettings(tokens=(token,), host=cloud.url, insecure_host=True, page_limit=page), clock)
            stack.push_async_callback(made.close)
            return made

        beside = Beside({f"noc-{n}:{n}/x": source(TOKENS[n]) for n in range(1, members + 1)})
        leader = source(TOKENS[0])
        leader.share_with(beside)
        yield Stage(cloud, clock, source("alone-token-for-tests-5e1f"), leader, beside)


class Judged:
    """Sweeps judged one after another, as a collector does."""

    def __init__(self) -> None:
        numbers: dict[tuple[str, str], int] = {}
        self._intake = Intake(None, lambda kind, ident: numbers.setdefault((kind, ident), len(numbers)), 0)
        self._engine = Engine(Rules(Thresholds().at))

    def view(self, sweep: Sweep) -> View:
        poll, inventory, _ = self._intake.take(sweep, int(sweep.ended // 60), 60.0)
        return self._engine.apply(poll, inventory).view


def sweeps_differ(one: Sweep, other: Sweep) -> str:
    """Where, but for what it cost."""
    bare = {"reports": (), "started": 0.0, "ended": 0.0}
    return difference(replace(one, **bare), replace(other, **bare))  # type: ignore[arg-type]


@pytest.mark.parametrize("members", [1, 2])
async def test_a_shared_sweep_and_its_view_are_those_of_one_alone(members: int) -> None:
    async with stage(members) as s:
        ours, theirs = Judged(), Judged()
        for poll in range(3):
            s.clock.move(60.0)
            alone, shared = await s.alone.sweep(), await s.leader.sweep()
            assert s.beside.divided == poll  # the first is the leader's own: it tells which gateways there are
            assert shared.whole
            assert sweeps_differ(shared, alone) == ""
            one, other = theirs.view(alone), ours.view(shared)
            bare = {"reports": (), "at": 0.0, "limits": None}
            assert difference(replace(other, **bare), replace(one, **bare)) == ""  # type: ignore[arg-type]
            assert len(one.circuits) > SITES


async def test_each_token_pays_for_its_own_share() -> None:
    async with stage(2) as s:
        await s.leader.sweep()
        before = s.spent()
        paths = s.cloud.by_path.copy()
        sweep = await s.leader.sweep()
        spent = [now - was for now, was in zip(s.spent(), before, strict=True)]
        listed = sum((s.cloud.by_path - paths)[path] for path in s.cloud.by_path if path.endswith(LISTED))
        others = sum((s.cloud.by_path - paths).values()) - listed - 4
        assert spent[0] >= others  # what is not divided is the leader's
        assert spent[0] - others + spent[1] + spent[2] == listed + 4  # each member says once who it is
        assert min(spent[0] - others, spent[1], spent[2]) > 0
        status = s.leader.status
        assert sum(status.shared_pages.values()) == spent[1] + spent[2] - 4
        assert status.sweep_pages <= spent[0]
        assert sum(r.calls for r in sweep.reports) == sum(spent) - 4


async def test_a_share_that_is_lost_is_fetched_by_the_leader_and_the_sweep_is_whole() -> None:
    def lost(_share: Share) -> Share:
        raise ShareLost("it is gone")

    async with stage(2) as s:
        await s.leader.sweep()
        s.beside.spoilt = lost
        shared, alone = await s.leader.sweep(), await s.alone.sweep()
        assert s.beside.divided == 1
        assert shared.whole
        assert sweeps_differ(shared, replace(alone, told=shared.told, events=shared.events)) == ""
        assert s.leader.status.shared_pages == {}


async def test_a_share_that_lost_a_page_is_fetched_again_too() -> None:
    async with stage(1) as s:
        await s.leader.sweep()

        def torn(share: Share) -> Share:
            assert share.port_feed is not None
            feed = replace_struct(share.port_feed, pages_lost=1, error="500 Internal Server Error")
            return replace_struct(share, ports=share.ports[:3], port_feed=feed)

        s.beside.spoilt = torn
        shared = await s.leader.sweep()
        assert shared.whole
        assert shared.circuits is not None
        assert len(shared.circuits.ids) > SITES


async def test_where_no_time_is_left_what_did_not_come_is_lost_and_nothing_else() -> None:
    """A page that never comes to anybody: partial, and circuits keep what was known of them."""
    async with stage(1, page=1000) as s:
        first = await s.leader.sweep()
        s.cloud.faults.lost_pages = {"stats/ports/search": 1}
        shared = await s.leader.sweep()
        assert not shared.whole
        assert {r.feed for r in shared.reports if not r.sound} == {"circuits"}
        assert shared.discovery.circuits == first.discovery.circuits
        assert shared.circuits is None
        assert shared.paths is not None
        assert len(shared.paths.ids) == len(first.paths.ids if first.paths is not None else ())


async def test_a_gateway_that_came_since_is_in_the_same_sweep() -> None:
    async with stage(1) as s:
        new = s.cloud.world.network.mac[7]
        hidden = [lambda _feed, rows: [row for row in rows if row.get("mac") != new]]
        s.cloud.rewrite.extend(hidden)
        first = await s.leader.sweep()
        s.cloud.rewrite.clear()
        second = await s.leader.sweep()
        assert s.beside.divided == 1
        assert new not in {g.gateway_id for g in first.discovery.gateways}
        alone = await s.alone.sweep()
        assert sweeps_differ(replace(second, told=alone.told, events=alone.events), alone) == ""


@pytest.mark.parametrize("ignored", [True, False])
async def test_a_cloud_that_takes_no_lists_is_found_out_and_swept_by_the_leader_alone(
    ignored: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It gives everybody's rows, or none: neither is believed."""
    taken = Cloud._sites_of

    def sites_of(self: Cloud, query: Mapping[str, str]) -> Kept:
        kept = taken(self, {k: v for k, v in query.items() if k != "mac"})
        return kept if ignored or "," not in query.get("mac", "") else np.zeros_like(kept)

    monkeypatch.setattr(Cloud, "_sites_of", sites_of)
    async with stage(2) as s:
        first = await s.leader.sweep()
        second = await s.leader.sweep()
        assert s.beside.divided == 1
        assert second.discovery.circuits == first.discovery.circuits
        assert second.whole
        assert any("lists of macs" in note for note in s.leader.status.notes)
        third = await s.leader.sweep()
        assert s.beside.divided == 1
        assert third.whole
        s.clock.move(3700.0)
        await s.leader.sweep()
        assert s.beside.divided == 2  # it may have been mended


async def test_a_member_whose_token_rests_says_so_and_makes_no_call() -> None:
    async with stage(1) as s:
        member = next(iter(s.beside.sources.values()))
        await member.open()
        s.cloud.tokens.limit = s.cloud.tokens.used(TOKENS[1])
        refused = await member.share(s.cloud.world.network.mac[:2], 10.0)
        assert refused.ports == []
        calls = s.cloud.calls
        share = await member.share(s.cloud.world.network.mac[:2], 10.0)
        assert "used the hour's calls" in share.error
        assert not share.whole
        assert s.cloud.calls == calls


def test_lists_fill_a_page_and_are_no_longer_than_an_address_may_be() -> None:
    lists = Lists(1000)
    assert lists.longest("circuits") == LONGEST
    lists.learn("circuits", 9000, 1000)
    assert lists.longest("circuits") == 100
    lists.learn("circuits", 1_000_000, 10)
    assert lists.longest("circuits") == 1
    lists.learn("circuits", 5, 0)
    assert lists.longest("circuits") == 1
    assert [len(part) for part in evenly("abcdefghijk", 4)] == [3, 4, 4]
    assert "".join(map(str, (c for part in evenly("abcdefghijk", 4) for c in part))) == "abcdefghijk"
    assert evenly("", 4) == []


def test_a_share_is_read_back_as_it_was_and_nothing_else_is_one() -> None:
    empty = Share(error="x")
    assert unpacked(packed(empty)) == empty
    for data in (b"", packed(empty)[:-1], b"\x93\x01\x02\x03", b"\xff" * 40):
        with pytest.raises(Garbled, match="a share cannot be read"):
            unpacked(data)
    assert 0 < schema() < 2**32


def test_a_fingerprint_tells_tokens_apart_and_not_what_they_are() -> None:
    same = fingerprint(TOKENS[0], "org-1")
    assert same == fingerprint(TOKENS[0], "org-1")
    assert len({same, fingerprint(TOKENS[1], "org-1"), fingerprint(TOKENS[0], "org-2")}) == 3
    assert TOKENS[0][-4:] not in same


def replace_struct(of: object, **changes: object) -> Share:
    import msgspec

    return msgspec.structs.replace(of, **changes)  # type: ignore[return-value,type-var]
