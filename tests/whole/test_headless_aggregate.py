"""`noctui aggregate` as whole processes over real histories: S0-CLI-03; beside a leader; killed in the middle."""

from __future__ import annotations

import json
import math
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import numpy as np
import pytest

from noctui.model.edges import Edge
from noctui.model.words import State
from noctui.model.work import PollRecord
from noctui.sim.mist.server import MistServer
from noctui.stores.bus.folder import FolderLock
from noctui.stores.history import open_writer
from noctui.stores.history.history import quick_check
from noctui.stores.history.inbox import pending
from tests.faults.cloud import small_cloud
from tests.faults.disk import small_disk
from tests.stores.made import ORG, World, network
from tests.whole.headless import Host, ended, stop, until

HOUR, DAY = 3600.0, 86_400.0
TODAY = math.floor(time.time() / DAY) * DAY
"""The last midnight in UTC."""
DAYS = 9  # one week is over, whichever day it is


def key(days_ago: int) -> str:
    return f"{datetime.fromtimestamp(TODAY, UTC) - timedelta(days=days_ago):%Y-%m-%d}"


def made(data: Path, org_id: str = ORG, without: Callable[[float], bool] = lambda at: False) -> None:
    """A history of the last days, of which nothing is closed yet; on each there were polls for two hours."""
    inventory = msgspec.structs.replace(network(6, known_at=TODAY - DAYS * DAY), org_id=org_id)
    world = World(inventory, interval=600.0, start=TODAY - DAYS * DAY)
    lock = FolderLock(data / org_id)
    assert lock.try_acquire()
    writer = open_writer(data / org_id, org_id, lock)
    edges = tuple(
        Edge(circuit_id=c.circuit_id, event_time=world.at, state=State.UP, known_at=world.at, source="poll")
        for c in inventory.circuits
    )
    while world.at < TODAY - 600.0:
        record = _heard(world.poll(edges=edges))
        if 10 * HOUR < world.at % DAY <= 12 * HOUR and not without(world.at):
            writer.write(record)
            edges = ()
    writer.close()
    lock.release()


def _heard(record: PollRecord) -> PollRecord:
    """Every circuit was heard just now: whoever goes on from here has to be able to believe it."""
    ages = np.zeros(len(record.view.circuits), np.float32)
    return replace(record, view=replace(record.view, circuits=replace(record.view.circuits, age=ages)))


@pytest.fixture(scope="module")
def cloud() -> Iterator[MistServer]:
    with small_cloud() as server:
        yield server


@pytest.fixture(scope="module")
def whole(cloud: MistServer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder, made once."""
    data = tmp_path_factory.mktemp("made")
    made(data, cloud.world.network.org_id)
    return data


@pytest.fixture
def host(tmp_path: Path, whole: Path, cloud: MistServer) -> Host:
    found = Host(tmp_path, cloud)
    shutil.copytree(whole, found.data)
    return found


def test_every_day_that_is_over_is_made_once_and_told(host: Host) -> None:
    found = host.run("aggregate", "daily")
    assert (found.code, found.errors) == (0, "")
    days = [line for line in found.told if line["event"] == "aggregate.period"]
    assert [day["period"] for day in days] == [key(n) for n in range(DAYS, 0, -1)]
    assert all((day["grain"], day["zone"], day["rows"]) == ("daily", "UTC", 6) for day in days)
    assert [day["rev"] for day in days] == sorted({day["rev"] for day in days})
    told = found.last("aggregate.run")
    assert (told["status"], told["periods"], told["empty"], told["led_by"]) == ("whole", DAYS, [], "")
    again = host.run("aggregate", "daily")
    assert (again.code, again.last("aggregate.run")["periods"]) == (0, 0)
    assert host.closed_in_order()


def test_weeks_and_months_stand_on_days(host: Host) -> None:
    weeks = {f"{day.isocalendar().year}-W{day.isocalendar().week:02}" for day in _days()}
    months = {f"{day:%Y-%m}" for day in _days()}
    weekly = host.run("aggregate", "weekly")
    monthly = host.run("aggregate", "monthly")
    running = _days()[-1] + timedelta(days=1)
    over = weeks - {f"{running.isocalendar().year}-W{running.isocalendar().week:02}"}
    assert {line["period"] for line in weekly.told if line["event"] == "aggregate.period"} == over
    assert {line["period"] for line in monthly.told if line["event"] == "aggregate.period"} == months - {
        f"{running:%Y-%m}"
    }
    assert (weekly.code, monthly.code) == (0, 0)


def _days() -> list[datetime]:
    return [datetime.fromtimestamp(TODAY - n * DAY, UTC) for n in range(DAYS, 0, -1)]


def test_what_ended_since_a_day_is_made_anew_under_higher_numbers(host: Host) -> None:
    first = {line["period"]: line["rev"] for line in host.run("aggregate", "daily").told if "rev" in line}
    found = host.run("aggregate", "daily", "--since", key(3))
    again = {line["period"]: line["rev"] for line in found.told if "rev" in line}
    assert list(again) == [key(3), key(2), key(1)]
    assert min(again.values()) > max(first.values())


def test_a_dry_run_names_the_periods_and_writes_nothing(host: Host) -> None:
    before = host.written()
    found = host.run("aggregate", "daily", "--dry-run")
    assert (found.code, found.told[0]["event"]) == (0, "aggregate.plan")
    assert found.told[0]["periods"] == [key(n) for n in range(DAYS, 0, -1)]
    assert host.written() == before
    host.run("aggregate", "daily")
    assert host.run("aggregate", "daily", "--dry-run").told[0]["periods"] == []
    assert host.run("aggregate", "daily", "--dry-run", "--since", key(2)).told[0]["periods"] == [key(2), key(1)]


def test_a_day_on_which_nobody_polled_is_partial_and_named(tmp_path: Path) -> None:
    host = Host(tmp_path)
    gap = TODAY - 4 * DAY
    made(host.data, without=lambda at: gap < at <= gap + DAY)
    found = host.run("aggregate", "daily")
    told = found.last("aggregate.run")
    assert (found.code, told["status"], told["empty"]) == (3, "partial", [key(4)])
    assert key(4) not in [line.get("period") for line in found.told]
    assert host.run("aggregate", "daily").code == 0, "known by now"


def test_days_are_those_of_the_configured_zone(host: Host) -> None:
    """:30 zones: their midnight lies inside an hour."""
    found = host.run("aggregate", "daily", env={"NOCTUI_ZONE": "Asia/Kolkata"})
    days = [line for line in found.told if line["event"] == "aggregate.period"]
    assert all(day["zone"] == "Asia/Kolkata" and day["start"].endswith("T18:30:00.000Z") for day in days)
    assert len(days) >= DAYS


def test_killed_again_and_again_it_goes_on_and_makes_each_day_once(host: Host) -> None:
    told: list[str] = []
    for _ in range(4):
        process = host.start("aggregate", "daily")
        assert process.stdout is not None
        line = process.stdout.readline()
        process.kill()
        rest, _ = process.communicate()
        told += [line, *rest.splitlines()]
    last = host.run("aggregate", "daily")
    periods = [found["period"] for text in told if text.strip() and "period" in (found := json.loads(text))]
    periods += [found["period"] for found in last.told if "period" in found]
    assert last.code == 0
    assert sorted(periods) == sorted(set(periods))
    assert host.run("aggregate", "daily").last("aggregate.run")["periods"] == 0
    assert quick_check(host.folder / "history.db") == ""


def test_beside_a_leader_it_is_an_order_that_the_leader_carries_out(host: Host) -> None:
    leader = host.start("collect", "--watch")
    until(lambda: "poll.run" in host.log())
    found = host.run("aggregate", "daily", "--since", key(2))
    told = found.last("aggregate.run")
    assert (found.code, found.errors) == (0, "")
    assert told["led_by"].endswith(f":{leader.pid}")
    assert {key(2), key(1)} <= {line["period"] for line in found.told if "period" in line}
    assert pending(host.folder) == []
    assert stop(leader).code == 0
    assert "inbox.refused" not in host.log()


def test_a_leader_that_dies_over_an_order_leaves_it_to_whoever_gave_it(host: Host) -> None:
    lock = FolderLock(host.folder)
    assert lock.try_acquire()  # a leader that does not do anything
    asking = host.start("aggregate", "daily")
    until(lambda: bool(pending(host.folder)))
    lock.release()
    found = ended(asking)
    assert (found.code, found.last("aggregate.run")["led_by"]) == (0, "")
    assert len([line for line in found.told if "rev" in line]) == DAYS
    assert pending(host.folder) == []


def test_a_full_disk_and_one_that_may_only_be_read_are_said_and_nothing_is_lost(
    tmp_path: Path, whole: Path, cloud: MistServer
) -> None:
    with small_disk(tmp_path / "disk", 16) as disk:
        host = Host(disk.path, cloud)
        shutil.copytree(whole, host.data)
        disk.fill()
        full = host.run("aggregate", "daily")
        assert (full.code, full.told[-1]["kind"], full.errors.count("\n")) == (13, "history", 1)
        disk.free()
        disk.remount("ro")
        found = host.run("aggregate", "daily")
        assert (found.code, found.errors) == (
            13, "noctui: the data folder cannot be written: Read-only file system; see --data\n",
        )  # fmt: skip
        disk.remount("rw")
        done = [line for run in (full, host.run("aggregate", "daily")) for line in run.told if "rev" in line]
        assert sorted(line["period"] for line in done) == [key(n) for n in range(DAYS, 0, -1)]


def test_a_full_cycle_is_a_poll_and_all_three(tmp_path: Path, cloud: MistServer) -> None:
    host = Host(tmp_path, cloud)
    planned = host.run("full-cycle", "--dry-run")
    assert [line["event"] for line in planned.told] == ["collect.plan"]
    assert not host.data.exists()
    found = host.run("full-cycle")
    assert found.code == 0
    assert [(line["event"], line.get("grain")) for line in found.told] == [
        ("collect.run", None),
        ("aggregate.run", "daily"),
        ("aggregate.run", "weekly"),
        ("aggregate.run", "monthly"),
        ("full-cycle.run", None),
    ]


def test_a_full_cycle_tells_also_of_days_that_the_poll_itself_has_made(host: Host) -> None:
    found = host.run("full-cycle")
    assert found.code == 0, found.errors
    assert [line["period"] for line in found.told if line.get("grain") == "daily" and "rev" in line] == [
        key(n) for n in range(DAYS, 0, -1)
    ]


@pytest.mark.soak
def test_the_demos_full_cycle_makes_its_days_weeks_and_month(tmp_path: Path) -> None:
    """The first thing that somebody tries: 31 days are made, taken in and added up."""
    found = ended(Host(tmp_path).start("full-cycle", "--demo", "--sites", "3"), patience=120.0)
    assert (found.code, found.errors) == (0, "")
    made = [line["grain"] for line in found.told if "rev" in line]
    assert made.count("daily") == 31
    assert made.count("weekly") >= 3
    assert made.count("monthly") >= 1


def test_a_full_cycle_without_the_cloud_adds_up_what_is_there_and_says_so(host: Host) -> None:
    found = host.run("full-cycle", env={"MIST_HOST": "http://127.0.0.1:9"})
    assert found.code == 11
    assert len([line for line in found.told if line.get("grain") == "daily" and "rev" in line]) == DAYS
    assert found.last("full-cycle.run")["code"] == 11
    assert found.errors.count("\n") == 1
