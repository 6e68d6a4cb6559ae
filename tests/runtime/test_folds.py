"""Five or more circuits of one incident fold into one row, where the first of them stood."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from noctui.model.alarms import Alarms
from noctui.model.view import View
from noctui.runtime.folds import LEAST, fold_circuits, fold_sites
from tests.engine.alarms.cuts import Cut, chain, ids

WORLD = chain(6)


def seen(*lost: tuple[str, str, int]) -> View:
    """A View in which the first so many circuits of each carrier and region are lost."""
    cut = Cut(WORLD)
    for carrier, region, many in lost:
        cut.lose(ids(WORLD, carrier, region)[:many], 0)
    found = cut.poll(60)
    members = (structs.replace(a, parent=cut.found.parent.get(i, "")) for i, a in cut.open.items())
    return replace(cut.view, alarms=Alarms((*found, *members)))


EVERY = np.arange(len(WORLD.circuits))
LUMEN = np.array([WORLD.circuit_row[c] for c in ids(WORLD, "Lumen", "Mountain")])


def test_an_incident_takes_the_place_of_its_first_row() -> None:
    folded = fold_circuits(EVERY, seen(("Lumen", "Mountain", 6)))
    assert len(folded.rows) == len(EVERY) - 5
    ((place, fold),) = folded.folds.items()
    assert folded.rows[place] == LUMEN[0]
    assert fold.rows.tolist() == LUMEN.tolist()
    assert (fold.incident.text, fold.circuits, folded.hidden) == ("Lumen lost, Mountain", 6, 5)


def test_it_follows_the_order_of_the_table() -> None:
    folded = fold_circuits(EVERY[::-1], seen(("Lumen", "Mountain", 6)))
    ((place, fold),) = folded.folds.items()
    assert folded.rows[place] == LUMEN[-1]
    assert fold.rows.tolist() == LUMEN[::-1].tolist()


def test_four_in_this_table_stand_for_themselves() -> None:
    folded = fold_circuits(LUMEN[:4], seen(("Lumen", "Mountain", 6)))
    assert folded.rows.tolist() == LUMEN[:4].tolist()
    assert not folded.folds


def test_what_the_user_unfolded_stays_so() -> None:
    view = seen(("Lumen", "Mountain", 6), ("Zayo", "East", 6))
    first, second = (i.alarm_id for i in view.alarms.incidents)
    assert {f.incident.alarm_id for f in fold_circuits(EVERY, view, (first,)).folds.values()} == {second}
    assert fold_circuits(EVERY, view, (first, second)).rows is EVERY


def test_without_incidents_the_table_is_as_it_was() -> None:
    assert fold_circuits(EVERY, seen()).rows is EVERY
    sites = np.arange(len(WORLD.sites))
    assert fold_sites(sites, seen()).rows is sites


def test_an_empty_table() -> None:
    assert fold_circuits(EVERY[:0], seen(("Lumen", "Mountain", 6))).rows.tolist() == []


def test_sites_fold_by_the_incident_of_their_circuits() -> None:
    sites = np.arange(len(WORLD.sites))
    folded = fold_sites(sites, seen(("Lumen", "Mountain", 6)))
    ((place, fold),) = folded.folds.items()
    assert [WORLD.sites[row].site_id for row in fold.rows.tolist()] == [f"Mountain-{n}" for n in range(6)]
    assert fold.circuits == 6
    assert folded.rows[place] == fold.rows[0]
    assert len(folded.rows) == len(sites) - 5


BOTH = seen(("Lumen", "Mountain", 6), ("Zayo", "East", 5))


@settings(max_examples=60)
@given(st.integers(0, 2**32), st.integers(0, len(EVERY)))
def test_no_row_is_lost_or_told_twice(seed: int, many: int) -> None:
    table = np.random.default_rng(seed).permutation(EVERY)[:many]
    folded = fold_circuits(table, BOTH)
    alone = [r for place, r in enumerate(folded.rows.tolist()) if place not in folded.folds]
    inside = [r for fold in folded.folds.values() for r in fold.rows.tolist()]
    assert sorted(alone + inside) == sorted(table.tolist())
    assert all(len(fold.rows) >= LEAST for fold in folded.folds.values())
    assert alone == [r for r in table.tolist() if r in set(alone)]
