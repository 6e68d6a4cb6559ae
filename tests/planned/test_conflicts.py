"""Windows that together take all circuits of a site, or two of a protection group (N-04)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from noctui.model.notices import Impact, Window
from noctui.planned.conflicts import Planned, conflicts

SITES = {"s": ["s:0", "s:1"], "t": ["t:0"], "u": []}


def planned(
    circuit: str, start: int, end: int, work: str = "PW-1", impact: Impact = Impact.OUTAGE, backup: bool = False
) -> Planned:
    return Planned(circuit, Window(start=start, end=end, backup=backup), work, impact)


def test_two_carriers_on_one_night() -> None:
    """22–02 of one and 00–04 of the other: 00–02 the site has nothing."""
    (found,) = conflicts([planned("s:0", 22, 26), planned("s:1", 24, 28, "PW-2")], SITES)
    assert (found.kind, found.name, found.start, found.end) == ("site", "s", 24, 26)
    assert (found.circuits, found.works) == (("s:0", "s:1"), ("PW-1", "PW-2"))
    assert (found.alone, found.backup, found.unsure) == (False, False, False)


def test_windows_that_touch_are_no_conflict_and_two_of_one_circuit_are_none() -> None:
    assert conflicts([planned("s:0", 0, 10), planned("s:1", 10, 20)], SITES) == []
    assert conflicts([planned("s:0", 0, 10), planned("s:0", 5, 20)], SITES) == []


def test_windows_of_one_circuit_that_touch_are_one_conflict() -> None:
    (found,) = conflicts([planned("s:0", 0, 5), planned("s:0", 5, 10, "PW-3"), planned("s:1", 0, 10, "PW-2")], SITES)
    assert (found.start, found.end, found.works) == (0, 10, ("PW-1", "PW-2", "PW-3"))


def test_what_has_no_impact_takes_nothing_and_what_is_not_told_may() -> None:
    for harmless in (Impact.NO_IMPACT, Impact.REDUCED_REDUNDANCY, Impact.DEGRADED):
        assert conflicts([planned("s:0", 0, 10), planned("s:1", 0, 10, impact=harmless)], SITES) == []
    (found,) = conflicts([planned("s:0", 0, 10), planned("s:1", 0, 10, impact=Impact.UNKNOWN)], SITES)
    assert found.unsure


def test_a_backup_window_is_a_conflict_only_if_it_is_used() -> None:
    (found,) = conflicts([planned("s:0", 0, 10), planned("s:1", 0, 10, backup=True)], SITES)
    assert found.backup


def test_a_site_with_one_circuit_is_marked() -> None:
    (found,) = conflicts([planned("t:0", 0, 10)], SITES)
    assert found.alone


def test_two_of_a_protection_group_at_different_sites() -> None:
    groups = {"ring": ["s:0", "t:0", "x:0"]}
    found = conflicts([planned("s:0", 0, 10), planned("x:0", 5, 15, "PW-2")], {}, groups)
    assert [(c.kind, c.name, c.start, c.end) for c in found] == [("group", "ring", 5, 10)]


_PLANNED = st.lists(
    st.builds(
        lambda c, s, n, i: planned(c, s, s + n, f"PW-{c}{s}", i),
        st.sampled_from(["s:0", "s:1", "s:2"]),
        st.integers(0, 20),
        st.integers(1, 8),
        st.sampled_from([Impact.OUTAGE, Impact.UNKNOWN, Impact.NO_IMPACT]),
    ),
    max_size=8,
)


@given(_PLANNED)
def test_it_is_what_looking_at_every_second_finds(windows: list[Planned]) -> None:
    """Second by second, plainly: at which does every circuit (for a group: two of them) have a window that may cut?"""
    three = ["s:0", "s:1", "s:2"]
    found = conflicts(windows, {"s": three}, {"g": three})
    for kind, need in (("site", 3), ("group", 2)):
        told = {t for c in found if c.kind == kind for t in range(c.start, c.end)}
        plain = {
            t
            for t in range(30)
            if len(
                {p.circuit_id for p in windows if p.impact != Impact.NO_IMPACT and p.window.start <= t < p.window.end}
            )
            >= need
        }
        assert told == plain
