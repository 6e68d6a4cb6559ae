"""The engine equals the plain-Python reading of docs/values.md, over stories of networks that hypothesis makes up.

The stories have gaps, nulls, resets, wraps, repeats, new, gone and reordered circuits, gateways that go away and return
with and without evidence, reboots, late events, moved attachments and silent feeds.
"""

from __future__ import annotations

import random

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from noctui.engine.engine import Engine
from noctui.model.view import B1
from tests.engine.compare import same_poll, same_windows
from tests.examples import some
from tests.reference.reference import Reference
from tests.reference.strategies import Story, random_story, small_stories, stories

SLOW = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def hold_equal(story: Story, held_seed: int = 0) -> None:
    """Run both over the story; a third of the stories have circuits in maintenance."""
    engine, reference = Engine(), Reference()
    chance = random.Random(held_seed)
    for poll, inventory in story:
        ids = [c.circuit_id for c in inventory.circuits]
        held = {i for i in ids if held_seed % 3 == 1 and chance.random() < 0.2}
        record = engine.apply(poll, inventory, _mask(ids, held))
        same_poll(record, reference.poll(poll, inventory, held), inventory)
    if story:
        same_windows(engine, reference, story[-1][1])


def _mask(ids: list[str], held: set[str]) -> B1 | None:
    return np.array([i in held for i in ids], np.bool_) if held else None


@settings(SLOW, max_examples=some(60))
@given(stories(), st.integers(0, 1000))
def test_networks(story: Story, held_seed: int) -> None:
    hold_equal(story, held_seed)


@settings(SLOW, max_examples=some(120))
@given(small_stories(), st.integers(0, 1000))
def test_two_circuits_value_by_value(story: Story, held_seed: int) -> None:
    hold_equal(story, held_seed)


def test_long_lives() -> None:
    """Hundreds of polls of a few circuits: what a day forgets and what it keeps."""
    for seed in range(4):
        hold_equal(random_story(seed, circuits=5, polls=250))
