"""Rows of a poll, one dictionary of plain floats each (docs/values.md 1)."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from noctui.model.batch import CIRCUIT_COLUMNS, GATEWAY_COLUMNS, PATH_COLUMNS, Batch

Row = dict[str, float]

NAN = float("nan")
RATES = ("rx_bps", "tx_bps")


def known(value: float) -> bool:
    """Whether it is a number: NaN is unknown."""
    return value == value


def single(value: float) -> float:
    """The value as float32 has it."""
    return float(np.float32(value))


def rows_of(batch: Batch | None, known_ids: Iterable[str]) -> dict[str, Row]:
    """The batch's rows by id, those of `known_ids` alone; the last of two rows with one id; none without a batch."""
    if batch is None:
        return {}
    names = {"circuits": CIRCUIT_COLUMNS, "gateways": GATEWAY_COLUMNS, "paths": PATH_COLUMNS}[batch.feed]
    columns: dict[str, list[float]] = {"observed_at": batch.observed_at.tolist()}
    for name in names:
        column = batch.column(name)
        columns[name] = (column.astype(np.float32) if name in RATES else column).tolist()
    wanted = set(known_ids)
    return {
        row_id: dict(zip(columns, values, strict=True))
        for row_id, values in zip(batch.ids, zip(*columns.values(), strict=True), strict=True)
        if row_id in wanted
    }
