"""The operator's file over the whole chain: its bandwidth is what use is told by, and taking it back brings Mist's."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path

import numpy as np
import pytest

from noctui.commands import inventory as command
from noctui.model.inventory import Circuit
from noctui.model.scene import Range
from noctui.model.words import BandwidthSource, Role, RoleSource
from noctui.sim.mist.server import serve
from noctui.sim.world import World
from tests.walk.walk import HOUR, MINUTE, POLL, T0, TOKEN, Watch, walking
from tests.walk.worlds import calm, ids_of, site_with

HEADER = "site,port,carrier,carrier_circuit_id,down_mbps,up_mbps,role,sla,region"


def circuit(watch: Watch, circuit_id: str) -> Circuit:
    inventory = watch.view.inventory
    return inventory.circuits[inventory.circuit_row[circuit_id]]


async def test_what_the_file_says_counts_until_it_says_so_no_more(tmp_path: Path) -> None:
    circuit_id = ids_of(site_with(2))[0]
    site_id, _, port = circuit_id.partition(":")
    path = tmp_path / "inventory.csv"
    path.write_text(f"{HEADER}\n{site_id},{port},Acme Fiber,KQ/1,123,45,backup,gold,Lakes\nnowhere,wan0,,,,,,,\n")
    async with walking(tmp_path / "data", calm()) as walk:
        watch = await walk.watch(inventory_file=path)
        await walk.clock.run_to(T0 + 5 * MINUTE)
        ours = circuit(watch, circuit_id)
        assert (ours.down_bps, ours.up_bps) == (123e6, 45e6)
        assert (ours.bandwidth_source, ours.up_source) == (BandwidthSource.FILE, BandwidthSource.FILE)
        assert (ours.role, ours.role_source) == (Role.BACKUP, RoleSource.FILE)
        assert (ours.carrier, ours.carrier_from_file, ours.carrier_circuit_id, ours.sla) == (
            "Acme Fiber", True, "KQ/1", "gold",
        )  # fmt: skip
        inventory = watch.view.inventory
        assert inventory.sites[inventory.site_row[site_id]].region == "Lakes"
        row, table = inventory.circuit_row[circuit_id], watch.view.circuits
        assert table.rx_bps[row] > 0
        np.testing.assert_allclose(table.rx_pct[row], 100 * table.rx_bps[row] / 123e6, rtol=1e-5)
        np.testing.assert_allclose(table.tx_pct[row], 100 * table.tx_bps[row] / 45e6, rtol=1e-5)
        health = watch.status.health
        assert health is not None
        assert (
            health.file_text
            == f"1 of 2 lines matched, 1 problem; {len(inventory.circuits) - 1} circuits are not in the file"
        )
        assert health.file_problems == ("line 3: no site 'nowhere'",)

        path.write_bytes(b"site,port\nTelef\xf3nica,wan0\n")
        await walk.clock.run(POLL)
        assert circuit(watch, circuit_id) == ours
        assert watch.status.health is not None
        assert "line 2, column 6: not UTF-8" in watch.status.health.file_text
        assert "stays in force" in watch.status.health.file_text

        await walk.close(watch)
        watch = await walk.watch(inventory_file=path)
        await walk.clock.run(2 * POLL)
        assert circuit(watch, circuit_id) == ours  # not even a start beside the broken one forgets it

        path.write_text(f"{HEADER}\n")
        await walk.clock.run(POLL)
        mists = circuit(watch, circuit_id)
        assert mists.bandwidth_source < BandwidthSource.FILE
        assert mists.role_source < RoleSource.FILE
        assert not mists.carrier_from_file
        assert (mists.sla, mists.carrier_circuit_id) == ("", "")
        assert mists.circuit_no == ours.circuit_no
        np.testing.assert_allclose(
            watch.view.circuits.rx_pct[row], 100 * watch.view.circuits.rx_bps[row] / mists.down_bps, rtol=1e-5
        )


async def test_a_replaced_gateway_carries_on_is_told_and_can_be_separated_and_joined(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    world, site = calm(), site_with(1)
    (circuit_id,) = ids_of(site)
    data, poll = tmp_path / "data", ["--data", str(tmp_path / "data")]
    async with walking(data, world) as walk, AsyncExitStack() as later:
        watch = await walk.watch()
        await walk.clock.run_to(T0 + 3 * MINUTE)
        before = circuit(watch, circuit_id)
        await walk.server.close()
        other = World(seed=9, sites=24, anchor=T0, incidents=())
        other.network.mac[site] = "0200feed0001"
        port = int(walk.server.url.rpartition(":")[2])
        walk.server = await serve(other, "127.0.0.1", port, (TOKEN,), walk.clock)
        later.push_async_callback(walk.server.close)
        await walk.clock.run_to(T0 + HOUR + 5 * MINUTE)  # the hourly look at what stands where
        print(
            [(c.circuit_id, c.attachments) for c in watch.view.inventory.circuits if c.site_id == before.site_id],
            [g for g in watch.view.inventory.gateways if g.site_id == before.site_id],
        )
        after = circuit(watch, circuit_id)
        assert [a.gateway_id for a in after.attachments] == [before.attachments[-1].gateway_id, "0200feed0001"]
        assert after.circuit_no == before.circuit_no
        notes = await walk.history().reader(walk.clock.now()).notes(Range(T0, walk.clock.now()), 50, (circuit_id,))
        (note,) = [n for n in notes if n.kind == "replaced"]
        assert "replaced by" in note.text
        assert "0200feed0001" in note.text

        assert command.main(["separate", circuit_id, *poll]) == 0
        assert f"is circuit {circuit_id}@2" in capsys.readouterr().out
        await walk.clock.run(2 * POLL)
        assert circuit_id not in watch.view.inventory.circuit_row
        assert [a.gateway_id for a in circuit(watch, f"{circuit_id}@2").attachments] == ["0200feed0001"]
        row = watch.view.inventory.circuit_row[f"{circuit_id}@2"]
        assert watch.view.circuits.age[row] < 120  # its samples came with it

        await walk.close(watch)
        watch = await walk.watch()
        await walk.clock.run(2 * POLL)
        assert f"{circuit_id}@2" in watch.view.inventory.circuit_row

        assert command.main(["join", f"{circuit_id}@2", *poll]) == 0
        await walk.clock.run(2 * POLL)
        assert f"{circuit_id}@2" not in watch.view.inventory.circuit_row
        back = circuit(watch, circuit_id)
        assert back.circuit_no == before.circuit_no
        assert len(back.attachments) == 3
        assert command.main(["separate", "no-such-circuit", *poll]) == 1
        assert "no-such-circuit" in capsys.readouterr().err
