"""Planned work told by its differences: whoever takes them in has the very works that were told."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from noctui.model.works import NO_WORKS, Works, first_of
from noctui.runtime.child_works import WorksTold, taken, told
from tests.planned.made import work


def works(at: float, numbers: dict[int, int]) -> Works:
    made = (work(f"C-{n}", [(start, start + 10)], [f"IC-{n}"]) for n, start in numbers.items())
    return Works(at=at, works=tuple(sorted(made, key=first_of)))


@given(st.lists(st.dictionaries(st.integers(0, 6), st.integers(0, 5), max_size=6), max_size=6))
def test_a_chain_of_differences_gives_each_list(chain: list[dict[int, int]]) -> None:
    there, before = NO_WORKS, None
    for at, numbers in enumerate(chain):
        now = works(at, numbers)
        frame = msgspec.msgpack.encode(told(before, now))
        there = taken(there, msgspec.msgpack.decode(frame, type=WorksTold))
        assert (there.at, there.works) == (now.at, now.works)
        before = now


def test_what_did_not_change_is_not_told() -> None:
    before = works(0.0, {1: 2, 2: 3})
    now = Works(at=5.0, works=(before.works[0], work("C-9", [(9, 10)], [])))
    news = told(before, now)
    assert ([w.name for w in news.changed], news.gone, news.at) == (["Zayo C-9"], (("Zayo", "c-2"),), 5.0)


def test_a_new_listener_forgets_what_another_was_told() -> None:
    there = taken(works(0.0, {1: 2}), told(None, works(1.0, {2: 2})))
    assert [w.name for w in there.works] == ["Zayo C-2"]
