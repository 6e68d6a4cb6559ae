"""Charts as they look at three sizes, and as ASCII; each was looked at before it was kept."""

from __future__ import annotations

import pytest

from noctui.tui.app import NoctuiApp
from noctui.tui.options import Options
from noctui.tui.place import Place, of_chart, of_circuit
from tests import night
from tests.tui.app.seen import lines
from tests.tui.app.styled import same
from tests.tui.app.test_snapshots import at, pressing

SIZES = [(80, 24), (120, 40), (200, 60)]
CHARTS = {
    "dist": of_chart(),
    "many": of_chart(site_id="s0417"),
    "heat": of_chart(circuit_id=night.HOT),
    "box": of_chart(circuit_id=night.HOT, chart="box", metric="latency"),
}


async def pictured(
    request: pytest.FixtureRequest, app: NoctuiApp, size: tuple[int, int], name: str, *keys: str
) -> None:
    async with app.run_test(size=size) as pilot:
        await pressing(*keys)(pilot)
        await pressing()(pilot)
        same(request, f"charts/{name}-{size[0]}x{size[1]}", app)


@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")
@pytest.mark.parametrize("name", CHARTS)
async def test_a_chart(request: pytest.FixtureRequest, name: str, size: tuple[int, int]) -> None:
    await pictured(request, at(CHARTS[name]), size, name)


@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")
async def test_two_circuits_by_the_site_s_clock(request: pytest.FixtureRequest, size: tuple[int, int]) -> None:
    await pictured(request, at(of_circuit(night.HOT)), size, "beside", "r", "u")


@pytest.mark.parametrize("name", CHARTS)
async def test_a_chart_in_ascii(name: str) -> None:
    place: Place = CHARTS[name]
    app = at(place, Options(ascii=True))
    async with app.run_test(size=(120, 40)) as pilot:
        await pressing()(pilot)
        assert [line for line in lines(app) if not line.isascii()] == []


@pytest.mark.parametrize("name", CHARTS)
async def test_a_chart_in_16_colours(request: pytest.FixtureRequest, name: str) -> None:
    await pictured(request, at(CHARTS[name], Options(theme="ansi")), (120, 40), f"{name}-ansi")
