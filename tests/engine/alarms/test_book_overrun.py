"""A circuit that is still down when its window is over wants a person again, and says why."""

from __future__ import annotations

from noctui.model.alarms import PLANNED, SELF, Condition
from noctui.model.words import Severity
from noctui.model.works import Over
from tests.engine.alarms.watch import T0, Watch, shop
from tests.planned.made import work

ONE = "0417:1"
KEY = f"circuit/{ONE}/down"
WINDOW = work("CHG-20881", [(int(T0), int(T0) + 300)], ["IC-1"])
OVER = {ONE: Over(WINDOW, int(T0), int(T0) + 300)}
HELD = {ONE: WINDOW.name}


def overrun() -> Watch:
    """Down from 60 on, in a window of [0, 300)."""
    watch = Watch()
    watch.poll(0, holds=HELD)
    for t in (60, 120, 180, 240):
        watch.poll(t, down=[ONE], holds=HELD)
    return watch


def test_it_is_held_in_the_window_and_told_when_that_ends() -> None:
    watch = overrun()
    assert watch.held() == {KEY: "maintenance Zayo CHG-20881"}
    assert not watch.book.alarms.waiting
    (freed,) = watch.poll(300, down=[ONE], over=OVER).changed
    assert (freed.held_by, freed.cause) == ("", "over its window: Zayo CHG-20881 ended 22:18")
    assert watch.book.alarms.waiting == (freed,)
    assert watch.poll(360, down=[ONE], over=OVER).changed == ()


def test_somebody_who_took_it_in_the_window_is_asked_again() -> None:
    watch = overrun()
    watch.act(250, "ack", watch.open()[KEY])
    (freed,) = watch.poll(300, down=[ONE], over=OVER).changed
    assert freed.ack is None
    assert freed.notes[-1].text == "armed again: new cause over its window: Zayo CHG-20881 ended 22:18, taken by jmo"


def test_what_fell_before_the_window_or_after_it_is_not_over_it() -> None:
    before, after = Watch(), Watch()
    before.poll(-120)
    before.poll(-60, down=[ONE])
    for t in (0, 240):
        before.poll(t, down=[ONE], holds=HELD)
    before.poll(300, down=[ONE], over=OVER)
    after.poll(240, holds=HELD)
    after.poll(300, down=[ONE], over=OVER)
    assert [w.open()[KEY].cause for w in (before, after)] == ["", ""]


def test_a_site_is_over_its_windows_when_all_of_its_circuits_are() -> None:
    both = ("0417:0", ONE)
    half, whole = Watch(), Watch()
    for watch in (half, whole):
        watch.poll(0)
        watch.poll(60, down=both, holds=dict.fromkeys(both, "Zayo CHG-20881"))
    half.poll(300, down=both, over=OVER)
    whole.poll(300, down=both, over=dict.fromkeys(both, OVER[ONE]))
    assert half.open()["site/0417/dark"].cause == ""
    assert whole.open()["site/0417/dark"].cause == "over its window: Zayo CHG-20881 ended 22:18"


def test_many_that_are_over_one_window_are_one_incident() -> None:
    shops = [c for n in range(8) for c in shop(f"040{n}", "Lumen", "Comcast")]
    cut = [f"040{n}:0" for n in range(8)]
    watch = Watch(*shops)
    watch.poll(0)
    watch.poll(60, down=cut, holds=dict.fromkeys(cut, "Zayo CHG-20881"))
    watch.poll(120, down=cut, holds=dict.fromkeys(cut, "Zayo CHG-20881"))
    assert not watch.book.alarms.incidents
    watch.poll(300, down=cut, over=dict.fromkeys(cut, OVER[ONE]))
    (incident,) = watch.book.alarms.incidents
    assert (incident.open_members, incident.waits) == (8, True)


def test_a_restart_tells_nothing_anew() -> None:
    watch, later = overrun(), Watch()
    watch.poll(300, down=[ONE], over=OVER)
    later._since = dict(watch._since)
    later.book.warm(tuple(watch.versions.values()))
    assert later.poll(360, down=[ONE], over=OVER).changed == ()


def test_a_conflict_is_not_held_by_the_windows_that_it_is_about() -> None:
    watch = Watch()
    conflict = Condition(
        key="conflict/site/X", source=PLANNED, type="conflict", severity=Severity.HIGH, since=T0, circuit_ids=(ONE,)
    )
    watch.poll(0, own=[conflict], holds=HELD)
    assert watch.held() == {"conflict/site/X": ""}


def test_what_planned_work_brings_stays_when_noctui_looks_at_itself_alone() -> None:
    watch = Watch()
    conflict = Condition(key="conflict/site/0417/9", source=PLANNED, type="conflict", severity=Severity.HIGH, since=T0)
    watch.poll(0, own=[conflict])
    watch.book.watch_itself([Condition(key="self/late", source=SELF, type="self_late", severity=3, since=T0)], T0 + 30)
    assert sorted(watch.open()) == ["conflict/site/0417/9", "self/late"]
    watch.book.watch_itself([], T0 + 40)
    assert sorted(watch.open()) == ["conflict/site/0417/9"]
    watch.poll(60)
    assert not watch.open()
