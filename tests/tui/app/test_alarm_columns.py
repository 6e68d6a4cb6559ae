"""What is worked out of alarms from poll to poll: the same as if it were worked out anew."""

from __future__ import annotations

import msgspec
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from noctui.model.alarms import Alarm
from noctui.tui.panes.alarm_columns import columns_of, followed
from noctui.tui.screens.alarms import kept


def alarm(number: int, opened: int = 0, cleared: float | None = None, held_by: str = "", kind: str = "loss") -> Alarm:
    return Alarm(
        alarm_id=f"a{number:02d}", key=f"k{number}", source="engine", type=kind, severity=number % 5,
        opened=float(opened), changed=float(opened), known_at=float(opened) + 1, cleared=cleared, held_by=held_by,
        parent="a00" if held_by else "",
    )  # fmt: skip


ALARMS = st.dictionaries(
    st.integers(0, 30),
    st.tuples(st.integers(0, 3), st.sampled_from([None, 9.0]), st.sampled_from(["", "incident"]),
              st.sampled_from(["loss", "incident"])),
    max_size=30,
)  # fmt: skip


@given(st.lists(ALARMS, min_size=2, max_size=4), st.randoms())
def test_followed_is_as_made_anew(polls: list[dict[int, tuple[int, float | None, str, str]]], random: object) -> None:
    """Alarms come, go, change and keep being the same objects, in whatever order they are told."""
    pool: dict[object, Alarm] = {}
    columns = None
    for poll in polls:
        listed = [pool.setdefault((n, facts), alarm(n, *facts)) for n, facts in poll.items()]
        random.shuffle(listed)  # type: ignore[attr-defined]
        columns, anew = followed(columns, listed), columns_of(listed)
        for mine, other in zip(columns.arrays, anew.arrays, strict=True):
            np.testing.assert_array_equal(mine, other)


def test_few_changes_of_many_take_the_rest_as_it_was() -> None:
    many = [alarm(n, n // 7) for n in range(99)]
    first = columns_of(many)
    changed = [msgspec.structs.replace(many[5], owner="zoe"), *many[:5], *many[6:90], alarm(99, 3)]
    second = followed(first, changed)
    np.testing.assert_array_equal(second.ids, columns_of(changed).ids)
    assert second.alarms[second.ids.tolist().index("a05")].owner == "zoe"
    assert followed(second, list(reversed(changed))) is second


def test_what_is_told_again_is_the_same_object() -> None:
    """An answer of history that says what it said: by when a version was known; what may have been written again just
    now is compared."""
    before = tuple(alarm(n, n, cleared=2_000.0) for n in range(3))
    again = tuple(msgspec.structs.replace(a) for a in before)
    assert kept(before, again, 5_000.0) is before
    fresh = (msgspec.structs.replace(before[0], known_at=4_990.0), *again[1:])
    assert [a is b for a, b in zip(kept(before, fresh, 5_000.0), before, strict=True)] == [False, True, True]
    other = (msgspec.structs.replace(before[0], owner="zoe"), *again[1:])
    assert kept(before, other, 10.0)[0].owner == "zoe"
