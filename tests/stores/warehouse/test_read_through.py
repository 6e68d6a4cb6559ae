"""History older than this machine's comes from the warehouse: in the background, kept on disk, with a word about it.

History here holds November 2025; the warehouse 13 months of the same circuit. Values say where they are from: 1 is
here, 2 is there, where every sixth hour is known: what is asked is the same, and less of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from msgspec import structs

from noctui.clock import FixedClock
from noctui.model.figures import Grain
from noctui.model.scene import Range, Reader
from noctui.runtime.far import DAY, HOUR, REST, Far
from noctui.runtime.long_reader import LongReader, over
from noctui.stores.history import History, Retention, Writer
from noctui.stores.history.hourly import KPI_NUMBER, MONTH_TILES, empty_columns
from noctui.stores.history.pack import build
from noctui.stores.warehouse.connect import connected
from noctui.stores.warehouse.login import Login
from noctui.stores.warehouse.tables_hours import HOURS, QUALITIES, STATUS, UTILISATION
from noctui.stores.warehouse.tables_periods import CIRCUITS
from noctui.stores.warehouse.texts import hour_key
from tests.stores.made import ORG, START, World, network
from tests.stores.warehouse.conftest import login_of
from tests.stores.warehouse.filling import fill
from tests.stores.warehouse.filling import made as made_there
from tests.stores.warehouse.snow import Snow, needs_snowflake

pytestmark = needs_snowflake

CIRCUIT = "s0:ge-0/0/0"
NOVEMBER = datetime(2025, 11, 1, tzinfo=UTC).timestamp()
AT = START + 600.0
HERE_NOW = network(2)
"""One site, Town, of the region East; its first circuit is known there."""
YEAR = Range(AT - 396 * DAY, AT, "13mo")
FIRST = YEAR.start // DAY * DAY
STEP = 6 * HOUR
HERE = 30 * 24
OLD = int((NOVEMBER - FIRST) / STEP)
LONG = OLD + HERE
"""Hours of the range: there, and altogether."""
Made = Callable[..., Far]
DAYS, MONTHS = CIRCUITS[Grain.DAY].tables[0], CIRCUITS[Grain.MONTH].tables[0]


@pytest.fixture
def near(writer: Writer, tmp_path: Path) -> Iterator[Reader]:
    """November, hour by hour, and the first minutes of December as polls."""
    world = World(network(2), start=START)
    for record in world.polls(10):
        writer.write(record)
    into = empty_columns(64, 30 * 24)
    for column in into.values():
        column[:2] = 1.0
    into[KPI_NUMBER["up_seconds"]][:2] = HOUR
    for name in ("down_seconds", "unknown_seconds", "disabled_seconds", "flaps"):
        into[KPI_NUMBER[name]][:2] = 0.0
    writer.db.execute(
        "INSERT INTO rollups (kind, start, block, merged, org_id, rev, epoch, data) VALUES (?, ?, 0, 0, ?, 1, 1, ?)",
        (MONTH_TILES, NOVEMBER, ORG, build(into, 64)),
    )
    writer.db.commit()
    reader = History.create_or_open(tmp_path, ORG, Retention(raw=1.0)).reader()
    yield reader.reader(AT, corrected=True)
    reader.close()


@pytest.fixture(scope="module")
def filled(running_snow: Snow, tmp_path_factory: pytest.TempPathFactory) -> Login:
    """13 months, December's first hour not yet."""
    import snowflake.connector

    login = login_of(running_snow, "THIRTEEN")
    with snowflake.connector.connect(**running_snow.keywords()) as made, made.cursor() as cursor:
        cursor.execute("CREATE DATABASE THIRTEEN")
        cursor.execute("CREATE SCHEMA THIRTEEN.RETAIL_WAN")
    keys = [hour_key(start) for start in np.arange(FIRST, START, STEP).tolist()]
    same = {"ORG_ID": ORG, "SITE_ID": "s0", "CIRCUIT_ID": CIRCUIT, "COVERED_SECONDS": HOUR}
    used = {f"{way}_PCT_{f}": 2.0 for way in ("RX", "TX") for f in ("AVG", "MAX")}
    used |= {"UTILIZATION_AVG": 2.0, "UTILIZATION_MAX": 2.0, "SECONDS_ABOVE_WARN": 36.0}
    quality = {f"{gauge}_{f}": 2.0 for gauge in ("LOSS", "JITTER", "LATENCY") for f in ("AVG", "MAX")}
    state = {"UP_SECONDS": 3000.0, "DOWN_SECONDS": 600.0, "UNKNOWN_SECONDS": 0.0, "FLAP_COUNT": 1}
    with connected(login) as session:
        made_there(session, (*HOURS.tables, DAYS, MONTHS))
        days = [f"{datetime.fromtimestamp(at, UTC):%Y%m%d}" for at in np.arange(FIRST, START, DAY).tolist()]
        runs = {f"CONTINUOUS_HOURS_ABOVE_{level}": 2.0 for level in ("70", "80", "90")}
        fill(session, DAYS, ({**same, **runs, "PERIOD_KEY": day} for day in days), tmp_path_factory.mktemp("rows"))
        p95 = {"PERIOD_KEY": "202510", "RX_P95_BPS": 7e6, "TX_P95_BPS": 9e6, "P95_ERROR": 0.01}
        fill(session, MONTHS, [{**same, **p95}], tmp_path_factory.mktemp("rows"))
        for table, values in ((UTILISATION, used), (QUALITIES, quality), (STATUS, state)):
            fill(session, table, ({**same, **values, "HOUR_KEY": key} for key in keys),
                 tmp_path_factory.mktemp("rows"))  # fmt: skip
    return login


@pytest.fixture
def there(filled: Login, snow: Snow) -> Login:
    """The same, of a server that is well."""
    return filled


@pytest.fixture
def far(tmp_path: Path) -> Iterator[Made]:
    made: list[Far] = []

    def make(login: Login, clock: FixedClock | None = None, wait: bool = False) -> Far:
        made.append(Far(login, tmp_path / "far", clock or FixedClock(AT), wait=wait))
        return made[-1]

    yield make
    for one in made:
        one.close()


def landing(one: Far) -> asyncio.Event:
    event = asyncio.Event()
    one.landed = event.set
    return event


async def test_thirteen_months_of_a_circuit_on_a_machine_that_holds_one(near: Reader, there: Login, far: Made) -> None:
    reading = over(near, far(there, wait=True), HERE_NOW)
    found = await reading.series(CIRCUIT, ("rx_pct", "loss", "mos"), YEAR)
    assert found.source == "hours"
    assert found.told == "until 2025-11-01 from Snowflake"
    assert len(found.times) == LONG
    assert set(np.diff(found.times)[:OLD]) == {STEP}
    assert set(np.diff(found.times)[OLD:]) == {HOUR}
    old = found.times <= NOVEMBER
    for values in (found.values, found.means):
        assert set(values["loss"][old]) == {2.0}
        assert set(values["loss"][~old]) == {1.0}
        assert np.isnan(values["mos"]).all()


async def test_the_screen_has_what_is_here_at_once_and_the_rest_when_it_lands(
    near: Reader, there: Login, far: Made, snow: Snow
) -> None:
    one = far(there)
    event = landing(one)
    snow.spoil("FACT_CIRCUIT_QUALITY", slow=0.3)
    first = await over(near, one, HERE_NOW).series(CIRCUIT, ("loss",), YEAR)
    assert first.told == "before 2025-11-01: being read from Snowflake"
    assert len(first.times) == HERE
    assert not event.is_set()
    async with asyncio.timeout(10):
        await event.wait()
    reading = over(near, one, HERE_NOW)
    assert len((await reading.series(CIRCUIT, ("loss",), YEAR)).times) == LONG
    assert over(reading, one, HERE_NOW) is reading  # nothing new: nobody is asked again


async def test_what_was_read_is_there_without_a_network_and_says_how_old_it_is(
    near: Reader, there: Login, far: Made, snow: Snow
) -> None:
    await over(near, far(there, wait=True), HERE_NOW).series(CIRCUIT, ("loss",), YEAR)
    snow.well()
    later = far(there, FixedClock(AT + 5 * HOUR), wait=True)
    found = await over(near, later, HERE_NOW).series(CIRCUIT, ("loss",), YEAR)
    assert found.told == "until 2025-11-01 from Snowflake, read 5 h ago"
    assert snow.said() == []
    snow.spoil("LOGIN", code="390144", message="JWT token is invalid.", times=9)
    old = far(there, FixedClock(AT + 3 * DAY), wait=True)
    found = await over(near, old, HERE_NOW).series(CIRCUIT, ("loss",), YEAR)
    assert len(found.times) == LONG
    assert found.told.startswith("until 2025-11-01 from Snowflake, read 3 d ago; now Snowflake at 127.0.0.1")
    assert "refuses user NOCTUI" in found.told


async def test_a_warehouse_that_cannot_be_used_leaves_what_is_here_and_is_left_alone(
    near: Reader, there: Login, far: Made, snow: Snow
) -> None:
    snow.spoil("LOGIN", code="390144", message="JWT token is invalid.", times=9)
    clock = FixedClock(AT)
    reading = over(near, far(there, clock, wait=True), HERE_NOW)
    for _ in range(2):
        found = await reading.series(CIRCUIT, ("loss",), YEAR)
        assert len(found.times) == HERE
        assert found.told.startswith("before 2025-11-01: Snowflake at 127.0.0.1")
    assert snow.said().count("LOGIN") == 1
    snow.well()
    clock.move(REST + 1)
    assert len((await reading.series(CIRCUIT, ("loss",), YEAR)).times) == LONG


async def test_ranges_that_history_here_holds_ask_nobody(near: Reader, there: Login, far: Made, snow: Snow) -> None:
    reading = over(near, far(there, wait=True), HERE_NOW)
    for range_ in (Range(AT - 3 * HOUR, AT), Range(AT - 28 * DAY, AT)):
        assert (await reading.series(CIRCUIT, ("loss",), range_)).told == ""
    assert snow.said() == []


async def test_availability_of_thirteen_months(near: Reader, there: Login, far: Made) -> None:
    """Worked: whole days of the range before November are asked of there; 10 minutes of each of their hours down.
    November here is all up."""
    there_hours = round((NOVEMBER - -(-YEAR.start // DAY) * DAY) / STEP)
    found = await over(near, far(there, wait=True), HERE_NOW).figures(YEAR, (CIRCUIT,))
    alone = await near.figures(YEAR, (CIRCUIT,))
    assert found.down[0] == alone.down[0] + 600 * there_hours
    assert found.up[0] == alone.up[0] + 3000 * there_hours
    assert found.unknown[0] == pytest.approx(alone.unknown[0] - 3600 * there_hours)
    assert found.flaps[0] == alone.flaps[0] + there_hours
    assert found.available[0] == pytest.approx(100 * found.up[0] / (found.up[0] + found.down[0]))
    assert found.at_least[0] <= found.available[0] <= found.at_most[0]
    util = found.gauge("util")
    assert found.known[0, util] == pytest.approx(alone.known[0, util] + 3600 * there_hours)
    weight = alone.known[0, util], 3600 * there_hours
    assert found.average[0, util] == pytest.approx(np.average([alone.average[0, util], 2.0], weights=weight))
    assert found.longest[0, 0].tolist() == [max(2 * HOUR, run) for run in alone.longest[0, 0].tolist()]
    assert "until 2025-11-01 from Snowflake" in found.told
    assert "longest runs before: within a day" in found.told


async def test_what_a_month_is_billed_by_is_what_was_found_then(near: Reader, there: Login, far: Made) -> None:
    """No p95 of smaller periods is ever put together. Of a month that is held here nobody is asked."""
    reading = over(near, far(there, wait=True), HERE_NOW)
    found = await reading.billing("2025-10")
    row = found.ids.index(CIRCUIT)
    assert (found.rx[row], found.tx[row], found.billed[row], found.error) == (7e6, 9e6, 9e6, 0.01)
    assert np.isnan(found.coverage[row])
    assert found.told == "until 2025-11-01 from Snowflake"
    other = found.ids.index("s0:ge-0/0/1")
    assert np.isnan(found.billed[other])
    assert (await reading.billing("2025-09")).told == ""  # nor is it there
    assert (await reading.billing("2025-11")).told == ""


async def test_other_circuits_keep_what_is_known_here(near: Reader, there: Login, far: Made) -> None:
    whole = await over(near, far(there, wait=True), HERE_NOW).figures(YEAR)
    alone = await near.figures(YEAR)
    other = whole.ids.index("s0:ge-0/0/1")
    assert whole.up[other] == alone.up[other]
    assert whole.unknown[other] == alone.unknown[other]
    np.testing.assert_equal(whole.highest[other], alone.highest[other])


async def test_sites_and_regions_count_what_is_older_where_circuits_belong(
    near: Reader, there: Login, far: Made
) -> None:
    reading = over(near, far(there, wait=True), HERE_NOW)
    circuits = await reading.figures(YEAR)
    for by, name in (("site", "s0"), ("region", "East")):
        found = await reading.groups(by, YEAR)
        row = found.ids.index(name)
        assert found.down[row] == circuits.down.sum()
        assert found.up[row] == circuits.up.sum()
        assert found.average[row, found.gauge("util")] == pytest.approx(
            np.average(circuits.average[:, 2], weights=circuits.known[:, 2]), rel=1e-4
        )
        assert "from Snowflake" in found.told


async def test_everything_else_is_asked_of_history_here(near: Reader, far: Made, login: Login) -> None:
    reading = over(near, far(login), HERE_NOW)
    assert isinstance(reading, LongReader)
    assert await reading.timeline(CIRCUIT, YEAR) == await near.timeline(CIRCUIT, YEAR)
    assert over(near, None, HERE_NOW) is near


async def test_another_orgs_answers_are_never_taken(near: Reader, there: Login, far: Made) -> None:
    await over(near, far(there, wait=True), HERE_NOW).series(CIRCUIT, ("loss",), YEAR)
    found = await over(near, far(there, wait=True), structs.replace(HERE_NOW, org_id="another")).series(
        CIRCUIT, ("loss",), YEAR
    )
    assert len(found.times) == HERE
    other = replace(there, schema="ELSEWHERE")
    assert "no schema" in (await over(near, far(other, wait=True), HERE_NOW).series(CIRCUIT, ("loss",), YEAR)).told


async def test_a_file_that_is_damaged_is_read_anew(near: Reader, there: Login, far: Made, tmp_path: Path) -> None:
    await over(near, far(there, wait=True), HERE_NOW).series(CIRCUIT, ("loss",), YEAR)
    (file,) = (tmp_path / "far").glob("*.far")
    file.write_bytes(file.read_bytes()[:100])
    found = await over(near, far(there, wait=True), HERE_NOW).series(CIRCUIT, ("loss",), YEAR)
    assert len(found.times) == LONG
