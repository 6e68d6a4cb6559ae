"""Who is who: a circuit is known by where it stands, is carried on by the surest sign, and never shares its id."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from noctui.model.batch import Discovery, Found
from noctui.model.identity import Place, Ruling, Rulings, identify, place_of_circuit
from noctui.model.inventory import Attachment, Gateway, Inventory, Site
from noctui.model.reconcile import reconcile
from noctui.runtime import renaming, rulings
from tests.examples import some

SITE = "s1"


def found(port: str, mac: str, circuit_id: str = "", wan: str = "") -> Found:
    return Found(circuit_id=circuit_id or f"{SITE}:{port}", site_id=SITE, gateway_id=mac, port_id=port, wan_name=wan)


def seen(*circuits: Found, whole: bool = True, stand: tuple[str, ...] = ()) -> Discovery:
    """`stand`: gateways of the site that have no circuit row."""
    macs = sorted({c.gateway_id for c in circuits} | set(stand))
    return Discovery(
        org_id="org",
        org_name="Acme",
        sites=(Site(site_id=SITE, name="0417 Grand Junction CO"),),
        gateways=tuple(Gateway(gateway_id=m, site_id=SITE) for m in macs),
        circuits=circuits,
        paths=(),
        whole=whole,
    )


@dataclass
class Life:
    """A leader's inventory from poll to poll, as the intake keeps it."""

    numbers: dict[str, int] = field(default_factory=dict)
    inventory: Inventory | None = None
    at: float = 1000.0
    ruled: list[Ruling] = field(default_factory=list)

    def number(self, kind: str, circuit_id: str) -> int:
        return self.numbers.setdefault(circuit_id, len(self.numbers))

    def poll(
        self,
        discovery: Discovery,
        hints: dict[Place, str] | None = None,
        keep: bool = True,
        remembered: frozenset[str] = frozenset(),
    ) -> Inventory:
        self.at += 60.0
        told = Rulings(self.ruled)
        names = identify(self.inventory, discovery, told, lambda: hints or {}, self.numbers.__contains__, remembered)
        kept = frozenset(c.circuit_id for c in self.inventory.circuits) if self.inventory and keep else frozenset()
        named = renaming.discovery(names, discovery)
        self.inventory, _ = reconcile(self.inventory, named, self.at, self.number, kept, told.attachments())
        return self.inventory

    def where(self) -> dict[str, tuple[str, str]]:
        """Circuit id → gateway and port now."""
        assert self.inventory is not None
        return {c.circuit_id: place[1:] for c in self.inventory.circuits if (place := place_of_circuit(c)) is not None}

    def separate(self, circuit_id: str) -> Ruling:
        assert self.inventory is not None
        told = rulings.separate(self.inventory, Rulings(self.ruled), circuit_id, self.at, self.numbers.__contains__)
        self.ruled.append(told)
        return told

    def join(self, circuit_id: str, onto: str = "") -> Ruling:
        assert self.inventory is not None
        told = rulings.join(self.inventory, Rulings(self.ruled), circuit_id, onto, self.at, self.numbers.__contains__)
        self.ruled.append(told)
        return told


def test_a_replacement_at_the_same_port_carries_the_circuit_on() -> None:
    life = Life()
    life.poll(seen(found("p0", "aa"), found("p1", "aa")))
    life.poll(seen(found("p0", "bb"), found("p1", "bb")))
    assert life.where() == {"s1:p0": ("bb", "p0"), "s1:p1": ("bb", "p1")}


def test_a_replacement_of_another_model_is_known_by_its_wan_names() -> None:
    """Ports are shuffled: the name of the WAN says more than the number of the port."""
    life = Life()
    life.poll(seen(found("p0", "aa", wan="wan0"), found("p1", "aa", wan="wan1")))
    life.poll(seen(found("p1", "bb", wan="WAN0"), found("p2", "bb", wan="wan1")))
    assert life.where() == {"s1:p0": ("bb", "p1"), "s1:p1": ("bb", "p2")}
    life.poll(seen(found("p1", "bb", wan="wan0"), found("p2", "bb", wan="wan1"), found("p0", "bb", wan="wan2")))
    assert life.where()["s1:p0@2"] == ("bb", "p0")  # p0's id belongs to the line that stands at p1 now


def test_the_inventory_file_says_it_by_the_carriers_circuit_id() -> None:
    life = Life()
    life.poll(seen(found("p0", "aa", wan="wan0")))
    assert life.inventory is not None
    known = life.inventory.circuits[0]
    told = Discovery(
        "org", "Acme", life.inventory.sites, life.inventory.gateways,
        (Found(circuit_id=known.circuit_id, site_id=SITE, gateway_id="aa", port_id="p0", carrier_circuit_id="KQ/1"),),
        (),
    )  # fmt: skip
    life.poll(told)
    life.poll(seen(found("lte0", "bb", wan="modem")), {(SITE, "bb", "lte0"): "KQ/1"})
    assert life.where() == {"s1:p0": ("bb", "lte0")}


def test_a_second_gateway_keeps_its_id_when_the_first_goes_and_when_a_lower_mac_comes() -> None:
    life = Life()
    life.poll(seen(found("p0", "bb"), found("p0", "cc", "s1:p0@2")))
    life.poll(seen(found("p0", "cc"), stand=("bb",)))
    assert life.where() == {"s1:p0": ("bb", "p0"), "s1:p0@2": ("cc", "p0")}
    life.poll(seen(found("p0", "aa"), found("p0", "cc", "s1:p0@2")))
    assert life.where() == {"s1:p0": ("aa", "p0"), "s1:p0@2": ("cc", "p0")}


def test_nothing_is_concluded_from_a_lost_page_while_the_gateway_stands() -> None:
    life = Life()
    life.poll(seen(found("p0", "bb")))
    life.poll(seen(found("p0", "aa"), whole=False, stand=("bb",)))
    assert life.where() == {"s1:p0": ("bb", "p0")}
    life.poll(seen(found("p0", "aa"), found("p0", "bb", "s1:p0@2")))
    assert life.where() == {"s1:p0": ("bb", "p0"), "s1:p0@2": ("aa", "p0")}


def test_a_replaced_gateway_that_is_still_listed_does_not_pass_for_a_second_line() -> None:
    """Mist lists it for minutes after the new one speaks, but it has no row any more."""
    life = Life()
    life.poll(seen(found("p0", "bb")))
    both = seen(found("p0", "aa"), found("p0", "bb", "s1:p0@2"))
    life.poll(both, remembered=frozenset({"s1:p0@2"}))
    assert life.where() == {"s1:p0": ("aa", "p0")}
    life.poll(both, remembered=frozenset({"s1:p0@2"}))
    life.poll(seen(found("p0", "aa")))
    assert life.where() == {"s1:p0": ("aa", "p0")}


def test_a_row_on_a_lost_page_is_not_taken_over_and_a_silent_gateway_stands() -> None:
    life = Life()
    life.poll(seen(found("p0", "bb")))
    both = (found("p0", "aa"), found("p0", "bb", "s1:p0@2"))
    life.poll(seen(*both, whole=False), remembered=frozenset({"s1:p0@2"}))
    assert life.where() == {"s1:p0": ("bb", "p0")}
    life.poll(seen(found("p0", "bb")), remembered=frozenset({"s1:p0"}))
    assert life.where() == {"s1:p0": ("bb", "p0")}
    life.poll(seen(*both))
    assert life.where() == {"s1:p0": ("bb", "p0"), "s1:p0@2": ("aa", "p0")}


def test_a_separated_circuit_ends_and_joining_brings_it_back_with_all_it_was_attached_to() -> None:
    life = Life()
    life.poll(seen(found("p0", "aa")))
    life.poll(seen(found("p0", "bb")))
    life.poll(seen(found("p0", "bb")))
    told = life.separate("s1:p0")
    assert told.becomes == "s1:p0@2"
    after = life.poll(seen(found("p0", "bb")))
    assert life.where() == {"s1:p0@2": ("bb", "p0")}
    assert [a.since for a in after.circuits[0].attachments] == [after.event_time]
    life.poll(seen(found("p0", "bb")))
    assert life.where() == {"s1:p0@2": ("bb", "p0")}
    life.join("s1:p0@2")
    back = life.poll(seen(found("p0", "bb"))).circuits[0]
    assert back.circuit_id == "s1:p0"
    assert back.circuit_no == 0
    assert [(a.gateway_id, a.until is None) for a in back.attachments] == [("aa", False), ("bb", False), ("bb", True)]
    assert life.separate("s1:p0").becomes == "s1:p0@3"  # an id is given once


def test_a_ruling_is_kept_in_mind_when_all_else_is_forgotten() -> None:
    life = Life()
    life.poll(seen(found("p0", "aa")))
    life.poll(seen(found("p0", "bb")))
    life.separate("s1:p0")
    life.poll(seen(found("p0", "bb")))
    life.poll(seen(), keep=False)
    assert life.where() == {}
    life.poll(seen(found("p0", "cc")))
    assert life.where() == {"s1:p0@2": ("cc", "p0")}  # whoever comes after bb carries on what bb had


MACS, PORTS, WANS = ("aa", "bb", "cc"), ("p0", "p1"), ("", "wan0", "wan1")
PLACES = st.dictionaries(st.tuples(st.sampled_from(MACS), st.sampled_from(PORTS)), st.sampled_from(WANS), max_size=5)
STEP = st.tuples(
    PLACES,
    st.booleans(),  # whole
    st.sets(st.sampled_from(MACS)),  # stand without a row
    st.dictionaries(st.tuples(st.sampled_from(MACS), st.sampled_from(PORTS)), st.sampled_from(("X", "Y")), max_size=2),
    st.booleans(),  # what was not seen is kept
    st.sampled_from(("", "", "separate", "join", "onto")),
    st.integers(0, 3),
    st.sets(st.sampled_from([(m, p) for m in MACS for p in PORTS]), max_size=2),  # without a row in this sweep
)


def as_the_source_names_them(places: dict[tuple[str, str], str]) -> tuple[Found, ...]:
    """By port, the second gateway by mac as `@2`: it remembers nothing."""
    made: list[Found] = []
    for port in PORTS:
        for n, mac in enumerate(sorted(m for m, p in places if p == port), 1):
            made.append(found(port, mac, f"{SITE}:{port}" + (f"@{n}" if n > 1 else ""), places[mac, port]))
    return tuple(made)


def overlap(one: Attachment, other: Attachment) -> bool:
    ends = [a.until if a.until is not None else float("inf") for a in (one, other)]
    return max(one.since, other.since) < min(ends)


@settings(max_examples=some(300), deadline=None)
@given(st.lists(STEP, min_size=2, max_size=9))
def test_whatever_comes_ids_stay_unique_and_stable_and_attachments_apart(
    steps: list[
        tuple[
            dict[tuple[str, str], str], bool, set[str], dict[tuple[str, str], str], bool, str, int, set[tuple[str, str]]
        ]
    ],
) -> None:
    life = Life()
    for places, whole, stand, hints, keep, act, pick, silent in steps:
        before = life.where() if life.inventory is not None else {}
        ruled = {r.place[1:] for r in life.ruled}
        discovery = seen(*as_the_source_names_them(places), whole=whole, stand=tuple(stand))
        remembered = frozenset(f.circuit_id for f in discovery.circuits if (f.gateway_id, f.port_id) in silent)
        inventory = life.poll(discovery, {(SITE, *place): i for place, i in hints.items()}, keep, remembered)

        ids = [c.circuit_id for c in inventory.circuits]
        assert len(set(ids)) == len(ids)
        assert [life.numbers[i] for i in ids] == [c.circuit_no for c in inventory.circuits]
        now = life.where()
        assert len(set(now.values())) == len(now)  # no place has two
        for circuit_id, place in before.items():
            if place in places and place not in ruled and place not in silent:
                assert now[circuit_id] == place  # who stands where he stood is who he was
        for circuit in inventory.circuits:
            held = circuit.attachments
            assert all(a.until is not None and a.since <= a.until <= b.since for a, b in pairwise(held))
            assert held[-1].until is None
        every = [(c.circuit_id, a) for c in inventory.circuits for a in c.attachments]
        for n, (circuit_id, one) in enumerate(every):
            for other_id, other in every[n + 1 :]:
                same = (one.gateway_id, one.port_id) == (other.gateway_id, other.port_id)
                assert circuit_id == other_id or not (same and overlap(one, other))

        again = identify(
            inventory, discovery, Rulings(life.ruled), used=life.numbers.__contains__, remembered=remembered
        )
        named = renaming.discovery(again, discovery)
        assert {f.circuit_id: (f.gateway_id, f.port_id) for f in named.circuits}.items() <= now.items()  # a restart
        if act and ids:
            circuit_id = ids[pick % len(ids)]
            try:
                if act == "separate":
                    life.separate(circuit_id)
                else:
                    life.join(circuit_id, ids[(pick + 1) % len(ids)] if act == "onto" else "")
            except rulings.RulingError as error:
                assert "\n" not in str(error)  # noqa: PT017
