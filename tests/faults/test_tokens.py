"""429 and 401: a token that is at its limit rests, one that is refused is named, the others go on.

`tests/walk/test_faults.py` has one token that rests beside another, all of them resting until the full hour, a refused
one beside another, at the very start, and a wrong org; `tests/sources/mist/test_budget.py` the arithmetic.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from noctui.model.words import State
from noctui.sim.mist.faults import Faults
from tests.faults.shown import grey, header, sentence
from tests.walk.test_faults import SECOND, spend_all
from tests.walk.walk import HOUR, MINUTE, POLL, T0, TOKEN, walking
from tests.walk.worlds import calm


async def test_the_header_counts_down_by_minutes_and_the_last_data_stays_with_its_age(tmp_path: Path) -> None:
    async with walking(tmp_path, calm(), start=T0 + 40 * MINUTE) as walk:
        watch = await walk.watch()
        await walk.clock.run_to(T0 + 45 * MINUTE)
        last = watch.view
        spend_all(walk, TOKEN)
        await walk.clock.run_to(T0 + 46 * MINUTE + 30)
        assert header(watch).startswith(" API RESTS 13m ")
        assert sentence(watch) == "All tokens used their hour. Next call 01:00. The screen shows 00:45:00."
        await walk.clock.run_to(T0 + 50 * MINUTE + 30)
        assert header(watch).startswith(" API RESTS 9m   data 5m30s old  leader")  # two faults: the worse one first
        assert grey(watch)
        np.testing.assert_array_equal(watch.view.circuits.rx_bps, last.circuits.rx_bps)
        await walk.clock.run_to(T0 + 59 * MINUTE + 30)
        assert header(watch).startswith(" API RESTS 30s   data 14m30s old")
        await walk.clock.run_to(T0 + HOUR + 1)
        assert header(watch).startswith("live 0s  leader")
        assert not grey(watch)


@pytest.mark.parametrize(
    ("wait", "until"),
    [(0, HOUR), (1, HOUR), (5400, 2 * HOUR + 15 * MINUTE)],
    ids=["no Retry-After", "a second", "an hour and a half"],
)
async def test_a_token_rests_until_retry_after_or_the_full_hour_whichever_is_later(
    tmp_path: Path, wait: int, until: float
) -> None:
    """Mist counts by clock hours: before the next one no call can go better, whatever a storm's header promises."""
    async with walking(tmp_path, calm(), start=T0 + 40 * MINUTE) as walk:
        watch = await walk.watch()
        await walk.clock.run_to(T0 + 44 * MINUTE)
        walk.server.faults = Faults(throttled=100.0, throttled_wait=wait)
        await walk.clock.run_to(T0 + 46 * MINUTE)
        walk.server.faults = Faults()
        assert watch.status.fault == "resting"
        assert watch.status.retry_at == T0 + until
        calls = walk.server.calls
        await walk.clock.run_to(T0 + until - 1)
        assert walk.server.calls == calls
        await walk.clock.run_to(T0 + until + 1)
        assert watch.status.fault == ""
        assert (watch.view.circuits.state == State.UP).all()


async def test_a_token_revoked_in_the_middle_of_everything_is_named_with_what_mist_said_and_tried_now_and_then(
    tmp_path: Path,
) -> None:
    """The last one: nothing can be asked, the screen keeps what it has; when Mist accepts it again, it goes on."""
    async with walking(tmp_path, calm(), tokens=(TOKEN, SECOND)) as walk:
        watch = await walk.watch(tokens=(TOKEN, SECOND))
        await walk.clock.run_to(T0 + 2 * MINUTE)
        last = watch.view
        walk.server.faults = Faults(revoked=[TOKEN])
        await walk.clock.run(POLL)
        assert watch.status.fault == ""
        assert list(watch.status.notes) == ["Token 1 (…7a3c) was refused: 401 Invalid authentication credentials"]
        walk.server.faults = Faults(revoked=[TOKEN, SECOND])
        await walk.clock.run(2 * POLL)
        assert header(watch).startswith(" MIST LOST ")
        assert "Token 2 (…91be) was refused: 401 Invalid authentication credentials" in sentence(watch)
        np.testing.assert_array_equal(watch.view.circuits.rx_bps.shape, last.circuits.rx_bps.shape)
        assert watch.view.circuits.severity.tolist() == last.circuits.severity.tolist()
        calls = walk.server.calls
        await walk.clock.run_to(T0 + 30 * MINUTE)
        assert walk.server.calls - calls < 60  # one call a minute at most for each
        walk.server.faults = Faults()
        await walk.clock.run(6 * MINUTE)
        assert (watch.status.fault, list(watch.status.notes)) == ("", [])


async def test_a_tiny_budget_slows_the_pace_and_greys_nothing(tmp_path: Path) -> None:
    """60 calls an hour pay for a poll every 375 s: until the next one each is as live as can be, the first one too."""
    async with walking(tmp_path, calm(), limit=60) as walk:
        watch = await walk.watch()
        await walk.clock.run_to(T0 + 1)
        assert watch.status.poll_seconds == 375.0
        for minutes in range(1, 20):
            await walk.clock.run_to(T0 + minutes * MINUTE)
            assert (watch.status.fault, grey(watch)) == ("", False), minutes
            assert header(watch).startswith("live "), minutes
        assert len(watch.views) == 4
