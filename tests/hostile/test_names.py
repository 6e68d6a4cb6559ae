"""Hostile names over the whole chain: shown, sorted, filtered, copied, exported and logged without doing anything.

Every name and text that the simulated cloud tells is one of `odd.HOSTILE`: markup, escape codes, formulas, 300
characters, double width, right to left, combining marks, emoji, zero width.
"""

from __future__ import annotations

import csv
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from textual import events

from noctui.logs import JsonLine
from noctui.sim.mist import odd
from noctui.sim.mist.answers import Rewrite, Row
from noctui.tui.app import NoctuiApp
from noctui.tui.frame.entry import Entry
from noctui.tui.place import Place, of_circuit, of_region, of_site
from noctui.tui.screens.board import Board
from noctui.tui.widgets.live_table import LiveTable
from tests.hostile.screens import SIZES, harmless, lines, screen, settled
from tests.walk.walk import MINUTE, T0, Watch, walking
from tests.walk.worlds import calm

N = calm().network
NAMES = (*odd.HOSTILE, "zero\u200bwidth\u2060", "한국어 매장", "＝1+1", "\u202bשלום\u202c", "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A", "\ud83d half")


def told(feed: str, found: list[Row]) -> list[Row]:
    """An open alarm and an event of each site, whose texts the hostile names then replace."""
    each: list[dict[str, Any]] = [
        {"mac": N.mac[i], "site_id": N.site_id[i], "timestamp": T0 + 5 + i} for i in range(N.sites)
    ]
    if feed == "devices/events/search":
        return found + [row | {"type": "GW_ARP_UNRESOLVED", "device_name": "", "text": "x"} for row in each]
    if feed == "alarms/search":
        return found + [
            row
            | {"id": f"a{i}", "type": "gateway_down", "severity": "critical", "gateways": [row["mac"]],
               "status": "open", "last_seen": T0 + 60, "hostnames": ["x"],
               "reasons": ["x", "y"], "acked": True, "ack_admin_name": "x",
               "note": "x"}
            for i, row in enumerate(each)
        ]  # fmt: skip
    return found


def admins(feed: str, found: list[Row]) -> list[Row]:
    if feed != "alarms/search":
        return found
    return [row | {"ack_admin_name": NAMES[i % len(NAMES)]} for i, row in enumerate(found)]


@asynccontextmanager
async def hostile(folder: Path, *hooks: Rewrite) -> AsyncIterator[Watch]:
    """A desk that has watched the hostile network for some polls."""
    async with walking(folder / "data", calm()) as walk:
        walk.server.rewrite.extend((told, *(hooks or (odd.hostile_names(NAMES[:-1]), admins))))
        watch = await walk.watch()
        await walk.clock.run(3 * MINUTE)
        assert watch.status.fault in ("", "partial")  # a feed may hold nonsense beside the names
        yield watch


async def go(app: NoctuiApp, pilot: Any, place: Place) -> list[str]:
    app.screen.query_one(Board).post_message(Board.Goto(place))
    await pilot.pause()
    await settled(pilot)
    return harmless(app)


@pytest.mark.parametrize("size", SIZES, ids=["80x24", "120x40"])
async def test_every_line_of_every_screen_is_as_wide_as_the_screen_and_harmless(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    """Cut by cells, not by characters; no code reaches the terminal; markup is text."""
    async with hostile(tmp_path) as watch, screen(watch, size, tmp_path) as (app, pilot):
        seen: list[str] = []
        for key in "12350":
            await pilot.press(key)
            await settled(pilot)
            seen += harmless(app)
        inventory = watch.view.inventory
        for nth, site in enumerate(N.site_id[: len(odd.HOSTILE)]):
            seen += await go(app, pilot, of_site(site))
            if nth in (2, 8, 9, 13):
                circuit = next(c for c in inventory.circuits if c.site_id == site)
                seen += await go(app, pilot, of_circuit(circuit.circuit_id))
        for region in sorted({s.region for s in inventory.sites})[:3]:
            seen += await go(app, pilot, of_region(region))
        text = "\n".join(seen)
        for shown in ("[red]x[/]", "·[2J·[31mcleared", "=cmd()", "東京都渋", "متجر", "{{undefined}}", "x" * 12 + "…"):
            assert shown in text, shown
        assert app.is_running
        assert watch.status.fault == ""


async def test_they_sort_the_same_each_time_and_the_cursor_stays(tmp_path: Path) -> None:
    async with hostile(tmp_path) as watch, screen(watch, (120, 40), tmp_path) as (app, pilot):
        await pilot.press("2", ">", ">")
        table = app.screen.query_one("#sites-pane-table", LiveTable)
        assert table.sort[0] == "name"
        first = [line[:60] for line in lines(app)[4:36]]
        await pilot.press("S", "S")
        await pilot.pause()
        assert [line[:60] for line in lines(app)[4:36]] == first
        await pilot.press("down", "down", "down")
        key = table.cursor_key
        await pilot.press("S", "S")
        assert table.cursor_key == key


FILTERS = {
    "[red]": "[red]x[/]",
    "=cmd()": "=cmd()",
    "東京": "東京都渋谷区店 0001",
    "الرياض": "متجر الرياض",
    "·[2j": "·[2J·[31mcleared",
    "\x1b[2j": "·[2J·[31mcleared",  # as it would be pasted
    "🏬": "🏬👩·👩·👧",
    "../..": "../../etc/passwd",
    "{{undef": "{{undefined}}",
}


async def test_they_are_found_with_a_filter_and_what_is_found_is_what_is_exported(tmp_path: Path) -> None:
    async with hostile(tmp_path) as watch, screen(watch, (120, 40), tmp_path) as (app, pilot):
        await pilot.press("2")
        for nth, (typed, name) in enumerate(FILTERS.items()):
            await pilot.press("slash")
            entry = app.screen.query_one(Entry)
            entry.post_message(events.Paste(f'name="{typed}"'))
            await pilot.pause()
            harmless(app)
            await pilot.press("enter")
            await pilot.pause()
            harmless(app)
            await pilot.press("e")
            await pilot.pause()
            file = max((tmp_path / "exports").glob("*.csv"), key=lambda f: (f.stat().st_mtime_ns, len(f.name), f.name))
            assert len(list((tmp_path / "exports").glob("*.csv"))) == nth + 1
            with file.open(encoding="utf-8", newline="") as rows:
                names = {row["site_name"].removeprefix("'") for row in csv.DictReader(rows)}
            assert names == {name}, typed
            await pilot.press("escape")
            await pilot.pause()


async def test_every_export_is_harmless_to_a_spreadsheet_and_to_a_terminal(tmp_path: Path) -> None:
    async with hostile(tmp_path) as watch, screen(watch, (120, 40), tmp_path) as (_, pilot):
        for key in "12350":
            await pilot.press(key)
            await settled(pilot)
            await pilot.press("e")
            await pilot.pause()
        files = sorted((tmp_path / "exports").glob("*.csv"))
        assert len(files) >= 4
        cells = 0
        for file in files:
            raw = file.read_bytes().decode("utf-8")
            assert not {c for c in raw if not c.isprintable()} - {"\r", "\n"}
            head, *rows = csv.reader(file.open(encoding="utf-8", newline=""))
            assert all(len(row) == len(head) for row in rows)
            for cell in (cell for row in rows for cell in row):
                number = cell.lstrip("-").replace(".", "", 1).replace("e-", "", 1).isdigit()
                assert number or not cell.lstrip().startswith(("=", "+", "-", "@", "＝", "＋")), cell
                cells += 1
        assert cells > 500


async def test_what_is_copied_is_one_harmless_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("noctui.tui.copying.takes", lambda _environ, _text: True)
    async with hostile(tmp_path) as watch, screen(watch, (120, 40), tmp_path) as (app, pilot):
        await pilot.press("2")
        for _ in range(10):
            await pilot.press("y")
            assert app.clipboard
            assert app.clipboard.isprintable(), repr(app.clipboard)
            harmless(app)
            await pilot.press("down")


async def test_no_name_reaches_the_terminals_title(tmp_path: Path) -> None:
    async with hostile(tmp_path) as watch, screen(watch, (120, 40), tmp_path) as (app, pilot):
        await go(app, pilot, of_site(N.site_id[2]))
        assert (app.title, app.sub_title) == ("noctui", "")


async def test_the_log_is_one_line_of_json_each_without_codes(tmp_path: Path) -> None:
    """Also what a feed says of a hostile value."""
    kept: list[str] = []

    class Lines(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            kept.append(JsonLine().format(record))

    def worse(feed: str, found: list[Row]) -> list[Row]:
        return [row | {"up": "\x1b[2J\n[red]no[/]"} if feed == "stats/ports/search" else row for row in found]

    logger, handler = logging.getLogger("noctui"), Lines()
    logger.addHandler(handler)
    try:
        async with hostile(tmp_path, odd.hostile_names(NAMES[:-1]), worse) as watch:
            assert watch.view.reports[0].odd > 50
            assert watch.view.reports[0].odd_text.isprintable()
    finally:
        logger.removeHandler(handler)
    assert any("feed.odd" in line for line in kept)
    assert all(line.isprintable() for line in kept)


def test_the_measure_itself_counts_cells() -> None:
    """Double width is two cells, a combining mark none: what `harmless` holds lines to."""
    assert (cell_len("東京"), cell_len("e\u0301"), cell_len("abc")) == (4, 1, 3)
