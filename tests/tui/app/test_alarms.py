"""All alarms in one list: its order, filters, folds, marks of what is new; and acting on them by form and command."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from noctui.clock import FixedClock
from noctui.model.alarms import Alarm, Alarms, held_counts, state_of
from noctui.tui.alarm_seen import LATE, Seen, all_seen, looked_at, marks
from noctui.tui.app import NoctuiApp, Options
from noctui.tui.look.signs import Signs
from noctui.tui.panes.alarm_rows import COLUMNS, SPARE, AlarmRows
from noctui.tui.panes.alarm_subject import Texts
from noctui.tui.place import ALARMS, MIST_ALARMS, of_circuit, of_incident, of_site
from noctui.tui.screens.alarms import Alarms as AlarmsBoard
from noctui.tui.widgets.live_table import LiveTable
from tests import night
from tests.tui.app.keys import typed
from tests.tui.app.seen import lines, text

SIZE = (120, 40)


@pytest.fixture
def options(tmp_path: Path) -> Options:
    return Options(exports=tmp_path / "exports", state=tmp_path / "screen.json", who="ana")


def table(app: NoctuiApp, name: str = "alarms") -> LiveTable:
    return app.screen.query_one(f"#{name}-pane-table", LiveTable)


async def settled(pilot: object) -> None:
    await pilot.app.workers.wait_for_complete()  # type: ignore[attr-defined]
    await pilot.pause()  # type: ignore[attr-defined]


def listed(app: NoctuiApp) -> list[Alarm]:
    rows = table(app).rows
    assert isinstance(rows, AlarmRows)
    return [rows.alarms[i] for i in table(app).shown_rows.tolist()]


async def test_open_ones_first_then_taken_then_held_then_what_cleared(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("5")
        await settled(pilot)
        assert app.place == ALARMS
        assert lines(app)[2] == " ▼ 13 alarms wait for someone, the oldest 2h43m. 2 are taken. 13 held."
        place = {"open": 0, "taken": 1, "snoozed": 2, "held": 2, "cleared": 3}
        states = [place[state_of(a)] for a in listed(app)]
        assert states == sorted(states)
        waiting = [a.severity for a in listed(app) if a.waits]
        assert waiting == sorted(waiting)
        assert "rx ≥ 90 %, now 93.4" in text(app)
        assert "36" not in lines(app)[2]


async def test_an_incident_is_one_row_until_it_is_unfolded(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("5")
        await settled(pilot)
        before = table(app).shown
        assert not [a for a in listed(app) if a.held_by == "incident"]
        incident = next(a for a in listed(app) if a.number)
        table(app).go_to(incident.alarm_id)
        await pilot.press("g")
        assert table(app).shown == before + 6
        at = [a.alarm_id for a in listed(app)].index(incident.alarm_id)
        assert {a.parent for a in listed(app)[at + 1 : at + 7]} == {incident.alarm_id}
        await pilot.press("down", "g")  # from a member, too
        assert table(app).shown == before
        assert table(app).cursor_key == incident.alarm_id
        await pilot.press("enter")
        assert app.place == of_incident(incident.alarm_id)


async def test_filters_by_state_owner_region_carrier_source_type_and_members(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("5")
        await settled(pilot)
        for words, many in (
            ("state:taken", 2), ("state:open|taken", 15), ("state:snoozed", 1), ("state:cleared", 3),
            ("owner:jmo", 1), ("source:mist", 2), ("source:self", 1), ("type:flapping", 1), ("count>10", 2),
            ("state:held !incident", 6), ("jitter state=open", 1), ("fibre", 1), ("snoozed", 1),
            ("owner:jmo casper", 1),  # a town of one of the incident's members
        ):  # fmt: skip
            await pilot.press(*typed("/" + words), "enter")
            assert table(app).shown == many, words
            await pilot.press("escape")


async def test_enter_opens_the_circuit_else_the_site_and_t_mists_own(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("5", *typed("/gateway"), "enter")
        await settled(pilot)
        await pilot.press("enter")
        assert app.place == of_site("s3837")
        await pilot.press("5", "escape", *typed("/uplink"), "enter", "enter")
        assert app.place == of_circuit(night.HOT)
        await pilot.press("5", "t")
        assert app.place == MIST_ALARMS


async def test_what_is_known_follows_the_cursor(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("5", *typed("/owner:jmo"), "enter")
        await settled(pilot)
        await settled(pilot)
        screen = text(app)
        assert "told     #noc-wan 02:52, PagerDuty jmo 02:52" in screen
        assert "jmo took it until 06:51" in screen
        assert "taken    jmo until 06:51: Lumen ticket 29881734" in screen
        assert "[b]Lumen[/] says" in screen  # a note is text


async def test_the_past_shows_alarms_as_they_were_known_and_may_not_be_acted_on(app: NoctuiApp) -> None:
    """At 02:57 nobody had taken the incident."""
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("5", *typed(":at 02:57"), "enter")
        await settled(pilot)
        incident = next(a for a in listed(app) if a.number)
        assert incident.ack is None
        assert "2 are taken" not in text(app)
        assert "jmo took it" not in text(app)
        await pilot.press("a")
        await pilot.pause()
        assert "The past cannot be acted on: L is live again." in lines(app)[-1]
        assert not app.frame.filling


# -- acting -----------------------------------------------------------------------------------------------------------


async def test_marked_alarms_are_taken_by_a_form(app: NoctuiApp, scenes: night.FakeScenes) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("5")
        await settled(pilot)
        await pilot.press("space", "space", "space", "a")
        assert app.frame.filling
        screen = text(app)
        assert "acknowledge 3 alarms" in screen
        assert "owner    ana" in screen
        assert "until    4h  → 07:14 UTC" in screen
        assert "rx ≥ 90 %, now 93.4" in screen  # the alarms stay in sight
        await pilot.press("enter")
        assert "a reason is needed" in text(app)
        assert not scenes.book.acts
        await pilot.press(*typed("fibre cut"), "tab", *typed("INC0048123"), "enter")
        await settled(pilot)
        (act,) = scenes.book.acts
        assert (act.kind, len(act.alarm_ids), act.who, act.why, act.ticket) == (
            "ack", 3, "ana", "fibre cut", "INC0048123",
        )  # fmt: skip
        assert act.until == night.NOW + 4 * 3600
        assert len(act.saw) == 3
        assert "3 taken until 07:14." in lines(app)[-1]
        assert not table(app).marked
        await app.beat()
        assert lines(app)[2].startswith(" ▲ 10 alarms wait")


async def test_esc_closes_the_form_and_nothing_was_done(app: NoctuiApp, scenes: night.FakeScenes) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("5")
        await settled(pilot)
        await pilot.press("a", *typed("half a reason"), "escape")
        assert not app.frame.filling
        assert not scenes.book.acts
        await pilot.press("down")  # the cursor is on the table again
        assert table(app).position == 2


async def test_what_somebody_else_did_before_is_said(app: NoctuiApp, scenes: night.FakeScenes) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("5")
        await settled(pilot)
        first = table(app).cursor_key
        assert first is not None
        scenes.book.refuses[first] = "jmo took it 4s before"
        await pilot.press("space", "space", "a", *typed("x"), "enter")
        await settled(pilot)
        assert "1 taken until 07:14; 1 not: jmo took it 4s before." in lines(app)[-1]
        await pilot.press("home", "a", *typed("y"), "enter")
        await settled(pilot)
        assert "Not taken: jmo took it 4s before." in lines(app)[-1]


async def test_taking_back_and_notes(app: NoctuiApp, scenes: night.FakeScenes) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("5", *typed("/owner:jmo"), "enter")
        await settled(pilot)
        await pilot.press("n", *typed("[b]crew[/] on site"), "enter")
        await settled(pilot)
        await pilot.press("A")
        assert "take back incident 8841" in text(app)
        await pilot.press("enter")
        await settled(pilot)
        assert [a.kind for a in scenes.book.acts] == ["note", "unack"]
        assert "1 taken back." in lines(app)[-1]


async def test_a_whole_filter_is_taken_by_a_command(app: NoctuiApp, scenes: night.FakeScenes) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("5", *typed("/state:open high"), "enter")
        await settled(pilot)
        await pilot.press(*typed(":ack all 2h known peak"), "enter")
        await settled(pilot)
        (act,) = scenes.book.acts
        assert (len(act.alarm_ids), act.why, act.until) == (2, "known peak", night.NOW + 7200)
        await pilot.press("escape", *typed(":own mvl"), "enter")
        await settled(pilot)
        assert scenes.book.acts[-1].owner == "mvl"
        await pilot.press(*typed(":snooze 30m nightly copy"), "enter")
        await settled(pilot)
        assert scenes.book.acts[-1].kind == "snooze"


async def test_until_has_an_end_of_at_most_a_day(app: NoctuiApp, scenes: night.FakeScenes) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("5")
        await settled(pilot)
        await pilot.press("a", *typed("x"), "tab", "tab", "ctrl+u", *typed("25h"), "enter")
        assert "24h is the longest" in text(app)
        await pilot.press("ctrl+u", *typed("soon"), "enter")
        assert "soon is no time; write 4h, 90m or 07:15" in text(app)
        await pilot.press("ctrl+u", *typed("06:00"), "enter")
        await settled(pilot)
        assert scenes.book.acts[0].until == night.utc(6, 0)


async def test_who_may_not_is_told_so(options: Options) -> None:
    scene = night.FakeScene(night.view(), night.STATUS, may=False)
    app = NoctuiApp(night.FakeScenes(now=scene), FixedClock(night.NOW), replace(options, read_only=True))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("5")
        await settled(pilot)
        await pilot.press("a")
        await pilot.pause()
        assert "Read-only: this screen looks" in lines(app)[-1]


@pytest.mark.parametrize(
    ("keys", "kind", "words"),
    [
        (("1",), "n", "note on"),  # a region
        (("1", "tab"), "A", "take back incident 8841"),
        (("3", *typed("/0417 comcast"), "enter"), "a", "acknowledge 4 alarms"),
        (("2", *typed("/3837"), "enter"), "a", "acknowledge 3837 gateway"),
        ((*typed(":site 0417"), "enter"), "a", "acknowledge 4 alarms"),
        ((*typed(":circuit 0417 comcast"), "enter"), "a", "acknowledge 4 alarms"),
        ((*typed(":incident 8841"), "enter"), "n", "note on incident 8841"),
        (("3", *typed("/0417 verizon"), "enter"), "a", "No alarm of 0417 Verizon LTE waits for someone."),
    ],
)
async def test_the_keys_work_wherever_a_row_stands_for_alarms(
    app: NoctuiApp, keys: tuple[str, ...], kind: str, words: str
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press(*keys)
        await settled(pilot)
        await pilot.press(kind)
        await pilot.pause()
        assert words in text(app)


# -- what is new, and filters that are kept ----------------------------------------------------------------------------


async def test_what_came_while_away_stays_marked_until_the_cursor_was_there(
    scenes: night.FakeScenes, clock: FixedClock, options: Options
) -> None:
    assert options.state is not None
    seen = msgspec.json.encode({"seen": {"until": night.utc(3, 5) + LATE, "single": []}})
    options.state.write_bytes(seen)
    app = NoctuiApp(scenes, clock, options)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("5")
        await settled(pilot)
        rows = table(app).rows
        assert isinstance(rows, AlarmRows)
        new = [a for a in listed(app) if a.alarm_id in rows.new]
        assert new
        assert all(a.opened > night.utc(3, 5) for a in new)
        table(app).go_to(new[0].alarm_id)
        await settled(pilot)
        await pilot.press(*typed(":seen"), "enter")
        await settled(pilot)
        rows = table(app).rows
        assert isinstance(rows, AlarmRows)
        assert not rows.new


async def test_a_filter_is_kept_under_a_name(app: NoctuiApp, options: Options) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("5", *typed("/owner:jmo"), "enter", *typed(":save mine"), "enter")
        await pilot.pause()
        assert "Kept as mine: alarms /owner:jmo. :use mine filters so." in lines(app)[-1]
        await pilot.press("1", *typed(":use mine"), "enter")
        await settled(pilot)
        assert app.place == ALARMS
        assert table(app).shown == 1
        await pilot.press(*typed(":use other"), "enter")
        await pilot.pause()
        assert "no filter other; there are mine" in text(app)


def test_marks_by_hand() -> None:
    """Came after one looked; what was looked at; what went; what is held wants nobody."""
    alarms = {a.alarm_id: a for a in night.view().alarms.alarms}
    down = next(a for a in alarms.values() if a.type == "down" and not a.held_by)
    member = next(a for a in alarms.values() if a.held_by == "incident")
    before = Seen(until=down.opened - 10)
    assert marks([down, member], before) == {down.alarm_id: "+"}
    assert marks([down], looked_at(before, down)) == {}
    over = msgspec.structs.replace(down, cleared=night.NOW)
    assert marks([over], looked_at(before, down)) == {down.alarm_id: "-"}
    assert marks([over, down], Seen()) == {}  # nobody has looked yet
    after = all_seen([down], night.NOW)
    assert marks([down], after) == {}


# -- ten thousand -----------------------------------------------------------------------------------------------------


def many(n: int) -> tuple[Alarm, ...]:
    """Open, taken and cleared alarms of a day."""
    circuits = night.inventory().circuits
    return tuple(
        Alarm(
            alarm_id=f"a{i:06d}", key=f"k{i}", source=("engine", "mist")[i % 2], type=("utilisation", "down")[i % 2],
            severity=(0, 2, 3, 5)[i % 4], opened=night.POLL - i * 7.0, changed=night.POLL, known_at=night.POLL - i,
            text=f"rx ≥ {i % 90} %", circuit_ids=(circuits[i % 90].circuit_id,), site_id=circuits[i % 90].site_id,
            carrier=circuits[i % 90].carrier, cleared=night.POLL - i if i % 3 else None,
        )
        for i in range(n)
    )  # fmt: skip


def test_ten_thousand_sort_by_every_column() -> None:
    rows = AlarmRows(many(10_393), night.view(), night.POLL, Signs())
    for column in (*COLUMNS, *SPARE):
        assert len(rows.sort_values(column.key)) == 10_393


def test_texts_are_made_anew_only_for_what_changed() -> None:
    texts, alarms = Texts(), many(300)
    first = texts.subject(AlarmRows(alarms, night.view(), night.POLL, Signs()))
    taken = (msgspec.structs.replace(alarms[0], owner="zoe"), *alarms[1:])
    after = texts.subject(AlarmRows(taken, night.view(), night.POLL, Signs()))
    assert first.columns["owner"].containing("zoe").sum() == 0
    assert after.columns["owner"].containing("zoe").sum() == 1


async def test_a_key_costs_no_more_with_ten_thousand_alarms(options: Options) -> None:
    """Two lines change; a filter and an act walk no row twice."""
    opened = tuple(a for a in many(10_393) if a.cleared is None)
    view = replace(night.view(), alarms=Alarms(opened, held_counts(opened)))
    book = night.NightBook(told=list(many(10_393)))
    scene = night.FakeScene(view, night.STATUS, book=book)
    app = NoctuiApp(night.FakeScenes(now=scene, book=book), FixedClock(night.NOW), options)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("5")
        await settled(pilot)
        shown = table(app)
        assert shown.shown == 10_393
        started = time.process_time()
        for _ in range(20):
            shown.action_move(1)
        assert (time.process_time() - started) / 20 < 0.05
        board = app.board
        assert isinstance(board, AlarmsBoard)
        await pilot.press(*typed(":ack all fibre"), "enter")
        await settled(pilot)
        assert len(book.acts[0].alarm_ids) == len(opened)
