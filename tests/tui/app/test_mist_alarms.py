"""Mist's alarms: rows, keys, the words when there are none, and text that wants to do harm."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from noctui.clock import FixedClock
from noctui.model.cloud import MistAlarm
from noctui.model.health import FeedHealth, Health
from noctui.model.scene import Range
from noctui.model.stores import HistoryError
from noctui.tui.app import NoctuiApp, Options
from noctui.tui.look.signs import Signs
from noctui.tui.panes.alarm_words import type_words
from noctui.tui.panes.mist_alarm_rows import COLUMNS, AlarmRows, alarm_line, rows_of
from noctui.tui.place import MIST_ALARMS, of_circuit, of_site
from noctui.tui.runs import width_of
from noctui.tui.widgets.live_table import LiveTable
from tests import night
from tests.night_told import alarms_at
from tests.tui.app.seen import lines, text

SIZE = (120, 40)
DAY = Range(night.POLL - 86_400, night.POLL)


@dataclass(frozen=True)
class Told(night.FakeReader):
    """A night in which Mist tells other alarms."""

    tales: tuple[MistAlarm, ...] = ()
    fault: str = ""

    async def mist_alarms(self, range_: Range, limit: int = 1000, site_id: str = "") -> tuple[MistAlarm, ...]:
        if self.fault:
            raise HistoryError(self.fault)
        return tuple(a for a in self.tales if a.resolved is None or a.resolved >= range_.start)[:limit]


def told(options: Options, reader: Told, health: Health | None = None) -> NoctuiApp:
    status = replace(night.STATUS, health=health)
    scene = night.FakeScene(night.view(), status, reader=reader)
    return NoctuiApp(night.FakeScenes(now=scene, told=status), FixedClock(night.NOW), options)


def table(app: NoctuiApp) -> LiveTable:
    return app.screen.query_one("#mist-pane-table", LiveTable)


async def settled(pilot: object) -> None:
    app = pilot.app  # type: ignore[attr-defined]
    await app.workers.wait_for_complete()
    await pilot.pause()  # type: ignore[attr-defined]


async def test_open_ones_come_first_the_worst_of_them_on_top(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("colon", *"mist", "enter")
        await settled(pilot)
        assert app.place == MIST_ALARMS
        shown = lines(app)
        assert shown[2] == " ▲ 10 alarms are open, 1 critical, the oldest 2h01m; 9 wait for someone, 1 is taken."
        assert shown[6].startswith(" ▲ crit    13m  3837   gateway        gateway offline")
        order = [a.resolved is not None for a in (table(app).rows.alarms[i] for i in table(app).shown_rows)]  # type: ignore[union-attr]
        assert order == sorted(order)


async def test_enter_opens_the_circuit_else_the_site(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("colon", *"mist", "enter")
        await settled(pilot)
        await pilot.press("enter")
        assert app.place == of_site("s3837")
        await pilot.press("escape")
        await settled(pilot)
        await pilot.press("slash", *"uplink", "enter", "enter")
        assert app.place == of_circuit(night.HOT)


async def test_an_alarm_of_nowhere_says_so(options: Options) -> None:
    lost = MistAlarm(alarm_id="x", type="odd", severity="warn", opened=night.POLL, last_seen=0, known_at=0, site_id="?")
    app = told(options, Told(night.POLL, tales=(lost,)))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("colon", *"mist", "enter")
        await settled(pilot)
        await pilot.press("enter")
        await pilot.pause()
        assert app.place == MIST_ALARMS
        assert "This alarm belongs to no site of the inventory." in lines(app)[-1]


async def test_filter_by_words_of_state_owner_text_and_number(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("colon", *"mist", "enter")
        await settled(pilot)
        for words, many in (("resolved", 3), ("waiting", 9), ("jmo", 1), ("carrier=lumen", 6), ("count>10", 2),
                            ("type=gateway_down", 2), ("for<15", 2), ("hub-dfw-1", 1)):  # fmt: skip
            await pilot.press("slash", *words, "enter")
            assert table(app).shown == many, words
            await pilot.press("escape")


async def test_severities_filter_too(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("colon", *"mist", "enter")
        await settled(pilot)
        await pilot.press("f", "right", "right", "enter", "escape")
        assert table(app).shown == 2
        assert "filter ▲ critical   2 of 13" in lines(app)[2]


async def test_the_window_steps_and_a_shorter_one_has_no_resolved_ones(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("colon", *"mist", "enter")
        await settled(pilot)
        assert "Mist alarms, 24 h" in text(app)
        for word, many in (("7 d", 13), ("31 d", 13), ("13 mo", 13), ("1 h", 10), ("3 h", 11)):
            await pilot.press("w")
            await settled(pilot)
            assert f"Mist alarms, {word}" in text(app)
            assert table(app).shown == many


async def test_details_follow_the_cursor_and_tell_who_took_it(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("colon", *"mist", "enter")
        await settled(pilot)
        await pilot.press("slash", *"jmo", "enter")
        await pilot.pause()
        screen = text(app)
        assert "taken by   jmo, 02:58:44" in screen
        assert "Lumen ticket 29881734, fibre cut, ETR 07:00 UTC"[:40] in screen
        assert "Lumen ge-0/0/0" in screen


async def test_the_past_does_not_know_what_came_after(app: NoctuiApp) -> None:
    """At 02:56 the gateway of 3837 was there, nobody had taken Lumen's alarm, and 1000 was resolved already."""
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("colon", *"mist", "enter")
        await settled(pilot)
        for _ in range(18):
            await pilot.press("[")
            await settled(pilot)
        screen = text(app)
        assert "PAST 02:55:55" in screen
        assert "3837" not in screen
        assert "jmo" not in screen
        assert "8 alarms are open, the oldest 1h43m; all wait for someone." in screen


async def test_the_cursor_stays_with_its_alarm_through_the_past(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("colon", *"mist", "enter")
        await settled(pilot)
        await pilot.press("down", "down")
        stood = table(app).cursor_key
        for key in ("[", "[", "L"):
            await pilot.press(key)
            await settled(pilot)
            assert table(app).cursor_key == stood


async def test_no_alarm_at_all_and_when_the_last_one_cleared(options: Options) -> None:
    old = MistAlarm(
        alarm_id="x", type="port_flap", severity="warn", opened=night.POLL - 200_000, last_seen=0, known_at=0,
        resolved=night.POLL - 180_000,
    )  # fmt: skip
    app = told(options, Told(night.POLL, tales=(old,)))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("colon", *"mist", "enter")
        await settled(pilot)
        assert "No alarms in 24 h. The last one cleared 2d02h ago." in text(app)
        assert "No alarm is open. The last one cleared 2d02h ago." in lines(app)[2]


@pytest.mark.parametrize(
    ("feed", "words"),
    [
        (FeedHealth(feed="alarms", period=60, last_at=night.NOW - 715, error="503"),
         "The alarm feed has not answered since 03:02: 503."),
        (FeedHealth(feed="alarms", period=60, last_at=night.NOW - 715), "has not answered since 03:02."),
        (FeedHealth(feed="alarms", period=60, error="404"), "The alarm feed has not answered yet: 404."),
    ],
)  # fmt: skip
async def test_a_silent_feed_is_never_told_as_no_alarm(options: Options, feed: FeedHealth, words: str) -> None:
    app = told(options, Told(night.POLL), Health(feeds=(feed,)))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("colon", *"mist", "enter")
        await settled(pilot)
        assert words in lines(app)[2]
        assert "No alarm" not in text(app)


async def test_a_history_that_cannot_be_read_is_said(options: Options) -> None:
    app = told(options, Told(night.POLL, fault="the file is damaged"))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("colon", *"mist", "enter")
        await settled(pilot)
        assert "The alarms cannot be read: the file is damaged." in text(app)


async def test_hostile_text_is_only_text(app: NoctuiApp) -> None:
    async with app.run_test(size=(200, 60)) as pilot:
        await pilot.press("colon", *"mist", "enter")
        await settled(pilot)
        await pilot.press("slash", *"loud", "enter")
        screen = text(app)
        assert "[red]odd[/] type·[31m" in screen
        assert "[bold]not markup[/]" in screen
        assert "\x1b" not in screen
        assert "\x07" not in screen


async def test_the_export_has_every_row_in_its_order_and_no_formula(app: NoctuiApp, options: Options) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("colon", *"mist", "enter")
        await settled(pilot)
        await pilot.press("e")
        await pilot.pause()
    (file,) = Path(options.exports).iterdir()
    rows = file.read_text("utf-8").splitlines()
    assert rows[0].startswith("alarm_id,severity,state,type,alarm,")
    assert len([r for r in rows if r.startswith("a0")]) == 13
    assert "'=cmd|" in file.read_text("utf-8")


def test_types_in_words_known_and_unknown() -> None:
    assert type_words("gw_port_down") == "WAN port down"
    assert type_words("vpn_mystery_up") == "VPN mystery up"
    assert type_words("") == type_words("__") == "no type"


def test_lines_for_other_panes() -> None:
    """What the site's screen shows: open first, each line as wide as its room."""
    told = rows_of(alarms_at(night.POLL, DAY, 100, "s0417"), night.inventory())
    said = [alarm_line(t, night.POLL, Signs(), 60) for t in told]
    assert ["".join(t for t, _ in line)[:40] for line in said] == [
        "○   18m  Comcast sec bad WAN uplink  con", "○   22m  Lumen pri WAN port down  ifInde",
    ]  # fmt: skip
    assert all(width_of(line) == 60 for line in said)
    assert ["".join(t for t, _ in line).split()[-1] for line in said] == ["open", "jmo"]


def many(n: int) -> tuple[MistAlarm, ...]:
    circuits = night.inventory().circuits
    return tuple(
        MistAlarm(
            alarm_id=f"a{i:06d}", type=("gw_port_down", "gateway_down")[i % 2], severity=("warn", "critical")[i % 2],
            opened=night.POLL - i * 7.0, last_seen=night.POLL, known_at=night.POLL - i, count=i % 50,
            circuit_ids=(circuits[i % 90].circuit_id,), site_id=circuits[i % 90].site_id, text=f"reason {i}",
            resolved=night.POLL - i if i % 3 else None,
        )
        for i in range(n)
    )  # fmt: skip


def test_ten_thousand_alarms_sort_by_every_column_and_only_what_changed_is_painted() -> None:
    alarms = many(10_393)
    rows = AlarmRows(alarms, night.inventory(), night.POLL, Signs())
    for column in COLUMNS:
        assert len(rows.sort_values(column.key)) == 10_393
    taken = [a if a.alarm_id != "a000010" else MistAlarm(
        **({f: getattr(a, f) for f in a.__struct_fields__} | {"acked": True})) for a in alarms]  # fmt: skip
    after = AlarmRows(taken, night.inventory(), night.POLL, Signs())
    window = np.arange(len(after), dtype=np.intp)
    assert [after.key(int(i)) for i in np.flatnonzero(after.changed(rows, window))] == ["a000010"]


async def test_a_key_costs_no_more_with_ten_thousand_alarms(options: Options) -> None:
    """Two lines change; nothing may walk all rows for it."""
    app = told(options, Told(night.POLL, tales=many(10_393)))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("colon", *"mist", "enter")
        await settled(pilot)
        shown = table(app)
        assert shown.shown == 10_393
        started = time.process_time()
        for _ in range(40):
            shown.action_move(1)
        assert (time.process_time() - started) / 40 < 0.05
