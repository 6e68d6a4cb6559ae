"""The sentence of every screen, as the screens are drawn: Lumen lost Mountain at 02:51, it is 03:14."""

from __future__ import annotations

import numpy as np

from noctui.engine.headline import headline
from noctui.model.headline import Headline
from noctui.model.scene import Status
from noctui.model.view import View
from noctui.model.words import Role, Severity, State
from tests.engine.build import circuit, network, table, view

LOST = 1763866267.0 + 13.0
"""02:51:20 UTC on Nov 23, 2025."""
NOW = LOST + 22 * 60 + 47
"""03:14:07."""


def night(sites: int = 31, dark: int = 3, at: float = NOW) -> View:
    """`sites` Mountain sites lost their primary Lumen; `dark` of them have nothing else; one East site is well."""
    circuits = []
    for n in range(sites):
        circuits.append(circuit(f"{400 + n:04d}", "0"))
        if n >= dark:
            circuits.append(circuit(f"{400 + n:04d}", "1", Role.SECONDARY, "Comcast", down_bps=300e6))
    circuits.append(circuit("0900", "0", carrier="Lumen"))
    inventory = network(circuits, {"0900": "East"})
    lost = np.array([c.role is Role.PRIMARY and c.site_id != "0900" for c in circuits])
    stands_in = np.array([c.role is Role.SECONDARY for c in circuits])
    rx = np.where(stands_in, 50.0, 10.0)
    rx[np.flatnonzero(stands_in)[:6]] = 93.4
    loss = np.where(stands_in & (rx > 90), 0.62, 0.0)
    rows = table(
        len(circuits),
        severity=np.where(lost, Severity.DOWN, np.where(rx > 90, Severity.CRITICAL, Severity.OK)),
        state=np.where(lost, State.DOWN, State.UP),
        since=np.where(lost, LOST + np.arange(len(circuits)) % 7 * 30, NOW - 18 * 60),
        active=~lost,
        active_since=np.where(stands_in, LOST + 24, NOW - 86400.0),
        rx_pct=rx,
        loss=loss,
        levels=np.where(rx > 90, 3 | 2 << 2, 0),
    )
    return view(inventory, rows, at)


def plain(sites: int = 3, **columns: list[float]) -> View:
    circuits = [
        c for n in range(sites) for c in (circuit(f"{n:04d}", "0"), circuit(f"{n:04d}", "1", Role.SECONDARY, "Comcast"))
    ]
    return view(network(circuits), table(len(circuits), **columns), NOW)


def said(found: Headline) -> str:
    return found.text


def test_one_cause_is_told_once_with_its_effect_on_sites() -> None:
    found = headline(night())
    assert said(found) == (
        "Lumen is down at 31 Mountain sites since 02:51 (22m): 28 run on their secondary, 3 are dark."
    )
    assert found.severity == Severity.DOWN
    assert found.since == LOST


def test_clauses_drop_from_the_right_and_the_rest_still_reads() -> None:
    clauses = headline(night()).clauses
    assert "".join(c.text for c in clauses[:2]) == "Lumen is down at 31 Mountain sites since 02:51 (22m)"
    assert "".join(c.text for c in clauses[:1]) == "Lumen is down at 31 Mountain sites"


def test_durations_count_to_now_not_to_the_poll() -> None:
    assert "(23m)" in headline(night(), now=NOW + 30).text


def test_fewer_than_five_circuits_are_counted_instead() -> None:
    found = headline(night(sites=4, dark=1))
    assert said(found) == (
        "4 circuits down, 3 critical; longest 0400 Town, Lumen since 02:51 (22m); 1 site dark, 3 on another circuit."
    )


def test_circuits_lost_hours_apart_are_not_one_cause() -> None:
    network_view = night(sites=6, dark=0)
    lost = network_view.circuits.severity == Severity.DOWN
    network_view.circuits.since[lost] = LOST - np.arange(6) * 3600.0
    assert headline(network_view).text.startswith("6 circuits down, 6 critical; longest ")


def test_unreachable_gateways_are_told_without_a_carrier() -> None:
    inventory = network([circuit(f"{n:04d}", "0", carrier=f"Carrier {n}") for n in range(9)], {"0008": "East"})
    away = np.arange(9) < 8
    rows = table(
        9,
        severity=np.where(away, Severity.AWAY, Severity.OK),
        state=np.where(away, State.AWAY, State.UP),
        since=np.full(9, LOST),
    )
    found = headline(view(inventory, rows, NOW))
    assert said(found) == "8 Mountain sites are unreachable since 02:51 (22m): 8 are dark."
    assert found.severity == Severity.AWAY


def test_one_circuit_down_is_named_with_what_carries_its_site() -> None:
    severity = np.full(6, Severity.OK)
    severity[0] = Severity.DOWN
    state = np.where(severity == Severity.DOWN, State.DOWN, State.UP)
    since = np.full(6, LOST)
    found = headline(
        plain(severity=severity.tolist(), state=state.tolist(), since=since.tolist(), active=[0, 1, 1, 0, 1, 0])
    )
    assert said(found) == "0000 Town, Lumen: down since 02:51 (22m), the site runs on Comcast."


def test_all_well() -> None:
    assert said(headline(plain(240))) == "All 480 circuits known and well."
    held = [Severity.MAINTENANCE] + [Severity.OK] * 5
    assert said(headline(plain(3, severity=list(map(float, held))))) == (
        "All 5 circuits known and well, 1 in maintenance."
    )
    assert headline(view(network([]), table(0), NOW)).text == "No circuit is known yet."


def test_a_region_tells_dark_sites_and_how_full_the_secondaries_are() -> None:
    assert said(headline(night(), region="Mountain")) == (
        "3 sites dark, 28 on their secondary since 02:51; 6 of those secondaries are above 80 %."
    )
    found = headline(night(dark=0), region="Mountain")
    assert found.text.startswith("31 sites run on their secondary since 02:51; 6 of those")
    assert found.sign == "failover"


def test_a_region_that_is_well_says_so() -> None:
    assert said(headline(night(), region="East")) == "The one circuit at 1 site is known and well."
    assert said(headline(plain(), region="Mountain")) == "All 6 circuits at 3 sites known and well."


def test_a_site_that_failed_over() -> None:
    found = headline(night(), site_id="0403")
    began = LOST + 3 * 30
    assert found.since == began
    assert said(found) == (
        "Failed over: Lumen (primary) down 21m17s, traffic on Comcast (secondary), nearly full at 93.4 %."
    )
    assert found.sign == "failover"


def test_a_dark_site() -> None:
    assert said(headline(night(), site_id="0400")) == "Dark: Lumen (primary) down since 02:51 (22m47s)."
    assert headline(night(), site_id="0400").severity == Severity.DOWN


def test_a_site_that_is_well() -> None:
    found = headline(plain(active=[1, 0, 1, 0, 1, 0]), site_id="0001")
    assert said(found) == "All 2 circuits known and well, traffic on Lumen (primary)."


def test_a_circuit_that_carries_its_site_and_runs_full() -> None:
    found = headline(night(), circuit_id="0403:1")
    assert said(found) == (
        "rx 93.4 % of 300M for 18m, carrying the site since Lumen failed at 02:52. Loss 0.62 % is high."
    )
    assert found.severity == Severity.CRITICAL


def test_a_circuit_that_is_down() -> None:
    assert said(headline(night(), circuit_id="0400:0")) == "Down since 02:51 (22m47s), the site is dark."


def test_a_stale_circuit_and_one_never_seen() -> None:
    values = plain(severity=[Severity.UNKNOWN] * 6, state=[State.UNKNOWN] * 6, age=[240, np.nan, 1, 1, 1, 1])
    assert said(headline(values, circuit_id="0000:0")) == (
        "No fresh data since 03:10 (4m): the last values stay, grey."
    )
    assert said(headline(values, circuit_id="0000:1")) == "No data yet."


def test_an_away_circuit() -> None:
    values = plain(severity=[Severity.AWAY] * 6, state=[State.AWAY] * 6, since=[LOST] * 6)
    assert said(headline(values, circuit_id="0000:0")) == (
        "Gateway unreachable since 02:51 (22m47s): nothing is known of this circuit."
    )


def test_a_silent_feed_is_told_on_every_screen() -> None:
    rows = table(6, stale=[1] * 6, age=[240.0] * 6)
    silent = view(plain().inventory, rows, NOW, silent=True)
    for found in (headline(silent), headline(silent, site_id="0001"), headline(silent, region="Mountain")):
        assert found.text == "No circuit has reported since 03:10 (4m): the last states stay, grey."


def test_faults_of_the_data_are_told_first() -> None:
    """SCREENS 8."""
    lost = Status(fault="lost", fault_since=NOW - 252, fault_text="Mist answers 503", retry_at=NOW + 20)
    assert said(headline(night(), status=lost)) == "No new data since 03:09: Mist answers 503. Trying again in 20s."
    resting = Status(fault="resting", retry_at=NOW + 46 * 60)
    assert said(headline(night(), status=resting)) == (
        "All tokens used their hour. Next call 04:00. The screen shows 03:14."
    )
    warm = Status(warm=True)
    assert said(headline(night(), now=NOW + 14 * 60, status=warm)) == "From history, 14m old. First sweep runs."
    loading = Status(fault="loading", pages_done=7, pages_expected=32)
    assert said(headline(night(), status=loading)) == "First sweep: 7 of 32 calls. The screen shows 03:14."
    assert headline(night(), status=Status(fault="partial")).text.startswith("Lumen is down")


def test_unknown_names_fall_back_to_the_network() -> None:
    assert headline(night(), circuit_id="gone").text == headline(night()).text
