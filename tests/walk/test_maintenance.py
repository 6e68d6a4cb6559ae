"""A carrier's notice through the whole chain: its window holds the alarm, the end of it asks for a person, the promise
forgives what was announced and nothing else.

Three lines are cut: one within its window, one beyond the end of its window, one that nobody announced.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from noctui.model.alarms import Alarm
from noctui.model.sla import Promise
from noctui.model.verdicts import Verdict
from noctui.model.view import View
from noctui.model.words import Severity
from noctui.promise_settings import Applies, PromiseSettings
from noctui.runtime.boards import Boards
from noctui.sim import incidents as do
from noctui.stores.bus.folder import FolderLock
from noctui.stores.history import open_writer
from tests.stores.notices import came, written
from tests.walk.walk import MINUTE, T0, Walk, Watch, walking
from tests.walk.worlds import ids_of, lines_of, site_with, with_only

SITES = site_with(2), site_with(2, 1), site_with(2, 2)
EXCUSED, OVER, ALONE = (ids_of(site)[0] for site in SITES)
CUTS = ((4, 10), (6, 16), (4, 10))
WINDOWS = (3, 12), (5, 11)
END = T0 + 20 * MINUTE
HEADER = "site,port,carrier,carrier_circuit_id"

pytestmark = pytest.mark.asyncio(loop_scope="module")
Night = tuple[Walk, Watch]


def told(folder: Path, org_id: str) -> None:
    """What a noctui that ran the day before has read."""
    folder.mkdir(parents=True)
    lock = FolderLock(folder)
    assert lock.try_acquire()
    writer = open_writer(folder, org_id, lock)
    day_before = T0 - 20 * 86_400
    for number, (start, end) in enumerate(WINDOWS):
        window = (T0 + start * MINUTE, T0 + end * MINUTE)
        mail = written(f"CHG-{number}", [window], [f"IC-{number}"], at=day_before)
        writer.write_mails([came(mail, day_before, f"{number}.eml")])
    writer.close()
    lock.release()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def night(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Night]:
    path = tmp_path_factory.mktemp("maintenance")
    cuts = zip(CUTS, SITES, strict=True)
    world = with_only(
        *(do.cut(T0 + began * MINUTE, T0 + ended * MINUTE, lines_of(site)[0]) for (began, ended), site in cuts)
    )
    rows = [f"{c.partition(':')[0]},{c.partition(':')[2]},Zayo,IC-{n}" for n, c in enumerate((EXCUSED, OVER, ALONE))]
    (path / "inventory.csv").write_text("\n".join([HEADER, *rows, ""]))
    async with walking(path / "data", world) as walk:
        told(walk.folder, walk.world.network.org_id)
        watch = await walk.watch(inventory_file=path / "inventory.csv")
        await walk.clock.run_to(END)
        yield walk, watch


def view_at(watch: Watch, minute: int) -> View:
    """The one that was shown at the end of this minute."""
    return next(v for v in watch.views if v.at >= T0 + minute * MINUTE)


def down(view: View, circuit_id: str) -> Alarm | None:
    return next((a for a in view.alarms.by_circuit.get(circuit_id, ()) if a.type == "down"), None)


def held(watch: Watch, minute: int, circuit_id: str) -> str:
    alarm = down(view_at(watch, minute), circuit_id)
    return "no alarm" if alarm is None else alarm.held_by


async def test_alarms_of_a_circuit_in_its_window_are_held_and_counted(night: Night) -> None:
    _, watch = night
    assert held(watch, 8, EXCUSED) == "maintenance Zayo CHG-0"
    assert held(watch, 8, ALONE) == ""
    view = view_at(watch, 8)
    assert view.alarms.held["maintenance"] >= 1
    row = view.inventory.circuit_row[EXCUSED]
    assert view.circuits.severity[row] == Severity.MAINTENANCE
    assert view.works.under[EXCUSED].name == "Zayo CHG-0"


async def test_over_its_window_it_wants_a_person_and_says_so(night: Night) -> None:
    _, watch = night
    assert held(watch, 10, OVER) == "maintenance Zayo CHG-1"
    alarm = down(view_at(watch, 11), OVER)
    assert alarm is not None
    assert alarm.waits
    assert alarm.cause == "over its window: Zayo CHG-1 ended 00:11"
    assert 0 <= alarm.opened - (T0 + 6 * MINUTE) < 5
    assert down(view_at(watch, 19), OVER) is None


async def test_the_past_shows_what_was_planned_then(night: Night) -> None:
    _, watch = night
    past = await watch.desk.past(T0 + 8 * MINUTE)
    assert past is not None
    assert past.view.works.under[EXCUSED].name == "Zayo CHG-0"
    assert [w.name for w in past.view.works.works] == ["Zayo CHG-0", "Zayo CHG-1"]


async def test_a_promise_forgives_what_was_announced_and_nothing_else(night: Night) -> None:
    walk, _ = night
    history = walk.history()
    gold = PromiseSettings({"gold": Promise(name="gold", uptime="99.9")}, (Applies("gold", carrier="Zayo"),))
    history.scores_of = Boards(history, gold).ask
    board = await history.reader(END, live=True).scores()
    assert board is not None
    of: dict[str, Verdict] = {line.verdict.service_id: line.verdict for line in board.lines if line.circuits}
    counted = {c: of[c].counted for c in (EXCUSED, OVER, ALONE)}
    excused = {c: of[c].excused for c in (EXCUSED, OVER, ALONE)}
    assert counted == {EXCUSED: 0, OVER: 300, ALONE: 360}
    assert excused == {EXCUSED: 360, OVER: 300, ALONE: 0}
    assert of[OVER].outages[-1].excused_by == ("CHG-1",)


async def test_one_circuit_can_be_asked_for(night: Night) -> None:
    walk, _ = night
    history = walk.history()
    gold = PromiseSettings({"gold": Promise(name="gold", uptime="99.9")}, (Applies("gold", carrier="Zayo"),))
    history.scores_of = Boards(history, gold).ask
    board = await history.reader(END, live=True).scores(circuit_id=OVER)
    assert board is not None
    assert [line.circuits for line in board.lines] == [(OVER,)]
