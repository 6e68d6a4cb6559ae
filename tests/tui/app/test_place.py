"""Places and the way between them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from noctui.tui.place import (
    CIRCUITS,
    COLLECTOR,
    OVERVIEW,
    SITES,
    Place,
    Trail,
    crumbs,
    of_circuit,
    of_region,
    of_site,
    parent,
)
from tests import night

INVENTORY = night.inventory()
PLACES = [OVERVIEW, SITES, CIRCUITS, COLLECTOR, of_region("Mountain"), of_site("s0417"), of_circuit(night.HOT)]


def test_breadcrumbs() -> None:
    assert crumbs(OVERVIEW, INVENTORY) == ("Acme Retail", "overview")
    assert crumbs(of_region(""), INVENTORY) == ("Acme Retail", "no region")
    assert crumbs(of_circuit(night.HOT), INVENTORY) == (
        "Acme Retail", "Mountain", "0417 Grand Junction CO", "Comcast ge-0/0/1",
    )  # fmt: skip
    assert crumbs(of_site("gone"), INVENTORY) == ("Acme Retail", "gone")


def test_the_order_of_things_leads_up() -> None:
    way: list[Place] = []
    place: Place | None = of_circuit(night.HOT)
    while place is not None:
        way.append(place)
        place = parent(place, INVENTORY)
    assert way == [of_circuit(night.HOT), of_site("s0417"), of_region("Mountain"), OVERVIEW]
    assert parent(of_circuit("gone"), INVENTORY) == OVERVIEW


@given(st.lists(st.one_of(st.sampled_from(PLACES).map(lambda p: ("enter", p)),
                          st.sampled_from(PLACES).map(lambda p: ("jump", p)), st.just(("out", OVERVIEW)),
                          st.just(("back", OVERVIEW))), max_size=30))  # fmt: skip
def test_however_one_walks_one_is_somewhere_and_finds_out(steps: list[tuple[str, Place]]) -> None:
    trail = Trail()
    for what, place in steps:
        if what == "enter":
            trail.enter(place)
        elif what == "jump":
            trail.jump(place)
        elif what == "out":
            trail.out(INVENTORY)
        else:
            trail.back()
        assert 1 <= len(trail.places) <= 8
    for _ in range(20):
        if not trail.out(INVENTORY):
            break
    assert trail.here == OVERVIEW


def test_back_twice_is_where_one_was() -> None:
    trail = Trail()
    trail.enter(of_region("Mountain"))
    trail.jump(CIRCUITS)
    assert trail.back()
    assert list(trail.places) == [OVERVIEW, of_region("Mountain")]
    assert trail.back()
    assert list(trail.places) == [CIRCUITS]
