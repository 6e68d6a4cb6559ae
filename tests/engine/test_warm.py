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
from noctui.model.edges import Edge
from noctui.model.inventory import Inventory
from noctui.model.words import Role, State
from noctui.model.work import Memory, PollRecord
from tests.engine.build import circuit
from tests.engine.net import DOWN, T0, UP, Net
from tests.examples import some
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


@settings(deadline=None, max_examples=some(60), suppress_health_check=[HealthCheck.too_slow])
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


def warmed(records: list[PollRecord], *past: Edge) -> Engine:
    """An engine warmed by these polls, and by edges of a past that was filled in behind them."""
    memory = memory_of(records)
    engine = Engine()
    engine.warm(replace(memory, edges=(*past, *memory.edges)))
    return engine


def test_a_past_that_was_filled_in_tells_since_when_a_line_is_down() -> None:
    """docs/values.md 6: found down at 0; the history that came in later has it down for an hour before."""
    net = Net()
    records = [net.poll(0, DOWN), net.poll(60, DOWN)]
    assert records[-1].view.circuits.since[0] == T0
    net.engine = warmed(records, Edge(circuit_id="s:0", event_time=T0 - 3600, state=State.DOWN, known_at=T0 - 3540))
    assert net.poll(120, DOWN).view.circuits.since[0] == T0 - 3600


def test_since_of_what_is_up_stays() -> None:
    net = Net()
    records = [net.poll(0), net.poll(60, {**UP, "loss": 0.5})]
    net.engine = warmed(records, Edge(circuit_id="s:0", event_time=T0 - 3600, state=State.UP, known_at=T0 - 3540))
    assert net.poll(120, {**UP, "loss": 0.5}).view.circuits.since[0] == T0 + 60


def test_a_failover_that_nothing_is_seen_of_is_remembered() -> None:
    """docs/values.md 9: by which circuit was the last that carried the site."""
    net = Net(circuit("s", "0"), circuit("s", "1", Role.BACKUP), circuit("t", "0"), circuit("t", "1", Role.BACKUP))
    idle = {**UP, "active": 0.0}
    rows = {"s:1": idle, "t:0": UP, "t:1": idle}
    records = [
        net.poll(0, more=rows),
        net.poll(60, DOWN, more={**rows, "s:1": UP}),
        net.poll(120, None, connected=0.0),
    ]
    assert [(f.site_id, f.began) for r in records for f in r.failovers] == [("s", True)]
    assert not records[-1].view.sites.failed_over.any()
    net.engine = warmed(records)
    back = net.poll(180, DOWN, more={"s:1": UP, "t:0": DOWN, "t:1": UP})
    assert [(f.site_id, f.began) for f in back.failovers] == [("t", True)]
    home = net.poll(240, UP, more=rows)
    assert [(f.site_id, f.began, f.circuit_id) for f in home.failovers] == [("s", False, "s:0"), ("t", False, "t:0")]


def test_an_event_is_still_newer_than_an_old_sample() -> None:
    """docs/values.md 3: the cut of second 110 is not undone by what was seen at 105."""
    net = Net()
    records = [net.poll(60), net.poll(120, seen=100, events=((110, False),))]
    net.engine = warmed(records)
    assert net.poll(180, seen=105).view.circuits.state[0] == State.DOWN
    assert net.poll(240, seen=230).view.circuits.state[0] == State.UP


def test_a_gap_that_was_down_all_through_is_folded_anew_by_late_events() -> None:
    """docs/values.md 4: as in an engine that had not stopped."""
    net = Net()
    down = {**DOWN, "last_flapped": T0 + 30}
    records = [net.poll(60, down), net.poll(120, None, connected=0.0), net.poll(300, down)]
    net.engine = warmed(records)
    net.poll(360, down, events=((200, False),))
    assert net.painted() == [(60, 300, "down"), (60, 200, "away"), (200, 300, "down")]
