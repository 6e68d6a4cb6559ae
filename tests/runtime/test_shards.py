"""Who fetches which sites: stable, fair by what tokens can pay for, and little moves when somebody joins or leaves."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from noctui.runtime.shards import SHARDS, Means, accounts, assigned, divided, lightened, shard_of, weights

NAMES = st.lists(st.text("abcdef:/0123456789", min_size=1, max_size=12), min_size=1, max_size=6, unique=True)
WEIGHTS = st.sampled_from([1.0, 500.0, 5000.0, 10_000.0])
MEMBERS = NAMES.flatmap(lambda names: st.fixed_dictionaries(dict.fromkeys(names, WEIGHTS)))


@given(MEMBERS)
def test_every_shard_has_one_of_them_whatever_order_they_come_in(members: dict[str, float]) -> None:
    found = assigned(members)
    assert len(found) == SHARDS
    assert set(found) <= set(members)
    assert assigned(dict(reversed(members.items()))) == found


@given(MEMBERS, st.just("a newcomer"), WEIGHTS)
def test_nothing_moves_but_what_a_newcomer_takes_and_what_who_leaves_had(
    members: dict[str, float], name: str, weight: float
) -> None:
    before, after = assigned(members), assigned({**members, name: weight})
    assert all(new in (old, name) for old, new in zip(before, after, strict=True))


@given(
    MEMBERS, st.dictionaries(st.text("0123456789abcdef", min_size=12, max_size=12), st.text(max_size=5), max_size=60)
)
def test_every_gateway_is_one_members_and_a_site_is_never_parted(
    members: dict[str, float], sites: dict[str, str]
) -> None:
    found = divided(assigned(members), sites)
    assert sorted(mac for macs in found.values() for mac in macs) == sorted(sites)
    whose = {mac: name for name, macs in found.items() for mac in macs}
    for mac, site in sites.items():
        if site:
            assert {whose[m] for m, s in sites.items() if s == site} == {whose[mac]}


def test_shares_are_in_proportion_to_what_tokens_can_pay_for() -> None:
    found = Counter(assigned({"noc-a:1/x": 5000.0, "noc-b:2/y": 5000.0, "noc-c:3/z": 10_000.0}))
    assert abs(found["noc-a:1/x"] - SHARDS / 4) < SHARDS / 12
    assert abs(found["noc-b:2/y"] - SHARDS / 4) < SHARDS / 12
    assert abs(found["noc-c:3/z"] - SHARDS / 2) < SHARDS / 12


def test_a_leader_that_has_other_calls_to_make_fetches_less_so_that_all_spend_alike() -> None:
    """Six calls beside 36 that are divided, as 3,208 sites have: 14 each of three, not 18, 12 and 12."""
    weight = lightened({"leader": 5000.0, "b": 5000.0, "c": 5000.0}, "leader", 6 / 36)
    calls = {name: 36 * w / sum(weight.values()) for name, w in weight.items()}
    assert {name: round(n, 9) for name, n in calls.items()} == {"leader": 14 - 6, "b": 14, "c": 14}
    assert lightened({"leader": 5000.0, "b": 5000.0}, "leader", 2.0) == {"leader": 250.0, "b": 5000.0}
    assert lightened({"b": 5000.0}, "leader", 0.5) == {"b": 5000.0, "leader": 0.0}


def test_nobody_who_can_pay_is_no_assignment_and_who_cannot_is_given_nothing() -> None:
    assert assigned({}) == assigned({"noc-a": 0.0}) == ()
    assert set(assigned({"noc-a": 0.0, "noc-b": 1.0})) == {"noc-b"}


def test_a_site_falls_into_the_same_shard_in_every_version() -> None:
    """Another number here gives every site to another member when a newer version takes over."""
    assert [shard_of(site) for site in ("", "site-1", "b5b6e6b0-0001")] == [805, 239, 38]
    assert len({shard_of(f"site-{n}") for n in range(20_000)}) == SHARDS


def test_those_who_hold_the_same_token_part_its_calls() -> None:
    same = Means((("print-1", 5000),))
    found = weights(
        {"a": same, "b": same, "c": Means((("print-2", 5000), ("print-3", 2000))), "d": Means(same.tokens, False)}
    )
    assert found == {"a": 2500.0, "b": 2500.0, "c": 7000.0}


def test_a_tokens_calls_are_counted_once_however_many_hold_it() -> None:
    one, two = Means((("p1", 5000),)), Means((("p2", 3000),))
    both = Means((("p1", 5000), ("p3", 1000)))
    assert sorted(accounts([(one, 10), (two, 7)])) == [(7, 3000), (10, 5000)]
    assert sorted(accounts([(one, 10), (two, 7), (both, 5)])) == [(7, 3000), (15, 6000)]
    assert accounts([(one, 10), (two, 7), (both, 5), (Means((("p2", 3000), ("p3", 1000))), 1)]) == ((23, 9000),)
