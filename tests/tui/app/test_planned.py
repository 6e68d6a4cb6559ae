"""Planned work, mails, promises and outages: their screens, their keys, what is exported, who may act."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest

from noctui.clock import FixedClock
from noctui.model.alarms import Act
from noctui.model.mails import FILL, REPARSE, filled_of
from noctui.model.works import NO_WORKS
from noctui.tui.app import NoctuiApp, Options
from noctui.tui.place import (
    MAILS,
    MAINTENANCE,
    OUTAGES,
    SLA,
    of_circuit,
    of_mail,
    of_month,
    of_outages,
    of_promise,
    of_work,
)
from tests import night
from tests.tui.app.keys import typed
from tests.tui.app.seen import lines, text

SIZE = (120, 40)


def exported(options: Options, name: str) -> list[dict[str, str]]:
    assert options.exports is not None
    (file,) = Path(options.exports).glob(f"*{name}*.csv")
    return list(csv.DictReader(file.open(newline="")))


async def test_key_6_shows_windows_on_a_line_of_time_with_the_worst_first(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("6")
        await pilot.pause()
        seen = lines(app)
        assert app.place == MAINTENANCE
        assert "1 conflict: tonight 05:00–06:00 Zayo and Starlink together take every circuit of 2 sites." in seen[2]
        assert "3 mails could not be read." in seen[2]
        row = next(line for line in seen if "CHG-20881" in line)
        assert "now" in row
        assert "≡≡≡≡▲▲ splice, Topeka" in row
        assert "took 1h02m of 2h12m" in next(line for line in seen if "FR-4471" in line)
        assert any("1811 Canton OH" in line and "05–06" in line for line in seen)
        assert "? 00:41   Cogent" in text(app)
        assert "[bold]not markup[/]" not in text(app)  # its label tells where it moved from


async def test_zoom_and_pan_move_the_line_and_esc_comes_back(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("6")
        await pilot.pause()
        assert "Nov 23 00:00 to Nov 24 12:00 UTC" in text(app)
        await pilot.press("}")
        await pilot.pause()
        assert "Nov 23 18:00 to Nov 25 06:00 UTC" in text(app)
        assert "CHG-20881" not in "\n".join(lines(app)[5:20])
        await pilot.press("escape")
        await pilot.pause()
        assert "Nov 23 00:00 to Nov 24 12:00 UTC" in text(app)
        await pilot.press("-")
        await pilot.pause()
        assert "Nov 23 00:00 to Nov 26 00:00 UTC" in text(app)
        await pilot.press("{", "{")
        await pilot.pause()
        assert app.place == MAINTENANCE
        await pilot.press("+", "+")
        await pilot.pause()
        await pilot.press("+")
        assert "This is the shortest time." in text(app)


async def test_a_filter_and_the_command(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press(*typed(":maintenance zayo"), "enter")
        await pilot.pause()
        assert "2 of 10" in text(app)
        await pilot.press(*typed(":maintenance conflict"), "enter")
        await pilot.pause()
        assert "2 of 10" in text(app)
        await pilot.press(*typed(":maintenance state=cancelled"), "enter")
        await pilot.pause()
        assert "1 of 10" in text(app)


async def test_nothing_planned_says_how_many_mails_were_read(clock: FixedClock, options: Options) -> None:
    scenes = night.FakeScenes()

    class Quiet(night.FakeReader):
        async def works(self, *_: object, **__: object) -> tuple[()]:
            return ()

        async def mails(self, range_: object, limit: int = 1000, waiting: bool = False):  # type: ignore[no-untyped-def]
            return () if waiting else await super().mails(range_, limit)  # type: ignore[arg-type]

    quiet = replace(night.view(), works=NO_WORKS)
    scenes.now = night.FakeScene(quiet, night.STATUS, reader=Quiet(quiet.at))
    app = NoctuiApp(scenes, clock, options)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("6")
        await pilot.pause()
        assert lines(app)[6].strip() == "No windows in the next 36 h. 14 mails read, the last 53m ago."


async def test_enter_opens_the_notice_beside_what_was_read_in_it(app: NoctuiApp, options: Options) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("6", "enter")
        await pilot.pause()
        assert app.place == of_work(("Zayo", "CHG-20881"))
        seen = text(app)
        assert "Zayo CHG-20881 goes on to 06:00: 4 circuits of ours. 2 sites lose every circuit" in seen
        row = next(line for line in lines(app) if line.startswith(" work "))
        assert "text 3" in row
        assert "3  Reference: CHG-20881" in seen
        assert "[31mNOC" in seen  # an escape of the mail is text
        assert "begins at 03:05, not 04:00; 4 circuits, not 3" in seen
        await pilot.press("{")
        await pilot.pause()
        assert "3 matched" in text(app)
        await pilot.press("}", "}")
        assert "This is the newest notice." in text(app)
        await pilot.press("e")
        await pilot.pause()
        rows = exported(options, "work")
        assert {r["circuit_id"] for r in rows} == {
            "s1774:ge-0/0/0", "s1811:ge-0/0/1", "s3874:ge-0/0/1", "s4648:ge-0/0/0"
        }  # fmt: skip
        assert {r["start"] for r in rows} == {"2026-11-23T03:05:00Z"}
        await pilot.press("enter")
        await pilot.pause()
        assert app.place == of_circuit("s1774:ge-0/0/0")
        await pilot.press("escape", "escape")
        await pilot.pause()
        assert app.place == MAINTENANCE


async def test_the_past_shows_the_version_that_was_known_then(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("6", *typed(":at 01:00"), "enter")
        await pilot.pause()
        assert "FR-4471" not in text(app)  # was read at 02:20
        assert "CHG-20902" not in text(app)


async def test_mails_that_wait_are_read_again_or_filled_in_by_hand(app: NoctuiApp, scenes: night.FakeScenes) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("6", "t")
        await pilot.pause()
        assert app.place == MAILS
        assert "3 mails wait for a person, the oldest 16h08m." in text(app)
        await pilot.press("r")
        await pilot.pause()
        assert "1 read again." in text(app)
        await pilot.press("enter")
        await pilot.pause()
        assert app.place == of_mail("<c1@cogent>")
        assert 'no end time: "Start: 23 Nov 05:00"' in text(app)
        await pilot.press("i")
        await pilot.pause()
        assert "fill in Cogent planned work 44-1" in text(app)
        await pilot.press("tab", *typed("44-1"), "tab", "tab", *typed("2026-11-24 05:00"), "enter")
        await pilot.pause()
        assert "a window is written 2026-11-24 06:00–10:00, in UTC" in text(app)
        await pilot.press("ctrl+u", *typed("2026-11-24 05:00-07:00"), "tab", *typed("IC-12"))
        await pilot.press("tab", "tab", "tab", "ctrl+u", *typed("read by eye"), "enter")
        await pilot.pause()
        assert "1 filled in." in text(app)
    acts: list[Act] = scenes.book.acts
    assert [(a.kind, a.alarm_ids) for a in acts] == [(REPARSE, ("<c1@cogent>",)), (FILL, ("<c1@cogent>",))]
    made = filled_of(acts[1].detail)
    assert (made.provider, made.maintenance_id) == ("Cogent", "44-1")
    assert acts[1].why == "read by eye"
    assert json.loads(acts[1].detail)["circuits"][0]["circuit"] == "IC-12"


async def test_esc_leaves_the_form_and_nothing_is_done(app: NoctuiApp, scenes: night.FakeScenes) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press(*typed(":mails"), "enter", "i", *typed("abc"), "escape")
        await pilot.pause()
        assert app.place == MAILS
        assert not scenes.book.acts


@pytest.mark.parametrize("key", ["r", "i"])
async def test_who_only_looks_may_not(clock: FixedClock, options: Options, key: str) -> None:
    scenes = night.FakeScenes(now=night.FakeScene(night.view(), night.STATUS, may=False))
    app = NoctuiApp(scenes, clock, replace(options, read_only=True))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press(*typed(":mails"), "enter", key)
        await pilot.pause()
        assert "Read-only: this screen looks, and does nothing about mails." in text(app)
    assert not scenes.book.acts


async def test_the_past_cannot_be_acted_on(app: NoctuiApp, scenes: night.FakeScenes) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press(*typed(":mails"), "enter", "[", "r")
        await pilot.pause()
        assert "The past cannot be acted on" in text(app)
    assert not scenes.book.acts


async def test_w_shows_the_mails_that_were_read(app: NoctuiApp, options: Options) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press(*typed(":mails"), "enter", "w")
        await pilot.pause()
        assert "mails, 24h" in text(app)
        assert "· read" in text(app)
        await pilot.press("e")
        await pilot.pause()
    rows = exported(options, "mails")
    assert {r["outcome"] for r in rows} >= {"parsed", "failed"}
    assert not any(r["subject"].startswith("=") for r in rows)


async def test_key_7_shows_promises_worst_first_with_what_is_left(app: NoctuiApp, options: Options) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("7")
        await pilot.pause()
        assert app.place == SLA
        seen = lines(app)
        assert "2 promises are broken; 6 more break if Lumen stays down to 03:34." in seen[2]
        assert "promises, November 2026" in seen[4]
        assert "day 23 of 30, 73.8 % of it gone; 44 circuits" in seen[4]
        assert seen[6].split()[:4] == ["▼", "broken", "3874", "Waco"]
        assert "258%" in seen[6]
        assert "410.00" in seen[6]
        lumen = next(line for line in seen if "▲ breaks   0417" in line)
        assert "99.947" in lumen
        assert "20m39s" in lumen
        assert "03:34" in lumen
        assert "99.86–99.94" in next(line for line in seen if "? unsure" in line)
        assert "claim by Dec 31" in text(app)
        await pilot.press("e")
        await pilot.pause()
    rows = exported(options, "sla-running")
    assert rows[0]["verdict"] == "broken"
    assert rows[0]["credit"] == "410.00"
    assert rows[0]["claim_by"] == "2026-12-31T00:00:00Z"


async def test_outages_of_the_chosen_promise_say_why_they_count_or_not(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("7", "down", "down")
        await pilot.pause()
        seen = text(app)
        assert "0417 Lumen, 99.90, November 2026" in seen
        assert "Nov 23 02:51  22m33s   running, counts" in seen
        assert "inside Lumen 29811002: excused" in seen
        assert "too short: does not count" in seen
        assert "downtime 22m33s of 43m12s   excused 1h48m" in seen


async def test_w_and_the_command_show_months_that_are_over(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("7", "w")
        await pilot.pause()
        assert "promises, October 2026" in text(app)
        assert "1 promise is broken." in text(app)
        await pilot.press(*typed(":sla 2026-09 broken"), "enter")
        await pilot.pause()
        assert app.place == of_month("2026-09")
        assert "promises, September 2026" in text(app)
        assert "1 of 44" in text(app)
        await pilot.press("7")
        await pilot.pause()
        assert "promises, November 2026" in text(app)
        await pilot.press(*typed(":window 2026-05"), "enter")
        await pilot.pause()
        assert "Nothing is known of 2026-05." in text(app)


async def test_a_promise_is_filtered_by_numbers_and_opened(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press(*typed(":sla used>80 !broken"), "enter")
        await pilot.pause()
        assert "1 of 44" in text(app)
        await pilot.press("enter")
        await pilot.pause()
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert app.place == of_promise("s4500:ge-0/0/0", "gold 99.90")
        seen = text(app)
        assert "● at risk" in seen
        assert "2026-10  ▼ broken" in seen
        await pilot.press("{")
        await pilot.pause()
        assert "1 promise is broken." in text(app)
        await pilot.press("enter")
        await pilot.pause()
        assert app.place == of_circuit("s4500:ge-0/0/0")


async def test_outages_of_the_network_and_of_the_circuit_that_is_open(app: NoctuiApp, options: Options) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press(*typed(":outages"), "enter")
        await pilot.pause()
        assert app.place == OUTAGES
        assert "12 outages in 24h, 9 of them go on; the longest 1h18m. 3 lie in planned work." in text(app)
        assert "≡ DOWN     03:06:00         7m  1774" in text(app)
        await pilot.press("e")
        await pilot.pause()
        await pilot.press(*typed(":circuit 0417 comcast"), "enter", *typed(":outages"), "enter")
        await pilot.pause()
        assert app.place == of_outages(circuit_id=night.HOT)
        assert "2 outages in 24h" in text(app)
        assert "Comcast CM-7731" in text(app)
        await pilot.press("escape")
        await pilot.pause()
        assert app.place == of_circuit(night.HOT)
    rows = exported(options, "outages")
    assert next(r for r in rows if r["maintenance"] == "Zayo CHG-20881")["ended"] == ""


async def test_a_site_tells_each_circuits_promise_and_work(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press(*typed(":site 0417"), "enter")
        await pilot.pause()
        await app.workers.wait_for_complete()
        await pilot.pause()
        row = next(line for line in lines(app) if line.startswith(" SLA "))
        assert "breaks 03:34 (20m)" in row
        assert "3h36m left" in row
        assert "none" in row
        row = next(line for line in lines(app) if line.startswith(" maintenance "))
        assert "≡ 06:00–10:00 Lumen 29840117" in row
        assert "≡ Nov 24 06:00–10:00 Comcast" in row


async def test_a_circuit_tells_its_own_and_what_was_down_inside_work(app: NoctuiApp) -> None:
    async with app.run_test(size=(200, 60)) as pilot:
        app._trail.jump(of_circuit(night.HOT))
        await app.arrive()
        await pilot.pause()
        await app.workers.wait_for_complete()
        await pilot.pause()
        seen = text(app)
        assert "next work   ≡ Nov 24 06:00–10:00 Comcast CM-7744" in seen
        assert "≡ was down 1h18m inside Comcast CM-7731" in seen


async def test_an_alarm_that_is_held_names_the_work(app: NoctuiApp) -> None:
    async with app.run_test(size=(200, 60)) as pilot:
        await pilot.press("5")
        await pilot.pause()
        assert "held: CHG-20881" in text(app)


async def test_the_planned_work_of_circuits_is_a_column_to_be_chosen(app: NoctuiApp) -> None:
    async with app.run_test(size=(200, 60)) as pilot:
        await pilot.press("3", *typed(":columns site carrier work"), "enter")
        await pilot.pause()
        await pilot.press("<")
        await pilot.pause()
        assert "≡ to 06:00 Zayo CHG-20881" in text(app)


async def test_the_line_of_time_takes_the_room_that_other_columns_leave(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("6", *typed(":columns carrier what impact time"), "enter")
        await pilot.pause()
        row = next(line for line in lines(app) if "CHG-20881" in line)
        assert "outage, 45m in" in row
        assert "≡≡≡≡▲▲ splice, Topeka" in row
        await pilot.press("c")
        await pilot.pause()
        assert "[x] time" in text(app)
