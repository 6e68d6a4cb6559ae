"""Who reads through: the desk's Scenes, told when something has landed, and commands, which wait for it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from noctui.clock import FixedClock
from noctui.model.scene import Range, Reader, Scene
from noctui.runtime.desk import Desk
from noctui.runtime.far import DAY, HOUR, REST, Far
from noctui.runtime.reading import Reading
from noctui.settings import Settings, Thresholds
from noctui.stores.history import Writer
from noctui.stores.warehouse.connect import connected
from noctui.stores.warehouse.login import Login
from noctui.stores.warehouse.tables_hours import HOURS, QUALITIES
from noctui.stores.warehouse.texts import hour_key
from tests.stores.made import ORG, START, World, network
from tests.stores.warehouse.filling import fill, made
from tests.stores.warehouse.snow import Snow, needs_snowflake

pytestmark = needs_snowflake

AT = START + 600.0
WEEK = Range(AT - 7 * DAY, AT, "7d")
CIRCUIT = "s0:ge-0/0/0"


@pytest.fixture
def there(login: Login, writer: Writer, tmp_path: Path) -> Login:
    """Ten minutes here, a day of last week there."""
    for record in World(network(2), start=START).polls(10):
        writer.write(record)
    row = {"ORG_ID": ORG, "CIRCUIT_ID": CIRCUIT, "LOSS_AVG": 1.5, "LOSS_MAX": 2.0, "COVERED_SECONDS": HOUR}
    keys = [hour_key(START - 3 * DAY + i * HOUR) for i in range(24)]
    with connected(login) as session:
        made(session, HOURS.tables)
        fill(session, QUALITIES, ({**row, "HOUR_KEY": key} for key in keys), tmp_path)
    return login


async def _hours(read: Reader) -> int:
    found = await read.series(CIRCUIT, ("loss",), WEEK)
    return int((found.times < START).sum())


async def test_a_desk_shows_what_is_here_and_tells_when_more_has_landed(there: Login, tmp_path: Path) -> None:
    clock = FixedClock(AT)
    desk = Desk(tmp_path, ORG, 60.0, clock, None, Thresholds())
    desk.read_through(Far(there, tmp_path / "warehouse", clock))
    changed = asyncio.Event()
    desk.subscribe(changed.set)
    (tmp_path / ORG).mkdir(exist_ok=True)
    for file in tmp_path.glob("history.db*"):
        file.rename(tmp_path / ORG / file.name)
    await desk.start()
    try:
        async with asyncio.timeout(20):
            scene = await _scene(desk, changed)
            assert await _hours(scene.read) == 0
            while await _hours(_live(desk).read) == 0:
                changed.clear()
                await changed.wait()
        assert await _hours(_live(desk).read) == 24
        assert _live(desk).read is not scene.read
    finally:
        await desk.stop()


def _live(desk: Desk) -> Scene:
    scene = desk.live()
    assert scene is not None
    return scene


async def _scene(desk: Desk, changed: asyncio.Event) -> Scene:
    while desk.live() is None:
        changed.clear()
        await changed.wait()
    return _live(desk)


async def test_what_the_child_is_refused_is_told_and_a_child_that_is_killed_too(
    login: Login, snow: Snow, tmp_path: Path
) -> None:
    """And why there is no answer is beside what is here."""
    landed, clock = asyncio.Event(), FixedClock(AT)
    far = Far(login, tmp_path / "far", clock, landed.set)
    snow.spoil("LOGIN", code="390144", message="JWT token is invalid.", times=9)
    try:
        async with asyncio.timeout(30):
            assert (await far.hours(ORG, CIRCUIT, WEEK.start, WEEK.end))[1].reading
            await landed.wait()
            assert "refuses user NOCTUI" in (await far.hours(ORG, CIRCUIT, WEEK.start, WEEK.end))[1].fault
            clock.move(REST + 1)
            landed.clear()
            assert (await far.hours(ORG, CIRCUIT, WEEK.start, WEEK.end))[1].reading
            while far._child is None or far._child.poll() is not None:
                await asyncio.sleep(0)
            far._child.kill()
            await landed.wait()
            said = await far.hours(ORG, CIRCUIT, WEEK.start, WEEK.end)
            assert said[1].fault == "Snowflake: what reads from it ended in the middle"
    finally:
        far.close()


async def test_a_command_waits_for_it(there: Login, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    (tmp_path / ORG).mkdir()
    for file in tmp_path.glob("history.db*"):
        file.rename(tmp_path / ORG / file.name)
    settings = Settings(
        data=tmp_path, warehouse_account=there.account, warehouse_user=there.user, warehouse_password=there.password,
        warehouse_database=there.database, warehouse_schema=there.schema, warehouse_host=there.host,
        warehouse_port=there.port, warehouse_protocol="http", warehouse_timeout=10.0,
    )  # fmt: skip
    with Reading(settings) as reading:
        assert await _hours(reading.scene().read) == 24
    with Reading(replace(settings, warehouse_read_through=False)) as reading:
        assert await _hours(reading.scene().read) == 0
    (tmp_path / "world.json").write_text("{}")
    with Reading(settings) as reading:
        assert await _hours(reading.scene().read) == 0  # a demo's
