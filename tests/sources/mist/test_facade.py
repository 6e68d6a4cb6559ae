"""The contract with mistapi: each used function still yields the path and query that Mist expects (facts of 0.64.1)."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Awaitable, Callable

import pytest

from noctui.sources.mist import facade
from noctui.sources.mist.session import Answer

Recorded = tuple[str, dict[str, str]]


class Recorder:
    """A session that only writes down what it is asked."""

    def __init__(self) -> None:
        self.got: list[Recorded] = []
        self.posted: list[tuple[str, object]] = []

    async def mist_get(self, uri: str, query: dict[str, str] | None = None) -> Answer:
        self.got.append((uri, query or {}))
        return Answer(200, {}, b"{}")

    async def mist_post(self, uri: str, body: object = None) -> Answer:
        self.posted.append((uri, body))
        return Answer(200, {}, b"{}")


ORG = "/api/v1/orgs/o1"
CONTRACT: list[tuple[str, Callable[[Recorder], Awaitable[Answer]], Recorded]] = [
    ("self", lambda s: facade.get_self(s), ("/api/v1/self", {})),
    ("usage", lambda s: facade.get_usage(s), ("/api/v1/self/usage", {})),
    ("sites", lambda s: facade.list_sites(s, "o1", 1000, 2), (f"{ORG}/sites", {"limit": "1000", "page": "2"})),
    (
        "sitegroups",
        lambda s: facade.list_sitegroups(s, "o1", 1000, 1),
        (f"{ORG}/sitegroups", {"limit": "1000", "page": "1"}),
    ),
    (
        "templates",
        lambda s: facade.list_templates(s, "o1", 1000, 1),
        (f"{ORG}/gatewaytemplates", {"limit": "1000", "page": "1"}),
    ),
    (
        "profiles",
        lambda s: facade.list_profiles(s, "o1", 1000, 1),
        (f"{ORG}/deviceprofiles", {"type": "gateway", "limit": "1000", "page": "1"}),
    ),
    (
        "inventory",
        lambda s: facade.list_inventory(s, "o1", 1000, 3),
        (f"{ORG}/inventory", {"type": "gateway", "limit": "1000", "page": "3"}),
    ),
    (
        "gateway stats",
        lambda s: facade.list_gateway_stats(s, "o1", 1000, 4),
        (f"{ORG}/stats/devices", {"type": "gateway", "limit": "1000", "page": "4"}),
    ),
    (
        "ports",
        lambda s: facade.search_ports(s, "o1", 1000),
        (f"{ORG}/stats/ports/search", {"device_type": "gateway", "limit": "1000"}),
    ),
    ("peers", lambda s: facade.search_peers(s, "o1", 1000), (f"{ORG}/stats/vpn_peers/search", {"limit": "1000"})),
    (
        "ports of some",
        lambda s: facade.search_ports_of(s, "o1", 1000, ["0200000000a1", "0200000000a2"]),
        (
            f"{ORG}/stats/ports/search",
            {"device_type": "gateway", "limit": "1000", "mac": "0200000000a1,0200000000a2"},
        ),
    ),
    (
        "peers of some",
        lambda s: facade.search_peers_of(s, "o1", 1000, ["0200000000a1", "0200000000a2"]),
        (f"{ORG}/stats/vpn_peers/search", {"limit": "1000", "mac": "0200000000a1,0200000000a2"}),
    ),
    (
        "events",
        lambda s: facade.search_events(s, "o1", 1000, 1763858100, 1763858401),
        (
            f"{ORG}/devices/events/search",
            {"device_type": "gateway", "limit": "1000", "start": "1763858100", "end": "1763858401"},
        ),
    ),
    (
        "alarms",
        lambda s: facade.search_alarms(s, "o1", 1000, 1763858100, 1763858401),
        (f"{ORG}/alarms/search", {"limit": "1000", "start": "1763858100", "end": "1763858401"}),
    ),
    (
        "open alarms",
        lambda s: facade.search_open_alarms(s, "o1", 1000, 1763858100, 1763858401),
        (
            f"{ORG}/alarms/search",
            {"status": "open", "limit": "1000", "start": "1763858100", "end": "1763858401"},
        ),
    ),
    (
        "service levels",
        lambda s: facade.list_sites_sle(s, "o1", 1000, 2),
        (f"{ORG}/insights/sites-sle", {"sle": "wan", "limit": "1000", "page": "2"}),
    ),
    (
        "changed inventory",
        lambda s: facade.list_changed_inventory(s, "o1", 1000, 1, 1763858100),
        (
            f"{ORG}/inventory",
            {"type": "gateway", "modified_after": "1763858100", "limit": "1000", "page": "1"},
        ),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("call", "expected"), [c[1:] for c in CONTRACT], ids=[c[0] for c in CONTRACT])
async def test_each_endpoint_asks_for_what_mist_expects(
    call: Callable[[Recorder], Awaitable[Answer]], expected: Recorded
) -> None:
    recorder = Recorder()

    answer = await call(recorder)

    assert answer.status == 200
    assert recorder.got == [expected]


def test_every_endpoint_of_the_facade_has_a_contract() -> None:
    endpoints = {n for n in vars(facade) if n.startswith(("get_", "list_", "search_"))}

    assert len(CONTRACT) == len(endpoints)


def run(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.strip()


def test_the_package_is_cheap_until_the_source_is_imported() -> None:
    heavy = run("import sys, noctui.sources.mist; print({'aiohttp', 'mistapi', 'requests'} & sys.modules.keys())")

    assert heavy == "set()"


def test_the_source_never_brings_mistapi_itself_or_what_it_drags() -> None:
    heavy = run(
        "import sys, noctui.sources.mist.source\n"
        "print({'mistapi', 'mistapi.__api_response', 'requests', 'hvac', 'keyring'} & sys.modules.keys())"
    )

    assert heavy == "set()"


async def test_acknowledgements_are_posted_with_their_note() -> None:
    recorder = Recorder()
    await facade.ack_alarms(recorder, "o1", ("a", "b"), "fibre cut")
    await facade.unack_alarms(recorder, "o1", ("a",), "")
    assert recorder.posted == [
        (f"{ORG}/alarms/ack", {"alarm_ids": ["a", "b"], "note": "fibre cut"}),
        (f"{ORG}/alarms/unack", {"alarm_ids": ["a"], "note": ""}),
    ]
