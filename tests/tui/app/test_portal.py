"""`o` opens the portal's page of what the cursor stands on; where no browser can be seen, its address is copied."""

from __future__ import annotations

from dataclasses import replace

import pytest

from noctui.tui.app import NoctuiApp, Options
from noctui.tui.copying import sequence
from noctui.tui.place import ALARMS, OVERVIEW, of_circuit, of_site
from noctui.tui.portal import address, has_screen, portal
from tests import night
from tests.tui.app.seen import lines

INVENTORY = night.inventory()
BASE = "https://manage.eu.mist.com"
ORG = f"{BASE}/admin/?org_id={INVENTORY.org_id}"


def test_the_portal_of_each_cloud() -> None:
    """facts/mist.md: manage.X stands beside api.X."""
    assert portal("api.mist.com") == "https://manage.mist.com"
    assert portal("https://api.gc5.mist.com/") == "https://manage.gc5.mist.com"
    assert portal("manage.ac2.mist.com") == "https://manage.ac2.mist.com"
    assert portal("api.us.mist-federal.com") == "https://manage.us.mist-federal.com"


@pytest.mark.parametrize("host", ["", "http://127.0.0.1:8080", "api.example.com", "api.mist.com.evil.example", "a[b"])
def test_a_host_that_is_not_mists_has_none(host: str) -> None:
    assert portal(host) == ""


def test_the_page_of_each_thing() -> None:
    circuit = INVENTORY.circuits[INVENTORY.circuit_row[night.HOT]]
    site, mac = circuit.site_id, circuit.attachments[-1].gateway_id
    gateway = f"{ORG}#!gateway/detail/00000000-0000-0000-1000-{mac}/{site}"
    assert address(BASE, of_circuit(night.HOT), INVENTORY) == gateway
    assert address(BASE, of_site(site), INVENTORY) == f"{ORG}#!dashboard/insights/site/{site}/today/{site}"
    assert address(BASE, ALARMS, INVENTORY) == f"{ORG}#!alerts"
    assert address(BASE, OVERVIEW, INVENTORY) == ORG


def test_who_sees_a_browser() -> None:
    assert has_screen({"DISPLAY": ":0"}, "linux")
    assert has_screen({}, "darwin")
    assert not has_screen({}, "linux")
    assert not has_screen({"DISPLAY": ":0", "SSH_CONNECTION": "1.2.3.4 5 6.7.8.9 22"}, "linux")


async def test_over_ssh_the_address_is_copied_and_shown(
    scenes: night.FakeScenes, app: NoctuiApp, options: Options, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSH_TTY", "/dev/pts/3")
    app.options = replace(options, host="api.eu.mist.com")
    app._trail.jump(of_circuit(night.HOT))
    async with app.run_test(size=(200, 60)) as pilot:
        await pilot.press("o")
        assert app.clipboard == address(BASE, of_circuit(night.HOT), INVENTORY)
        assert app.clipboard in lines(app)[-1]


async def test_the_demo_has_no_portal(app: NoctuiApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("o")
        assert "has no Mist portal" in lines(app)[-1]


def test_tmux_is_asked_to_pass_a_copy_on() -> None:
    """tmux(1), passthrough: begins with ESC P tmux; and ends with ESC backslash; ESC within is doubled."""
    assert sequence("hi") == "\x1b]52;c;aGk=\a"
    assert sequence("hi", tmux=True) == "\x1bPtmux;\x1b\x1b]52;c;aGk=\a\x1b\\"
