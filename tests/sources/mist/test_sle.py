"""Service levels: percent by site, unknown where Mist says nothing."""

from __future__ import annotations

import numpy as np
from numpy.testing import assert_array_equal

from noctui.sources.mist.decode import SearchCodec
from noctui.sources.mist.sle import sle_table
from noctui.sources.mist.structs import SleRow
from tests.sources.mist.cloud import NOW

BODY = b"""{"results": [
 {"site_id": "b", "application_health": 0.825, "gateway-health": 1, "num_clients": 65, "wan-link-health": 0.9988},
 {"site_id": "a", "application-health": 0.5, "gateway-health": 0},
 {"site_id": "c", "wan-link-health": 1.5, "gateway-health": -1, "application_health": null},
 {"gateway-health": 1}
], "total": 4, "limit": 1000, "page": 1}"""
"""facts: the example of sites-sle, and what else may come."""


def test_both_spellings_and_nothing_for_nothing() -> None:
    table = sle_table(SearchCodec(SleRow).decode(BODY).rows, NOW)

    assert (table.at, table.site_ids) == (NOW, ("a", "b", "c"))
    assert_array_equal(table.gateway_health, np.array([0, 100, np.nan], np.float32))
    assert_array_equal(table.wan_link_health, np.array([np.nan, 99.88, np.nan], np.float32))
    assert_array_equal(table.application_health, np.array([50, 82.5, np.nan], np.float32))


def test_a_wrong_value_costs_itself_alone() -> None:
    body = BODY.replace(b"0.9988", b'"high"')

    table = sle_table(SearchCodec(SleRow).decode(body).rows, NOW)

    assert_array_equal(table.wan_link_health, np.full(3, np.nan, np.float32))
    assert_array_equal(table.application_health, np.array([50, 82.5, np.nan], np.float32))


def test_nobody_is_an_empty_table() -> None:
    assert sle_table([], NOW).gateway_health.shape == (0,)
