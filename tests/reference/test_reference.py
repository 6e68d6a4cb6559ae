"""Worked cases of samples, values, levels, windows and sites (docs/values.md 2 and 5 to 9), computed by hand."""

from __future__ import annotations

import math

import msgspec
import numpy as np
import pytest

from noctui.model.inventory import Attachment
from noctui.model.view import TREND_NONE, TREND_OUTAGE
from noctui.model.words import THRESHOLDS, Metric, QualitySource, Role, Severity, State
from tests.reference.case import CIRCUIT, DISABLED, DOWN, T0, UP, Case
from tests.reference.sampling import counted_rate
from tests.reference.shown import HeldLevel
from tests.reference.windows import Ticks

NAN = math.nan
SAMPLED = 128


def test_a_repeat_is_no_sample() -> None:
    """docs/values.md 2: neither observed_at nor a counter moved, so its other digits mean nothing."""
    case = Case()
    case.poll(0, UP | {"rx_bps": 1e6, "rx_bytes": 10.0}, seen=0)
    told = case.circuit(60, DOWN | {"rx_bps": 2e6, "rx_bytes": 10.0}, seen=0)
    assert (told.state, told.rx_bps, told.valid, told.age) == (State.UP, 1e6, 0, 60)


@pytest.mark.parametrize(
    ("row", "seen", "sampled", "age"),
    [
        ({"rx_bytes": 11.0}, 0.0, True, 0),  # a counter moved: observed at the poll
        ({"tx_bytes": 5.0}, 0.0, False, 60),  # unknown before: no difference
        ({"rx_bytes": NAN}, 0.0, False, 60),
        ({"rx_bytes": 10.0}, 30.0, True, 30),
        ({"rx_bytes": 10.0}, NAN, True, 0),
        ({"rx_bytes": 10.0}, 99.0, True, 0),  # later than the poll
        ({"rx_bytes": 10.0}, -5.0, False, 60),  # the clock went back
    ],
)
def test_what_is_a_sample(row: dict[str, float], seen: float, sampled: bool, age: float) -> None:
    """docs/values.md 2."""
    case = Case()
    case.poll(0, UP | {"rx_bytes": 10.0}, seen=0)
    told = case.circuit(60, UP | row, seen=seen)
    assert (told.valid & SAMPLED > 0, told.age) == (sampled, age)


def test_gateway_values_are_kept_until_replaced() -> None:
    """docs/values.md 2."""
    case = Case()
    case.poll(0, connected=0)
    assert case.circuit(60, connected=None).state == State.AWAY
    assert case.circuit(120, connected=NAN).state == State.UP


def test_of_two_rows_with_one_id_the_last_counts_and_strangers_are_ignored() -> None:
    """docs/values.md 1."""
    from tests.reference.intake import rows_of
    from tests.reference.stories import batch_of

    batch = batch_of("circuits", [("c", 1.0, {"loss": 1.0}), ("x", 1.0, {}), ("c", 2.0, {"rx_bps": 0.1})])
    rows = rows_of(batch, ["c"])
    assert list(rows) == ["c"]
    assert rows["c"]["observed_at"] == 2.0
    assert math.isnan(rows["c"]["loss"])
    assert rows["c"]["rx_bps"] == float(np.float32(0.1))


# Rates (docs/values.md 5)


@pytest.mark.parametrize(
    ("old", "new", "seconds", "link", "uptime", "rate"),
    [
        (4_294_967_000.0, 100.0, 60, 1e9, NAN, 396 * 8 / 60),  # numbers e: the difference modulo 2**32 is 396
        (4_294_967_000.0, 100.0, 60, 0.0, NAN, NAN),  # a wrap that fits no known link
        (1_000_000.0, 500.0, 60, 500e6, NAN, NAN),  # numbers e: 4,293,967,796 bytes in a minute are 572 Mbit/s
        (2.0**32, 100.0, 60, 1e12, NAN, NAN),  # a 64-bit counter does not wrap
        (100.0, 1000.0, 180, 1e9, NAN, 40.0),  # numbers e: +900 after a gap of three polls
        (100.0, 1000.0, 180, 1e9, 179.0, NAN),  # booted since
        (100.0, 1000.0, 180, 1e9, 180.0, 40.0),
        (NAN, 1000.0, 60, 1e9, NAN, NAN),
    ],
)
def test_rates_from_counters(old: float, new: float, seconds: float, link: float, uptime: float, rate: float) -> None:
    """docs/values.md 5 and numbers e."""
    assert counted_rate(new, old, seconds, link, uptime) == pytest.approx(rate, nan_ok=True)


def test_a_wrap_fits_up_to_the_link_speed() -> None:
    """docs/values.md 5: at most the known link speed. 396 bytes in a second are 3168 bit/s."""
    assert counted_rate(100.0, 4_294_967_000.0, 1, 3168.0, NAN) == 3168.0
    assert math.isnan(counted_rate(100.0, 4_294_967_000.0, 1, 3167.0, NAN))


def test_counters_count_when_no_rate_is_reported() -> None:
    """docs/values.md 5: 7.5 MB in 60 s are 1 Mbit/s, 1 % of 100 Mbit/s."""
    case = Case()
    case.poll(0, UP | {"rx_bytes": 0.0, "tx_bytes": 0.0, "tx_bps": 3e6})
    told = case.circuit(60, UP | {"rx_bytes": 7.5e6, "tx_bytes": 7.5e6, "tx_bps": 5e6})
    assert (told.rx_bps, told.rx_pct) == (1e6, 1.0)
    assert (told.tx_bps, told.tx_pct) == (5e6, 10.0)  # as reported


def test_a_moved_circuit_forgets_its_counters_alone() -> None:
    """docs/values.md 10."""
    case = Case()
    case.poll(0, UP | {"rx_bytes": 0.0})
    case.change(attachments=(Attachment(gateway_id="h", port_id="p"),))
    moved = case.circuit(60, UP | {"rx_bytes": 7.5e6})
    assert math.isnan(moved.rx_bps)
    assert case.circuit(120, UP | {"rx_bytes": 15e6}).rx_bps == 1e6
    assert [e[1] for e in case.told()] == ["up"]


def test_rates_that_cannot_be() -> None:
    """docs/values.md 5 and numbers e: above 110 % of the link (1 Gbit/s) is rejected and counted; 110 % is not."""
    case = Case()
    case.poll(0, UP | {"rx_bps": 1.1e9, "tx_bps": -1.0, "tx_bytes": 0.0})
    told = case.poll(60, UP | {"rx_bps": 1.2e9, "tx_bps": -1.0, "tx_bytes": 7.5e6})
    assert told.rejected == 1
    assert math.isnan(told.circuits["c"].tx_bps)  # a negative one is unknown, its counter is not asked
    assert told.circuits["c"].rx_bps == float(np.float32(1.1e9))  # missing now, so the last one for a while


@pytest.mark.parametrize(("bps", "pct", "suspect"), [(110e6, 110.0, False), (111e6, 111.0, True)])
def test_above_the_bandwidth_is_shown_and_suspect(bps: float, pct: float, suspect: bool) -> None:
    """docs/values.md 5: never capped; 110 % itself is not above."""
    told = Case().circuit(0, UP | {"rx_bps": bps})
    assert (told.rx_pct, told.suspect, told.severity) == (pct, suspect, Severity.CRITICAL)


def test_an_unknown_bandwidth_has_no_percentage() -> None:
    """docs/values.md 5: the higher of the known ones."""
    case = Case()
    case.change(down_bps=0.0)
    told = case.circuit(0, UP | {"rx_bps": 100e6, "tx_bps": 40e6})
    assert math.isnan(told.rx_pct)
    assert (told.tx_pct, told.severity) == (80.0, Severity.HIGH)


# Quality (docs/values.md 5)


def test_quality_of_the_port_is_taken_whole() -> None:
    """docs/values.md 5: one of loss, jitter, latency in the row is enough; the peers then say nothing."""
    case = Case(paths=("a",))
    told = case.circuit(0, UP | {"latency": 20.0}, paths={"a": {"up": 1.0, "loss": 1.0}})
    assert (told.quality, told.latency) == (QualitySource.PORT, 20.0)
    assert math.isnan(told.loss)


def test_quality_of_the_peers() -> None:
    """docs/values.md 5: highest loss, medians, lowest mos of the paths that are up."""
    case = Case(paths=("a", "b", "d", "e"))
    paths = {
        "a": {"up": 1.0, "loss": 0.2, "latency": 10.0, "jitter": 1.0, "mos": 4.0},
        "b": {"up": 1.0, "latency": 30.0, "jitter": 2.0, "mos": 3.0},
        "d": {"up": 1.0, "loss": 0.1, "jitter": 9.0},
        "e": {"up": 0.0, "loss": 100.0, "latency": 500.0},
    }
    told = case.circuit(0, UP | {"mos": 1.0}, paths=paths)
    assert told.quality == QualitySource.PEERS
    assert (told.loss, told.latency, told.jitter, told.mos) == (float(np.float32(0.2)), 20.0, 2.0, 3.0)


def test_no_path_is_critical_and_kept_until_rows_say_more() -> None:
    """docs/values.md 5 and 6."""
    case = Case(paths=("a", "b"))
    lost = case.circuit(0, paths={"a": {"up": 0.0}, "b": {}})
    assert (lost.no_path, lost.severity) == (True, Severity.CRITICAL)
    assert case.circuit(60, paths={"a": {}}).no_path
    assert not case.circuit(120, paths={"a": {"up": 0.0}, "b": {"up": 1.0}}).no_path


# Values shown, levels, severity (docs/values.md 6)


def test_values_stay_while_unknown_and_go_while_down() -> None:
    """docs/values.md 6."""
    case = Case()
    case.poll(0, UP | {"loss": 0.5}, seen=0)
    unknown = case.circuit(3600, None)
    assert (unknown.state, unknown.loss, unknown.quality) == (State.UNKNOWN, 0.5, QualitySource.PORT)
    down = case.circuit(3660, DOWN | {"loss": 100.0})
    assert math.isnan(down.loss)
    assert down.quality == QualitySource.NONE
    assert math.isnan(case.circuit(3720, UP).loss)  # what was before the outage is forgotten


def test_values_start_anew_after_away() -> None:
    """docs/values.md 6: the sample of second 0 is still fresh at 120, but away has forgotten it."""
    case = Case()
    case.poll(0, UP | {"loss": 0.5}, seen=0)
    case.poll(60, None, connected=0)
    told = case.circuit(120, None)
    assert told.state == State.UP
    assert math.isnan(told.loss)
    assert told.severity == Severity.OK


def test_a_missing_value_is_kept_for_three_intervals() -> None:
    """docs/values.md 6: value and level alike, 180 s after the poll that had it."""
    case = Case()
    case.poll(0, UP | {"loss": 0.5, "latency": 1.0})
    told = [case.circuit(60 * n, UP | {"latency": 1.0}) for n in (1, 2, 3, 4)]
    assert [c.loss for c in told[:3]] == [0.5] * 3
    assert math.isnan(told[3].loss)
    assert [c.severity for c in told] == [Severity.HIGH] * 3 + [Severity.OK]
    assert [c.valid for c in told] == [SAMPLED | 1 << Metric.LATENCY] * 4


def test_levels_rise_at_once_and_clear_below_five_percent() -> None:
    """docs/values.md 6: latency 50/100/150 clears below 47.5/95/142.5."""
    held = HeldLevel()
    seen = []
    for value in (49.9, 50.0, 150.0, 142.5, 142.4, 95.0, 94.9, 47.5, 47.4, 48.0):
        held.take(value, 0.0, THRESHOLDS[Metric.LATENCY], 0.05)
        seen.append(held.level)
    assert seen == [0, 1, 3, 3, 2, 2, 1, 1, 0, 0]


def test_a_level_that_falls_far_falls_at_once() -> None:
    """docs/values.md 6: from critical to a value that reaches warn's clearing alone."""
    held = HeldLevel(level=3)
    held.take(48.0, 0.0, THRESHOLDS[Metric.LATENCY], 0.05)
    assert held.level == 1


def test_the_level_byte_and_the_raw_one() -> None:
    """docs/values.md 6: 0.475 % loss was high and stays so; raw it is warn."""
    case = Case()
    case.poll(0, UP | {"loss": 0.5, "jitter": 50.0})
    told = case.circuit(60, UP | {"loss": 0.475, "jitter": 50.0})
    assert told.levels == 2 << 2 | 3 << 4
    assert told.raw_levels == 1 << 2 | 3 << 4
    assert told.valid == SAMPLED | 1 << Metric.LOSS | 1 << Metric.JITTER
    assert told.severity == Severity.CRITICAL


def test_levels_are_none_after_an_outage() -> None:
    """docs/values.md 6: the band below a threshold holds a level only while it lasts."""
    case = Case()
    case.poll(0, UP | {"loss": 0.5})
    case.poll(60, DOWN)
    assert case.circuit(120, UP | {"loss": 0.48}).severity == Severity.WARN


def test_since_is_of_the_state_or_of_the_severity() -> None:
    """docs/values.md 6: whole seconds."""
    case = Case()
    assert case.circuit(0.75).since == T0
    assert case.circuit(60.5).since == T0
    assert case.circuit(120.5, UP | {"loss": 1.0}).since == T0 + 120
    assert case.circuit(180, DOWN | {"last_flapped": T0 + 150.9}).since == T0 + 150


def test_active_needs_a_circuit_that_is_up() -> None:
    """docs/values.md 6."""
    case = Case()
    first = case.circuit(0.5)
    assert (first.active, first.active_since) == (True, T0)
    away = case.circuit(60, None, connected=0)
    assert (away.active, away.active_since) == (False, T0 + 60)


def test_a_held_circuit_is_in_maintenance() -> None:
    """docs/values.md 6: while it would be down, away, unknown or up."""
    case = Case()
    assert case.circuit(0, held=["c"]).severity == Severity.MAINTENANCE
    told = case.poll(60, DOWN, held=["c"])
    assert told.circuits["c"].severity == Severity.MAINTENANCE
    assert told.circuits["c"].bad_quarters == 0
    assert told.sites["s"].dark  # docs/values.md 9
    assert case.circuit(120, DISABLED, held=["c"]).severity == Severity.DISABLED


# Windows (docs/values.md 7)


def test_a_sample_stands_for_at_most_three_ticks() -> None:
    """docs/values.md 7: ticks 1; 2 and 3; then a gap of five of which the last three count."""
    ticks = Ticks()
    ticks.stand(3, 1, None)
    ticks.stand(3, 3, 1)
    ticks.stand(2, 8, 3)
    told = ticks.above(10, 1, 60)
    assert told.known == 6 * 60
    assert told.levels == {1: (360, 180), 2: (360, 180), 3: (180, 180)}


def test_windows_end_with_the_poll() -> None:
    """docs/values.md 7: 3 h are 180 ticks; 40 of them critical, 10 below, then the rest leaves."""
    case = Case()
    for minute in range(50):
        case.poll(60 * minute, UP | {"rx_bps": 90e6 if minute < 40 else 0.0})
    told = case.reference.above(3)["c"][Metric.UTILISATION]
    assert (told.known, told.levels[3]) == (3000, (2400, 2400))
    case.poll(60 * 189, UP | {"rx_bps": 90e6})  # the window is ticks 10 to 189
    told = case.reference.above(3)["c"][Metric.UTILISATION]
    assert (told.known, told.levels[3]) == (40 * 60 + 180, (30 * 60 + 180, 1800))
    assert case.reference.above(3)["c"][Metric.LOSS].known == 0


def test_a_run_ends_where_nothing_is_known() -> None:
    """docs/values.md 7: the sample after a down one stands for its own tick alone."""
    case = Case()
    case.poll(0, UP | {"loss": 1.0})
    case.poll(60, UP | {"loss": 1.0})
    case.poll(120, DOWN | {"loss": 1.0})
    case.poll(180, UP | {"loss": 1.0})
    told = case.reference.above(12)["c"][Metric.LOSS]
    assert (told.known, told.levels[1]) == (180, (180, 120))


# Trend, sites, failover (docs/values.md 8 and 9)


def test_the_trend_of_quarter_hours() -> None:
    """docs/values.md 8: the highest, floored and capped; an outage wins; nothing is none."""
    case = Case()
    case.poll(0, UP | {"rx_bps": 79.9e6})
    case.poll(60, UP | {"rx_bps": 20e6})
    case.poll(900, UP | {"rx_bps": 300e6})
    case.poll(1800, UP | {"rx_bps": 10e6})
    case.poll(1860, DOWN)
    told = case.circuit(2700, UP)
    assert told.trend == [TREND_NONE] * 8 + [79, 250, TREND_OUTAGE, TREND_NONE]
    assert told.bad_quarters == 1 << 9 | 1 << 10


def pair() -> Case:
    """A primary `c` and a backup `d`."""
    return Case(CIRCUIT, msgspec.structs.replace(CIRCUIT, circuit_id="d", circuit_no=1, port_id="q", role=Role.BACKUP))


def test_a_site_is_as_bad_as_its_worst_circuit() -> None:
    """docs/values.md 9."""
    case = pair()
    case.poll(0, rows={"c": UP, "d": UP | {"loss": 0.5}})
    told = case.poll(60, rows={"c": UP | {"loss": 0.1}, "d": UP | {"loss": 0.5}}).sites["s"]
    assert (told.severity, told.since, told.dark) == (Severity.HIGH, T0, False)
    assert (told.counts[Severity.HIGH], told.counts[Severity.WARN]) == (1, 1)
    off = case.poll(120, rows={"c": DISABLED, "d": DISABLED}).sites["s"]
    assert (off.severity, off.dark) == (Severity.DISABLED, False)


def test_a_site_is_dark_since_its_last_circuit_went() -> None:
    """docs/values.md 9: disabled ones left out."""
    case = pair()
    case.poll(0, rows={"c": DOWN, "d": UP})
    dark = case.poll(60, rows={"c": DOWN, "d": DOWN}).sites["s"]
    assert (dark.dark, dark.since, dark.severity) == (True, T0 + 60, Severity.DOWN)
    one = case.poll(120, rows={"c": DOWN, "d": DISABLED}).sites["s"]
    assert (one.dark, one.since) == (True, T0)
    silent = case.poll(180, silent=True)
    assert silent.sites["s"].dark


def test_a_failover_begins_and_ends() -> None:
    """docs/values.md 9: not told at the first poll."""
    standby = UP | {"active": 0.0}
    case = pair()
    first = case.poll(0, rows={"c": standby, "d": UP})
    assert first.sites["s"].failed_over
    assert first.failovers == []
    back = case.poll(60, rows={"c": UP, "d": UP})
    assert [(f.began, f.circuit_id, f.event_time) for f in back.failovers] == [(False, "c", T0 + 60)]
    again = case.poll(120, rows={"c": DOWN, "d": UP})
    assert [(f.began, f.circuit_id) for f in again.failovers] == [(True, "d")]
    nobody = case.poll(180, rows={"c": DOWN, "d": standby})
    assert nobody.sites["s"].carrying is None
    assert not nobody.sites["s"].failed_over
