"""The collector's screen: what it shows of health, at which size, and that it says what it does not know."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from noctui.clock import FixedClock
from noctui.model.health import FeedHealth, Health, HistoryHealth, MailboxHealth, PlanLine, TokenHealth
from noctui.tui.app import NoctuiApp, Options
from noctui.tui.look.signs import Signs
from noctui.tui.panes.collector_lines import (
    calls_by_the_hours_end,
    size_of_bytes,
    source_lines,
    store_lines,
    token_line,
    took,
    total_lines,
)
from noctui.tui.panes.collector_panes import shares
from noctui.tui.runs import Line, width_of
from tests import night
from tests.night_health import HEALTH
from tests.tui.app.seen import lines, text

STATUS = replace(night.STATUS, health=HEALTH, api_limit=10_000)


def opened(options: Options, health: Health | None = HEALTH) -> NoctuiApp:
    scenes = night.FakeScenes()
    scenes.say(replace(STATUS, health=health))
    return NoctuiApp(scenes, FixedClock(night.NOW), options)


def said(line: Line) -> str:
    return "".join(text for text, _ in line)


@pytest.mark.parametrize("size", [(120, 40), (200, 60)])
async def test_every_part_has_its_pane(options: Options, size: tuple[int, int]) -> None:
    app = opened(options)
    async with app.run_test(size=size) as pilot:
        await pilot.press("0")
        screen = text(app)
        for words in ("last sweep ─", "API tokens ─", "sources ─", "who collects ─", "what is known ─", "stores ─",
                      "errors ─", "inventory file, replacements ─", "noc-a pid 4120, epoch 17",
                      "1,902/5,000  in use, resets 45m, read", "1,440  p50 8.1  p95 9.8  p99 12.4 s",
                      "3 partial  1 failed  0 skipped", "2.4 GB, 22 d", "98 of 103 lines matched",
                      "31 of 40 sites"):  # fmt: skip
            assert words in screen, words


async def test_a_small_screen_keeps_a_line_of_each_and_the_focused_pane_scrolls(options: Options) -> None:
    app = opened(options)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("0")
        screen = text(app)
        for words in (
            "API tokens",
            "leader this process",
            "unknown 2",
            "history 2.4 GB",
            "file circuits.csv",
            "errors",
        ):
            assert words in screen, words
        assert "sites  " not in "".join(line for line in lines(app) if line.startswith(" ·  "))
        await pilot.press("end")
        assert " ·  sites" in text(app)
        await pilot.press("z")
        assert "leader this process" not in text(app)
        await pilot.press("escape")
        assert "leader this process" in text(app)


async def test_what_is_not_told_is_said_and_never_a_nought(options: Options) -> None:
    app = opened(options, None)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("0")
        assert text(app).count("Only the leader knows, and it has not told.") == 5
        await pilot.press("[")
        await pilot.pause()
        assert text(app).count("Not kept: history holds the sweeps alone.") == 5
        assert "18,204 landed 03:12:55" in text(app)


async def test_hostile_words_of_errors_and_files_are_only_text(options: Options) -> None:
    app = opened(options)
    async with app.run_test(size=(200, 60)) as pilot:
        await pilot.press("0")
        screen = text(app)
        assert "[red]no such[/] site 9417" in screen
        assert "[bold]Service[/]" in screen
        assert "\x1b" not in screen


async def test_the_export_has_a_row_per_feed(options: Options) -> None:
    app = opened(options)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("0", "e")
        await pilot.pause()
    (file,) = Path(options.exports).iterdir()
    rows = file.read_text("utf-8").splitlines()
    assert rows[0] == (
        "feed,calls,rows,pages,pages_lost,took_s,last_at,period_s,took_p95_s,failed_24h,error,odd,odd_text"
    )  # fmt: skip
    assert [r.split(",")[0] for r in rows[1:]] == ["circuits", "gateways", "paths", "events", "alarms", "sle", "sites"]
    assert rows[1].startswith("circuits,14,")
    assert ",2026-11-23T03:13:55Z,60,9.84,3," in rows[1]


@given(st.floats(0, 1e5), st.floats(0, 1e5), st.floats(0, 1e9))
def test_the_forecast_lies_between_what_is_used_and_a_whole_hour_more(used: float, an_hour: float, now: float) -> None:
    end = calls_by_the_hours_end(used, an_hour, now)
    assert used <= end <= used + an_hour + 1e-6


def test_the_forecast_worked() -> None:
    """At 03:14:07 of 2,612 calls an hour 45m53s are left: 1,997 more than the 2,213 that are used."""
    first, second = total_lines(HEALTH, 2213, night.NOW)
    assert said(first).split()[3:] == ["2,612/h", "26", "%", "of", "10,000/h"]
    assert "used by 04:00" in said(second)
    assert "4,210" in said(second)
    kept_free = structs.replace(HEALTH, plan=(*HEALTH.plan, PlanLine("drill-down", 1000.0)))
    first, second = total_lines(kept_free, 2213, night.NOW)
    assert "3,612/h" in said(first)
    assert "4,210" in said(second)


def test_tokens_by_their_state() -> None:
    def line(**more: object) -> tuple[str, str]:
        facts = {"number": 2, "ending": "…09be", "used": 5000, "limit": 5000, "state": "in use", **more}
        made = token_line(TokenHealth(**facts), night.NOW, Signs(), 67)  # type: ignore[arg-type]
        assert width_of(made) <= 67
        return made[-1]

    assert line(state="rests", rests_until=night.utc(4, 0)) == ("rests 45m", "warn")
    assert line(state="refused", text="401") == ("refused: 401", "crit")
    assert line(resets_at=night.NOW + 30) == ("in use, resets soon", "text")


def test_a_source_that_is_late_or_fails_has_a_sign_and_says_why() -> None:
    feeds = (
        FeedHealth(feed="circuits", period=60.0, last_at=night.NOW - 181, took_p95=2.0, trend=(1.0, float("nan"))),
        FeedHealth(feed="sle", period=600.0, last_at=night.NOW - 181, error="404 [red]", failed_24h=2),
        FeedHealth(feed="new", period=0.0, last_at=night.NOW - 900),
    )
    told = [said(line) for line in source_lines(feeds, night.NOW, 60.0, Signs(), 66)]
    assert told[1].startswith("?  circuits ")
    assert told[1].endswith("▁×")
    assert told[2].startswith("○  sle ")
    assert told[3] == "   404 [red]"
    assert told[4].startswith("·  new ")


def test_a_history_with_a_fault_or_a_disk_that_fills() -> None:
    now = night.NOW
    fine = [said(line) for line in store_lines(HEALTH.history, STATUS, now)]
    assert fine[-2].endswith("fits on the disk")
    full = structs.replace(HEALTH.history, full_at=now + 86_400)
    assert said(store_lines(full, STATUS, now)[-2]).endswith("the disk is full Nov 24 03:14")
    young = [said(line) for line in store_lines(HistoryHealth(bytes=10), STATUS, now)]
    assert any("not known in the first hour" in line for line in young)
    bad = said(store_lines(HEALTH.history, replace(STATUS, history_text="disk full"), now)[0])
    assert bad.endswith("disk full")


def test_a_mailbox_that_cannot_be_read_comes_first() -> None:
    now = night.NOW
    fine = MailboxHealth(name="noc", since=now - 9, every=60.0, read_at=now - 5)
    bad = structs.replace(fine, name="desk", fault="refuses noc", failed_at=now - 3)

    def told(*boxes: MailboxHealth) -> list[str]:
        status = replace(STATUS, health=structs.replace(HEALTH, mailboxes=boxes))
        return [said(line) for line in store_lines(HEALTH.history, status, now)]

    assert told(fine, fine)[-1] == "notices    2 mailboxes, read 03:14:02"
    assert told(fine, bad)[1] == "notices    desk: refuses noc; read 03:14:02"


def test_sizes_times_and_shares() -> None:
    assert [size_of_bytes(v) for v in (0, 999, 412e6, 2.41e9, 18.2e9, float("nan"))] == [
        "0 B", "999 B", "412 MB", "2.4 GB", "18 GB", "–",
    ]  # fmt: skip
    assert [took(v) for v in (0.042, 0.9996, 9.84, float("nan"))] == ["42 ms", "1.0 s", "9.8 s", "–"]
    assert shares([(600, "file"), (399, "link"), (1, "test"), (0, "shaped")], 1000) == "60 file  40 link  < 1 test %"
    assert shares([], 0) == "–"
