"""Answers against Mist's published specification, after the short list of `deviations`."""

from __future__ import annotations

import json
import os
from functools import lru_cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from noctui.sim.network import Network
from tests.sim.mist.cloud import calling
from tests.sim.mist.deviations import DEVIATIONS, eased
from tests.sim.worlds import ordinary

SPEC = Path(os.environ.get("NOCTUI_OPENAPI") or Path(__file__).parents[3] / "../shared/mist/openapi-subset.json")
needs_spec = pytest.mark.skipif(not SPEC.exists(), reason=f"no specification at {SPEC} (NOCTUI_OPENAPI)")
ORG, SITE = "/api/v1/orgs/{org_id}", "/api/v1/sites/{site_id}"
METRIC = SITE + "/sle/{scope}/{scope_id}/metric/{metric}"

PATHS = [
    ("/api/v1/self", ""),
    ("/api/v1/self/usage", ""),
    *((f"/api/v1/const/{name}", "") for name in ("alarm_defs", "device_events", "insight_metrics", "webhook_topics")),
    (ORG, ""),
    (f"{ORG}/stats", ""),
    (f"{ORG}/sites", ""),
    (f"{ORG}/sitegroups", ""),
    (f"{ORG}/stats/sites", ""),
    (f"{ORG}/stats/devices", "type=gateway&fields=*"),
    (f"{ORG}/stats/ports/search", "device_type=gateway"),
    (f"{ORG}/stats/vpn_peers/search", ""),
    (f"{ORG}/inventory", "type=gateway&vc=true"),
    (f"{ORG}/deviceprofiles", "type=gateway"),
    (f"{ORG}/deviceprofiles/{{deviceprofile_id}}", ""),
    (f"{ORG}/gatewaytemplates", ""),
    (f"{ORG}/gatewaytemplates/{{gatewaytemplate_id}}", ""),
    (f"{ORG}/devices/search", "type=gateway"),
    (f"{ORG}/insights/sites-sle", "sle=wan"),
    (f"{ORG}/insights/{{metric}}", "sle=wan"),
    (f"{ORG}/alarms/search", ""),
    (f"{ORG}/alarms/count", "distinct=type"),
    (f"{ORG}/devices/events/search", "device_type=gateway"),
    (f"{ORG}/events/search", ""),
    (SITE, ""),
    (f"{SITE}/stats", ""),
    (f"{SITE}/setting", ""),
    (f"{SITE}/setting/derived", ""),
    (f"{SITE}/devices", "type=gateway"),
    (f"{SITE}/devices/{{device_id}}", ""),
    (f"{SITE}/devices/search", "type=gateway"),
    (f"{SITE}/devices/events/search", ""),
    (f"{SITE}/stats/devices", "type=gateway"),
    (f"{SITE}/stats/devices/{{device_id}}", ""),
    (f"{SITE}/stats/ports/search", ""),
    (f"{SITE}/alarms/search", ""),
    (f"{SITE}/insights/gateway/{{device_id}}/stats", "metrics=rx_bps,tx_bps&interval=10m"),
    (f"{SITE}/insights/device/{{device_mac}}/{{metric}}", ""),
    (f"{SITE}/synthetic_test/search", "type=speedtest&duration=60d"),
    (f"{SITE}/wan_usages/search", ""),
    (f"{SITE}/sle/{{scope}}/{{scope_id}}/metrics", ""),
    (f"{METRIC}/threshold", ""),
    (f"{METRIC}/classifiers", ""),
    (f"{METRIC}/summary-trend", ""),
    (f"{METRIC}/impacted-interfaces", ""),
    (f"{METRIC}/impacted-gateways", ""),
]


@lru_cache
def specification() -> dict[str, Any]:
    """The specification with the deviations applied."""
    found: dict[str, Any] = json.loads(SPEC.read_text())
    eased(found["components"]["schemas"])
    return found


def schema_of(path: str) -> dict[str, Any]:
    """The schema of what GET answers there."""
    document = specification()
    reply = document["paths"][path]["get"]["responses"]["200"]
    if "$ref" in reply:
        reply = document["components"]["responses"][reply["$ref"].rpartition("/")[2]]
    return {"components": document["components"], "allOf": [reply["content"]["application/json"]["schema"]]}


def sample_site(network: Network) -> int:
    """A site whose gateway runs speed tests."""
    return next(s for s in range(network.sites) if network.line[int(network.site_first[s])].wan.startswith("ISP"))


@needs_spec
@pytest.mark.parametrize(("path", "query"), PATHS, ids=[path.removeprefix("/api/v1") for path, _ in PATHS])
async def test_an_answer_is_as_published(path: str, query: str) -> None:
    world = ordinary()
    n, site = world.network, sample_site(world.network)
    async with calling(world) as call:
        names = {
            "org_id": n.org_id, "site_id": n.site_id[site], "device_id": f"00000000-0000-0000-1000-{n.mac[site]}",
            "device_mac": n.mac[site], "scope": "site", "scope_id": n.site_id[site],
            "metric": "wan-link-health" if "/sle/" in path else
            "worst-sites-by-sle" if path.startswith(ORG) else "wan_link_health",
            "deviceprofile_id": next(iter(call.server.cloud.configs.profiles)),
            "gatewaytemplate_id": next(iter(call.server.cloud.configs.templates)),
        }  # fmt: skip
        reply = await call.get(f"{path.format(**names)}?limit=50&{query}")
    assert reply.status == 200
    jsonschema.Draft202012Validator(schema_of(path)).validate(reply.body)


@needs_spec
def test_every_deviation_says_where_it_was_seen_and_is_needed() -> None:
    published: dict[str, Any] = json.loads(SPEC.read_text())
    for deviation in DEVIATIONS:
        assert deviation.source
        schemas = json.loads(json.dumps(published["components"]["schemas"]))
        deviation.ease(schemas)
        assert schemas != published["components"]["schemas"], deviation.what
