"""The sentence speaks of the incident, not of its members."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from msgspec import structs

from noctui.engine.cause import find_cause
from noctui.engine.headline import headline
from noctui.model.alarms import Ack, Alarm, Alarms
from noctui.model.view import View
from noctui.model.words import Severity, State
from tests.engine.alarms.cuts import Cut, chain, ids, with_hubs
from tests.engine.build import table, view

WORLD = chain(10)
HUBS = with_hubs(chain(10), {c: "hub-den-1" if n % 2 else "hub-atl-1" for n, c in enumerate(ids(WORLD))})
STATES = {
    "down": (Severity.DOWN, State.DOWN),
    "away": (Severity.AWAY, State.AWAY),
    "no_data": (Severity.UNKNOWN, State.UNKNOWN),
    "no_path": (Severity.OK, State.UP),
}


def seen(cut: Cut, t: float, **people: Any) -> View:
    """The View at `t` with the open alarms and their incidents as the collector has them."""
    found = cut.poll(t)
    count = len(cut.inventory.circuits)
    severity, state = np.full(count, Severity.OK), np.full(count, State.UP)
    no_path = np.zeros(count, np.bool_)
    for alarm in cut.open.values():
        rows = [cut.inventory.circuit_row[c] for c in alarm.circuit_ids]
        severity[rows], state[rows] = STATES[alarm.type]
        no_path[rows] = alarm.type == "no_path"
    at = cut.view.at + t
    made = view(
        cut.inventory, table(count, severity=severity, state=state, no_path=no_path, active=state == State.UP), at
    )
    members = (structs.replace(a, parent=cut.found.parent.get(i, "")) for i, a in cut.open.items())
    return replace(made, alarms=Alarms((*(structs.replace(i, **people) for i in found if i.open), *members)))


def mountain(**people: Any) -> View:
    cut = Cut(WORLD)
    cut.lose(ids(WORLD, "Lumen", "Mountain")[:9], 0, spread=120)
    return seen(cut, 1380, **people)


def test_it_tells_the_incident_and_who_has_it() -> None:
    """SCREENS 7, overview."""
    assert headline(mountain()).text == "Lumen is down at 9 Mountain sites since 02:51 (23m): 9 run on their secondary."
    told = headline(mountain(owner="jmo"))
    assert told.text == (
        "Lumen is down at 9 Mountain sites since 02:51 (23m): 9 run on their secondary; jmo has incident 1."
    )
    assert "".join(c.text for c in told.clauses[:-1]).endswith("their secondary")
    assert told.clauses[-1].short == "; jmo has it"


def test_who_took_it_has_it_when_nobody_else_owns_it() -> None:
    ack = Ack(who="ana", at=0.0, until=9e9, why="fibre cut", severity=0)
    assert headline(mountain(ack=ack)).text.endswith("; ana has incident 1.")


Lost = Callable[[Cut], None]


def _region(cut: Cut) -> None:
    cut.lose(ids(WORLD, region="South"), 0)


def _region_away(cut: Cut) -> None:
    cut.lose(ids(WORLD, region="South"), 0, "away")


def _two_regions(cut: Cut) -> None:
    cut.lose([*ids(WORLD, "Lumen", "West"), *ids(WORLD, "Lumen", "East")], 0)


def _no_data(cut: Cut) -> None:
    cut.lose(ids(WORLD, "Zayo", "East"), 0, "no_data")


def _hub(cut: Cut) -> None:
    cut.lose(ids(WORLD)[1::2], 0, "no_path")


def _network(cut: Cut) -> None:
    cut.lose(ids(WORLD), 0, "away")


@pytest.mark.parametrize(
    ("lost", "words", "severity"),
    [
        (_region, "60 circuits are down at 10 South sites", Severity.DOWN),
        (_region_away, "10 South sites are unreachable", Severity.AWAY),
        (_two_regions, "Lumen is down at 20 sites in East and West", Severity.DOWN),
        (_no_data, "Zayo gives no data at 10 East sites", Severity.UNKNOWN),
        (_hub, "hub-den-1 cannot be reached from 40 sites", Severity.CRITICAL),
        (_network, "40 sites are unreachable", Severity.AWAY),
    ],
)
def test_each_kind_in_its_words(lost: Lost, words: str, severity: Severity) -> None:
    cut = Cut(HUBS)
    lost(cut)
    told = headline(seen(cut, 60))
    assert told.text.startswith(f"{words} since 02:51 (1m)")
    assert told.severity == severity


def test_the_worst_is_told_and_of_equals_the_larger() -> None:
    cut = Cut(WORLD)
    cut.lose(ids(WORLD, "Lumen", "Mountain")[:6], 0)
    cut.lose(ids(WORLD, "Zayo", "East")[:8], 0)
    cut.lose(ids(WORLD, "AT&T", "West"), 0, "away")
    assert headline(seen(cut, 60)).text.startswith("Zayo is down at 8 East sites")


def test_inside_a_region_only_its_own_is_told() -> None:
    cut = Cut(WORLD)
    cut.lose(ids(WORLD, "Lumen", "Mountain"), 0)
    now = seen(cut, 60)
    there, elsewhere = find_cause(now, "Mountain"), find_cause(now, "East")
    assert there is not None
    assert (there.carrier, there.region, len(there.rows), there.number) == ("Lumen", "Mountain", 10, 1)
    assert elsewhere is None


def test_one_that_is_over_is_not_told() -> None:
    cut = Cut(WORLD)
    cut.lose(ids(WORLD, "Lumen", "Mountain"), 0)
    cut.poll(60)
    cut.back(ids(WORLD, "Lumen", "Mountain"))
    now = seen(cut, 120)
    assert now.alarms.incidents  # it is kept open for a while
    assert headline(now).text == "All 240 circuits known and well."


def test_without_incidents_the_view_tells_its_cause() -> None:
    """Of a past before alarms were kept."""
    now = replace(mountain(), alarms=Alarms())
    assert headline(now).text.startswith("Lumen is down at 9 Mountain sites")


def test_levels_are_no_loss() -> None:
    levels = Alarm(
        alarm_id="incident/1@1", key="incident/1", source="engine", type="incident", severity=Severity.CRITICAL,
        opened=1.0, changed=1.0, known_at=1.0, cause="failover: Lumen down", number=1, members=6, open_members=6,
    )  # fmt: skip
    cut = Cut(WORLD)
    assert headline(replace(seen(cut, 60), alarms=Alarms((levels,)))).text == "All 240 circuits known and well."
