"""An engine warmed from what history holds goes on as if it had not stopped."""

from __future__ import annotations

from dataclasses import fields, replace

import msgspec
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from noctui.engine.engine import Engine
from noctui.model.batch import Batch
from noctui.model.inventory import Inventory
from noctui.model.words import State
from noctui.model.work import Memory, PollRecord
from tests.reference.strategies import Quirk, Story, random_story

HELD_BY_HISTORY = (Quirk.GAPS, Quirk.SILENT, Quirk.REPEATS, Quirk.LINE, Quirk.PATHS)
"""What can go on without port events, a rate without the other, and circuits that are gone or away at the time."""


def memory_of(records: list[PollRecord]) -> Memory:
    """What history gives back of these polls."""
    view = records[-1].view
    polls = records
    ids = [c.circuit_id for c in view.inventory.circuits]

    def column(record: PollRecord, values: np.ndarray[tuple[int], np.dtype[np.uint8]]) -> list[int]:
        row = record.view.inventory.circuit_row
        return [int(values[row[i]]) if i in row else 0 for i in ids]

    return Memory(
        view=view,
        tick=records[-1].tick,
        at=np.array([r.view.at for r in polls]),
        ticks=np.array([r.tick for r in polls], np.int64),
        intervals=np.array([r.view.interval for r in polls]),
        raw_levels=np.array([column(r, r.raw_levels) for r in polls], np.uint8).reshape(len(polls), len(ids)),
        valid=np.array([column(r, r.valid) for r in polls], np.uint8).reshape(len(polls), len(ids)),
        edges=tuple(e for r in records for e in r.edges),
    )


def as_history_holds(story: Story) -> Story:
    """History has no counters, nor since when a MOS is missing, a rate without a bandwidth, or one rate alone."""
    known: dict[int, Inventory] = {}
    told: Story = []
    for poll, inventory in story:
        circuits = [
            msgspec.structs.replace(c, down_bps=c.down_bps or 1e8, up_bps=c.up_bps or 1e8) for c in inventory.circuits
        ]
        same = known.setdefault(id(inventory), msgspec.structs.replace(inventory, circuits=tuple(circuits)))
        told.append((replace(poll, circuits=_blanked(poll.circuits), paths=_blanked(poll.paths)), same))
    return told


def _blanked(batch: Batch | None) -> Batch | None:
    if batch is None:
        return None
    columns = {k: v for k, v in batch.columns.items() if k not in ("rx_bytes", "tx_bytes", "mos")}
    rates = {k: np.nan_to_num(v, nan=1e6) for k, v in columns.items() if k in ("rx_bps", "tx_bps")}
    return replace(batch, columns={**columns, **rates})


def same_record(ours: PollRecord, theirs: PollRecord, lost: set[str]) -> None:
    for part in ("circuits", "gateways", "paths", "sites", "regions"):
        mine, other = getattr(ours.view, part), getattr(theirs.view, part)
        for column in fields(mine):
            np.testing.assert_allclose(
                getattr(mine, column.name), getattr(other, column.name), rtol=1e-6, err_msg=f"{part}.{column.name}"
            )
    assert ours.view.silent == theirs.view.silent
    assert ours.edges == theirs.edges
    assert ours.failovers == theirs.failovers
    told, expected = ([n for n in r.notes if n.circuit_id not in lost] for r in (ours, theirs))
    assert told == expected
    assert ours.raw_levels.tolist() == theirs.raw_levels.tolist()
    assert ours.valid.tolist() == theirs.valid.tolist()


def goes_on(story: Story, share: float) -> None:
    """Stop after that share of the story, warm another engine, and tell both the rest."""
    story = as_history_holds(story)
    stop = max(1, int(len(story) * share))
    running = Engine()
    records = [running.apply(poll, inventory) for poll, inventory in story[:stop]]
    warmed = Engine()
    warmed.warm(memory_of(records))
    # History does not say whether a circuit was lost with the whole feed, whose return is told quietly.
    at_stop = zip(records[-1].view.inventory.circuits, records[-1].view.circuits.state, strict=True)
    lost = {c.circuit_id for c, state in at_stop if state in (State.UNKNOWN, State.AWAY)}
    for hours in (3, 12, 24):
        for name in ("total", "longest", "known"):
            np.testing.assert_array_equal(getattr(warmed.above(hours), name), getattr(running.above(hours), name))
    for poll, inventory in story[stop:]:
        same_record(warmed.apply(poll, inventory), running.apply(poll, inventory), lost)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(
    seed=st.integers(0, 2**32 - 1),
    circuits=st.integers(1, 6),
    polls=st.integers(3, 40),
    quirks=st.frozensets(st.sampled_from(HELD_BY_HISTORY)),
    share=st.floats(0.1, 0.9),
)
def test_a_warmed_engine_goes_on_as_if_it_had_not_stopped(
    seed: int, circuits: int, polls: int, quirks: frozenset[Quirk], share: float
) -> None:
    goes_on(random_story(seed, circuits, polls, quirks), share)


def test_only_a_new_engine_can_be_warmed() -> None:
    engine = Engine()
    (poll, inventory), *_ = random_story(1, polls=1)
    memory = memory_of([engine.apply(poll, inventory)])
    with pytest.raises(ValueError, match="new engine"):
        engine.warm(memory)
