"""Rows to columns: unknown is NaN, yes is 1, no is 0."""

from __future__ import annotations

from collections.abc import Generator

import numpy as np
from numpy.testing import assert_array_equal

from noctui.model.batch import CIRCUIT_COLUMNS, GATEWAY_COLUMNS, PATH_COLUMNS, Batch
from noctui.sources.mist.columns import circuit_batch, column, gateway_batch, path_batch, peers_active, stable_ids
from noctui.sources.mist.structs import CpuStat, DeviceRow, MemoryStat, PeerRow, PortRow

NAN = np.nan


def done(steps: Generator[None, None, Batch]) -> Batch:
    while True:
        try:
            next(steps)
        except StopIteration as end:
            made: Batch = end.value
            return made


def circuits(*rows: PortRow, carried: dict[str, float] | None = None, last_seen: float | None = 100.0) -> Batch:
    ids = tuple(str(i) for i in range(len(rows)))
    named = dict(zip(ids, rows, strict=True))
    return done(circuit_batch(ids, named, lambda: carried or {}, lambda _: last_seen, True))


def test_numbers_words_and_nothing() -> None:
    assert_array_equal(column([1.5, True, False, None]), [1.5, 1, 0, NAN])


def test_infinite_and_absurd_numbers_are_unknown() -> None:
    assert_array_equal(
        column([float("inf"), float("nan"), -1e300, 2.0**63, 8515104416.0]), [NAN, NAN, NAN, NAN, 8515104416]
    )


def test_an_empty_row_is_unknown_in_every_column() -> None:
    batch = circuits(PortRow(), last_seen=None)

    assert set(batch.columns) == set(CIRCUIT_COLUMNS)
    assert all(np.isnan(c).all() and c.dtype == np.float64 for c in (*batch.columns.values(), batch.observed_at))


def test_a_circuit_is_as_old_as_its_gateways_last_word() -> None:
    assert_array_equal(circuits(PortRow(up=True)).observed_at, [100])
    assert_array_equal(circuits(PortRow(), last_seen=0.0).observed_at, [NAN])


def test_active_is_the_rows_own_word_else_that_of_its_peer_paths() -> None:
    rows = (PortRow(active=False), PortRow(), PortRow(), PortRow())

    batch = circuits(*rows, carried={"0": 1.0, "1": 1.0, "2": 0.0})

    assert_array_equal(batch.columns["active"], [0, 1, 0, NAN])


def test_a_port_that_never_flapped_has_no_time_of_it() -> None:
    assert_array_equal(circuits(PortRow(last_flapped=0), PortRow(last_flapped=5)).columns["last_flapped"], [NAN, 5])


def test_one_active_peer_path_that_is_up_makes_a_circuit_active() -> None:
    def row(up: bool | None, active: bool | None) -> PeerRow:
        return PeerRow(up=up, is_active=active)

    rows = {"a1": row(False, True), "a2": row(True, True), "b1": row(True, False), "c1": row(True, None)}

    assert peers_active({p: p[0] for p in rows}, rows) == {"a": 1.0, "b": 0.0}


def test_a_path_has_its_own_age_else_its_gateways() -> None:
    rows = {"p": PeerRow(last_seen=50, is_active=True, loss=0.5), "q": PeerRow()}

    batch = done(path_batch(("p", "q"), rows, lambda _: 40.0, False))

    assert set(batch.columns) == set(PATH_COLUMNS)
    assert_array_equal(batch.observed_at, [50, 40])
    assert_array_equal(batch.columns["active"], [1, NAN])
    assert_array_equal(batch.columns["latency"], [NAN, NAN])
    assert (batch.feed, batch.whole) == ("paths", False)


def test_gateways_that_only_the_inventory_knows_are_there_without_an_age() -> None:
    rows = {
        "a": DeviceRow(status="connected", last_seen=9, uptime=5, cpu_stat=CpuStat(idle=86)),
        "b": DeviceRow(status="disconnected", cpu_stat=CpuStat(idle=1, usage=20), memory_stat=MemoryStat(39)),
        "c": DeviceRow(status="upgrading"),
    }

    batch = gateway_batch(("a", "b", "c", "d", "e"), rows, {"a": False, "d": False, "e": None}, True)

    assert set(batch.columns) == set(GATEWAY_COLUMNS)
    assert_array_equal(batch.columns["connected"], [1, 0, NAN, 0, NAN])
    assert_array_equal(batch.columns["cpu"], [14, 20, NAN, NAN, NAN])
    assert_array_equal(batch.columns["memory"], [NAN, 39, NAN, NAN, NAN])
    assert_array_equal(batch.observed_at, [9, NAN, NAN, NAN, NAN])


def test_the_same_ids_are_the_same_tuple() -> None:
    before = stable_ids(["b", "a"], ())

    assert before == ("a", "b")
    assert stable_ids({"a": 1, "b": 2}, before) is before
    assert stable_ids(["a"], before) == ("a",)
