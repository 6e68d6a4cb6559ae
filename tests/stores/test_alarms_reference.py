"""Whatever versions come in whatever order, what is read is what a plain look through all of them says."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noctui.model.alarms import Alarm
from noctui.stores.history.alarm_rows import insert_alarms, select_alarms, select_open, select_versions
from noctui.stores.history.open_alarms import OpenAlarms
from noctui.stores.history.schema import migrate
from noctui.stores.history.versions import NOW
from tests.stores.made import ORG
from tests.stores.test_alarms import alarm

MOMENTS = st.integers(0, 12)


@st.composite
def versions(draw: st.DrawFn) -> Alarm:
    """Of three alarms that open at 1, 4 and 7; some that say nothing new, some that clear or come back."""
    number = draw(st.integers(0, 2))
    opened = 1.0 + 3 * number
    cleared = draw(st.none() | st.integers(0, 5).map(lambda later: opened + later))
    return alarm(
        float(draw(MOMENTS)),
        f"a{number}",
        opened,
        cleared=cleared,
        severity=draw(st.integers(1, 2)),
        site_id=draw(st.sampled_from(("", "s0", "s1"))),
        parent=draw(st.sampled_from(("", "p"))),
        circuit_ids=draw(st.sampled_from(((), ("c",), ("c", "d")))),
    )


@pytest.fixture(scope="module")
def file() -> Iterator[sqlite3.Connection]:
    db = sqlite3.connect(":memory:", isolation_level=None)
    migrate(db, ORG)
    yield db
    db.close()


def at(given: list[Alarm], moment: float) -> list[Alarm]:
    """The version of each alarm that is the latest known then; of two of one moment the one that came last."""
    held: dict[str, Alarm] = {}
    for one in given:
        if one.known_at <= moment and (one.alarm_id not in held or one.known_at >= held[one.alarm_id].known_at):
            held[one.alarm_id] = one
    return sorted(held.values(), key=lambda a: -a.opened)


def says(alarms: list[Alarm] | tuple[Alarm, ...]) -> list[tuple[object, ...]]:
    """All but since when: what is told twice is known since the first time."""
    return [(a.alarm_id, a.cleared, a.severity, a.site_id, a.parent, a.circuit_ids) for a in alarms]


@settings(max_examples=25)
@given(st.lists(versions(), max_size=12), MOMENTS, MOMENTS, MOMENTS)
def test_it_is_what_a_look_through_all_versions_says(
    file: sqlite3.Connection, those_given: list[Alarm], moment: int, start: int, end: int
) -> None:
    said: set[str] = set()
    follower = OpenAlarms()
    file.execute("BEGIN")
    try:
        for number, one in enumerate(those_given):
            insert_alarms(file, (one,))
            told = follower.now(file, 1, said)
            assert says(told.alarms) == says([a for a in at(those_given[: number + 1], NOW) if a.open][::-1])
        for known in (float(moment), NOW):
            held = at(those_given, known)
            assert says(select_open(file, known, said)) == says([a for a in held if a.open][::-1])
            ranged = [a for a in held if a.opened <= end and (a.cleared is None or a.cleared >= start)]
            asked: list[tuple[dict[str, Any], list[Alarm]]] = [
                ({}, ranged),
                ({"site_id": "s1"}, [a for a in ranged if a.site_id == "s1"]),
                ({"circuit_id": "d"}, [a for a in ranged if "d" in a.circuit_ids]),
                ({"parent": "p", "site_id": "s0"}, [a for a in ranged if (a.parent, a.site_id) == ("p", "s0")]),
            ]
            for of, those in asked:
                assert says(select_alarms(file, start, end, known, 100, said, **of)) == says(those)
                assert says(select_alarms(file, start, end, known, 1, said, **of)) == says(those[:1])
            for one in those_given:
                life = select_versions(file, one.alarm_id, known, said)
                assert [a.known_at for a in life] == sorted({a.known_at for a in life})
                assert says(life[-1:]) == says([a for a in held if a.alarm_id == one.alarm_id])
    finally:
        file.execute("ROLLBACK")
    assert said == set()
