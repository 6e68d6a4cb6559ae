"""Any JSON in: no exception, every row kept or counted, and only values inside their ranges out."""

from __future__ import annotations

import contextlib
import json
import unicodedata
from collections.abc import Generator, Mapping
from typing import Any, TypeVar

import msgspec
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from noctui.model.batch import Batch, FeedReport
from noctui.sources.mist.believed import believed, key
from noctui.sources.mist.columns import RANGES, Judge, circuit_batch, gateway_batch, path_batch
from noctui.sources.mist.decode import ListCodec, SearchCodec
from noctui.sources.mist.errors import Garbled
from noctui.sources.mist.feeds import Fetched
from noctui.sources.mist.join import Joiner
from noctui.sources.mist.odd import AHEAD, Odd, settle_times
from noctui.sources.mist.paging import Pages
from noctui.sources.mist.settings import classify
from noctui.sources.mist.statics import statics
from noctui.sources.mist.structs import (
    AlarmRow,
    DeviceRow,
    EventRow,
    InventoryRow,
    PeerRow,
    PortRow,
    Row,
    SiteGroupRow,
    SiteRow,
    SleRow,
    TemplateRow,
)
from tests.examples import some

NOW = 1_763_858_400.0
MANY = settings(max_examples=some(60), deadline=None, suppress_health_check=[HealthCheck.too_slow])
T = TypeVar("T")

numbers = (
    st.floats()
    | st.integers(min_value=-(10**40), max_value=10**40)
    | st.sampled_from([0, -1, 1, 100, 101, 1e13, 1e14, NOW, NOW + AHEAD + 1, NOW * 1000])
)
anything = st.recursive(
    st.none() | st.booleans() | numbers | st.text(max_size=8) | numbers.map(str),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=5,
)


def names_of(kind: type[Row]) -> list[str]:
    return [f.encode_name for f in msgspec.structs.fields(kind)]


def rows_of(kind: type[Row], **fixed: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    """Lists of objects with this row's names and any values, and of things that are no rows."""
    one = st.fixed_dictionaries({}, optional={n: fixed.get(n, anything) for n in names_of(kind)})
    return st.lists(one | anything, max_size=5)


def driven(steps: Generator[None, None, T]) -> T:
    while True:
        try:
            next(steps)
        except StopIteration as end:
            made: T = end.value
            return made


def fetched(rows: list[Any], kind: type[Row]) -> Fetched[Any]:
    pages: Pages[Any] = Pages()
    pages.add(ListCodec(kind).decode(json.dumps(rows).encode()))
    return Fetched(pages, FeedReport("x"))


def in_range(batch: Batch) -> None:
    for name, column in batch.columns.items():
        low, high = RANGES.get(name, (0.0, NOW + AHEAD))
        known = column[~np.isnan(column)]
        assert ((known >= low) & (known <= high)).all(), name
    seen = batch.observed_at[~np.isnan(batch.observed_at)]
    assert ((seen > 0) & (seen <= NOW + AHEAD)).all()


KINDS = (
    AlarmRow, DeviceRow, EventRow, InventoryRow, PeerRow, PortRow, SiteGroupRow, SiteRow, SleRow, TemplateRow,
)  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_every_row_is_kept_or_counted_and_every_odd_page_names_an_example(kind: type[Row]) -> None:
    @MANY
    @given(rows_of(kind))
    def holds(rows: list[Any]) -> None:
        body = json.dumps(rows).encode()
        for page in (
            ListCodec(kind).decode(body),
            SearchCodec(kind).decode(b'{"results": %b, "total": 3, "next": null}' % body),
        ):
            assert len(page.rows) + page.dropped == len(rows)
            assert len(page.rows) == sum(isinstance(r, dict) for r in rows)
            assert page.odd.count >= page.dropped
            assert bool(page.odd.text()) == bool(page.odd.count)
            assert not any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in page.odd.text())
            assert len(page.odd.text()) < 240
            assert all(0 <= at < len(page.rows) for at in page.unfit)

    holds()


@MANY
@given(st.binary(max_size=60))
def test_any_bytes_are_a_page_or_garbled(body: bytes) -> None:
    for codec in (ListCodec(PortRow), SearchCodec(PortRow)):
        with contextlib.suppress(Garbled):  # nothing else may come
            assert all(isinstance(row, PortRow) for row in codec.decode(body).rows)


MACS = st.sampled_from(["90ec77710609", "90ec77000001"]) | anything
PORTS = st.sampled_from(["ge-0/0/0", "ge-0/0/1"]) | anything
TEXT = st.sampled_from(["wan", "s1", "s2"]) | anything


@MANY
@given(
    rows_of(DeviceRow, mac=MACS, site_id=TEXT),
    rows_of(PortRow, mac=MACS, port_id=PORTS, port_usage=TEXT),
    rows_of(PeerRow, mac=MACS, port_id=PORTS),
    st.booleans(),
)
def test_whatever_a_sweep_brings_only_values_that_can_be_come_out(
    devices: list[Any], ports: list[Any], peers: list[Any], twice: bool
) -> None:
    """The whole way from bodies to batches; what is counted is at least what is dropped."""
    joiner = Joiner()
    for _ in range(1 + twice):
        feeds = [fetched(rows, kind) for rows, kind in ((devices, DeviceRow), (ports, PortRow), (peers, PeerRow))]
        gateways, circuits, paths = feeds
        settle_times(gateways.rows, ("last_seen",), NOW, gateways.odd)
        driven(joiner.gateways(gateways.rows, gateways.sure, gateways.odd))
        driven(joiner.ports(circuits.rows, circuits.sure, circuits.odd))
        driven(joiner.peers(paths.rows, paths.sure, paths.odd))
        rows = joiner.joined.port_rows
        in_range(driven(circuit_batch(tuple(rows), rows, dict, joiner.last_seen, True, Judge(circuits.odd, NOW))))
        over = joiner.joined.path_rows
        in_range(driven(path_batch(tuple(over), over, joiner.last_seen, True, Judge(paths.odd, NOW))))
        in_range(gateway_batch(tuple(joiner.stats), joiner.stats, {}, True, Judge(gateways.odd, NOW)))
        assert all(f.counted().odd >= f.pages.dropped for f in feeds)
        for found in joiner.joined.circuits:
            assert found.site_id
            assert 0 <= found.down_bps <= 1e12


@MANY
@given(rows_of(SiteRow, id=TEXT), rows_of(TemplateRow, id=TEXT), rows_of(InventoryRow, mac=MACS))
def test_what_is_known_of_sites_templates_and_stock_outlives_any_answer(
    sites: list[Any], templates: list[Any], stock: list[Any]
) -> None:
    known: Mapping[type[Row], list[Any]] = {
        SiteRow: [SiteRow(id="s1", name="0001 One", timezone="America/Denver")],
        TemplateRow: [TemplateRow(id="s1", name="stores")],
        InventoryRow: [InventoryRow(mac="90ec77710609", model="SSR130", serial="X1")],
    }
    made = {
        kind: believed(fetched(rows, kind), known[kind])
        for kind, rows in ((SiteRow, sites), (TemplateRow, templates), (InventoryRow, stock))
    }
    for rows in made.values():
        assert all(key(row) for row in rows)
    for row in made[SiteRow]:
        if row.id == "s1":
            assert row.name is not None
            assert row.timezone is not None
        if row.latlng is not None:
            assert row.latlng.lat is None or -90 <= row.latlng.lat <= 90
    found = statics(made[SiteRow], [], made[TemplateRow], [], made[InventoryRow], classify)
    assert all(site.name for site in found.sites.values())


def test_an_example_never_grows() -> None:
    odd = Odd()
    odd.add("loss -1", ("x" * 1000, "y" * 1000), 14)
    odd.add("loss -2")
    assert odd.count == 15
    assert odd.text().startswith("15 values cannot be true, e.g. loss -1 of xxx")
    assert len(odd.text()) < 160
