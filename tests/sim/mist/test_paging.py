"""Both ways of paging, over a real socket."""

from __future__ import annotations

from urllib.parse import unquote

import pytest

from noctui.sim.mist.paging import BadRequest, span_of
from tests.sim.mist.cloud import calling
from tests.sim.worlds import T0, calm, ordinary


async def test_lists_tell_their_total_in_headers() -> None:
    async with calling(calm()) as call:
        pages = [await call.get(f"{call.org}/sites?limit=25&page={page}") for page in (1, 2, 3, 4)]
        assert [len(p.body) for p in pages] == [25, 25, 10, 0]
        assert [p.headers["X-Page-Total"] for p in pages] == ["60"] * 4
        assert [p.headers["X-Page-Limit"] for p in pages] == ["25"] * 4
        assert [p.headers["X-Page-Page"] for p in pages] == ["1", "2", "3", "4"]
        names = [site["name"] for p in pages for site in p.body]
        assert names == calm().network.site_name


async def test_a_page_holds_100_unless_asked_and_1000_at_most() -> None:
    async with calling(ordinary()) as call:
        assert len(await call.of_org("sites")) == 100
        body = await call.of_org("stats/vpn_peers/search?limit=5000")
        assert (body["limit"], len(body["results"])) == (1000, 1000)


async def test_searches_go_on_at_next() -> None:
    world = calm()
    async with calling(world) as call:
        total = world.network.circuits + 120
        first = await call.of_org("stats/ports/search?device_type=gateway&limit=50")
        assert (first["total"], first["limit"], len(first["results"])) == (total, 50, 50)
        assert first["next"].startswith(f"{call.org}/stats/ports/search?device_type=gateway&limit=50&")
        assert unquote(first["next"]).partition("search_after=")[2].startswith("[")
        rows = await call.search("stats/ports/search?device_type=gateway&limit=50")
        assert len(rows) == len({(r["mac"], r["port_id"]) for r in rows}) == total
        last = await call.of_org(f"stats/ports/search?limit={total}")
        assert "next" not in last


async def test_a_cursor_cannot_be_made_up() -> None:
    async with calling(calm()) as call:
        for cursor in ("50", "%5B50%2C%22abc%22%5D", "nonsense"):
            assert (await call.get(f"{call.org}/stats/ports/search?search_after={cursor}")).status == 400


@pytest.mark.parametrize("query", ["limit=0", "limit=-5", "limit=x", "page=0"])
async def test_nonsense_is_a_bad_request(query: str) -> None:
    async with calling(calm()) as call:
        assert (await call.get(f"{call.org}/sites?{query}")).status == 400


def test_times_may_be_absolute_relative_or_a_duration() -> None:
    assert span_of({}, T0) == (T0 - 86_400, T0)
    assert span_of({"duration": "2h"}, T0) == (T0 - 7200, T0)
    assert span_of({"start": "-30m", "end": "now"}, T0) == (T0 - 1800, T0)
    assert span_of({"start": "1000", "end": "2000.5"}, T0) == (1000.0, 2000.5)
    with pytest.raises(BadRequest):
        span_of({"start": "yesterday"}, T0)
