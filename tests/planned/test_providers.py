"""Who sent a notice, and what a house's own settings add."""

from __future__ import annotations

import pytest

from noctui.planned.providers import DEFAULT, ProviderError, of_name, of_sender, of_settings, with_own


@pytest.mark.parametrize(
    ("sender", "name"),
    [
        ("noc@zayo.com", "Zayo"),
        ("NOC@MAIL.Zayo.COM", "Zayo"),
        ("noc@notzayo.com", ""),
        ("noc@zayo.com.example", ""),
        ("zayo.com@evil.example", ""),
        ("noc@com", ""),
        ("", ""),
    ],
)
def test_a_domain_and_those_below_it_but_none_that_looks_like_it(sender: str, name: str) -> None:
    found = of_sender(sender, DEFAULT)
    assert (found.name if found else "") == name


def test_no_domain_is_of_two_carriers() -> None:
    domains = [d for p in DEFAULT for d in p.domains]
    assert len(domains) == len(set(domains))
    assert all(d == d.lower() for d in domains)


def test_names_are_compared_without_case_and_punctuation() -> None:
    assert of_name("at&t", DEFAULT) is of_name("ATT", DEFAULT) is not None
    assert of_name("", DEFAULT) is None


def test_settings_add_to_the_map_and_stand_in_for_it() -> None:
    own = of_settings(
        [
            {"name": "Acme", "domains": ["acme.example"], "order": "dmy", "zones": {"CST": "Asia/Shanghai"}},
            {"name": "zayo", "domains": ["zayo.com"], "zone": "UTC"},
        ]
    )
    both = with_own(own)
    acme, zayo = of_sender("a@acme.example", both), of_sender("a@zayo.com", both)
    assert acme is not None
    assert acme.hand().zones == {"cst": "Asia/Shanghai"}
    assert zayo is own[1]
    assert len(both) == len(DEFAULT) + 1


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"name": "A"}, "provider A: needs a name and domains"),
        ({"domains": ["a.example"]}, "provider 1: "),
        ({"name": "A", "domains": ["a"], "odd": 1}, "provider A: no key odd; there are "),
        ({"name": "A", "domains": ["a"], "order": "ymd"}, "provider A: order is dmy or mdy, not ymd"),
        ({"name": "A", "domains": ["a"], "region": "mars"}, "provider A: region is one of us, in, uk, not mars"),
        ({"name": "A", "domains": ["a"], "zone": "Mars/Base"}, "provider A: no zone Mars/Base"),
        ({"name": "A", "domains": ["a"], "zones": {"x": "CST"}}, "provider A: no zone CST"),
        ({"name": "A", "domains": ["a"], "ignored": ["("]}, "provider A: ignored (: "),
        ({"name": "A", "domains": "a"}, "provider A: Expected"),
    ],
)
def test_a_wrong_entry_is_told_in_a_line(row: dict[str, object], says: str) -> None:
    with pytest.raises(ProviderError) as caught:
        of_settings([row])
    assert str(caught.value).startswith(says)
