"""Planned work in words: its state, its windows, what was used of them, how carriers kept to their words."""

from __future__ import annotations

import msgspec
import pytest
from msgspec import structs

from noctui.model.notices import Impact, Status, Window
from noctui.model.works import Outage, Work
from noctui.tui.panes import work_words as words
from noctui.tui.panes.work_beside import conflicts_of, week
from noctui.tui.panes.work_record import records
from tests import night
from tests.night_works import at, life_of, versions

WORKS = {w.maintenance.maintenance_id: w for w in night.view().works.works}
ZAYO = WORKS["CHG-20881"]
NOW = night.POLL


def changed(work: Work, **more: object) -> Work:
    return msgspec.structs.replace(work, maintenance=msgspec.structs.replace(work.maintenance, **more))


@pytest.mark.parametrize(
    ("number", "state"),
    [
        ("CHG-20881", "now"), ("SL-118204", "confirmed"), ("MNT-55120", "tentative"), ("VZ-90233", "cancelled"),
        ("77120", "moved"), ("notice-11", "no impact"), ("FR-4471", "done"), ("CHG-20902", "unmatched"),
    ],
)  # fmt: skip
def test_a_state_in_a_word(number: str, state: str) -> None:
    assert words.state_of(WORKS[number], NOW) == state


def test_its_window_is_open_from_its_first_second_until_before_its_last() -> None:
    assert words.state_of(ZAYO, at(3, 5) - 1) == "confirmed"
    assert words.state_of(ZAYO, at(3, 5)) == "now"
    assert words.state_of(ZAYO, at(6) - 1) == "now"
    assert words.state_of(ZAYO, at(6)) == "done"


def test_what_another_work_stands_in_for_is_replaced_whatever_it_was() -> None:
    assert words.state_of(msgspec.structs.replace(ZAYO, superseded_by="Zayo CHG-2"), NOW) == "replaced"


def test_windows_and_times() -> None:
    assert words.window_words(ZAYO.maintenance.windows[0]) == "Nov 23 03:05–06:00 UTC, 2h55m"
    assert words.window_words(Window(start=at(23), end=at(5, 0, 24), backup=True)) == (
        "Nov 23 23:00–Nov 24 05:00 UTC, 6h00m, in reserve"
    )
    assert words.when_words(Window(start=at(3), end=at(6)), NOW) == "to 06:00"
    assert words.when_words(Window(start=at(5), end=at(6)), NOW) == "05:00–06:00"
    assert words.when_words(Window(start=at(5, 0, 24), end=at(6, 0, 24)), NOW) == "Nov 24 05:00–06:00"
    assert words.hours(at(5), at(6), NOW) == "05–06"
    assert words.hours(at(5, 30), at(6), NOW) == "05:30–06:00"


def test_impact_is_the_worst_that_is_told() -> None:
    assert words.impact_words(ZAYO) == "outage, 45m in all"
    nightly = tuple(structs.replace(c, each=True) for c in ZAYO.maintenance.circuits)
    assert words.impact_words(changed(ZAYO, circuits=nightly)) == "outage, 45m each window"
    assert words.impact_words(WORKS["notice-11"]) == "none"
    assert words.impact_words(changed(ZAYO, circuits=())) == "not told"


def test_what_is_down_so_far_and_where_it_leaves_sites() -> None:
    view = night.view()
    assert words.so_far(ZAYO, view, NOW) == "4 still up"
    assert words.so_far(WORKS["SL-118204"], view, NOW) == ""  # its window has not begun
    assert words.site_words(ZAYO, view) == "4; 1 failed over, 0 dark"
    assert words.circuit_words(ZAYO) == "4 matched, 0 unknown"
    assert words.circuit_words(WORKS["CHG-20902"]) == "0 matched, 1 unknown"


def test_time_used_is_from_the_first_outage_to_the_last_ones_end_inside_the_window() -> None:
    done = WORKS["FR-4471"]
    found = (
        Outage(circuit_id="s1774:ge-0/0/1", began=at(0, 31), ended=at(1, 33)),
        Outage(circuit_id="s0417:ge-0/0/0", began=at(0, 5), ended=at(2)),  # of no circuit of this work
    )
    assert words.took_words(done, found, NOW) == "took 1h02m of 2h12m"
    assert words.took_words(done, (), NOW) == "nothing seen down"
    over = (Outage(circuit_id="s1774:ge-0/0/1", began=at(2), ended=None),)
    assert words.used(done, over, NOW) == (720.0, 7920.0)  # what is after the window is none of it


def test_a_carrier_kept_its_word_when_nothing_that_went_down_in_a_window_outlived_it() -> None:
    done = WORKS["FR-4471"]
    kept = records((done,), (Outage(circuit_id="s1774:ge-0/0/1", began=at(0, 31), ended=at(1, 33)),), NOW)
    assert [(r.carrier, r.windows, r.kept, r.late) for r in kept] == [("Frontier", 1, 1, 0)]
    late = records((done,), (Outage(circuit_id="s1774:ge-0/0/1", began=at(1), ended=at(2, 13)),), NOW)
    assert late[0].kept == 0
    blip = records(
        (done,), (Outage(circuit_id="s1774:ge-0/0/1", began=at(2, 11), ended=at(2, 13), confirmed=False),), NOW
    )
    assert blip[0].kept == 1
    assert records((ZAYO,), (), NOW) == ()  # its window is not over
    assert kept[0].ahead == at(0) - at(10, 0, 11)


def test_the_week_counts_windows_by_the_day_they_begin_on() -> None:
    found = week(tuple(WORKS.values()), NOW)
    assert [n for _, n, _ in found] == [5, 3, 0, 0, 0, 0, 0]
    assert [t for _, _, t in found] == [1, 1, 0, 0, 0, 0, 0]
    assert found[0][0] == at(0)


def test_conflicts_are_told_once_though_two_works_have_them() -> None:
    assert len(conflicts_of(tuple(WORKS.values()), NOW)) == 2
    assert conflicts_of(tuple(WORKS.values()), at(6)) == ()


def test_the_next_work_is_the_one_that_runs_else_the_one_that_begins_first() -> None:
    both = (WORKS["CM-7744"], WORKS["29840117"], WORKS["VZ-90233"])
    found = words.next_of(both, NOW)
    assert found is not None
    assert found[0].name == "Lumen 29840117"
    assert words.next_of((WORKS["VZ-90233"], WORKS["notice-11"]), NOW) is None


def test_an_unmatched_work_takes_nobody_and_a_completed_one_is_done_before_its_end() -> None:
    assert words.running(changed(ZAYO, status=Status.COMPLETED), NOW) is None
    assert not words.taken(WORKS["notice-11"], "s1811:ge-0/0/0")
    assert words.taken(ZAYO, "s1811:ge-0/0/1")
    assert Impact.OUTAGE.value == "OUTAGE"


def test_the_life_of_a_work_is_looked_up_without_regard_to_case_and_blanks() -> None:
    assert len(life_of(NOW, "Zayo", "chg- 20881")) == 2
    assert len([w for w in versions() if w.known_at > NOW]) == 0
