"""Region and store type by the operator's rules: the first that fits wins, the default stands where none does."""

from __future__ import annotations

from pathlib import Path

import pytest

from noctui.config import ConfigError, load
from noctui.resources import folder
from noctui.runtime.mist import by_rules
from noctui.site_rules import SiteRules
from noctui.sources.mist.settings import SiteFacts

S0 = r"""
[[rules.region]]
group = ".+"
value = '\0'
[[rules.store_type]]
notes = ".+"
value = '\0'
"""


def rules(tmp_path: Path, text: str) -> SiteRules:
    path = tmp_path / "noctui.toml"
    path.write_text(text)
    return load(env={"HOME": str(tmp_path)}, config_file=path).settings.site_rules


def site(**more: object) -> SiteFacts:
    facts: dict[str, object] = {"site_id": "s1", "name": "0417 Grand Junction CO", "country": "US"}
    return SiteFacts(**(facts | more))  # type: ignore[arg-type]


def test_the_earlier_tools_facts_as_rules(tmp_path: Path) -> None:
    """predecessors: region is the first site group, store type the notes."""
    ruled = by_rules(rules(tmp_path, S0))
    assert ruled(site(groups=("Mountain", "Region West"), notes="flagship, two floors")) == (
        "Mountain",
        "flagship, two floors",
    )


def test_the_first_rule_that_fits_wins_and_the_default_stands_where_none_does(tmp_path: Path) -> None:
    text = r"""
[[rules.region]]
address = '.*, (?P<state>[A-Z]{2}) \d{5}.*'
country = "us"
value = 'US-\g<state>'
[[rules.region]]
country = "CA"
value = "Canada"
"""
    ruled = by_rules(rules(tmp_path, text))
    assert ruled(site(address="1 Main St, Grand Junction, CO 81501, USA"))[0] == "US-CO"
    assert ruled(site(country="CA", address="1 Main St, Banff, AB T1L"))[0] == "Canada"
    assert ruled(site(groups=("region West", "type:kiosk"))) == ("West", "kiosk")


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ('[[rules.region]]\ngroup = "("\nvalue = "x"\n', 2, "is no regular expression"),
        ('[[rules.region]]\ngroup = "a"\nvalue = "x"\n\n[[rules.region]]\ngroop = "a"\n', 6, "rules.region.groop"),
        ('[[rules.store_type]]\nnotes = "a"\n', 1, "needs a value"),
        ('[[rules.region]]\nvalue = "a"\n', 1, "needs a pattern"),
        ("[[rules.region]]\nname = 'a'\nvalue = '\\2'\n", 3, "cannot be used"),
        ("[[rules.region]]\nname = 3\nvalue = 'a'\n", 2, "must be a text"),
        ("[rules.region]\nname = 'a'\n", 1, "two brackets"),
        ("[[rules.colour]]\nname = 'a'\n", 1, "no rules for colour"),
    ],
)
def test_a_fault_names_file_line_and_key(tmp_path: Path, text: str, line: int, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        rules(tmp_path, text)
    assert str(caught.value).startswith(f"{tmp_path / 'noctui.toml'}:{line}: ")
    assert said in str(caught.value)


def test_the_samples_rules_say_what_the_default_says() -> None:
    ruled = by_rules(
        load(env={"HOME": "/nonexistent"}, config_file=folder("sample_data") / "noctui.toml").settings.site_rules
    )
    assert ruled(site(groups=("type:kiosk", "Region Mountain"), notes="mall")) == ("Mountain", "mall")
    assert ruled(site(country="CA"))[0] == "Canada"
