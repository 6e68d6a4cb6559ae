"""What promises came to and what was down before history here begins: read back from the warehouse.

History here begins on 1 December 2025 with a poll; the warehouse knows of October and November.
"""

from __future__ import annotations

import asyncio
import csv
import io
import math
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec
import pytest

from noctui.cli import main
from noctui.clock import FixedClock
from noctui.model.scene import Range, Reader
from noctui.model.sla import Promise
from noctui.model.verdicts import Outcome
from noctui.model.works import told_of
from noctui.promise_settings import Applies, PromiseSettings
from noctui.runtime.boards import Boards
from noctui.runtime.far import DAY, HOUR, Far
from noctui.runtime.far_scores import lines_of, verdict_of
from noctui.runtime.long_reader import over
from noctui.runtime.scoring import score
from noctui.runtime.sync_sla import _row
from noctui.stores.history import History, HistoryReader, Writer
from noctui.stores.warehouse.connect import connected
from noctui.stores.warehouse.far_events import FarOutages, FarScores, outages, scores
from noctui.stores.warehouse.far_kept import from_bytes, to_bytes
from noctui.stores.warehouse.login import Login
from noctui.stores.warehouse.outbox_dims import batch_of
from noctui.stores.warehouse.sender import Sender
from noctui.stores.warehouse.tables_events import OUTAGES
from noctui.stores.warehouse.tables_works import SLA, WORKS
from noctui.stores.warehouse.texts import stamp
from noctui.tui.panes.asking import landed
from tests.stores.made import ORG, START, World, network
from tests.stores.warehouse.conftest import login_of
from tests.stores.warehouse.filling import fill
from tests.stores.warehouse.filling import made as made_there
from tests.stores.warehouse.snow import Snow, needs_snowflake

pytestmark = needs_snowflake

AT = START + 600.0
GOLD = PromiseSettings(
    {"gold": Promise(name="gold", uptime="99.9")}, (Applies("gold", role="primary"), Applies("gold", role="secondary"))
)
NET = network(2)
FIRST, SECOND = (c.circuit_id for c in NET.circuits)
NOVEMBER = datetime(2025, 11, 1, tzinfo=UTC).timestamp()
WINDOW = Range(AT - 31 * DAY, AT, "31d")


def row(circuit: str, **more: Any) -> dict[str, Any]:
    """November of a circuit: an hour of it down, all of which counts."""
    return {
        "ORG_ID": ORG, "SERVICE_ID": circuit, "PROMISE": "gold", "PERIOD_START": stamp(NOVEMBER),
        "PERIOD_END": stamp(START), "PERIOD_KEY": "2025-11", "IS_PARTIAL": False, "PROVIDER": "Lumen", "SITE_ID": "s0",
        "CIRCUIT_IDS": circuit, "PROMISED_UPTIME_PCT": 99.9, "OUTCOME": "broken", "VERSION": 2,
        "BUDGET_SECONDS": 2592.0, "COUNTED_SECONDS": 3600.0, "COUNTED_AT_MOST_SECONDS": 3600.0, "EXCUSED_SECONDS": 60.0,
        "DOWN_SECONDS": 3660.0, "UNKNOWN_SECONDS": 0.0, "DISABLED_SECONDS": 0.0, "UNCERTAIN_SECONDS": 5.0, "OUTAGES": 2,
        "CREDIT_PCT": 10.0, "CREDIT": 41.0, "CREDIT_AT_MOST": 82.0, "CURRENCY": "USD",
        "CLAIM_BY": stamp(START + 30 * DAY), "KNOWN_AT": stamp(START + 8 * DAY), **more,
    }  # fmt: skip


def down(circuit: str, began: float, ended: float | None, **more: Any) -> dict[str, Any]:
    return {
        "ORG_ID": ORG, "SITE_ID": "s0", "CIRCUIT_ID": circuit, "BEGIN_OUTAGE": stamp(began), "END_OUTAGE": stamp(ended),
        "DURATION_SECONDS": None if ended is None else ended - began, "CONFIRMED": None if ended is None else True,
        "KNOWN_AT": stamp(ended or began), **more,
    }  # fmt: skip


@pytest.fixture(scope="module")
def filled(running_snow: Snow, tmp_path_factory: pytest.TempPathFactory) -> Login:
    import snowflake.connector

    login = login_of(running_snow, "EVENTS")
    with snowflake.connector.connect(**running_snow.keywords()) as made, made.cursor() as cursor:
        cursor.execute("CREATE DATABASE EVENTS")
        cursor.execute("CREATE SCHEMA EVENTS.RETAIL_WAN")
    folder = tmp_path_factory.mktemp("rows")
    night = NOVEMBER + 10 * DAY
    work = {
        "ORG_ID": ORG, "PROVIDER": "zayo", "MAINTENANCE_ID": "chg-1", "VERSION": 2, "VENDOR_CIRCUIT_ID": "BT-1",
        "CIRCUIT_ID": FIRST, "BEGIN_WINDOW": stamp(night - HOUR), "END_WINDOW": stamp(night + HOUR), "IS_BACKUP": False,
        "STATUS": "COMPLETED", "IMPACT": "OUTAGE", "KNOWN_AT": stamp(night - 5 * DAY),
    }  # fmt: skip
    called_off = {**work, "MAINTENANCE_ID": "chg-2", "STATUS": "CANCELLED"}
    with connected(login) as session:
        made_there(session, (*SLA.tables, *OUTAGES.tables, *WORKS.tables))
        october = {
            "PERIOD_START": stamp(NOVEMBER - 31 * DAY), "PERIOD_END": stamp(NOVEMBER), "PERIOD_KEY": "2025-10",
            "KNOWN_AT": stamp(NOVEMBER + 8 * DAY),
        }  # fmt: skip
        gone = row("old:ge-0/0/1", SITE_ID="old")
        fill(session, SLA.tables[0], [row(FIRST), gone, row(FIRST, **october)], folder)
        fill(session, WORKS.tables[0], [work, called_off], folder)
        fill(session, OUTAGES.tables[0], [
            down(FIRST, night, night + 600), down(SECOND, night + DAY, night + DAY + 30, CONFIRMED=False),
            down("t9:ge-0/0/0", night + 2 * DAY, night + 2 * DAY + 60, SITE_ID="t9"),
            down(SECOND, START - HOUR, None),
        ], folder)  # fmt: skip
    return login


@pytest.fixture
def history(writer: Writer, tmp_path: Path) -> Iterator[HistoryReader]:
    for record in World(NET, start=START).polls(10):
        writer.write(record)
    reader = History.create_or_open(tmp_path, ORG).reader()
    reader.scores_of = Boards(reader, GOLD).ask
    yield reader
    reader.close()


@pytest.fixture
def far(filled: Login, snow: Snow, tmp_path: Path) -> Iterator[Callable[..., Far]]:
    made: list[Far] = []

    def make(wait: bool = True, now: float = AT) -> Far:
        made.append(Far(filled, tmp_path / "far", FixedClock(now), wait=wait))
        return made[-1]

    yield make
    for one in made:
        one.close()


def live(history: HistoryReader, far: Far) -> Reader:
    return over(history.reader(AT, corrected=True, live=True), far, NET)


async def test_a_month_before_history_here_is_what_was_measured_then(
    history: HistoryReader, far: Callable[..., Far]
) -> None:
    alone = await history.reader(AT, corrected=True, live=True).scores("2025-11")
    assert alone is not None
    assert {line.verdict.outcome for line in alone.lines} == {Outcome.UNSURE}
    board = await live(history, far()).scores("2025-11")
    assert board is not None
    assert board.told == "until 2025-12-01 from Snowflake"
    first, second, gone = board.lines
    v = first.verdict
    assert (v.service_id, v.outcome, v.version, v.counted, v.excused, v.many_outages) == (
        FIRST, Outcome.BROKEN, 2, 3600, 60, 2,
    )  # fmt: skip
    assert v.budget == 2592
    assert (v.up, v.to_come, v.partial) == (30 * DAY - 3660, 0, False)
    assert v.achieved == 100 * (1 - Fraction(3600, 30 * 86_400))
    assert v.credit is not None
    assert (v.credit.percent, v.credit.percent_at_most, v.credit.amount) == ("10", "20", "41.00")
    assert (first.told, second.told) == (board.told, "")
    assert second.verdict.outcome is Outcome.UNSURE
    assert (gone.verdict.service_id, gone.site_ids) == ("old:ge-0/0/1", ("old",))
    assert await live(history, far()).scores() == await history.reader(AT, corrected=True, live=True).scores()


async def test_what_was_not_known_then_is_not_shown_then(history: HistoryReader, far: Callable[..., Far]) -> None:
    """The measurement of November was told a week after it ended; that of October long before."""
    then = over(history.reader(AT), far(), NET, known_by=AT)
    november, october = await then.scores("2025-11"), await then.scores("2025-10")
    assert november is not None
    assert october is not None
    assert all(line.told == "" for line in november.lines)
    assert [line.verdict.outcome for line in october.lines if line.told] == [Outcome.BROKEN]


async def test_the_screen_does_not_wait_and_asks_again_when_it_has_landed(
    history: HistoryReader, far: Callable[..., Far]
) -> None:
    """Of the same Reader, too: a Scene of the past stays as long as it is shown."""
    one = far(wait=False)
    event = asyncio.Event()
    one.landed = event.set
    read = over(history.reader(AT), one, NET)
    before = landed(read)
    board = await read.scores("2025-11", circuit_id=FIRST)
    assert board is not None
    assert board.told == "before 2025-12-01: being read from Snowflake"
    assert len(board.lines) == 1
    async with asyncio.timeout(20):
        await event.wait()
    assert landed(read) > before
    for reading in (read, live(history, one)):
        board = await reading.scores("2025-11", circuit_id=FIRST)
        assert board is not None
        assert [line.verdict.counted for line in board.lines] == [3600]
    assert landed(history.reader(AT)) == 0


async def test_outages_before_history_here(history: HistoryReader, far: Callable[..., Far]) -> None:
    """A circuit that was down when history here begins is up there: its outage ended by then at the latest."""
    night = NOVEMBER + 10 * DAY
    found = await live(history, far()).outages(WINDOW)
    assert told_of(found) == "until 2025-12-01 from Snowflake"
    assert [(o.circuit_id, o.began, o.confirmed, o.works) for o in found] == [
        (SECOND, START - HOUR, True, ()), ("t9:ge-0/0/0", night + 2 * DAY, True, ()),
        (SECOND, night + DAY, False, ()), (FIRST, night, True, ("zayo chg-1",)),
    ]  # fmt: skip
    assert found[0].ended is not None
    assert abs(found[0].ended - START) <= HOUR
    mine = await live(history, far()).outages(WINDOW, circuit_id=FIRST)
    assert [o.began for o in mine] == [night]
    site = await live(history, far()).outages(WINDOW, site_id="s0")
    assert {o.circuit_id for o in site} == {FIRST, SECOND}
    assert len(await live(history, far()).outages(WINDOW, 2)) == 2
    assert told_of(await live(history, far()).outages(Range(AT - HOUR, AT))) == ""


async def test_without_a_warehouse_that_answers_the_answer_says_so(
    history: HistoryReader, far: Callable[..., Far], snow: Snow
) -> None:
    snow.spoil("LOGIN", code="390144", message="JWT token is invalid.", times=9)
    reading = live(history, far())
    assert told_of(await reading.outages(WINDOW)).startswith("before 2025-12-01: Snowflake at 127.0.0.1")
    board = await reading.scores("2025-11")
    assert board is not None
    assert board.told.startswith("before 2025-12-01: Snowflake at 127.0.0.1")
    assert len(board.lines) == 2


async def test_what_a_sync_sends_comes_back_as_the_verdict_that_it_was(
    history: HistoryReader, login: Login, connection: Any
) -> None:
    """But its outages: how many counted is known, which ones is not."""
    with connected(login) as session:
        made_there(session, SLA.tables)
    found = await score(history, GOLD, AT)
    assert found is not None
    rows = [_row(one, found.at) for one in found.scores]
    Sender(connection, ORG, "here", lambda: AT).send(batch_of(SLA, rows, (1.0,)))
    with connected(login) as session:
        there = scores(session, ORG, "2025-12", 0.0, 1.0, AT)
        assert scores(session, "another", "2025-12", 0.0, 1.0, AT).rows == ()
    made = {r.service_id: verdict_of(r) for r in there.rows}
    for one in found.scores:
        told = made[one.verdict.service_id]
        v = msgspec.structs.replace(one.verdict, outages=(), counted_outages=one.verdict.many_outages, breaks_at=None)
        assert msgspec.structs.replace(told, credit=v.credit) == v
    assert len(made) == len(found.scores) == 2


def test_a_measurement_that_nobody_can_read_is_left_out(filled: Login, snow: Snow) -> None:
    with connected(filled) as session:
        (good, *_) = scores(session, ORG, "2025-11", NOVEMBER, START, AT).rows
    bad = [
        msgspec.structs.replace(good, **{name: value})
        for name, value in (
            ("outcome", "perhaps"), ("down", math.inf), ("budget", math.nan), ("uptime", math.inf),
            ("credit", "much"), ("end", math.nan),
        )
    ]  # fmt: skip
    bad.append(msgspec.structs.replace(good, partial=True, key="2025-13"))
    assert len(lines_of([*bad, good], math.inf, "")) == 1


def test_answers_are_kept_as_they_are(filled: Login, snow: Snow) -> None:
    with connected(filled) as session:
        told = scores(session, ORG, "2025-11", NOVEMBER, START, AT)
        happened = outages(session, ORG, NOVEMBER, START, AT)
    assert from_bytes(FarScores, to_bytes(told)) == told
    assert from_bytes(FarOutages, to_bytes(happened)) == happened
    assert len(happened.rows) == 4
    assert len(happened.windows) == 1


def test_a_report_of_an_old_month_waits_for_it_and_says_where_it_is_from(
    history: HistoryReader, filled: Login, snow: Snow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    home = tmp_path / "home"
    (home / "data" / ORG).mkdir(parents=True)
    for file in tmp_path.glob("history.db*"):
        (home / "data" / ORG / file.name).write_bytes(file.read_bytes())
    (home / "noctui.toml").write_text(
        '[[promise]]\nname = "gold"\nuptime = "99.9"\n[[applies]]\npromise = "gold"\nrole = "primary"\n'
    )
    env = {
        "HOME": str(home), "NOCTUI_DATA": str(home / "data"), "SNOWFLAKE_ACCOUNT": filled.account,
        "SNOWFLAKE_USER": filled.user, "SNOWFLAKE_PASSWORD": filled.password, "SNOWFLAKE_DATABASE": filled.database,
        "SNOWFLAKE_HOST": filled.host, "SNOWFLAKE_PORT": str(filled.port), "SNOWFLAKE_PROTOCOL": "http",
    }  # fmt: skip
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    words = ["sla", "report", "--month", "2025-11", "--by", "circuit", "--config", str(home / "noctui.toml")]
    assert main([*words, "--format", "csv"]) == 0
    said = capsys.readouterr()
    found = {row["circuit_id"]: row for row in csv.DictReader(io.StringIO(said.out))}
    assert found[FIRST]["outcome"] == "broken"
    assert (found[FIRST]["counted_s"], found[FIRST]["outages"], found[FIRST]["credit"]) == ("3600", "2", "41.00")
    assert found["old:ge-0/0/1"]["outcome"] == "broken"
    assert said.err == "noctui: until 2025-12-01 from Snowflake\n"
    forecast = ["sla", "forecast", "--month", "2025-11", "--format", "csv", "--config", str(home / "noctui.toml")]
    assert main([*forecast, "--at", "2025-12-01T00:09:00Z"]) == 0
    assert capsys.readouterr().err == "noctui: until 2025-12-01 from Snowflake\n"
    assert main([*words, "--at", "2025-12-01T00:09:00Z"]) == 3  # the measurement was told a week later
    assert "broken" not in capsys.readouterr().out
