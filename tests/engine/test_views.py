"""A View, once handed out, never changes; and a poll may name its rows in any order."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np

from noctui.engine.engine import Engine
from noctui.model.batch import Batch
from noctui.model.view import View
from tests.reference.strategies import random_story


def columns(view: View) -> dict[str, np.ndarray[tuple[int, ...], np.dtype[np.generic]]]:
    parts = ("circuits", "gateways", "paths", "sites", "regions")
    return {
        f"{part}.{f.name}": getattr(getattr(view, part), f.name) for part in parts for f in fields(getattr(view, part))
    }


def test_views_stay_as_they_were() -> None:
    engine, kept = Engine(), []
    for poll, inventory in random_story(7, circuits=8, polls=60):
        view = engine.apply(poll, inventory).view
        kept.append((view, {name: column.copy() for name, column in columns(view).items()}))
    for view, before in kept:
        for name, column in columns(view).items():
            np.testing.assert_array_equal(column, before[name], err_msg=name)


def shuffled(batch: Batch, rng: np.random.Generator) -> Batch:
    order = rng.permutation(len(batch.ids))
    return replace(
        batch,
        ids=tuple(batch.ids[i] for i in order),
        observed_at=batch.observed_at[order],
        columns={name: column[order] for name, column in batch.columns.items()},
    )


def test_the_order_of_rows_does_not_matter() -> None:
    rng = np.random.default_rng(1)
    one, other = Engine(), Engine()
    for poll, inventory in random_story(3, circuits=9, polls=40):
        batch = poll.circuits
        if batch is not None and len(set(batch.ids)) < len(batch.ids):
            batch = None  # of two rows with one id the last counts: there the order does matter
        mixed = replace(poll, circuits=batch if batch is None else shuffled(batch, rng))
        mine = columns(one.apply(replace(poll, circuits=batch), inventory).view)
        for name, column in columns(other.apply(mixed, inventory).view).items():
            np.testing.assert_array_equal(column, mine[name], err_msg=name)
