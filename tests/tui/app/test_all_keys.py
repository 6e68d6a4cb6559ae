"""Every key of the table in DESIGN.md 6 on every board, now and in the past: it does something that can be seen, or one
line says why not. None raises, none is ignored."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from noctui.tui.app import NoctuiApp
from noctui.tui.place import (
    ALARMS,
    CIRCUITS,
    COLLECTOR,
    MAILS,
    MAINTENANCE,
    MIST_ALARMS,
    OFFENDERS,
    OUTAGES,
    OVERVIEW,
    SITES,
    SLA,
    Place,
    of_chart,
    of_circuit,
    of_incident,
    of_mail,
    of_promise,
    of_region,
    of_site,
    of_work,
)
from tests import night
from tests.tui.app.keys import typed
from tests.tui.app.styled import dump

SIZE = (120, 40)
KEYS = (
    "down", "up", "j", "k", "right", "left", "l", "h", "pagedown", "pageup", "end", "home", "enter", "escape",
    *typed("/:<>sScfgwm[]L+-{}eyzrbaAnxtu?123456789").copy(), "0", "space", "tab", "shift+tab", "backspace",
)  # fmt: skip
"""All but q. Those that lead one way stand before those that lead back."""
BOARDS = {
    "overview": OVERVIEW, "sites": SITES, "region": of_region("Mountain"), "site": of_site("s0417"),
    "circuit": of_circuit(night.HOT), "circuits": CIRCUITS, "offenders": OFFENDERS, "alarms": ALARMS,
    "mist": MIST_ALARMS, "incident": of_incident(night.view().alarms.incidents[0].alarm_id),
    "collector": COLLECTOR, "chart": of_chart(circuit_id=night.HOT), "maintenance": MAINTENANCE,
    "work": of_work(("Zayo", "CHG-20881")), "mails": MAILS, "mail": of_mail("<c1@cogent>"), "sla": SLA,
    "promise": of_promise("s0417:ge-0/0/0", "gold 99.90"), "outages": OUTAGES,
}  # fmt: skip


async def stand(app: NoctuiApp, pilot: Pilot[None], place: Place) -> None:
    """As one stands there: nothing over the panes, nothing filtered, no note."""
    while len(app.screen_stack) > 1:
        app.pop_screen()
    app.frame.edit(None)
    app.frame.ask(None)
    app.frame.choose(None)
    if app.frame.filling:
        await app.run_action("leave_form")
    app._chosen.clear()
    app.frame.counts.set_chosen(frozenset())
    if app.place != place:
        app._trail.jump(place)
        await app.arrive()
    if app.board is not None:
        app.board.restore()
        if app.focused is None or app.board not in app.focused.ancestors:
            app.focus_board()
    app._note = ""
    app.paint()
    await pilot.pause()


@pytest.mark.soak
@pytest.mark.parametrize("board", BOARDS)
@pytest.mark.parametrize("past", [False, True], ids=["live", "past"])
async def test_every_key_answers(app: NoctuiApp, board: str, past: bool) -> None:
    silent: list[str] = []
    async with app.run_test(size=SIZE) as pilot:
        if past:
            await pilot.press("[")
        await stand(app, pilot, BOARDS[board])
        await app.workers.wait_for_complete()
        await pilot.pause()
        for key in KEYS:
            await stand(app, pilot, BOARDS[board])
            before = dump(app)
            await pilot.press(key)
            await pilot.pause()
            if dump(app) == before:
                silent.append(key)
            if past and app.scene is not None and app.scene.live:
                await pilot.press("[")
            elif not past and app.scene is not None and not app.scene.live:
                await pilot.press("L")
    few = {"offenders": {"pagedown", "plus", "minus", "space"}, "maintenance": {"space"}}  # on the last row, all shown
    assert set(silent) <= few.get(board, set())
