"""The collector's screen where a bus is set: who follows and how late, and what of its server should be mended."""

from __future__ import annotations

import pytest
from msgspec import structs

from noctui.model.health import BusHealth, FollowerHealth, MemberHealth
from noctui.tui.app import Options
from tests import night
from tests.night_health import HEALTH
from tests.tui.app.seen import lines, text
from tests.tui.app.test_collector import opened

BUS = BusHealth(
    where="rediss://bus.example:6379/0",
    epoch=17,
    lease=6.0,
    published_at=night.POLL + 0.2,
    publish_p50=0.011,
    publish_p99=0.031,
    poll_bytes=312_000,
    memory=55_750_000,
    acts=3,
    asked=1412,
    followers=tuple(
        FollowerHealth(name=f"noc-{letter}:41{n}", heard_at=night.POLL, lag=0.01 * n)
        for n, letter in enumerate("bcdefghijk", 1)
    ),
    lag_p50=0.05,
    lag_p99=0.1,
)


@pytest.mark.parametrize("size", [(120, 40), (200, 60)])
async def test_who_follows_and_how_late(options: Options, size: tuple[int, int]) -> None:
    app = opened(options, structs.replace(HEALTH, bus=BUS))
    async with app.run_test(size=size) as pilot:
        await pilot.press("0")
        screen = text(app)
        for words in ("bus ─", "rediss://bus.example:6379/0", "312 kB in p50 11 ms  p99 31 ms",
                      "10 follow, lag p50 50 ms  p99 100 ms", "noc-b:411", "errors ─"):  # fmt: skip
            assert words in screen, words
        if size[1] == 60:
            assert "and 2 more" in screen
            assert "56 MB in use" in screen
            assert "1,412 questions, 3 acts in this term" in screen


async def test_a_line_of_it_where_there_is_little_room(options: Options) -> None:
    app = opened(options, structs.replace(HEALTH, bus=BUS))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("0")
        assert any("bus rediss://bus.example:6379/0  10 follow, lag" in line for line in lines(app))


SHARED = structs.replace(
    BUS,
    followers=(),
    own_gateways=1068,
    members=(
        MemberHealth(
            name="noc-b:41",
            state="shares",
            gateways=1070,
            calls=12,
            rows=9029,
            took=1.6,
            lag=2.1,
            used=1902,
            limit=5000,
        ),
        MemberHealth(name="noc-c:42", state="joins"),
        MemberHealth(name="noc-d:43", state="left out", text="a blob on the bus is cut short: 12 of 340,112 bytes"),
    ),
)


async def test_who_shares_a_sweep_and_whose_share_is_missing(options: Options) -> None:
    for size, said in (
        (
            (120, 40),
            ("shared by 2, 1 does not help", "noc-b:41  1,070 in 2.1 s, 1,902",
             "noc-c:42  from the next sweep on", "noc-d:43, left out: a blob on"),
        ),
        ((200, 60), ("noc-b:41  1,070 in 2.1 s, 1,902/5,000", "cut short: 12 of 340,112")),
        ((80, 24), ("bus shared by 2, 1 does not help, 1,068 gateways here  nobody follows",)),
    ):  # fmt: skip
        app = opened(options, structs.replace(HEALTH, bus=SHARED))
        async with app.run_test(size=size) as pilot:
            await pilot.press("0")
            screen = text(app)
            for words in said:
                assert words in screen, words


async def test_a_sweep_that_nobody_shares_now_says_so(options: Options) -> None:
    alone = structs.replace(SHARED, own_gateways=0, members=SHARED.members[1:])
    app = opened(options, structs.replace(HEALTH, bus=alone))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("0")
        assert "the leader's alone, 1 does not help" in text(app)


async def test_what_is_wrong_comes_first(options: Options) -> None:
    lost = structs.replace(BUS, state="lost", text="rediss://bus.example:6379/0 does not answer", since=night.POLL - 90)
    safe = structs.replace(BUS, remarks=("nothing on it would survive its restart: set appendonly yes",), followers=())
    for health, words in ((lost, "since 03:12:25:"), (safe, "nothing on it would survive its")):
        app = opened(options, structs.replace(HEALTH, bus=health))
        async with app.run_test(size=(120, 40)) as pilot:
            await pilot.press("0")
            assert words in text(app)


async def test_without_a_bus_there_is_no_pane_of_it(options: Options) -> None:
    app = opened(options)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("0")
        assert "bus ─" not in text(app)
        assert "inventory file, replacements ─" in text(app)
