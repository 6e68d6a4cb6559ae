"""Inventories on their way to the screen: whatever changed arrives, and what did not change does not travel."""

from __future__ import annotations

from itertools import pairwise

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from noctui.model.inventory import Inventory
from noctui.runtime.child_rows import LOOK_UPS, NONE, PIECE, TABLES, Rows, look_up, pieces
from noctui.runtime.child_words import Pieces, Version
from tests.examples import some
from tests.stores.made import network

LARGE = network(3 * PIECE)


def changed(inventory: Inventory, row: int) -> Inventory:
    """The same network with one circuit of another name."""
    rows = list(inventory.circuits)
    rows[row] = msgspec.structs.replace(rows[row], wan_name=f"renamed {inventory.rev}")
    return msgspec.structs.replace(inventory, rev=inventory.rev + 1, circuits=tuple(rows))


def arrived(rows: Rows, before: Inventory, now: Inventory) -> Inventory:
    made: Inventory | None = None
    for piece in pieces(before, now):
        match piece:
            case Pieces():
                rows.take(piece)
            case Version():
                made = rows.version(piece)
    assert made is not None
    return made


versions = st.lists(
    st.integers(0, 3 * PIECE).map(lambda n: network(n))
    | st.integers(0, 3 * PIECE - 1).map(lambda n: changed(LARGE, n)),
    min_size=1,
    max_size=6,
)


@settings(max_examples=some(30), deadline=None)
@given(versions)
def test_every_version_arrives_as_it_is(versions: list[Inventory]) -> None:
    """Grown, shrunk, empty, changed in the middle: after any version before."""
    rows = Rows()
    for before, now in pairwise([NONE, *versions]):
        assert arrived(rows, before, now) == now


def test_one_changed_circuit_costs_one_piece() -> None:
    told = list(pieces(LARGE, changed(LARGE, PIECE + 1)))
    assert [(p.start, len(p.circuits), len(p.sites)) for p in told if isinstance(p, Pieces)] == [(PIECE, PIECE, 0)]
    assert isinstance(told[-1], Version)


def test_no_piece_is_large() -> None:
    told = [p for p in pieces(NONE, LARGE) if isinstance(p, Pieces)]
    assert max(len(getattr(p, table)) for p in told for table in TABLES) == PIECE


def test_all_that_panes_look_up_is_worked_out() -> None:
    """A look-up that is missing in the list would be worked out while a screen is painted."""
    lazy = {name for name, value in vars(Inventory).items() if type(value).__name__ == "cached_property"}
    assert set(LOOK_UPS) == lazy
    inventory = network(4)
    look_up(inventory)
    assert lazy <= set(vars(inventory))
