"""What keys and polls send to the terminal at 160×50 in true colour, behind the thinned wire."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import numpy as np
import pytest
from textual.drivers.headless_driver import HeadlessDriver
from textual.pilot import Pilot

from noctui.tui.look.wire import thinned
from noctui.tui.widgets.columns import Cell, Column
from tests.tui.widgets.plain_rows import PlainRows, TableApp

COLUMNS = (
    Column("state", "state", 6), Column("site", "site", 4), Column("name", "name", 16, flex=True),
    Column("role", "role", 4), Column("carrier", "carrier", 11), Column("bw", "bw", 5, "right"),
    Column("rx", "rx %", 5, "right"),
    Column("tx", "tx %", 5, "right"), Column("loss", "loss %", 6, "right"), Column("jit", "jit", 4, "right"),
    Column("lat", "lat", 4, "right"), Column("trend", "rx 3 h", 12), Column("for", "for", 5, "right"),
    Column("flap", "flap", 4, "right"),
)  # fmt: skip


class Circuits(PlainRows):
    """Rows with as many colours as the table of all circuits has."""

    def cells(self, row: int, columns: tuple[str, ...]) -> Sequence[Cell]:
        value = float(self.values[row])
        high = value >= 90
        return [
            ("▲ crit", "crit") if high else ("· ok", "ok"), (f"{row:04d}", "hi"), (f"Town {row * 7919 % 1000}", "text"),
            ("sec", "dim"), (("Lumen", "Comcast", "AT&T")[row % 3], "text"), (("300M", "dim"), ("t", "faint")),
            (f"{value:.1f}", "crit" if high else "text"), (f"{value / 3:.1f}", "text"), ("0", "faint"),
            (f"{value / 9:.1f}", "text"), (f"{value / 2:.1f}", "text"),
            (("▁▂▃▄▅▆▇▇▇"[row % 4 :][:9], "graph"), ("▇▇▇", "crit")), (f"{row % 60}m", "text"), ("0", "faint"),
        ]  # fmt: skip


@pytest.fixture
def truecolor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLORTERM", "truecolor")


@pytest.mark.usefixtures("truecolor")
async def test_bytes_of_keys_and_polls() -> None:
    sent: list[str] = []

    class Wire(HeadlessDriver):
        @property
        def is_headless(self) -> bool:
            return False

        def write(self, data: str) -> None:
            sent.append(data)

    random = np.random.default_rng(7)
    values = random.random(10_000).astype(np.float32) * 100
    app = TableApp(COLUMNS)
    app.driver_class = thinned(Wire)
    measured: dict[str, int] = {}

    async def run(pilot: Pilot[object]) -> None:
        async def bytes_of(name: str) -> None:
            await pilot.pause()
            await asyncio.sleep(0.05)  # the screen paints at 60 Hz
            measured[name] = sum(len(data.encode()) for data in sent)
            sent.clear()

        app.table.show(Circuits(values.tolist()))
        await bytes_of("first")
        await pilot.press("down")
        await bytes_of("key")
        app.clock.move(10)
        seen = app.table.shown_rows[:49]
        fresh = values.copy()
        fresh[seen[::20]] -= np.float32(0.0001)
        app.table.show(Circuits(fresh.tolist()))
        await bytes_of("same look")
        fresh[seen[[5, 30]]] += np.float32(0.1)
        app.table.hold()
        app.table.show(Circuits(fresh.tolist()))
        await bytes_of("5 % of the lines")
        app.clock.move(10)
        app.table.show(Circuits((random.random(10_000) * 100).tolist()))
        await bytes_of("all changed and sorted")
        await bytes_of("idle")
        app.exit()

    await app.run_async(headless=False, size=(160, 50), auto_pilot=run, mouse=False)
    assert measured["first"] > 10_000
    assert measured["key"] <= 1_000
    assert measured["same look"] <= 100
    assert measured["5 % of the lines"] <= 1_500
    assert measured["all changed and sorted"] <= 16_000
    assert measured["idle"] == 0
