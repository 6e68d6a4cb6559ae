"""Wrong clocks: this machine's against Mist's, both ways, and one that is set while noctui runs."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from noctui.model.alarms import SELF
from noctui.model.words import State
from tests.faults.shown import grey, header, sentence
from tests.walk.walk import HOUR, MINUTE, POLL, T0, walking
from tests.walk.worlds import calm


@pytest.mark.parametrize(
    ("ahead", "said"),
    [(900.0, "15m00s ahead of"), (-900.0, "15m00s behind"), (3600.0, "60m00s ahead of"), (-3600.0, "60m00s behind")],
)
async def test_a_machine_whose_clock_is_wrong_shows_true_ages_and_says_what_to_do(
    tmp_path: Path, ahead: float, said: str
) -> None:
    """Every value is as old as it is, nothing is stale and no circuit unknown."""
    async with walking(tmp_path, calm(), start=T0 + 2 * HOUR) as walk:
        right = await walk.watch()
        await walk.clock.run_to(T0 + 2 * HOUR + 5 * MINUTE)
        ages = right.view.circuits.age
        await walk.close(right)
    async with walking(tmp_path / "wrong", calm(), start=T0 + 2 * HOUR) as walk:
        watch = await walk.watch(start=False)
        watch.hand.wrong = ahead
        await watch.desk.start()
        await walk.clock.run_to(T0 + 2 * HOUR + 5 * MINUTE)
        assert (watch.view.circuits.state == State.UP).all()
        assert not watch.view.circuits.stale.any()
        np.testing.assert_allclose(watch.view.circuits.age, ages, atol=1.5)  # Mist's Date has whole seconds
        assert watch.status.notes == (
            f"This machine's clock is {said} Mist's: set it right. Times from Mist are corrected.",
        )
        assert (watch.status.fault, header(watch).split("  ")[0]) == ("", "live 0s")


async def test_a_clock_set_back_an_hour_while_noctui_runs_is_said_and_nothing_old_passes_for_new(
    tmp_path: Path,
) -> None:
    """The last data stays, grey and with its time; no poll is ever dated before another; noctui goes on by itself."""
    async with walking(tmp_path, calm(), start=T0 + 2 * HOUR) as walk:
        watch = await walk.watch()
        await walk.clock.run_to(T0 + 2 * HOUR + 10 * MINUTE)
        last = watch.view
        watch.hand.wrong = -HOUR
        await walk.clock.run(2 * POLL)
        status = watch.status
        assert status.fault == "lost"
        assert status.fault_text == (
            "This machine's clock is behind the newest poll (2025-11-23 02:10:00 UTC): set it, or wait until then."
        )
        assert watch.view.at == last.at
        assert grey(watch)
        assert header(watch).startswith(" MIST LOST 1m   data of 02:10:00  retry 59m")
        assert sentence(watch).startswith("No new data since 02:10:00: This machine's clock is behind the newest poll")
        (own,) = [a for a in watch.view.alarms.alarms if a.source == SELF]
        assert own.waits, "whoever does not look at a screen is told"
        assert own.text.startswith("no new data: This machine's clock is behind the newest poll")

        watch.hand.wrong = 0.0  # somebody sets it
        await walk.clock.run(2 * POLL)
        assert watch.status.fault == ""
        assert watch.view.at == walk.clock.now()
        assert (watch.view.circuits.state == State.UP).all()
        assert not [a for a in watch.view.alarms.alarms if a.source == SELF]
        assert not grey(watch)
        assert all(before.at <= after.at for before, after in pairwise(watch.views))


async def test_a_clock_that_was_an_hour_slow_and_is_set_right_leaves_an_hour_that_nobody_saw(tmp_path: Path) -> None:
    """It jumps on: that hour is unknown, not what was known before it."""
    async with walking(tmp_path, calm(), start=T0 + 2 * HOUR) as walk:
        watch = await walk.watch(start=False)
        watch.hand.wrong = -HOUR
        await watch.desk.start()
        await walk.clock.run_to(T0 + 2 * HOUR + 10 * MINUTE)
        watch.hand.wrong = 0.0
        await walk.clock.run(3 * POLL)
        assert watch.status.fault == ""
        assert watch.status.notes == ()
        assert watch.view.at == walk.clock.now()
        assert (watch.view.circuits.state == State.UP).all()
        circuit_id = watch.view.inventory.circuits[0].circuit_id
        line = await walk.timeline(circuit_id, T0 + HOUR, walk.clock.now())
        unknown = sum(s.end - s.start for s in line if s.state == State.UNKNOWN)
        assert unknown == pytest.approx(HOUR, abs=5 * POLL)
