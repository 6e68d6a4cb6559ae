"""Faults of the web dashboard that watched 3,208 sites (predecessors 1.0), each with its right answer here."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
import pytest

from noctui.clock import SystemClock
from noctui.config import load
from noctui.engine.engine import Engine
from noctui.engine.rules import Rules
from noctui.model.words import BandwidthSource, Level, Metric, Role, Severity, State
from noctui.settings import Thresholds
from noctui.sources.mist.budget import TokenBook
from noctui.sources.mist.settings import SiteFacts, classify
from tests.engine.build import circuit
from tests.engine.net import DOWN, T0, UP, Net
from tests.sources.mist.rows import gateway, interface, port, site
from tests.sources.mist.test_join import World
from tests.whole.terminal import ROOT


@pytest.mark.parametrize("words", ["--collect", "--aggregate daily", "--full-cycle", "--test"])
def test_what_cannot_be_done_does_not_claim_success(words: str, tmp_path: Path) -> None:
    """There, `--collect` and its kin logged "complete" and returned 0 without doing anything. Here, without a token and
    a history, they say so in one line and do not return 0."""
    told = subprocess.run(
        [sys.executable, "-m", "noctui", *words.split(), "--data", str(tmp_path / "data")],
        cwd=ROOT, env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)}, capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip
    assert told.returncode not in (0, 3)
    assert told.stderr.count("\n") == 1
    assert told.stderr.startswith("noctui: no ")
    assert "complete" not in told.stdout


def test_there_is_one_scheme_of_circuit_ids() -> None:
    """There, collectors said `device:port` and the dashboard `mac:port`. Here the site and port name it, and a new
    gateway in its place carries it on."""
    world = World()
    before = world.sweep([gateway(0)], [port(0)])
    after = world.sweep([gateway(7, site_id=site(0)["id"])], [port(7, site_id=site(0)["id"])])
    assert list(before) == ["ge-0/0/0"]
    assert "ge-0/0/0" in after


def test_region_is_the_first_group_and_store_type_the_note_when_nothing_better_is_said() -> None:
    """There: region = first of `sitegroup_ids`, store_type = the site's `notes`. Both hold here without a rule."""
    assert classify(SiteFacts("s", "0417", groups=("Mountain", "Pilot"), notes="kiosk")) == ("Mountain", "kiosk")


def test_no_port_is_primary_for_the_digits_in_its_name() -> None:
    """There, any `0` in the port's name made it primary: every Junos port."""
    found = World().sweep(
        [
            gateway(
                interfaces={"ge-0/0/0.0": interface("ge-0/0/0", "wan0"), "ge-0/0/1.0": interface("ge-0/0/1", "wan1")}
            )
        ],
        [port(0, "ge-0/0/0"), port(0, "ge-0/0/1")],
    )
    assert {c.role for c in found.values()} == {Role.UNKNOWN}


def test_a_down_or_disabled_port_is_still_a_circuit() -> None:
    """There, down ports were dropped before circuits were built: a failed primary was not even in the list."""
    found = World().sweep(
        [gateway(interfaces={"ge-0/0/0.0": interface(), "ge-0/0/1.0": interface("ge-0/0/1", "wan1")})],
        [port(0, "ge-0/0/0", up=False), port(0, "ge-0/0/1", up=False, disabled=True)],
    )
    assert set(found) == {"ge-0/0/0", "ge-0/0/1"}


def test_a_lost_primary_fails_the_site_over() -> None:
    """There, the site then had no primary, and the failover card stayed 0."""
    net = Net(circuit("s", "0"), circuit("s", "1", Role.SECONDARY, "Comcast", no=1))
    net.poll(0, UP, more={"s:1": {"up": 1.0, "active": 0.0}})
    view = net.poll(60, DOWN, more={"s:1": {"up": 1.0, "active": 1.0}}).view
    assert view.sites.failed_over.tolist() == [True]
    assert view.circuits.severity[0] == Severity.DOWN


def test_utilisation_is_of_the_time_between_two_counters() -> None:
    """There, all bytes ever counted were divided by one second of bandwidth, and cut at 100: nearly always 100 %.

    75,000,000 bytes in 60 s are 10 Mb/s, of 100 Mb/s 10 %."""
    net = Net(circuit("s", "0", link_bps=1e9))
    net.poll(0, {**UP, "rx_bytes": 9e12, "tx_bytes": 5e12})
    view = net.poll(60, {**UP, "rx_bytes": 9e12 + 75e6, "tx_bytes": 5e12}).view
    assert view.circuits.rx_pct[0] == np.float32(10.0)
    assert view.circuits.tx_pct[0] == 0.0


def test_the_higher_direction_counts_each_by_its_own_bandwidth() -> None:
    """There, `max(rx, tx) / speed`: an upload of 9 Mb/s on a 100/10 line was 9 %, not 90 %."""
    net = Net(circuit("s", "0", down_bps=100e6, up_bps=10e6))
    record = net.poll(0, {**UP, "rx_bps": 20e6, "tx_bps": 9e6})
    assert record.view.circuits.tx_pct[0] == np.float32(90.0)
    assert record.view.circuits.severity[0] == Severity.CRITICAL


def test_above_100_percent_is_shown_as_it_is() -> None:
    """There, utilisation was cut at 100, which hides bursts and wrong bandwidths alike."""
    view = Net(circuit("s", "0", link_bps=1e9)).poll(0, {**UP, "rx_bps": 102.6e6}).view
    assert view.circuits.rx_pct[0] == np.float32(102.6)
    assert not view.circuits.suspect[0]
    assert Net(circuit("s", "0", link_bps=1e9)).poll(0, {**UP, "rx_bps": 111e6}).view.circuits.suspect[0]


def test_a_missing_speed_is_unknown_and_not_1000_megabit() -> None:
    (found,) = World().sweep([gateway()], [port(0, speed=None)]).values()
    assert (found.link_bps, found.down_bps, found.bandwidth_source) == (0.0, 0.0, BandwidthSource.NONE)
    view = Net(circuit("s", "0", down_bps=0.0, up_bps=0.0)).poll(0, {**UP, "rx_bps": 5e6}).view
    assert np.isnan(view.circuits.rx_pct[0])


def test_availability_without_data_is_unknown_and_not_100_percent() -> None:
    view = Net().poll(0, None).view
    assert np.isnan(view.circuits.avail_24h[0])
    assert view.circuits.state[0] == State.UNKNOWN


def test_time_before_the_first_change_counts_and_seconds_are_not_cut_to_minutes() -> None:
    """There, what lay before the first transition was dropped, and 30 min + 29 min 59 s made 59 minutes.

    An hour's polls up, down at 59 min 30.5 s: after 61 minutes 3570.5 s are up of 3660."""
    net = Net()
    for t in range(0, 3541, 60):
        net.poll(t)
    cut = {**DOWN, "last_flapped": T0 + 3570.5}
    net.poll(3600, cut)
    view = net.poll(3660, cut).view
    assert view.circuits.avail_24h[0] == pytest.approx(100 * 3570.5 / 3660, abs=1e-4)


def test_the_first_change_is_a_flap() -> None:
    """There it was not counted."""
    net = Net()
    net.poll(0)
    assert net.poll(60, DOWN).view.circuits.flaps_24h[0] == 1


def test_a_port_is_matched_whole() -> None:
    """There `ge-0/0/1` matched `ge-0/0/10` too, so one's outage was also the other's."""
    net = Net(circuit("s", "ge-0/0/1"), circuit("s", "ge-0/0/10", Role.SECONDARY, no=1))
    rows = {"s:ge-0/0/1": UP, "s:ge-0/0/10": UP}
    net.poll(0, None, more=rows)
    view = net.poll(60, None, more={**rows, "s:ge-0/0/10": DOWN}).view
    assert view.circuits.state.tolist() == [State.UP, State.DOWN]


def test_a_gap_ends_a_continuous_run() -> None:
    """There, two breaches with nothing known between them made one long run."""
    net = Net(circuit("s", "0", link_bps=1e9))
    hot = {**UP, "rx_bps": 95e6}
    for t in range(0, 301, 60):
        net.poll(t, hot)
    for t in range(360, 901, 60):
        net.poll(t, None)
    for t in range(960, 1141, 60):
        net.poll(t, hot)
    above = net.engine.above(3)
    total = above.total[0, Metric.UTILISATION, Level.CRITICAL - 1]
    longest = above.longest[0, Metric.UTILISATION, Level.CRITICAL - 1]
    assert longest < total < 1140


@pytest.mark.parametrize(
    ("metric", "value", "severity"),
    [
        ("jitter", 10.0, Severity.WARN), ("jitter", 30.0, Severity.HIGH), ("jitter", 50.0, Severity.CRITICAL),
        ("latency", 50.0, Severity.WARN), ("latency", 100.0, Severity.HIGH), ("latency", 150.0, Severity.CRITICAL),
        ("loss", 0.1, Severity.WARN), ("loss", 0.5, Severity.HIGH), ("loss", 1.0, Severity.CRITICAL),
        ("loss", 0.0999, Severity.OK), ("jitter", 9.99, Severity.OK),
    ],
)  # fmt: skip
def test_every_metric_that_breaches_is_as_loud_as_its_level(metric: str, value: float, severity: Severity) -> None:
    """There, jitter, latency and loss below critical added a message and left the severity INFO: never listed."""
    view = Net(circuit("s", "0", link_bps=1e9)).poll(0, {**UP, "rx_bps": 1e6, "loss": 0.0, metric: value}).view
    assert view.circuits.severity[0] == severity


def test_thresholds_of_the_environment_are_those_that_count(tmp_path: Path) -> None:
    """There, LOSS_, JITTER_ and LATENCY_THRESHOLD_* were read and then ignored."""
    names = {"LATENCY_THRESHOLD_WARN": "20", "LATENCY_THRESHOLD_HIGH": "30", "LATENCY_THRESHOLD_CRITICAL": "40"}
    settings = load({}, {"HOME": str(tmp_path), **names}).settings
    engine = Engine(Rules(settings.thresholds.at))
    assert Net(engine=engine).poll(0, {**UP, "latency": 35.0}).view.circuits.severity[0] == Severity.HIGH


def test_overrides_load_and_the_store_type_beats_the_region() -> None:
    """There, overrides had no source that could be loaded."""
    limits = Thresholds(
        by_region={"Mountain": {Metric.LATENCY: (70, 120, 170)}},
        by_store_type={"kiosk": {Metric.LATENCY: (90, 140, 190)}},
    )
    for store_type, severity in (("", Severity.WARN), ("kiosk", Severity.OK)):
        net = Net(engine=Engine(Rules(limits.at)))
        sites = tuple(msgspec.structs.replace(s, store_type=store_type) for s in net.inventory.sites)
        net.inventory = type(net.inventory)(
            org_id="org", sites=sites, gateways=net.inventory.gateways, circuits=net.inventory.circuits
        )
        assert net.poll(0, {**UP, "latency": 80.0}).view.circuits.severity[0] == severity


@pytest.fixture(params=["Asia/Kolkata", "Asia/Kathmandu", "America/New_York"])
def zone(request: pytest.FixtureRequest) -> Iterator[str]:
    before = os.environ.get("TZ")
    os.environ["TZ"] = request.param
    time.tzset()
    yield request.param
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    time.tzset()


def test_a_spent_token_rests_until_the_full_hour_in_every_zone(zone: str) -> None:
    """There, the top of the hour was that of the naive local time: half an hour wrong in zones of :30 and :45."""
    clock = SystemClock()
    book = TokenBook(("token-one",), clock)
    book.rest(book.tokens[0], 0.0)
    assert book.resting_until % 3600 == 0
    assert 0 < book.resting_until - clock.now() <= 3600


def test_one_spent_token_does_not_stop_the_others() -> None:
    """There, one 429 stopped all calls until the top of the hour."""
    book = TokenBook(("token-one", "token-two"), SystemClock())
    book.rest(book.tokens[0], 0.0)
    assert book.pick() is book.tokens[1]
