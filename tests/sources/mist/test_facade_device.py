"""The contract with mistapi for what sites and devices set for themselves (facts of 0.64.1)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from noctui.sources.mist import facade_device
from noctui.sources.mist.enrich_parts import device_id
from noctui.sources.mist.session import Answer
from tests.sources.mist.test_facade import Recorded, Recorder

S = "/api/v1/sites/s1"
CONTRACT: list[tuple[str, Callable[[Recorder], Awaitable[Answer]], Recorded]] = [
    (
        "device",
        lambda s: facade_device.get_device(s, "s1", device_id("90ec77710609")),
        (f"{S}/devices/00000000-0000-0000-1000-90ec77710609", {}),
    ),
    ("setting", lambda s: facade_device.get_setting(s, "s1"), (f"{S}/setting", {})),
    (
        "speed tests",
        lambda s: facade_device.search_speed_tests(s, "s1", 100, 1756082400, 1763858401),
        (
            f"{S}/synthetic_test/search",
            {"type": "speedtest", "limit": "100", "start": "1756082400", "end": "1763858401"},
        ),
    ),
]


@pytest.mark.parametrize(("call", "expected"), [c[1:] for c in CONTRACT], ids=[c[0] for c in CONTRACT])
async def test_each_endpoint_asks_for_what_mist_expects(
    call: Callable[[Recorder], Awaitable[Answer]], expected: Recorded
) -> None:
    recorder = Recorder()

    answer = await call(recorder)

    assert answer.status == 200
    assert recorder.got == [expected]


def test_every_endpoint_of_the_facade_has_a_contract() -> None:
    found = {n for n in vars(facade_device) if n.startswith(("get_", "list_", "search_"))}

    assert len(CONTRACT) == len(found)
