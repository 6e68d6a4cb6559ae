"""A carrier is cut over 400 circuits: one incident, one message, all members listed; its end is one message, too."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from noctui.alarm_settings import AlarmSettings, Notify
from noctui.model.scene import Range
from noctui.sim import incidents as do
from noctui.sim.world import World
from tests.runtime.test_notifying import Target, target
from tests.walk.walk import MINUTE, POLL, T0, Watch, walking

MANY = 400
TOLD = ("down", "away", "dark", "no_path", "no_data", "failover", "hub", "flapping", "incident")
"""All but levels: somewhere in such a network a line is slow or lossy at any time."""
BEGAN, ENDED = T0 + 2.3 * MINUTE, T0 + 8 * MINUTE


def cut_world() -> World:
    """1,500 sites; 400 of the carrier's circuits are cut within two minutes, and come back within two."""
    world = World(seed=9, sites=1500, anchor=T0, incidents=())
    network = world.network
    lumen = [row for row in range(network.circuits) if network.carrier(row) == "Lumen"][:MANY]
    return world.with_incidents(
        (do.Incident(kind=do.Kind.CUT, start=BEGAN, end=ENDED, circuits=tuple(lumen), stagger=100.0),)
    )


async def heard(server: Target, many: int) -> None:
    """The sender lives in the machine's own time."""
    async with asyncio.timeout(30):
        while len(server.told) < many:
            await asyncio.sleep(0.05)


def lost(watch: Watch) -> Counter[str]:
    """Open alarms of lost circuits by what keeps them quiet."""
    return Counter(a.held_by for a in watch.view.alarms.alarms if a.type in ("down", "away", "dark"))


@pytest.mark.soak
async def test_one_incident_one_message_and_one_end(tmp_path: Path) -> None:
    with target(200) as server:
        rule = Notify(name="noc", url=server.url, severity="high", types=TOLD)
        async with walking(tmp_path, cut_world(), limit=100_000) as walk:
            watch = await walk.watch(alarms=AlarmSettings(notify=(rule,)))
            sizes = []
            for minute in range(1, 8):
                await walk.clock.run_to(T0 + minute * POLL)
                sizes.append([(i.number, i.open_members, i.carrier) for i in watch.view.alarms.incidents])
            print("incidents a poll:", sizes)
            (incident,) = watch.view.alarms.incidents
            assert (incident.carrier, incident.severity) == ("Lumen", 0)
            members = watch.view.alarms.members[incident.alarm_id]
            assert len({c for m in members for c in m.circuit_ids}) == MANY
            assert set(lost(watch)) <= {"incident", "parent"}
            await heard(server, 1)
            for minute in range(8, 25):
                await walk.clock.run_to(T0 + minute * POLL)
            await heard(server, 2)
            assert watch.view.alarms.incidents == ()
            scene = watch.desk.live()
            assert scene is not None
            those = await scene.read.alarms(Range(T0, walk.clock.now()), 5000, parent=incident.alarm_id)
            assert len({c for a in those for c in a.circuit_ids}) == MANY
        titles = [told["title"] for told in server.told]
    print(titles, server.told[0]["message"])
    assert len(titles) == 2
    assert "Lumen" in titles[0]
    assert titles[1].startswith("noctui: over after")
