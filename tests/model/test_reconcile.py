"""A circuit is given its id and number once; what happens to its gateway is dated, not forgotten."""

from __future__ import annotations

from noctui.model.batch import Discovery, Found, FoundPath
from noctui.model.inventory import Gateway, Inventory, Site, split_site_name
from noctui.model.reconcile import reconcile
from noctui.model.words import Role


class Numbers:
    def __init__(self) -> None:
        self.given: dict[tuple[str, str], int] = {}

    def __call__(self, kind: str, id: str) -> int:
        return self.given.setdefault((kind, id), sum(k == kind for k, _ in self.given))


def seen(*circuits: Found, whole: bool = True, paths: tuple[FoundPath, ...] = ()) -> Discovery:
    macs = sorted({c.gateway_id for c in circuits})
    return Discovery(
        org_id="org",
        org_name="Acme",
        sites=(Site(site_id="s1", name="0417 Grand Junction CO"),),
        gateways=tuple(Gateway(gateway_id=m, site_id="s1") for m in macs),
        circuits=circuits,
        paths=paths,
        whole=whole,
    )


def found(port: str, mac: str = "aa", **more: object) -> Found:
    values: dict[str, object] = {"circuit_id": f"s1:{port}", "site_id": "s1", "gateway_id": mac, "port_id": port}
    return Found(**(values | more))  # type: ignore[arg-type]


def first() -> tuple[Inventory, Numbers]:
    numbers = Numbers()
    inventory, _ = reconcile(None, seen(found("ge-0/0/0"), found("ge-0/0/1")), 1000.0, numbers)
    return inventory, numbers


def test_a_new_circuit_is_attached_from_now_on() -> None:
    inventory, _ = first()
    assert [c.circuit_no for c in inventory.circuits] == [0, 1]
    attachment = inventory.circuits[0].attachment
    assert attachment is not None
    assert (attachment.gateway_id, attachment.since, attachment.until) == ("aa", 1000.0, None)
    assert inventory.rev == 1


def test_nothing_new_gives_the_same_version() -> None:
    inventory, numbers = first()
    again, replaced = reconcile(inventory, seen(found("ge-0/0/0"), found("ge-0/0/1")), 2000.0, numbers)
    assert again is inventory
    assert replaced == ()


def test_a_replacement_gateway_carries_the_circuit_on() -> None:
    inventory, numbers = first()
    after, replaced = reconcile(inventory, seen(found("ge-0/0/0", "bb"), found("ge-0/0/1", "bb")), 2000.0, numbers)
    assert after.rev == 2
    assert [c.circuit_no for c in after.circuits] == [0, 1]
    old, new = after.circuits[0].attachments
    assert (old.gateway_id, old.since, old.until) == ("aa", 1000.0, 2000.0)
    assert (new.gateway_id, new.since, new.until) == ("bb", 2000.0, None)
    assert [r.circuit_id for r in replaced] == ["s1:ge-0/0/0", "s1:ge-0/0/1"]


def test_a_lost_page_takes_nothing_away() -> None:
    inventory, numbers = first()
    after, _ = reconcile(inventory, seen(found("ge-0/0/0"), whole=False), 2000.0, numbers)
    assert after is inventory


def test_a_circuit_that_is_gone_leaves_unless_it_is_kept_and_returns_with_its_number() -> None:
    inventory, numbers = first()
    kept, _ = reconcile(inventory, seen(found("ge-0/0/0")), 2000.0, numbers, keep=frozenset({"s1:ge-0/0/1"}))
    assert kept is inventory
    after, _ = reconcile(inventory, seen(found("ge-0/0/0")), 2000.0, numbers)
    assert [c.circuit_id for c in after.circuits] == ["s1:ge-0/0/0"]
    back, _ = reconcile(after, seen(found("ge-0/0/0"), found("ge-0/0/1")), 3000.0, numbers)
    assert [c.circuit_no for c in back.circuits] == [0, 1]


def test_a_carrier_once_known_stays_while_its_gateway_tells_none() -> None:
    numbers = Numbers()
    known, _ = reconcile(None, seen(found("ge-0/0/0", carrier="Lumen", role=Role.PRIMARY)), 1.0, numbers)
    after, _ = reconcile(known, seen(found("ge-0/0/0", role=Role.PRIMARY)), 2.0, numbers)
    assert after is known


def test_rows_know_their_places() -> None:
    path = FoundPath(path_id="s1:ge-0/0/1>hub:wan0", circuit_id="s1:ge-0/0/1", hub="hub-den-1")
    inventory, _ = reconcile(None, seen(found("ge-0/0/0"), found("ge-0/0/1"), paths=(path,)), 1.0, Numbers())
    assert inventory.path_circuit.tolist() == [1]
    assert inventory.circuit_site.tolist() == [0, 0]
    assert inventory.site_circuits == ((0, 1),)


def test_a_site_name_is_split_into_number_and_name() -> None:
    assert split_site_name("0417 Grand Junction CO") == ("0417", "Grand Junction CO")
    assert split_site_name("Store 12 - Waco") == ("12", "Waco")
    assert split_site_name("Headquarters") == ("", "Headquarters")


def test_versions_share_what_stayed() -> None:
    """A day has many versions, and of 10,000 circuits each is megabytes."""
    numbers = Numbers()
    paths = tuple(FoundPath(path_id=f"s1:ge-0/0/{n}>hub", circuit_id=f"s1:ge-0/0/{n}") for n in range(2))
    before, _ = reconcile(None, seen(found("ge-0/0/0"), found("ge-0/0/1"), paths=paths), 1000.0, numbers)
    now = seen(found("ge-0/0/0", carrier="Lumen"), found("ge-0/0/1"), paths=paths)
    after, _ = reconcile(before, now, 2000.0, numbers)

    assert after.circuits[0].carrier == "Lumen"
    assert after.circuits[1] is before.circuits[1]
    assert [p is q for p, q in zip(after.paths, before.paths, strict=True)] == [True, True]
