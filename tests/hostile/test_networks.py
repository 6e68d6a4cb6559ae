"""Odd networks over a real socket: what is missing, doubled or nobody's is taken as it is, and the rest goes on."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from noctui import cli
from noctui.model.view import View
from noctui.model.words import State
from noctui.sim.mist import odd
from noctui.sim.mist.answers import Row
from noctui.sim.mist.faults import Faults
from noctui.sim.mist.tokens import Access
from noctui.sim.world import World
from tests.hostile.screens import harmless, screen, settled
from tests.walk.walk import MINUTE, POLL, T0, TOKEN, Walk, Watch, walking
from tests.walk.worlds import calm

N = calm().network
SITE = 4
MAC, SITE_ID = N.mac[SITE], N.site_id[SITE]
IDS = [N.circuit_id(c) for c in N.rows(site=SITE)]


def at_site(view: View) -> list[str]:
    return sorted(c.circuit_id for c in view.inventory.circuits if c.site_id == SITE_ID)


async def swept(walk: Walk) -> Watch:
    watch = await walk.watch()
    await walk.clock.run(3 * MINUTE)
    return watch


def others_are_well(view: View) -> None:
    for row, circuit in enumerate(view.inventory.circuits):
        if circuit.site_id != SITE_ID:
            assert view.circuits.state[row] == State.UP, circuit.circuit_id


async def test_a_site_without_a_gateway_is_listed_without_circuits(tmp_path: Path) -> None:
    async with walking(tmp_path, calm()) as walk:
        walk.server.rewrite.append(odd.site_without_gateway(N, SITE))
        watch = await swept(walk)
        assert SITE_ID in watch.view.inventory.site_row
        assert at_site(watch.view) == []
        assert len(watch.view.inventory.circuits) == N.circuits - len(IDS)
        others_are_well(watch.view)
        async with screen(watch, (120, 40), tmp_path) as (app, pilot):
            await pilot.press("2")
            await settled(pilot)
            harmless(app)
            await pilot.press("e")
            await pilot.pause()
            (file,) = (tmp_path / "exports").glob("*.csv")
            with file.open(encoding="utf-8", newline="") as rows:
                assert sum(1 for _ in csv.DictReader(rows)) == N.sites


async def test_ports_of_a_gateway_that_stands_at_no_site_are_no_circuits(tmp_path: Path) -> None:
    """In a box or on a shelf."""
    async with walking(tmp_path, calm()) as walk:
        walk.server.rewrite.append(odd.gateway_without_site(N, SITE))
        watch = await swept(walk)
        assert at_site(watch.view) == []
        assert all(c.site_id for c in watch.view.inventory.circuits)
        others_are_well(watch.view)


async def test_a_gateway_that_loses_its_site_keeps_its_circuits_and_their_past(tmp_path: Path) -> None:
    """They leave the inventory a day later; until then they are unknown, and what was stored stays."""
    async with walking(tmp_path, calm()) as walk:
        watch = await swept(walk)
        walk.server.rewrite.append(odd.gateway_without_site(N, SITE))
        await walk.clock.run(10 * MINUTE)
        view = watch.view
        assert at_site(view) == sorted(IDS)
        assert {State(int(view.circuits.state[view.inventory.circuit_row[i]])) for i in IDS} == {State.UNKNOWN}
        others_are_well(view)
        line = await walk.timeline(IDS[0], T0, walk.clock.now())
        assert [State(s.state) for s in line if s.end - s.start > MINUTE][:1] == [State.UP]


async def test_ports_whose_gateway_no_list_has_stand_at_the_site_they_name(tmp_path: Path) -> None:
    async with walking(tmp_path, calm()) as walk:
        walk.server.rewrite.append(odd.port_without_gateway(N, SITE))
        watch = await swept(walk)
        assert at_site(watch.view) == sorted(IDS)
        row = watch.view.inventory.circuit_row[IDS[0]]
        assert watch.view.circuits.state[row] == State.UP
        others_are_well(watch.view)


async def test_two_gateways_of_a_site_have_circuits_of_their_own(tmp_path: Path) -> None:
    async with walking(tmp_path, calm()) as walk:
        walk.server.rewrite.append(odd.second_gateway(N, SITE))
        watch = await swept(walk)
        assert at_site(watch.view) == sorted([*IDS, *(f"{i}@2" for i in IDS)])
        of_site = [c for c in watch.view.inventory.circuits if c.site_id == SITE_ID]
        assert len({c.attachments[-1].gateway_id for c in of_site}) == 2
        assert (watch.view.circuits.state == State.UP).all()


async def test_an_ha_pair_is_one_gateway(tmp_path: Path) -> None:
    async with walking(tmp_path, calm()) as walk:
        walk.server.rewrite.append(odd.cluster(N, SITE))
        watch = await swept(walk)
        assert at_site(watch.view) == sorted(IDS)
        assert (watch.view.circuits.state == State.UP).all()
        assert len(watch.view.inventory.gateways) == N.sites


async def test_of_two_rows_for_one_port_the_last_counts_and_nothing_is_twice(tmp_path: Path) -> None:
    async with walking(tmp_path, calm()) as walk:
        walk.server.rewrite.append(odd.duplicate_ports(every=1))
        watch = await swept(walk)
        assert len(watch.view.inventory.circuits) == N.circuits
        assert (watch.view.circuits.state == State.DOWN).all()


async def test_an_org_without_sites_is_empty_and_says_so(tmp_path: Path) -> None:
    async with walking(tmp_path, calm()) as walk:
        walk.server.rewrite.append(odd.without_sites())
        watch = await swept(walk)
        view = watch.view
        assert (len(view.inventory.sites), len(view.inventory.circuits)) == (0, 0)
        assert (watch.status.fault, view.whole) == ("", True)
        async with screen(watch, (80, 24), tmp_path) as (app, pilot):
            for key in "12350":
                await pilot.press(key)
                await settled(pilot)
                harmless(app)
                await pilot.press("e")
        walk.server.rewrite.clear()
        await walk.clock.run(70 * MINUTE)
        assert len(watch.view.inventory.circuits) == N.circuits


async def test_pages_that_come_empty_are_lost_ones_and_take_nothing_away(tmp_path: Path) -> None:
    """Their totals say otherwise."""
    async with walking(tmp_path, calm()) as walk:
        watch = await swept(walk)
        before = watch.view.inventory
        walk.server.faults = Faults(empty=100.0)
        await walk.clock.run(3 * POLL)
        assert watch.view.inventory is before
        assert not watch.view.whole
        assert watch.status.fault == "lost"
        assert "Mist speaks of 101 rows, and the page came empty" in watch.status.fault_text
        walk.server.faults = Faults()
        await walk.clock.run(2 * POLL)
        assert (watch.view.circuits.state == State.UP).all()
        assert watch.status.fault == ""


async def test_everything_at_once(tmp_path: Path) -> None:
    """All oddities, each at a site of its own, with hostile names: every screen stands."""
    async with walking(tmp_path, calm()) as walk:
        walk.server.rewrite.extend(odd.everything(N))
        watch = await swept(walk)
        assert (watch.status.fault, watch.view.whole) == ("", True)
        assert {r.feed: r.odd > 0 for r in watch.view.reports}["circuits"]
        async with screen(watch, (120, 40), tmp_path) as (app, pilot):
            for key in "12350":
                await pilot.press(key)
                await settled(pilot)
                text = "\n".join(harmless(app))
            assert "cannot be true, e.g. an empty row" in text  # on the collector board


async def test_a_token_that_sees_several_orgs_needs_to_be_told_which(tmp_path: Path) -> None:
    """Nothing is watched by chance, nothing is left behind."""
    from noctui.sim.mist.cloud import Cloud

    async with walking(tmp_path, calm()) as walk:
        other = World(seed=10, sites=3, anchor=T0, incidents=())
        walk.server.clouds[other.network.org_id] = Cloud(other, walk.clock)
        walk.server.tokens.access[TOKEN] = Access(role="read")
        watch = await walk.watch()
        await watch.until(lambda: watch.status.fault == "lost")
        said = watch.status.fault_text
        assert said.startswith("The token sees 2 orgs: set MIST_ORG_ID to one of: ")
        assert N.org_id in said
        assert other.network.org_id in said
        assert watch.desk.live() is None
        assert not list(walk.data.iterdir())
        await walk.close(watch)
        one = await walk.watch(org_id=other.network.org_id)
        await walk.clock.run(2 * MINUTE)
        assert len(one.view.inventory.sites) == 3


async def test_a_host_that_answers_something_else_is_named(tmp_path: Path) -> None:
    """A proxy, a captive portal: a page of HTML instead of JSON."""
    async with walking(tmp_path, calm()) as walk:
        walk.server.faults = Faults(absurd=100.0, absurd_kinds=["html"])
        watch = await walk.watch()
        await walk.clock.run(2 * MINUTE)
        assert watch.status.fault == "lost"
        assert "no JSON" in watch.status.fault_text
        walk.server.faults = Faults()
        await walk.clock.run(5 * MINUTE)
        assert watch.status.fault == ""
        assert (watch.view.circuits.state == State.UP).all()


@pytest.mark.parametrize("host", ["api.mist.example", "mist", "https://api.mist.com.evil.test", "\x1b[2Jx", "a b"])
def test_a_host_that_is_no_mist_cloud_is_refused_in_one_line(
    host: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("MIST_API_TOKEN", TOKEN)
    assert cli.main(["--host", host, "--data", str(tmp_path / "data")]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert said.rstrip("\n").isprintable()
    assert TOKEN not in said
    assert not (tmp_path / "data").exists()


async def test_a_wrong_token_is_named_and_nothing_is_left_behind(tmp_path: Path) -> None:
    async with walking(tmp_path, calm()) as walk:
        watch = await walk.watch(tokens=("wrong-token-0123456789-beef",))
        await watch.until(lambda: watch.status.fault == "lost")
        assert watch.status.fault_text.startswith("Token 1 (…beef) was refused: 401")
        assert not list(walk.data.iterdir())


def moved(seconds: float) -> list[Row]:
    """Rows of the future."""
    at = T0 + seconds
    return [
        {"id": "from-tomorrow", "type": "gateway_down", "severity": "critical", "timestamp": at, "last_seen": at,
         "status": "open", "site_id": SITE_ID, "gateways": [MAC]},
    ]  # fmt: skip


@pytest.mark.parametrize("ahead", [86_400.0, 1e12, 1e29], ids=["tomorrow", "milliseconds", "huge"])
async def test_times_in_the_future_are_counted_and_move_nothing(tmp_path: Path, ahead: float) -> None:
    """Of gateways, ports, paths, events and alarms. An alarm is told as of when it was first heard of."""

    def later(feed: str, found: list[Row]) -> list[Row]:
        match feed:
            case "stats/devices" | "stats/vpn_peers/search":
                return [row | {"last_seen": T0 + ahead} for row in found]
            case "stats/ports/search":
                return [row | {"last_flapped": T0 + ahead} for row in found]
            case "alarms/search":
                return found + moved(ahead)
            case "devices/events/search":
                event: Row = {"type": "GW_PORT_DOWN", "timestamp": T0 + ahead, "mac": MAC, "site_id": SITE_ID,
                              "port_id": IDS[0].partition(":")[2], "text": "x"}  # fmt: skip
                return [*found, event]
        return found

    async with walking(tmp_path, calm()) as walk:
        walk.server.rewrite.append(later)
        watch = await walk.watch()
        await walk.clock.run(5 * MINUTE)
        odds = {r.feed: (r.odd, r.odd_text) for r in watch.view.reports}
        assert {feed for feed, (count, _) in odds.items() if count} == {
            "circuits", "gateways", "paths", "events", "alarms",
        }  # fmt: skip
        assert odds["gateways"][0] == N.sites
        assert "last_seen" in odds["gateways"][1]
        assert (watch.view.circuits.state == State.UP).all()
        told = [a for sweep in watch.sweeps for a in sweep.told.alarms if a.alarm_id == "from-tomorrow"]
        assert len(told) == 1, "told once, not with every sweep"
        assert T0 <= told[0].opened <= walk.clock.now()
        assert not any(sweep.events or sweep.told.events for sweep in watch.sweeps)
        async with screen(watch, (120, 40), tmp_path) as (app, pilot):
            for key in "1250":
                await pilot.press(key)
                await settled(pilot)
                harmless(app)


@pytest.mark.parametrize("kind", ["types", "nulls", "no rows"])
async def test_a_start_amid_absurd_answers_waits_for_a_better_one(tmp_path: Path, kind: str) -> None:
    """Who the token is cannot be read: that is no token without rights, and no reason to end."""
    async with walking(tmp_path, calm()) as walk:
        walk.server.faults = Faults(absurd=100.0, absurd_kinds=[kind])
        watch = await walk.watch()
        await walk.clock.run(2 * MINUTE)
        assert watch.status.fault == "lost"
        assert "Mist does not say what the token may see" in watch.status.fault_text
        walk.server.faults = Faults()
        await walk.clock.run(3 * MINUTE)
        assert watch.status.fault == ""
        assert (watch.view.circuits.state == State.UP).all()
