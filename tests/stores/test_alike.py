"""Versions of an inventory hold each unchanged row once, whatever order they are read in, and stay what they are."""

from __future__ import annotations

import msgspec

from noctui.model.inventory import Inventory
from noctui.stores.history import HistoryReader, Writer
from noctui.stores.history.alike import alike
from tests.stores.made import World, network

replace = msgspec.structs.replace


def copied(inventory: Inventory) -> Inventory:
    """The same, of other objects, as it comes from a file."""
    return msgspec.msgpack.decode(msgspec.msgpack.encode(inventory), type=Inventory)


def later(inventory: Inventory) -> Inventory:
    """The next version: the first circuit is gone, another one has a new carrier."""
    _, second, *others = inventory.circuits
    circuits = (replace(second, carrier="Zayo"), *others)
    return replace(inventory, rev=inventory.rev + 1, known_at=inventory.known_at + 60, circuits=circuits)


def test_a_version_is_made_of_the_rows_that_are_held() -> None:
    held = network(6)
    found = copied(later(held))
    made = alike(found, held)

    assert made == found
    assert made.sites is held.sites
    assert made.gateways is held.gateways
    assert made.paths is held.paths
    assert made.circuits[0].carrier == "Zayo"
    assert [a is b for a, b in zip(made.circuits[1:], held.circuits[2:], strict=True)] == [True] * 4


def test_versions_read_after_each_other_share_their_rows(writer: Writer, reader: HistoryReader) -> None:
    inventory = network(6)
    (first,) = World(inventory).polls(1)
    writer.write(first)
    next_ = later(inventory)
    *_, third = World(next_).polls(3)
    writer.write(third)

    new, old = reader.view(third.view.at), reader.view(first.view.at)
    assert new is not None
    assert old is not None
    assert old.inventory == first.view.inventory
    assert new.inventory == next_
    assert old.inventory.paths is new.inventory.paths
    assert old.inventory.circuits[2] is new.inventory.circuits[1]
    assert old.inventory.circuits[1] != new.inventory.circuits[0]


def test_what_was_read_before_the_writers_own_came_is_let_go_of(writer: Writer, reader: HistoryReader) -> None:
    inventory = network(6)
    (first,) = World(inventory).polls(1)
    writer.write(first)
    *_, third = World(later(inventory)).polls(3)
    writer.write(third)
    before = reader.view(first.view.at)
    assert before is not None

    told = copied(third.view.inventory)
    reader.share(told)
    again, newest = reader.view(first.view.at), reader.view(third.view.at)
    assert again is not None
    assert newest is not None
    assert newest.inventory is told
    assert again.inventory == before.inventory == first.view.inventory
    assert again.inventory.paths is told.paths
    assert again.inventory.circuits[2] is told.circuits[1]
