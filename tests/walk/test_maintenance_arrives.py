"""A notice that comes between two polls: every screen knows of it at once, and what it takes together is told with the
next poll, until it is called off."""

from __future__ import annotations

from pathlib import Path

from noctui.model.alarms import PLANNED, Alarm
from noctui.model.scene import Range
from noctui.stores.history.mail_inbox import deposit_mails
from tests.stores.notices import came, written
from tests.walk.walk import HOUR, MINUTE, POLL, T0, Watch, walking
from tests.walk.worlds import calm, ids_of, site_with

WINDOW = T0 + 6 * HOUR, T0 + 8 * HOUR
BOTH = ("IC-0", "IC-1")


def conflicts(watch: Watch) -> list[Alarm]:
    return [a for a in watch.view.alarms.alarms if a.source == PLANNED]


async def test_a_notice_between_polls_is_on_every_screen_and_a_conflict_wants_a_person(tmp_path: Path) -> None:
    circuits = ids_of(site_with(2))
    rows = [f"{c.partition(':')[0]},{c.partition(':')[2]},Zayo,{name}" for c, name in zip(circuits, BOTH, strict=True)]
    path = tmp_path / "inventory.csv"
    path.write_text("\n".join(["site,port,carrier,carrier_circuit_id", *rows, ""]))
    async with walking(tmp_path / "data", calm()) as walk:
        leader = await walk.watch(inventory_file=path)
        await walk.clock.run_to(T0 + 2 * MINUTE)
        follower = await walk.watch(tokens=())
        await walk.clock.run(1.0)
        seq = leader.view.seq

        mail = written("CHG-7", [WINDOW], BOTH, at=T0)
        deposit_mails(walk.folder, [came(mail, walk.clock.now())])
        await leader.until(lambda: bool(leader.view.works.works))
        await walk.clock.run(1.0)
        await follower.until(lambda: bool(follower.view.works.works))
        assert (leader.view.seq, follower.view.seq) == (seq, seq)
        assert leader.view.works.works[0].circuit_ids == follower.view.works.works[0].circuit_ids == tuple(circuits)
        assert not conflicts(leader)

        await walk.clock.run(POLL)
        (alarm,) = conflicts(leader)
        assert alarm.text.startswith("Zayo CHG-7 takes all 2 circuits of ")
        assert alarm.waits
        notes = await walk.history().reader(walk.clock.now(), live=True).notes(Range(T0, walk.clock.now()))
        assert [n.kind for n in notes if n.kind in ("maintenance", "conflict")] == ["conflict", "maintenance"]

        gone = written("CHG-7", [WINDOW], BOTH, at=T0 + MINUTE, status="Cancelled")
        deposit_mails(walk.folder, [came(gone, walk.clock.now(), "2.eml")])
        await leader.until(lambda: leader.view.works.works[0].maintenance.status == "CANCELLED")
        await walk.clock.run(POLL)
        assert not conflicts(leader)
