"""What an hour adds up to: samples weighted by the seconds they stand for, states read from the painted timeline."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noctui.kpi.hourly import HOUR, MIXED, Samples, average_and_highest, gauges, states, with_utilisation
from noctui.kpi.spans import Spans, spans
from noctui.model.view import F4
from noctui.model.words import State

START = 7200.0
NAN = float("nan")


def one(times: list[float], interval: float = 60.0, sample: list[bool] | None = None) -> list[float]:
    """Seconds of the hour that each sample of one circuit stands for; times count from the hour's begin."""
    at = np.array(times) + START
    own = np.array([sample or [True] * len(times)]).T
    found = spans(at, np.full(len(at), interval), own, START, START + HOUR).seconds[:, 0]
    return [float(s) for s in found]


def stand(times: list[float], rows: int = 1) -> Spans:
    """What samples of circuits that are polled every minute stand for."""
    at = np.array(times) + START
    return spans(at, np.full(len(at), 60.0), np.full((len(at), rows), True), START, START + HOUR)


def samples(of: Spans, **values: F4) -> Samples:
    """Without levels."""
    return Samples(of, values, np.zeros(of.weight.shape, np.uint8), slice(None))


def test_a_sample_is_split_at_the_edges_of_the_hour() -> None:
    """DESIGN 5: a sample at t stands for (t_prev, t]."""
    assert one([-30, 30, 90]) == [0, 30, 60]
    assert one([3540, 3590, 3650]) == [180, 50, 10]


def test_a_sample_stands_for_at_most_three_of_its_intervals() -> None:
    assert one([0, 1000, 1060]) == [0, 180, 60]
    assert one([-1000, 100]) == [0, 100]


def test_a_poll_that_is_no_sample_stands_for_nothing_and_the_next_one_reaches_over_it() -> None:
    assert one([0, 60, 120], sample=[True, False, True]) == [0, 0, 120]


def test_the_average_is_weighted_by_seconds_and_unknown_is_left_out() -> None:
    values = np.array([[10.0], [40.0], [NAN]], np.float32)
    average, highest, known = average_and_highest(values, stand([60, 180, 240]))
    assert average.tolist() == [pytest.approx((60 * 10 + 120 * 40) / 180)]
    assert (highest.tolist(), known.tolist()) == ([40.0], [180.0])


def test_no_data_is_unknown_never_zero() -> None:
    found = gauges(samples(stand([60], 2), loss=np.array([[NAN, 0.0]], np.float32)))
    for figure in ("avg", "max", "p95"):
        assert np.isnan(found[f"loss_{figure}"][0])
        assert found[f"loss_{figure}"][1] == 0.0
    assert found["loss_known"].tolist() == [0.0, 60.0]


def test_utilisation_is_the_higher_of_the_known_directions() -> None:
    rx, tx = np.array([[10, NAN, NAN]], np.float32), np.array([[30, 20, NAN]], np.float32)
    found = gauges(samples(stand([60], 3), **with_utilisation({"rx_pct": rx, "tx_pct": tx})))
    assert found["util_max"].tolist() == pytest.approx([30, 20, NAN], nan_ok=True)


def test_the_p95_of_an_hour_is_of_nearest_rank_over_its_samples() -> None:
    """Numbers c: 60 samples 1..60 give rank 57."""
    values = np.arange(1, 61, dtype=np.float32)[:, None]
    assert gauges(samples(stand([60.0 * i for i in range(1, 61)]), latency=values))["latency_p95"].tolist() == [57.0]


def test_seconds_of_an_hour_with_unknown_time() -> None:
    """numbers f: 40 min up, 10 down, 10 unknown; the down began with a flap."""
    whole = np.array([MIXED, State.UP, State.AWAY, State.DISABLED], np.uint8)
    painted = [
        (0, START - 999, START + 2400, State.UP, True),
        (0, START + 2400, START + 3000, State.DOWN, True),
        (0, START + 3000, START + 9999, State.AWAY, False),
    ]
    found = states(whole, painted, START, START + HOUR)
    assert found["up_seconds"].tolist() == [2400, 3600, 0, 0]
    assert found["down_seconds"].tolist() == [600, 0, 0, 0]
    assert found["unknown_seconds"].tolist() == [600, 0, 3600, 0]
    assert found["disabled_seconds"].tolist() == [0, 0, 0, 3600]
    assert found["flaps"].tolist() == [1, 0, 0, 0]  # the one that began before the hour counts there


@given(
    st.lists(st.tuples(st.integers(-7000, 9000), st.booleans()), min_size=1, max_size=60, unique_by=lambda s: s[0]),
    st.sampled_from([5.0, 60.0, 300.0]),
)
def test_no_second_is_counted_twice(rows: list[tuple[int, bool]], interval: float) -> None:
    rows.sort()
    seconds = one([float(t) for t, _ in rows], interval, [s for _, s in rows])
    assert 0 <= sum(seconds) <= HOUR
    assert all(0 <= s <= 3 * interval for s in seconds)


@given(st.lists(st.integers(-7000, 9000), min_size=1, max_size=40, unique=True))
def test_neighbouring_hours_share_a_sample_without_loss(rows: list[int]) -> None:
    """The seconds of the hour before, this and the next add up to what the samples stand for in all three."""
    at = np.array(sorted(rows), float) + START
    own = np.full((len(at), 1), True)
    every = np.full(len(at), 300.0)
    edges = [START + k * HOUR for k in range(-3, 5)]
    each = [spans(at, every, own, a, b).seconds.sum() for a, b in pairwise(edges)]
    stood = np.minimum(np.diff(at, prepend=-np.inf), 900.0)
    assert sum(each) == pytest.approx(stood.sum())
