"""What hangs on what, the hold-down after a parent's return, maintenance; nothing hidden without a trace."""

from __future__ import annotations

from noctui.model.words import Level, Metric, Severity
from tests.engine.alarms.watch import T0, Watch, shop

SHOP = ("0417:0", "0417:1")
GATEWAY = "gateway/gw-0417/away"


def test_one_alarm_of_the_gateway_holds_those_of_its_circuits_and_of_its_site() -> None:
    watch = Watch()
    watch.poll(0)
    watch.poll(60, away=SHOP)
    watch.poll(120, away=SHOP)
    assert watch.held() == {
        GATEWAY: "", "circuit/0417:0/away": "parent", "circuit/0417:1/away": "parent", "site/0417/dark": "parent",
    }  # fmt: skip
    gateway = watch.open()[GATEWAY]
    assert (gateway.severity, gateway.text) == (Severity.AWAY, "gateway unreachable, site dark")
    assert gateway.circuit_ids == SHOP
    assert {a.parent for a in watch.open().values() if a.held_by} == {gateway.alarm_id}
    assert [a.key for a in watch.book.alarms.waiting] == [GATEWAY]
    assert watch.book.alarms.held == {"parent": 3}


def test_an_unreachable_gateway_is_seen_twice_before_it_counts() -> None:
    watch = Watch()
    watch.poll(0)
    watch.poll(60, away=SHOP)
    assert watch.held()[GATEWAY] == "confirm"
    watch.poll(120)
    assert watch.newest(GATEWAY).held_by == "confirm"
    assert not watch.book.alarms.waiting


def test_after_the_gateways_return_what_hung_on_it_stays_quiet_for_five_minutes() -> None:
    watch = Watch()
    watch.poll(0, away=SHOP)
    watch.poll(60, away=SHOP)
    watch.poll(120, down=["0417:1"])  # back, and one line is down
    watch.poll(180, down=["0417:1"])  # its alarm clears after two polls
    assert watch.held() == {"circuit/0417:1/down": "parent"}
    parent = watch.open()["circuit/0417:1/down"].parent
    assert parent == watch.newest(GATEWAY).alarm_id
    for minute in range(4, 8):
        watch.poll(60 * minute, down=["0417:1"])
    assert watch.held() == {"circuit/0417:1/down": "parent"}
    watch.poll(480, down=["0417:1"])
    assert watch.held() == {"circuit/0417:1/down": ""}


def test_a_dark_site_speaks_for_its_circuits() -> None:
    watch = Watch()
    watch.poll(0)
    watch.poll(60, down=SHOP)
    assert watch.held() == {
        "site/0417/dark": "", "circuit/0417:0/down": "parent", "circuit/0417:1/down": "parent",
    }  # fmt: skip
    assert watch.open()["site/0417/dark"].text == "dark, all 2 circuits lost"


def test_a_failover_hangs_on_its_lost_primary_and_fills_the_secondary_for_a_cause() -> None:
    watch = Watch()
    watch.poll(0)
    full = {"0417:1": {Metric.UTILISATION: Level.CRITICAL}}
    for minute in (1, 2, 3):
        watch.poll(60 * minute, down=["0417:0"], levels=full, values={"0417:1": {"rx_pct": 93.4, "tx_pct": 1.0}})
    assert watch.held() == {
        "circuit/0417:0/down": "", "site/0417/failover": "parent", "circuit/0417:1/utilisation": "",
    }  # fmt: skip
    assert watch.open()["circuit/0417:1/utilisation"].cause == "failover: Lumen down"
    assert watch.open()["site/0417/failover"].cause == "failover: Lumen down"


def test_a_hub_holds_the_circuits_whose_tunnels_all_lead_to_it() -> None:
    """Six of thirty sites reach hub-den; the first has a tunnel to hub-dfw, too, and keeps it."""
    shops = [c for n in range(30) for c in shop(f"04{n:02d}", "Lumen")]
    hubs = {f"040{n}:0": ["hub-den"] + (["hub-dfw"] if n == 0 else []) for n in range(6)}
    watch = Watch(*shops, hubs=hubs)
    watch.poll(0)
    watch.poll(60, lost_hubs=["hub-den"])
    watch.poll(120, lost_hubs=["hub-den"])
    assert watch.held() == {
        "incident/1": "", "hub/hub-den": "incident", **{f"circuit/040{n}:0/no_path": "parent" for n in range(1, 6)},
    }  # fmt: skip
    hub = watch.open()["hub/hub-den"]
    assert (hub.hub, hub.text) == ("hub-den", "tunnels to this hub down")
    assert {a.parent for a in watch.open().values() if a.type == "no_path"} == {hub.alarm_id}


def test_four_paths_are_no_hub() -> None:
    shops = [c for n in range(4) for c in shop(f"040{n}", "Lumen")]
    watch = Watch(*shops, hubs={f"040{n}:0": ["hub-den"] for n in range(4)})
    watch.poll(0, lost_hubs=["hub-den"])
    watch.poll(60, lost_hubs=["hub-den"])
    assert "hub/hub-den" not in watch.open()
    assert len(watch.open()) == 4


def test_paths_of_lost_circuits_say_nothing_of_their_hub() -> None:
    shops = [c for n in range(6) for c in shop(f"040{n}", "Lumen")]
    watch = Watch(*shops, hubs={f"040{n}:0": ["hub-den"] for n in range(6)})
    lost = [f"040{n}:0" for n in range(5)]
    watch.poll(0, down=lost, lost_hubs=["hub-den"])
    watch.poll(60, down=lost, lost_hubs=["hub-den"])
    assert "hub/hub-den" not in watch.open()


def test_maintenance_holds_by_its_id_while_it_lasts() -> None:
    watch = Watch()
    watch.poll(0)
    watch.poll(60, down=["0417:1"], holds={"0417:1": "CHG-20881"})
    assert watch.held() == {"circuit/0417:1/down": "maintenance CHG-20881"}
    assert watch.book.alarms.held == {"maintenance": 1}
    (freed,) = watch.poll(120, down=["0417:1"]).changed
    assert (freed.held_by, freed.known_at) == ("", T0 + 120)


def test_maintenance_of_one_circuit_does_not_hold_its_dark_site() -> None:
    watch = Watch()
    watch.poll(0)
    watch.poll(60, down=SHOP, holds={"0417:1": "CHG-20881"})
    assert watch.held()["site/0417/dark"] == ""
    watch.poll(120, down=SHOP, holds=dict.fromkeys(SHOP, "CHG-20881"))
    assert watch.held()["site/0417/dark"] == "maintenance CHG-20881"
