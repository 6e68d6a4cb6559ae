"""Many lost circuits are one incident with its cause; it grows, merges, splits and ends once."""

from __future__ import annotations

import time

import pytest
from msgspec import structs

from noctui.engine.alarms.incidents import Incidents
from noctui.model.alarms import Alarm
from noctui.model.inventory import Inventory
from noctui.model.words import Role, Severity
from tests.engine.alarms.cuts import CARRIERS, T0, Cut, chain, ids, quiet, told, with_hubs
from tests.engine.build import circuit, network


@pytest.fixture(scope="module")
def world() -> Inventory:
    """4 regions × 30 sites × 6 carriers: 720 circuits."""
    return chain()


def test_a_carrier_lost_in_a_region_is_one_incident_with_its_evidence(world: Inventory) -> None:
    cut = Cut(world)
    cut.lose(ids(world, "Lumen", "Mountain")[:26], 20, spread=180)
    cut.lose(ids(world, "Comcast", "Mountain")[:1], 100)
    cut.lose(ids(world, "Zayo", "East")[:1], 100)
    (one,) = cut.poll(240)
    assert (one.alarm_id, one.key, one.type, one.number) == (f"incident/1@{int(T0 + 20)}", "incident/1", "incident", 1)
    assert one.text == "Lumen lost, Mountain"
    assert one.cause == "carrier Lumen in Mountain"
    assert one.evidence == "26 of 30 Lumen circuits in Mountain down; of the other 150 circuits there 1"
    assert (one.carrier, one.region, one.severity, one.opened) == ("Lumen", "Mountain", Severity.DOWN, T0 + 20)
    assert (one.members, one.open_members, one.sites, one.circuit_ids) == (26, 26, 26, ())
    assert cut.members(one) == set(ids(world, "Lumen", "Mountain")[:26])


def test_five_circuits_that_share_nothing_are_none(world: Inventory) -> None:
    cut = Cut(world)
    for n, (carrier, region) in enumerate(zip(CARRIERS, ("East", "West", "South", "Mountain", "East"), strict=False)):
        cut.lose(ids(world, carrier, region)[n : n + 1], n * 30)
    assert cut.poll(240) == []
    assert cut.found.parent == {}


def test_four_circuits_of_one_carrier_are_none_and_the_fifth_makes_them_one(world: Inventory) -> None:
    cut = Cut(world)
    lumen = ids(world, "Lumen", "Mountain")
    cut.lose(lumen[:4], 0)
    assert cut.poll(60) == []
    cut.lose(lumen[4:5], 700)
    assert told(cut.poll(720)) == [(1, "Lumen lost, Mountain", 5)]


def test_circuits_lost_further_apart_than_a_quarter_of_an_hour_are_none(world: Inventory) -> None:
    cut = Cut(world)
    for n, one in enumerate(ids(world, "Lumen", "Mountain")[:8]):
        cut.lose([one], n * 1000)
        assert cut.poll(n * 1000 + 60) == []


def test_a_late_comer_joins_within_a_quarter_of_an_hour_of_the_latest_member(world: Inventory) -> None:
    cut = Cut(world)
    lumen = ids(world, "Lumen", "Mountain")
    cut.lose(lumen[:10], 0)
    cut.poll(60)
    cut.lose(lumen[10:11], 850)
    assert told(cut.poll(900)) == [(1, "Lumen lost, Mountain", 11)]
    cut.lose(lumen[11:12], 1700)
    assert told(cut.poll(1720)) == [(1, "Lumen lost, Mountain", 12)]
    cut.lose(lumen[12:13], 3000)
    assert told(cut.poll(3060)) == [(1, "Lumen lost, Mountain", 12)]


def test_all_carriers_of_a_region_are_the_region(world: Inventory) -> None:
    cut = Cut(world)
    cut.lose(ids(world, region="South")[:171], 0, spread=120)
    (one,) = cut.poll(180)
    assert (one.text, one.cause, one.region, one.carrier) == ("South lost, 6 carriers", "region South", "South", "")
    assert one.evidence == "171 of 180 circuits in South down; of the other 540 circuits none"
    assert one.sites == 29


def test_a_carrier_lost_everywhere_is_the_carrier(world: Inventory) -> None:
    cut = Cut(world)
    cut.lose(ids(world, "Lumen"), 0)
    (one,) = cut.poll(60)
    assert (one.text, one.cause, one.carrier, one.region) == ("Lumen lost", "carrier Lumen", "Lumen", "")
    assert one.evidence == "120 of 120 Lumen circuits down; of the other 600 circuits none"


def test_two_carriers_at_once_are_two(world: Inventory) -> None:
    cut = Cut(world)
    cut.lose(ids(world, "Lumen", "Mountain")[:28], 0)
    cut.lose(ids(world, "Comcast", "Mountain")[:25], 30)
    cut.lose(ids(world, "Zayo", "East")[:20], 40)
    assert told(cut.poll(60)) == [
        (1, "Lumen lost, Mountain", 28), (2, "Comcast lost, Mountain", 25), (3, "Zayo lost, East", 20),
    ]  # fmt: skip


def test_a_gateway_of_many_circuits_is_the_gateway() -> None:
    circuits = [circuit("hub", f"{n}", Role.PRIMARY, f"Carrier {n}", gateway="aa0000000001") for n in range(6)]
    world = chain()
    where = {s.site_id: s.region for s in world.sites} | {"hub": "Mountain"}
    cut = Cut(network([*world.circuits, *circuits], where))
    cut.lose([c.circuit_id for c in circuits], 0, "away")
    (one,) = cut.poll(60)
    assert (one.text, one.cause) == ("gateway aa0000000001 lost", "gateway aa0000000001")
    assert one.evidence == "6 of 6 circuits of gateway aa0000000001 away; of the other 720 circuits none"
    assert (one.gateway_ids, one.site_id, one.region) == (("aa0000000001",), "hub", "Mountain")


def test_circuits_without_a_path_to_one_hub_are_the_hub(world: Inventory) -> None:
    hubs = {c: "hub-den-1" if n % 2 else "hub-atl-1" for n, c in enumerate(ids(world))}
    cut = Cut(with_hubs(world, hubs))
    behind = [c for c, hub in hubs.items() if hub == "hub-den-1"]
    cut.lose(behind[:340], 0, "no_path")
    hub = Alarm(
        alarm_id="hub/hub-den-1@1", key="hub/hub-den-1", source="engine", type="hub", severity=Severity.CRITICAL,
        opened=T0 + 10, changed=T0 + 10, known_at=T0 + 10, hub="hub-den-1",
    )  # fmt: skip
    cut.open[hub.alarm_id] = hub
    (one,) = cut.poll(60)
    assert (one.text, one.cause, one.hub, one.open_members) == ("hub-den-1 lost", "hub hub-den-1", "hub-den-1", 340)
    assert one.evidence == (
        "340 of 360 circuits with a path to hub-den-1 without a path; of the other 360 circuits none"
    )
    assert cut.found.parent[hub.alarm_id] == one.alarm_id


def test_when_nothing_answers_it_is_the_network(world: Inventory) -> None:
    cut = Cut(world)
    cut.lose(ids(world), 0, "away", spread=60)
    (one,) = cut.poll(120)
    assert (one.text, one.cause, one.evidence) == ("no gateway answers", "network", "720 of 720 circuits away")


def test_two_regions_of_one_carrier_merge_and_the_larger_keeps_its_number(world: Inventory) -> None:
    cut = Cut(world)
    cut.lose(ids(world, "Zayo", "South")[:9], 0)
    cut.poll(60)
    cut.lose(ids(world, "Lumen", "West")[:12], 120)
    assert told(cut.poll(180)) == [(1, "Zayo lost, South", 9), (2, "Lumen lost, West", 12)]
    cut.lose(ids(world, "Lumen", "Mountain")[:25], 600)
    assert told(cut.poll(660)) == [(1, "Zayo lost, South", 9), (2, "Lumen lost, Mountain and West", 37)]


def test_an_incident_that_is_swallowed_says_by_which(world: Inventory) -> None:
    """A region falls carrier by carrier: what were two incidents is the region."""
    cut = Cut(world)
    cut.lose(ids(world, "Lumen", "South"), 0)
    cut.lose(ids(world, "Zayo", "South")[:20], 30)
    assert told(cut.poll(60)) == [(1, "Lumen lost, South", 30), (2, "Zayo lost, South", 20)]
    for carrier in ("Comcast", "AT&T", "Spectrum", "Frontier"):
        cut.lose(ids(world, carrier, "South"), 90)
    cut.lose(ids(world, "Zayo", "South")[20:], 90)
    first, second = cut.poll(120)
    assert told([first]) == [(1, "South lost, 6 carriers", 180)]
    assert (second.number, second.cleared, second.merged_into) == (2, T0 + 120, first.alarm_id)
    assert told(cut.poll(180)) == [(1, "South lost, 6 carriers", 180)]


def test_what_looked_like_a_region_is_one_carrier_when_only_that_one_goes_on(world: Inventory) -> None:
    cut = Cut(world)
    cut.lose(ids(world, "Lumen", "South")[:5], 0)
    cut.lose([*ids(world, "Zayo", "South")[:2], *ids(world, "AT&T", "South")[:2]], 0)
    assert told(cut.poll(60)) == [(1, "South lost, 3 carriers", 9)]
    cut.lose(ids(world, "Lumen", "South")[5:], 300)
    (one,) = cut.poll(360)
    assert told([one]) == [(1, "Lumen lost, South", 34)]  # the four others stay while it is open
    assert one.evidence == "30 of 30 Lumen circuits in South down; of the other 150 circuits there 4"


def test_a_region_that_falls_apart_keeps_its_number_for_the_largest_part(world: Inventory) -> None:
    cut = Cut(world)
    for carrier in CARRIERS:
        cut.lose(ids(world, carrier, "South")[:8], 0)
    assert told(cut.poll(60)) == [(1, "South lost, 6 carriers", 48)]
    cut.lose(ids(world, "Lumen", "South")[8:], 300)
    cut.lose(ids(world, "Zayo", "South")[8:29], 301)
    assert told(cut.poll(360)) == [
        (1, "South lost, 4 carriers", 32), (2, "Lumen lost, South", 30), (3, "Zayo lost, South", 29),
    ]  # fmt: skip


def test_recovery_gives_one_end(world: Inventory) -> None:
    cut = Cut(world)
    lumen = ids(world, "Lumen", "Mountain")
    cut.lose(lumen, 0)
    (began,) = cut.poll(60)
    texts = set()
    for n in range(30):
        cut.back(lumen[: n + 1])
        (one,) = cut.poll(120 + n * 20)
        texts.add((one.text, one.evidence, one.members))
    assert texts == {(began.text, began.evidence, 30)}
    assert (one.open_members, one.open) == (0, True)  # it may come back
    assert cut.poll(120 + 29 * 20 + 299)[0].open
    (over,) = cut.poll(120 + 29 * 20 + 300)
    assert (over.cleared, over.number, over.merged_into) == (T0 + 120 + 29 * 20, 1, "")
    assert cut.poll(1200) == []


def test_a_circuit_that_flaps_stays_a_member(world: Inventory) -> None:
    cut = Cut(world)
    lumen = ids(world, "Lumen", "Mountain")
    cut.lose(lumen[:20], 0)
    cut.poll(60)
    cut.back(lumen[:1])
    cut.poll(5000)
    cut.lose(lumen[:1], 5100)
    (one,) = cut.poll(5160)
    assert (one.members, one.open_members) == (20, 20)


def test_nothing_changes_nothing(world: Inventory) -> None:
    cut = Cut(world)
    cut.lose(ids(world, "Lumen", "Mountain"), 0)
    (one,) = cut.poll(60)
    parent = cut.found.parent
    (again,) = cut.poll(120)
    assert again is one
    assert cut.found.parent == parent


def test_a_restart_in_the_middle_keeps_numbers_and_members(world: Inventory) -> None:
    cut = Cut(world)
    lumen, zayo = ids(world, "Lumen", "Mountain"), ids(world, "Zayo", "East")
    cut.lose(lumen[:20], 0)
    cut.lose(zayo[:9], 30)
    cut.poll(60)
    cut.back(lumen[:5])
    before = cut.poll(120)
    stored = [structs.replace(a, parent=cut.found.parent[a.alarm_id], held_by="incident") for a in cut.open.values()]
    cut.open = {a.alarm_id: a for a in stored}
    cut.incidents = Incidents()
    cut.incidents.warm([*stored, *before], highest=8840)
    assert cut.poll(180) == before
    cut.lose(lumen[20:25], 200)
    cut.lose(ids(world, "AT&T", "West")[:9], 200)
    assert told(cut.poll(240)) == [
        (1, "Lumen lost, Mountain", 20),
        (2, "Zayo lost, East", 9),
        (8841, "AT&T lost, West", 9),
    ]
    assert cut.poll(240)[0].members == 25


def test_what_people_did_stays_on_the_record(world: Inventory) -> None:
    cut = Cut(world)
    cut.lose(ids(world, "Lumen", "Mountain")[:20], 0)
    (one,) = cut.poll(60)
    cut.open[one.alarm_id] = structs.replace(one, owner="jmo")
    cut.lose(ids(world, "Lumen", "Mountain")[20:25], 70)
    (grown,) = cut.poll(120)
    assert (grown.owner, grown.members) == ("jmo", 25)


def test_planned_and_unsure_alarms_make_no_incident(world: Inventory) -> None:
    cut = Cut(world)
    cut.lose(ids(world, "Lumen", "Mountain"), 0, held_by="maintenance 17")
    cut.lose(ids(world, "Zayo", "East"), 0, held_by="confirm")
    assert cut.poll(60) == []


def test_a_site_that_is_dark_or_failed_over_goes_with_its_circuits(world: Inventory) -> None:
    cut = Cut(world)
    lumen = ids(world, "Lumen", "Mountain")
    cut.lose(lumen[:20], 0)
    effects = [
        structs.replace(cut.alarm(lumen[0], 10, "dark"), key="site/x/dark", alarm_id="site/x/dark@1"),
        structs.replace(cut.alarm(lumen[1], 90, "failover"), key="site/y/failover", alarm_id="site/y/failover@1"),
        structs.replace(cut.alarm(ids(world, "Zayo", "East")[0], 10, "dark"), key="site/z/dark", alarm_id="site/z@1"),
    ]
    cut.open.update({a.alarm_id: a for a in effects})
    (one,) = cut.poll(120)
    assert [cut.found.parent.get(a.alarm_id, "") for a in effects] == [one.alarm_id, one.alarm_id, ""]
    assert (one.members, one.open_members) == (20, 20)  # circuits, not what they do to sites


def test_circuits_that_hang_on_their_gateway_are_evidence_and_stay_with_it(world: Inventory) -> None:
    cut = Cut(world)
    for n in range(12):
        mine = [c for c in ids(world, region="West") if c.startswith(f"West-{n}:")]
        gateway = structs.replace(
            cut.alarm(mine[0], 0, "away"), key=f"gateway/gw-West-{n}/away", alarm_id=f"gateway/{n}@1", carrier="",
            circuit_ids=tuple(mine), gateway_ids=(f"gw-West-{n}",),
        )  # fmt: skip
        cut.open[gateway.alarm_id] = gateway
        cut.lose(mine, 0, "away", held_by="parent", parent=gateway.alarm_id)
    (one,) = cut.poll(60)
    assert one.text == "West lost, 6 carriers"
    assert one.evidence == "72 of 180 circuits in West away; of the other 540 circuits none"
    assert (one.members, one.sites) == (72, 12)
    assert sorted(cut.found.parent) == sorted(f"gateway/{n}@1" for n in range(12))


def test_levels_of_one_cause_are_an_incident_of_their_own(world: Inventory) -> None:
    cut = Cut(world)
    comcast = ids(world, "Comcast", "Mountain")
    cut.lose(ids(world, "Lumen", "Mountain"), 0)
    cut.poll(60)
    cut.lose(comcast[:6], 300, "utilisation", cause="failover: Lumen down")
    cut.lose(comcast[6:9], 300, "utilisation")
    cut.lose(comcast[9:12], 300, "utilisation", cause="failover: Lumen down", severity=Severity.WARN)
    _, full = cut.poll(360)
    assert (full.number, full.text, full.cause) == (2, "secondaries full after failover", "failover: Lumen down")
    assert (full.open_members, full.severity) == (6, Severity.CRITICAL)
    cut.lose(comcast[12:13], 700, "utilisation", cause="failover: Lumen down")
    assert cut.poll(720)[1].members == 7


def test_a_cut_of_four_hundred_circuits_of_ten_thousand() -> None:
    """One incident of 400 members, cheap while nothing changes, one end."""
    world = chain(417)
    assert len(world.circuits) == 10_008
    cut = Cut(world)
    lumen = ids(world, "Lumen", "Mountain")[:400]
    cut.lose(lumen, 0, spread=200)
    for n, carrier in enumerate(CARRIERS):
        cut.lose(ids(world, carrier, "East")[n : n + 20], -20_000, spread=18_000)
    (one,) = cut.poll(240)
    assert one.evidence == "400 of 417 Lumen circuits in Mountain down; of the other 2,085 circuits there none"
    began = time.process_time()
    for n in range(10):
        assert cut.poll(300 + n * 60) == [one]
    assert (time.process_time() - began) / 10 < 0.025  # under 1 ms on an idle machine
    assert len(cut.members(one)) == 400
    cut.back(lumen)
    cut.poll(960)
    (over,) = cut.poll(1260)
    assert (over.cleared, over.members) == (T0 + 960, 400)


def test_a_circuit_that_left_the_inventory_harms_nothing(world: Inventory) -> None:
    cut = Cut(world)
    cut.lose(ids(world, "Lumen", "Mountain"), 0)
    cut.poll(60)
    smaller = chain(10)
    cut.lose(ids(smaller, "Lumen", "West"), 100)
    cut.view = quiet(smaller)
    assert cut.poll(120)[0].number == 1
