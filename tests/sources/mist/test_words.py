"""Hosts, text from outside, carriers, and the rules for region and store type."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noctui.sources.mist.carrier import carrier
from noctui.sources.mist.errors import SettingsError
from noctui.sources.mist.hosts import HOSTS, base_url
from noctui.sources.mist.settings import MistSettings, SiteFacts, classify
from noctui.sources.mist.structs import PortConfig
from noctui.sources.mist.text import clean, ending, one_line, without


@pytest.mark.parametrize(
    "host", [*HOSTS, "API.mist.com", "https://api.mist.com/", "manage.eu.mist.com", "http://api.mist.com"]
)
def test_a_mist_cloud_is_always_reached_over_tls(host: str) -> None:
    assert base_url(host).removeprefix("https://") in HOSTS
    assert base_url(host, insecure_host=True) == base_url(host)


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8080", "api.mist.com.evil.example", "http://api.mist.com:8080", "evil.example/api.mist.com", ""]
)
def test_any_other_host_needs_the_flag(host: str) -> None:
    with pytest.raises(SettingsError):
        base_url(host)


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
        ("http://[::1]:80", "http://[::1]:80"),
        ("mist-proxy.example", "https://mist-proxy.example"),
    ],
)
def test_with_the_flag_any_address_will_do(host: str, url: str) -> None:
    assert base_url(host, insecure_host=True) == url


@pytest.mark.parametrize("host", ["ftp://x", "http://u:p@x", "http://x/path", "http://x:99999", "http://x?a=b", " "])
def test_what_is_no_address_is_an_error_that_tells_no_password(host: str) -> None:
    with pytest.raises(SettingsError) as told:
        base_url(host, insecure_host=True)
    assert "u:p" not in str(told.value)


def test_control_signs_become_dots_and_other_text_stays() -> None:
    assert clean("Zürich 東京 – ×") == "Zürich 東京 – ×"
    assert clean("a\x1b[31mb\x07\r\n\u202ec\u200b\x9b") == "a·[31mb····c··"
    assert clean("[bold]markup[/]") == "[bold]markup[/]"
    assert clean(None) == ""


@given(st.text())
def test_clean_text_holds_nothing_a_terminal_obeys(text: str) -> None:
    cleaned = clean(text)

    assert len(cleaned) == len(text)
    assert not any(ord(c) < 32 or 127 <= ord(c) < 160 for c in cleaned)


def test_lines_are_short_and_tokens_end_early() -> None:
    assert one_line("a\n b\t\x1b" + "c" * 300, 10) == "a b ·cccc…"
    assert ending("abcdefgh-09be") == "…09be"
    assert ending("short") == "…"
    assert without(("abcdefgh-09be",), "no abcdefgh-09be here") == "no …09be here"


def test_settings_do_not_show_tokens() -> None:
    assert "secret" not in repr(MistSettings(tokens=("secret-token",), proxy="http://u:secret@x"))


@pytest.mark.parametrize(
    ("groups", "notes", "expected"),
    [
        (("region: Mountain West", "type:flagship"), "", ("Mountain West", "flagship")),
        (("type: outlet", "Region North", "Other"), "", ("North", "outlet")),
        (("Pilot", "region:East"), "express", ("East", "express")),
        (("Mountain West",), "call the manager first", ("Mountain West", "")),
        (("Regional Office",), "", ("Regional Office", "")),
        ((), "mall", ("", "mall")),
        ((), "2019", ("", "")),
    ],
)
def test_region_and_store_type_by_the_rule_when_none_is_set(
    groups: tuple[str, ...], notes: str, expected: tuple[str, str]
) -> None:
    assert classify(SiteFacts("s", "0417 X", groups, "US", notes)) == expected


@pytest.mark.parametrize(
    ("provider", "config", "desc", "expected"),
    [
        ("Example ISP", PortConfig(name="Other"), "", "Example ISP"),
        ("", PortConfig(name="Lumen", description="circuit 1"), "", "Lumen"),
        ("", PortConfig(name="wan0", description="Comcast 55/AB"), "x", "Comcast 55/AB"),
        ("", PortConfig(name="{{isp}}", description="{{d}}"), "Spectrum", "Spectrum"),
        ("", PortConfig(name="WAN-1"), "", ""),
        ("", None, "ge-0/0/0", ""),
    ],
)
def test_the_carrier_is_who_owns_the_address_else_what_the_port_is_called(
    provider: str, config: PortConfig | None, desc: str, expected: str
) -> None:
    assert carrier(provider, config, desc) == expected
