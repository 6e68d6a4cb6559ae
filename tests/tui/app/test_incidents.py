"""Incidents: their screen, the overview's pane, one row in tables of circuits and sites, whose a row's alarms are."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest

from noctui.model.alarms import NO_ALARMS, Alarm
from noctui.tui.app import NoctuiApp, Options
from noctui.tui.commands.filtering import completions
from noctui.tui.commands.here import Here
from noctui.tui.filter import Lines, parse
from noctui.tui.look.signs import Signs
from noctui.tui.panes.alarm_owner import owner_cell, owner_ranks
from noctui.tui.panes.incident_course import open_in
from noctui.tui.place import ALARMS, CIRCUITS, OVERVIEW, of_circuit, of_incident
from noctui.tui.wall.news import Watch
from noctui.tui.widgets.live_table import LiveTable
from tests import night
from tests.tui.app.keys import typed
from tests.tui.app.seen import lines, text

SIZE = (120, 40)
INCIDENT = night.view().alarms.incidents[0]


def table(app: NoctuiApp, name: str) -> LiveTable:
    return app.screen.query_one(f"#{name}-pane-table", LiveTable)


async def settled(pilot: object) -> None:
    await pilot.app.workers.wait_for_complete()  # type: ignore[attr-defined]
    await pilot.pause()  # type: ignore[attr-defined]


async def test_the_overview_lists_open_incidents_and_enter_opens_one(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot)
        assert "incidents ─" in text(app)
        row = next(line for line in lines(app) if "6 circuits" in line and "jmo" in line)
        assert "Lumen lost, Mountain: 6 sites" in row
        await pilot.press("tab", "enter")
        await settled(pilot)
        assert app.place == of_incident(INCIDENT.alarm_id)
        await pilot.press("escape")
        assert app.place == OVERVIEW


async def test_without_incidents_the_pane_is_not_there(app: NoctuiApp, scenes: night.FakeScenes) -> None:
    assert scenes.now is not None
    scenes.now = replace(scenes.now, view=replace(scenes.now.view, alarms=NO_ALARMS))
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot)
        assert "incidents ─" not in text(app)


async def test_its_screen_lists_members_and_tells_who_has_it(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press(*typed(":incident 8841"), "enter")
        await settled(pilot)
        await settled(pilot)
        shown = lines(app)
        assert shown[0].startswith(" Acme Retail › alarms › incident 8841")
        assert shown[2].startswith(" ▼ Lumen lost, Mountain: 6 circuits at 6 sites since 02:51 (22m); jmo has it.")
        assert table(app, "incident").shown == 6
        assert "at most 6 open" in text(app)
        assert "#noc-wan 02:52" in text(app)
        await pilot.press(*typed("/0417"), "enter", "enter")
        await settled(pilot)
        assert app.place == of_circuit("s0417:ge-0/0/0")


def over(scenes: night.FakeScenes, number: int, opened: float) -> Alarm:
    """An incident that was over an hour after it opened, as history has it."""
    one = msgspec.structs.replace(
        INCIDENT, alarm_id=f"incident/{number}@{int(opened)}", number=number, opened=opened, changed=opened,
        known_at=opened + 3611, cleared=opened + 3600, ack=None, owner="", open_members=0,
    )  # fmt: skip
    assert scenes.now is not None
    scenes.now.read.book.told.append(one)  # type: ignore[attr-defined]
    return one


async def test_an_incident_that_is_over_opens_by_its_number(app: NoctuiApp, scenes: night.FakeScenes) -> None:
    gone = over(scenes, 8815, night.utc(1, 0, day=14))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press(*typed(":incident 8815"), "enter")
        await settled(pilot)
        await settled(pilot)
        assert app.place == of_incident(gone.alarm_id)
        assert "incident 8815" in lines(app)[0]


async def test_a_number_that_no_incident_has_is_said_to_be_none(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press(*typed(":incident 9999"), "enter")
        await settled(pilot)
        assert "No incident 9999 is known of the last 31 days." in lines(app)[-1]
        assert app.place == OVERVIEW
        await pilot.press(*typed(":incident lumen"), "enter")
        assert "lumen is no number of an incident; there are 8841" in text(app)


async def test_the_export_has_every_member(app: NoctuiApp, options: Options) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press(*typed(":incident"), "enter")
        await settled(pilot)
        await pilot.press("e")
        await pilot.pause()
    (file,) = Path(options.exports).iterdir()
    rows = list(csv.DictReader(file.open(encoding="utf-8", newline="")))
    assert file.name.startswith("noctui-incident-8841-")
    assert {r["parent"] for r in rows} == {INCIDENT.alarm_id}
    assert len(rows) == 6


async def test_circuits_of_an_incident_are_one_row_that_g_unfolds(app: NoctuiApp, options: Options) -> None:
    every = len(night.inventory().circuits)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("3")
        await settled(pilot)
        found = table(app, "circuits")
        assert found.shown == every - 5
        row = next(line for line in lines(app) if "6×" in line)
        assert row.split() == ["▼", "DOWN", "6×", "Mountain:", "6", "sit…", "g", "Lumen", "jmo", "22m", "▐"]
        await pilot.press("e")  # nothing is left out
        await pilot.press("enter")
        assert app.place == of_incident(INCIDENT.alarm_id)
        await pilot.press("escape", "g")
        assert (app.place, found.shown) == (CIRCUITS, every)
        await pilot.press("g")
        assert found.shown == every - 5
        await pilot.press(*typed("/lumen"), "enter")  # who filters sees what matches
        assert found.shown == 6
    (file,) = Path(options.exports).iterdir()
    assert len(file.read_text("utf-8").splitlines()) == every + 1


async def test_dark_sites_never_fold(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("2")
        await settled(pilot)
        found = table(app, "sites")
        assert found.shown == len(night.inventory().sites) - 4
        assert [line.split()[1:3] for line in lines(app)[6:9]] == [["DARK", "2474"], ["DARK", "3837"], ["DOWN", "5×"]]
        await pilot.press(*typed(":region mountain"), "enter")
        assert found.shown == 7  # who opens a region wants its sites


def test_whose_the_alarms_of_a_row_are() -> None:
    alarms = night.view().alarms

    def said(circuit: str) -> str:
        cell = owner_cell(alarms.by_circuit.get(circuit, ()), alarms, Signs())
        return "".join(run[0] for run in cell) if isinstance(cell[0], tuple) else cell[0]

    assert said(night.HOT) == "▲ open"
    assert said("s0417:ge-0/0/0") == "• jmo"  # its incident is taken
    assert said("s0417:lte-0/0/0") == ""
    ranks = owner_ranks(alarms.by_circuit, (night.HOT, "s0417:ge-0/0/0"))
    assert ranks[0] == 6
    assert np.isnan(ranks[1])


def test_how_many_members_were_open_when() -> None:
    """Two of three from the start, the third in the second half; one cleared in the last quarter."""
    a, b, c = night.view().alarms.members[INCIDENT.alarm_id][:3]

    replace_ = msgspec.structs.replace
    members = [replace_(a, opened=0.0), replace_(b, opened=0.0, cleared=75.0), replace_(c, opened=50.0)]
    assert open_in(members, 0.0, 100.0, 4).tolist() == [2, 3, 3, 2]


def test_a_new_incident_that_nobody_has_is_news_for_the_wall_once() -> None:

    before = replace(night.view(), alarms=NO_ALARMS)
    alone = msgspec.structs.replace(INCIDENT, ack=None, owner="")
    others = tuple(a for a in night.view().alarms.alarms if a is not INCIDENT)
    alarms = type(NO_ALARMS)((*others, alone))
    after = replace(night.view(night.POLL + 60), alarms=alarms)
    watch = Watch()
    assert watch.look(before) is None
    news = watch.look(after)
    assert news is not None
    assert (news.incident, news.region, news.circuits) == (INCIDENT.alarm_id, "Mountain", 6)
    assert watch.look(replace(night.view(night.POLL + 120), alarms=alarms)) is None
    taken = replace(night.view(night.POLL + 60))
    other = Watch()
    other.look(before)
    told = other.look(taken)
    assert told is None or not told.incident  # who has it has seen it


@pytest.mark.parametrize("needle", ["a", "≥ 9", "b≥", "é", "zz", "row 19"])
def test_many_rows_are_searched_as_few_are(needle: str) -> None:
    rows = [f"row {i} a{'b' * (i % 3)}≥ {i % 100} é" for i in range(2500)]
    assert Lines(rows).containing(needle).tolist() == [needle in row for row in rows]


def test_alternatives_and_colons_in_a_filter() -> None:
    terms = parse("owner:jmo state=open|taken 12:30 x:y").terms
    assert [(t.kind, t.key, t.value) for t in terms] == [
        ("column", "owner", "jmo"), ("column", "state", "open|taken"), ("text", "", "12:30"), ("text", "", "x:y"),
    ]  # fmt: skip


def test_filters_of_alarms_are_completed_by_their_own_words() -> None:
    here = Here(night.view(), night.NOW, ALARMS, Signs())
    assert ("state:taken", "state") in completions("state:ta", "alarms", here, 8)
    assert ("owner:jmo", "owner") in completions("owner:j", "alarms", here, 8)
    assert ("source=self", "source") in completions("source=s", "alarms", here, 8)
    assert not completions("owner:j", "circuits", here, 8)
