"""What the cards and lists of the layouts say, counted again by hand: sites, service levels, alarms, quality, hours."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from noctui.model.cloud import MistAlarm, SleTable
from noctui.model.figures import Figures
from noctui.model.scene import Range
from noctui.model.words import Severity, State
from noctui.runtime.months import months
from noctui.tui.look.numbers import NONE
from noctui.tui.look.signs import Signs
from noctui.tui.panes.alarm_kinds import kinds_of
from noctui.tui.panes.episode_rows import EpisodeRows
from noctui.tui.panes.network_cards import figure_lines, network_figures
from noctui.tui.panes.network_trends import HOURS, lane_lines, lanes_of
from noctui.tui.panes.now_rows import quality_now
from noctui.tui.panes.region_summary import each_text
from noctui.tui.panes.serving import available, available_card, card_lines, sites_of
from noctui.tui.panes.sle_figures import levels_of, offline_sites
from noctui.tui.runs import width_of
from noctui.tui.widgets.column_chart import column_chart
from tests import night
from tests.night_figures import episodes_at, network_at
from tests.night_world import utc

VIEW = night.view()
SIGNS = Signs(False)


# -- sites and availability -------------------------------------------------------------------------------------------


def test_a_site_serves_while_one_circuit_is_up_and_is_dark_when_all_are_down_or_away() -> None:
    """DESIGN 3: a site in unknown is not dark; one that is neither is said to be unknown."""
    inv, state = VIEW.inventory, VIEW.circuits.state
    serving = dark = used = 0
    for rows in inv.site_circuits:
        mine = [State(int(state[i])) for i in rows if state[i] != State.DISABLED]
        used += bool(mine)
        serving += State.UP in mine
        dark += bool(mine) and all(s in (State.DOWN, State.AWAY) for s in mine)
    found = sites_of(VIEW)
    assert (found.total, found.serving, found.dark, found.unknown) == (used, serving, dark, used - serving - dark)
    assert found.dark == 2


def figures(up: list[float], down: list[float], unknown: list[float]) -> Figures:
    rows, gauges = len(up), np.zeros((len(up), 8))
    none, above = np.full(rows, np.nan), np.zeros((rows, 4, 3))
    return Figures(
        Range(0.0, 3600.0), tuple(f"r{i}" for i in range(rows)), np.array(up), np.array(down), np.array(unknown),
        np.zeros(rows), np.zeros(rows, np.int64), none, none, none, none, gauges, gauges, gauges, gauges, above, above,
    )  # fmt: skip


def test_availability_of_all_is_added_up_in_seconds() -> None:
    """numbers.md f: 40 min up, 10 down, 10 unknown are 80.00 % with 83.33 % covered; never the mean of percentages."""
    found = available(figures([2400.0], [600.0], [600.0]))
    assert (round(found.percent, 2), round(found.coverage, 2)) == (80.0, 83.33)
    found = available(figures([3600.0, 0.0], [0.0, 100.0], [0.0, 3500.0]))
    assert found.percent == pytest.approx(100 * 3600 / 3700)


def test_nothing_known_is_a_dash_and_never_100() -> None:
    found = available(figures([0.0], [0.0], [3600.0]))
    assert math.isnan(found.percent)
    card = available_card("available Oct", figures([0.0], [0.0], [3600.0]), "")
    assert (card.value, card.note) == ((NONE, "faint"), "nothing is known")
    assert available_card("available Oct", None, "").value[0] == NONE


def test_coverage_is_said_below_99_5_percent() -> None:
    assert available_card("x", figures([9950.0], [0.0], [50.0]), "").note == ""
    assert available_card("x", figures([9949.0], [0.0], [51.0]), "").note == "cover 99.4 %"


def test_cards_have_places_that_do_not_depend_on_what_they_say() -> None:
    cards = [available_card("a", None, ""), available_card("b", figures([1.0], [0.0], [0.0]), "")]
    for line in card_lines(cards, 40):
        assert width_of(line) == 40


def test_months_are_those_of_the_zone() -> None:
    """23:30 UTC on 31 October is November in Berlin; its last month has the hour of 25 October twice."""
    at = utc(23, 30, day=1) - 86400.0  # 31 October
    this, before = months(at, "Europe/Berlin")
    assert (this.key, before.key) == ("2026-11", "2026-10")
    assert before.seconds == 31 * 86400 + 3600
    assert months(at, "UTC")[0].key == "2026-10"


# -- service levels ---------------------------------------------------------------------------------------------------


def table(values: dict[str, tuple[float, float, float]]) -> SleTable:
    columns = np.array(list(values.values()), np.float32).T
    return SleTable(night.POLL, tuple(values), *columns)


def test_degraded_is_below_90_and_bad_below_70() -> None:
    """S0-UI-11: < 90 % degraded, < 70 % red."""
    ids = [s.site_id for s in VIEW.inventory.sites if s.site_id != "s3837"][:4]
    found = levels_of(
        table(dict(zip(ids, [(90, 1, 1), (89.9, 1, 1), (70, 1, 1), (69.9, 1, np.nan)], strict=True))), VIEW
    )
    gateway, _, application = found.levels
    assert (gateway.sites, gateway.degraded, gateway.bad) == (4, 3, 1)
    assert gateway.mean == pytest.approx((90 + 89.9 + 70 + 69.9) / 4, abs=1e-4)
    assert application.sites == 3


def test_a_site_with_an_offline_gateway_is_left_out_and_counted() -> None:
    """facts/mist.md: it keeps a stale figure."""
    away = [VIEW.inventory.sites[i].site_id for i in np.flatnonzero(offline_sites(VIEW))]
    assert away == ["s3837"]
    found = levels_of(table({"s3837": (10.0, 10.0, 10.0), "s0417": (99.0, 62.0, 97.0)}), VIEW)
    assert found.left_out == 1
    assert [level.sites for level in found.levels] == [1, 1, 1]
    assert found.levels[0].mean == 99.0
    assert found.worst[VIEW.inventory.site_row["s0417"]] == 62.0
    assert math.isnan(found.worst[VIEW.inventory.site_row["s3837"]])


def test_a_site_that_the_network_no_longer_has_counts_for_nothing() -> None:
    found = levels_of(table({"gone": (10.0, 10.0, 10.0)}), VIEW)
    assert [level.sites for level in found.levels] == [0, 0, 0]
    assert all(math.isnan(level.mean) for level in found.levels)


# -- alarms -----------------------------------------------------------------------------------------------------------


def alarm(number: int, kind: str, severity: str, *, resolved: bool = False) -> MistAlarm:
    return MistAlarm(
        alarm_id=str(number), type=kind, severity=severity, opened=100.0 + number, last_seen=200.0, known_at=100.0,
        resolved=150.0 if resolved else None,
    )  # fmt: skip


def test_alarms_are_counted_by_type_and_severity() -> None:
    """S0-UI-05 to 07. A severity that Mist does not know of is counted apart and in the total."""
    told = [
        alarm(1, "gw_port_down", "warn"), alarm(2, "gw_port_down", "critical"), alarm(3, "gateway_down", "critical"),
        alarm(4, "gateway_down", "critical", resolved=True), alarm(5, "gw_port_down", "odd"),
        alarm(6, "info_only", "info"),
    ]  # fmt: skip
    kinds = kinds_of(told)
    assert [k.type for k in kinds] == ["gateway_down", "gw_port_down", "info_only"]
    assert [(k.total, k.open, k.counts[Severity.CRITICAL], k.other) for k in kinds] == [
        (2, 1, 2, 0), (3, 3, 1, 1), (1, 1, 0, 0),
    ]  # fmt: skip
    assert kinds[0].newest == 104.0


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["critical", "warn", "info", "?"])), max_size=30))
def test_no_alarm_is_lost_or_counted_twice(told: list[tuple[str, str]]) -> None:
    kinds = kinds_of([alarm(i, kind, severity) for i, (kind, severity) in enumerate(told)])
    assert sum(k.total for k in kinds) == len(told)
    assert all(sum(k.counts) == k.total for k in kinds)


# -- circuits ---------------------------------------------------------------------------------------------------------


def test_quality_is_the_worst_of_three_against_their_critical_thresholds() -> None:
    """Defaults 1 %, 50 ms, 150 ms: 0.62 % loss beats 11.8 ms jitter and 47.2 ms latency."""
    shares = quality_now(VIEW)
    assert shares[VIEW.inventory.circuit_row[night.HOT]] == pytest.approx(0.62, abs=1e-6)
    t = VIEW.circuits
    dead = replace(t, loss=t.loss * np.nan, jitter=t.jitter * np.nan, latency=t.latency * np.nan)
    assert np.isnan(quality_now(replace(VIEW, circuits=dead))).all()


def test_every_card_of_the_network_counts_the_view() -> None:
    """S0-UI-10."""
    told = {f.label: f.value[0] for f in network_figures(VIEW)}
    t, counts = VIEW.circuits, VIEW.counts()
    util = np.fmax(t.rx_pct, t.tx_pct)
    assert told["circuits up"] == str(int((t.state == State.UP).sum()))
    assert told["down, away"] == str(int(counts[0] + counts[1]))
    assert told["above 80 %"] == str(int((util[np.isfinite(util)] >= 80).sum()))
    assert told["utilisation max"] == f"{np.nanmax(util):.1f} %"
    up, down = int((VIEW.paths.up == 1).sum()), int((VIEW.paths.up == 0).sum())
    assert told["VPN paths down"] == str(down)
    assert float(told["VPN health"].removesuffix(" %")) == math.floor(1000 * up / (up + down)) / 10
    assert told["traffic in"] == "8.66 Gb/s"


def test_a_network_of_which_nothing_is_known_shows_dashes() -> None:
    t = VIEW.circuits
    none = np.full(len(t), np.nan, np.float32)
    view = replace(
        VIEW,
        circuits=replace(t, rx_pct=none, tx_pct=none, rx_bps=none, tx_bps=none),
        paths=replace(VIEW.paths, up=VIEW.paths.up * np.nan),
    )
    told = {f.label: f.value[0] for f in network_figures(view)}
    for name in ("VPN health", "utilisation mean", "utilisation max", "traffic in", "traffic out"):
        assert told[name] == NONE, name


@given(st.integers(1, 24), st.integers(4, 220))
def test_figures_keep_to_their_room(rows: int, wide: int) -> None:
    lines = figure_lines(network_figures(VIEW), rows, wide)
    assert len(lines) == rows
    assert all(width_of(line) <= wide for line in lines)


def test_no_figure_needs_more_cells_than_it_has() -> None:
    """At the size of a whole chain too: 14 cells hold `9,999 of 9,999`."""
    assert all(len(f.value[0]) <= f.cells for f in network_figures(VIEW))


# -- failovers --------------------------------------------------------------------------------------------------------


def test_running_failovers_come_first_the_fullest_of_them_at_the_top() -> None:
    """Whoever runs without its primary and has a full secondary wants an engineer first."""
    range_ = Range(night.POLL - 86400, night.POLL, "24 h")
    known = episodes_at(night.POLL, range_)
    (running,) = [e for e in known if e.ended is None]
    calm = replace(running, site_id="s2437", active=None)  # nothing is known of its circuit
    rows = EpisodeRows(VIEW, (*known, calm), SIGNS)
    order = np.argsort(-rows.sort_values("running"), kind="stable")
    assert [rows.key(int(i)).split()[0] for i in order] == ["s0417", "s2437", "s2511"]


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "0"), (0.004, "<0.1"), (0.1, "0.1"), (2.94, "2.9"), (math.nan, NONE)]
)
def test_a_few_flaps_among_many_circuits_are_not_none(value: float, text: str) -> None:
    assert each_text(value) == text


# -- hours ------------------------------------------------------------------------------------------------------------


def test_an_hour_that_is_missing_is_a_blank_at_its_place() -> None:
    whole = network_at(night.POLL, Range(night.POLL - 86400, night.POLL, "24 h"))
    holed = replace(whole, times=np.delete(whole.times, 5), rx_bps=np.delete(whole.rx_bps, 5))
    before, after = lanes_of(whole, night.POLL)[0].values, lanes_of(holed, night.POLL)[0].values
    assert len(before) == HOURS
    hole = int(np.flatnonzero(np.isnan(after) & ~np.isnan(before))[0])
    rest = np.delete(np.arange(HOURS), hole)
    np.testing.assert_array_equal(before[rest], after[rest])


def test_the_highest_hour_is_told_with_the_hour_that_it_began() -> None:
    """02:00 to 03:00 was the worst: Lumen was lost in it."""
    found = network_at(night.POLL, Range(night.POLL - 86400, night.POLL, "24 h"))
    bad = lanes_of(found, night.POLL)[-1]
    line = lane_lines(bad, night.POLL // 3600 * 3600, 58, 1, SIGNS)[0]
    said = "".join(text for text, _ in line)
    assert said.rstrip().endswith("16.0  max 16.0  02h")


VALUES = arrays.arrays(np.float64, st.integers(0, 30), elements=st.one_of(st.floats(0, 200), st.just(math.nan)))


@given(VALUES, st.integers(1, 60), st.integers(1, 5))
def test_a_chart_has_the_size_that_it_was_asked_for(values: np.ndarray, cells: int, rows: int) -> None:
    chart = column_chart(values.tolist(), cells, rows, 100.0, SIGNS)
    assert len(chart) == rows
    assert all(width_of(line) == cells for line in chart)


@given(st.lists(st.floats(0, 100), min_size=2, max_size=24), st.integers(1, 4))
def test_a_higher_value_never_has_a_lower_column(values: list[float], rows: int) -> None:
    """The newest is last, unknown is blank, zero still stands on the ground."""
    chart = ["".join(text for text, _ in line) for line in column_chart(values, len(values), rows, 100.0, SIGNS)]
    order = " " + "".join(SIGNS.trend) + SIGNS.full_block

    def height(x: int) -> int:
        return sum(order.index(line[x]) for line in chart)

    for x in range(len(values)):
        assert height(x) > 0
        for y in range(len(values)):
            if values[x] > values[y]:
                assert height(x) >= height(y)


def test_a_column_at_its_critical_value_is_red() -> None:
    (line,) = column_chart([10.0, 90.0, math.nan], 3, 1, 100.0, SIGNS, critical=90.0)
    assert [role for text, role in line if text.strip()] == ["graph", "crit"]
    assert "".join(text for text, _ in line)[-1] == " "
