"""The period follows what the tokens can pay for: max(asked, calls x 3600 / 80 % of all tokens' hourly calls)."""

from __future__ import annotations

from itertools import pairwise
from math import ceil
from pathlib import Path

import pytest

from noctui.model.view import View
from noctui.runtime.collector import LIVE_FEEDS
from tests.walk.walk import MINUTE, POLL, T0, TOKEN, Watch, walking
from tests.walk.worlds import calm

MORE = ("token-two-0123456789-abcd", "token-three-0123456789-ef01")


def steps(views: list[View]) -> list[float]:
    """Seconds between Views."""
    return [after.at - before.at for before, after in pairwise(views)]


@pytest.mark.parametrize(
    ("tokens", "limit", "page_limit", "calls"),
    [
        ((TOKEN,), 5000, 1000, 5),
        ((TOKEN,), 200, 1000, 5),
        ((TOKEN,), 500, 20, 16),
        ((TOKEN, *MORE), 500, 20, 16),
        ((TOKEN, MORE[0]), 150, 1000, 5),
    ],
    ids=["plenty", "a small limit", "many calls", "many calls, three tokens", "two small limits"],
)
async def test_the_period_is_what_the_budget_pays_for(
    tmp_path: Path, tokens: tuple[str, ...], limit: int, page_limit: int, calls: int
) -> None:
    """Within an hour no more than 80 % of the calls go into sweeps, and into what is asked for now and then only what
    they leave: when that is nothing, a twentieth."""
    period = max(POLL, ceil(calls * 3600 / (0.8 * limit * len(tokens))))
    async with walking(tmp_path, calm(), start=T0, tokens=tokens, limit=limit) as walk:
        watch = await walk.watch(tokens=tokens, page_limit=page_limit)
        await walk.clock.run_to(T0 + 20 * MINUTE)
        assert watch.view.interval == period
        assert watch.status.poll_seconds == period
        assert sum(r.calls for r in watch.view.reports if r.feed in LIVE_FEEDS) == calls
        assert set(steps(watch.views)[1:]) == {period}
        assert watch.status.api_limit == limit * len(tokens)

        used = sum(walk.server.tokens.used(token) for token in tokens)
        await walk.clock.run_to(T0 + 40 * MINUTE)
        spent = sum(walk.server.tokens.used(token) for token in tokens) - used
        asked_usage = 2 * len(tokens)
        assert (spent - asked_usage) * 3 <= 0.85 * limit * len(tokens) + 3 * calls
        print(f"{calls} calls a sweep, {limit * len(tokens)} an hour: every {period:.0f} s, {spent * 3} calls an hour")


async def test_windows_go_on_when_the_period_changes(tmp_path: Path) -> None:
    """A token is refused: the other alone pays for half as many polls. What was counted before counts on."""
    async with walking(tmp_path, calm(), tokens=(TOKEN, MORE[0]), limit=250) as walk:
        watch = await walk.watch(tokens=(TOKEN, MORE[0]), page_limit=40)
        await walk.clock.run_to(T0 + 30 * MINUTE)
        before = watch.view
        known = await windows(watch)
        walk.server.faults.revoked.append(TOKEN)
        await walk.clock.run_to(T0 + 60 * MINUTE)
        after = watch.view
        assert (before.interval, after.interval) == (81.0, 162.0)
        grown = await windows(watch) - known
        assert abs(after.at - before.at - grown) <= after.interval
        assert after.circuits.since.tolist() == before.circuits.since.tolist()


async def windows(watch: Watch) -> float:
    """Known time of the first circuit's loss in the window of 24 h."""
    scene = watch.desk.live()
    assert scene is not None
    return float((await scene.read.above(24)).known[0, 1])
