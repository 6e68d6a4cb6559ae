"""Leniency: one wrong value costs that value, never the page (mist facts 5.6)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noctui.sources.mist.decode import ListCodec, SearchCodec, decode_object
from noctui.sources.mist.errors import Garbled
from noctui.sources.mist.structs import DeviceRow, Interface, PortRow, Provider, SiteRow, TemplateRow, Usage
from tests.sources.mist.rows import gateway, port

PORTS, SEARCHED = ListCodec(PortRow), SearchCodec(PortRow)


def one(body: str | bytes) -> PortRow:
    page = PORTS.decode(body if isinstance(body, bytes) else body.encode())
    assert len(page.rows) == 1
    return page.rows[0]


def test_missing_and_null_are_unknown() -> None:
    row = one('[{"mac": "90ec77710609", "rx_bps": null}]')

    assert (row.mac, row.rx_bps, row.up, row.latency) == ("90ec77710609", None, None, None)


def test_numbers_and_yes_or_no_may_come_as_text() -> None:
    row = one('[{"speed": "1000", "up": "true", "disabled": 0, "rx_bps": 5}]')

    assert (row.speed, row.up, row.disabled, row.rx_bps) == (1000.0, True, False, 5.0)


@pytest.mark.parametrize("bad", ['"fast"', "{}", "[1]", "1e999", "NaN", "true"])
def test_a_wrong_value_costs_that_value_alone(bad: str) -> None:
    page = PORTS.decode(f'[{{"mac":"a","speed":{bad},"up":true}},{{"mac":"b","speed":10}}]'.encode())

    assert [(r.mac, r.up, r.speed) for r in page.rows][1:] == [("b", None, 10.0)]
    first = page.rows[0]
    assert (first.mac, first.up) == ("a", True)
    assert first.speed is None or not 0 < first.speed < 1e300 or bad == "true"
    assert page.dropped == 0


@pytest.mark.parametrize("row", ["null", "5", '"text"', "[]"])
def test_what_is_no_row_is_dropped_and_counted(row: str) -> None:
    page = PORTS.decode(f'[{{"mac":"a"}},{row},{{"mac":"b"}}]'.encode())

    assert [r.mac for r in page.rows] == ["a", "b"]
    assert page.dropped == 1


def test_a_wrong_value_deep_inside_costs_that_value_alone() -> None:
    stats = {"ge-0/0/0.0": {"port_id": "ge-0/0/0", "up": "maybe", "servp_info": {"org": "ISP"}}, "x": None, "y": 3}
    body = json.dumps([gateway(interfaces=stats, cpu_stat="hot")]).encode()

    (row,) = ListCodec(DeviceRow).decode(body).rows

    assert row.if_stat == {"ge-0/0/0.0": Interface(port_id="ge-0/0/0", servp_info=Provider(org="ISP"))}
    assert row.cpu_stat is None
    assert row.model == "SSR130"


def test_a_site_variable_where_a_number_belongs_is_kept_until_the_site_resolves_it() -> None:
    shaping = {"enabled": True, "max_tx_kbps": "{{kbps}}"}
    body = json.dumps([{"id": "t", "port_config": {"ge-0/0/0": {"usage": "wan", "traffic_shaping": shaping}}}]).encode()

    (row,) = ListCodec(TemplateRow).decode(body).rows

    assert row.port_config is not None
    config = row.port_config["ge-0/0/0"]
    assert config.usage == "wan"
    assert config.traffic_shaping is not None
    assert config.traffic_shaping.enabled is True
    assert config.traffic_shaping.max_tx_kbps == "{{kbps}}"


@pytest.mark.parametrize("text", [b'"\\ud800 lone"', b'"\xff\xfe"', b'"\\u0000"'])
def test_text_that_is_no_text_does_not_kill_the_page(text: bytes) -> None:
    page = ListCodec(SiteRow).decode(b'[{"id":"a","name":' + text + b'},{"id":"b"}]')

    assert [r.id for r in page.rows] == ["a", "b"]


@pytest.mark.parametrize("body", [b"", b"[", b'[{"mac": "a"', b"<html>", b'{"detail": "x"}', b"null", b"[" * 5000])
def test_an_answer_of_another_shape_is_an_error(body: bytes) -> None:
    with pytest.raises(Garbled):
        PORTS.decode(body)
    with pytest.raises(Garbled):
        SEARCHED.decode(body)


def test_a_search_tells_its_cursor_and_total() -> None:
    page = SEARCHED.decode(b'{"results": [{"mac":"a"}], "next": "/api/v1/x?y", "total": 12, "limit": 1, "start": 5}')

    assert (page.next, page.total, page.limit, len(page.rows)) == ("/api/v1/x?y", 12, 1, 1)


@pytest.mark.parametrize("bad", ['"many"', "-1", "{}", "1e300", "true"])
def test_an_absurd_total_or_cursor_is_none(bad: str) -> None:
    cursor = '{"a": 1}' if bad == "{}" else "null"
    page = SEARCHED.decode(f'{{"results": [{{"mac":"a"}}], "next": {cursor}, "total": {bad}}}'.encode())

    assert (page.next, len(page.rows)) == ("", 1)
    assert page.total in (None, 1)


def test_an_object_is_as_lenient() -> None:
    assert decode_object(b'{"requests": 5, "request_limit": "soon"}', Usage) == Usage(requests=5.0)
    with pytest.raises(Garbled):
        decode_object(b"[]", Usage)


values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(
    st.lists(
        values
        | st.fixed_dictionaries(
            {"mac": st.just("good")}, optional=dict.fromkeys(sorted(port().keys() - {"mac"}), values)
        )
    )
)
def test_no_row_whatever_it_holds_stops_the_page(rows: list[Any]) -> None:
    body = json.dumps(rows).encode()

    page = PORTS.decode(body)

    assert len(page.rows) + page.dropped == len(rows)
    assert len(page.rows) == sum(isinstance(r, dict) for r in rows)
