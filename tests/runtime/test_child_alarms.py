"""Open alarms told by their differences: whoever takes them in has the very list that was told."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from noctui.model.alarms import NO_ALARMS, Alarm, Alarms
from noctui.runtime.child_alarms import AlarmsTold, taken, told


def alarm(number: int, severity: int = 2) -> Alarm:
    return Alarm(
        alarm_id=f"a{number}", key=f"k{number}", source="engine", type="down", severity=severity, opened=float(number),
        changed=float(number), known_at=float(number),
    )  # fmt: skip


def alarms(numbers: dict[int, int]) -> Alarms:
    return Alarms(tuple(alarm(n, severity) for n, severity in sorted(numbers.items())), {"damping": len(numbers)}, 7.0)


lists = st.lists(st.dictionaries(st.integers(0, 9), st.integers(0, 5), max_size=8), max_size=6)


@given(lists)
def test_a_chain_of_differences_gives_each_list(chain: list[dict[int, int]]) -> None:
    there, before = NO_ALARMS, None
    for numbers in chain:
        now = alarms(numbers)
        frame = msgspec.msgpack.encode(told(before, now))
        there = taken(there, msgspec.msgpack.decode(frame, type=AlarmsTold))
        assert there.alarms == now.alarms
        assert (there.held, there.cleared_at) == (now.held, now.cleared_at)
        before = now


def test_what_did_not_change_is_not_told() -> None:
    before = alarms({1: 2, 2: 2})
    now = Alarms((*before.alarms, alarm(3)), before.held, before.cleared_at)
    assert [a.alarm_id for a in told(before, now).changed] == ["a3"]


def test_a_new_listener_forgets_what_another_was_told() -> None:
    there = taken(alarms({1: 2}), told(None, alarms({2: 2})))
    assert list(there.by_id) == ["a2"]
