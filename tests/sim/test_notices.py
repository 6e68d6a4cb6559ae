"""The carriers' mails of the simulated network: read as they are meant, brought once, and true: the star of the show
goes down inside its window and after it."""

from __future__ import annotations

from pathlib import Path

import pytest

from noctui.mail_settings import EXCEPTION, SUCCESS
from noctui.model.notices import Outcome, Status
from noctui.planned.reading import read
from noctui.sim.night import SHOW, show
from noctui.sim.notices import mails, star, windows
from noctui.sim.postman import bring
from noctui.sim.world import World

T = 1_764_550_800.0
NETWORK = World(1, 240, anchor=T).network


def test_all_but_one_can_be_read_and_that_one_says_why() -> None:
    found = [read(m.data) for block in range(3) for m in mails(NETWORK, T + block * SHOW, block)]
    assert [n.faults[0].why for n in found if n.outcome is not Outcome.PARSED] == ["in which zone?"]
    works = [m for n in found for m in n.maintenances]
    assert {m.status for m in works} == {Status.CONFIRMED, Status.COMPLETED, Status.RE_SCHEDULED}
    assert not [m.review for m in works if m.review]
    assert {n.reader for n in found if n.maintenances} == {"icalendar", "labelled", "flattened"}


@pytest.mark.parametrize("block", [0, 1, 5])
def test_the_star_goes_down_inside_its_window_and_after_it(block: int) -> None:
    t = T + block * SHOW
    found = star(NETWORK)
    assert found is not None
    start, end = windows(t, block)
    inside, after = [i for i in show(NETWORK, T, block) if i.circuits == (found[0],)][-2:]
    assert start < inside.start < inside.end < end < after.start
    notices = [read(m.data) for m in mails(NETWORK, t, block)]
    (work,) = [m for n in notices for m in n.maintenances if abs(m.windows[0].start - start) < 60]
    assert [c.circuit for c in work.circuits] == [found[2]]
    assert work.stamp is not None
    assert work.stamp < start


def test_each_is_brought_once_when_it_is_due(tmp_path: Path) -> None:
    box = tmp_path / "mails"
    assert bring(NETWORK, T, box, T) == 4
    assert bring(NETWORK, T, box, T + 50) == 1
    for name, part in zip(sorted(p.name for p in box.glob("*.eml")), [SUCCESS, EXCEPTION] * 3, strict=False):
        (box / part).mkdir(exist_ok=True)
        (box / name).rename(box / part / name)
    assert bring(NETWORK, T, box, T + 50) == 0
    assert bring(NETWORK, T, box, T + SHOW + 61) == 4
