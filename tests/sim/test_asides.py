"""What gateways tell besides ports and sessions."""

from __future__ import annotations

from collections import Counter

from noctui.sim import incidents as do
from noctui.sim.asides import all_events, flapping
from noctui.sim.happenings import events
from noctui.sim.mist.const import DEVICE_EVENTS
from tests.sim.worlds import DAY, HOUR, MINUTE, T0, calm, ordinary, site_with, with_only


def kinds(*incidents: do.Incident) -> Counter[str]:
    return Counter(e.type for e in all_events(with_only(*incidents), T0 - HOUR, T0 + 4 * HOUR))


def test_nothing_is_told_where_nothing_happens() -> None:
    assert all_events(calm(), T0 - DAY, T0) == []


def test_a_line_takes_its_paths_peer_tunnel_and_routes_with_it() -> None:
    n = calm().network
    row = next(c for c in range(n.circuits) if n.line[c].wan == "wan1")
    found = kinds(do.cut(T0, T0 + 10 * MINUTE, row))
    assert found["GW_PORT_DOWN"] == found["GW_PORT_UP"] == 1
    assert found["GW_VPN_PATH_DOWN"] == found["GW_VPN_PATH_UP"] == 2  # one to each hub
    for what in ("VPN_PEER", "TUNNEL", "BGP_NEIGHBOR"):
        assert found[f"GW_{what}_DOWN"] == found[f"GW_{what}_UP"] == 1
    short = kinds(do.cut(T0, T0 + 100, row))
    assert short["GW_VPN_PATH_DOWN"] == 2
    assert short["GW_VPN_PEER_DOWN"] == 0


def test_long_silence_loss_and_boots_are_told() -> None:
    site = site_with(calm(), 2)
    row = int(calm().network.site_first[site])
    assert kinds(do.silent(T0, T0 + HOUR, site))["GW_DISCONNECTED_LONG"] == 1
    assert kinds(do.silent(T0, T0 + 5 * MINUTE, site))["GW_DISCONNECTED_LONG"] == 0
    assert kinds(do.lossy(T0, T0 + HOUR, row))["GW_SERVICE_PATH_DOWN"] == 1
    assert kinds(do.reboot(T0, T0 + 5 * MINUTE, site))["GW_CONFIGURED"] == 1


def test_an_ordinary_month_holds_every_kind_there_is() -> None:
    found = {e.type for e in all_events(ordinary(), T0 - 30 * DAY, T0)}
    assert found == {d["key"] for d in DEVICE_EVENTS}


def test_the_plain_ones_are_among_them_and_all_are_in_order() -> None:
    found = all_events(ordinary(), T0 - DAY, T0)
    assert set(events(ordinary(), T0 - DAY, T0)) <= set(found)
    assert [e.timestamp for e in found] == sorted(e.timestamp for e in found)
    assert all(e.known_at >= e.timestamp for e in found)


def test_the_fourth_fall_within_a_while_is_a_flapping_port() -> None:
    assert list(flapping(with_only(do.flap(T0, T0 + 10 * MINUTE, 0, flaps=3)), T0, T0 + HOUR)) == []
    (alarm,) = flapping(with_only(do.flap(T0, T0 + 10 * MINUTE, 0, flaps=5)), T0, T0 + HOUR)
    assert (alarm.type, alarm.circuit) == ("port_flap", 0)
    assert alarm.timestamp == T0 + 3 * 120 + 60
    assert list(flapping(with_only(do.flap(T0, T0 + 10 * HOUR, 0, flaps=5)), T0, T0 + 11 * HOUR)) == []
