"""Thresholds of settings, laid out for the circuits of an inventory."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from noctui.model.words import THRESHOLDS, Metric
from noctui.runtime.limits import LimitsKept, limits_of
from noctui.settings import Thresholds
from tests.night_world import POLL, inventory, view


def test_nothing_is_made_while_the_defaults_hold_everywhere() -> None:
    assert limits_of(Thresholds(), inventory()) is None


def test_a_region_has_its_own_and_a_store_type_wins_over_it() -> None:
    net = inventory()
    settings = Thresholds(
        by_region={"Mountain": {Metric.UTILISATION: (50.0, 60.0, 70.0)}},
        by_store_type={"super": {Metric.UTILISATION: (30.0, 40.0, 50.0)}},
    )
    limits = limits_of(settings, net)
    assert limits is not None
    assert limits.shape == (len(net.circuits), len(Metric), 3)
    seen = set()
    for row, site_row in enumerate(net.circuit_site.tolist()):
        site = net.sites[site_row]
        wanted = settings.at(site.store_type, site.region)
        seen.add(wanted[Metric.UTILISATION])
        assert [tuple(three) for three in limits[row].tolist()] == [wanted[m] for m in Metric]
    assert seen == {(30.0, 40.0, 50.0), (50.0, 60.0, 70.0), THRESHOLDS[Metric.UTILISATION]}


def test_the_view_hands_them_out_by_row_and_metric() -> None:
    night = view(POLL)
    assert night.limits_of(0, Metric.LOSS) == (0.1, 0.5, 1.0)
    own = np.broadcast_to(np.array([1.0, 2.0, 3.0]), (len(night.circuits), len(Metric), 3))
    assert replace(night, limits=own).limits_of(0, Metric.LOSS) == (1.0, 2.0, 3.0)


def test_they_are_worked_out_once_for_an_inventory() -> None:
    kept = LimitsKept(Thresholds(default={**THRESHOLDS, Metric.LOSS: (1.0, 2.0, 3.0)}))
    net = inventory()
    assert kept.of(net) is kept.of(net)
