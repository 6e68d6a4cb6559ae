"""The notices of one work, in whatever order they come."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noctui.model.notices import Affected, Maintenance, Status, Window
from noctui.planned.updating import Told, Version, folded, holds, known_at, superseded

HOUR = 3600
FIRST, SECOND = Window(start=100 * HOUR, end=104 * HOUR), Window(start=200 * HOUR, end=204 * HOUR)


def told(
    known: int,
    status: Status = Status.CONFIRMED,
    windows: Sequence[Window] = (FIRST,),
    sequence: int | None = None,
    stamp: int | None = None,
    circuits: Sequence[str] = ("a",),
    work: str = "PW-1",
) -> Told:
    made = Maintenance(
        provider="Zayo", maintenance_id=work, status=status, windows=tuple(windows), sequence=sequence, stamp=stamp,
        circuits=tuple(Affected(circuit=c) for c in circuits),
    )  # fmt: skip
    return Told(made, known, f"mail {known} {sequence} {stamp}")


def fold(*notices: Told) -> tuple[Version, ...]:
    (versions,) = folded(notices).values()
    return versions


def test_a_new_date_replaces_the_windows() -> None:
    first, second = fold(told(0), told(10, Status.RE_SCHEDULED, [SECOND]))
    assert (first.change, second.change) == ("new", "changed")
    assert second.maintenance.windows == (SECOND,)
    assert second.said == ("CONFIRMED → RE-SCHEDULED", "windows: 1 new, 1 gone")
    assert not second.late


def test_a_cancellation_keeps_the_windows_and_circuits_it_does_not_name() -> None:
    last = fold(told(0), told(10, Status.CANCELLED, [], circuits=[]))[-1]
    assert last.maintenance.windows == (FIRST,)
    assert [c.circuit for c in last.maintenance.circuits] == ["a"]
    assert not holds(last.maintenance)
    assert not last.late


@pytest.mark.parametrize(("known", "late"), [(100 * HOUR - 1, False), (100 * HOUR, True), (101 * HOUR, True)])
def test_a_cancellation_is_late_once_the_window_has_begun(known: int, late: bool) -> None:
    assert fold(told(0), told(known, Status.CANCELLED))[-1].late is late


def test_a_new_date_that_comes_when_the_window_has_begun_is_late_too() -> None:
    assert fold(told(0), told(101 * HOUR, Status.RE_SCHEDULED, [SECOND]))[-1].late


def test_postponed_without_a_new_window_leaves_none() -> None:
    assert fold(told(0), told(1, Status.RE_SCHEDULED, []))[-1].maintenance.windows == ()


def test_no_change_keeps_the_status_that_was_known() -> None:
    assert fold(told(0, Status.TENTATIVE), told(1, Status.NO_CHANGE))[-1].maintenance.status is Status.TENTATIVE
    assert fold(told(0, Status.NO_CHANGE))[0].maintenance.status is Status.CONFIRMED


def test_an_older_notice_that_comes_late_changes_nothing_and_is_said() -> None:
    by_stamp = fold(told(0, stamp=500, windows=[SECOND]), told(1, stamp=400))[-1]
    by_number = fold(told(0, sequence=3, windows=[SECOND]), told(1, sequence=2, stamp=9999))[-1]
    for last in (by_stamp, by_number):
        assert last.change == "out_of_sequence"
        assert last.said == ("older than what is known already",)
        assert last.maintenance.windows == (SECOND,)


def test_the_same_again_is_the_same_and_the_same_message_is_no_version() -> None:
    assert [v.change for v in fold(told(0), told(5))] == ["new", "same"]
    assert len(fold(told(0), told(0))) == 1


def test_circuits_added_and_removed_are_said() -> None:
    last = fold(told(0, circuits="ab"), told(1, circuits="bc"))[-1]
    assert last.said == ("circuits added: c", "circuits removed: a")


def test_what_was_known_at_an_instant() -> None:
    versions = fold(told(10), told(20, Status.CANCELLED))
    assert known_at(versions, 9) is None
    assert known_at(versions, 19) is versions[0]
    assert known_at(versions, 20) is versions[1]


def test_which_works_are_superseded() -> None:
    new = Maintenance(provider="Zayo", maintenance_id="PW-2", status=Status.CONFIRMED, supersedes=("pw-1",))
    assert superseded([new]) == {told(0).maintenance.key: "PW-2"}


_NOTICES = st.lists(
    st.builds(
        told,
        st.integers(0, 20),
        st.sampled_from(Status),
        st.sampled_from([(FIRST,), (SECOND,), (FIRST, SECOND), ()]),
        st.one_of(st.none(), st.integers(0, 4)),
        st.one_of(st.none(), st.integers(0, 4)),
        st.sampled_from(["a", "ab", ""]),
        st.sampled_from(["PW-1", "pw-1", "PW-2"]),
    ),
    max_size=10,
)


@given(_NOTICES, st.randoms(use_true_random=False), st.integers(0, 20))
def test_what_is_known_at_k_depends_neither_on_order_nor_on_what_came_later(
    notices: list[Told], random: object, k: int
) -> None:
    unique = list({n.notice: n for n in notices}.values())
    shuffled = unique[:]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    whole = folded(unique)
    assert folded(shuffled) == whole
    early = folded(n for n in unique if n.known_at <= k)
    for key, versions in whole.items():
        assert tuple(v for v in versions if v.known_at <= k) == early.get(key, ())


@given(st.permutations([0, 1, 2, 3]))
def test_numbered_notices_end_in_the_newest_whatever_order_they_come_in(order: list[int]) -> None:
    windows = [Window(start=(i + 1) * HOUR, end=(i + 2) * HOUR) for i in range(4)]
    last = fold(*(told(arrival, windows=[windows[n]], sequence=n) for arrival, n in enumerate(order)))[-1]
    assert last.maintenance.windows == (windows[3],)
