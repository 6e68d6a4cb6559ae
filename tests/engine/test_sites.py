"""Sites and regions folded from circuits (docs/values.md 9)."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noctui.engine.regions import fold_regions
from noctui.engine.sites import fold_sites
from noctui.model.view import TREND_NONE, TREND_OUTAGE, TREND_SLOTS, CircuitTable, column_names
from noctui.model.words import Role, Severity, State
from tests.engine.build import circuit, network, table
from tests.reference.answers import RefCircuit
from tests.reference.sites import site_of

THREE = network(
    [
        circuit("a", "0"),
        circuit("a", "1", Role.SECONDARY),
        circuit("b", "0"),
        circuit("b", "1", Role.SECONDARY),
        circuit("c", "0", Role.BACKUP),
    ],
    {"a": "East", "b": "West", "c": "West"},
    extra_sites=["d"],
)


def test_the_worst_circuit_names_the_site_and_its_oldest_since_counts() -> None:
    """docs/values.md 9: the smallest severity, disabled left out; since the oldest of that severity."""
    inventory = THREE
    circuits = table(
        5,
        severity=[Severity.HIGH, Severity.HIGH, Severity.OK, Severity.DISABLED, Severity.DISABLED],
        state=[State.UP, State.UP, State.UP, State.DISABLED, State.DISABLED],
        since=[500.0, 400.0, 300.0, 200.0, 100.0],
    )
    sites = fold_sites(inventory, circuits)
    assert sites.severity.tolist() == [Severity.HIGH, Severity.OK, Severity.DISABLED, Severity.DISABLED]
    assert sites.since[:3].tolist() == [400.0, 300.0, 100.0]
    assert np.isnan(sites.since[3])  # no circuits: nothing began
    assert not sites.dark.any()
    assert sites.counts[0, Severity.HIGH] == 2


def test_a_site_is_dark_when_all_that_is_not_disabled_is_down_or_away() -> None:
    """docs/values.md 9: dark; since is then the newest since."""
    circuits = table(
        5,
        severity=[Severity.DOWN, Severity.AWAY, Severity.DOWN, Severity.UNKNOWN, Severity.DISABLED],
        state=[State.DOWN, State.AWAY, State.DOWN, State.UNKNOWN, State.DISABLED],
        since=[500.0, 400.0, 300.0, 200.0, 100.0],
    )
    sites = fold_sites(THREE, circuits)
    assert sites.dark.tolist() == [True, False, False, False]  # a site in unknown is not dark
    assert sites.since[0] == 500.0


def test_a_down_inside_maintenance_still_makes_a_site_dark() -> None:
    circuits = table(
        5,
        severity=[Severity.MAINTENANCE, Severity.DOWN, Severity.OK, Severity.OK, Severity.OK],
        state=[State.DOWN, State.DOWN, State.UP, State.UP, State.UP],
    )
    assert fold_sites(THREE, circuits).dark.tolist() == [True, False, False, False]


def test_failed_over_needs_a_primary_that_is_not_active_and_another_that_is() -> None:
    """docs/values.md 9."""
    circuits = table(5, active=[False, True, True, True, True])
    sites = fold_sites(THREE, circuits)
    assert sites.failed_over.tolist() == [True, False, False, False]  # c has no primary at all
    assert sites.carrying.tolist() == [1, 2, 4, -1]


def test_regions_count_circuits_sites_and_name_their_worst() -> None:
    trend = np.full((5, TREND_SLOTS), TREND_NONE)
    trend[2:, -1] = [TREND_OUTAGE, 10, 10]
    circuits = table(
        5,
        severity=[Severity.OK, Severity.OK, Severity.DOWN, Severity.WARN, Severity.DOWN],
        state=[State.UP, State.UP, State.DOWN, State.UP, State.DOWN],
        since=[0.0, 0.0, 300.0, 100.0, 200.0],
        trend=trend,
        bad_quarters=[0, 0, 1 << 11, 0, 1 << 11 | 1 << 10],
    )
    sites = fold_sites(THREE, circuits)
    regions = fold_regions(THREE, circuits, sites)
    assert THREE.regions == ("East", "Mountain", "West")
    assert regions.sites.tolist() == [1, 1, 2]
    assert regions.circuits.tolist() == [2, 0, 3]
    assert regions.dark.tolist() == [0, 0, 1]
    assert regions.worst.tolist() == [-1, -1, 4]  # down the longest; nothing worse than ok in East
    assert regions.bad_pct[0] == 0.0
    assert np.isnan(regions.bad_pct[1])
    assert regions.bad_pct[2] == np.float32(200 / 3)
    assert regions.bad_trend[2, 10:].tolist() == [np.float32(100 / 3), np.float32(200 / 3)]
    assert np.isnan(regions.bad_trend[2, :10]).all()
    assert np.isnan(regions.bad_trend[0]).all()


def test_sites_of_any_size_fold_as_the_plain_rules_say() -> None:
    """None to 20 circuits, three of 300 (a hub), roles and severities at random: `tests.reference.sites`."""
    rng = np.random.default_rng(11)
    sizes = [*range(21), 300, 300, 300]
    members = [(f"s{site}", port) for site, size in enumerate(sizes) for port in range(size)]
    rng.shuffle(members)
    net = network(
        [circuit(site, str(port), Role(int(rng.integers(0, 4)))) for site, port in members],
        extra_sites=[f"s{site}" for site in range(len(sizes))],
    )
    for liveliness in (0.02, 0.5, 0.98):
        count = len(members)
        lost = np.array([net.circuits[i].site_id in ("s3", "s9", "s21") for i in range(count)])
        unheld = np.where(lost, rng.integers(0, 2, count), rng.integers(0, 9, count)).astype(np.uint8)
        unheld[rng.random(count) < 0.2] = Severity.DISABLED
        held = (rng.random(count) < 0.2) & (unheld != Severity.DISABLED)
        told = table(
            count,
            severity=np.where(held, Severity.MAINTENANCE, unheld),
            since=rng.integers(0, 1000, count),
            active=rng.random(count) < liveliness,
        )
        ours = fold_sites(net, told, unheld)
        for row, site in enumerate(net.sites):
            plain = site_of(
                [(i, net.circuits[i], _plain(told, unheld, i)) for i in range(count) if net.circuit_site[i] == row]
            )
            carrying = net.circuits[ours.carrying[row]].circuit_id if ours.carrying[row] >= 0 else None
            found = (ours.severity[row], ours.dark[row], ours.failed_over[row], carrying, ours.counts[row].tolist())
            assert found == (plain.severity, plain.dark, plain.failed_over, plain.carrying, plain.counts), site
            np.testing.assert_equal(ours.since[row], plain.since)


def _plain(told: CircuitTable, unheld: NDArray[np.uint8], row: int) -> RefCircuit:
    named = {field.name for field in fields(RefCircuit)} & set(column_names(CircuitTable))
    columns: dict[str, Any] = {name: getattr(told, name)[row] for name in named}
    columns |= {"severity": Severity(told.severity[row]), "since": float(told.since[row])}
    return RefCircuit(**columns, base=Severity(unheld[row]), raw_levels=0, valid=0)


def test_a_quarter_is_known_when_any_circuit_of_a_large_region_was_seen_in_it() -> None:
    """One of 150 circuits, whichever: the others have no value."""
    net = network([circuit(f"s{i}", "0") for i in range(150)], {f"s{i}": "AB"[i % 2] for i in range(150)})
    for row, quarter in ((0, 3), (63, 0), (64, 11), (149, 7)):
        trend = np.full((150, TREND_SLOTS), TREND_NONE)
        trend[row, quarter] = 5
        circuits = table(150, trend=trend)
        seen = ~np.isnan(fold_regions(net, circuits, fold_sites(net, circuits)).bad_trend)
        assert np.argwhere(seen).tolist() == [[row % 2, quarter]]


def test_an_empty_network_folds_to_empty_tables() -> None:
    inventory = network([])
    sites = fold_sites(inventory, table(0))
    assert len(sites) == 0
    assert len(fold_regions(inventory, table(0), sites)) == 0
