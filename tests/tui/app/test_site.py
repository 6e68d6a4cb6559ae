"""The site screen: every kind of site looks right, pairs are compared, what Mist tells comes into its place."""

from __future__ import annotations

import asyncio
import csv
from dataclasses import replace
from typing import Any

import msgspec
import numpy as np
import pytest

from noctui.clock import FixedClock
from noctui.model.detail import Answer, AskPorts, AskSle, AskStream, Question, Streamed
from noctui.model.inventory import Inventory
from noctui.model.view import View
from noctui.model.words import Role, State
from noctui.tui.app import NoctuiApp, Options
from noctui.tui.export import csv_text
from noctui.tui.look.signs import Signs
from noctui.tui.panes.site_alarms import plain
from noctui.tui.panes.site_pair import difference, partner, why_not
from noctui.tui.panes.site_ports import HEADERS, exported, ports_of
from noctui.tui.panes.site_sle import percent_run, shares, trend_runs
from noctui.tui.place import of_site
from tests import night
from tests.night_detail import detail_at
from tests.tui.app.seen import lines, text

SIZES = [(80, 24), (120, 40), (200, 60)]
VIEW = night.view()
NAN = float("nan")


def rows_of(site: str, view: View = VIEW) -> tuple[int, ...]:
    return view.inventory.site_circuits[view.inventory.site_row[site]]


def rewired(**changes: object) -> View:
    """The night with another inventory of the same circuits."""
    inv = VIEW.inventory
    facts = {name: getattr(inv, name) for name in inv.__struct_fields__} | changes
    return replace(VIEW, inventory=Inventory(**facts))


def seven() -> View:
    """0417 has seven circuits, at two gateways."""
    inv = VIEW.inventory
    mine = [*rows_of("s0417"), 0, 1, 2, 3]
    other = inv.gateways[0]
    gateways = tuple(msgspec.structs.replace(g, site_id="s0417") if g is other else g for g in inv.gateways)
    circuits = tuple(
        msgspec.structs.replace(c, site_id="s0417") if i in mine else c for i, c in enumerate(inv.circuits)
    )
    return rewired(circuits=circuits, gateways=gateways)


def lone() -> View:
    """0417 has circuits and no gateway."""
    inv = VIEW.inventory
    elsewhere = tuple(msgspec.structs.replace(g, site_id="s1000") if g.site_id == "s0417" else g for g in inv.gateways)
    return rewired(gateways=elsewhere)


def empty() -> View:
    """0417 has no circuits."""
    inv = VIEW.inventory
    circuits = tuple(msgspec.structs.replace(c, site_id="s1000") if c.site_id == "s0417" else c for c in inv.circuits)
    return rewired(circuits=circuits)


def unknown() -> View:
    """Nothing is known of anything."""
    t, g, p = VIEW.circuits, VIEW.gateways, VIEW.paths
    nothing: dict[str, Any] = {
        n: np.full(len(t), NAN, np.float32)
        for n in ("rx_pct", "tx_pct", "rx_bps", "tx_bps", "loss", "jitter", "latency", "mos", "avail_24h",
                  "coverage_24h", "age")
    }  # fmt: skip
    circuits = replace(
        t, state=np.full(len(t), State.UNKNOWN, np.uint8), severity=np.full(len(t), 4, np.uint8),
        active=np.zeros(len(t), np.bool_), levels=np.zeros(len(t), np.uint8),
        trend=np.full_like(t.trend, 255), **nothing,
    )  # fmt: skip
    gateways = replace(
        g, **{n: np.full(len(g), NAN, np.float32) for n in ("connected", "age", "uptime", "cpu", "memory")}
    )
    paths = replace(p, **{n: np.full(len(p), NAN, np.float32) for n in ("up", "active", "age", "latency", "jitter",
                                                                        "loss", "mos")})  # fmt: skip
    return replace(VIEW, circuits=circuits, gateways=gateways, paths=paths)


SITES = {
    "no gateway": (lone, "This site has no gateway."), "no circuits": (empty, "This site has no circuits."),
    "seven circuits": (seven, "0417"), "all unknown": (unknown, "? unknown"),
}  # fmt: skip


@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")
@pytest.mark.parametrize("kind", SITES)
async def test_every_kind_of_site_has_its_screen(clock: FixedClock, kind: str, size: tuple[int, int]) -> None:
    made, said = SITES[kind]
    scenes = night.FakeScenes(now=night.FakeScene(made(), night.STATUS))
    app = NoctuiApp(scenes, clock, Options())
    app._trail.jump(of_site("s0417"))
    async with app.run_test(size=size) as pilot:
        await app.workers.wait_for_complete()
        await pilot.press("r", "tab", "tab", "z", "escape", "r")
        await app.workers.wait_for_complete()
        await pilot.pause()
        shown = text(app)
        assert said in shown or (kind == "no gateway" and "none at this site" in shown)
        assert all(len(line) <= size[0] for line in lines(app))
        assert "nan" not in shown.lower().split()


async def test_of_seven_circuits_those_that_fit_stand_beside_each_other(clock: FixedClock) -> None:
    """Four at M, all seven at L; at M the others come with the cursor, and ports name their gateway."""
    for size, count in (((120, 40), 4), ((200, 60), 7)):
        app = NoctuiApp(night.FakeScenes(now=night.FakeScene(seven(), night.STATUS)), clock, Options())
        app._trail.jump(of_site("s0417"))
        async with app.run_test(size=size) as pilot:
            await app.workers.wait_for_complete()
            await pilot.pause()
            port = next(line for line in lines(app) if line.startswith(" port "))
            assert sum(port.count(name) for name in ("ge-0/0/", "lte-0/0/")) == count
            assert "gw-0417" in port
            assert ("1–4 of 7, super" in text(app)) == (count == 4)
            await pilot.press(*["right"] * 7)
            await pilot.pause()
            assert ("4–7 of 7, super" in text(app)) == (count == 4)


def test_the_primary_is_set_against_the_cursors_circuit_else_the_one_that_carries() -> None:
    primary, second, backup = rows_of("s0417")
    assert partner(VIEW, (primary, second, backup), primary) == (primary, second)
    assert partner(VIEW, (primary, second, backup), backup) == (primary, backup)
    assert partner(VIEW, (primary,), primary) is None
    assert partner(VIEW, (second, backup), second) is None
    assert why_not(VIEW, (primary,)).startswith("One circuit")
    assert "set roles in the inventory file" in why_not(VIEW, (second, backup))
    assert VIEW.inventory.circuits[primary].role == Role.PRIMARY


@pytest.mark.parametrize(
    ("worse", "first", "second", "said"),
    [
        (1, 12.0, 47.2, "+35.2  worse"), (1, 47.2, 12.0, "−35.2  better"), (-1, 4.4, 4.3, "−0.1  worse"),
        (0, 10.0, 30.0, "+20.0"), (1, 3.0, 3.0, "same"), (1, NAN, 3.0, "–"), (1, 3.0, NAN, "–"),
    ],
)  # fmt: skip
def test_a_difference_is_the_second_less_the_first(worse: int, first: float, second: float, said: str) -> None:
    told = difference(worse, first, second, lambda v: f"{v:.1f}")
    assert "".join(t for t, _ in told).strip() == said


async def test_r_compares_with_the_primarys_last_figures_and_nothing_below_moves(
    app: NoctuiApp, scenes: night.FakeScenes
) -> None:
    app._trail.jump(of_site("s0417"))
    async with app.run_test(size=(120, 40)) as pilot:
        await app.workers.wait_for_complete()
        await pilot.pause()
        before = lines(app)
        await pilot.press("r")
        await pilot.pause()
        shown = lines(app)
        assert any("pri  ▼ DOWN 22m" in line and "sec against pri" in line for line in shown)
        assert any(line.startswith(" latency ms") and "was, 02:51" in line and "worse" in line for line in shown)
        assert shown[22:] == before[22:]
        await pilot.press("right")
        await pilot.pause()
        assert any("bkp against pri" in line for line in lines(app))
        await pilot.press("left", "r")
        await pilot.pause()
        assert lines(app)[5:] == before[5:]


class Counting(night.FakeReader):
    """A reader that holds its tongue until let, and counts what it was asked."""

    def __init__(self, at: float) -> None:
        super().__init__(at)
        object.__setattr__(self, "let", asyncio.Event())
        object.__setattr__(self, "heard", [])
        object.__setattr__(self, "dropped", [])

    let: asyncio.Event
    heard: list[Question]
    dropped: list[Question]

    async def detail(self, question: Question) -> Answer:
        self.heard.append(question)
        try:
            await self.let.wait()
        except asyncio.CancelledError:
            self.dropped.append(question)
            raise
        return await super().detail(question)


async def test_answers_come_into_places_that_wait_and_leaving_drops_the_questions(
    app: NoctuiApp, scenes: night.FakeScenes
) -> None:
    reader = Counting(night.POLL)
    assert scenes.now is not None
    scenes.now = replace(scenes.now, reader=reader)
    app._trail.jump(of_site("s0417"))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        await pilot.pause()
        before = lines(app)
        assert text(app).count("asking Mist …") == 2
        titles = [i for i, line in enumerate(before) if "───" in line]
        await pilot.press("3")
        await pilot.pause()
        await pilot.pause()
        assert {AskPorts("s0417"), AskSle("s0417"), AskStream("s0417")} <= set(reader.dropped)
        reader.let.set()
        await pilot.press("backspace")
        await app.workers.wait_for_complete()
        await pilot.pause()
        after = lines(app)
        assert "asked 5m ago" in text(app)
        assert [i for i, line in enumerate(after) if "───" in line] == titles


async def test_the_stream_has_a_line_while_it_is_live_and_says_when_it_is_old(
    app: NoctuiApp, clock: FixedClock
) -> None:
    app._trail.jump(of_site("s0417"))
    async with app.run_test(size=(120, 40)) as pilot:
        await app.workers.wait_for_complete()
        await pilot.pause()
        row = next(i for i, line in enumerate(lines(app)) if line.startswith(" stream"))
        assert "▼ port down" in lines(app)[row]
        assert "rx 283M  tx 124M" in lines(app)[row]
        clock.move(20)
        await app.beat()
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert lines(app)[row].startswith(" stream 30s old")
        await pilot.press("[")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert "stream" not in text(app)
        assert text(app).count("asked only live") == 2


async def test_e_writes_the_circuits_or_in_its_pane_the_port_table(
    app: NoctuiApp, options: Options, clock: FixedClock
) -> None:
    app._trail.jump(of_site("s1000"))
    async with app.run_test(size=(120, 40)) as pilot:
        await app.workers.wait_for_complete()
        await pilot.pause()
        await pilot.press("e", "tab", "tab")
        assert "e exports the ports" in text(app)
        await pilot.press("e")
        await pilot.pause()
    names = sorted(p.name.split("-2026")[0] for p in options.exports.iterdir())
    assert names == ["noctui-circuits", "noctui-ports"]


def test_the_port_table_is_harmless_to_a_spreadsheet() -> None:
    """1000's description is a formula, and its VLAN an escape code before an @."""
    told = detail_at(night.POLL, AskPorts("s1000"))
    assert not isinstance(told, Streamed)
    table = exported(VIEW, ports_of(VIEW, "s1000", told))  # type: ignore[arg-type]
    rows = list(csv.DictReader(csv_text(table).splitlines()))
    assert tuple(rows[0])[:14] == HEADERS[:14]
    assert HEADERS[:14] == (
        "Port", "WAN name", "Description", "Enablement", "Physical", "Gateway IP", "WAN IP", "VLAN", "CIDR",
        "Config type", "Override", "Peer paths", "RX", "TX",
    )  # fmt: skip
    assert rows[0]["Description"] == '\'=HYPERLINK("x")'
    assert (rows[0]["WAN IP"], rows[0]["CIDR"], rows[0]["Override"]) == ("198.51.0.2", "/30", "false")
    assert float(rows[0]["RX"]) == pytest.approx(float(VIEW.circuits.rx_bps[rows_of("s1000")[0]]))


def test_without_mists_word_the_port_table_has_what_is_known_and_no_more() -> None:
    rows = list(csv.DictReader(csv_text(exported(VIEW, ports_of(VIEW, "s0417", None))).splitlines()))
    assert [r["Physical"] for r in rows] == ["down", "up", "up"]
    assert [(r["WAN IP"], r["VLAN"], r["Override"]) for r in rows] == [("", "", "")] * 3


@pytest.mark.parametrize("site", ["s1000", "s0417", VIEW.inventory.circuits[70].site_id])
@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")
async def test_hostile_words_are_shown_and_do_nothing(app: NoctuiApp, site: str, size: tuple[int, int]) -> None:
    app._trail.jump(of_site(site))
    async with app.run_test(size=size) as pilot:
        await app.workers.wait_for_complete()
        await pilot.press("tab", "tab", "z")
        await pilot.pause()
        assert "\x1b" not in text(app)
        assert not app.broke


def test_service_levels_are_cut_not_rounded_and_coloured_below_their_limits() -> None:
    assert percent_run(69.99)[0].strip() == "69.9"
    assert [percent_run(v)[1] for v in (69.99, 70.0, 89.99, 90.0)] == ["crit bold", "warn", "warn", "text"]
    assert percent_run(NAN) == ("     –", "faint")


def test_a_trend_of_levels_folds_to_the_worst_and_unknown_is_blank() -> None:
    signs = Signs()
    made = trend_runs((100.0, 60.0, NAN, NAN, 99.0, 99.0), 3, signs)
    assert [t for t, _ in made] == ["▅", " ", "▇"]
    assert made[0][1] == "crit"
    assert "".join(t for t, _ in trend_runs((), 4, signs)) == "    "
    assert shares((), 3) == ""


@pytest.mark.parametrize(
    ("name", "words"),
    [("gw_port_down", "port down"), ("GW_VPN_PATH_DOWN", "VPN path down"), ("infra_arp_failure", "infra ARP failure")],
)
def test_mists_names_are_put_into_words(name: str, words: str) -> None:
    assert plain(name) == words
