"""When the cloud fails: what is said, what stays on the screen, how it comes back. Over real sockets."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from noctui.logs import JsonLine
from noctui.model.words import State
from noctui.sim.mist.faults import Faults
from tests.walk.walk import HOUR, MINUTE, POLL, T0, TOKEN, Walk, Watch, walking
from tests.walk.worlds import calm

SECOND = "second-token-fedcba9876543210-91be"


class Lines(logging.Handler):
    """Log lines as they would stand in the file."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []
        self.setFormatter(JsonLine())

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture(autouse=True)
def logged() -> Iterator[list[str]]:
    """Every line that noctui logs in a test; none may hold a token."""
    logger, handler = logging.getLogger("noctui"), Lines()
    level = logger.level
    logger.setLevel(logging.DEBUG)
    logger.addHandler(handler)
    yield handler.lines
    logger.removeHandler(handler)
    logger.setLevel(level)
    assert handler.lines
    for secret in (TOKEN, SECOND):
        assert not [line for line in handler.lines if secret[4:-4] in line]


def no_secret(watch: Watch) -> None:
    """In nothing that the desk ever said."""
    for secret in (TOKEN, SECOND):
        assert all(secret[4:-4] not in repr(status) for status in watch.said)
    assert all("\n" not in status.fault_text for status in watch.said)


def port_of(walk: Walk) -> int:
    return int(walk.server.url.rpartition(":")[2])


async def test_a_cloud_that_is_gone_is_lost_and_what_is_known_grows_old_then_unknown(tmp_path: Path) -> None:
    async with walking(tmp_path, calm()) as walk:
        watch = await walk.watch()
        await walk.clock.run_to(T0 + 5 * MINUTE)
        last = watch.view
        await walk.server.close()

        await walk.clock.run(POLL + 30)
        status = watch.status
        assert status.fault == "lost"
        assert status.fault_since == pytest.approx(T0 + 6 * MINUTE, abs=30)
        assert status.fault_text
        assert walk.clock.now() <= status.retry_at <= T0 + 7 * MINUTE + 30
        assert watch.view.at > last.at
        assert status.heard_at == last.at  # a poll in which nothing answered does not make the data younger
        assert (watch.view.circuits.state == State.UP).all()
        assert not watch.view.whole
        np.testing.assert_array_equal(watch.view.circuits.rx_bps, last.circuits.rx_bps)
        assert (watch.view.circuits.age > last.circuits.age).all()

        since = status.fault_since
        await walk.clock.run_to(T0 + 12 * MINUTE)
        gone = watch.view
        assert gone.silent
        assert gone.circuits.stale.all()
        assert (gone.circuits.state == State.UNKNOWN).all()
        assert gone.circuits.severity.tolist() == last.circuits.severity.tolist()  # grey: it is we who do not see
        assert (gone.circuits.coverage_24h <= last.circuits.coverage_24h).all()  # known up to its last sample
        assert watch.status.fault == "lost"
        assert watch.status.fault_since == since

        await walk.server.start("127.0.0.1", port_of(walk), None)
        await walk.clock.run(POLL + 1)
        assert (watch.status.fault, watch.status.fault_text, watch.status.retry_at) == ("", "", 0.0)
        assert (watch.view.circuits.state == State.UP).all()
        circuit_id = watch.view.inventory.circuits[0].circuit_id
        line = await walk.timeline(circuit_id, T0, walk.clock.now())
        assert [State(s.state) for s in line] == [State.UP, State.UNKNOWN, State.UP]
        no_secret(watch)


def spend_all(walk: Walk, *tokens: str) -> None:
    """Somebody else uses what is left of the tokens' hour."""
    for token in tokens:
        while walk.server.tokens.spend(token):
            pass


async def test_when_all_tokens_rest_it_says_until_when_and_keeps_the_last_data(tmp_path: Path) -> None:
    """429 for both: nobody is asked again before the full hour, then it goes on by itself."""
    async with walking(tmp_path, calm(), start=T0 + 40 * MINUTE, tokens=(TOKEN, SECOND)) as walk:
        watch = await walk.watch(tokens=(TOKEN, SECOND))
        await walk.clock.run_to(T0 + 45 * MINUTE)
        last = watch.view
        spend_all(walk, TOKEN, SECOND)
        await walk.clock.run(POLL)
        status = watch.status
        assert status.fault == "resting"
        assert status.retry_at == T0 + HOUR
        assert "01:00 UTC" in status.fault_text
        np.testing.assert_array_equal(watch.view.circuits.rx_bps, last.circuits.rx_bps)

        calls = walk.server.calls
        await walk.clock.run_to(T0 + HOUR - 1)
        assert walk.server.calls == calls
        assert (watch.status.fault, watch.status.retry_at) == ("resting", T0 + HOUR)
        assert watch.view.at == T0 + 59 * MINUTE
        assert watch.view.silent
        assert watch.view.circuits.severity.tolist() == last.circuits.severity.tolist()

        await walk.clock.run_to(T0 + HOUR + 1)
        assert watch.status.fault == ""
        assert watch.view.at == T0 + HOUR
        assert (watch.view.circuits.state == State.UP).all()
        no_secret(watch)


async def test_one_token_rests_and_the_other_goes_on(tmp_path: Path) -> None:
    async with walking(tmp_path, calm(), tokens=(TOKEN, SECOND)) as walk:
        watch = await walk.watch(tokens=(TOKEN, SECOND))
        await walk.clock.run_to(T0 + 2 * MINUTE)
        spend_all(walk, TOKEN)
        await walk.clock.run(5 * POLL)
        assert (watch.status.fault, watch.view.whole) == ("", True)
        assert watch.view.at == walk.clock.now()
        no_secret(watch)


async def test_a_refused_token_is_said_and_the_others_go_on(tmp_path: Path, logged: list[str]) -> None:
    """Its calls no longer count for the budget. When the last one is refused, that is what is said."""
    async with walking(tmp_path, calm(), tokens=(TOKEN, SECOND)) as walk:
        watch = await walk.watch(tokens=(TOKEN, SECOND))
        await walk.clock.run_to(T0 + 2 * MINUTE)
        assert watch.status.api_limit == 10_000
        walk.server.faults = Faults(revoked=[TOKEN])
        await walk.clock.run(2 * POLL)
        assert (watch.status.fault, watch.view.whole) == ("", True)
        assert watch.status.api_limit == 5_000
        assert watch.view.at == walk.clock.now()
        assert any("Token 1 (…7a3c) was refused" in line for line in logged)

        walk.server.faults = Faults(revoked=[TOKEN, SECOND])
        await walk.clock.run(2 * POLL)
        assert watch.status.fault == "lost"
        assert "Token 1 (…7a3c) was refused" in watch.status.fault_text
        assert "Token 2 (…91be) was refused" in watch.status.fault_text
        no_secret(watch)


async def test_a_lost_page_is_partial_and_its_rows_keep_their_age(tmp_path: Path) -> None:
    """Page 2 of the ports is never to be had: what it holds grows old, the rest goes on."""
    async with walking(tmp_path, calm()) as walk:
        watch = await walk.watch(page_limit=60)
        await walk.clock.run_to(T0 + 5 * MINUTE)
        whole = watch.view
        assert whole.whole
        walk.server.faults = Faults(lost_pages={"stats/ports/search": 2})
        await walk.clock.run_to(T0 + 7 * MINUTE + 59)
        view, status = watch.view, watch.status
        assert status.fault == "partial"
        assert status.fault_text.startswith("6 of 7 pages came; circuits: ")
        assert (status.pages_done, status.pages_expected) == (6, 7)
        assert not view.whole
        missing = view.circuits.age > 100
        assert 0 < missing.sum() < len(missing)
        np.testing.assert_allclose(
            view.circuits.age[missing] - whole.circuits.age[missing], view.at - whole.at, atol=0.01
        )
        np.testing.assert_array_equal(view.circuits.rx_bps[missing], whole.circuits.rx_bps[missing])
        assert (view.circuits.age[~missing] < 75).all()  # a report's age, and the time that four tries took

        await walk.clock.run_to(T0 + 11 * MINUTE)
        assert (watch.view.circuits.state[missing] == State.UNKNOWN).all()
        assert (watch.view.circuits.state[~missing] == State.UP).all()
        assert len(watch.view.circuits) == len(whole.circuits)  # not seen is not gone

        walk.server.faults = Faults()
        await walk.clock.run(2 * POLL)
        assert (watch.status.fault, watch.status.fault_since, watch.status.fault_text) == ("", 0.0, "")
        assert (watch.view.circuits.state == State.UP).all()
        no_secret(watch)


@pytest.mark.parametrize(
    ("faults", "says"),
    [
        (Faults(truncated=100.0), "JSON"),
        (Faults(errors=100.0), "500 Internal Server Error"),
        (Faults(drops=100.0), "the connection was reset"),
    ],
    ids=["cut off", "500", "dropped"],
)
async def test_what_no_try_mends_is_lost_with_its_reason(tmp_path: Path, faults: Faults, says: str) -> None:
    async with walking(tmp_path, calm()) as walk:
        watch = await walk.watch()
        await walk.clock.run_to(T0 + 2 * MINUTE)
        last = watch.view
        walk.server.faults = faults
        await walk.clock.run(2 * POLL)
        assert watch.status.fault == "lost"
        assert says in watch.status.fault_text
        assert "4 tries" in watch.status.fault_text
        assert watch.view.circuits.severity.tolist() == last.circuits.severity.tolist()
        walk.server.faults = Faults()
        await walk.clock.run(2 * POLL)
        assert watch.status.fault == ""
        no_secret(watch)


async def test_what_another_try_mends_is_not_even_partial(tmp_path: Path) -> None:
    """A tenth of the calls fails in one way or another; each is tried again within the sweep."""
    async with walking(tmp_path, calm()) as walk:
        watch = await walk.watch()
        await walk.clock.run_to(T0 + MINUTE)
        walk.server.faults = Faults(errors=4.0, drops=3.0, truncated=3.0)
        calls = walk.server.calls
        await walk.clock.run_to(T0 + 31 * MINUTE)
        assert walk.server.calls - calls > 30 * 4 + 6
        assert all(view.whole for view in watch.views)
        assert len(watch.views) >= 30


async def test_an_org_that_the_token_does_not_see_is_named(tmp_path: Path) -> None:
    async with walking(tmp_path, calm()) as walk:
        watch = await walk.watch(org_id="00000000-1111-2222-3333-444444444444")
        await watch.until(lambda: watch.status.fault == "lost")
        assert watch.status.fault_text == (
            "The token cannot see org 00000000-1111-2222-3333-444444444444; "
            f"it sees: {walk.world.network.org_id} (Acme Retail)."
        )
        assert watch.desk.live() is None
        assert not list(walk.data.iterdir()), "nothing is left behind"
        no_secret(watch)


async def test_a_refused_token_at_the_very_start_is_named(tmp_path: Path) -> None:
    async with walking(tmp_path, calm()) as walk:
        watch = await walk.watch(tokens=(SECOND,))
        await watch.until(lambda: watch.status.fault == "lost")
        assert watch.status.fault_text == "Token 1 (…91be) was refused: 401 Invalid authentication credentials"
        assert watch.desk.live() is None
        no_secret(watch)


async def test_a_history_that_is_no_database_is_set_aside_and_the_screen_lives(tmp_path: Path) -> None:
    async with walking(tmp_path, calm()) as walk:
        walk.folder.mkdir(parents=True)
        (walk.folder / "history.db").write_bytes(b"no database at all " * 400)
        watch = await walk.watch()
        await walk.clock.run(2 * POLL)
        assert watch.view.at == walk.clock.now()
        assert (walk.folder / "history.db.bad").read_bytes().startswith(b"no database")
        assert any("corrupt" in status.history_text for status in watch.said)
        assert (await watch.desk.past(walk.clock.now())) is not None


async def test_a_damaged_block_costs_the_memory_and_not_the_watch(tmp_path: Path) -> None:
    """What an hour counted cannot be read any more: that is said, and counting begins anew."""
    async with walking(tmp_path, calm()) as walk:
        first = await walk.watch()
        await walk.clock.run_to(T0 + 10 * MINUTE)
        await walk.close(first)
        with closing(sqlite3.connect(walk.folder / "history.db")) as db:
            db.execute("UPDATE open SET data = zeroblob(length(data)) WHERE at = ? AND tbl = 0", (T0 + 9 * MINUTE,))
            db.commit()
        watch = await walk.watch()
        await walk.clock.run(2 * POLL)
        assert watch.view.at == walk.clock.now()
        assert (watch.view.circuits.state == State.UP).all()
        assert watch.status.history_text.startswith("Counting begins anew: history block ")


async def test_a_clock_behind_the_newest_poll_is_said_and_waited_for(tmp_path: Path) -> None:
    """The machine's clock was an hour ahead yesterday; today it is right. No poll may lie before the newest one."""
    async with walking(tmp_path, calm(), start=T0 + HOUR) as walk:
        await walk.watch()
        await walk.clock.run(2 * POLL)
    async with walking(tmp_path, calm(), start=T0 + 50 * MINUTE) as walk:
        watch = await walk.watch()
        await walk.clock.run(POLL)
        assert watch.status.fault == "lost"
        assert watch.status.fault_text == (
            "This machine's clock is behind the newest poll (2025-11-23 01:02:00 UTC): set it, or wait until then."
        )
        assert watch.status.retry_at == T0 + HOUR + 3 * MINUTE
        assert watch.view.at == T0 + HOUR + 2 * MINUTE
        await walk.clock.run_to(T0 + HOUR + 3 * MINUTE)
        assert watch.status.fault == ""
        assert watch.view.at == walk.clock.now()
