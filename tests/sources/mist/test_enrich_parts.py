"""Parts: what is asked of a site, how long it holds, and that it comes back from the disk as it went."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from noctui.sources.mist.crawl import queue
from noctui.sources.mist.enrich_kept import Item
from noctui.sources.mist.enrich_parts import (
    DAY,
    HOLDS,
    TESTS_HELD,
    Kind,
    Part,
    SpeedTests,
    Told,
    kept,
    newest,
    parts_of,
    refusal,
    unkept,
)
from noctui.sources.mist.structs import DeviceConfigRow, PortConfig, SettingRow, SpeedTestRow, TrafficShaping
from tests.sources.mist.rows import MAC

NOW = 1_763_858_400.0
SITES = {"a": ("m1",), "b": ("m2",), "c": ("m3", "m4"), "d": ("m5",)}
WHOLE = Told(NOW, HOLDS, setting=SettingRow())


def told(**asked: float) -> dict[Part, Told]:
    """Every part of the named sites, asked at these times."""
    return {p: Told(at, HOLDS, setting=SettingRow()) for site, at in asked.items() for p in parts_of(site, SITES[site])}


def order(parts: list[Part]) -> list[str]:
    return list(dict.fromkeys(p.site_id for p in parts))


def test_a_site_is_asked_for_variables_its_gateways_and_their_speed_tests() -> None:
    assert [p.key for p in parts_of("c", SITES["c"])] == ["setting/c", "device/m3@c", "device/m4@c", "tests/c"]


def test_degraded_sites_come_first_then_missing_ones_then_the_oldest() -> None:
    known = told(a=NOW - 40 * DAY, b=NOW - 50 * DAY)
    assert order(queue(SITES, known, (), NOW)) == ["c", "d", "b", "a"]
    assert order(queue(SITES, known, {"a", "d"}, NOW)) == ["d", "a", "c", "b"]


def test_what_still_holds_is_not_asked_however_bad_the_site() -> None:
    known = told(a=NOW, b=NOW - 30 * DAY, c=NOW, d=NOW)
    assert queue(SITES, known, {"a"}, NOW) == []
    del known[Part(Kind.TESTS, "c")]
    assert queue(SITES, known, {"a"}, NOW) == [Part(Kind.TESTS, "c")]


def test_a_new_gateway_of_a_known_site_is_asked_alone() -> None:
    assert queue({"a": ("m1", "m9")}, told(a=NOW), (), NOW) == [Part(Kind.DEVICE, "a", "m9")]


def test_a_refusal_holds_a_day_and_an_answer_a_month() -> None:
    assert not refusal(NOW, "404").due(NOW + DAY - 1)
    assert refusal(NOW, "404").due(NOW + DAY)
    assert not WHOLE.due(NOW + 31 * DAY - 1)
    assert WHOLE.due(NOW + 31 * DAY)
    assert WHOLE.due(NOW + DAY, after=DAY)


def test_an_answer_from_the_future_is_asked_anew() -> None:
    assert WHOLE.due(NOW - DAY)
    assert not WHOLE.due(NOW - 60.0)  # clocks are set right by a little


def test_what_is_kept_comes_back_as_it_was() -> None:
    port = PortConfig(name="Lumen", vlan_id="{{v}}", traffic_shaping=TrafficShaping(True, "{{kbps}}"))
    for part, one in (
        (Part(Kind.SETTING, "s"), Told(NOW, HOLDS, setting=SettingRow({"isp": "L", "n": 5, "on": True}))),
        (Part(Kind.DEVICE, "s", MAC), Told(NOW, HOLDS, device=DeviceConfigRow({"ge-0/0/0": port}))),
        (Part(Kind.TESTS, "s"), Told(NOW, HOLDS, tests=SpeedTests([SpeedTestRow(mac=MAC, rx_mbps=3.0)]))),
        (Part(Kind.DEVICE, "s", MAC), refusal(NOW, "404 Not Found")),
    ):
        assert unkept(kept(part, one)) == (part, one)


@given(st.text(max_size=40), st.binary(max_size=60), st.floats(), st.floats())
def test_whatever_is_in_the_file_does_no_harm(key: str, body: bytes, asked_at: float, ttl: float) -> None:
    for prefix in ("", "setting/", "device/", "tests/"):
        found = unkept(Item(prefix + key, body, asked_at, ttl))
        assert found is None or isinstance(found[1].due(NOW), bool)


def test_of_nightly_tests_the_newest_are_remembered_and_the_newest_good_one() -> None:
    """A month of failures must not hide the last good test; a quiet port is not pushed out by a busy one."""
    bad = [SpeedTestRow(mac=MAC, port_id="a", timestamp=NOW - n * DAY, failed=True) for n in range(30)]
    good = [SpeedTestRow(mac=MAC, port_id="a", timestamp=NOW - (31 + n) * DAY, rx_mbps=10, tx_mbps=5) for n in range(5)]
    quiet = SpeedTestRow(mac=MAC, port_id="b", timestamp=NOW - 80 * DAY, rx_mbps=10, tx_mbps=5)
    assert newest([quiet, *good[::-1], *bad], NOW) == [*bad[:TESTS_HELD], good[0], quiet]
